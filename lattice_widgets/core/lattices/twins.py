"""Two lattices of one kind in, the relation between them out, if a table or a mirror knows one: coincidence and twins.

Square and hexagonal lattices that are turned by certain angles share every Sigma-th point (Ranganathan, Acta Cryst. 21, 197
(1966), of rotations about the axis of the projection). Other lattices are twins if one is the mirror image of the other across
one of its own rows. A lattice alone knows nothing of twins that leave it as it is, such as those of MoS2, turned by 60 degrees.
"""

from dataclasses import dataclass
from functools import cache
from math import atan, degrees, gcd, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.lattices.misorientation import Measured, misorientation
from lattice_widgets.core.sentences import Sentence

__all__ = ["Relation", "coincidences", "relation_between"]

#: a relation holds within so many standard deviations, ...
_WITHIN = 3.0
#: ... to which this belongs, as no scan is better [degrees]
_SYSTEMATIC = 0.05
#: the largest Sigma that has a name here
_LARGEST: dict[str, int] = {"square": 29, "hexagonal": 31}
#: cells of twins differ by less than this, as a fraction and in radians
_SAME_CELL = 0.02
#: rows that lattices are mirrored across, by the reduced vectors; the simplest first
_ROWS = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))
#: angle between the two short rows of a cubic face-centered crystal seen along [110]
_FCC = 109.47
#: an angle is that of fcc if it is as near as this [degrees]
_NEAR_FCC = 1.0


class Relation(NamedTuple):
    """How one grain is related to another one.

    Attributes
    ----------
    name : str
        "Sigma 5", or "twin".
    angle : float
        By which one is turned against the other where the relation is exact, 0 to half the period [degrees].
    off, error : float
        How far the measured angle is from that, and its standard deviation [degrees].
    chance : float
        How often lattices that are turned at random come as near to any of the relations that were looked for, 0 to 1.
    sentence : Sentence
        All of this in words.
    """

    name: str
    angle: float
    off: float
    error: float
    chance: float
    sentence: Sentence


@cache
def coincidences(kind: BravaisType) -> tuple[tuple[int, float], ...]:
    """List by which angles lattices share points, and how many.

    Parameters
    ----------
    kind : {"square", "hexagonal"}
        Of both lattices.

    Returns
    -------
    tuple of (int, float)
        Sigma and the smallest angle [degrees]: every Sigma-th point is shared. The smallest Sigma first.

    Examples
    --------
    >>> [(sigma, round(angle, 2)) for sigma, angle in coincidences("square")]
    [(5, 36.87), (13, 22.62), (17, 28.07), (25, 16.26), (29, 43.6)]
    >>> [(sigma, round(angle, 2)) for sigma, angle in coincidences("hexagonal")]
    [(7, 21.79), (13, 27.8), (19, 13.17), (31, 17.9)]
    """
    period, root = (90, 1.0) if kind == "square" else (60, sqrt(3))
    found: dict[int, float] = {}
    for m in range(1, 20):
        for n in range(1, 20):
            if gcd(m, n) > 1:
                continue
            # a turn by 2 atan(n root / m) about a point carries points onto points of the lattice
            sigma = m * m + n * n if kind == "square" else m * m + 3 * n * n
            while sigma % 2 == 0:
                sigma //= 2
            while kind == "hexagonal" and sigma % 3 == 0:
                sigma //= 3
            angle = degrees(2 * atan(n * root / m)) % period
            if 1 < sigma <= _LARGEST[kind]:
                found[sigma] = min(angle, period - angle)
    return tuple(sorted(found.items()))


@dataclass(frozen=True, eq=False)
class _Mirrored:
    """A lattice with errors, mirrored."""

    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    bravais_type: BravaisType


def relation_between(one: Measured, other: Measured) -> Relation | None:
    """Name the relation between two grains.

    Parameters
    ----------
    one, other : LatticeFit or Grain
        Their lattices with errors.

    Returns
    -------
    Relation or None
        None if neither the table nor a mirror knows one within three standard deviations of the angle between them.

    Examples
    --------
    >>> from lattice_widgets.core.geometry.lattice_fit import fit_lattice
    >>> rows, cols = np.mgrid[:128, :128]
    >>> def grain(angle):
    ...     y, x = rows * np.cos(angle) + cols * np.sin(angle), cols * np.cos(angle) - rows * np.sin(angle)
    ...     return fit_lattice(np.cos(2 * np.pi * y / 9) + np.cos(2 * np.pi * x / 9))
    >>> relation_between(grain(0.1), grain(0.1 + np.arctan(3 / 4))).name
    'Sigma 5'
    """
    if one.bravais_type != other.bravais_type or not _one_cell(one, other):
        return None
    if one.bravais_type in ("square", "hexagonal"):
        return _coincidence(one, other)
    return _twin(one, other)


def _one_cell(one: Measured, other: Measured) -> bool:
    first, second = (Lattice(each.vectors).reduced() for each in (one, other))
    off = first.a / second.a - 1, first.b / second.b - 1, np.deg2rad(first.gamma - second.gamma)
    return bool(np.abs(off).max() < _SAME_CELL)


def _coincidence(one: Measured, other: Measured) -> Relation | None:
    angle, error, period = misorientation(one, other)
    error = float(np.hypot(error, _SYSTEMATIC))
    known = coincidences(one.bravais_type)
    near = [(sigma, exact) for sigma, exact in known if abs(abs(angle) - exact) <= _WITHIN * error]
    if not near:
        return None
    sigma, exact = near[0]
    off = abs(angle) - exact
    chance = min(1.0, len(known) * 2 * _WITHIN * error / (period / 2))
    named = Sentence("Sigma {sigma} coincidence, exact at {exact:.2f} degrees", sigma=sigma, exact=exact)
    return Relation(f"Sigma {sigma}", exact, off, error, chance, _with_numbers(named, off, error, chance))


def _twin(one: Measured, other: Measured) -> Relation | None:
    """Look for a row of the first lattice across which the second one is its mirror image."""
    lattice = Lattice(one.vectors).reduced()
    turned, error, period = misorientation(one, other)
    error = float(np.hypot(error, _SYSTEMATIC))
    if abs(turned) <= _WITHIN * error:  # not turned at all
        return None
    tried = 0
    found: Relation | None = None
    for row in _ROWS:
        direction = np.array(row) @ lattice.vectors
        mirror = 2 * np.outer(direction, direction) / (direction @ direction) - np.eye(2)
        carried = np.kron(np.eye(2), mirror)
        image = _Mirrored(one.vectors @ mirror.T, carried @ one.covariance @ carried.T, one.bravais_type)
        if abs(misorientation(one, image).angle) <= _WITHIN * error and one.bravais_type != "oblique":
            continue  # a mirror of the lattice itself makes no twins
        tried += 1
        off = misorientation(image, other).angle
        if found is None and abs(off) <= _WITHIN * error and _one_cell(image, other):
            found = _named(row, lattice, direction, abs(turned), off, error)
    if found is None:
        return None
    chance = min(1.0, tried * 2 * _WITHIN * error / period)
    return found._replace(chance=chance, sentence=_with_numbers(found.sentence, found.off, error, chance))


def _named(
    row: tuple[int, int], lattice: Lattice, direction: NDArray[np.float64], turned: float, off: float, error: float
) -> Relation:
    down, right = direction
    seen = float(np.rad2deg(np.arctan2(-down, right)))
    seen = seen - 180 if seen > 90 else seen + 180 if seen <= -90 else seen
    words = {"h": row[0], "k": row[1], "seen": seen}
    # the two short rows of a face-centered cubic crystal along [110] are the traces of its {111} planes
    if 0 in row and abs(lattice.gamma - _FCC) < _NEAR_FCC and lattice.b / lattice.a < 1 + _SAME_CELL:
        named = Sentence(
            "Sigma 3 twins of a face-centered cubic crystal along [110]: mirror images across the row [{h} {k}] at "
            "{seen:.1f} degrees",
            **words,
        )
        return Relation("Sigma 3", turned - abs(off), off, error, 0.0, named)
    named = Sentence("Twins: mirror images across the row [{h} {k}] at {seen:.1f} degrees", **words)
    return Relation("twin", turned - abs(off), off, error, 0.0, named)


def _with_numbers(named: Sentence, off: float, error: float, chance: float) -> Sentence:
    return Sentence(
        "{relation} (off by {off:.2f} ± {error:.2f} degrees; {percent:.0f} % of random pairs come as near to one)",
        relation=named,
        off=off,
        error=error,
        percent=100 * chance,
    )
