"""How far the sample has moved from frame to frame, for pictures that look the same after every lattice vector.

Two frames of a crystal fit onto each other at every lattice vector, and often best at a wrong one. So of all shifts that fit
well the one is taken that goes on from the frames before.
"""

from collections.abc import Iterable

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.pictures.tapers import taper_window

#: frames that say how the sample has been moving
_MEMORY = 4
#: shifts are weighed when they correlate at least so well, as a fraction of the best
_FITS = 0.5
#: a reference is kept while frames still resemble it so much, as a fraction of how much the first one after it did
_WORN = 0.5


def find_drift(frames: Iterable[NDArray], largest: float | None = None) -> NDArray[np.float64]:
    """Follow the drift of the sample from frame to frame.

    Parameters
    ----------
    frames : iterable of ndarray, each of shape (rows, cols)
        The frames in order. Only two are held at a time.
    largest : float, optional
        How far the sample can move from one frame to the next [px]; an eighth of the shorter side when not given.

    Returns
    -------
    ndarray, float64, shape (frames, 2)
        How far each frame lies off the first one, (row, col) [px].

    Raises
    ------
    ValueError
        If the frames differ in size.

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128].astype(float)
    >>> def view(shift):
    ...     return np.cos((rows - shift) * 0.8) + np.cos((cols - 2 * shift) * 0.7)
    >>> find_drift([view(n) for n in range(10)])[-1].round().tolist()
    [9.0, 18.0]
    """
    path: list[NDArray[np.float64]] = []
    reference: NDArray[np.complex64] | None = None
    shape: tuple[int, ...] = ()
    origin, usual = np.zeros(2), 0.0
    before: NDArray[np.complex64] | None = None
    for frame in frames:
        transform = _transform(frame)
        if reference is None or before is None:
            reference, shape = transform, frame.shape
            path.append(np.zeros(2))
            before = transform
            continue
        if frame.shape != shape:
            raise ValueError("All frames of a movie must have the same size.")
        reach = min(shape) / 8 if largest is None else largest
        steps = np.diff(np.array(path[-_MEMORY - 1 :]), axis=0)
        expected = np.median(steps, axis=0) if len(steps) else np.zeros(2)
        step = _best_shift(_correlation(before, transform, shape), expected, reach)[0]
        place = path[-1] + step
        # errors of single steps add up; those against one frame do not
        correlation = _correlation(reference, transform, shape)
        refined, height = _climb(correlation, place - origin)
        close = np.hypot(*(refined - (place - origin))) < 2
        if close and height >= _WORN * usual:
            place = origin + refined
            usual = max(usual, height)
        else:
            reference, origin, usual = transform, place, 0.0
        path.append(place)
        before = transform
    return np.array(path).reshape(-1, 2)


def shifted(frame: NDArray, shift: tuple[float, float] | NDArray[np.float64]) -> NDArray[np.float32]:
    """Move a frame back by its drift; what is not known at the rim repeats the rim.

    Parameters
    ----------
    frame : ndarray, shape (rows, cols)
        The picture.
    shift : tuple of float
        (row, col) from `find_drift` [px].

    Returns
    -------
    ndarray, float32, shape (rows, cols)
        The frame, as if the sample had not moved.
    """
    back = [-float(s) for s in shift]
    return scipy.ndimage.shift(np.asarray(frame, dtype=np.float32), back, order=1, mode="nearest")


def _transform(frame: NDArray) -> NDArray[np.complex64]:
    """Return the spectrum of the frame without its slow waves, faded out at the rim."""
    values = np.asarray(frame, dtype=np.float32)
    values = values - values.mean()
    rows, cols = values.shape
    values = values * taper_window(rows, "tukey")[:, None] * taper_window(cols, "tukey")
    return scipy.fft.rfft2(values)


def _correlation(first: NDArray, second: NDArray, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return how well the second frame fits when moved back, no shift in the middle; 1 for equal frames."""
    both = np.conj(first) * second
    scale = np.sqrt(float((np.abs(first) ** 2).sum()) * float((np.abs(second) ** 2).sum())) or 1.0
    # between a plain correlation and one of phases alone: sharp enough to see single defects, not ruled by noise
    both = both / np.sqrt(np.abs(both) + 1e-6 * scale / both.size)
    surface = scipy.fft.fftshift(scipy.fft.irfft2(both, s=shape))
    return surface / max(float(np.abs(surface).max()), 1e-30) * float(np.abs(both).sum() / both.size)


def _best_shift(surface: NDArray, expected: NDArray[np.float64], reach: float) -> tuple[NDArray[np.float64], float]:
    """Return the shift of a good peak that is nearest to the expected one, and its height."""
    middle = np.array(surface.shape) // 2
    rows, cols = (np.arange(n) - m for n, m in zip(surface.shape, middle, strict=True))
    near = np.hypot(rows[:, None] - expected[0], cols - expected[1]) <= reach
    best = float(surface[near].max()) if near.any() else 0.0
    peaks = near & (surface >= _FITS * best) & (surface == scipy.ndimage.maximum_filter(surface, 3))
    places = np.argwhere(peaks) - middle
    if not len(places) or best <= 0:
        return expected, 0.0
    chosen = places[np.hypot(*(places - expected).T).argmin()].astype(float)
    return _climb(surface, chosen)


def _climb(surface: NDArray, start: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return the peak next to a shift to a fraction of a pixel, and its height."""
    middle = np.array(surface.shape) // 2
    limit = np.array(surface.shape) - 2
    place = np.clip(np.round(start).astype(int) + middle, 1, limit)
    for _ in range(4):
        around = surface[place[0] - 1 : place[0] + 2, place[1] - 1 : place[1] + 2]
        step = np.array(np.unravel_index(int(around.argmax()), (3, 3))) - 1
        if not step.any():
            break
        place = np.clip(place + step, 1, limit)
    around = surface[place[0] - 1 : place[0] + 2, place[1] - 1 : place[1] + 2]
    offsets = []
    for line in (around[:, 1], around[1]):
        curvature = line[0] - 2 * line[1] + line[2]
        offsets.append(float(np.clip((line[0] - line[2]) / (2 * curvature), -0.5, 0.5)) if curvature < 0 else 0.0)
    return place - middle + np.array(offsets), float(around[1, 1])
