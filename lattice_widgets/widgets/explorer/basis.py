"""The atoms of the cell: where they lie in the pictures, and the mean cell as a picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from lattice_widgets.core.geometry.mean_cell import BrightPlace, MeanCell
from lattice_widgets.core.geometry.overlay import MAX_POINTS
from lattice_widgets.widgets.explorer.window_result import WindowResult

__all__ = ["atoms_of", "mean_cell_picture", "places_of", "points_of"]

#: pixels along a side of the picture of the mean cell, and its side in lengths of the longer vector
_SIDE, _REACH = 240, 2.4


def places_of(result: WindowResult, wanted: bool) -> tuple[BrightPlace, ...]:
    """Return the bright places of the mean cell; () if they are not wanted, or there are none."""
    return result.mean_cell.places if wanted and result.mean_cell is not None else ()


def atoms_of(places: Sequence[BrightPlace]) -> tuple[tuple[float, float, str], ...]:
    """Return bright places as atoms of a cell, numbered from the brightest; see `CellAtoms`."""
    return tuple((place.u, place.v, str(number)) for number, place in enumerate(places, 1))


def points_of(
    points: NDArray[np.float64], cells: Sequence[Sequence[float]], places: Sequence[BrightPlace]
) -> NDArray[np.float64]:
    """Return the bright places of all cells, (row, col); the lattice points themselves if there are no places.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Lattice points (row, col).
    cells : sequence
        Cells (row, col, a row, a col, b row, b col); that of the places is the first.
    places : sequence of BrightPlace
        What lies in it.
    """
    if not places or len(places) * len(points) > MAX_POINTS:
        return points
    ways = np.array([(place.u, place.v) for place in places]) @ np.reshape(cells[0][2:], (2, 2))
    return (points[:, None] + ways).reshape(-1, 2)


def mean_cell_picture(cell: MeanCell) -> tuple[NDArray[np.float32], float, tuple[float, ...]]:
    """Draw the mean cell and its neighbors as they lie in the picture.

    Returns
    -------
    picture : ndarray, float32, shape (240, 240)
    pixel_size : float
        Side of its pixels, in the unit of the lattice.
    outline : tuple of float
        The cell in it (row, col, a row, a col, b row, b col) [px].
    """
    vectors = cell.lattice.vectors
    scale = _REACH * float(np.hypot(*vectors.T).max()) / _SIDE
    corner = np.full(2, (_SIDE - 1) / 2) - vectors.sum(axis=0) / 2 / scale
    places = np.moveaxis(np.indices((_SIDE, _SIDE)), 0, -1) - corner
    index = (places * scale) @ np.linalg.inv(vectors) * cell.values.shape
    drawn = map_coordinates(cell.values, np.moveaxis(index, -1, 0), order=3, mode="grid-wrap")
    outline = (*corner, *(vectors / scale).ravel())
    return drawn.astype(np.float32), scale, tuple(map(float, outline))
