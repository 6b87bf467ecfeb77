"""A reduced cell in, the rectangle with a point in its middle out: the conventional cell of a centered rectangular lattice."""

import numpy as np
from numpy.typing import NDArray


def centered_basis(reduced: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find which whole combinations of two reduced vectors are the sides of the centered rectangle.

    Of the three shortest vectors of the lattice two are as long as each other, or nearly; their sum and difference are the
    sides.

    Parameters
    ----------
    reduced : ndarray, shape (2, 2)
        The two shortest vectors of the lattice in rows, at 90 degrees or more.

    Returns
    -------
    ndarray, int64, shape (2, 2)
        ``basis @ reduced`` are the sides in rows, the shorter first.

    Examples
    --------
    >>> rhombus = np.array([[1.0, 2.0], [1.0, -2.0]])
    >>> (centered_basis(rhombus) @ rhombus).tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    thirds = np.array([[1, 0], [0, 1], [-1, -1]])
    length = np.hypot(*(thirds @ reduced).T)
    first = min(range(3), key=lambda k: float(abs(length[k] - length[(k + 1) % 3])))
    p, q = thirds[first], thirds[(first + 1) % 3]
    sides = np.array([p + q, p - q])
    short, long = np.hypot(*(sides @ reduced).T)
    return sides if short <= long else sides[::-1]
