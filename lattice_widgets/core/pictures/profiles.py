"""A picture or a spectrum in, its values along one line out: a straight line, or from the middle of a spectrum outward."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

from lattice_widgets.core.pictures.spectra import Spectrum


def radial_profile(spectrum: Spectrum) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average the magnitude of a spectrum over rings of equal spatial frequency, without the zero frequency.

    Parameters
    ----------
    spectrum : Spectrum
        Of any shape; its two axes may have different steps. Rings are as wide as the larger step, and reach as far as
        both axes do.

    Returns
    -------
    frequency : ndarray, float64, shape (n,)
        Middle of each ring, in ``spectrum.unit``.
    magnitude : ndarray, float64, shape (n,)
        Mean over the ring, in the unit of ``spectrum.magnitude``.

    Examples
    --------
    >>> from lattice_widgets.core.pictures.spectra import spectrum
    >>> rows, cols = np.mgrid[:96, :128]
    >>> frequency, magnitude = radial_profile(spectrum(np.cos(2 * np.pi * cols / 8)))
    >>> round(float(frequency[magnitude.argmax()]), 6)
    0.125
    """
    step = max(spectrum.steps)
    radius = np.hypot(spectrum.row_frequency[:, None], spectrum.col_frequency)
    ring = np.rint(radius / step).astype(np.intp).ravel()  # 32 bits in a browser, where bincount takes no more
    last = int(min(-spectrum.row_frequency[0], -spectrum.col_frequency[0]) / step + 1e-6)
    count = np.bincount(ring, minlength=last + 1)[1 : last + 1]
    total = np.bincount(ring, spectrum.magnitude.ravel().astype(np.float64), minlength=last + 1)[1 : last + 1]
    return step * np.arange(1, last + 1, dtype=np.float64), total / np.maximum(count, 1)


def line_profile(
    image: ArrayLike, start: Sequence[float], end: Sequence[float], width: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read the values of a picture along a straight line, between pixels by linear interpolation.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture.
    start, end : sequence of two floats
        Ends of the line, (row, col) [px]; integers are the middle of a pixel. Outside of the picture the nearest pixel counts.
    width : int, default: 1
        How many lines side by side, one pixel apart, are averaged: more of them, less noise.

    Returns
    -------
    distance : ndarray, float64, shape (n,)
        From ``start`` [px], in equal steps of at most one pixel.
    value : ndarray, float64, shape (n,)
        In the unit of the picture.

    Raises
    ------
    ValueError
        If the line has no length, or its width is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:40, :60]
    >>> distance, value = line_profile(2.0 * cols, (10, 5), (10, 25), width=3)
    >>> float(distance[-1]), value[[0, -1]].tolist()
    (20.0, [10.0, 50.0])
    """
    array = np.asarray(image, np.float64)
    ends = np.asarray([start, end], np.float64)
    along = ends[1] - ends[0]
    length = float(np.hypot(*along))
    if not np.isfinite(length) or length == 0:
        raise ValueError("A line profile needs two ends that differ.")
    if width < 1:
        raise ValueError(f"A line profile is averaged over one line or more, not {width}.")
    distance = np.linspace(0.0, length, int(np.ceil(length)) + 1)
    across = np.array([along[1], -along[0]]) / length
    offsets = (np.arange(width) - (width - 1) / 2)[:, None, None] * across
    places = ends[0] + distance[:, None] * (along / length) + offsets
    values = map_coordinates(array, np.moveaxis(places, -1, 0), order=1, mode="nearest")
    return distance, values.mean(axis=0)
