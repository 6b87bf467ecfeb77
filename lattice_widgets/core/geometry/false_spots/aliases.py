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
#: a superstructure may have spots at whole multiples of these fractions of a reciprocal vector
_SUPERSTRUCTURE = (2, 3)
#: how often the aliases that were found tell of weaker ones
_ROUNDS = 3
#: an alias this near shifts a spot [bins], if it probably has this fraction of the power of the spot
_BESIDE, _SHIFTS = 1.8, 0.01


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
    alias = aliases_among(power, lattices[0], spots)
    return SortedSpots(spots.where(~alias), spots.where(alias), lattices[0].where(~alias))


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
        False for all that lie on its nodes, or where a superstructure would have spots.
    """
    places, unfolded = _aliases(power, lattice)
    on = lattice.indexed
    tolerance = spot_tolerance(spots.bins, power.position_error(spots.bins, spots.power))
    by_chance = len(places) * np.pi * float(tolerance.mean()) ** 2 * 4 / np.prod(power.period)
    if not len(places) or not on.any() or by_chance > _BY_CHANCE:
        return np.zeros(len(spots.snr), dtype=np.bool_)
    steps = spots.bins @ np.linalg.inv(lattice.vectors)
    beside = [(steps - np.round(fold * steps) / fold) @ lattice.vectors for fold in _SUPERSTRUCTURE]
    at_superstructure = np.min([np.hypot(*each.T) for each in beside], axis=0) < 2 * tolerance
    apart = _distances(spots.bins, places)
    radius = unfolded[apart.argmin(axis=1)]
    possible = ~on & ~at_superstructure & (apart.min(axis=1) < 2 * tolerance)
    alias = np.zeros(len(on), dtype=np.bool_)
    for _ in range(_ROUNDS):  # each alias tells how strong the waves of its frequency are
        known = np.where(alias, radius, np.hypot(*spots.bins.T))[on | alias]
        alias = possible & (spots.power <= _strongest_beyond(_NEARER * radius, known, spots.power[on | alias]))
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
    places, unfolded = _aliases(power, lattice)
    if not len(places) or not lattice.indexed.any():
        return np.zeros(len(spots.snr), dtype=np.bool_)
    aliases = aliases_among(power, lattice, spots)
    apart = _distances(spots.bins, places)
    known = np.where(aliases, unfolded[apart.argmin(axis=1)], np.hypot(*spots.bins.T))[lattice.indexed | aliases]
    allowed = _strongest_beyond(0.98 * unfolded, known, spots.power[lattice.indexed | aliases])
    # an alias that falls on the spot itself does not shift it: the lattice fits the pixels
    shifts = (apart < _BESIDE) & (apart > 0.05) & (allowed > _SHIFTS * spots.power[:, None])
    return lattice.indexed & shifts.any(axis=1)


def _aliases(power: PowerMap, lattice: Indexing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the nodes next beyond the Nyquist frequency are folded to (m, 2), and how far out they are (m,) [bins]."""
    period = power.period
    reach = 1.5 * np.abs(np.linalg.inv(lattice.vectors)).T @ period
    if reach.max() > 200:
        return np.zeros((0, 2)), np.zeros(0)
    h, k = (np.arange(-n, n + 1) for n in np.ceil(reach).astype(int))
    nodes = np.stack(np.meshgrid(h, k, indexing="ij"), axis=-1).reshape(-1, 2) @ lattice.vectors
    beyond = (np.abs(nodes) > period / 2).any(axis=1) & (np.abs(nodes) < 1.5 * period).all(axis=1)
    nodes = nodes[beyond]
    return nodes - period * np.round(nodes / period), np.hypot(*nodes.T)


def _distances(spots: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(*(spots[:, None] - places).transpose(2, 0, 1))


def _strongest_beyond(
    radius: NDArray[np.float64], known: NDArray[np.float64], strength: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the largest power among waves of known frequency (n,) [bins] at each radius or further out."""
    order = np.argsort(known)
    largest = np.append(np.maximum.accumulate(strength[order][::-1])[::-1], 0.0)
    return largest[np.searchsorted(known[order], radius)]
