"""A measured lattice and known ones in, the strain that separates them out, with what is to be expected of it.

A measured lattice is a known one that was turned and then strained. The turn says nothing. The strain has three parts: along
the rows, along the columns, and the shear between them. A wrong calibration makes the first two alike; the scan stretches the
slow axis and shears the lines; noise does the rest.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["Comparison", "compare", "strain_errors"]


def _changes_of_basis() -> NDArray[np.float64]:
    """Return the whole matrices (n, 2, 2) that make another short basis of a reduced one; one of each pair of opposite ones."""
    every = np.array(list(product((-1, 0, 1), repeat=4)), dtype=float).reshape(-1, 2, 2)
    unimodular = every[np.abs(np.linalg.det(every)).round() == 1]
    first = np.array([matrix.ravel()[np.flatnonzero(matrix.ravel())[0]] for matrix in unimodular])
    return unimodular[first > 0]


_BASES = _changes_of_basis()


@dataclass(frozen=True, eq=False)
class Comparison:
    """A measured lattice compared with n known ones, by each of m bases of theirs.

    Attributes
    ----------
    strains : ndarray, float64, shape (n, m, 3)
        Logarithmic strain that the known lattice must take to become the measured one: along the rows' direction (down the
        picture), along the columns' (to the right), and the shear between the two (the engineering one), as fractions.
    vectors : ndarray, float64, shape (n, m, 2, 2)
        The vectors of the known lattice, turned as the picture is but not strained, in rows (row, col), in its own unit.
    """

    strains: NDArray[np.float64]
    vectors: NDArray[np.float64]


def compare(measured: NDArray[np.float64], known: NDArray[np.float64]) -> Comparison:
    """Find the strain between a measured lattice and known ones.

    Parameters
    ----------
    measured : ndarray, shape (2, 2)
        Reduced vectors in rows, (row, col).
    known : ndarray, shape (n, 2, 2)
        Reduced vectors of each known lattice, turned any way.

    Returns
    -------
    Comparison
        Of all bases that may correspond to the measured one; mirrored ones too, as a crystal may lie face down.

    Examples
    --------
    >>> square = np.eye(2)
    >>> found = compare(np.array([[1.02, 0.0], [0.0, 1.0]]), square[None])
    >>> nearest = np.abs(found.strains[0]).sum(axis=-1).argmin()
    >>> found.strains[0, nearest].round(4).tolist()
    [0.0198, 0.0, 0.0]
    """
    bases = _BASES @ known[:, None]
    # a vector of the known lattice becomes F times itself, as columns
    gradient = np.swapaxes(np.linalg.solve(bases, np.broadcast_to(measured, bases.shape)), -1, -2)
    values, axes = np.linalg.eigh(gradient @ np.swapaxes(gradient, -1, -2))
    across = np.swapaxes(axes, -1, -2)
    log = (axes * (np.log(values) / 2)[..., None, :]) @ across
    unstretch = (axes * (1 / np.sqrt(values))[..., None, :]) @ across
    turn = unstretch @ gradient
    strains = np.stack([log[..., 0, 0], log[..., 1, 1], 2 * log[..., 0, 1]], axis=-1)
    return Comparison(strains, bases @ np.swapaxes(turn, -1, -2))


def strain_errors(measured: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Carry the errors of two vectors over to the three parts of the strain.

    Parameters
    ----------
    measured : ndarray, shape (2, 2)
        Vectors in rows, (row, col).
    covariance : ndarray, shape (4, 4)
        Of ``measured.ravel()``.

    Returns
    -------
    ndarray, float64, shape (3, 3)
        Covariance of the strain, as `Comparison.strains` has it.
    """
    inverse = np.linalg.inv(measured)
    columns = []
    for change in np.eye(4).reshape(4, 2, 2):
        gradient = inverse @ change  # the transpose: vectors are rows
        columns.append([gradient[0, 0], gradient[1, 1], gradient[0, 1] + gradient[1, 0]])
    jacobian = np.array(columns).T
    return jacobian @ covariance @ jacobian.T
