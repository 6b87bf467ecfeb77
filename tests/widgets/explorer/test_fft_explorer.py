"""The explorer: windows, two opinions and their verdict; known lattices in, known answers out."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from tests.widget_parts import named, part, words
from tests.widgets.explorer.waves import COLS, ROWS, waves


async def test_both_opinions_of_a_window_are_those_of_the_public_functions(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, window=(20, 30, 120, 150))
    await explorer.settled()
    assert explorer.error == ""
    cut = honeycomb[20:140, 30:180]
    fit = lw.fit_lattice(cut)
    assert explorer.fit.a == fit.a
    assert explorer.fit.weights == fit.weights
    assert explorer.probabilities == pytest.approx(lw.load_classifier().predict(cut)[0], abs=1e-6)
    assert explorer.fit.a == pytest.approx(14, rel=0.005)
    assert part(explorer, ProbabilityBars, 1).mean == pytest.approx(tuple(fit.weights.values()))
    assert part(explorer, ProbabilityBars).mean == pytest.approx(explorer.probabilities)
    assert "hexagonal" in explorer.message
    assert "14.0" in words(explorer)
    assert explorer.static_picture().startswith(b"\x89PNG")
    explorer.close()


async def test_a_sheared_lattice_is_told_from_what_it_presumably_is() -> None:
    sheared = Lattice.from_parameters(14, 14, 120, rotation=8).transformed([[1, 0], [0.03, 1]])
    explorer = lw.FFTExplorer(waves(sheared))
    await explorer.settled()
    fit = explorer.fit
    assert (fit.bravais_type, fit.picture_type == "hexagonal") == ("hexagonal", False)
    told = f"The lattice of the picture is {fit.picture_type}; presumably hexagonal, strained by {fit.strain:.2f} %"
    assert told in words(explorer)
    explorer.close()
    explorer = lw.FFTExplorer(waves(Lattice.from_parameters(14, 14, 104, rotation=8)))
    await explorer.settled()
    cell = explorer.fit.conventional_cell
    assert cell.a == pytest.approx(28 * np.cos(np.deg2rad(52)), rel=0.005)
    told = words(explorer)
    assert f"a = {lw.with_error(cell.a, cell.a_error, 'px')}, b = {lw.with_error(cell.b, cell.b_error, 'px')}" in told
    assert "presumably" not in told
    explorer.close()


async def test_a_margin_is_left_out_and_announced(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(np.pad(honeycomb, 27, constant_values=honeycomb.max()))
    await explorer.settled()
    assert "A white margin of 27 px was left out." in words(explorer)
    assert explorer.fit.a == lw.fit_lattice(honeycomb).a
    assert explorer.probabilities == pytest.approx(lw.load_classifier().predict(honeycomb)[0], abs=1e-6)
    explorer.window = (27, 27, ROWS, COLS)
    await explorer.settled()
    assert "margin" not in words(explorer)
    explorer.close()


async def test_the_window_follows_from_picture_to_traits_and_back(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    assert explorer.window == (0, 0, ROWS, COLS)
    part(explorer, PictureCanvas).window = (10, 20, 90, 100)  # as the browser sets it
    await explorer.settled()
    assert explorer.window == (10, 20, 90, 100)
    assert [named(explorer, name).value for name in ("row", "col", "height", "width")] == [10, 20, 90, 100]
    named(explorer, "height").value = 1000
    await explorer.settled()
    assert explorer.window == (0, 20, ROWS, 100)
    assert part(explorer, PictureCanvas).window == explorer.window
    explorer.whole()
    await explorer.settled()
    assert explorer.fit.a == lw.fit_lattice(honeycomb).a
    with pytest.raises(Exception, match="four whole numbers"):
        explorer.window = (1, 2)
    explorer.close()


async def test_the_lattice_is_drawn_back_onto_the_crests(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, window=(30, 40, 130, 140))
    await explorer.settled()
    points = np.frombuffer(part(explorer, PictureCanvas).points, np.float32).reshape(-1, 2)
    assert len(points) == pytest.approx(130 * 140 / explorer.fit.lattice.area, rel=0.15)
    assert points.min(axis=0) == pytest.approx([30, 40], abs=14)
    row, col = np.rint(points).astype(int).T
    # three waves in step make 3 on every lattice point, and 0 on average
    assert honeycomb[row, col].mean() > 2.5
    explorer.close()


async def test_the_joint_verdict_comes_first_and_is_that_of_the_public_function(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    verdict = lw.name_lattice(honeycomb)
    assert verdict.classes == ("hexagonal",)
    line = next(line for line in words(explorer).splitlines() if "Verdict:" in line)
    assert f"<b>Verdict: hexagonal, {100 * verdict.confidence:.0f} %</b>" in line.replace("&gt;99", "100")
    assert line.index("Verdict:") < line.index("both:")
    assert str(verdict.reasons[0]) in line
    explorer.classifier = "paper"  # no rule was learned for it: both opinions stand there alone
    await explorer.settled()
    assert "Verdict:" not in words(explorer)
    explorer.close()


async def test_several_lattices_are_named_and_gone_with_their_picture(honeycomb: np.ndarray) -> None:
    twisted = lw.Imperfections(layer=0.7, layer_twist=9)
    explorer = lw.FFTExplorer(lw.simulate_micrograph(lw.CRYSTALS["graphene"], imperfections=twisted).image)
    await explorer.settled()
    assert "Two lattices: hexagonal (" in words(explorer)
    explorer.source = honeycomb
    await explorer.settled()
    assert "Two lattices" not in words(explorer)
    explorer.close()


async def test_no_lattice_is_said_by_both() -> None:
    explorer = lw.FFTExplorer(np.random.default_rng(4).normal(size=(150, 190)))
    await explorer.settled()
    assert explorer.fit is None
    assert "no lattice" in explorer.message
    assert explorer.drift_message
    explorer.close()


async def test_a_large_picture_is_reduced_for_the_screen_only_and_says_so() -> None:
    picture = waves(Lattice.from_parameters(9, 12, 90, rotation=10), 1300, 2100, noise=1.0).astype(np.float32)
    explorer = lw.FFTExplorer(picture)
    await explorer.settled()
    assert (part(explorer, PictureCanvas).rows, part(explorer, PictureCanvas).cols) == (1300 // 3, 2100 // 3)
    assert explorer.window == (0, 0, 1300, 2100)
    assert "means of 3 × 3 pixels" in words(explorer)
    assert "the numbers come from all pixels" in words(explorer)
    assert explorer.fit.a == lw.fit_lattice(picture).a
    part(explorer, PictureCanvas).window = (133, 200, 300, 500)  # to the very edge, which is no multiple of 3
    await explorer.settled()
    assert explorer.window == (399, 600, 901, 1500)
    explorer.close()


@pytest.mark.parametrize(
    ("image", "sentence"),
    [(np.zeros((40, 50)), "constant"), (np.ones((3, 3)), "too small"), ("nowhere.png", "nowhere.png")],
    ids=["constant", "tiny", "missing"],
)
async def test_bad_input_is_told_in_one_sentence(image, sentence: str, honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(image)
    await explorer.settled()
    assert sentence in explorer.error
    assert "should not have happened" not in explorer.error
    explorer.source = honeycomb
    await explorer.settled()
    assert explorer.error == ""
    assert explorer.window == (0, 0, ROWS, COLS)
    explorer.close()
