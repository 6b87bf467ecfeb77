"""A spectrum in, its mean magnitude on rings of one frequency out."""

import numpy as np
from numpy.typing import NDArray

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
    ring = np.rint(radius / step).astype(np.int64).ravel()
    last = int(min(-spectrum.row_frequency[0], -spectrum.col_frequency[0]) / step + 1e-6)
    count = np.bincount(ring, minlength=last + 1)[1 : last + 1]
    total = np.bincount(ring, spectrum.magnitude.ravel().astype(np.float64), minlength=last + 1)[1 : last + 1]
    return step * np.arange(1, last + 1, dtype=np.float64), total / np.maximum(count, 1)
