"""Round numbers along an axis: bqplot would begin at an end of the range, however many digits that has."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["even_ticks"]


def even_ticks(low: float, high: float, most: int = 8) -> NDArray[np.float64]:
    """Return multiples of 1, 2 or 5 times a power of ten over a range, at most so many.

    Examples
    --------
    >>> even_ticks(0.0, 12.3).tolist(), even_ticks(-0.31, 0.27, 4).tolist()
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0], [-0.2, 0.0, 0.2])
    """
    span = high - low
    decade = 10.0 ** np.floor(np.log10(span / most))
    step = next(part * decade for part in (1, 2, 5, 10) if span / (part * decade) < most)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    ticks: NDArray[np.float64] = 0.0 + np.round(step * np.arange(first, last + 1), 12 - int(np.floor(np.log10(step))))
    return ticks
