"""Which axis is which: the same for an npy file, an npz file, and an array in memory."""

import numpy as np
import pytest
from micrograph_checks import COLOR, GRAY8, LUMINANCE, MOVIE, assert_refused

from lattice_widgets.files import read_micrograph
from lattice_widgets.files.axes import axes_of
from lattice_widgets.files.movies import StoredMovie, open_movie
from lattice_widgets.widgets.opening.sources import load_source

SQUARE = np.random.default_rng(3).normal(size=(24, 40, 40)).astype("f4")
ALPHA = np.full((*GRAY8.shape, 1), 255)
ORDERS = {
    "float color": (COLOR / 255, LUMINANCE / 255, "luminance"),
    "integer color": (COLOR.astype("i4"), LUMINANCE, "luminance"),
    "color with alpha": (np.concatenate([COLOR, ALPHA], -1).astype("f4"), LUMINANCE, "alpha"),
    "gray as color": (np.dstack([GRAY8] * 3), GRAY8, "equal channels"),
    "one channel": (GRAY8[..., None], GRAY8, "one value"),
    "frames last": (np.moveaxis(MOVIE, 0, -1), MOVIE, "rows, columns, 5 frames"),
    "square frames last": (np.moveaxis(SQUARE, 0, -1), SQUARE, "rows, columns, 24 frames"),
    "color movie": (
        np.stack([COLOR, COLOR // 2]),
        np.stack([LUMINANCE, (COLOR // 2) @ [0.2125, 0.7154, 0.0721]]),
        "RGB",
    ),
    "movie of one channel": (MOVIE[..., None], MOVIE, "one value"),
}


@pytest.mark.parametrize("order", ORDERS)
def test_the_order_of_axes(tmp_path, order):
    values, expected, words = ORDERS[order]
    np.save(tmp_path / "a.npy", values)
    np.savez(tmp_path / "a.npz", only=values)
    for image in (read_micrograph(tmp_path / "a.npy"), read_micrograph(tmp_path / "a.npz"), load_source(values)):
        np.testing.assert_allclose(image.values, expected, rtol=1e-5)
        assert image.dims == ("frame", "row", "col")[-expected.ndim :]
        assert words in image.attrs["notes"]


def test_frames_of_a_movie_whose_frames_are_last(tmp_path):
    np.savez(tmp_path / "a.npz", movie=np.moveaxis(MOVIE, 0, -1), frame_interval_s=0.5)
    movie = read_micrograph(tmp_path / "a.npz", frames=slice(1, 4))
    np.testing.assert_array_equal(movie.values, MOVIE[1:4])
    np.testing.assert_allclose(movie.frame, [0.5, 1.0, 1.5])


@pytest.mark.parametrize(
    "shape", [(5, 30, 44), (100, 64, 32), (9, 16, 16), (3, 30, 30), (30, 30, 30), (1, 30, 44), (4, 4, 3)]
)
def test_movies_stay_movies(shape):
    assert axes_of(shape).shape == shape
    assert not axes_of(shape).notes


def test_what_is_neither_is_refused_from_file_and_from_memory(tmp_path):
    values = np.zeros((2, 30, 44, 5))
    np.save(tmp_path / "a.npy", values)
    assert_refused(tmp_path / "a.npy", "4-dimensional")
    with pytest.raises(ValueError, match="this array has 4"):
        load_source(values)


def test_a_large_movie_whose_frames_are_last_gives_its_frames(tmp_path, monkeypatch):
    monkeypatch.setattr("lattice_widgets.files.movies._SMALL", 0)
    np.save(tmp_path / "last.npy", np.moveaxis(MOVIE, 0, -1))
    np.save(tmp_path / "first.npy", MOVIE)
    for name in ("last.npy", "first.npy"):
        movie = open_movie(tmp_path / name)
        assert isinstance(movie.source, StoredMovie)
        assert movie.shape == MOVIE.shape
        np.testing.assert_array_equal(movie.source[2], MOVIE[2])
