"""Matrix products and convolutions in float32."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemv

from lattice_widgets.classifier.runtime.blas import multiply

# With so many channels, products for each row of a filter are quicker than one with a matrix of all that it sees.
_CHANNELS_BY_ROW = range(8, 32)
# Numbers in such a matrix at a time: they stay in the cache.
_GATHERED = 2**19


def product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the matrix product of (n, m) and (m, k), float32 of shape (n, k)."""
    if len(left) == 1:
        return sgemv(np.float32(1), np.ascontiguousarray(right).T, left[0])[None]
    out = np.empty((len(left), right.shape[1]), np.float32)
    multiply(np.ascontiguousarray(left), np.ascontiguousarray(right), out)
    return out


def convolve(
    pictures: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32], stride: int, padded: bool
) -> NDArray[np.float32]:
    """Return max(0, convolution + bias), float32 of shape (n, rows, cols, filters).

    Parameters
    ----------
    pictures : ndarray, float32, shape (n, rows, cols, channels)
        What is convolved.
    kernel : ndarray, float32, shape (kernel rows, kernel cols, channels, filters)
        The filters, not mirrored, as Keras has them.
    bias : ndarray, float32, shape (filters,)
        Added to each filter's output.
    stride : int
        Pixels from one place of the filter to the next.
    padded : bool
        Whether zeros are put around the pictures, as Keras does for ``padding="same"``.
    """
    window = kernel.shape[:2]
    if padded:
        around = [_padding(length, size, stride) for length, size in zip(pictures.shape[1:3], window, strict=True)]
        pictures = np.pad(pictures, ((0, 0), *around, (0, 0)))
    if stride == 1 and pictures.shape[3] in _CHANNELS_BY_ROW:
        return _shifted(np.ascontiguousarray(pictures), kernel, bias)
    return _gathered(pictures, kernel, bias, stride)


def _padding(length: int, size: int, stride: int) -> tuple[int, int]:
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2


def _gathered(
    pictures: NDArray[np.float32],
    kernel: NDArray[np.float32],
    bias: NDArray[np.float32],
    stride: int,
) -> NDArray[np.float32]:
    """Convolve by products with a matrix that has all that the filters see at each place, some pictures at a time."""
    height, width, _channels, filters = kernel.shape
    seen = np.lib.stride_tricks.sliding_window_view(pictures, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    seen = seen.transpose(0, 1, 2, 4, 5, 3)
    n, rows, cols = seen.shape[:3]
    flat = np.ascontiguousarray(kernel).reshape(-1, filters)
    result = np.empty((n, rows * cols, filters), np.float32)
    result[:] = bias
    together = max(1, _GATHERED // (rows * cols * len(flat)))
    matrix = np.empty((min(together, n), *seen.shape[1:]), np.float32)
    for first in range(0, n, together):
        part = seen[first : first + together]
        matrix[: len(part)] = part
        places = matrix[: len(part)].reshape(-1, len(flat))
        multiply(places, flat, result[first : first + together].reshape(-1, filters), added=True)
    return np.maximum(result, 0, out=result).reshape(n, rows, cols, filters)


def _shifted(
    pictures: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Convolve by products for each row of the filters, added up, without copying the pictures.

    With all pixels in one line, a pixel's neighbor is the same number of places away for all of them. At the right and lower
    ends, where that leads into the next line or picture, the result means nothing and is cut off. The pixels that a row of a
    filter sees lie side by side: read from the first on, the line is a matrix of what every third place sees (of filters three
    wide); read from the second and third on, of the others.
    """
    n, rows, cols, channels = pictures.shape
    height, width, _, filters = kernel.shape
    of_rows = np.ascontiguousarray(kernel).reshape(height, width * channels, filters)
    line, pixels = pictures.reshape(-1), n * rows * cols
    count = pixels - (height - 1) * cols - (width - 1)
    # as many places as there are pixels, and those of the last product that lie beyond
    whole = np.empty((pixels + width, filters), np.float32)
    whole[:count] = bias
    for row, of_row in enumerate(of_rows):
        for turn in range(width):
            places = -(-(count - turn) // width)
            first = (row * cols + turn) * channels
            seen = line[first : first + places * width * channels].reshape(places, width * channels)
            out = whole[turn : turn + places * width].reshape(places, width * filters)[:, :filters]
            multiply(seen, of_row, out, added=True)
    rows, cols = rows - height + 1, cols - width + 1
    inner = whole[:pixels].reshape(n, pictures.shape[1], -1)[:, :rows, : cols * filters]
    return np.maximum(inner, 0).reshape(n, rows, cols, filters)
