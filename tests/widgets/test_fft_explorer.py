"""The explorer: windows, two opinions, spots, window size, drift, pins; known lattices in, known answers out."""

import ast
import os
import re

import ipywidgets as ipw
import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.drift_corrected import correct_image
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.charts.study_curve import StudyCurve
from tests.widget_parts import named, part, parts, said, spectrum_of, words

ROWS, COLS = 180, 236


def waves(lattice: Lattice, rows: int = ROWS, cols: int = COLS, noise: float = 0.1) -> np.ndarray:
    """A picture of a lattice [px]: its three shortest waves and some noise."""
    first, second = lattice.reciprocal().reduced().vectors
    y, x = np.mgrid[:rows, :cols]
    picture = sum(np.cos(2 * np.pi * (g[0] * y + g[1] * x)) for g in (first, second, first + second))
    return picture + noise * np.random.default_rng(1).normal(size=(rows, cols))


@pytest.fixture(scope="module", autouse=True)
def network() -> None:
    lw.load_classifier().load()


@pytest.fixture(scope="module")
def honeycomb() -> np.ndarray:
    return waves(Lattice.from_parameters(14, 14, 120, rotation=8))


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
    assert (fit.lattice_type, fit.picture_type == "hexagonal") == ("hexagonal", False)
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


async def test_the_drift_of_a_known_shear_is_found_applied_and_told() -> None:
    true = np.array([[1.12, 0.0], [0.05, 1.0]])  # what corrects it
    drifted = Lattice.from_parameters(15, 15, 120, rotation=12).transformed(np.linalg.inv(true))
    explorer = lw.FFTExplorer(waves(drifted))
    await explorer.settled()
    assert explorer.fit.lattice_type != "hexagonal"
    told = re.search(r"stretch of (\S+) % .* shear of (\S+) % make it <b>hexagonal", explorer.drift_message)
    assert told
    assert [float(number) for number in told.groups()] == pytest.approx([12, 5], abs=0.3)
    assert "presumes the answer" in explorer.drift_message
    explorer.correct()
    await explorer.settled()
    assert explorer.scale == pytest.approx(12, abs=0.3)
    assert explorer.shear == pytest.approx(5, abs=0.3)
    assert explorer.fit.a == pytest.approx(15, rel=0.01)
    assert explorer.fit.b == pytest.approx(15, rel=0.01)
    assert explorer.fit.gamma == pytest.approx(120, abs=0.6)
    assert explorer.fit.lattice_type == "hexagonal"
    # the points still lie in the picture as it was scanned
    points = np.frombuffer(part(explorer, PictureCanvas).points, np.float32).reshape(-1, 2)
    row, col = np.rint(points).astype(int).T
    assert waves(drifted, noise=0.0)[row, col].mean() > 2.3
    explorer.close()


async def test_a_shear_that_leaves_nothing_is_told_and_can_be_taken_back(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, window=(0, 0, 180, 60))
    explorer.shear = 50.0
    await explorer.settled()
    assert "take a wider window" in explorer.error
    explorer.shear = 0.0
    await explorer.settled()
    assert explorer.error == ""
    explorer.close()


async def test_a_spot_is_asked_and_switched_off(honeycomb: np.ndarray) -> None:
    # four of six spots still make the same lattice: the default network is not impressed, the paper's is
    explorer = lw.FFTExplorer(honeycomb, classifier="paper")
    await explorer.settled()
    with_spot = explorer.probabilities
    first = explorer.fit.reciprocal_vectors[0]
    spectrum = explorer.spectrum
    row, col = np.rint(spectrum.pixel_of(first)[0]).astype(int)
    part(explorer, PictureCanvas, 1).cursor = (int(row), int(col))
    part(explorer, PictureCanvas, 1).clicked += 1
    await explorer.settled()
    assert np.hypot(*np.subtract(np.abs(explorer.spot), np.abs(first))) < 0.002
    assert explorer.d_spacing == pytest.approx(14 * np.sqrt(3) / 2, rel=0.01)
    assert part(explorer, PictureCanvas, 1).rings == pytest.approx((1 / explorer.d_spacing,))
    assert part(explorer, PictureCanvas, 2).rows == ROWS
    explorer.spot_off = True
    await explorer.settled()
    assert np.abs(np.subtract(explorer.probabilities, with_spot)).max() > 0.05
    assert "changes its mind" in explorer.spot_message
    explorer.ask_spot(())
    await explorer.settled()
    assert explorer.probabilities == pytest.approx(with_spot)
    explorer.close()


async def test_the_study_goes_from_the_whole_picture_to_an_eighth(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    explorer.study()
    await explorer.settled()
    windows = [one.window for one in explorer.studied]
    assert windows[0] == (0, 0, ROWS, COLS)
    assert windows[-1][2:] == (22, 30)
    assert all(one.mean.sum() == pytest.approx(1, abs=1e-5) for one in explorer.studied)
    assert "unit cells" in explorer.study_message or "not sure" in explorer.study_message
    explorer.close()


async def test_pins_go_to_a_table_and_a_file_and_the_code_repeats_them(honeycomb: np.ndarray, tmp_path) -> None:
    explorer = lw.FFTExplorer(xr.DataArray(honeycomb, dims=("row", "col"), attrs={"pixel_size": 0.02}))
    await explorer.settled()
    with pytest.raises(ValueError, match="Nothing is pinned"):
        explorer.save_table(tmp_path / "none.csv")
    explorer.pin("whole")
    explorer.window = (20, 30, 120, 150)
    await explorer.settled()
    explorer.pin("whole")
    table = explorer.table()
    assert list(table.index) == ["whole", "whole (2)"]
    assert table.loc["whole (2)", "height"] == 120
    assert table.loc["whole", "a"] == pytest.approx(0.28, rel=0.005)
    assert (table["unit"] == "nm").all()
    text = explorer.save_table(tmp_path / "pins.csv").read_text()
    assert len(text.splitlines()) == 3
    assert [box["label"] for box in part(explorer, PictureCanvas).boxes] == ["whole", "whole (2)"]
    explorer.unpin("whole")
    assert list(explorer.table().index) == ["whole (2)"]
    explorer.correct()
    await explorer.settled()
    space = {"your_array": xr.DataArray(honeycomb, attrs={"pixel_size": 0.02})}
    exec(explorer.code(), space)
    assert space["fit"].a == pytest.approx(explorer.fit.a, rel=1e-6)
    explorer.close()


async def test_the_code_names_nothing_but_public_names_and_the_network_that_answered(
    honeycomb: np.ndarray, capsys
) -> None:
    explorer = lw.FFTExplorer(honeycomb, shear=4.0, classifier="paper")
    await explorer.settled()
    explorer.ask_spot(explorer.fit.lattice.reciprocal().vectors[0])
    explorer.spot_off = True
    await explorer.settled()
    code = explorer.code()
    assert "lattice_widgets." not in code
    assert set(re.findall(r"\blw\.(\w+)", code)) == {
        "correct_image",
        "fringes",
        "load_classifier",
        "CLASSES",
        "fit_lattice",
        "with_error",
    }
    exec(code, {"your_array": honeycomb})
    said = ast.literal_eval(capsys.readouterr().out.splitlines()[0])
    assert list(said.values()) == pytest.approx(explorer.probabilities, abs=2e-3)
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


async def test_what_belongs_to_a_picture_goes_and_comes_back_with_it() -> None:
    drifted = Lattice.from_parameters(15, 15, 120, rotation=12).transformed(np.linalg.inv([[1.12, 0.0], [0.05, 1.0]]))
    first, second = waves(drifted), "simulated_srtio3_stem"
    explorer = lw.FFTExplorer(first)
    await explorer.settled()
    explorer.window = (10, 20, 150, 160)
    explorer.presume = "hexagonal"
    await explorer.settled()
    explorer.correct()
    await explorer.settled()
    frequency = explorer.fit.reciprocal_vectors[0]
    explorer.ask_spot(frequency)
    explorer.d_spacing = 13.5
    explorer.frequency_range = 0.2
    explorer.line_time = 0.5
    await explorer.settled()
    explorer.study()
    await explorer.settled()
    explorer.pin("here")
    names = sorted(explorer.traits(of_picture=True))
    before = {name: getattr(explorer, name) for name in names}
    said, fit = explorer.message, explorer.fit
    assert "drift correction on: stretch" in said
    assert "drift correction on: stretch" in part(explorer, PictureCanvas).badge
    assert "drift correction on" in words(explorer)

    explorer.source = second
    assert (explorer.fit, explorer.probabilities, explorer.message, explorer.image) == (None, (), "", None)
    assert part(explorer, PictureCanvas).rows == part(explorer, PictureCanvas, 1).rows == 0
    assert part(explorer, ProbabilityBars).mean == part(explorer, ProbabilityBars, 1).mean == ()
    await explorer.settled()
    assert (explorer.scale, explorer.shear, explorer.spot, explorer.d_spacing, explorer.pins) == (0, 0, (), 0, [])
    assert explorer.window == (0, 0, 192, 256)
    assert (
        part(explorer, PictureCanvas).badge,
        list(part(explorer, PictureCanvas).boxes),
        part(explorer, PictureCanvas, 1).rings,
    ) == ("", [], ())
    assert explorer.fit.lattice_type == "square"
    assert explorer.message.startswith("both: square")
    assert explorer.fit.unit == "nm"
    assert part(explorer, ipw.BoundedFloatText).description == "d [nm]"
    assert "Nothing is pinned" in words(explorer)
    assert not list(parts(explorer, StudyCurve))
    explorer.window = (0, 0, 100, 100)
    await explorer.settled()

    explorer.source = first
    await explorer.settled()
    after = {name: getattr(explorer, name) for name in names}
    assert after == before
    assert explorer.message == said
    assert explorer.fit.a == fit.a
    assert part(explorer, ipw.BoundedFloatText).description == "d [px]"
    assert spectrum_of(explorer).rings == pytest.approx((1 / 13.5,))
    assert [box["label"] for box in part(explorer, PictureCanvas).boxes] == ["here"]
    assert "corresponds" in explorer.spot_message or "spot" in explorer.spot_message
    assert explorer.study_message != ""
    explorer.source = second
    await explorer.settled()
    assert explorer.window == (0, 0, 100, 100)
    explorer.close()


async def test_what_a_script_sets_with_a_source_or_after_it_stays(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, window=(0, 0, 100, 110), scale=3.0)
    await explorer.settled()
    assert (explorer.window, explorer.scale) == ((0, 0, 100, 110), 3.0)
    with explorer.hold_trait_notifications():
        explorer.window = (5, 6, 90, 95)
        explorer.source = "simulated_srtio3_stem"
        explorer.shear = 2.0
    await explorer.settled()
    assert (explorer.window, explorer.scale, explorer.shear) == ((5, 6, 90, 95), 0.0, 2.0)
    explorer.source = honeycomb
    explorer.window = (1, 2, 80, 90)
    await explorer.settled()
    assert (explorer.window, explorer.scale, explorer.shear) == ((1, 2, 80, 90), 3.0, 0.0)
    # an array that is another one, although all its numbers are the same
    explorer.source = honeycomb.copy()
    await explorer.settled()
    assert (explorer.window, explorer.scale) == ((0, 0, ROWS, COLS), 0.0)
    explorer.close()


async def test_a_file_that_was_written_anew_is_another_picture(tmp_path, honeycomb: np.ndarray) -> None:
    np.save(tmp_path / "picture.npy", honeycomb)
    explorer = lw.FFTExplorer(tmp_path / "picture.npy", window=(0, 0, 100, 110))
    await explorer.settled()
    for rewritten in (False, True):
        explorer.source = "simulated_srtio3_stem"
        await explorer.settled()
        if rewritten:
            np.save(tmp_path / "picture.npy", honeycomb[:150])
            os.utime(tmp_path / "picture.npy", ns=(1, 1))
        explorer.source = str(tmp_path / "picture.npy")
        await explorer.settled()
        assert explorer.window == ((0, 0, 150, COLS) if rewritten else (0, 0, 100, 110))
    explorer.close()


async def test_frames_and_their_corrections_belong_to_the_movie(honeycomb: np.ndarray) -> None:
    movie = np.stack([honeycomb, honeycomb + 1, honeycomb + 2, honeycomb + 3])
    explorer = lw.FFTExplorer(movie)
    await explorer.settled()
    explorer.frame = 3
    await explorer.settled()
    explorer.source = movie[:2]
    await explorer.settled()
    assert (explorer.error, explorer.frame, named(explorer, "frame").max) == ("", 0, 1)
    explorer.source = movie
    await explorer.settled()
    assert (explorer.error, explorer.frame) == ("", 3)
    explorer.frame = 4
    await explorer.settled()
    assert "no frame 4" in explorer.error
    assert (explorer.fit, explorer.image, explorer.message, part(explorer, PictureCanvas).rows) == (None, None, "", 0)
    explorer.frame = 1
    await explorer.settled()
    assert (explorer.error, explorer.fit is None) == ("", False)
    explorer.close()


async def test_a_larger_picture_is_measured_whole_after_a_small_one() -> None:
    lattice = Lattice.from_parameters(14, 14, 120, rotation=8)
    explorer = lw.FFTExplorer(waves(lattice, 100, 120))
    await explorer.settled()
    explorer.source = waves(lattice)
    await explorer.settled()
    assert explorer.window == (0, 0, ROWS, COLS)
    explorer.close()


@pytest.mark.parametrize("kind", [lw.FFTExplorer, lw.MicrographReader, lw.ProbabilityPanel])
async def test_nothing_of_the_picture_before_stays_where_the_next_cannot_be_read(kind: type) -> None:
    source = "image" if kind is lw.ProbabilityPanel else "source"
    widget = kind(**{source: "nowhere.png"})
    await widget.settled()
    assert "nowhere.png" in widget.error
    assert said(widget) == "", "it still says that something is being loaded"
    setattr(widget, source, "simulated_srtio3_stem")
    await widget.settled()
    bars = part(widget, ProbabilityBars)
    assert widget.error == ""
    assert len(bars.mean) == 6
    setattr(widget, source, "nowhere.png")
    await widget.settled()
    assert "nowhere.png" in widget.error
    assert bars.mean == ()
    assert said(widget) == ""
    if kind is lw.ProbabilityPanel:
        assert (widget.summary, widget.samples, widget.verdict, widget.done) == (None, None, "", 0)
        assert part(widget, ipw.Label).value == ""
        assert words(widget).count("nowhere.png") == 1
    else:
        assert (widget.image, widget.probabilities, widget.message) == (None, (), "")
        assert [canvas.rows for canvas in parts(widget, PictureCanvas)][:2] == [0, 0]
        assert "SrTiO3" not in words(widget)
    widget.close()


async def test_the_drifted_graphene_is_oblique_and_a_stretch_makes_it_hexagonal(shared_picture) -> None:
    explorer = lw.FFTExplorer(shared_picture("graphene_stm.tif"))
    await explorer.settled()
    assert explorer.fit.lattice_type == "oblique"
    correction = explorer.fit.correction("hexagonal")
    assert f"{correction.scale:+.1f} %" in explorer.drift_message
    assert f"{correction.length_ratio:.3f} times the uncorrected lattice constant" in explorer.drift_message
    explorer.correct()
    await explorer.settled()
    assert explorer.fit.lattice_type == "hexagonal"
    explorer.close()


def test_correcting_undoes_a_known_drift() -> None:
    crystal = Lattice.from_parameters(12, 12, 90, rotation=20)
    drifted = crystal.transformed(np.linalg.inv([[0.9, 0.0], [-0.08, 1.0]]))
    corrected = correct_image(waves(drifted, noise=0.0), scale=-10, shear=-8)
    assert corrected.shape == (162, COLS - 15)
    fit = lw.fit_lattice(corrected)
    assert (fit.a, fit.b, fit.gamma) == pytest.approx((12, 12, 90), rel=0.002)
