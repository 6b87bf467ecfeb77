"""A picture and the shear and scale of a drift correction in, the corrected picture out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import affine_transform

#: below this many rows or columns nothing can be said of a picture
_LEAST = 16


def correction_matrix(scale: float, shear: float) -> NDArray[np.float64]:
    """Build the matrix of a drift correction.

    Parameters
    ----------
    scale : float
        Stretch of the slow scan axis (down) [%].
    shear : float
        Shift along the scan lines, in percent of the distance down.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        Carries (row, col) vectors of the picture to those of the corrected one.

    Raises
    ------
    ValueError
        If the stretch would leave no height.
    """
    if not scale > -100:
        raise ValueError(f"A stretch of {scale:g} % leaves nothing of the picture.")
    return np.array([[1 + scale / 100, 0.0], [shear / 100, 1.0]])


def correct_image(image: ArrayLike, scale: float, shear: float) -> NDArray:
    """Undo the drift of a picture: put each scan line where it belongs, by cubic interpolation.

    A sheared rectangle is a parallelogram; what is returned is the upright rectangle of full height within it, about the same
    middle. So nothing is made up at the edges, and the sides, ``abs(shear) * rows`` pixels in all, are lost.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        As scanned: rows are scan lines.
    scale, shear : float
        As for `correction_matrix` [%].

    Returns
    -------
    ndarray, float32 (float64 for float64 and large integers), shape (rows * (1 + scale / 100), cols - abs(shear) / 100 * rows)
        The picture itself if there is nothing to correct.

    Raises
    ------
    ValueError
        If fewer than 16 rows or columns are left.

    Examples
    --------
    >>> rows, cols = np.mgrid[:64, :96]
    >>> correct_image(np.cos(rows / 5) + np.cos(cols / 7), scale=25, shear=-50).shape
    (80, 64)
    """
    array = np.asarray(image)
    if scale == 0 and shear == 0:
        return array
    matrix = correction_matrix(scale, shear)
    rows, cols = array.shape
    shape = round(rows * matrix[0, 0]), int(np.floor(cols - abs(matrix[1, 0]) * rows + 1e-9))
    if min(shape) < _LEAST:
        raise ValueError(
            f"A stretch of {scale:g} % and a shear of {shear:g} % leave too little of {rows} x {cols} px: take a wider window."
        )
    back = np.linalg.inv(matrix)
    offset = (np.array(array.shape) - 1) / 2 - back @ ((np.array(shape) - 1) / 2)
    array = array.astype(np.result_type(array.dtype, np.float32))
    return affine_transform(array, back, offset, output_shape=shape, order=3, mode="nearest")


def original_positions(
    points: ArrayLike, shape: tuple[int, int], corrected_shape: tuple[int, int], scale: float, shear: float
) -> NDArray[np.float64]:
    """Find where positions of a corrected picture lie in the picture as it was scanned.

    Parameters
    ----------
    points : array_like, shape (n, 2)
        In the picture of `correct_image`.
    shape, corrected_shape : tuple of int
        Of the picture, and of what `correct_image` returned.
    scale, shear : float
        As for `correction_matrix` [%].

    Returns
    -------
    ndarray, float64, shape (n, 2)
        (row, col) [px].

    Examples
    --------
    >>> original_positions([[39.5, 31.5]], (64, 96), (80, 64), scale=25, shear=-50).tolist()
    [[31.5, 47.5]]
    """
    back = np.linalg.inv(correction_matrix(scale, shear))
    middle, corrected_middle = (np.array(shape) - 1) / 2, (np.array(corrected_shape) - 1) / 2
    return (np.asarray(points, np.float64).reshape(-1, 2) - corrected_middle) @ back.T + middle
