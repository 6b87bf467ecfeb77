"""Matrix products and convolutions in float32."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemv

from lattice_widgets.classifier.runtime.blas import multiply

# Below so many channels, gathering all that a filter sees into one matrix is quicker than a product for each of its pixels.
_FEW_CHANNELS = 8


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
    if stride > 1 or pictures.shape[3] < _FEW_CHANNELS:
        return _gathered(pictures, kernel, bias, stride)
    return _shifted(np.ascontiguousarray(pictures), kernel, bias)


def _padding(length: int, size: int, stride: int) -> tuple[int, int]:
    total = max((-(-length // stride) - 1) * stride + size - length, 0)
    return total // 2, total - total // 2


def _gathered(
    pictures: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32], stride: int
) -> NDArray[np.float32]:
    """Convolve by one product with a matrix that has all that the filters see at each place."""
    height, width, channels, filters = kernel.shape
    seen = np.lib.stride_tricks.sliding_window_view(pictures, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    n, rows, cols = seen.shape[:3]
    matrix = np.ascontiguousarray(seen.transpose(0, 1, 2, 4, 5, 3)).reshape(-1, height * width * channels)
    result = product(matrix, kernel.reshape(-1, filters)).reshape(n, rows, cols * filters)
    result += np.tile(bias, cols)
    return np.maximum(result, 0, out=result).reshape(n, rows, cols, filters)


def _shifted(
    pictures: NDArray[np.float32], kernel: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Convolve by one product for each pixel of the filters, added up, without copying the pictures.

    With all pixels in one row, a pixel's neighbor is the same number of places away for all of them. At the right and lower
    ends, where that leads into the next line or picture, the result means nothing and is cut off.
    """
    n, rows, cols, channels = pictures.shape
    height, width, _, filters = kernel.shape
    pixels = pictures.reshape(-1, channels)
    count = len(pixels) - (height - 1) * cols - (width - 1)
    whole = np.empty((len(pixels), filters), np.float32)
    for row in range(height):
        for col in range(width):
            first = row * cols + col
            multiply(pixels[first : first + count], kernel[row, col], whole[:count], added=first > 0)
    inner = whole.reshape(n, rows, cols * filters)[:, : rows - height + 1, : (cols - width + 1) * filters]
    result = inner + np.tile(bias, cols - width + 1)
    np.maximum(result, 0, out=result)
    return result.reshape(n, rows - height + 1, cols - width + 1, filters)
