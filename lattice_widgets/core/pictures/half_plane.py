"""The half plane of spatial frequencies that the transform of a real picture fills, ring by ring around zero frequency.

The level of a ring is what its frequencies would hold without a lattice. It is found from a harmonic mean of the magnitudes,
which noise decides and the few bright spots on the ring hardly move.
"""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray


class Rings(NamedTuple):
    """The frequencies of a half plane, flattened, sorted by the ring that they lie in.

    Attributes
    ----------
    order : ndarray, int32, shape (rows * cols,)
        Frequencies of the first ring, then those of the second, and so on.
    starts : ndarray, int64, shape (rings,)
        Where each ring begins in `order`.
    counts : ndarray, int64, shape (rings,)
        Frequencies on each ring.
    """

    order: NDArray[np.int32]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, numbers: NDArray[np.integer]) -> Self:
        """Sort frequencies by their rings.

        Parameters
        ----------
        numbers : ndarray of int, shape (rows, cols)
            Ring of each frequency, from 0; no ring is empty (see `ring_numbers`).

        Returns
        -------
        Rings
            The same, sorted.
        """
        counts = np.bincount(numbers.ravel())
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        order = np.argsort(numbers, axis=None, kind="stable").astype(np.int32)
        return cls(order, starts, counts)

    def harmonic_squares(self, inverse: NDArray[np.floating]) -> NDArray[np.floating]:
        """Average over each ring: the square of the harmonic mean of magnitudes, given the inverse of each.

        Parameters
        ----------
        inverse : ndarray, shape (..., rows * cols)
            1 over the magnitude at each frequency.

        Returns
        -------
        ndarray, shape (..., rings)
            A power.
        """
        return (self.counts / np.add.reduceat(inverse[..., self.order], self.starts, axis=-1)) ** 2


def ring_places(radius: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.floating]:
    """Measure how far out frequencies lie, in rings: two frequencies of the shorter side are one ring.

    A ring so wide holds enough frequencies for a mean that spots hardly move.

    Parameters
    ----------
    radius : ndarray
        Spatial frequency [1/px].
    shape : tuple of int
        Rows and columns of the picture.

    Returns
    -------
    ndarray
        Of the shape and dtype of `radius`; 0 at zero frequency.
    """
    return radius * (min(shape) / 2)


def ring_numbers(places: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.uint16]:
    """Number the rings of frequencies; all beyond the Nyquist frequency of the shorter side are the last one.

    Parameters
    ----------
    places : ndarray
        From `ring_places`.
    shape : tuple of int
        Rows and columns of the picture.

    Returns
    -------
    ndarray, uint16
        Of the shape of `places`, from 0.
    """
    return np.minimum(places, min(shape) // 4).astype(np.uint16)
