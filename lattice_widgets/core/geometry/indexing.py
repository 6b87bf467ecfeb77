"""Spots in, the two reciprocal vectors that index them out.

Every pair of spots (and of differences of spots) proposes a lattice. A lattice is worth what it explains: a spot that
lies on one of its nodes gains the logarithm of how unlikely that is by chance, which is the area of the reciprocal cell over
the area of the tolerance (a description length). So a finer reciprocal lattice, which meets anything, must index more to win,
and half-order or superstructure spots are taken in when they are there. All frequencies are in bins: (row, col) periods per
length of the picture.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

#: a spot may lie this far from a node [bins], and this far as a fraction of its frequency: real scans are not quite straight
_SLACK, _BEND = 0.15, 0.004
#: strongest spots that propose lattices by themselves, and by their differences
_PROPOSERS, _DIFFERENCES = 14, 7
#: spots this many times further out than all others do not belong to the lattice, even if they lie on it
_GAP = 2.5
#: reciprocal cells smaller than this are not told from one broad spot [bins^2]
_SMALLEST_CELL = 3.0


@dataclass(frozen=True, eq=False)
class Indexing:
    """A reciprocal lattice with the spots on it.

    Attributes
    ----------
    vectors : ndarray, float64, shape (2, 2)
        Reciprocal vectors in its rows [bins].
    covariance : ndarray, float64, shape (4, 4)
        Of ``vectors.ravel()``.
    indices : ndarray, int, shape (n, 2)
        Miller indices of each spot, of the nearest node.
    indexed : ndarray, bool, shape (n,)
        Whether the spot lies on that node.
    score : float
        How much shorter the spots are described with the lattice than without [nat].
    chi2 : float
        Mean square of the distances from the nodes, in units of their standard errors.
    """

    vectors: NDArray[np.float64]
    covariance: NDArray[np.float64]
    indices: NDArray[np.int64]
    indexed: NDArray[np.bool_]
    score: float
    chi2: float

    def where(self, chosen: NDArray[np.bool_]) -> "Indexing":
        """Keep the spots that are chosen (n,)."""
        return replace(self, indices=self.indices[chosen], indexed=self.indexed[chosen])

    def beside(self, strays: NDArray[np.float64]) -> "Indexing":
        """Add spots (n, 2) [bins] that do not belong to it."""
        nearest = np.rint(strays @ np.linalg.inv(self.vectors)).astype(np.int64)
        indexed = np.append(self.indexed, np.zeros(len(strays), dtype=np.bool_))
        return replace(self, indices=np.concatenate([self.indices, nearest]), indexed=indexed)


def reduce_pairs(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the two shortest vectors of each lattice of a stack (Lagrange's reduction).

    Parameters
    ----------
    vectors : ndarray, shape (n, 2, 2)
        Two vectors of each lattice, in rows.

    Returns
    -------
    ndarray, float64, shape (n, 2, 2)
        The shorter one first.
    """
    a, b = vectors[:, 0].copy(), vectors[:, 1].copy()
    for _ in range(40):
        swap = (a**2).sum(axis=1) > (b**2).sum(axis=1)
        a[swap], b[swap] = b[swap], a[swap].copy()
        times = np.round((a * b).sum(axis=1) / (a**2).sum(axis=1))
        if not times.any():
            break
        b -= times[:, None] * a
    return np.stack([a, b], axis=1)


def spot_weights(power: NDArray[np.float64], snr: NDArray[np.float64], trials: int) -> NDArray[np.float64]:
    """Weigh spots by the odds that they are more than chance, and by their strength.

    Parameters
    ----------
    power, snr : ndarray, shape (n,)
        Power of each spot, and its ratio to the background's.
    trials : int
        Number of independent frequencies among which the spots were found: noise alone reaches a ratio of ``log(trials)``.

    Returns
    -------
    ndarray, float64, shape (n,)
        From 0 to 1.
    """
    real = 1 / (1 + np.exp(-np.clip(snr - np.log(trials) - 3, -40, 40)))
    certain = np.log(np.maximum(snr, 2.01) / 2)
    strong = np.clip(1 + np.log10(power / power.max()) / 4.5, 0.05, 1)
    return np.maximum(real, 0.02) * np.clip(certain / float(certain.max()), 0.02, 1) * strong


def spot_tolerance(found: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell how far spots (n, 2) with standard errors (n, 2) may lie from a node, shape (n,) [bins]."""
    tolerance: NDArray[np.float64] = np.sqrt((error**2).mean(axis=1) + _SLACK**2 + (_BEND**2) * (found**2).sum(axis=1))
    return tolerance


def node_gains(
    lattices: NDArray[np.float64], found: NDArray[np.float64], tolerance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the gains (m, n) [nat], nearest indices (m, n, 2) and hits (m, n) of spots (n, 2) on lattices (m, 2, 2)."""
    coordinates = found @ np.linalg.inv(lattices)
    indices = np.rint(coordinates)
    misfit = (((coordinates - indices) @ lattices) ** 2).sum(axis=2) / tolerance**2
    area = np.abs(np.linalg.det(lattices))[:, None]
    gain = np.log(area / (2 * np.pi * tolerance**2)) - misfit / 2
    hit = (misfit < 9) & (gain > 0) & (indices != 0).any(axis=2)
    return np.where(hit, gain, 0.0), indices, hit


def propose_lattices(
    found: NDArray[np.float64], weight: NDArray[np.float64], smallest: float = _SMALLEST_CELL
) -> NDArray[np.float64]:
    """List the lattices that pairs of strong spots, their sums and differences propose.

    Parameters
    ----------
    found : ndarray, shape (n, 2)
        Spots, one of each pair [bins].
    weight : ndarray, shape (n,)
        How much each counts.
    smallest : float
        Smallest area of a reciprocal cell [bins^2].

    Returns
    -------
    ndarray, float64, shape (m, 2, 2)
        Reduced reciprocal vectors [bins].
    """
    order = np.argsort(-weight)
    first = found[order[:_PROPOSERS]]
    inner = found[order[:_DIFFERENCES]]
    i, j = np.triu_indices(len(inner), 1)
    proposals = np.concatenate([first, inner[i] - inner[j], inner[i] + inner[j]])
    i, j = np.triu_indices(len(proposals), 1)
    pairs = np.stack([proposals[i], proposals[j]], axis=1)
    pairs = pairs[np.abs(np.linalg.det(pairs)) > smallest]
    pairs = reduce_pairs(pairs)
    return pairs[(pairs[:, 0] ** 2).sum(axis=1) > 1.5**2]


def index_spots(
    found: NDArray[np.float64],
    error: NDArray[np.float64],
    weight: NDArray[np.float64],
    smallest: float = _SMALLEST_CELL,
) -> list[Indexing]:
    """Find the reciprocal lattices that explain spots best.

    Parameters
    ----------
    found : ndarray, shape (n, 2)
        Spots, one of each pair [bins], the strongest first.
    error : ndarray, shape (n, 2)
        Standard errors [bins].
    weight : ndarray, shape (n,)
        How much each counts.

    Returns
    -------
    list of Indexing
        The best first; empty if the spots lie on one line.
    """
    if len(found) < 2:
        return []
    pairs = propose_lattices(found, weight, smallest)
    if not len(pairs):
        return []
    score = node_gains(pairs, found, spot_tolerance(found, error))[0] @ weight
    best: list[Indexing] = []
    for candidate in np.argsort(-score)[:8]:
        refined = refine(pairs[candidate], found, error, weight)
        if refined is not None and not any(same_lattice(refined.vectors, other.vectors) for other in best):
            best.append(refined)
    return sorted(best, key=lambda indexing: -indexing.score)


def refine(
    vectors: NDArray[np.float64], found: NDArray[np.float64], error: NDArray[np.float64], weight: NDArray[np.float64]
) -> Indexing | None:
    """Fit a reciprocal lattice to the spots near its nodes, by weighted least squares.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        Reciprocal vectors to start from [bins].
    found, error, weight
        As for `index_spots`.

    Returns
    -------
    Indexing or None
        None if the spots near nodes do not span an area.
    """
    tolerance = spot_tolerance(found, error)
    covariance, chi2 = np.zeros((4, 4)), 1.0
    before: NDArray[np.bool_] | None = None
    for _ in range(4):
        _, indices, hit = node_gains(vectors[None], found, tolerance)
        h, on = indices[0], _without_outliers(hit[0], indices[0], found, weight)
        if before is not None and np.array_equal(on, before):
            break
        before = on
        if not _spans(h[on]):
            return None
        # rows and columns are independent, and so are the spots
        solution, blocks, residual = np.empty((2, 2)), [], 0.0
        # a weak spot near a node may belong to something else: no spot may pull harder than its distance warrants
        sigma = np.hypot(error[on], 0.01)
        pull = (((found[on] - h[on] @ vectors) / sigma) ** 2).sum(axis=1) / 2
        scale = max(1.0, float(np.median(pull)) / 0.7)
        sigma = sigma * np.sqrt(np.maximum(1, pull / (9 * scale)))[:, None]
        for axis in (0, 1):
            design = h[on] / sigma[:, axis : axis + 1]
            target = found[on, axis] / sigma[:, axis]
            blocks.append(np.linalg.inv(design.T @ design))
            solution[:, axis] = blocks[-1] @ design.T @ target
            residual += float(((target - design @ solution[:, axis]) ** 2).sum())
        vectors = solution
        freedom = 2 * int(on.sum()) - 4
        chi2 = residual / freedom if freedom > 0 else 1.0
        covariance = np.zeros((4, 4))
        for axis in (0, 1):
            covariance[axis::2, axis::2] = blocks[axis] * max(1.0, chi2)
    if abs(np.linalg.det(vectors)) < 1e-6 * np.prod(np.hypot(*vectors.T)):
        return None
    gain, indices, hit = node_gains(vectors[None], found, tolerance)
    on = _without_outliers(hit[0], indices[0], found, weight)
    return Indexing(vectors, covariance, indices[0].astype(np.int64), on, float(gain[0] @ weight), chi2)


def _spans(indices: NDArray[np.float64]) -> bool:
    """Return whether whole-numbered indices (n, 2) are not all on one line."""
    if len(indices) < 2:
        return False
    return bool((np.abs(indices[:, :1] * indices[:, 1] - indices[:, 1:] * indices[:, 0]) > 0.5).any())


def _without_outliers(
    on: NDArray[np.bool_], indices: NDArray[np.float64], found: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return ``on`` less the spots far outside all others: vibration and mains put copies of spots there."""
    trusted = np.flatnonzero(on & (weight > 0.1))
    trusted = trusted[np.argsort(np.hypot(*found[trusted].T))]
    radius = np.hypot(*found[trusted].T)
    for i in range(1, len(trusted) - 1):
        if radius[i + 1] > _GAP * radius[i] and _spans(indices[trusted[: i + 1]]):
            return on & (np.hypot(*found.T) <= radius[i] * _GAP)
    return on


def same_lattice(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Tell whether two pairs of vectors span the same lattice, to within a tenth of a bin or so.

    Parameters
    ----------
    one, other : ndarray, shape (2, 2)
        Reciprocal vectors [bins].

    Returns
    -------
    bool
        True if they do.
    """
    change = one @ np.linalg.inv(other)
    whole = np.round(change)
    return bool(abs(abs(np.linalg.det(whole)) - 1) < 1e-6 and (np.abs((change - whole) @ other) < 0.3).all())
