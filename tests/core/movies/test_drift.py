"""The drift of a periodic picture: not off by a lattice vector, and not adding up its errors."""

import numpy as np
import pytest

from lattice_widgets.core.movies.drift import find_drift, shifted
from lattice_widgets.core.simulation.beam_damage import simulate_beam_damage


@pytest.mark.parametrize("drift", [(0.12, -0.08), (2.5, 1.2)])
def test_the_path_of_a_movie(drift: tuple[float, float]) -> None:
    movie = simulate_beam_damage(24, (224, 256), field_of_view=7.0, drift=drift, growth=(0.03, 1e-4, 0.08), seed=2)
    path = find_drift(movie.frame(n) for n in range(24))
    # the lattice repeats every 10 px: half of that would be a jump
    assert np.abs(path - movie.drift).max() < 1.5


def test_a_jump_of_less_than_half_a_cell_in_a_pure_lattice() -> None:
    rows, cols = np.mgrid[:128, :160].astype(float)

    def view(down: float, right: float) -> np.ndarray:
        return np.cos(2 * np.pi * (rows - down) / 16) + np.cos(2 * np.pi * (cols - right) / 16)

    path = find_drift([view(5 * n, -3 * n) for n in range(8)])
    assert path[-1] == pytest.approx([35, -21], abs=2)


def test_back_in_its_place() -> None:
    movie = simulate_beam_damage(2, (96, 128), field_of_view=3.5, drift=(3.0, -2.0), growth=(0, 0, 0), dose=None)
    first, second = movie.frame(0)[8:-8, 8:-8], shifted(movie.frame(1), movie.drift[1])[8:-8, 8:-8]
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] > 0.95


def test_frames_of_other_sizes() -> None:
    with pytest.raises(ValueError, match="same size"):
        find_drift([np.eye(32), np.eye(33)])
