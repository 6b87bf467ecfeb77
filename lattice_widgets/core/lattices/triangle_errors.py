"""The errors of a measured lattice on the map of lattices (see `triangle`).

Errors of vectors are small, and so are those of the two numbers that describe a shape, stretch and shear. On the map they make
an ellipse: `triangle_covariance`, to first order. But the map has edges, at which it is folded (behind each lies the mirror
image), and at its lower one it grows with the root. So the region within so many standard deviations is an ellipse of strains,
carried to the map point by point and folded where it reaches over an edge: `error_region`. In conorms the fold is a linear map
and the ellipse stays a polygon, so that nothing is approximated but the shape of the ellipse between its corners.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.lattices.bravais_weights import strain_covariance
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import conorms, points_of_conorms, superbase

#: what carries the conorms of the lattices behind each edge (the smallest below 0, the first two or the last two out of order)
#: to those of the superbase in order
_FOLDS = (
    np.array([[-1, 0, 0], [2, 1, 0], [2, 0, 1]]),
    np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]]),
    np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
)
#: a conorm vector inside the map gives three numbers >= 0, one for each edge
_EDGES = np.array([[1, 0, 0], [-1, 1, 0], [0, -1, 1]])
#: an error region that reaches over more copies of the map than this says nothing any more
_MAX_COPIES = 60


def triangle_covariance(lattice: Lattice, covariance: ArrayLike) -> NDArray[np.float64]:
    """Carry the errors of a lattice over to its place on the map, to first order.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    covariance : array_like, shape (4, 4)
        Of ``lattice.vectors.ravel()``, as in `LatticeFit.covariance`.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        Covariance of (x, y).

    Raises
    ------
    ValueError
        If the lattice lies on the lower edge of the map (rectangular), where the errors have no first order.

    Examples
    --------
    >>> oblique = Lattice.from_parameters(1, 1.3, 105)
    >>> found = triangle_covariance(oblique, 1e-6 * np.eye(4))
    >>> [round(float(error), 5) for error in np.sqrt(np.diag(found))]
    [0.00067, 0.00168]
    """
    base = superbase(lattice)
    values = conorms(base)
    if values[0] <= 1e-12 * values[2]:
        raise ValueError("On the edge of the rectangular lattices errors have no first order: use error_region.")
    x, y = points_of_conorms(values)
    roots = np.sqrt(values)
    total = roots.sum()
    # d(x, y) / d roots, then d roots / d conorms
    by_roots = (np.array([[0.0, -1.0, 1.0], [3.0, 0.0, 0.0]]) - np.array([[x], [y]])) / total
    jacobian = by_roots @ np.diag(0.5 / roots) @ _conorms_by_strain(base)
    return jacobian @ strain_covariance(lattice.vectors, np.asarray(covariance)) @ jacobian.T


def error_region(
    lattice: Lattice, covariance: ArrayLike, sigmas: float = 2.0, count: int = 120
) -> list[NDArray[np.float64]]:
    """Find the region of the map within so many standard deviations of a measured lattice.

    Two standard deviations hold the truth with a probability of 86 %, as two numbers are measured; with a little more where the
    region is folded, as each lattice in it stands for its mirror image too.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    covariance : array_like, shape (4, 4)
        Of ``lattice.vectors.ravel()``.
    sigmas : float
        Size of the region.
    count : int
        Corners of the polygon that stands for the ellipse.

    Returns
    -------
    list of ndarray, float64, shape (k, 2)
        Polygons that cover it together: one, or several that overlap where the ellipse was folded at the edges of the map.
    """
    values, axes = np.linalg.eigh(strain_covariance(lattice.vectors, np.asarray(covariance)))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    strains = sigmas * (np.column_stack([np.cos(angle), np.sin(angle)]) * np.sqrt(np.maximum(values, 0))) @ axes.T
    return _folded(conorms(_strained(superbase(lattice), strains)))


def _strained(base: NDArray[np.float64], strains: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a superbase (3, 2) after each of the shape strains (n, 2), stretch along the axes and shear: (n, 3, 2)."""
    half = np.hypot(*strains.T) / 2
    direction = np.divide(strains / 2, half[:, None], out=np.zeros_like(strains), where=half[:, None] > 0)
    # the exponential of a symmetric matrix without trace
    pattern = np.moveaxis(np.array([[direction[:, 0], direction[:, 1]], [direction[:, 1], -direction[:, 0]]]), -1, 0)
    matrices = np.cosh(half)[:, None, None] * np.eye(2) + np.sinh(half)[:, None, None] * pattern
    return base @ matrices


def _conorms_by_strain(base: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the derivatives (3, 2) of the conorms by the two shape strains."""
    derivatives = []
    for pattern in (np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])):
        change = base @ pattern / 2
        derivatives.append([-(base[i] @ change[j] + change[i] @ base[j]) for i, j in ((0, 1), (0, 2), (1, 2))])
    return np.array(derivatives).T


def _folded(polygon: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the pieces, on the map, of a polygon of conorms (n, 3) that reaches over its edges."""
    pieces = []
    waiting, seen = [np.eye(3, dtype=np.int64)], {np.eye(3, dtype=np.int64).tobytes()}
    while waiting and len(seen) < _MAX_COPIES:
        carried = waiting.pop(0)
        here = polygon @ carried.T
        inside = _clipped(here)
        if len(inside) < 3:
            continue
        pieces.append(points_of_conorms(inside))
        for edge, fold in zip(_EDGES, _FOLDS, strict=True):
            beyond = fold @ carried
            if (here @ edge < 0).any() and beyond.tobytes() not in seen:
                seen.add(beyond.tobytes())
                waiting.append(beyond)
    return pieces


def _clipped(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of a polygon of conorms (n, 3) that lies on the map (Sutherland & Hodgman)."""
    for edge in _EDGES:
        if not len(polygon):
            break
        height = polygon @ edge
        kept = []
        for start, end, low, high in zip(polygon, np.roll(polygon, -1, 0), height, np.roll(height, -1), strict=True):
            if low >= 0:
                kept.append(start)
            if (low >= 0) != (high >= 0):
                kept.append(start + (end - start) * low / (low - high))
        polygon = np.array(kept).reshape(-1, 3)
    return polygon
