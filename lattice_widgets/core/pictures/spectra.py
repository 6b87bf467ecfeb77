"""A window in, its tapered Fourier magnitude out, with axes in 1/nm. What the network sees of it is in `descriptor`."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.pictures.checks import check_image, check_pixel_size, remove_plane
from lattice_widgets.core.pictures.pixel_size import pixel_size_of
from lattice_widgets.core.pictures.tapers import Taper, taper_window


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The Fourier magnitude of a picture with its axes.

    Attributes
    ----------
    magnitude : ndarray, float32, shape (rows, cols)
        Zero frequency in the middle, at (rows // 2, cols // 2).
    row_frequency, col_frequency : ndarray, float64, shape (rows,) and (cols,)
        Spatial frequency of each row and column, in `unit`.
    unit : {"1/nm", "1/px"}
        "1/px" if the pixel size is not known.
    """

    magnitude: NDArray[np.float32]
    row_frequency: NDArray[np.float64]
    col_frequency: NDArray[np.float64]
    unit: Literal["1/nm", "1/px"]

    @property
    def steps(self) -> tuple[float, float]:
        """Frequency that a pixel spans along rows and along columns (row, col), in `unit`."""
        return (
            float(self.row_frequency[1] - self.row_frequency[0]),
            float(self.col_frequency[1] - self.col_frequency[0]),
        )

    def cropped(self, limit: float) -> "Spectrum":
        """Crop the spectrum at a frequency along both axes; zero frequency stays at (rows // 2, cols // 2).

        Both lengths become even: like that of an even spectrum, each axis begins at the most negative frequency and ends
        one step before its opposite. At least four steps on either side are kept.

        Parameters
        ----------
        limit : float
            Largest frequency [`unit`].

        Returns
        -------
        Spectrum
            With axes of even length; its magnitude is a view.
        """
        parts = []
        for axis in (self.row_frequency, self.col_frequency):
            center = len(axis) // 2
            # a limit that is a whole number of steps is not to lose one by rounding
            reach = int(min(max(limit / (axis[1] - axis[0]) + 1e-6, 4), center))
            parts.append(slice(center - reach, center + reach))
        rows, cols = parts
        return Spectrum(self.magnitude[rows, cols], self.row_frequency[rows], self.col_frequency[cols], self.unit)

    def pixel_of(self, frequencies: ArrayLike) -> NDArray[np.float64]:
        """Find where frequencies lie in `magnitude`.

        Parameters
        ----------
        frequencies : array_like, shape (n, 2)
            (row, col), in `unit`.

        Returns
        -------
        ndarray, float64, shape (n, 2)
            (row, col) [px].
        """
        center = [len(self.row_frequency) // 2, len(self.col_frequency) // 2]
        return np.asarray(frequencies, dtype=np.float64).reshape(-1, 2) / self.steps + center


def spectrum(
    image: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    taper: Taper = "hann",
    flatten: bool = True,
) -> Spectrum:
    """Compute the Fourier magnitude of a picture.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        The picture or a window of it.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; that of the picture's own coordinates if it is a DataArray.
    taper : {"none", "hann", "hamming", "tukey", "blackman"}
        How the picture fades out towards its edges.
    flatten : bool
        Whether to take the background plane away first.

    Returns
    -------
    Spectrum
        Of the shape of the picture, with zero frequency in the middle.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), the taper is unknown or the pixel size is not positive.

    Examples
    --------
    >>> rows, cols = np.mgrid[:64, :96]
    >>> lines = spectrum(np.cos(2 * np.pi * cols / 8), pixel_size=0.5)
    >>> row, col = np.unravel_index(lines.magnitude.argmax(), lines.magnitude.shape)
    >>> float(abs(lines.col_frequency[col])), float(lines.row_frequency[row]), lines.unit
    (0.25, 0.0, '1/nm')
    """
    array = check_image(image)
    # at the picture's own precision: heights of a nanometer on an offset of a millimeter are lost in float32
    array = array.astype(np.result_type(array.dtype, np.float32))
    check_pixel_size(pixel_size)
    rows, cols = array.shape
    if flatten:
        array = remove_plane(array)
    array = array * taper_window(rows, taper)[:, None] * taper_window(cols, taper)
    magnitude = np.abs(scipy.fft.fftshift(scipy.fft.fft2(array)))
    known = pixel_size if pixel_size is not None else pixel_size_of(image)
    row, col = known if isinstance(known, tuple) else (known or 1.0, known or 1.0)
    return Spectrum(
        magnitude.astype(np.float32),
        scipy.fft.fftshift(scipy.fft.fftfreq(rows, row)),
        scipy.fft.fftshift(scipy.fft.fftfreq(cols, col)),
        "1/nm" if known else "1/px",
    )
