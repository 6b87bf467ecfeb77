"""What is asked of a picture before anything is computed from it, and how its background is taken off."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.pictures.content.scanned import Box, scanned_box

#: a picture smaller than this along one side has too few pixels to hold two periods of anything
MIN_SIZE = 16


def check_image(image: ArrayLike, name: str = "picture", *, gaps: bool = False) -> NDArray:
    """Check that an array is a picture.

    Parameters
    ----------
    image : array_like
        What should be a picture.
    name : str
        What the error calls it.
    gaps : bool
        Whether part of it may hold NaN or infinity, as what was not scanned does (see `content.scanned.scanned_box`).

    Returns
    -------
    ndarray, shape (rows, cols)
        The picture as an array of its own dtype; not copied if it is one already.

    Raises
    ------
    ValueError
        If it is not a 2D array of finite real numbers with at least 16 rows and columns and more than one value; with
        gaps, if the part that was scanned is not.
    """
    try:
        array = np.asarray(image)
    except ValueError as error:
        raise ValueError(f"The {name} is not a regular array of numbers.") from error
    if array.ndim != 2:
        raise ValueError(f"The {name} must have two axes (rows, columns); this one has {array.ndim}.")
    if array.dtype.kind not in "uifb":
        raise ValueError(f"The {name} must hold real numbers, not {array.dtype}.")
    if min(array.shape) < MIN_SIZE:
        raise ValueError(f"The {name} of {array.shape[0]} x {array.shape[1]} px is too small: {MIN_SIZE} px at least.")
    low, high = array.min(), array.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        box = scanned_box(array) if gaps else None
        if box is None or min(box[2:]) < MIN_SIZE:
            raise ValueError(_of_gaps(array, name, box))
        top, left, height, width = box
        check_image(array[top : top + height, left : left + width], name)
        return array
    if low == high:
        raise ValueError(f"The {name} is constant (every pixel is {low}): there is nothing to see in it.")
    return array


def _of_gaps(array: NDArray, name: str, box: Box | None) -> str:
    """Say why pixels without a value make a picture useless; `box` is the part that was scanned, if any."""
    if not np.isfinite(array).any():
        return f"The {name} holds nothing but NaN or infinite values: nothing of it was scanned."
    if box is not None:
        return f"The {name} holds only {box[2]} x {box[3]} px that were scanned, not NaN: {MIN_SIZE} px each way are needed."
    return f"The {name} holds NaN or infinite values: fill them first, each from its neighbors."


def check_pixel_size(pixel_size: float | tuple[float, float] | None) -> None:
    """Check the size of a pixel.

    Parameters
    ----------
    pixel_size : float, tuple of float or None
        [nm/px], or (row, col) of a pixel that is not square; None if it is not known.

    Raises
    ------
    ValueError
        If it is not a positive, finite length.
    """
    sides = pixel_size if isinstance(pixel_size, tuple) and len(pixel_size) == 2 else (pixel_size,)
    if pixel_size is not None and not all(
        isinstance(side := np.asarray(s)[()], Real) and 0 < side < np.inf for s in sides
    ):
        raise ValueError(f"The pixel size must be a positive length in nm, not {pixel_size}.")


def remove_plane(images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Subtract from each picture the plane that fits it best (least squares).

    Parameters
    ----------
    images : ndarray of float, shape (..., rows, cols)
        Pictures.

    Returns
    -------
    ndarray, shape (..., rows, cols)
        A copy, of the same dtype.
    """
    rows, cols = images.shape[-2:]
    precision = np.result_type(images.dtype, np.float32)
    y = np.linspace(-1, 1, rows, dtype=precision)
    x = np.linspace(-1, 1, cols, dtype=precision)
    mean = images.mean(axis=(-2, -1), keepdims=True)
    # on a full grid 1, y and x are orthogonal, so each coefficient is one projection
    down = (images.mean(axis=-1) @ y / (y @ y))[..., None, None]
    right = (images.mean(axis=-2) @ x / (x @ x))[..., None, None]
    # in place, one step after the other: of a large picture each copy counts
    flat = images - mean
    flat -= down * y[:, None]
    flat -= right * x
    return flat


def centered(image: NDArray) -> NDArray[np.float32]:
    """Subtract the mean from a picture.

    The mean goes first, at the picture's own precision: float32 has no room for a small corrugation on a large offset.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.

    Returns
    -------
    ndarray, float32, shape (rows, cols)
        With mean zero.
    """
    out = np.empty(image.shape, np.float32)
    return np.subtract(image, np.mean(image, dtype=np.float64), out=out, casting="same_kind")
