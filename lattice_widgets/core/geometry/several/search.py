"""Spots in, the two or more lattices that explain them better than one does out.

A lattice is worth what it explains (see `indexing`), and each one more has to pay for itself: for its two vectors, and for
saying of every spot to which lattice it belongs. So spots of two grains whose lattices meet in a much finer one are not taken
for that, and a superstructure, whose lattice holds that of its substrate, is one lattice.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.indexing import (
    Indexing,
    node_gains,
    propose_lattices,
    refine,
    spot_tolerance,
)
from lattice_widgets.core.geometry.spots import SpotTable

#: proposals that are compared with each other
_COMPARED = 90
#: by how much two lattices must explain spots better than one does [nat]: in 120 pictures of one lattice with all kinds of
#: trouble they reached 5.8, and -4.6 where the second was the first one turned or mirrored, as a grain, twin or layer is
_MARGIN, _SAME_SHAPE = 8.0, 0.5
#: lengths of such a copy differ by no more than this
_ALIKE = 0.03
#: two lattices are told apart where a first spot of each lies this far from all nodes of the other [bins]
_APART = 1.9
#: a spot this near to a node of both belongs to both [bins]
_SHARED = 1.0
#: lattices that are looked for
_MOST = 4


class Member(NamedTuple):
    """One of several lattices: its indexing of all spots, which of these are its own, whether another one is a copy of it."""

    indexing: Indexing
    own: NDArray[np.bool_]
    copy: bool


def several_lattices(spots: SpotTable, error: NDArray[np.float64], trials: int, shape: tuple[int, int]) -> list[Member]:
    """Find two or more lattices that explain spots better than one.

    Parameters
    ----------
    spots : SpotTable
        The n spots of a picture.
    error : ndarray, shape (n, 2)
        Standard errors of their positions [bins].
    trials : int
        Number of independent frequencies of the picture.
    shape : tuple of int
        Its rows and columns [px].

    Returns
    -------
    list of Member
        The one that explains most first; empty if one lattice explains them as well.
    """
    if len(spots.snr) < 4:
        return []
    search = _Search(spots.bins, error, _certainty(spots, trials), np.array(shape, dtype=np.float64))
    everything = search.worthwhile(search.weight)
    if not len(everything):
        return []
    # a weak lattice proposes itself only among the spots that the strong one leaves
    chosen = everything[:1]
    for _ in range(3):
        rest = [search.worthwhile(search.left_by(each[None]))[: _COMPARED // 2] for each in chosen]
        pair = search.best_pair(np.concatenate([everything, *rest]))
        if pair is None or np.array_equal(pair, chosen):
            break
        chosen = pair
    if len(chosen) < 2:
        return []
    while len(chosen) < _MOST:
        more = search.one_more(chosen)
        if more is None:
            break
        chosen = np.concatenate([chosen, more[None]])
    copies = search.alike(chosen).sum(axis=1) > 1
    return members(chosen, copies, spots.bins, error, search.weight)


def _certainty(spots: SpotTable, trials: int) -> NDArray[np.float64]:
    """Weigh spots by the odds that they are more than chance, and little by their strength: a second lattice may be weak."""
    real = 1 / (1 + np.exp(-np.clip(spots.snr - np.log(trials) - 3, -40, 40)))
    weight: NDArray[np.float64] = real * np.clip(1 + np.log10(spots.power / spots.power.max()) / 4.5, 0.05, 1)
    return weight


class _Search(NamedTuple):
    """Spots (n, 2) with errors (n, 2) [bins] and weights (n,), of a picture of some rows and columns."""

    found: NDArray[np.float64]
    error: NDArray[np.float64]
    weight: NDArray[np.float64]
    shape: NDArray[np.float64]

    def gains(self, lattices: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return what lattices (m, 2, 2) explain of each spot (m, n) [nat], and which spots they hit."""
        gain, _, hit = node_gains(lattices, self.found, spot_tolerance(self.found, self.error))
        return gain * self.weight, hit

    def left_by(self, lattices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weights (n,) of spots without those on lattices."""
        return np.where(self.gains(lattices)[1].any(axis=0), 0.0, self.weight)

    def worthwhile(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """List the lattices that explain most of the spots with a weight, each way to explain them once."""
        on = weight > 0
        proposals = propose_lattices(self.found[on], weight[on]) if np.count_nonzero(on) > 1 else np.zeros((0, 2, 2))
        if not len(proposals):
            return proposals
        gain, hit = self.gains(proposals)
        order = np.argsort(-gain[:, on].sum(axis=1), kind="stable")[: 8 * _COMPARED]
        _, first = np.unique(np.packbits(hit[order], axis=1), axis=0, return_index=True)
        return proposals[order[np.sort(first)][:_COMPARED]]

    def best_pair(self, proposals: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the two lattices (2, 2, 2) that explain the spots best together, if better than any one alone."""
        gain, hit = self.gains(proposals)
        gain = gain.astype(np.float32)
        i, j = np.triu_indices(len(proposals), 1)
        score = np.maximum(gain[i], gain[j]).sum(axis=1) - self.telling(hit[i], hit[j])
        needed = float(gain.sum(axis=1).max()) + np.where(self.alike(proposals)[i, j], _SAME_SHAPE, _MARGIN)
        score -= needed
        for best in np.argsort(-score):
            if score[best] <= 0:
                break
            if apart(proposals[i[best]], proposals[j[best]]) >= _APART:
                return proposals[[i[best], j[best]]]
        return None

    def telling(self, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what it takes to say which spots (..., n) belong to one lattice and which to the other alone [nat]."""
        counts = np.stack([(one & ~other) @ self.weight, (other & ~one) @ self.weight])
        share = counts / np.maximum(counts.sum(axis=0), 1e-9)
        told: NDArray[np.float64] = -(counts * np.log(np.maximum(share, 1e-9))).sum(axis=0)
        return told

    def one_more(self, chosen: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the lattice that explains most of what some leave, if it is worth it."""
        left = self.left_by(chosen)
        left[self.combined(chosen)] = 0
        proposals = self.worthwhile(left)
        if not len(proposals):
            return None
        gain, hit = self.gains(chosen)
        before = gain.max(axis=0)
        known: NDArray[np.bool_] = np.any(hit, axis=0)
        more, hit_more = self.gains(proposals)
        score = np.maximum(before, more).sum(axis=1) - before.sum() - self.telling(hit_more, known)
        # what the lattices that are there make together is not explained once more
        score -= np.where(left > 0, 0, np.maximum(more - before, 0)).sum(axis=1)
        for best in np.argsort(-score):
            if score[best] < _MARGIN:
                break
            if min(apart(proposals[best], other) for other in chosen) >= _APART:
                return proposals[best]
        return None

    def combined(self, chosen: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which spots are sums of spots of two lattices, as layers make them that are seen through each other."""
        steps = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], indexing="ij"), axis=-1).reshape(-1, 2)
        made = np.zeros(len(self.found), dtype=np.bool_)
        for i, j in zip(*np.triu_indices(len(chosen), 1), strict=True):
            sums = ((steps @ chosen[i])[:, None] + steps @ chosen[j]).reshape(-1, 2)
            made |= (np.hypot(*(self.found[:, None] - sums).transpose(2, 0, 1)) < _SHARED).any(axis=1)
        return made

    def alike(self, proposals: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which lattices (m, m) are the same but for a rotation or mirroring."""
        frequencies = proposals / self.shape
        a, b = frequencies[:, 0], frequencies[:, 1]
        c = a - b * np.sign((a * b).sum(axis=1))[:, None]
        lengths = np.log(np.sort(np.hypot(*np.stack([a, b, c], axis=1).transpose(2, 0, 1)), axis=1))
        same: NDArray[np.bool_] = (np.abs(lengths[:, None] - lengths) < _ALIKE).all(axis=2)
        return same


def members(
    lattices: NDArray[np.float64],
    copies: NDArray[np.bool_],
    found: NDArray[np.float64],
    error: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> list[Member]:
    """Refine lattices (m, 2, 2) on the spots that each explains; empty if one of them has too few spots of its own."""
    for _ in range(2):
        gain, _, _ = node_gains(lattices, found, spot_tolerance(found, error))
        refined = []
        for number, vectors in enumerate(lattices):
            mine = np.where((gain[number] > 0) & (gain[number] >= gain.max(axis=0) - 3), weight, 0.0)
            on = mine > 0
            fitted = refine(vectors, found[on], error[on], mine[on])
            if fitted is None:
                return []
            refined.append(fitted)
        lattices = np.array([each.vectors for each in refined])
    near = np.array([distance_from_nodes(vectors, found) < _SHARED for vectors in lattices])
    gain, indices, hit = node_gains(lattices, found, spot_tolerance(found, error))
    result = []
    for number, fitted in enumerate(refined):
        others = np.delete(near, number, axis=0).any(axis=0)
        indexing = Indexing(
            fitted.vectors,
            fitted.covariance,
            indices[number].astype(np.int64),
            hit[number],
            float(gain[number] @ weight),
            fitted.chi2,
        )
        result.append(Member(indexing, hit[number] & ~others, bool(copies[number])))
    return sorted(result, key=lambda member: -member.indexing.score)


def distance_from_nodes(vectors: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far places (n, 2) lie from the nearest nodes of a lattice, shape (n,) [bins]."""
    index = places @ np.linalg.inv(vectors)
    return np.hypot(*((index - np.rint(index)) @ vectors).T)


def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Tell how far the first spots of two lattices lie from the nodes of the other at least.

    Parameters
    ----------
    one, other : ndarray, shape (2, 2)
        Reduced reciprocal vectors [bins].

    Returns
    -------
    float
        0 if one lattice holds the other [bins].
    """
    return min(float(distance_from_nodes(other, one).max()), float(distance_from_nodes(one, other).max()))
