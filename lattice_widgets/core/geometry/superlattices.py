"""A reciprocal lattice in, those with up to six times as many nodes out: the larger cells that a picture may have."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.indexing import reduce_pairs

#: cells this many times as large are tried anyway, and up to this many where spots ask for it
_ALWAYS, _LARGEST = 3, 6
#: so many spots must lie on a much finer lattice and not on a coarser one, within this fraction of a reciprocal vector
_TOLD, _NEAR = 3, 0.03


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
