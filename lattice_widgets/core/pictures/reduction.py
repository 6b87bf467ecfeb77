"""A large picture or spectrum in, a smaller one for the screen out. No number that is told comes from these."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from lattice_widgets.core.pictures.spectra import Spectrum


def reduce_picture(image: NDArray, factor: int) -> NDArray:
    """Average blocks of ``factor`` x ``factor`` pixels; a last block that is not whole is left out.

    Means, not single pixels: leaving pixels out would fold fine lattices into false coarse ones.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    factor : int
        1 gives the picture itself.

    Returns
    -------
    ndarray, float32, shape (rows // factor, cols // factor)
        Float64 for float64 pictures.
    """
    if factor == 1:
        return image
    rows, cols = (length // factor for length in image.shape)
    precision = np.result_type(image.dtype, np.float32)
    blocks = image[: rows * factor, : cols * factor].reshape(rows, factor, cols, factor)
    return blocks.mean(axis=(1, 3), dtype=precision)


def reduce_spectrum(spectrum: Spectrum, limit: float, longest: int) -> Spectrum:
    """Reduce a spectrum for the screen: up to a frequency, and to at most so many pixels along each axis.

    Where there are more, each pixel that is kept has the maximum of its neighborhood, so that no spot is lost. Zero frequency
    stays at (rows // 2, cols // 2).

    Parameters
    ----------
    spectrum : Spectrum
        The spectrum.
    limit : float
        Largest frequency along both axes, in its unit.
    longest : int
        [px].

    Returns
    -------
    Spectrum
        With the same unit and coarser axes.
    """
    cropped = spectrum.cropped(limit)
    rows, cols = cropped.magnitude.shape
    factors = [max(1, -(-length // longest)) for length in (rows, cols)]
    if factors == [1, 1]:
        return cropped
    parts = []
    for length, factor in zip((rows, cols), factors, strict=True):
        center = length // 2
        reach = (center // factor) * factor
        parts.append(slice(center - reach, center + reach, factor))
    return replace(
        cropped,
        magnitude=maximum_filter(cropped.magnitude, size=tuple(factors))[parts[0], parts[1]],
        row_frequency=cropped.row_frequency[parts[0]],
        col_frequency=cropped.col_frequency[parts[1]],
    )
