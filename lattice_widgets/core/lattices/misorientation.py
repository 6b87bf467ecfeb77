"""Two lattices in, the angle between them with its error out, less the turns that their symmetry does not show."""

from math import gcd
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.centered_cell import centered_basis
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice

#: the smallest turn that leaves a lattice of each type as it is [degrees]
SMALLEST_TURN: dict[BravaisType, int] = dict.fromkeys(BRAVAIS_TYPES, 180) | {"square": 90, "hexagonal": 60}


class Measured(Protocol):
    """A lattice with errors and a type: a `LatticeFit`."""

    @property
    def vectors(self) -> NDArray[np.float64]:
        """Primitive vectors in rows, shape (2, 2)."""

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Of ``vectors.ravel()``, shape (4, 4)."""

    @property
    def bravais_type(self) -> BravaisType:
        """Its Bravais type."""


class Misorientation(NamedTuple):
    """The angle between two lattices.

    Attributes
    ----------
    angle : float
        From the first to the second [degrees], counter-clockwise.
    error : float
        One standard deviation [degrees].
    period : int
        Turns by this angle change nothing; `angle` is between minus and plus half of it [degrees].
    """

    angle: float
    error: float
    period: int


def misorientation(one: Measured, other: Measured) -> Misorientation:
    """Measure by how much a lattice is turned against another one: grains, twins, the twist of layers.

    Each lattice is strained as little as possible until it has its type; what is compared are the axes of that.

    Parameters
    ----------
    one, other : LatticeFit
        As from `fit_lattice` or `find_lattices`.

    Returns
    -------
    Misorientation
        The smallest angle that turns the first into the direction of the second. The period is 60 degrees for two hexagonal,
        90 for two square lattices, 30 for one of each, and 180 where neither is.

    Examples
    --------
    >>> from lattice_widgets.core.geometry.several.find import find_lattices
    >>> from lattice_widgets.core.simulation.crystals import CRYSTALS
    >>> from lattice_widgets.core.simulation.micrograph import Imperfections, simulate_micrograph
    >>> twisted = Imperfections(layer=0.7, layer_twist=9)
    >>> layers = find_lattices(simulate_micrograph(CRYSTALS["graphene"], imperfections=twisted).image)
    >>> twist = misorientation(*layers)
    >>> abs(abs(twist.angle) - 9) < 2 * twist.error, twist.error < 0.3, twist.period
    (True, True, 60)
    """
    period = gcd(SMALLEST_TURN[one.bravais_type], SMALLEST_TURN[other.bravais_type])
    first, second = (axis_direction(Lattice(fit.vectors), fit.bravais_type) for fit in (one, other))
    variance = sum(_variance(fit.vectors, fit.covariance, fit.bravais_type) for fit in (one, other))
    return Misorientation(_folded(second - first, period), float(np.sqrt(variance)), period)


def axis_direction(lattice: Lattice, kind: BravaisType) -> float:
    """Find the direction of the shorter axis of a lattice, strained as little as possible until it has a type.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    kind : str
        The type.

    Returns
    -------
    float
        [degrees], counter-clockwise from the direction of the rows. For a centered rectangular lattice of the shorter side of
        its rectangle, otherwise of the shorter vector; any of them where several are as short.
    """
    a, b = lattice.nearest(kind).reduced().vectors
    if kind == "centered rectangular":
        a = (centered_basis(np.array([a, b])) @ [a, b])[0]
    return float(np.rad2deg(np.arctan2(-a[0], a[1])))


def _folded(angle: float, period: int) -> float:
    """Return an angle less whole periods, from minus half a period (not itself) to plus half a period."""
    return period / 2 - (period / 2 - angle) % period


def _variance(vectors: NDArray[np.float64], covariance: NDArray[np.float64], kind: BravaisType) -> float:
    """Carry the errors of two vectors over to the direction of the axis, by small steps along each component."""
    step = 1e-5 * float(np.hypot(*vectors[0]))
    slope = np.empty(4)
    for k, change in enumerate(step * np.eye(4).reshape(4, 2, 2)):
        up, down = (axis_direction(Lattice(vectors + sign * change), kind) for sign in (1, -1))
        # where two axes are as long, a step may take the other one
        slope[k] = _folded(up - down, 30) / (2 * step)
    return float(slope @ covariance @ slope)
