"""A lattice that indexes the strong spots in, the one that also has the weak spots out, superstructure included.

Weak spots that a lattice predicts make it more precise. Weak spots half-way or a third of the way between make its cell
larger: a faint row of atoms, an ordered vacancy, a reconstruction. They count when many do so together, and when places
that mean nothing show none.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.false_spots.aliases import may_be_aliases
from lattice_widgets.core.geometry.false_spots.streaks import streak_level
from lattice_widgets.core.geometry.indexing import Indexing, reduce_pairs, refine, spot_weights
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.spots import NO_SPOTS, SpotTable, nodes_within, spots_at

#: by how much the spots of a superstructure must together exceed what noise may put at their places [nat]
_EVIDENCE = 12.0
#: where more than this share of them lie on streaks, some of the others do too, unnoticed: what they may pretend [nat]
_STREAKED, _MISSED = 0.25, 28.0
#: the least power they must have, as a fraction of the strongest spot's: rounding and drawing leave traces below
_TRACE = 1e-6
#: cells this many times as large are tried anyway, and up to this many where spots ask for it
_ALWAYS, _LARGEST = 3, 6
#: so many spots must lie on a much finer lattice and not on a coarser one, within this fraction of a reciprocal vector
_TOLD, _NEAR = 3, 0.03


def complete(
    power: PowerMap, lattice: Indexing, spots: SpotTable, aliases: SpotTable = NO_SPOTS, superstructure: bool = True
) -> tuple[Indexing, SpotTable]:
    """Refine a lattice with the weak spots that it predicts, superstructure included.

    Parameters
    ----------
    power : PowerMap
        Of the picture.
    lattice : Indexing
        Of the strong spots.
    spots : SpotTable
        The spots found so far.
    aliases : SpotTable
        Those that were sorted out: they tell how strong others may be.
    superstructure : bool
        Whether to look for weak spots between its nodes, too.

    Returns
    -------
    lattice : Indexing
        The refined lattice.
    spots : SpotTable
        All spots, the new ones last.
    """
    certain = lattice.indexed & (spots.snr > np.log(power.power.size) + 3)
    if not certain.any():
        return lattice, spots
    radius = 1.05 * float(np.hypot(*spots.bins[certain].T).max())
    radius = max(radius, 1.05 * float(np.hypot(*lattice.vectors.sum(axis=0))))
    places = nodes_within(lattice.vectors, radius) @ lattice.vectors
    lattice, spots = _with_more(power, lattice, lattice.vectors, spots, spots_at(power, places, spots))
    for _ in range(2 if superstructure else 0):
        finer = _superstructure(power, lattice, spots, aliases, radius)
        if finer is None:
            break
        lattice, spots = _with_more(power, lattice, finer[0], spots, finer[1])
    return lattice, spots


def _with_more(
    power: PowerMap, lattice: Indexing, vectors: NDArray[np.float64], spots: SpotTable, more: SpotTable
) -> tuple[Indexing, SpotTable]:
    every = spots + more
    weight = spot_weights(every.power, every.snr, power.power.size)
    refined = refine(vectors, every.bins, power.position_error(every.bins, every.power), weight)
    return (lattice, spots) if refined is None else (refined, every)


def _superstructure(
    power: PowerMap, lattice: Indexing, spots: SpotTable, aliases: SpotTable, radius: float
) -> tuple[NDArray[np.float64], SpotTable] | None:
    """Return the finer reciprocal lattice that weak spots between the strong ones make, and those not yet known."""
    best, best_evidence, best_offsets = None, _EVIDENCE, None
    for vectors, offsets in superlattices(lattice.vectors, _told_by(lattice, spots)):
        more, evidence = _between(power, lattice, spots, aliases, offsets, radius)
        # of two that explain the same the one with the smaller cell
        evidence /= len(offsets) ** 0.1
        if evidence > best_evidence:
            best, best_evidence, best_offsets = (vectors, more), evidence, offsets
    if best is None or best_offsets is None:
        return None
    # streaks and halos pass through places that mean nothing just as well
    for elsewhere in (0.62, 1.3):
        _, evidence = _between(power, lattice, spots, aliases, best_offsets * elsewhere, radius)
        if best_evidence < _EVIDENCE + 2 * evidence:
            return None
    return best


def _told_by(lattice: Indexing, spots: SpotTable) -> NDArray[np.float64]:
    """Return where in the reciprocal cell spots lie that the lattice does not index, as fractions (n, 2)."""
    return (spots.bins[~lattice.indexed] @ np.linalg.inv(lattice.vectors)) % 1


def _between(
    power: PowerMap,
    lattice: Indexing,
    spots: SpotTable,
    aliases: SpotTable,
    offsets: NDArray[np.float64],
    radius: float,
) -> tuple[SpotTable, float]:
    """Return the unknown spots at ``offsets`` (m, 2) from the nodes, and by how much all there exceed noise [nat]."""
    nodes = nodes_within(lattice.vectors, radius)
    nodes = np.concatenate([nodes, -nodes, np.zeros((1, 2))])
    places = np.concatenate([nodes + offset for offset in offsets]) @ lattice.vectors
    places = places[(places[:, 1] > 0) | ((places[:, 1] == 0) & (places[:, 0] > 0))]
    places = places[np.hypot(*places.T) < radius]
    more = spots_at(power, places, spots)
    if not len(places):
        return more, 0.0
    # a half plane holds one of each pair: a spot may lie at an offset or at its opposite
    away = (spots.bins @ np.linalg.inv(lattice.vectors))[:, None] - np.concatenate([offsets, -offsets])
    away = (away - np.round(away)) @ lattice.vectors
    known = ~lattice.indexed & (np.hypot(away[..., 0], away[..., 1]).min(axis=1) < 0.5)
    known &= np.hypot(*spots.bins.T) < radius + 0.5
    between = spots.where(known) + more
    between = between.where(~may_be_aliases(power, lattice, spots, aliases, between))
    # next to strong spots displaced atoms leave more noise than the ring has
    level = np.maximum(power.noise_at(between.bins), power.noise_beside(between.bins))
    level = np.maximum(level, _TRACE * spots.power.max())
    streak = streak_level(power, between.bins, between.power, spots.bins, spots.power)
    strength = between.power / np.maximum(level, streak)
    by_chance = (~lattice.indexed).sum() * 0.8 * len(offsets) / abs(np.linalg.det(lattice.vectors))
    if len(strength) - by_chance < 2.5 and not (len(strength) == 2 and strength.min() > 14):
        return more, 0.0
    # among n places noise alone reaches log(n); one strong spot is not to speak for all
    worth = np.minimum(strength, 60) - 4
    # the speckle of streaks has copies beside all spots: the best speaks for the others
    streaked = streak > level
    evidence = float(worth[~streaked].sum()) + float(worth[streaked].max(initial=0))
    if streaked.mean() > _STREAKED:
        evidence -= _MISSED
    return more, evidence - float(np.log(len(places))) * len(offsets)


def superlattices(
    vectors: NDArray[np.float64], spots: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """List the reciprocal lattices with two to six times as many nodes.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        Reciprocal vectors [bins].
    spots : ndarray, shape (n, 2)
        Spots that lie on none of its nodes, as fractions of the vectors: cells of four to six times the area are listed
        only if three of these lie on nodes of theirs.

    Returns
    -------
    list of (ndarray, ndarray)
        The vectors, and the fractions (m, 2) of ``vectors`` at which each of its cells has the new nodes.
    """
    finer = []
    for fold, basis, offsets in _finer():
        if fold > _ALWAYS:
            apart = (spots[:, None] - offsets + 0.5) % 1 - 0.5
            if (np.abs(apart).max(axis=2).min(axis=1, initial=1) < _NEAR).sum() < _TOLD:
                continue
        finer.append((reduce_pairs((basis @ vectors)[None])[0], offsets))
    return finer


@lru_cache(maxsize=1)
def _finer() -> list[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """Return for each finer lattice how many times finer it is, its basis and its new nodes, as fractions."""
    found = []
    for fold in range(2, _LARGEST + 1):
        for height in (n for n in range(1, fold + 1) if fold % n == 0):
            width = fold // height
            for shift in range(width):
                # the inverse of the Hermite form of a sublattice of this index
                basis = np.linalg.inv(np.array([[width, 0], [shift, height]]).T)
                steps = np.stack(np.meshgrid(np.arange(fold), np.arange(fold), indexing="ij"), axis=-1).reshape(-1, 2)
                nodes = np.unique(np.round((steps @ basis) % 1 * fold * 60) % (fold * 60), axis=0) / (fold * 60)
                found.append((fold, basis, nodes[nodes.any(axis=1)]))
    return found
