"""The background of a power spectrum: what each frequency would hold without a lattice.

It is the level of its ring (thermal and shot noise, amorphous matter), or that of its own column or row of frequencies if that
is higher (line noise, jitter and frames light up whole streaks). Levels are harmonic means or medians of the power, which spots
hardly move.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from lattice_widgets.core.pictures.half_plane import Rings, ring_numbers, ring_places


class Frequencies(NamedTuple):
    """The independent frequencies of a half plane, shape (rows, cols // 2 + 1), row frequencies in the order of the FFT.

    Attributes
    ----------
    ring : ndarray, uint16
        The ring whose middle lies just inside each frequency.
    fraction : ndarray, float32
        How far it lies on the way to the middle of the next ring, 0 to 1.
    rings : Rings
        The frequencies by rings.
    seen : ndarray, bool
        Whether it is neither too slow nor too near the Nyquist frequency to be judged.
    """

    ring: NDArray[np.uint16]
    fraction: NDArray[np.float32]
    rings: Rings
    seen: NDArray[np.bool_]


def background_of(spectrum: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Estimate what each frequency of a power spectrum would hold without a lattice.

    Parameters
    ----------
    spectrum : ndarray, float32, shape (rows, cols // 2 + 1)
        Power at the independent frequencies, rows in the order of the FFT.
    shape : tuple of int
        Rows and columns of the picture.

    Returns
    -------
    ndarray, float32, shape (rows, cols // 2 + 1)
        Mean power of the background.
    """
    rows, cols = shape
    plane = frequencies_of(rows, cols)
    tiny = np.float32(1e-9) * spectrum[plane.seen].max() + np.finfo(np.float32).tiny
    power = spectrum + tiny
    # for noise the power is exponential: the mean of power**-0.5 is sqrt(pi / mean power)
    inverse = np.sqrt(power)
    np.reciprocal(inverse, out=inverse)
    level = np.pi * plane.rings.harmonic_squares(inverse.ravel())
    del inverse
    # in a picture of few cells broad spots fill the inner rings: take the level from just outside where that is lower
    inner = slice(0, min(5, len(level) - 1))
    level[inner] = np.minimum(level, np.append(level[1:], level[-1]))[inner]
    log = np.log(level).astype(np.float32)
    # between the middles of two rings
    ring = np.append(np.diff(log), np.float32(0))[plane.ring]
    ring *= plane.fraction
    ring += log[plane.ring]
    np.exp(ring, out=ring)
    # jitter and line noise light up whole columns (or rows) at all frequencies along them; the median of exponential
    # noise is log(2) of its mean, and only what is clearly more than the ring's counts
    median = [np.median(power, axis=axis, keepdims=True) / np.float32(np.log(2)) for axis in (0, 1)]
    level = np.maximum(ring, median[0])
    np.maximum(level, median[1], out=level)
    # on the axes themselves the streaks of scan lines and frames change with frequency: follow them
    for axis, near in ((0, [0, 1]), (1, [0, 1, rows - 1])):
        here = power[:, near] if axis == 0 else power[near].T
        size = max(15, shape[axis] // 8)
        edge = "wrap" if axis == 0 else "mirror"
        running = median_filter(here, size=(size, 1), mode=edge) / np.float32(np.log(2))
        if axis == 0:
            level[:, near] = np.where(running > 1.5 * ring[:, near], running, ring[:, near])
        else:
            level[near] = np.where(1.5 * ring[near] < running.T, running.T, level[near])
    return level


@lru_cache(maxsize=16)
def frequencies_of(rows: int, cols: int) -> Frequencies:
    """Sort the independent frequencies of a picture by rings, and say which of them can be judged.

    Parameters
    ----------
    rows, cols : int
        Size of the picture [px].

    Returns
    -------
    Frequencies
        Kept for the sizes that were asked for last.
    """
    down, right = scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols)
    seen = (np.hypot(down * rows, right * cols) >= 1.8) & (np.abs(down) < 0.49) & (right < 0.49)
    place = ring_places(np.hypot(down, right), (rows, cols))
    rings = Rings.of(ring_numbers(place, (rows, cols)))
    place = np.clip(place - 0.5, 0, len(rings.counts) - 1)
    ring = place.astype(np.uint16)
    fraction = (place - ring).astype(np.float32)
    del place
    return Frequencies(ring, fraction, rings, seen)
