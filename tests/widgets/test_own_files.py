"""A file of one's own on the map and in the scrubber, with its pixel size: as in the explorer."""

import io

import ipywidgets as ipw
import numpy as np
import pytest
import tifffile

import lattice_widgets as lw
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.opening.calibration import PixelSizeField
from lattice_widgets.widgets.opening.picture_choice import PictureChoice
from tests.widget_parts import part, receive, words


def tiff(values: np.ndarray, **settings: object) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, values.astype(np.float32), **settings)
    return file.getvalue()


def send(widget: ipw.Widget, name: str, content: bytes) -> None:
    """Send what the page sends when a file is chosen or dropped."""
    button = part(widget, PictureChoice).upload
    receive(button, {"act": "begin", "upload": name, "name": name, "size": len(content)})
    receive(button, {"act": "part", "upload": name, "number": 0}, [content])


def waves(spacing: float, shape: tuple[int, int] = (120, 160)) -> np.ndarray:
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    noise = np.random.default_rng(3).normal(size=shape)
    return np.cos(2 * np.pi * rows / spacing) + np.cos(2 * np.pi * cols / spacing) + 0.1 * noise


@pytest.fixture(scope="module")
def grid() -> np.ndarray:
    """Features of 120 pictures of the two sorts that are told apart: what a map is made of."""
    pictures = [waves(spacing, (96, 96)) for spacing in np.linspace(9, 16, 60)]
    return np.array([*pictures, *(np.random.default_rng(n).normal(size=(96, 96)) for n in range(60))], np.float32)


async def test_windows_of_a_file_are_laid_on_the_map_and_its_pixel_size_is_its_own(grid: np.ndarray) -> None:
    viewer = lw.EmbeddingViewer(images=grid)
    await viewer.settled()
    field, choice = part(viewer, PixelSizeField), part(viewer, PictureChoice)
    assert choice.names.value is None
    assert viewer.placed is None
    send(viewer, "square.tif", tiff(waves(12)))
    await viewer.settled()
    assert viewer.placed is not None
    assert np.array_equal(viewer.placed.picture, waves(12).astype(np.float32))
    assert choice.names.label == "square.tif"
    assert "not known: lengths in px" in words(field)
    field.text.value = "20 pm"
    await viewer.settled()
    assert viewer.placed.pixel_size == pytest.approx(0.02)
    assert "0.02 nm (by hand)" in words(field)
    send(viewer, "other.tif", tiff(waves(10)))
    await viewer.settled()
    assert viewer.pixel_size is None, "the pixel size of another picture"
    assert viewer.placed.pixel_size is None
    choice.names.value = next(value for label, value in choice.names.options if label == "square.tif")
    await viewer.settled()
    assert viewer.placed.pixel_size == pytest.approx(0.02), "it comes back with its picture"
    send(viewer, "broken.tif", b"II*\0" + bytes(40))
    await viewer.settled()
    assert "broken.tif" in viewer.error
    assert viewer.placed is None, "the windows of another picture stand beside the error"
    assert words(field) == ""
    viewer.source = None
    assert viewer.error == ""
    viewer.undo()
    viewer.close()


async def test_a_script_lays_a_picture_on_the_map_and_the_list_follows(grid: np.ndarray) -> None:
    viewer = lw.EmbeddingViewer(images=grid)
    await viewer.settled()
    viewer.place("simulated_srtio3_stem", window_size=90, step=45)
    await viewer.settled()
    assert part(viewer, PictureChoice).names.value == "simulated_srtio3_stem"
    assert viewer.placed is not None
    assert viewer.placed.boxes is not None
    assert set(viewer.placed.boxes[:, 2]) == {90}
    viewer.close()


async def test_a_movie_is_opened_and_what_was_said_of_another_one_does_not_hold() -> None:
    scrubber = lw.MovieScrubber(np.stack([waves(11, (64, 80))] * 4), frame_interval=2.5, pixel_size=0.05)
    await scrubber.settled()
    field, choice, view = part(scrubber, PixelSizeField), part(scrubber, PictureChoice), part(scrubber, MovieView)
    assert choice.names.label == "your array (4 × 64 × 80)"
    assert "0.05 nm (by hand)" in words(field)
    frames = np.stack([waves(spacing, (64, 80)) for spacing in (8, 9, 10)])
    send(scrubber, "growth.tif", tiff(frames, metadata={"axes": "TYX"}, imagej=True))
    await scrubber.settled()
    assert scrubber.error == ""
    assert (view.count, view.rows, view.cols) == (3, 64, 80)
    assert "growth.tif" in view.title
    assert (scrubber.pixel_size, scrubber.frame_interval) == (None, None)
    assert "not known: lengths in px" in words(field)
    field.text.value = "0.03 nm"
    await scrubber.settled()
    assert view.pixel_size == pytest.approx(0.03)
    choice.names.value = next(value for label, value in choice.names.options if label.startswith("your array"))
    await scrubber.settled()
    assert (scrubber.pixel_size, scrubber.frame_interval) == (0.05, 2.5), "they come back with their movie"
    assert (view.count, view.rows, view.cols) == (4, 64, 80)
    send(scrubber, "notes.txt", b"no movie at all")
    await scrubber.settled()
    assert "notes.txt" in scrubber.error
    assert view.count == 0, "frames of another movie stand beside the error"
    scrubber.undo()
    await scrubber.settled()
    assert scrubber.error == ""
    assert view.count > 0, "a movie is back"
    scrubber.close()
