"""The end of a network whose only dropouts stand before its last two dense layers, as plain matrix products.

All pictures of a call see the same masks in the same pass. So where there are many pictures, the activations and the weights
that a pass keeps are picked out once for all of them, and the rest is not computed.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.runtime.blas import multiply
from lattice_widgets.classifier.runtime.products import product
from lattice_widgets.one_thread import each_part, one_thread

# From so many pictures on, picking weights out takes less than multiplying by all of them.
_MANY = 8
# Pictures whose activations are picked out at once: they stay in the cache.
_TOGETHER = 256


class DenseTail:
    """Dropout, dense layer with ReLU, dropout, dense layer with softmax.

    Parameters
    ----------
    first, last : tuple
        Weights (m, f) and (f, k), biases (f,) and (k,), and the rate of the dropout before them.
    """

    def __init__(
        self,
        first: tuple[NDArray[np.float32], NDArray[np.float32], float],
        last: tuple[NDArray[np.float32], NDArray[np.float32], float],
    ) -> None:
        self._first, self._last = first, last

    def plain(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities (n, k) and features (n, f) without dropout, of what the first dropout is given (n, m)."""
        with one_thread:
            features = np.maximum(product(values, self._first[0]) + self._first[1], 0)
            return _softmax(product(features, self._last[0]) + self._last[1]), features

    def sample(
        self, values: NDArray[np.float32], first_masks: NDArray[np.bool_], last_masks: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return the probabilities of passes with dropout, float32 (passes, n, k).

        Parameters
        ----------
        values : ndarray, shape (n, m)
            What the first dropout is given.
        first_masks : ndarray, bool, shape (b, m)
            Kept elements; pass i has mask number i modulo b.
        last_masks : ndarray, bool, shape (passes, f)
            Kept elements of the last dropout.
        """
        kernel, bias, rate = self._first
        last_kernel, last_bias, last_rate = self._last
        n, b, k = len(values), len(first_masks), last_kernel.shape[1]
        samples = np.empty((len(last_masks), n, k), np.float32)
        kernel, last_kernel = kernel / np.float32(1 - rate), last_kernel / np.float32(1 - last_rate)

        firsts = range(0, n if n >= _MANY else 0, _TOGETHER)
        parts = [np.ascontiguousarray(values[first : first + _TOGETHER].T) for first in firsts]

        def fill(turn: int) -> None:
            mask, own = first_masks[turn], last_masks[turn::b]
            if not parts:
                dense = product(values * mask, kernel)
            else:  # nothing is multiplied by what is dropped
                kept, dense = np.flatnonzero(mask), np.empty((n, len(bias)), np.float32)
                kernel_kept = kernel[kept]
                for first, part in zip(firsts, parts, strict=True):
                    multiply(part[kept], kernel_kept, dense[first : first + _TOGETHER], turned=True)
            features = np.maximum(dense + bias, 0)
            weights = (own.T[:, :, None] * last_kernel[:, None, :]).reshape(len(last_kernel), -1)
            logits = product(features, weights).reshape(n, len(own), k) + last_bias
            samples[turn::b] = _softmax(logits).swapaxes(0, 1)

        each_part(fill, range(b), n)
        return samples


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
