"""What the explorer asks of the core, in order: open a picture, look at a window, measure it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier, ClassifierError
from lattice_widgets.classifier.joint import Verdict, add_network, find_rule, judge
from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.overlay import lattice_points
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.spots import Spots, find_spots
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.descriptor import interesting_frequency
from lattice_widgets.core.pictures.drift_corrected import correct_image, correction_matrix, original_positions
from lattice_widgets.core.pictures.fringes import fringes
from lattice_widgets.core.pictures.picture import Picture
from lattice_widgets.core.pictures.radial_profile import radial_profile
from lattice_widgets.core.pictures.reduction import reduce_picture, reduce_spectrum
from lattice_widgets.core.pictures.spectra import Spectrum, spectrum
from lattice_widgets.core.pictures.tapers import Taper
from lattice_widgets.core.pictures.windows import take_window
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.files.calibration import PixelSizeGiven
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
    def whole(self) -> Window:
        """The window that is the whole picture."""
        return 0, 0, *self.shape


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
        The window (row, col, height, width) [px], which is the whole picture if the one asked for does not fit.
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


class Pause:
    """Nothing new: a place where a newer request can take over."""


@dataclass(frozen=True, eq=False)
class WindowResult:
    """What geometry and network say of a window.

    Attributes
    ----------
    spectrum : WindowSpectrum
    fit, reason : LatticeFit, Sentence
        Its lattice, or None and why there is none.
    uncorrected : Lattice or None
        Its lattice before the correction of drift.
    spots : Spots
    points : ndarray, float64, shape (n, 2)
        Lattice points (row, col) [px of the picture].
    window_points : ndarray, float64, shape (n, 2)
        The same (row, col) in the window as it is transformed [px].
    profile : tuple of ndarray
        Frequency and radial mean of the spectrum.
    fringes : ndarray or None
        What the chosen spot stands for in the window.
    classifier : Classifier or None
        The network that was asked; None while it is being loaded.
    probabilities, before : ndarray or None
        What it answers, float32, and what it answers with the spot that is switched off.
    left_out : tuple of Sentence
        What of the window was left out, such as a margin.
    verdict : Verdict or None
        What both say together; None without a network, or if no rule was learned for it.
    """

    spectrum: WindowSpectrum
    fit: LatticeFit | None
    reason: Sentence | None
    uncorrected: Lattice | None
    spots: Spots
    points: NDArray[np.float64]
    window_points: NDArray[np.float64]
    profile: tuple[NDArray[np.float64], NDArray[np.float64]]
    fringes: NDArray[np.float32] | None = None
    classifier: Classifier | None = None
    probabilities: NDArray[np.float32] | None = None
    before: NDArray[np.float32] | None = None
    left_out: tuple[Sentence, ...] = ()
    verdict: Verdict | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the network; () without one."""
        return self.classifier.classes if self.classifier is not None else ()

    @property
    def answer(self) -> tuple[float, ...]:
        """The probabilities as plain numbers; () without a network."""
        return tuple(map(float, self.probabilities)) if self.probabilities is not None else ()

    @property
    def unit(self) -> str:
        """Unit of lengths: nm, or px where no pixel size is known."""
        return "nm" if self.spectrum.opened.pixel_size else "px"


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
    known = (picture.pixel_size, step, shown, reduced, reach, pixel_size, dataset)
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
    while max(window[2:]) / factor > _QUICK and 2 * factor in opened.reduced:
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


def _seen_through(part: NDArray, request: Request, factor: int) -> tuple[NDArray, NDArray]:
    """Return a window as it is looked at, and the same before a spot is switched off."""
    plain = correct_image(check_image(part, "window"), request.scale, request.shear)
    if not (request.spot and request.spot_off):
        return plain, plain
    spot = tuple(part * factor for part in request.spot)
    if max(map(abs, spot)) > 0.5:  # finer than the reduced picture
        return plain, plain
    width = request.spot_width * factor if request.spot_width else None
    return plain - fringes(plain, (spot[0], spot[1]), width), plain


def measure(found: WindowSpectrum, classifier: Classifier | None) -> WindowResult:
    """Measure the lattice of a window by its spots, and ask the network, if there is one already."""
    image, plain, request = found.image, found.plain, found.request
    assert image is not None and plain is not None and found.cropped is not None  # noqa: PT018
    size = found.opened.pixel_size
    points, in_window, uncorrected = np.zeros((0, 2)), np.zeros((0, 2)), None
    fit: LatticeFit | None = None
    reason: Sentence | None = None
    try:
        fit = fit_lattice(image, size)
        spots, left_out = fit.spots, fit.left_out
        in_window = lattice_points(image, Lattice(fit.vectors / (size or 1.0)))
        rows, cols = image.shape
        points = original_positions(in_window, found.window[2:], (rows, cols), request.scale, request.shear)
        points += found.window[:2]
        uncorrected = fit.lattice.transformed(np.linalg.inv(correction_matrix(request.scale, request.shear)))
    except LatticeNotFound as error:
        reason, left_out = error.sentence, error.left_out
        spots = find_spots(image, size)
    asked = fringes(plain, (request.spot[0], request.spot[1]), request.spot_width) if request.spot else None
    profile = radial_profile(found.cropped)
    result = WindowResult(found, fit, reason, uncorrected, spots, points, in_window, profile, asked, left_out=left_out)
    return result if classifier is None else ask_network(result, classifier)


def ask_network(result: WindowResult, classifier: Classifier) -> WindowResult:
    """Return a result with the answers of a network; nothing is measured again."""
    image, plain = result.spectrum.image, result.spectrum.plain
    assert image is not None and plain is not None  # noqa: PT018
    before = classifier.predict(plain)[0] if image is not plain else None
    probabilities = classifier.predict(image)[0]
    try:
        verdict = judge(add_network(image, classifier, result.fit, result.reason), find_rule(classifier))
    except ClassifierError:  # no rule was learned for a network of one's own, or it makes no passes
        verdict = None
    return replace(result, classifier=classifier, probabilities=probabilities, before=before, verdict=verdict)
