"""Round values along an axis, and how negative ones are written."""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.views.shared.numbers import true_minus

__all__ = ["minus_labels", "round_ticks"]


def round_ticks(low: float, high: float, most: int = 6) -> NDArray[np.float64]:
    """Return round values within a range, at most so many.

    Examples
    --------
    >>> round_ticks(-0.1, 2.05).tolist(), round_ticks(0, 101, 4).tolist()
    ([0.0, 0.5, 1.0, 1.5, 2.0], [0.0, 50.0, 100.0])
    """
    if not high > low:
        return np.array([low])
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    for part in (1, 2, 5, 10):
        step = part * power
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        if last - first < most:
            break
    # a sum of steps would end in 0.30000000000000004
    return np.round(np.arange(first, last + 1) * step, 12) + 0.0


def minus_labels(values: NDArray[np.float64]) -> dict[str, str]:
    """Return what stands at negative values of an axis of bqplot, which would write a hyphen: value -> label.

    Examples
    --------
    >>> minus_labels(np.array([-0.5, 0.0, 0.5]))
    {'-0.5': '−0.5'}
    """
    return {f"{value:g}": true_minus(f"{value:g}") for value in values if value < 0}
