"""The random masks of passes with dropout: which depend on nothing but the seed and the number of the pass.

Random numbers were the bottleneck of the sampling, so 16 bits are drawn for each masked element, and no more.
"""

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LEVELS = 1 << 16


class Masks:
    """Draws the masks of some dropouts.

    Parameters
    ----------
    shapes : sequence of tuple of int
        What each dropout masks, for one picture.
    rates : sequence of float
        The part that each masks.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]], rates: Sequence[float]) -> None:
        # The 16-bit words of a pass, the dropouts one after the other, each beginning at a whole 64-bit word.
        self._shapes = list(shapes)
        self._sizes = [int(np.prod(shape)) for shape in shapes]
        self._offsets = np.cumsum([0, *((size + 3) // 4 * 4 for size in self._sizes)])
        self._thresholds = [max(1, round(rate * _LEVELS)) for rate in rates]

    def draw(self, numbers: Sequence[int], seed: int, chosen: Sequence[int]) -> list[NDArray[np.bool_]]:
        """Return for some successive dropouts which elements are kept in some passes, each bool (len(numbers), ...)."""
        masks = [np.empty((len(numbers), self._sizes[k]), bool) for k in chosen]
        for row, number in enumerate(numbers):
            words = _words(seed, number, self._offsets[chosen[-1] + 1] - self._offsets[chosen[0]])
            for k, mask in zip(chosen, masks, strict=True):
                offset = self._offsets[k] - self._offsets[chosen[0]]
                np.greater_equal(words[offset : offset + self._sizes[k]], self._thresholds[k], out=mask[row])
        return [mask.reshape(-1, *self._shapes[k]) for k, mask in zip(chosen, masks, strict=True)]

    def draw_balanced(self, chosen: Sequence[int], count: int, seed: int, stream: int) -> list[NDArray[np.bool_]]:
        """Return masks of some dropouts that are balanced: at 20 %, each element is dropped once in five of them.

        Each mask taken alone is as random as any; together they leave the mean of a layer where it is without dropout,
        which takes most of the error out of so few of them.
        """
        masks = []
        for k in chosen:
            group = max(2, round(_LEVELS / self._thresholds[k]))
            rows = np.empty((count, self._sizes[k]), bool)
            for row in range(count):
                number, turn = divmod(row, group)
                words = _words(seed, stream + number, self._offsets[-1])[self._offsets[k] :][: self._sizes[k]]
                # overflows on purpose: turned around the circle of 16-bit numbers
                np.greater_equal(words + np.uint16(turn * _LEVELS // group), self._thresholds[k], out=rows[row])
            masks.append(rows.reshape(-1, *self._shapes[k]))
        return masks


def _words(seed: int, number: int, count: int) -> NDArray[np.uint16]:
    """Return the random 16-bit words of a pass; ``count`` is a multiple of 4."""
    # SFC64 draws them in half the time of Philox, a quarter of that of TensorFlow's own stateless numbers
    raw = np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(number,))).random_raw(int(count) // 4)
    return raw.astype("<u8", copy=False).view(np.uint16)


def check_seed(seed: int) -> int:
    """Return a seed as an int, or say why it is none.

    Raises
    ------
    ValueError
        If it is not a whole number from 0 to 2**64 - 1.
    """
    try:
        value = operator.index(seed)
    except TypeError as error:
        raise ValueError(f"The seed must be a whole number, not {seed!r}.") from error
    if not 0 <= value < 1 << 64:
        raise ValueError(f"The seed must be from 0 to 2**64 - 1, not {value}.")
    return value


def check_count(value: int, name: str) -> int:
    """Return a number of something as an int, or say why it is none.

    Raises
    ------
    ValueError
        If it is not a whole number of at least 1.
    """
    try:
        count = operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name} must be a whole number, not {value!r}.") from error
    if count < 1:
        raise ValueError(f"{name} must be at least 1, not {count}.")
    return count
