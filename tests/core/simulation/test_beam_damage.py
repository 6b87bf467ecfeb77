"""The simulated movie keeps its promises: holes as planned, an intact sheet as the simulator draws it, the same every time."""

import tracemalloc

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.simulation.beam_damage import PAPER_GROWTH, BeamDamageMovie, simulate_beam_damage


@pytest.fixture(scope="module")
def movie() -> BeamDamageMovie:
    return simulate_beam_damage(seed=3)


def test_the_truth_is_that_of_the_paper(movie: BeamDamageMovie) -> None:
    offset, amplitude, rate = PAPER_GROWTH
    assert movie.shape == (90, 512, 512)
    assert movie.frame_interval == 2.25
    assert movie.pixel_size == pytest.approx(14.7 / 512)
    planned = offset + amplitude * np.exp(rate * movie.time)
    assert np.abs(movie.hole_fraction - planned).max() < 0.003
    # the first hole alone grows, exponentially
    grown = movie.hole_areas[:, 0] / 14.7**2
    assert np.allclose(grown[60:], (planned - offset)[60:], atol=5e-4)


def test_holes_come_and_go_without_touching(movie: BeamDamageMovie) -> None:
    there = movie.hole_areas > 0.3
    lives = there.sum(axis=0)
    assert (lives[1:] < 90).any()
    assert there.sum(axis=1).min() > 5
    for frame in (0, 45, 89):
        import scipy.ndimage

        labels = movie.hole_labels(frame)
        assert scipy.ndimage.label(labels > 0)[1] == len(np.unique(labels)) - 1


def test_holes_are_dark_and_the_sheet_is_ws2(movie: BeamDamageMovie) -> None:
    frame, labels = movie.frame(89), movie.hole_labels(89)
    assert frame[labels > 0].mean() < 0.25 * frame[labels == 0].mean()
    fit = fit_lattice(frame, movie.pixel_size)
    assert fit.to_dict()["type"] == "hexagonal"
    assert fit.to_dict()["a"] == pytest.approx(0.3153, rel=0.01)


def test_a_frame_is_the_same_every_time_and_everywhere(movie: BeamDamageMovie) -> None:
    again = simulate_beam_damage(seed=3)
    assert np.array_equal(movie.frame(20), again[20])
    assert not np.array_equal(movie.frame(20), simulate_beam_damage(seed=4).frame(20))
    lazy = movie.lazy()
    assert lazy.shape == movie.shape
    assert np.array_equal(lazy[20].compute(), movie.frame(20))


def test_the_sample_drifts_as_told() -> None:
    still = simulate_beam_damage(2, (96, 160), field_of_view=4.0, dose=None, drift=(0, 0), growth=(0, 0, 0), seed=1)
    first, second = still.frame(0), still.frame(1)
    move = still.drift[1] - still.drift[0]
    from scipy.ndimage import shift

    back = shift(second.astype(float), -move, order=3, mode="nearest")[8:-8, 8:-8]
    assert np.corrcoef(back.ravel(), first[8:-8, 8:-8].ravel())[0, 1] > 0.99


def test_gray_values() -> None:
    movie = simulate_beam_damage(2, (80, 100), field_of_view=3.0, growth=(0, 0, 0), dtype="uint8")
    assert movie.frame(1).dtype == np.uint8
    assert 100 < movie.frame(1).max() <= 255


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"n_frames": 0}, "at least one frame"),
        ({"shape": (20, 100)}, "64 x 64"),
        ({"dose": 0}, "positive"),
        ({"growth": (-0.1, 0, 0)}, "not negative"),
        ({"growth": (0.1, 0.01, 0.1)}, "more than half of the frame"),
    ],
)
def test_what_makes_no_movie(how: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        simulate_beam_damage(**how)


def test_a_large_frame_is_made_in_the_memory_of_some() -> None:
    movie = simulate_beam_damage(1, (1536, 1536), field_of_view=44.0, growth=(0.0, 1e-3, 0.0))
    movie.frame(0)
    tracemalloc.start()
    try:
        frame = movie.frame(0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * frame.nbytes
