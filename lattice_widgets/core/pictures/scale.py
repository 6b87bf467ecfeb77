"""The power spectrum of a picture, the frequency of its strong spots, and the streaks of the scan that would hide them."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.pictures.checks import remove_plane
from lattice_widgets.core.pictures.half_plane import Rings, ring_numbers, ring_places
from lattice_widgets.core.pictures.tapers import Taper, taper_window

#: a line is a streak when its median is so many times the (low) mean of the rings ...
_STREAK = 4.0
#: ... and a spot on it must be so many times its median: of speckle, one in 4000 is
_SPOT = 12.0


def power_spectrum(images: NDArray, taper: Taper = "hann") -> NDArray[np.float32]:
    """Compute the power spectra of a stack of pictures, less their background planes.

    Parameters
    ----------
    images : ndarray, shape (n, rows, cols)
        Pictures of finite numbers.
    taper : str
        How the pictures fade out.

    Returns
    -------
    ndarray, float32, shape (n, rows, cols // 2 + 1)
        Rows from the most negative to the most positive frequency (as after `fftshift`), columns from 0.
    """
    rows, cols = images.shape[-2:]
    # mean away and to a range near 1 in the picture's own precision: float32 has no room for a small contrast on a large
    # offset, nor for the squares of very large or small numbers
    images = images.astype(np.result_type(images.dtype, np.float32))
    images = images - images.mean(axis=(-2, -1), keepdims=True)
    largest = np.abs(images).max(axis=(-2, -1), keepdims=True)
    images = np.divide(images, largest, out=np.zeros_like(images), where=largest > 0).astype(np.float32)
    images = remove_plane(images) * taper_window(rows, taper)[:, None] * taper_window(cols, taper)
    transform = scipy.fft.rfft2(images)
    power = transform.real**2 + transform.imag**2
    return scipy.fft.fftshift(power, axes=-2)


def find_scale(power: NDArray[np.float32], cols: int, floor: float = 1e-3) -> NDArray[np.float64]:
    """Find the mean radius of the strong spots of each power spectrum.

    Each frequency is judged by its power over that of its ring, less the streaks that scan lines and picture frames leave on
    the two axes; the (geometric) mean radius is taken over all that reaches a quarter of the best.

    Parameters
    ----------
    power : ndarray, float32, shape (n, rows, cols // 2 + 1)
        As from `power_spectrum`.
    cols : int
        Columns of the pictures.
    floor : float
        Powers below this fraction of the strongest carry no weight.

    Returns
    -------
    ndarray, float64, shape (n,)
        Spatial frequency [1/px].
    """
    plane = _plane(power.shape[1], cols)
    level = _ring_levels(power, plane)
    # in a picture of few cells broad spots fill their rings: take the level from just outside where that is lower
    for ring in range(level.shape[1] - 2):
        level[:, ring] = level[:, ring : ring + 3].min(axis=1)
    background = level[:, plane.ring]
    contrast = power / (background + floor * np.where(plane.seen, power, 0).max(axis=(1, 2), keepdims=True))
    # scan-line noise and picture frames light up the axes at all frequencies: judge them by their outer, spotless part
    for line in plane.axes:
        there = (slice(None), *line)
        streak = np.median((power[there] / background[there])[:, plane.radius[line] > 0.2], axis=1)
        contrast[there] /= np.maximum(2 * streak, 1)[:, None]
    contrast[:, ~plane.seen] = 0
    best = contrast.max(axis=(1, 2), keepdims=True)
    weight = np.where(contrast >= 0.25 * best, contrast, 0)
    weight[:, :, 0] /= 2  # the other columns stand for their mirror images too
    weighted = (weight * plane.log_radius).sum(axis=(1, 2), dtype=np.float64)
    total = weight.sum(axis=(1, 2), dtype=np.float64)
    # a spectrum without any power (a blank window of a larger picture) has no scale: any will do
    return np.exp(np.divide(weighted, total, out=np.full(len(power), np.log(0.25)), where=total > 0))


def remove_streaks(power: NDArray[np.float32], cols: int) -> NDArray[np.float32]:
    """Take off the streaks that uneven scan lines and picture frames leave on the two axes of power spectra.

    A line is a streak when its outer, spotless half is well above the rings that it crosses; its level is then a running
    median. What does not stand out of that far enough to be a spot is put down to the level of its ring. A spectrum
    without streaks is returned as it is.

    Parameters
    ----------
    power : ndarray, float32, shape (n, rows, cols // 2 + 1)
        As from `power_spectrum`.
    cols : int
        Columns of the pictures.

    Returns
    -------
    ndarray, float32, shape (n, rows, cols // 2 + 1)
        A copy.
    """
    plane = _plane(power.shape[1], cols)
    level = _ring_levels(power, plane)[:, plane.ring]
    power = power.copy()
    for line in plane.axes:
        there = (slice(None), *line)
        ratio = power[there] / level[there]
        outer = np.median(ratio[:, plane.radius[line] > 0.2], axis=1)
        for number in np.flatnonzero(outer > _STREAK):
            values, ring = power[there][number], level[there][number]
            streak = np.maximum(scipy.ndimage.median_filter(ratio[number], 15, mode="nearest"), outer[number])
            power[(number, *line)] = np.where(values > _SPOT * streak * ring, values, np.minimum(values, ring))
    return power


class _Plane(NamedTuple):
    """The geometry of a half plane of frequencies, shape (rows, cols // 2 + 1)."""

    radius: NDArray[np.float32]
    log_radius: NDArray[np.float32]
    seen: NDArray[np.bool_]
    ring: NDArray[np.uint16]
    rings: Rings
    axes: tuple[tuple[slice | int, slice | int], ...]


@lru_cache(maxsize=256)
def _plane(rows: int, cols: int) -> _Plane:
    radius = np.hypot(scipy.fft.fftshift(scipy.fft.fftfreq(rows))[:, None], scipy.fft.rfftfreq(cols)).astype(np.float32)
    seen = (radius >= 1.8 / min(rows, cols)) & (radius <= 0.5)
    ring = ring_numbers(ring_places(radius, (rows, cols)), (rows, cols))
    center, every = rows // 2, slice(None)
    axes = ((every, 0), (every, 1), (center, every), (center - 1, every), (center + 1, every))
    return _Plane(radius, np.log(np.where(seen, radius, 1)), seen, ring, Rings.of(ring), axes)


def _ring_levels(power: NDArray[np.float32], plane: _Plane) -> NDArray[np.float32]:
    """Return the (harmonic) mean power of each ring, which spots hardly move, shape (n, rings)."""
    tiny = 1e-12 * power.max(axis=(1, 2), keepdims=True) + np.finfo(np.float32).tiny
    inverse = (1 / np.sqrt(power + tiny)).reshape(len(power), -1)
    return plane.rings.harmonic_squares(inverse).astype(np.float32)
