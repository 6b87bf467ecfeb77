"""The end of a network whose only dropouts stand before its last two dense layers, as plain matrix products.

All pictures of a call see the same masks in the same pass. So instead of masking thousands of activations of every picture,
the rows of the weights are masked once for all of them, and several passes go through one product.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Passes whose masked weights stand side by side in one product: 12 MB for the default network.
_TOGETHER = 5


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

    @classmethod
    def of(cls, network: Any, dropouts: list[Any]) -> "DenseTail | None":
        """Return the end of a network, or None where it is built in another way."""
        import keras

        if len(dropouts) != 2:
            return None
        parts = []
        for dropout, wanted in zip(dropouts, ("relu", "softmax"), strict=True):
            after = [layer for layer in network.layers if _takes(layer, dropout.output)]
            if len(after) != 1 or type(after[0]) is not keras.layers.Dense or not after[0].use_bias:
                return None
            if keras.activations.serialize(after[0].activation) != wanted:
                return None
            parts.append(after[0])
        first, last = parts
        if dropouts[1].input is not first.output or last.output is not network.output or dropouts[0].input.ndim != 2:
            return None
        weights = [[np.asarray(keras.ops.convert_to_numpy(w), np.float32) for w in (p.kernel, p.bias)] for p in parts]
        return cls((*weights[0], dropouts[0].rate), (*weights[1], dropouts[1].rate))

    def plain(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities (n, k) and features (n, f) without dropout, of what the first dropout is given (n, m)."""
        features = np.maximum(values @ self._first[0] + self._first[1], 0)
        return _softmax(features @ self._last[0] + self._last[1]), features

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
        for begin in range(0, b, _TOGETHER):
            masks = first_masks[begin : begin + _TOGETHER]
            side_by_side = (masks.T[:, :, None] * kernel[:, None, :]).reshape(len(kernel), -1)
            features = np.maximum((values @ side_by_side).reshape(n, len(masks), -1) + bias, 0)
            for number in range(len(masks)):
                own = last_masks[begin + number :: b]
                weights = (own.T[:, :, None] * last_kernel[:, None, :]).reshape(len(last_kernel), -1)
                logits = (features[:, number] @ weights).reshape(n, len(own), k) + last_bias
                samples[begin + number :: b] = _softmax(logits).swapaxes(0, 1)
        return samples


def _takes(layer: Any, tensor: Any) -> bool:
    sources = layer.input if isinstance(layer.input, list | tuple) else [layer.input]
    return any(source is tensor for source in sources)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
