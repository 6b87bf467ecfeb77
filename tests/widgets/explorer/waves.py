"""A picture of three waves: a lattice that is known exactly."""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice

ROWS, COLS = 180, 236


def waves(lattice: Lattice, rows: int = ROWS, cols: int = COLS, noise: float = 0.1) -> np.ndarray:
    """A picture of a lattice [px]: its three shortest waves and some noise."""
    first, second = lattice.reciprocal().reduced().vectors
    y, x = np.mgrid[:rows, :cols]
    picture = sum(np.cos(2 * np.pi * (g[0] * y + g[1] * x)) for g in (first, second, first + second))
    return picture + noise * np.random.default_rng(1).normal(size=(rows, cols))
