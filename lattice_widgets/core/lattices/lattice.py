"""Two vectors in, everything about the two-dimensional lattice out: reduced cell, reciprocal lattice, Bravais type.

What its shape alone decides, the type and the strains, is in `shape`. The reduction is Lagrange's (Conway & Sloane, Proc. R.
Soc. A 436, 55 (1992)).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.lattices.centered_cell import centered_basis
from lattice_widgets.core.lattices.shape import (
    BRAVAIS_TYPES,
    HIGHER_TYPES,
    TOLERANCE,
    BravaisType,
    nearest_shape,
    shape_of_cells,
    strains_of_shapes,
    types_of_cells,
)

__all__ = ["BRAVAIS_TYPES", "CLASSES", "HIGHER_TYPES", "BravaisType", "Lattice"]

#: what a classifier can answer: the five types, and "noise" for a picture without a lattice
CLASSES: tuple[str, ...] = (*BRAVAIS_TYPES, "noise")


@dataclass(frozen=True, eq=False)
class Lattice:
    """A two-dimensional lattice.

    Parameters
    ----------
    vectors : array_like, shape (2, 2)
        The primitive vectors, one in each row, as (row, col) components: the first points down the picture, the
        second to the right. In nm, or in px if the pixel size is not known.

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
        wrong = "A lattice takes two finite vectors of two components each."
        try:
            array = np.array(vectors, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(wrong) from error
        if array.shape != (2, 2) or not np.isfinite(array).all():
            raise ValueError(wrong)
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

        Returns
        -------
        Lattice
            With ``a`` in the given direction.

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
        """Find the two shortest vectors of the lattice: ``a <= b`` and ``90 <= gamma <= 120``.

        By Lagrange's reduction, with the obtuse of the two angles: as in the International Tables, a hexagonal lattice has 120.

        Returns
        -------
        Lattice
            The same lattice by these two.
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
        """Find the reciprocal lattice.

        Returns
        -------
        Lattice
            In 1/nm or 1/px: ``g_i . a_j`` is 1 for i = j, otherwise 0 (no factor 2 pi).
        """
        return Lattice(np.linalg.inv(self.vectors).T)

    def reciprocal_points(self, limit: float) -> NDArray[np.float64]:
        """List the points of the reciprocal lattice up to a frequency ``limit`` [1/nm or 1/px].

        The origin is not among them. Lattices with more than some ten thousand points are cut off at 50 orders.

        Returns
        -------
        ndarray, float64, shape (n, 2)
            (row, col) frequencies [1/nm or 1/px], in no order.
        """
        vectors = self.reciprocal().reduced().vectors
        orders = min(int(np.ceil(1.2 * limit / np.hypot(*vectors[0]))), 50)
        index = np.arange(-orders, orders + 1)
        points = (index[:, None, None] * vectors[0] + index[None, :, None] * vectors[1]).reshape(-1, 2)
        length = np.hypot(*points.T)
        return points[(length <= limit) & (length > 0)]

    def d_spacings(self, count: int = 6) -> list[float]:
        """List the ``count`` largest distinct d-spacings.

        One for each length in the reciprocal lattice, higher orders (half a distance between lattice lines, ...) included.

        Returns
        -------
        list of float
            At most `count` of them, the largest first [nm or px].
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
        """Apply a linear map to the lattice: a rotation, strain or drift.

        Returns
        -------
        Lattice
            Its vectors (row, col) are ``matrix @ vector``, for a matrix of shape (2, 2).
        """
        return Lattice(self.vectors @ np.asarray(matrix, dtype=np.float64).T)

    def shape_parameter(self) -> complex:
        """Describe the lattice up to size, rotation and mirroring by one complex number (see `shape`).

        Returns
        -------
        complex
            ``tau``, with ``0 <= Re(tau) <= 1/2`` and ``|tau| >= 1``: ``1j`` is square, ``exp(i pi / 3)`` hexagonal.
        """
        cell = self.reduced()
        return complex(shape_of_cells(cell.a, cell.b, cell.gamma))

    def strains(self) -> dict[BravaisType, float]:
        """Measure how far the lattice is from each type of higher symmetry, as a strain.

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
        strains = strains_of_shapes(self.shape_parameter()).tolist()
        return {kind: strains[number] for number, kind in enumerate(BRAVAIS_TYPES) if kind != "oblique"}

    def bravais_type(self, length_tolerance: float = TOLERANCE, angle_tolerance: float = TOLERANCE) -> BravaisType:
        """Name the Bravais type of highest symmetry that fits within the tolerances (see `shape.types_of_cells`).

        Parameters
        ----------
        length_tolerance : float
            Two lengths count as equal when they differ by at most this much [%].
        angle_tolerance : float
            An angle counts as 90 or 120 when it differs by at most this much [degrees].

        Returns
        -------
        str
            One of `BRAVAIS_TYPES`.
        """
        cell = self.reduced()
        third = float(np.hypot(*(cell.vectors[0] + cell.vectors[1])))
        return BRAVAIS_TYPES[int(types_of_cells(cell.a, cell.b, third, cell.gamma, length_tolerance, angle_tolerance))]

    def nearest(self, kind: BravaisType) -> "Lattice":
        """Find the nearest lattice of a type: same area, least strain, not rotated.

        Parameters
        ----------
        kind : str
            One of `BRAVAIS_TYPES`.

        Returns
        -------
        Lattice
            By its reduced cell; this lattice itself for "oblique".

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
        target = nearest_shape(self.shape_parameter(), kind)
        # metric tensor of the target in the reduced (obtuse) basis, scaled to the same area
        metric = np.array([[1, -target.real], [-target.real, abs(target) ** 2]]) * cell.area / target.imag
        inverse = np.linalg.inv(cell.vectors)
        values, axes = np.linalg.eigh(inverse @ metric @ inverse.T)
        return cell.transformed(axes @ np.diag(np.sqrt(values)) @ axes.T)

    def conventional(self) -> tuple[float, float, float]:
        """Describe the lattice by the cell that crystallographers use.

        Returns
        -------
        a, b, gamma : float
            Two lengths [nm or px] and the angle between them [degrees]. For a centered rectangular lattice, those of the
            rectangle with a point in its middle (a <= b); otherwise those of the reduced cell.
        """
        cell = self.reduced()
        if self.bravais_type() != "centered rectangular":
            return cell.a, cell.b, cell.gamma
        rectangle = self.nearest("centered rectangular").reduced().vectors
        a, b = np.hypot(*(centered_basis(rectangle) @ rectangle).T)
        return float(a), float(b), 90.0
