"""Movies of all kinds, and one clear sentence for what is none."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr

from lattice_widgets.core.movies.frames import as_frames
from lattice_widgets.core.movies.plan import plan_movie

_MOVIE = np.random.default_rng(0).random((5, 40, 60))


def test_all_kinds_of_movies_are_the_same() -> None:
    labeled = xr.DataArray(_MOVIE, dims=("frame", "row", "col"))
    kinds = [_MOVIE, list(_MOVIE), da.from_array(_MOVIE, chunks=(2, 40, 60)), labeled]
    prints = {as_frames(kind).fingerprint() for kind in kinds}
    assert len(prints) == 1
    assert as_frames(_MOVIE[0]).shape == (1, 40, 60)
    assert as_frames(_MOVIE + 1).fingerprint() not in prints


def test_times_and_sizes() -> None:
    assert as_frames(_MOVIE, frame_interval=2).time.tolist() == [0, 2, 4, 6, 8]
    assert not as_frames(_MOVIE).timed
    labeled = xr.DataArray(_MOVIE, dims=("frame", "row", "col"), attrs={"pixel_size": 0.1})
    labeled = labeled.assign_coords(frame=("frame", [0.0, 1, 2, 4, 5], {"units": "s"}))
    assert as_frames(labeled).time[3] == 4
    assert as_frames(labeled).pixel_size == 0.1
    assert as_frames(labeled, pixel_size=0.2, frame_interval=1).pixel_size == 0.2
    assert as_frames(labeled).frame_interval == 1


@pytest.mark.parametrize(
    ("movie", "how", "said"),
    [
        ([_MOVIE[0], _MOVIE[1][:-1]], {}, "frame 1 has 39 x 60 px, the first one 40 x 60"),
        (_MOVIE[:0], {}, "no frames"),
        ([], {}, "no frames"),
        (_MOVIE[0, 0], {}, "axes"),
        (np.zeros((40, 60, 3)), {}, "color picture"),
        ("words", {}, "axes"),
        (_MOVIE, {"time": [0, 1, 2, 1.5, 3]}, "frame 2 is at 2 s, frame 3 at 1.5 s"),
        (_MOVIE, {"time": [0, 1]}, "2 times for 5 frames"),
        (_MOVIE, {"frame_interval": 0}, "positive number of seconds"),
        (_MOVIE, {"frame_interval": -2.25}, "positive number of seconds"),
        (_MOVIE, {"pixel_size": float("nan")}, "positive number of nm"),
    ],
)
def test_what_is_no_movie(movie: object, how: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        as_frames(movie, **how)


def test_frames_that_cannot_be_used() -> None:
    holed = _MOVIE.copy()
    holed[2, 3, 4] = np.nan
    with pytest.raises(ValueError, match="Frame 2 holds pixels that are not finite"):
        as_frames(holed)[2]
    with pytest.raises(ValueError, match="real numbers"):
        as_frames(_MOVIE.astype(complex))[0]


def test_a_plan_that_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="window \\(128 px\\) is larger than the picture \\(40 px\\)"):
        plan_movie(as_frames(_MOVIE), 128)
    with pytest.raises(ValueError, match="blank"):
        plan_movie(as_frames(np.zeros((5, 40, 60))), 32)
    with pytest.raises(ValueError, match="shows no lattice"):
        plan_movie(as_frames(_MOVIE), 8)
