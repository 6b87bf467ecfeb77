"""The shape of a lattice, which is what size, rotation and mirroring leave: how far it is from each symmetry, and its type.

Everything here takes single numbers as well as arrays of them, so that one lattice and a whole map of them are judged by the
same rule. A shape is the complex number ``tau = b/a * exp(i * (180 - gamma))`` of the reduced cell, a point of the triangle
``0 <= Re(tau) <= 1/2, |tau| >= 1`` of the hyperbolic plane. The edges of that triangle are the rectangular (``Re(tau) = 0``)
and the centered rectangular lattices (``|tau| = 1`` and ``Re(tau) = 1/2``), two of its corners the square and the hexagonal
lattice, its inside the oblique ones. The hyperbolic distance to an edge or corner *is* the smallest strain that makes the
lattice rectangular, square, ..., so there is nothing to search for (Beardon, *The Geometry of Discrete Groups*).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

BravaisType = Literal["oblique", "rectangular", "centered rectangular", "square", "hexagonal"]

#: the five two-dimensional Bravais types, from low to high symmetry
BRAVAIS_TYPES: tuple[BravaisType, ...] = ("oblique", "rectangular", "centered rectangular", "square", "hexagonal")
#: for each type, the next higher ones: those that a lattice of the type may be near to
HIGHER_TYPES: Mapping[BravaisType, tuple[BravaisType, ...]] = MappingProxyType(
    {
        "oblique": ("rectangular", "centered rectangular"),
        "rectangular": ("square",),
        "centered rectangular": ("square", "hexagonal"),
        "square": (),
        "hexagonal": (),
    }
)
#: of lattices without errors: in lengths [%] and angles [degrees]; a measured lattice is judged by its errors instead, see
#: `measured_lattice`
TOLERANCE = 1.0
#: the shapes of the square and the hexagonal lattice
SQUARE, HEXAGONAL = 1j, complex(0.5, np.sqrt(3) / 2)

_OBLIQUE, _RECTANGULAR, _CENTERED, _SQUARE, _HEXAGONAL = range(len(BRAVAIS_TYPES))


def shape_of_cells(a: ArrayLike, b: ArrayLike, gamma: ArrayLike) -> NDArray[np.complex128]:
    """Find the shapes of reduced cells.

    Parameters
    ----------
    a, b : array_like, shape (...)
        Lengths of the two shortest vectors, ``a <= b``, in one unit.
    gamma : array_like, shape (...)
        Angle between them, 90 to 120 [degrees].

    Returns
    -------
    ndarray, complex128, shape (...)
        ``tau``, with ``0 <= Re(tau) <= 1/2`` and ``|tau| >= 1``.
    """
    return np.asarray(b) / np.asarray(a) * np.exp(1j * np.deg2rad(180 - np.asarray(gamma)))


def shape_of_points(points: ArrayLike) -> NDArray[np.complex128]:
    """Find the shapes of the lattices at places of the map of lattices (see `triangle`).

    Parameters
    ----------
    points : array_like, shape (..., 2)
        Places (x, y).

    Returns
    -------
    ndarray, complex128, shape (...)
        ``tau``, as from `shape_of_cells`.
    """
    x, y = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
    small, rest = y / 3, 1 - y / 3
    p12, p01, p02 = small**2, ((rest - x) / 2) ** 2, ((rest + x) / 2) ** 2
    a_squared = p12 + p01
    return (p12 + 1j * np.sqrt(p12 * p01 + p12 * p02 + p01 * p02)) / a_squared


def strains_of_shapes(tau: ArrayLike) -> NDArray[np.float64]:
    """Measure how far lattices are from each Bravais type, as a strain.

    Parameters
    ----------
    tau : array_like of complex, shape (...)
        Shapes.

    Returns
    -------
    ndarray, float64, shape (..., 5)
        In the order of `BRAVAIS_TYPES`: the smallest stretch along one direction that turns the lattice into one of the
        type [%]. 0 for oblique, which every lattice satisfies.
    """
    tau = np.asarray(tau)
    u, v = tau.real, tau.imag
    size = np.hypot(u, v)
    distances = [
        np.zeros_like(u),
        np.arcsinh(u / v),
        np.minimum(np.arcsinh(np.maximum(size**2 - 1, 0) / (2 * v)), np.arcsinh(np.maximum(0.5 - u, 0) / v)),
        np.arccosh(1 + np.hypot(u - SQUARE.real, v - SQUARE.imag) ** 2 / (2 * v)),
        np.arccosh(1 + np.hypot(u - HEXAGONAL.real, v - HEXAGONAL.imag) ** 2 / (2 * v * HEXAGONAL.imag)),
    ]
    return 100 * np.expm1(np.abs(np.stack(distances, axis=-1)))


def strains_of_points(points: ArrayLike) -> NDArray[np.float64]:
    """Measure how far the lattices at places of the map are from each Bravais type.

    Parameters
    ----------
    points : array_like, shape (..., 2)
        Places (x, y).

    Returns
    -------
    ndarray, float64, shape (..., 5)
        As from `strains_of_shapes` [%].
    """
    return strains_of_shapes(shape_of_points(points))


def types_of_cells(
    a: ArrayLike,
    b: ArrayLike,
    third: ArrayLike,
    gamma: ArrayLike,
    length_tolerance: float = TOLERANCE,
    angle_tolerance: float = TOLERANCE,
) -> NDArray[np.int64]:
    """Name the Bravais type of highest symmetry that fits reduced cells within the tolerances: the one rule for all.

    Parameters
    ----------
    a, b, third : array_like, shape (...)
        Lengths of the two vectors of the reduced cell and of their sum, ``a <= b <= third``, in one unit.
    gamma : array_like, shape (...)
        Angle between the two, 90 to 120 [degrees].
    length_tolerance : float
        Two lengths count as equal if they differ by at most this much [%].
    angle_tolerance : float
        An angle counts as 90 or 120 degrees if it differs by at most this much [degrees].

    Returns
    -------
    ndarray, int64, shape (...)
        Index into `BRAVAIS_TYPES`.
    """
    a, b, third, gamma = map(np.asarray, (a, b, third, gamma))
    equal = 1 + length_tolerance / 100
    rhombic, right = b <= equal * a, np.abs(gamma - 90) <= angle_tolerance
    hexagonal = (third <= equal * a) & (np.abs(gamma - 120) <= angle_tolerance)
    centered = rhombic | (third <= equal * b)
    rectangular = right & ~centered
    both = right & centered & ~rhombic
    if both.any():  # long thin cells fit both within the tolerance: take the nearer
        strains = strains_of_shapes(shape_of_cells(a, b, gamma))
        rectangular |= both & (strains[..., _RECTANGULAR] <= strains[..., _CENTERED])
    low = np.where(rectangular, _RECTANGULAR, np.where(centered, _CENTERED, _OBLIQUE))
    return np.where(hexagonal, _HEXAGONAL, np.where(right & rhombic, _SQUARE, low))


def types_of_points(points: ArrayLike, tolerance: float = TOLERANCE) -> NDArray[np.int64]:
    """Name the Bravais types of the lattices at places of the map.

    Parameters
    ----------
    points : array_like, shape (..., 2)
        Places (x, y).
    tolerance : float
        For lengths [%] and for angles [degrees].

    Returns
    -------
    ndarray, int64, shape (...)
        Index into `BRAVAIS_TYPES`.
    """
    tau = shape_of_points(points)
    gamma = 180 - np.rad2deg(np.angle(tau))
    return types_of_cells(np.ones_like(gamma), np.abs(tau), np.abs(1 - tau), gamma, tolerance, tolerance)


def nearest_shape(tau: complex, kind: BravaisType) -> complex:
    """Find the shape of a type of higher symmetry that is least strain away.

    Parameters
    ----------
    tau : complex
        The shape of a lattice.
    kind : {"rectangular", "centered rectangular", "square", "hexagonal"}
        The type.

    Returns
    -------
    complex
        The foot of the perpendicular from ``tau`` onto the edge or corner of the triangle that belongs to the type.
    """
    if kind == "square":
        return SQUARE
    if kind == "hexagonal":
        return HEXAGONAL
    if kind == "rectangular":
        return 1j * abs(tau)
    x, y, size = tau.real, tau.imag, abs(tau)
    if (0.5 - x) * 2 <= size**2 - 1:  # nearer to the line Re(tau) = 1/2 than to the circle |tau| = 1
        return complex(0.5, abs(tau - 0.5))
    # the geodesic through tau that meets the unit circle at a right angle meets it here
    cosine = 2 * x / (1 + size**2)
    return complex(cosine, np.sqrt(1 - cosine**2)) if y > 0 else 1j
