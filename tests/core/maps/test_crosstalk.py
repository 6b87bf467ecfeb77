"""A second lattice whose spots lie near those that are followed: the map ripples, and its errors say by how much."""

import numpy as np
import pytest

from lattice_widgets import Lattice, map_lattice
from tests.drawn_atoms import draw_atoms

A = 11.0
SHAPE = (420, 600)


@pytest.mark.parametrize("twist", [3.0, 5.0, 7.0, 12.0])
def test_the_errors_of_a_layer_cover_what_the_other_one_makes_of_it(twist: float) -> None:
    first, second = (draw_atoms(Lattice.from_parameters(A, A, 120, 4 + turn), SHAPE) for turn in (0.0, twist))
    picture = first + 0.7 * second + 0.3 * np.random.default_rng(0).standard_normal(SHAPE)
    maps = map_lattice(picture, reference=Lattice.from_parameters(A, A, 120, 4))
    for name in ("strain_xx", "strain_yy", "strain_xy", "rotation"):
        off = np.abs(maps[name] / maps[f"{name}_error"])
        assert 0.5 < float((off < 1).mean()) < 0.97, name
        assert float((off < 3).mean()) > 0.99, name


def test_a_grain_is_not_blamed_for_another_one_beside_it() -> None:
    shape, border = (420, 800), 500
    left, right = (draw_atoms(Lattice.from_parameters(A, A, 120, angle), shape) for angle in (4.0, 9.0))
    noise = 0.1 * np.random.default_rng(0).standard_normal(shape)
    settings = {"window_size": 161, "step": 20, "reference": Lattice.from_parameters(A, A, 120, 4)}
    alone = map_lattice(left + noise, **settings).strain_xx_error
    both = map_lattice(np.where(np.arange(shape[1]) < border, left, right) + noise, **settings).strain_xx_error
    far = both.col < border - 250
    assert float(both[:, far].median()) < 1.5 * float(alone[:, far].median())
    # what the mask sees of the lattice in the other grain is a shadow of that grain's own
    assert float(both[:, both.col > border + 80].median()) > 1
    mean = map_lattice(np.where(np.arange(shape[1]) < border, left, right) + noise, window_size=161, step=20)
    assert abs(float(mean.strain_xx[:, far].mean())) < 0.05, "the mean of the picture is not that of shadows"
