"""A picture and one spatial frequency in, the fringes of that frequency out: what a spot of the spectrum is made of."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter

from lattice_widgets.core.pictures.checks import check_image, remove_plane


def fringes(image: ArrayLike, frequency: tuple[float, float], width: float | None = None) -> NDArray[np.float32]:
    """Extract the part of a picture that makes one spot and its opposite: its fringes.

    The picture is shifted in frequency until the spot lies at zero, smoothed, and shifted back. Where the edges cut the
    smoothing off, it is a mean over what is there, so that no fringe of one edge comes in at the opposite one.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture.
    frequency : tuple of float
        (row, col) spatial frequency of the spot [1/px].
    width : float, optional
        Standard deviation of the holes [1/px]; an eighth of the frequency if not given. Narrow holes give fringes that
        do not follow the picture from place to place.

    Returns
    -------
    ndarray, float32, shape (rows, cols)
        In the unit of the picture, mean zero. ``image - fringes(...)`` is the picture with the spot switched off.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), if the frequency is zero or above half a period per pixel, or if
        the width is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> down, right = np.cos(2 * np.pi * rows / 8), 3 * np.cos(2 * np.pi * cols / 8)
    >>> left = abs(down + right - fringes(down + right, (0, 1 / 8)) - down)
    >>> bool(left[16:-16, 16:-16].max() < 0.05)
    True
    """
    array = check_image(image)
    row, col = (float(part) for part in frequency)
    size = float(np.hypot(row, col))
    if not (size > 0 and max(abs(row), abs(col)) <= 0.5):
        raise ValueError(
            f"A spot lies at a frequency above 0 and at most 0.5 /px along each axis, not at ({row}, {col})."
        )
    if width is None:
        width = size / 8
    if not width > 0:
        raise ValueError(f"The width of the holes must be positive, not {width}.")
    array = array.astype(np.result_type(array.dtype, np.float32))
    flat = remove_plane(array - array.mean()).astype(np.float32)
    rows, cols = flat.shape
    # the two factors of exp(2 pi i g . r); only one long array each
    down = np.exp(2j * np.pi * row * np.arange(rows)).astype(np.complex64)[:, None]
    right = np.exp(2j * np.pi * col * np.arange(cols)).astype(np.complex64)
    sigma = 1 / (2 * np.pi * width)
    shifted = flat * np.conj(down) * np.conj(right)
    smooth = gaussian_filter(shifted, sigma, mode="constant", truncate=3)
    edge = [gaussian_filter(np.ones(n, np.float32), sigma, mode="constant", truncate=3) for n in (rows, cols)]
    smooth /= edge[0][:, None] * edge[1]
    return (2 * (smooth * down * right).real).astype(np.float32)
