"""Pictures as scanners take them: strained by some percent, and by more in one part of the picture than in another.

The class of such a picture is that of its crystal. A lattice strained evenly by as much would be another one, and is so called
elsewhere in the suite: it is the unevenness that tells the scan from the crystal.
"""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.training.pictures.hard_cells import Cell

#: standard deviations of the mean strain, as fractions, and the largest strain to its own type that one lets pass [%]
_SIZES, _LARGEST = (0.008, 0.018, 0.03), 4.5
#: spread of the strain over the picture, as a fraction of its mean: as in the real pictures of the registry
_VARIES = (0.2, 0.7)


def scan_unevenly(picture: NDArray, cell: Cell, rng: np.random.Generator) -> NDArray:
    """Return a picture as a scanner with drift, creep or hysteresis would have taken it.

    Parameters
    ----------
    picture : ndarray, shape (rows, cols)
        Without distortion.
    cell : Cell
        What it shows.
    rng : numpy.random.Generator
        Decides how large the distortion is and how it runs.

    Returns
    -------
    ndarray, shape (fewer rows, fewer cols)
        Without the margins that the picture does not reach.
    """
    rows, cols = picture.shape
    while True:
        size = rng.choice(_SIZES)
        stretch, shear = (size * rng.normal() * (rng.random() < 0.75) for _ in range(2))
        mean = cell.vectors @ np.array([[1 + stretch, shear], [0.0, 1.0]])
        if cell.kind == "oblique" or Lattice(mean).strains()[cell.kind] <= _LARGEST:
            break
    down, along = (np.cumsum(each * (1 + rng.uniform(*_VARIES) * _course(rows, rng))) for each in (stretch, shear))
    row = np.arange(rows) - (down - down[rows // 2])
    col = np.arange(cols) - (along - along[rows // 2])[:, None]
    places = np.stack([np.broadcast_to(row[:, None], col.shape), col])
    scanned = scipy.ndimage.map_coordinates(picture.astype(float), places, order=3, mode="nearest")
    there = (row >= 0) & (row <= rows - 1)
    reach = int(np.ceil(np.abs(along - along[rows // 2]).max()))
    return scanned[there][:, reach : cols - reach]


def _course(rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how the strain runs down the picture, (rows,), with mean 0 and standard deviation 1."""
    t = np.linspace(0, 1, rows)
    course = (
        np.exp(-t / rng.uniform(0.1, 0.6)),  # creep after the scan began
        t,  # drift that grows
        np.sin(2 * np.pi * (rng.uniform(0.5, 1.5) * t + rng.random())),
    )[rng.integers(3)]
    return rng.choice([-1.0, 1.0]) * (course - course.mean()) / course.std()
