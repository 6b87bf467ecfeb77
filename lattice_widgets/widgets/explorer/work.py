"""What the explorer asks of the core, in order: open a picture, look at a window, measure it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.pictures.checks import MIN_SIZE, check_image
from lattice_widgets.core.pictures.content.scanned import Box, scanned_box
from lattice_widgets.core.pictures.descriptor import interesting_frequency
from lattice_widgets.core.pictures.drift_corrected import correct_image
from lattice_widgets.core.pictures.fringes import fringes
from lattice_widgets.core.pictures.picture import Picture
from lattice_widgets.core.pictures.reduction import reduce_picture, reduce_spectrum
from lattice_widgets.core.pictures.spectra import Spectrum, spectrum
from lattice_widgets.core.pictures.tapers import Taper
from lattice_widgets.core.pictures.windows import take_window
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import _
from lattice_widgets.widgets.opening.sources import load_source

Window = tuple[int, int, int, int]

#: types that the drift surgeon can presume, the ones that fix both of its numbers first
PRESUMED = ("hexagonal", "square", "centered rectangular", "rectangular")
SCREEN = 1024  #: longest side of a picture and of a spectrum on the screen [px]
#: a longer window is transformed from a reduced picture first, so that it can be dragged
_QUICK = 512
#: signs of life between the quick answer and the full one, 30 ms apart: a hand that moves on stops them
_PAUSES = 8


@dataclass(frozen=True, eq=False)
class Opened:
    """A picture, and what is made of it once.

    Attributes
    ----------
    source : Any
        What it was asked for by, as `pixel_size_given` and `dataset`.
    frame, frames : int
        Which picture of how many.
    image : xarray.DataArray
        (row, col), as in the file.
    step : int
        Pixels of the picture, along each axis, in one of the screen.
    shown : ndarray, shape (rows // step, cols // step)
        What the screen shows.
    reduced : dict
        Factor -> the picture reduced by it, for the first answer of large windows.
    reach : float
        Frequency up to which the spectrum is interesting [1/px].
    whole : tuple of int
        The window that is the whole picture, or all of it that was scanned.
    """

    source: Any
    frame: int
    frames: int
    image: xr.DataArray
    values: NDArray
    pixel_size: float | None
    step: int
    shown: NDArray
    reduced: dict[int, NDArray]
    reach: float
    whole: Box
    pixel_size_given: PixelSizeGiven | None = None
    dataset: str | int | None = None

    def answers(self, asked: Any) -> bool:
        """Tell whether this is the picture that a request, or a widget, asks for."""
        settings = (self.frame, self.pixel_size_given, self.dataset)
        return self.source is asked.source and settings == (asked.frame, asked.pixel_size, asked.dataset)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.values.shape
        return rows, cols

    @property
    def is_complete(self) -> bool:
        """Whether all of the picture was scanned."""
        return self.whole == (0, 0, *self.shape)


@dataclass(frozen=True, eq=False)
class Request:
    """Which part of which picture to look at, and how. ``spot`` is a frequency (row, col) [1/px], or ()."""

    source: Any
    pixel_size: PixelSizeGiven | None
    dataset: str | int | None
    frame: int
    opened: Opened | None
    window: Window | tuple[()]
    taper: Taper
    frequency_range: float
    scale: float
    shear: float
    spot: tuple[float, ...]
    spot_off: bool
    spot_width: float | None


@dataclass(frozen=True, eq=False)
class WindowSpectrum:
    """The Fourier transform of the window.

    Attributes
    ----------
    request : Request
        What was asked for.
    opened : Opened
    window : tuple of int
        The window (row, col, height, width) [px]; all that was scanned if the one asked for does not fit.
    shown : Spectrum
        What the screen shows.
    image, plain : ndarray or None
        The window, corrected for drift and without the spot that is switched off; and the same with that spot. None in the
        quick answer of a large window.
    cropped : Spectrum or None
        The spectrum at its full resolution, up to the largest frequency shown.
    """

    request: Request
    opened: Opened
    window: Window
    shown: Spectrum
    image: NDArray | None = None
    plain: NDArray | None = None
    cropped: Spectrum | None = None

    @property
    def scanned(self) -> tuple[int, ...] | None:
        """Rows and columns of the window as it was scanned, before its pixels were made square; None if it was corrected."""
        if self.request.scale or self.request.shear:
            return None
        sides = self.opened.image.attrs.get("resampled_from", (1.0, 1.0))
        return tuple(round(length * min(sides) / side) for length, side in zip(self.window[2:], sides, strict=True))


class Pause:
    """Nothing new: a place where a newer request can take over."""


def open_picture(
    source: Any, frame: int, pixel_size: PixelSizeGiven | None = None, dataset: str | int | None = None
) -> Opened:
    """Return a picture by name, path or array.

    Raises
    ------
    ValueError, OSError
        If it cannot be read, or is no picture; in one sentence.
    """
    stack = load_source(source, pixel_size, dataset)
    frames = 1 if stack.ndim == 2 else len(stack)
    picture = Picture.of(stack, frame)
    image, values = stack if stack.ndim == 2 else stack[frame], picture.values
    longest = max(values.shape)
    reduced: dict[int, NDArray] = {}
    factor = 2
    while longest / factor > _QUICK / 2 and min(values.shape) // factor >= 16:
        reduced[factor] = reduce_picture(reduced.get(factor // 2, values), 2)
        factor *= 2
    step = -(-longest // SCREEN)
    shown, reach = reduce_picture(values, step), interesting_frequency(values)
    known = (picture.pixel_size, step, shown, reduced, reach, picture.scanned, pixel_size, dataset)
    return Opened(source, frame, frames, image, values, *known)


def look(request: Request) -> Iterator[Opened | WindowSpectrum | Pause]:
    """Yield the picture if it is new, then the spectrum of the window; of a large window a quick one first."""
    opened = request.opened
    if opened is None or not opened.answers(request):
        opened = open_picture(request.source, request.frame, request.pixel_size, request.dataset)
        yield opened
    window = request.window or opened.whole
    rows, cols = opened.shape
    if window[0] + window[2] > rows or window[1] + window[3] > cols:
        window = opened.whole
    limit = request.frequency_range or opened.reach / (opened.pixel_size or 1.0)
    factor = 1
    # a block of a reduced picture may reach over the edge of what was scanned
    while opened.is_complete and max(window[2:]) / factor > _QUICK and 2 * factor in opened.reduced:
        factor *= 2
    if factor > 1:
        small = tuple(length // factor for length in window)
        quick = _seen_through(take_window(opened.reduced[factor], *small), request, factor)[0]
        size = (opened.pixel_size or 1.0) * factor
        found = replace(spectrum(quick, size, request.taper), unit="1/nm" if opened.pixel_size else "1/px")
        yield WindowSpectrum(request, opened, window, reduce_spectrum(found, limit, SCREEN))
        for _pause in range(_PAUSES):
            yield Pause()
    image, plain = _seen_through(take_window(opened.values, *window), request, 1)
    full = spectrum(image, opened.pixel_size, request.taper)
    shown = reduce_spectrum(full, limit, SCREEN if factor > 1 else max(image.shape))
    yield WindowSpectrum(request, opened, window, shown, image, plain, full.cropped(limit))


def scanned_part(values: NDArray, window: Window) -> Window | None:
    """Return the part of a window that was scanned; None if that is all of it, or too little."""
    top, left, height, width = window
    found = scanned_box(values[top : top + height, left : left + width])
    if found is None or min(found[2:]) < MIN_SIZE or found[2:] == (height, width):
        return None
    return top + found[0], left + found[1], found[2], found[3]


def _seen_through(part: NDArray, request: Request, factor: int) -> tuple[NDArray, NDArray]:
    """Return a window as it is looked at, and the same before a spot is switched off."""
    if part.dtype.kind == "f" and not np.isfinite(part).all():
        if scanned_part(part, (0, 0, *part.shape)) is not None:
            raise ValueError(_('Part of this window was not scanned: "crop" takes the rest of it.'))
        raise ValueError(_('Part of this window was not scanned: "whole picture" takes all that was.'))
    plain = correct_image(check_image(part, "window"), request.scale, request.shear)
    if not (request.spot and request.spot_off):
        return plain, plain
    spot = tuple(part * factor for part in request.spot)
    if max(map(abs, spot)) > 0.5:  # finer than the reduced picture
        return plain, plain
    width = request.spot_width * factor if request.spot_width else None
    return plain - fringes(plain, (spot[0], spot[1]), width), plain
