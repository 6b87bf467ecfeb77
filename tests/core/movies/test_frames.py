"""Movies of all kinds, and one clear sentence for what is none."""

import pickle

import dask.array as da
import numpy as np
import pytest
import xarray as xr

from lattice_widgets.core.movies.frames import BadFrame, as_frames, is_blank
from lattice_widgets.core.movies.plan import plan_movie
from lattice_widgets.core.pictures.pixel_size import set_pixel_size
from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.core.simulation.beam_damage import simulate_beam_damage

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
        ([_MOVIE, _MOVIE], {}, "two axes"),
        (_MOVIE[:0], {}, "no frames"),
        ([], {}, "no frames"),
        (_MOVIE[0, 0], {}, "axes"),
        (np.zeros((40, 60, 3)), {}, "color picture"),
        ("words", {}, "axes"),
        (_MOVIE, {"time": [0, 1, 2, 1.5, 3]}, "frame 2 is at 2 s, frame 3 at 1.5 s"),
        (_MOVIE, {"time": [0, 1]}, "2 times for 5 frames"),
        (_MOVIE, {"frame_interval": 0}, "positive number of seconds"),
        (_MOVIE, {"frame_interval": -2.25}, "positive number of seconds"),
        (_MOVIE, {"pixel_size": float("nan")}, "positive length in nm"),
    ],
)
def test_what_is_no_movie(movie: object, how: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        as_frames(movie, **how)


def test_frames_that_cannot_be_used() -> None:
    holed = _MOVIE.copy()
    holed[2, 3, 4] = np.nan
    with pytest.raises(BadFrame, match="Frame 2 holds pixels that are not finite") as bad:
        as_frames(holed)[2]
    assert bad.value.reason == "not finite"
    assert str(pickle.loads(pickle.dumps(bad.value))) == str(bad.value)
    assert [number for number, _ in as_frames(holed).usable(range(5))] == [0, 1, 3, 4]
    assert as_frames(holed).fingerprint() != as_frames(_MOVIE).fingerprint()
    with pytest.raises(BadFrame, match="real numbers"):
        as_frames(_MOVIE.astype(complex))[0]


def test_a_frame_of_another_size_does_not_decide() -> None:
    for bad in (0, 1, 4):
        frames = as_frames([frame[:-1] if number == bad else frame for number, frame in enumerate(_MOVIE)])
        assert frames.shape == (5, 40, 60)
        with pytest.raises(BadFrame, match=f"frame {bad} has 39 x 60 px, the others 40 x 60") as said:
            frames[bad]
        assert said.value.reason == "other size"
        assert [number for number, _ in frames.usable(range(5))] == [n for n in range(5) if n != bad]


def test_a_plan_passes_over_bad_frames() -> None:
    movie = simulate_beam_damage(3, (160, 192), field_of_view=5.5, growth=(0.0, 0.05, 0.1)).frames
    holed = np.concatenate([movie, movie])
    holed[[0, 1, 2]] = np.nan
    plan, clean = plan_movie(as_frames(holed), 96, 32), plan_movie(as_frames(movie), 96, 32)
    assert (plan.levels, plan.spacing, plan.cell_area) == (clean.levels, clean.spacing, clean.cell_area)
    # even if all of those that are looked at first are bad
    long = np.full((30, *movie.shape[1:]), np.nan)
    long[1] = movie[0]
    assert 1 not in as_frames(long).sampled()
    assert plan_movie(as_frames(long), 96, 32).spacing == pytest.approx(clean.spacing, rel=0.05)
    with pytest.raises(ValueError, match="not finite"):
        plan_movie(as_frames(np.full((3, 40, 60), np.nan)), 32)


def test_a_plan_that_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="window \\(128 px\\) is larger than the picture \\(40 px\\)"):
        plan_movie(as_frames(_MOVIE), 128)
    with pytest.raises(ValueError, match="blank"):
        plan_movie(as_frames(np.zeros((5, 40, 60))), 32)
    with pytest.raises(ValueError, match="shows no lattice"):
        plan_movie(as_frames(_MOVIE), 8)


def test_frames_of_pixels_that_are_not_square_are_made_square() -> None:
    stored = np.random.default_rng(0).random((4, 40, 80)).astype(np.float32)
    stored[2, 5, 7] = np.nan
    stored[3] = 0.1
    movie = set_pixel_size(xr.DataArray(stored, dims=("frame", "row", "col")), (0.04, 0.02))
    for frames in (as_frames(movie), as_frames(stored, pixel_size=(0.04, 0.02)), as_frames(as_frames(movie))):
        assert (frames.shape, frames.pixel_size) == ((4, 80, 80), 0.02)
        assert frames.notes == (
            "Its pixels are not square (0.04 nm down, 0.02 nm across): it was resampled to 0.02 nm along both.",
        )
        again = pickle.loads(pickle.dumps(frames))
        np.testing.assert_array_equal(again[1], square_pixels(movie[1]))
        with pytest.raises(BadFrame, match="not finite"):
            frames[2]
        assert is_blank(frames[3])
    assert as_frames(as_frames(movie), pixel_size=0.03)[0].shape == (40, 80)


def test_a_sliced_movie_has_the_pixel_size_of_its_coordinates() -> None:
    movie = set_pixel_size(xr.DataArray(np.zeros((3, 40, 40)), dims=("frame", "row", "col")), 0.02)
    assert as_frames(movie[:, ::2, ::2]).pixel_size == pytest.approx(0.04)
    assert as_frames(movie.drop_attrs(deep=False)).pixel_size == pytest.approx(0.02)
