"""The map of all lattices: every two-dimensional lattice, up to its size, is one point of a triangle.

A lattice has three vectors that sum to zero and of which no two make an angle below 90 degrees (an obtuse superbase: the two of
the reduced cell, and minus their sum). The three products ``p_ij = -v_i . v_j >= 0`` are Conway & Sloane's conorms; they do not
depend on which superbase was found, and they give the lattice back, up to mirroring. Their roots in order,
``r12 <= r01 <= r02``, are Kurlin's root invariant. Divided by their sum they are free of the size, and two numbers remain::

    x = (r02 - r01) / (r12 + r01 + r02)        y = 3 r12 / (r12 + r01 + r02)        x >= 0, y >= 0, x + y <= 1

Square lattices are the corner (0, 0), hexagonal ones the corner (0, 1); rectangular lattices are the edge y = 0, centered
rectangular ones the edges x = 0 (the two shortest vectors equal) and x + y = 1 (the two longest equal); the rest is oblique.
The corner (1, 0) does not stand for a lattice: its rows would be infinitely far apart.

Two things to know about the map. A lattice and its mirror image share a point: the map of lattices told apart from their mirror
images is two such triangles, glued along their edges, on which the lattices lie that are their own mirror images (`handedness`
says which of the two it is). And it is continuous, but not smooth at the edge y = 0: an angle that is off by little moves the
point there by the root of it, so that 89 degrees lie well inside.

Conway & Sloane, Proc. R. Soc. A 436, 55 (1992); Kurlin, Found. Comput. Math. 24, 805 (2024), doi:10.1007/s10208-022-09601-8;
Bright, Cooper & Kurlin, Acta Cryst. A 79, 1 (2023), arXiv:2109.10885. How far a lattice is from a type is measured as a strain,
in the hyperbolic plane of `lattice`: for a cell with ``a = 1`` the conorms are ``u, 1 - u, |tau|^2 - u`` with ``u = Re(tau)``.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.shape import BRAVAIS_TYPES, BravaisType, shape_of_points

#: where each type of higher symmetry lies: lines of points (x, y), shape (n, 2) each
TYPE_LINES: Mapping[BravaisType, tuple[tuple[tuple[float, float], ...], ...]] = MappingProxyType(
    {
        "rectangular": (((0.0, 0.0), (1.0, 0.0)),),
        "centered rectangular": (((0.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (1.0, 0.0))),
        "square": (((0.0, 0.0),),),
        "hexagonal": (((0.0, 1.0),),),
    }
)


def superbase(lattice: Lattice) -> NDArray[np.float64]:
    """Find three vectors that sum to zero, no two of them at less than 90 degrees.

    Returns
    -------
    ndarray, float64, shape (3, 2)
        In rows, as (row, col) components; the shortest first.
    """
    a, b = lattice.reduced().vectors
    return np.array([a, b, -a - b])


def conorms(vectors: ArrayLike) -> NDArray[np.float64]:
    """Compute the conorms ``-v0.v1, -v0.v2, -v1.v2`` of superbases.

    Parameters
    ----------
    vectors : array_like, shape (..., 3, 2)
        From `superbase`; or such vectors strained, whose conorms may be out of order or negative.

    Returns
    -------
    ndarray, float64, shape (..., 3)
        Smallest first for a superbase with the shortest vector first [square of the unit].
    """
    v = np.asarray(vectors, dtype=np.float64)
    return -np.stack([(v[..., i, :] * v[..., j, :]).sum(-1) for i, j in ((0, 1), (0, 2), (1, 2))], axis=-1)


def points_of_conorms(values: ArrayLike) -> NDArray[np.float64]:
    """Place conorms on the map.

    Parameters
    ----------
    values : array_like, shape (..., 3)
        Conorms, the smallest first; negative ones count as 0.

    Returns
    -------
    ndarray, float64, shape (..., 2)
        Places (x, y).
    """
    roots = np.sqrt(np.maximum(np.asarray(values, dtype=np.float64), 0))
    roots = roots / roots.sum(axis=-1, keepdims=True)
    return np.stack([roots[..., 2] - roots[..., 1], 3 * roots[..., 0]], axis=-1)


def triangle_point(lattice: Lattice) -> tuple[float, float]:
    """Place a lattice on the map.

    Parameters
    ----------
    lattice : Lattice
        Any lattice; its size, rotation and handedness make no difference.

    Returns
    -------
    x, y : float
        Its place, with ``x >= 0``, ``y >= 0`` and ``x + y <= 1``.

    Examples
    --------
    >>> triangle_point(Lattice.from_parameters(0.4, 0.4, 90))
    (0.0, 0.0)
    >>> [round(number, 3) for number in triangle_point(Lattice.from_parameters(1, 3, 90))]  # (3 - 1) / (3 + 1)
    [0.5, 0.0]
    """
    values = np.sort(conorms(superbase(lattice)))
    # what is at a right angle, or equal, but for the last digits
    values[np.abs(values) < 1e-14 * values[2]] = 0.0
    x, y = points_of_conorms(values)
    return (0.0 if x < 1e-12 else float(x)), float(y)


def triangle_lattice(x: float, y: float, *, area: float | None = None, spacing: float | None = None) -> Lattice:
    """Build the lattice at a place of the map, by its reduced cell with ``a`` to the right.

    Parameters
    ----------
    x, y : float
        The place.
    area : float, optional
        Area of its primitive cell; 1 where neither this nor a spacing is given.
    spacing : float, optional
        Length of its shortest vector instead.

    Returns
    -------
    Lattice
        In the unit of the area or spacing.

    Raises
    ------
    ValueError
        If the place is outside the triangle or its corner (1, 0), or the size not positive, or given twice.

    Examples
    --------
    >>> round(triangle_lattice(0.0, 1.0, spacing=0.246).gamma, 6)
    120.0
    >>> cell = triangle_lattice(0.25, 0.0, area=0.15)
    >>> round(cell.a, 3), round(cell.b, 3), round(cell.gamma, 1)
    (0.3, 0.5, 90.0)
    """
    if area is not None and spacing is not None:
        raise ValueError("Give the area of the cell or its shortest spacing, not both.")
    size = area if area is not None else 1.0 if spacing is None else spacing
    if not (size > 0 and np.isfinite(size)):
        raise ValueError(f"The size of a cell must be a positive number, not {size}.")
    check_point(x, y)
    tau = complex(shape_of_points([x, y]))
    a = spacing if spacing is not None else float(np.sqrt(size / tau.imag))
    return Lattice.from_parameters(a, a * abs(tau), 180 - float(np.rad2deg(np.angle(tau))))


def reduced_conorms(values: ArrayLike) -> NDArray[np.float64]:
    """Reduce the conorms of any superbases to those of obtuse ones (Selling's reduction).

    Parameters
    ----------
    values : array_like, shape (..., 3)
        Conorms of three vectors that sum to zero.

    Returns
    -------
    ndarray, float64, shape (..., 3)
        None of them negative, the smallest first.
    """
    found = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    for _ in range(200):
        low = found[..., 0]
        acute = low < -1e-14 * found[..., 2]
        if not acute.any():
            break
        shift = np.where(acute, 2 * low, 0)
        found = np.sort(
            np.stack([np.where(acute, -low, low), *np.moveaxis(found[..., 1:], -1, 0) + shift], -1), axis=-1
        )
    return np.maximum(found, 0)


def check_point(x: float, y: float) -> None:
    """Refuse a place that does not stand for a lattice.

    Raises
    ------
    ValueError
        In one sentence.
    """
    if not (np.isfinite(x) and np.isfinite(y) and x >= 0 and y >= 0 and x + y <= 1 + 1e-9):
        raise ValueError(f"The place ({x:g}, {y:g}) is outside the map, which has x >= 0, y >= 0 and x + y <= 1.")
    if x > 1 - 1e-9:
        raise ValueError("There is no lattice at the corner (1, 0): its rows would be infinitely far apart.")


def nearest_points(lattice: Lattice) -> dict[BravaisType, tuple[float, float]]:
    """Find, for each type of higher symmetry, the place of the nearest lattice of that type.

    Parameters
    ----------
    lattice : Lattice
        Any lattice.

    Returns
    -------
    dict
        Type -> (x, y), by the least strain; "oblique" is not listed.

    Examples
    --------
    >>> places = nearest_points(Lattice.from_parameters(1, 1.1, 92))
    >>> places["square"], places["hexagonal"]
    ((0.0, 0.0), (0.0, 1.0))
    >>> round(places["rectangular"][1], 6)
    0.0
    """
    found = {}
    for kind in BRAVAIS_TYPES[1:]:
        x, y = triangle_point(lattice.nearest(kind))
        if kind == "rectangular":
            y = 0.0  # the root magnifies the last digits of a right angle
        elif kind in TYPE_LINES and len(TYPE_LINES[kind][0]) == 1:
            x, y = TYPE_LINES[kind][0][0]
        found[kind] = (x, y)
    return found


def handedness(lattice: Lattice, tolerance: float = 1e-9) -> int:
    """Tell a lattice from its mirror image.

    1: from the shortest to the next shortest vector of the superbase one turns counter-clockwise as seen on the screen.

    Parameters
    ----------
    lattice : Lattice
        Any.
    tolerance : float
        How near to an edge of the map [its units] counts as on it.

    Returns
    -------
    int
        1 or -1 for the two, 0 for a lattice that is its own mirror image.

    Examples
    --------
    >>> oblique = Lattice.from_parameters(1, 1.2, 100)
    >>> handedness(oblique), handedness(oblique.transformed([[1, 0], [0, -1]]))
    (1, -1)
    """
    x, y = triangle_point(lattice)
    if min(x, y, 1 - x - y) <= tolerance:
        return 0
    a, b, _ = superbase(lattice)
    return 1 if b[0] * a[1] - b[1] * a[0] < 0 else -1


def triangle_grid(steps: int) -> NDArray[np.float64]:
    """List the places of an even grid on the map.

    Parameters
    ----------
    steps : int
        Steps of the grid along each edge.

    Returns
    -------
    ndarray, float64, shape ((steps + 1) (steps + 2) / 2, 2)
        Places (x, y), in rows of equal y from y = 0.

    Examples
    --------
    >>> triangle_grid(1).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    return np.array([(i, j) for j in range(steps + 1) for i in range(steps + 1 - j)], dtype=np.float64) / steps
