"""An image in, the grid of overlapping windows out: views, no copies, with their exact positions."""

import numpy as np
from numpy.typing import NDArray


def window_positions(length: int, window_size: int, step: int) -> NDArray[np.int64]:
    """List where windows start along one axis.

    Every ``step`` pixels from 0; one more at the very end if the steps do not reach it, so that the last rows and columns
    are always seen (the last step is then shorter than the others).

    Parameters
    ----------
    length : int
        Length of the image along this axis [px].
    window_size, step : int
        [px].

    Returns
    -------
    ndarray, int64, shape (n,)
        First pixel of each window, rising.

    Raises
    ------
    ValueError
        If the window is larger than the image, or a size is not positive.

    Examples
    --------
    >>> window_positions(100, 32, 16)
    array([ 0, 16, 32, 48, 64, 68])
    """
    if window_size < 1 or step < 1:
        raise ValueError("The window size and the step are at least 1 px.")
    if window_size > length:
        raise ValueError(f"The window ({window_size} px) is larger than the picture ({length} px).")
    starts = np.arange(0, length - window_size + 1, step)
    if starts[-1] != length - window_size:
        starts = np.append(starts, length - window_size)
    return starts


def window_view(image: NDArray, window_size: int) -> NDArray:
    """View every window of an image, without copying a pixel.

    Parameters
    ----------
    image : ndarray, shape (..., rows, cols)
        One image, or frames of a movie.
    window_size : int
        Side of the square windows [px].

    Returns
    -------
    ndarray, shape (..., rows - window_size + 1, cols - window_size + 1, window_size, window_size)
        ``view[r, c]`` is the window whose first pixel is (r, c). Take the grid with `window_positions`.

    Raises
    ------
    ValueError
        If the window does not fit.
    """
    for length in image.shape[-2:]:
        window_positions(length, window_size, 1)
    return np.lib.stride_tricks.sliding_window_view(image, (window_size, window_size), axis=(-2, -1))


def take_window(image: NDArray, row: int, col: int, height: int, width: int) -> NDArray:
    """View the part of an image that starts at (row, col).

    Parameters
    ----------
    image : ndarray, shape (..., rows, cols)
        One image, or frames of a movie.
    row, col, height, width : int
        The window [px].

    Returns
    -------
    ndarray, shape (..., height, width)
        A view, not a copy.

    Raises
    ------
    ValueError
        If it does not lie inside the image.
    """
    rows, cols = image.shape[-2:]
    if row < 0 or col < 0 or height < 1 or width < 1 or row + height > rows or col + width > cols:
        raise ValueError(
            f"The window at ({row}, {col}) of {height} x {width} px does not lie inside {rows} x {cols} px."
        )
    return image[..., row : row + height, col : col + width]
