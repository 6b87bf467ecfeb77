"""Two vectors in, everything about the two-dimensional lattice out: reduced cell, reciprocal lattice, Bravais type.

Up to size and rotation a two-dimensional lattice is one point of a triangle. Write the reduced cell as the complex number
``tau = b/a * exp(i * gamma)``, folded into ``0 <= Re(tau) <= 1/2, |tau| >= 1`` of the hyperbolic plane. The edges of that
triangle are the rectangular (``Re(tau) = 0``) and the centered rectangular lattices (``|tau| = 1`` and ``Re(tau) = 1/2``),
two of its corners the square and the hexagonal lattice, its inside the oblique ones. The hyperbolic distance to an edge or
corner *is* the smallest strain that makes the lattice rectangular, square, ..., so there is nothing to search for
(Conway & Sloane, Proc. R. Soc. A 436, 55 (1992), for the reduction; Beardon, *The Geometry of Discrete Groups*, for
the distances).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

BravaisType = Literal["oblique", "rectangular", "centered rectangular", "square", "hexagonal"]

#: the five two-dimensional Bravais types, from low to high symmetry
BRAVAIS_TYPES: tuple[BravaisType, ...] = ("oblique", "rectangular", "centered rectangular", "square", "hexagonal")
#: what a classifier can answer: the five types, and "noise" where there is no lattice
CLASSES: tuple[str, ...] = (*BRAVAIS_TYPES, "noise")
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

_HEXAGONAL_TAU = complex(0.5, np.sqrt(3) / 2)


@dataclass(frozen=True, eq=False)
class Lattice:
    """A two-dimensional lattice.

    Parameters
    ----------
    vectors : array_like, shape (2, 2)
        The primitive vectors, one in each row, as (row, col) components: the first points down the picture, the
        second to the right. In nm, or in px where no pixel size is known.

    Raises
    ------
    ValueError
        If the vectors are not two finite vectors that span an area.

    Examples
    --------
    >>> graphene = Lattice.from_parameters(0.246, 0.246, 120)
    >>> graphene.bravais_type()
    'hexagonal'
    >>> round(graphene.area, 4)
    0.0524
    >>> [round(d, 4) for d in graphene.d_spacings(2)]
    [0.213, 0.123]
    """

    vectors: NDArray[np.float64]

    def __init__(self, vectors: ArrayLike) -> None:
        try:
            array = np.array(vectors, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError("A lattice takes two finite vectors of two components each.") from error
        if array.shape != (2, 2) or not np.isfinite(array).all():
            raise ValueError("A lattice takes two finite vectors of two components each.")
        if abs(np.linalg.det(array)) <= 1e-9 * np.linalg.norm(array[0]) * np.linalg.norm(array[1]):
            raise ValueError("The two vectors of a lattice must not be parallel or zero.")
        array.setflags(write=False)
        object.__setattr__(self, "vectors", array)

    @classmethod
    def from_parameters(cls, a: float, b: float, gamma: float, rotation: float = 0.0) -> Self:
        """Build the lattice from two lengths and the angle between them.

        Parameters
        ----------
        a, b : float
            Lengths of the two vectors [nm or px].
        gamma : float
            Angle between them [degrees], counter-clockwise from ``a`` to ``b`` as seen on the screen.
        rotation : float
            Direction of ``a`` [degrees], counter-clockwise from the direction of the rows (to the right).

        Raises
        ------
        ValueError
            If a length is not positive or the angle not between 0 and 180 degrees.
        """
        if not (a > 0 and b > 0 and 0 < gamma < 180):
            raise ValueError(f"A lattice needs a > 0, b > 0 and 0 < gamma < 180, not a={a}, b={b}, gamma={gamma}.")
        angles = np.deg2rad([rotation, rotation + gamma])
        # on the screen rows grow downwards, so a counter-clockwise angle has a negative row component
        return cls(np.array([[a], [b]]) * np.column_stack([-np.sin(angles), np.cos(angles)]))

    @property
    def a(self) -> float:
        """Length of the first vector [nm or px]."""
        return float(np.hypot(*self.vectors[0]))

    @property
    def b(self) -> float:
        """Length of the second vector [nm or px]."""
        return float(np.hypot(*self.vectors[1]))

    @property
    def gamma(self) -> float:
        """Angle between the two vectors [degrees], 0 to 180."""
        cosine = self.vectors[0] @ self.vectors[1] / (self.a * self.b)
        return float(np.rad2deg(np.arccos(np.clip(cosine, -1, 1))))

    @property
    def rotation(self) -> float:
        """Direction of the first vector [degrees], counter-clockwise from the direction of the rows, -180 to 180."""
        row, col = self.vectors[0]
        return float(np.rad2deg(np.arctan2(-row, col)))

    @property
    def area(self) -> float:
        """Area of the primitive cell [nm^2 or px^2]."""
        return float(abs(np.linalg.det(self.vectors)))

    def reduced(self) -> "Lattice":
        """Return the same lattice by its two shortest vectors: ``a <= b`` and ``90 <= gamma <= 120``.

        This is Lagrange's reduction, with the obtuse one of the two possible angles, so that a hexagonal lattice has
        gamma = 120 as in the International Tables.
        """
        a, b = self.vectors
        if a @ a > b @ b:
            a, b = b, a
        while True:
            b = b - np.round(a @ b / (a @ a)) * a
            if b @ b >= (a @ a) * (1 - 1e-12):
                break
            a, b = b, a
        if a @ b > 0:
            b = -b
        return Lattice([a, b])

    def reciprocal(self) -> "Lattice":
        """Return the reciprocal lattice, ``g_i . a_j = 1`` if i = j else 0 (no factor 2 pi), in 1/nm or 1/px."""
        return Lattice(np.linalg.inv(self.vectors).T)

    def reciprocal_points(self, limit: float) -> NDArray[np.float64]:
        """Return the points of the reciprocal lattice up to a frequency, (row, col) in 1/nm or 1/px, shape (n, 2).

        The origin is not among them. Lattices so coarse that more than some ten thousand points would come are cut off
        at 50 orders.
        """
        vectors = self.reciprocal().reduced().vectors
        orders = min(int(np.ceil(1.2 * limit / np.hypot(*vectors[0]))), 50)
        index = np.arange(-orders, orders + 1)
        points = (index[:, None, None] * vectors[0] + index[None, :, None] * vectors[1]).reshape(-1, 2)
        length = np.hypot(*points.T)
        return points[(length <= limit) & (length > 0)]

    def d_spacings(self, count: int = 6) -> list[float]:
        """Return the ``count`` largest distinct d-spacings [nm or px], largest first.

        One for each length in the reciprocal lattice, higher orders (half a distance between lattice lines, ...) included.
        """
        # the first so many are at most that many times the shortest reciprocal vector long: a reduced cell reaches them so
        orders = int(np.ceil(1.2 * max(count, 1)))
        reach = np.arange(-orders, orders + 1)
        hk = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
        hk = hk[np.any(hk != 0, axis=1)]
        # by the reduced cell, so that small indices reach the largest spacings whatever cell was given
        lengths = np.sort(np.hypot(*(hk @ self.reduced().reciprocal().vectors).T))
        distinct = lengths[np.concatenate([[True], np.diff(lengths) > 1e-9 * lengths[1:]])]
        return [float(1 / length) for length in distinct[:count]]

    def transformed(self, matrix: ArrayLike) -> "Lattice":
        """Return the lattice whose (row, col) vectors are ``matrix @ vector``: a rotation, strain or drift."""
        return Lattice(self.vectors @ np.asarray(matrix, dtype=np.float64).T)

    def shape_parameter(self) -> complex:
        """Return the lattice up to size, rotation and mirroring: ``tau`` in ``0 <= Re <= 1/2, |tau| >= 1``.

        ``1j`` is the square and ``exp(i pi / 3)`` the hexagonal lattice.
        """
        cell = self.reduced()
        return complex(cell.b / cell.a * np.exp(1j * np.deg2rad(180 - cell.gamma)))

    def strains(self) -> dict[BravaisType, float]:
        """Return how far the lattice is from each type of higher symmetry, as a strain in percent.

        Returns
        -------
        dict
            Type -> the smallest stretch along one direction [%] that turns this lattice into one of that type (a simple
            shear by the same percentage does the same to first order). 0 for a type it already has. "oblique", which
            every lattice satisfies, is not listed.

        Examples
        --------
        >>> rectangle = Lattice.from_parameters(1.00, 1.03, 90)
        >>> round(rectangle.strains()["square"], 6)
        3.0
        """
        tau = self.shape_parameter()
        x, y, size = tau.real, tau.imag, abs(tau)
        distance = {
            "rectangular": np.arcsinh(x / y),
            "centered rectangular": min(np.arcsinh(max(size**2 - 1, 0) / (2 * y)), np.arcsinh(max(0.5 - x, 0) / y)),
            "square": np.arccosh(1 + abs(tau - 1j) ** 2 / (2 * y)),
            "hexagonal": np.arccosh(1 + abs(tau - _HEXAGONAL_TAU) ** 2 / (2 * y * _HEXAGONAL_TAU.imag)),
        }
        return {kind: float(100 * np.expm1(abs(distance[kind]))) for kind in BRAVAIS_TYPES if kind in distance}

    def bravais_type(self, length_tolerance: float = 1.0, angle_tolerance: float = 1.0) -> BravaisType:
        """Return the Bravais type of highest symmetry that fits within the tolerances.

        Parameters
        ----------
        length_tolerance : float
            Two lengths count as equal when they differ by at most this much [%].
        angle_tolerance : float
            An angle counts as 90 or 120 when it differs by at most this much [degrees].
        """
        cell = self.reduced()
        third = float(np.hypot(*(cell.vectors[0] + cell.vectors[1])))
        equal = 1 + length_tolerance / 100
        right_angle = abs(cell.gamma - 90) <= angle_tolerance
        if third <= equal * cell.a and abs(cell.gamma - 120) <= angle_tolerance:
            return "hexagonal"
        if right_angle and cell.b <= equal * cell.a:
            return "square"
        centered = cell.b <= equal * cell.a or third <= equal * cell.b
        if right_angle and centered:  # long thin cells fit both within the tolerance: take the nearer
            strains = self.strains()
            return (
                "rectangular" if strains["rectangular"] <= strains["centered rectangular"] else "centered rectangular"
            )
        if right_angle:
            return "rectangular"
        return "centered rectangular" if centered else "oblique"

    def nearest(self, kind: BravaisType) -> "Lattice":
        """Return the nearest lattice of a type: same area, least strain, not rotated.

        Raises
        ------
        ValueError
            If the type is unknown.
        """
        if kind == "oblique":
            return self
        if kind not in BRAVAIS_TYPES:
            raise ValueError(f"Unknown Bravais type {kind!r}: choose one of {', '.join(BRAVAIS_TYPES)}.")
        cell = self.reduced()
        target = _nearest_tau(self.shape_parameter(), kind)
        # metric tensor of the target in the reduced (obtuse) basis, scaled to the same area
        metric = np.array([[1, -target.real], [-target.real, abs(target) ** 2]]) * cell.area / target.imag
        inverse = np.linalg.inv(cell.vectors)
        values, axes = np.linalg.eigh(inverse @ metric @ inverse.T)
        return cell.transformed(axes @ np.diag(np.sqrt(values)) @ axes.T)

    def conventional(self) -> tuple[float, float, float]:
        """Return a, b [nm or px] and gamma [degrees] of the cell in which crystallographers describe the lattice.

        For a centered rectangular lattice that is the rectangle with a point in its middle (a <= b), else the reduced cell.
        """
        cell = self.reduced()
        if self.bravais_type() != "centered rectangular":
            return cell.a, cell.b, cell.gamma
        a, b = self.nearest("centered rectangular").reduced().vectors
        thirds = [(a, b), (b, -a - b), (-a - b, a)]
        equal = min(thirds, key=lambda pair: abs(np.hypot(*pair[0]) - np.hypot(*pair[1])))
        sides = sorted([float(np.hypot(*(equal[0] + equal[1]))), float(np.hypot(*(equal[0] - equal[1])))])
        return sides[0], sides[1], 90.0


def _nearest_tau(tau: complex, kind: BravaisType) -> complex:
    """Return the foot of the perpendicular from ``tau`` onto the edge or corner of the triangle that belongs to ``kind``."""
    if kind == "square":
        return 1j
    if kind == "hexagonal":
        return _HEXAGONAL_TAU
    if kind == "rectangular":
        return 1j * abs(tau)
    x, y, size = tau.real, tau.imag, abs(tau)
    if (0.5 - x) * 2 <= size**2 - 1:  # nearer to the line Re(tau) = 1/2 than to the circle |tau| = 1
        return complex(0.5, abs(tau - 0.5))
    # the geodesic through tau that meets the unit circle at a right angle meets it here
    cosine = 2 * x / (1 + size**2)
    return complex(cosine, np.sqrt(1 - cosine**2)) if y > 0 else 1j
