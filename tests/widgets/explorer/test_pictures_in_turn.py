"""One picture after another in the explorer: what belongs to one goes and comes back with it, and nothing old stays."""

import os

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.charts.study_curve import StudyCurve
from tests.widget_parts import named, part, parts, said, spectrum_of, words
from tests.widgets.explorer.waves import COLS, ROWS, waves


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
    assert explorer.fit.bravais_type == "square"
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


@pytest.mark.parametrize("height", [300, 1100])
async def test_a_scan_that_was_stopped_is_seen_as_far_as_it_went(height: int) -> None:
    lattice = Lattice.from_parameters(14, 14, 120, rotation=8)
    scan = waves(lattice, rows=height, cols=260)
    scan[: height // 3 + 1] = np.nan
    explorer = lw.FFTExplorer(scan)
    await explorer.settled()
    finished = (height // 3 + 1, 0, height - height // 3 - 1, 260)
    assert explorer.window == finished
    assert "were scanned, the rest is left out" in words(explorer)
    assert explorer.message.startswith("both: hexagonal")
    assert explorer.fit.a == pytest.approx(14, abs=0.05)
    explorer.window = (height // 2, 40, 140, 200)
    await explorer.settled()
    assert explorer.fit.a == pytest.approx(14, abs=0.1)
    crop = named(explorer, "crop")
    assert crop.layout.display == "none", "all of the window was scanned"
    explorer.window = (height // 3 - 60, 0, 200, 200)
    await explorer.settled()
    assert explorer.error == 'Part of this window was not scanned: "crop" takes the rest of it.'
    assert (explorer.fit, explorer.message) == (None, "")
    assert crop.layout.display is None
    crop.click()
    await explorer.settled()
    assert explorer.window == (height // 3 + 1, 0, 139, 200)
    assert (explorer.error, crop.layout.display) == ("", "none")
    assert explorer.fit.a == pytest.approx(14, abs=0.1)
    explorer.window = (0, 0, height // 3, 200)
    await explorer.settled()
    assert explorer.error == 'Part of this window was not scanned: "whole picture" takes all that was.'
    assert crop.layout.display == "none", "nothing of the window was scanned"
    named(explorer, "whole picture").click()
    await explorer.settled()
    assert (explorer.error, explorer.window) == ("", finished)
    assert explorer.fit.a == pytest.approx(14, abs=0.05)
