"""A picture with a step of strain, and one without."""

import numpy as np
import pytest

import lattice_widgets as lw
from tests.drawn_atoms import draw_atoms
from tests.widgets.strain_map.known_strain import BOUNDARY, SHAPE, noisy


@pytest.fixture(scope="module")
def stepped() -> np.ndarray:
    """Square, 8 px; 2 % longer to the right of the boundary."""

    def move(places: np.ndarray) -> np.ndarray:
        moved = places.copy()
        moved[:, 1] += 0.02 * np.maximum(places[:, 1] - BOUNDARY, 0)
        return moved

    return noisy(draw_atoms(lw.Lattice([[8, 0], [0, 8]]), SHAPE, move=move), 1)


@pytest.fixture(scope="module")
def hexagonal() -> np.ndarray:
    return noisy(draw_atoms(lw.Lattice.from_parameters(9, 9, 120, rotation=10), (160, 180)), 2)
