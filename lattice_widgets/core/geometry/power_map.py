"""A picture in, its tapered power spectrum with the background of each frequency out, and what spots ask of it.

The background is what a frequency would hold without a lattice: the level of its ring (thermal and shot noise, amorphous
matter), or that of its own column or row of frequencies where that is higher (line noise, jitter and frames light up whole
streaks). Levels are harmonic means or medians of the power, which spots hardly move.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from lattice_widgets.core.pictures.checks import centered, remove_plane
from lattice_widgets.core.pictures.half_plane import Rings, ring_numbers, ring_places
from lattice_widgets.core.pictures.tapers import taper_window

#: a picture longer than this along an axis has frequencies enough and is not padded there [px]
_PADDED_UP_TO = 1024
#: what interpolation between frequencies adds to the error of a position [1/length of the picture]
_INTERPOLATION_ERROR = 0.004


class _Geometry(NamedTuple):
    """The independent frequencies of a half plane, shape (rows, cols // 2 + 1), row frequencies in the order of the FFT."""

    ring: NDArray[np.uint16]
    fraction: NDArray[np.float32]
    rings: Rings
    seen: NDArray[np.bool_]


class PowerMap:
    """The power spectrum of one picture with its background, and what can be asked of it.

    Frequencies are in "bins" here: (row, col) periods per length of the picture, so that a spot is as wide along rows as
    along columns whatever the shape of the picture.
    """

    def __init__(self, image: NDArray) -> None:
        array = centered(_without_frame(image))
        self.shape = array.shape
        # hot pixels, scale bars and single bright atoms are no part of the lattice but light up all frequencies
        thinned = array[:: max(1, array.shape[0] // 128), :: max(1, array.shape[1] // 128)]
        low, high = (float(level) for level in np.percentile(thinned, [0.3, 99.7]))
        if high > low:
            np.clip(array, low - 0.75 * (high - low), high + 0.75 * (high - low), out=array)
        self.gain = max(float(array.max()), -float(array.min()))
        array /= self.gain
        array = remove_plane(array)
        #: the picture less a plane, scaled to 1; without its frame
        self.flattened = array
        tapers = [taper_window(n).astype(np.float64) for n in self.shape]
        tapered = array * tapers[0][:, None].astype(np.float32)
        tapered *= tapers[1].astype(np.float32)
        self._pad = np.array([2 if n <= _PADDED_UP_TO else 1 for n in self.shape])
        transform = scipy.fft.rfft2(tapered, s=tuple(self._pad * self.shape))
        del tapered
        self._power = transform.real**2
        self._power += transform.imag**2
        del transform
        #: power at the independent frequencies
        self.power = self._power[:: self._pad[0], :: self._pad[1]]
        if self._pad[1] == 2:
            self.power = np.ascontiguousarray(self.power[:, : self.shape[1] // 2 + 1])
        self._area = float(tapers[0].sum() * tapers[1].sum())
        #: standard error of a position [bins] along each axis times the square root of twice the signal to noise
        self.width = np.array([_frequency_width(taper) for taper in tapers])
        self.background = self._background()

    def _background(self) -> NDArray[np.float32]:
        rows, cols = self.shape
        plane = _geometry(rows, cols)
        tiny = np.float32(1e-9) * self.power[plane.seen].max() + np.finfo(np.float32).tiny
        power = self.power + tiny
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
            size = max(15, self.shape[axis] // 8)
            edge = "wrap" if axis == 0 else "mirror"
            running = median_filter(here, size=(size, 1), mode=edge) / np.float32(np.log(2))
            if axis == 0:
                level[:, near] = np.where(running > 1.5 * ring[:, near], running, ring[:, near])
            else:
                level[near] = np.where(1.5 * ring[near] < running.T, running.T, level[near])
        return level

    def noise_at(self, bins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean power of the background at frequencies (n, 2) in bins."""
        row, col = self._half_plane(bins)
        index = np.round([row, col]).astype(int)
        return self.background[
            index[0] % self.background.shape[0], np.minimum(index[1], self.background.shape[1] - 1)
        ].astype(np.float64)

    def power_at(self, index_row: NDArray[np.int64], index_col: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the power at points of the padded grid; columns may be negative or beyond the last."""
        rows, whole = self._pad * self.shape
        index_col = (index_col + whole // 2) % whole - whole // 2
        flip = index_col < 0
        index_row = np.where(flip, -index_row, index_row) % rows
        return self._power[index_row, np.minimum(np.abs(index_col), self._power.shape[1] - 1)].astype(np.float64)

    def climb(self, bins: NDArray[np.float64], reach: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the nearest maxima, in bins (n, 2), and their powers (n,); nan where there is none within ``reach``."""
        start = np.round(np.asarray(bins) * self._pad).astype(np.int64)
        here = start.copy()
        around = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1], indexing="ij"), axis=-1).reshape(9, 2)
        for _ in range(int(2 * reach) + 2):
            power = self.power_at(here[:, None, 0] + around[:, 0], here[:, None, 1] + around[:, 1])
            here = here + around[power.argmax(axis=1)]
        power = self.power_at(here[:, None, 0] + around[:, 0], here[:, None, 1] + around[:, 1])
        top = power[:, 4]
        log = np.log(np.maximum(power, np.finfo(float).tiny)).reshape(-1, 3, 3)
        # near its top the logarithm of a tapered spot is a parabola, also when it is stretched along any direction
        gradient = np.stack([log[:, 2, 1] - log[:, 0, 1], log[:, 1, 2] - log[:, 1, 0]], axis=1) / 2
        down = log[:, 2, 1] + log[:, 0, 1] - 2 * log[:, 1, 1]
        right = log[:, 1, 2] + log[:, 1, 0] - 2 * log[:, 1, 1]
        down, right = np.minimum(down, -1e-9), np.minimum(right, -1e-9)
        shift = np.clip(np.stack([-gradient[:, 0] / down, -gradient[:, 1] / right], axis=1), -0.5, 0.5)
        top = top * np.exp(0.5 * (gradient * shift).sum(axis=1))
        found = (here + shift) / self._pad
        lost = (power.argmax(axis=1) != 4) | (np.hypot(*(found - bins).T) > reach + 0.5)
        return np.where(lost[:, None], np.nan, found), np.where(lost, np.nan, top)

    def prominence(self, bins: NDArray[np.float64], top: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far maxima (n, 2) [bins] stand above the ridge they may lie on, as a ratio of powers.

        Along each of eight directions the deepest point up to 4 bins away is looked up. A spot falls off on at least one
        side of each direction; a point of a streak does not along the streak.
        """
        angles = np.pi * np.arange(16) / 8
        steps = np.arange(1.5, 4.01, 0.5)
        points = bins[:, None, None] + steps[:, None] * np.stack([np.sin(angles), np.cos(angles)], axis=1)[:, None]
        index = np.round(points * self._pad).astype(np.int64)
        deepest = self.power_at(index[..., 0], index[..., 1]).min(axis=2)
        saddle = np.minimum(deepest[:, :8], deepest[:, 8:]).max(axis=1)
        return top / np.maximum(saddle, np.finfo(float).tiny)

    def position_error(self, bins: NDArray[np.float64], top: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the standard errors (n, 2) [bins] of the positions of maxima (n, 2) [bins] of the given power (n,).

        By the noise of the ring or by that next to the spot, where displaced and missing atoms leave more.
        """
        noise = np.maximum(self.noise_at(bins), self.noise_beside(bins))
        return np.hypot(np.sqrt(0.5 * noise / np.maximum(top, 1e-300))[:, None] * self.width, _INTERPOLATION_ERROR)

    def noise_beside(self, bins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean power of the noise next to frequencies (n, 2) [bins], from the median of some fifty around each."""
        reach = np.arange(-4, 5)
        around = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
        around = around[(np.hypot(*around.T) > 2.4) & (np.hypot(*around.T) < 4.3)]
        index = (np.round(bins)[:, None] + around).astype(np.int64) * self._pad
        return np.median(self.power_at(index[..., 0], index[..., 1]), axis=1) / np.log(2)

    def amplitude(self, power: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the amplitudes of the density waves behind spots of the given power, in the unit of the picture."""
        return 2 * np.sqrt(power) / self._area * self.gain

    def leakage(
        self, bins: NDArray[np.float64], sources: NDArray[np.float64], power: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the largest power (n,) that the tapered spots ``sources`` (m, 2) may leak to ``bins`` (n, 2)."""
        both = np.concatenate([sources, -sources])
        x = np.abs(bins[:, None] - both)
        # side lobes of the Hann taper fall off with the third power of the distance in bins
        lobe = np.where(x < 1.2, 1.0, 1 / (np.pi * np.maximum(x, 1.2) * (np.maximum(x, 1.2) ** 2 - 1)) ** 2)
        apart = np.hypot(x[..., 0], x[..., 1]) > 1.2
        return (np.minimum(lobe, 1).prod(axis=2) * np.concatenate([power, power]) * apart).max(axis=1, initial=0)

    @staticmethod
    def _half_plane(bins: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        sign = np.where(bins[:, 1] < 0, -1.0, 1.0)
        return bins[:, 0] * sign, bins[:, 1] * sign

    def candidates(self, min_snr: float) -> NDArray[np.float64]:
        """Return the independent frequencies (n, 2) [bins] that are local maxima above the background."""
        rows, cols = self.shape
        # a spot between four frequencies shows half its power at each of them
        above = (self.power > 0.5 * min_snr * self.background) & _geometry(rows, cols).seen
        row, col = np.nonzero(above)
        if len(row) > 4000:  # a picture without any noise: everything stands out, take the strongest
            best = np.argpartition(self.power[row, col], -4000)[-4000:]
            row, col = row[best], col[best]
        here = self.power[row, col]
        keep = np.ones(len(row), dtype=bool)
        last = self.power.shape[1] - 1
        for i, j in ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)):
            column = col + j
            # beyond the first column lies the mirror image; beyond the last there is nothing of interest
            mirrored = np.where(column < 0, -(row + i), row + i) % rows
            keep &= here >= self.power[mirrored, np.minimum(np.abs(column), last)]
        row, col = row[keep], col[keep]
        return np.column_stack([np.where(row > rows // 2, row - rows, row), col]).astype(np.float64)


@lru_cache(maxsize=16)
def _geometry(rows: int, cols: int) -> _Geometry:
    down, right = scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols)
    seen = (np.hypot(down * rows, right * cols) >= 1.8) & (np.abs(down) < 0.49) & (right < 0.49)
    place = ring_places(np.hypot(down, right), (rows, cols))
    rings = Rings.of(ring_numbers(place, (rows, cols)))
    place = np.clip(place - 0.5, 0, len(rings.counts) - 1)
    ring = place.astype(np.uint16)
    fraction = (place - ring).astype(np.float32)
    del place
    return _Geometry(ring, fraction, rings, seen)


def _frequency_width(taper: NDArray[np.float64]) -> float:
    """Return the standard error of a frequency, in bins, times the square root of twice the power signal to noise.

    For a wave in white noise, found at the maximum of its tapered periodogram (Rife & Boorstyn, IEEE Trans. Inf. Theory 20, 591
    (1974), with the taper put in).
    """
    length = len(taper)
    t = np.arange(length) - (length - 1) / 2
    signal = (taper * t**2).sum() / taper.sum()
    noise = (taper**2 * t**2).sum() / (taper**2).sum()
    return float(np.sqrt(noise) / signal * length / (2 * np.pi))


def _without_frame(image: NDArray) -> NDArray:
    """Return the picture less a frame of one single value around it, which holds nothing but streaks."""
    first, last = image.flat[0], image.flat[-1]
    rows, cols = image.shape
    top, bottom, left, right = 0, rows, 0, cols
    while top < rows // 3 and (image[top] == first).all():
        top += 1
    while bottom > 2 * rows // 3 and (image[bottom - 1] == last).all():
        bottom -= 1
    while left < cols // 3 and (image[top:bottom, left] == first).all():
        left += 1
    while right > 2 * cols // 3 and (image[top:bottom, right - 1] == last).all():
        right -= 1
    inner = image[top:bottom, left:right]
    return inner if min(inner.shape) >= 16 and inner.min() < inner.max() else image
