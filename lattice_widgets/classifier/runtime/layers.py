"""The layers that the runtime knows. Each takes and gives float32 with pictures along the first axis."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.runtime.products import convolve, product


class Layer(Protocol):
    """What a network is made of."""

    def __call__(self, values: NDArray[np.float32], /) -> NDArray[np.float32]:
        """Return what the layer makes of values (n, ...), without dropout."""
        ...


@dataclass(frozen=True, eq=False)
class HalfPlane:
    """Leave out the first columns: a spectrum is symmetric under inversion."""

    left_out: int

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, rows, cols, channels) without the first columns."""
        return values[:, :, self.left_out :]


class FaintSpots:
    """Put the square root beside the magnitude, so that faint spots count."""

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, rows, cols, 2) of (n, rows, cols, 1)."""
        return np.concatenate([values, np.sqrt(np.maximum(values, 0) + np.float32(1e-4))], axis=3)


@dataclass(frozen=True, eq=False)
class Convolution:
    """A convolution with ReLU; a batch normalization after it is part of its kernel and bias."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    stride: int = 1
    padded: bool = False

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, rows, cols, filters) of (n, rows, cols, channels)."""
        return convolve(values, self.kernel, self.bias, self.stride, self.padded)


class AveragePooling:
    """The mean of 2 x 2 pixels; an odd last row or column is left out."""

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, rows // 2, cols // 2, channels)."""
        n, rows, cols, channels = values.shape
        even = values[:, : rows // 2 * 2, : cols // 2 * 2]
        pairs = (even[:, ::2] + even[:, 1::2]).reshape(n, rows // 2, cols // 2, 2 * channels)
        result = pairs[..., :channels] + pairs[..., channels:]
        result *= np.float32(0.25)
        return result


class Flatten:
    """Put all that belongs to a picture into one row."""

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, m)."""
        return values.reshape(len(values), -1)


@dataclass(frozen=True, eq=False)
class Dropout:
    """Masks a part of its input in a pass with dropout; without dropout, nothing."""

    rate: float

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the same."""
        return values

    def masked(self, values: NDArray[np.float32], masks: NDArray[np.bool_], each_pass: bool) -> NDArray[np.float32]:
        """Return masked values, (passes * n, ...), enlarged as much as is masked.

        Parameters
        ----------
        values : ndarray, shape (n, ...), or (passes * n, ...) where `each_pass`
            What is masked.
        masks : ndarray, bool, shape (passes, ...)
            Kept elements, the same for all pictures.
        each_pass : bool
            Whether the values differ from pass to pass.
        """
        shape = values.shape[1:]
        rows = values.reshape(len(masks) if each_pass else 1, -1, int(np.prod(shape)))
        enlarged = rows * np.float32(1 / (1 - self.rate))
        # numbers times truth values take twice as long as numbers times numbers
        kept = masks.reshape(len(masks), 1, -1).astype(np.float32)
        return np.multiply(enlarged, kept, out=kept if rows.shape[1] == 1 else None).reshape(-1, *shape)


@dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer with ReLU, the features; the last of a network has a softmax instead."""

    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    last: bool = False

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (n, k) of (n, m)."""
        result = product(values, self.kernel)
        result += self.bias
        if not self.last:
            return np.maximum(result, 0, out=result)
        result -= result.max(axis=1, keepdims=True)
        np.exp(result, out=result)
        result /= result.sum(axis=1, keepdims=True)
        return result
