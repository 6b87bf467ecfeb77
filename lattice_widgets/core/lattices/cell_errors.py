"""A measured lattice with the errors of its vectors in, the errors of a, b and gamma out."""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice


def cell_errors(lattice: Lattice, covariance: NDArray[np.float64]) -> tuple[float, float, float]:
    """Carry the errors of two vectors over to their lengths and the angle between them, to first order.

    Parameters
    ----------
    lattice : Lattice
        As measured.
    covariance : ndarray, shape (4, 4)
        Of ``lattice.vectors.ravel()``.

    Returns
    -------
    a_error, b_error, gamma_error : float
        One standard deviation of each: lengths in the unit of the vectors, the angle in degrees.

    Examples
    --------
    >>> a_error, _, gamma_error = cell_errors(Lattice.from_parameters(2, 2, 90), 1e-4 * np.eye(4))
    >>> round(a_error, 3), round(gamma_error, 3)  # two directions, each off by 0.01 / 2 radians
    (0.01, 0.405)
    """
    (p, q), a, b = lattice.vectors, lattice.a, lattice.b
    sine = np.sin(np.deg2rad(lattice.gamma))
    cosine = np.cos(np.deg2rad(lattice.gamma))
    gradients = np.array(
        [
            np.concatenate([p / a, np.zeros(2)]),
            np.concatenate([np.zeros(2), q / b]),
            np.concatenate([cosine * p / a**2 - q / (a * b), cosine * q / b**2 - p / (a * b)]) / sine,
        ]
    )
    errors = np.sqrt(np.einsum("ij,jk,ik->i", gradients, covariance, gradients))
    return float(errors[0]), float(errors[1]), float(np.rad2deg(errors[2]))
