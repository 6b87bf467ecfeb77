"""What is known of the grains of a picture: where each is, its lattice, and how it is turned against its neighbors."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.lattices.cell_errors import cell_errors
from lattice_widgets.core.lattices.lattice import BravaisType
from lattice_widgets.core.lattices.measured_lattice import MeasuredLattice
from lattice_widgets.core.lattices.misorientation import Misorientation
from lattice_widgets.core.lattices.twins import Relation


@dataclass(frozen=True, eq=False)
class Grain(MeasuredLattice):
    """A connected place of one lattice; `MeasuredLattice` adds which type it has within its errors.

    Attributes
    ----------
    number : int
        From 1, as in `GrainMap.labels`; the largest grain first.
    lattice_number : int
        Grains of one lattice have the same number, from 0 for the strongest.
    vectors : ndarray, float64, shape (2, 2)
        Primitive vectors in rows, measured in this grain alone, (row, col) [nm or px].
    covariance : ndarray, float64, shape (4, 4)
        Of ``vectors.ravel()``.
    bravais_type : str
        Its Bravais type.
    unit : {"nm", "px"}
        Of the lengths.
    area : float
        [nm^2 or px^2].
    share : float
        Of the part of the picture that counts.
    row, col : float
        Its center of mass [px of the picture].
    at_edge : bool
        Whether it goes on beyond the picture.
    """

    number: int
    lattice_number: int
    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    bravais_type: BravaisType
    unit: Literal["nm", "px"]
    area: float
    share: float
    row: float
    col: float
    at_edge: bool

    def to_dict(self) -> dict[str, Any]:
        """Convert the numbers to plain Python types, ready for JSON or a line of a table."""
        lattice = self.lattice
        errors = cell_errors(lattice, self.covariance)
        return {
            "number": self.number,
            "lattice_number": self.lattice_number,
            "type": self.bravais_type,
            "a": lattice.a,
            "a_error": errors[0],
            "b": lattice.b,
            "b_error": errors[1],
            "gamma": lattice.gamma,
            "gamma_error": errors[2],
            "unit": self.unit,
            "area": self.area,
            "share": self.share,
            "row": self.row,
            "col": self.col,
            "at_edge": self.at_edge,
        }


@dataclass(frozen=True, eq=False)
class Boundary:
    """Where two grains meet.

    Attributes
    ----------
    first, second : int
        Numbers of the grains.
    misorientation : Misorientation
        The angle from the first to the second, with its error [degrees].
    length : float
        Within 5 % for a straight one [nm or px].
    unit : {"nm", "px"}
        Of the length.
    relation : Relation or None
        How the grains are related, if a table of coincidences or a mirror knows it: "Sigma 5", "twin".
    """

    first: int
    second: int
    misorientation: Misorientation
    length: float
    unit: Literal["nm", "px"]
    relation: Relation | None = None

    def to_dict(self) -> dict[str, Any]:
        """Convert the numbers to plain Python types, ready for JSON or a line of a table."""
        angle, error, period = self.misorientation
        numbers = {"angle": angle, "angle_error": error, "period": period, "length": self.length, "unit": self.unit}
        relation = self.relation.name if self.relation is not None else None
        return {"first": self.first, "second": self.second, **numbers, "relation": relation}


@dataclass(frozen=True, eq=False)
class GrainMap:
    """The grains of a picture.

    Attributes
    ----------
    labels : xarray.DataArray, int32, dimensions ("row", "col")
        Number of the grain of each pixel; 0 where there is no lattice. Of layers that lie over each other, the strongest.
    grains : tuple of Grain
        The largest first.
    boundaries : tuple of Boundary
        Of grains that touch, the longest first.
    layered : bool
        Whether lattices lie over each other; each of them is a grain then, and between them there is no boundary.
    mask_sigma : float
        Standard deviation of the mask by which places were told apart [px]: boundaries are not known better.
    """

    labels: xr.DataArray
    grains: tuple[Grain, ...]
    boundaries: tuple[Boundary, ...]
    layered: bool
    mask_sigma: float
