"""Scans of fewer lines than points, and pictures that were sliced: each widget shows the lattice of the crystal."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
import tifffile
import traitlets as t
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.lattice_map.work import MeasuredLattice, measure
from lattice_widgets.widgets.opening.calibration import PixelSizeField
from tests.core.pictures.test_pixel_size import GRAPHENE, SQUARE, graphene, labeled
from tests.microscope_files import write_sxm
from tests.widget_parts import named, part, words

FLAT = labeled((128, 256), (6 / 128, 6 / 256))


@pytest.fixture(scope="module", autouse=True)
def network() -> None:
    lw.load_classifier().load()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "flat.sxm"
    write_sxm(path, {"Z": np.stack([FLAT.values, FLAT.values])}, (6e-9, 6e-9))
    return path


async def test_the_explorer_measures_a_scan_of_half_the_lines(scan: Path) -> None:
    explorer = lw.FFTExplorer(str(scan), line_time=0.1)
    await explorer.settled()
    assert explorer.error == ""
    assert explorer.fit.bravais_type == "hexagonal"
    assert explorer.fit.a == pytest.approx(GRAPHENE, rel=2e-3)
    assert lw.CLASSES[int(np.argmax(explorer.probabilities))] == "hexagonal"
    assert explorer.message.startswith("both: hexagonal")
    assert "6 × 6 nm; " in words(explorer)
    assert "its pixels are not square (0.04688 nm down, 0.02344 nm across)" in words(explorer)
    canvas, fourier = part(explorer, PictureCanvas), part(explorer, PictureCanvas, 1)
    assert (canvas.rows, canvas.cols, canvas.pixel_size) == (256, 256, (6 / 256, 6 / 256))
    assert fourier.pixel_size == pytest.approx((1 / 6, 1 / 6))
    explorer.window = (40, 30, 150, 200)
    await explorer.settled()
    assert explorer.fit.a == pytest.approx(GRAPHENE, rel=5e-3)
    scope: dict = {}
    exec(explorer.code(), scope)
    assert scope["fit"].a == pytest.approx(explorer.fit.a)
    explorer.close()


async def test_a_slice_has_the_pixels_of_its_coordinates() -> None:
    explorer = lw.FFTExplorer(SQUARE[::2, ::2])
    for source in (SQUARE[::2, ::2], SQUARE.coarsen(row=2, col=2).mean(), SQUARE[::2], SQUARE.drop_attrs(deep=False)):
        explorer.source = source
        await explorer.settled()
        assert (explorer.fit.bravais_type, explorer.fit.unit) == ("hexagonal", "nm")
        assert explorer.fit.a == pytest.approx(GRAPHENE, rel=5e-3)
        assert part(explorer, PictureCanvas).pixel_size[0] * explorer.image.shape[0] == pytest.approx(6)
    explorer.close()


async def test_the_other_widgets_see_square_pixels_too() -> None:
    reader = lw.MicrographReader(source=FLAT)
    panel = lw.ProbabilityPanel(FLAT, n_passes=200)
    await asyncio.gather(*(widget.settled() for widget in (reader, panel)))
    assert part(reader, PictureCanvas).pixel_size == (6 / 256, 6 / 256)
    assert lw.CLASSES[int(np.argmax(reader.probabilities))] == "hexagonal"
    assert panel.verdict == "hexagonal"
    measured = measure(FLAT)
    assert isinstance(measured, MeasuredLattice)
    assert measured.fit.a == pytest.approx(GRAPHENE, rel=2e-3)
    for widget in (reader, panel):
        widget.close()


async def test_a_movie_of_unequal_pixels_is_played_and_analyzed_as_it_is(tmp_path: Path) -> None:
    frames = np.stack([graphene((100, 200), (12 / 200, 6 / 200)) for _ in range(3)])
    movie = tmp_path / "flat.tif"
    tifffile.imwrite(
        movie,
        frames,
        imagej=True,
        resolution=(200 / 6, 200 / 12),
        metadata={"axes": "TYX", "unit": "nm", "finterval": 2},
    )
    scrubber = lw.MovieScrubber(movie)
    await scrubber.settled()
    assert scrubber.error == ""
    assert "its pixels are not square" in part(scrubber, MovieView).note.lower()
    scrubber.close()
    found = lw.analyze_movie(movie, window_size=96, step=96, n_passes=0)
    assert isinstance(found, xr.Dataset)
    assert (found.attrs["frame_rows"], found.attrs["frame_cols"]) == (200, 200)
    assert found.attrs["pixel_size"] == pytest.approx(6 / 200)
    assert found.attrs["cell_area"] == pytest.approx(GRAPHENE**2 * np.sqrt(3) / 2 / (6 / 200) ** 2, rel=0.01)
    assert (found["probability"].sel({"class": "hexagonal"}) > 0.5).all()


async def test_the_explorer_is_calibrated_by_hand_and_by_a_known_spot() -> None:
    explorer = lw.FFTExplorer(SQUARE.values)
    await explorer.settled()
    assert explorer.fit.unit == "px"
    field = part(explorer, PixelSizeField)
    assert "not known" in words(field)
    field.text.value = "23.4375 pm"  # as the browser sets it
    await explorer.settled()
    assert (explorer.pixel_size, explorer.fit.unit) == ("23.4375 pm", "nm")
    assert explorer.fit.a == pytest.approx(GRAPHENE, rel=2e-3)
    assert words(field) == "0.02344 nm (by hand)"
    explorer.pin("first")
    field.text.value = "graphene 10"
    await explorer.settled()
    assert explorer.fit.a == pytest.approx(0.2461, rel=2e-3)
    assert words(field).endswith("nm (graphene 10)")
    explorer.pin("second")
    assert explorer.table()["calibration"].tolist() == ["by hand", "graphene 10"]
    scope: dict = {"your_array": SQUARE.values}
    exec(explorer.code(), scope)
    assert scope["fit"].a == pytest.approx(explorer.fit.a)
    # a number alone may be anything: its unit is asked for, and nothing happens before it is chosen
    field.text.value = "23.4375"
    assert "23.4375: in which unit?" in words(field)
    units = named(field, "pm")
    assert explorer.pixel_size == "graphene 10"
    units.click()
    assert (explorer.pixel_size, field.text.value) == ("23.4375 pm", "23.4375 pm")
    await explorer.settled()
    assert words(field) == "0.02344 nm (by hand)"
    field.text.value = "graphene 10"
    await explorer.settled()
    # what is wrong is said, and what was measured with it is not believed
    field.text.value = "wide"
    assert "The pixel size &#x27;wide&#x27; is not understood" in words(field)
    assert (explorer.pixel_size, field.text.value, explorer.error) == ("graphene 10", "wide", "")
    field.text.value = "graphene 10"
    assert words(field).endswith("nm (graphene 10)")
    explorer.pixel_size = "SrTiO3 [001] 10"
    await explorer.settled()
    assert explorer.error.startswith("The picture does not show SrTiO3 [001]")
    assert explorer.fit is None
    assert words(field) == ""
    field.text.value = ""
    await explorer.settled()
    assert (explorer.error, explorer.pixel_size, explorer.fit.unit) == ("", None, "px")
    explorer.pixel_size = (12 / 256, 6 / 256)
    await explorer.settled()
    assert explorer.fit.bravais_type != "hexagonal"
    assert field.text.value == "0.046875 x 0.0234375 nm"
    # it belongs to this picture
    explorer.source = SQUARE
    await explorer.settled()
    assert (explorer.pixel_size, field.text.value) == (None, "")
    assert words(field) == "0.02344 nm (by hand)"
    explorer.close()


async def test_the_other_widgets_take_a_pixel_size_too() -> None:
    stack = np.stack([SQUARE.values] * 2)
    reader = lw.MicrographReader(source=SQUARE.values, pixel_size="graphene 10")
    panel = lw.ProbabilityPanel(SQUARE.values[::2], n_passes=100, pixel_size=(12 / 256, 6 / 256))
    scrubber = lw.MovieScrubber(stack, pixel_size="graphene 10")
    await asyncio.gather(*(widget.settled() for widget in (reader, panel, scrubber)))
    assert part(reader, PictureCanvas).pixel_size == pytest.approx((6 / 256, 6 / 256), rel=3e-3)
    assert panel.verdict == "hexagonal"
    assert part(scrubber, MovieView).pixel_size == pytest.approx(6 / 256, rel=3e-3)
    with pytest.raises(t.TraitError, match="is not understood"):
        reader.pixel_size = "wide"
    for widget in (reader, panel, scrubber):
        widget.close()
    triangle, viewer = lw.LatticeMap(), lw.EmbeddingViewer()
    triangle.measure(SQUARE.values, "mine", pixel_size=6 / 256)
    viewer.place(SQUARE.values, pixel_size="23.4375 pm")
    await asyncio.gather(triangle.settled(), viewer.settled())
    assert triangle.measured["mine"].a == pytest.approx(GRAPHENE, rel=2e-3)
    assert viewer.placed.pixel_size == pytest.approx(6 / 256)
    triangle.close()
    viewer.close()
