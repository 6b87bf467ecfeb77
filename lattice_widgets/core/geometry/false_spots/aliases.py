"""A lattice and the spots of its picture in, those out that are aliases: waves too fine for the pixels, which seem coarser.

A sharp feature has waves finer than two pixels, which a scan with few pixels an atom cannot hold: it shows them folded back
at the Nyquist frequency. Such spots lie at places that the lattice predicts, between its nodes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.indexing import Indexing, index_spots, spot_tolerance, spot_weights
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.spots import SpotTable

#: where random spots would lie on an alias more often than this, nothing is told by their lying there
_BY_CHANCE = 0.08
#: an alias is a wave further out, and those get weaker: no stronger than the spots beyond this fraction of its frequency
_NEARER = 0.45
#: where it is to be told from a superstructure: no stronger than so many times those beyond this fraction
_AS_FINE, _MORE = 0.8, 3.0
#: a superstructure may have spots at whole multiples of these fractions of a reciprocal vector
_SUPERSTRUCTURE = (2, 3)
#: how often the aliases that were found tell of weaker ones
_ROUNDS = 3
#: an alias this near and not nearer shifts a spot [bins], if it probably has this fraction of the power of the spot
_BESIDE, _SAME, _SHIFTS = 1.8, 0.05, 0.01
#: aliases that are so much further away are as near [bins]
_ALIKE = 0.3
#: how a frequency may have been folded: whole periods along rows and columns
_FOLDS = np.array([(row, col) for row in (-1, 0, 1) for col in (-1, 0, 1) if row or col], dtype=np.float64)


class SortedSpots(NamedTuple):
    """The spots of a picture that may belong to its lattice, those that are aliases, and the lattice of the strong ones.

    ``lattice`` is None where all spots lie on one line.
    """

    own: SpotTable
    aliases: SpotTable
    lattice: Indexing | None


def sort_out_aliases(power: PowerMap, spots: SpotTable) -> SortedSpots:
    """Part the spots of a picture into those of a lattice or of none, and the aliases of its strongest lattice.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    spots : SpotTable
        All spots.

    Returns
    -------
    SortedSpots
        ``lattice`` has as many indices as there are own spots.
    """
    nothing = np.zeros(len(spots.snr), dtype=np.bool_)
    weight = spot_weights(spots.power, spots.snr, power.power.size) if len(nothing) else np.zeros(0)
    lattices = index_spots(spots.bins, power.position_error(spots.bins, spots.power), weight) if len(nothing) else []
    if not lattices:
        return SortedSpots(spots, spots.where(nothing), None)
    # a coarse lattice with its aliases may explain what else takes a finer one
    aliases = [aliases_among(power, lattice, spots) for lattice in lattices]
    gains = [_gain(power, *each, spots) @ weight for each in zip(lattices, aliases, strict=True)]
    best = int(np.argmax([lattice.score + gain for lattice, gain in zip(lattices, gains, strict=True)]))
    alias = aliases[best]
    return SortedSpots(spots.where(~alias), spots.where(alias), lattices[best].where(~alias))


def aliases_among(power: PowerMap, lattice: Indexing, spots: SpotTable) -> NDArray[np.bool_]:
    """Tell which spots are aliases of a lattice.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    lattice : Indexing
        The lattice of the strong spots.
    spots : SpotTable
        All n spots.

    Returns
    -------
    ndarray, bool, shape (n,)
        False for all that lie on its nodes, and for those that are likelier of a superstructure.
    """
    on = lattice.indexed
    alias = np.zeros(len(on), dtype=np.bool_)
    tolerance = spot_tolerance(spots.bins, power.position_error(spots.bins, spots.power))
    cell_area = float(abs(np.linalg.det(lattice.vectors)))
    if not on.any() or len(_FOLDS) * np.pi * (2 * float(tolerance.mean())) ** 2 > _BY_CHANCE * cell_area:
        return alias
    steps = spots.bins @ np.linalg.inv(lattice.vectors)
    beside = [(steps - np.round(fold * steps) / fold) @ lattice.vectors for fold in _SUPERSTRUCTURE]
    at_superstructure = np.min([np.hypot(*each.T) for each in beside], axis=0) < 2 * tolerance
    apart, radius = _nearest(power, lattice, spots.bins)
    for _ in range(_ROUNDS):  # each alias tells how strong the waves of its frequency are
        known = np.where(alias, radius, np.hypot(*spots.bins.T))[on | alias]
        strength = spots.power[on | alias]
        allowed = _strongest_beyond(_NEARER * radius, known, strength)
        surely = _MORE * _strongest_beyond(_AS_FINE * radius, known, strength)
        allowed = np.where(at_superstructure, np.minimum(allowed, surely), allowed)
        alias = ~on & (apart < 2 * tolerance) & (spots.power <= allowed)
    return alias


def may_be_aliases(
    power: PowerMap, lattice: Indexing, spots: SpotTable, aliases: SpotTable, weak: SpotTable
) -> NDArray[np.bool_]:
    """Tell which weak spots between the nodes of a lattice may be aliases of it, where a superstructure may have spots too.

    Parameters
    ----------
    power, lattice, spots
        As for `aliases_among`.
    aliases : SpotTable
        Those that are known.
    weak : SpotTable
        The n spots in question.

    Returns
    -------
    ndarray, bool, shape (n,)
        True for those that lie on an alias and are no stronger than waves as fine as that one may be.
    """
    if not len(weak.snr) or not lattice.indexed.any():
        return np.zeros(len(weak.snr), dtype=np.bool_)
    apart, radius = _nearest(power, lattice, weak.bins)
    tolerance = spot_tolerance(weak.bins, power.position_error(weak.bins, weak.power))
    known = np.append(np.hypot(*spots.bins[lattice.indexed].T), _nearest(power, lattice, aliases.bins)[1])
    strength = np.append(spots.power[lattice.indexed], aliases.power)
    allowed = _strongest_beyond(_AS_FINE * radius, known, strength)
    alias: NDArray[np.bool_] = (apart < 2 * tolerance) & (weak.power <= _MORE * allowed)
    return alias


def shifted_by_aliases(power: PowerMap, lattice: Indexing, spots: SpotTable) -> NDArray[np.bool_]:
    """Tell which spots of a lattice have an alias so near, and possibly so strong, that their place is not to be trusted.

    Parameters
    ----------
    power, lattice, spots
        As for `aliases_among`; the aliases are among the spots.

    Returns
    -------
    ndarray, bool, shape (n,)
        True for spots to leave out of a fit.
    """
    on = lattice.indexed
    if not on.any():
        return np.zeros(len(on), dtype=np.bool_)
    alias = aliases_among(power, lattice, spots)
    known = np.where(alias, _nearest(power, lattice, spots.bins)[1], np.hypot(*spots.bins.T))[on | alias]
    apart, radius = _folds(power, lattice, spots.bins)
    allowed = _strongest_beyond(0.98 * radius, known, spots.power[on | alias])
    # an alias that falls on the spot itself does not shift it: the lattice fits the pixels
    shifts = (apart < _BESIDE) & (apart > _SAME) & (allowed > _SHIFTS * spots.power)
    shifted: NDArray[np.bool_] = on & shifts.any(axis=0)
    return shifted


def _gain(power: PowerMap, lattice: Indexing, alias: NDArray[np.bool_], spots: SpotTable) -> NDArray[np.float64]:
    """Return by how much shorter each spot is described as an alias (n,) [nat]; see `indexing.node_gains`."""
    tolerance = spot_tolerance(spots.bins, power.position_error(spots.bins, spots.power))
    misfit = (_nearest(power, lattice, spots.bins)[0] / tolerance) ** 2
    area = float(abs(np.linalg.det(lattice.vectors))) / len(_FOLDS)
    gain = np.log(area / (2 * np.pi * tolerance**2)) - misfit / 2
    return np.where(alias, np.maximum(gain, 0.0), 0.0)


def _folds(
    power: PowerMap, lattice: Indexing, bins: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each frequency, unfolded in each way, is from a node (8, n), and how far out it is then (8, n) [bins]."""
    unfolded = bins + (_FOLDS * power.period)[:, None]
    steps = unfolded @ np.linalg.inv(lattice.vectors)
    away = (steps - np.round(steps)) @ lattice.vectors
    return np.hypot(away[..., 0], away[..., 1]), np.hypot(unfolded[..., 0], unfolded[..., 1])


def _nearest(
    power: PowerMap, lattice: Indexing, bins: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each frequency is from the nearest alias (n,), and how fine a wave that is (n,) [bins]."""
    apart, radius = _folds(power, lattice, bins)
    nearest = apart.min(axis=0)
    # where the lattice fits the pixels many waves have one alias: the coarsest of them is the strongest
    return nearest, np.where(apart < nearest + _ALIKE, radius, np.inf).min(axis=0)


def _strongest_beyond(
    radius: NDArray[np.float64], known: NDArray[np.float64], strength: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the largest power among waves of known frequency (n,) [bins] at each radius or further out."""
    order = np.argsort(known)
    largest = np.append(np.maximum.accumulate(strength[order][::-1])[::-1], 0.0)
    return largest[np.searchsorted(known[order], radius)]
