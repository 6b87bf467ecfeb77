"""A picture in, its tapered power spectrum with the background of each frequency out, and what spots ask of it."""

from copy import copy

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.geometry.background import background_of, frequencies_of
from lattice_widgets.core.pictures.checks import centered, remove_plane
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.tapers import taper_window

#: a picture longer than this along an axis has frequencies enough and is not padded there [px]
_PADDED_UP_TO = 1024
#: what interpolation between frequencies adds to the error of a position [1/length of the picture]
_INTERPOLATION_ERROR = 0.004


class PowerMap:
    """The power spectrum of one picture with its background, and what can be asked of it.

    Frequencies are in "bins" here: (row, col) periods per length of the picture, so that a spot is as wide along rows as
    along columns whatever the shape of the picture.
    """

    def __init__(self, image: NDArray, keep_all: bool = False, scanned: tuple[int, ...] | None = None) -> None:
        self.content = content_of(image, keep_all)  #: what the picture shows, without margins and labels
        array = centered(self.content.values)
        self.shape = array.shape
        #: frequencies so far apart are one to the pixels of the scan, (rows, cols) if not those of the image [bins]
        self.period = np.array(self.shape) * np.array(scanned or image.shape) / image.shape
        # hot pixels and single bright atoms do not belong to the lattice but light up all frequencies
        thinned = array[:: max(1, array.shape[0] // 128), :: max(1, array.shape[1] // 128)]
        low, high = (float(level) for level in np.percentile(thinned, [0.3, 99.7]))
        if high > low:
            np.clip(array, low - 0.75 * (high - low), high + 0.75 * (high - low), out=array)
        self.gain = max(float(array.max()), -float(array.min()))
        array /= self.gain
        array = remove_plane(array)
        #: the picture less a plane, scaled to 1; without margins
        self.flattened = array
        tapers = [taper_window(n).astype(np.float64) for n in self.shape]
        tapered = array * tapers[0][:, None].astype(np.float32)
        tapered *= tapers[1].astype(np.float32)
        #: points of the padded grid per bin, along rows and columns
        self.pad = np.array([2 if n <= _PADDED_UP_TO else 1 for n in self.shape])
        transform = scipy.fft.rfft2(tapered, s=tuple(self.pad * self.shape))
        del tapered
        self._power = transform.real**2
        self._power += transform.imag**2
        del transform
        self.power = self._power[:: self.pad[0], :: self.pad[1]]  #: power at the independent frequencies
        if self.pad[1] == 2:
            self.power = np.ascontiguousarray(self.power[:, : self.shape[1] // 2 + 1])
        self._area = float(tapers[0].sum() * tapers[1].sum())
        #: standard error of a position [bins] along each axis times the square root of twice the signal to noise
        self.width = np.array([_frequency_width(taper) for taper in tapers])
        self.background = background_of(self.power, self.shape)

    def noise_at(self, bins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Look up the mean power of the background.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            (row, col) frequencies [bins].

        Returns
        -------
        ndarray, float64, shape (n,)
            Power.
        """
        row, col = self._half_plane(bins)
        row, col = np.round([row, col]).astype(int)
        level = self.background[row % self.background.shape[0], np.minimum(col, self.background.shape[1] - 1)]
        return level.astype(np.float64)

    def power_at(self, index_row: NDArray[np.int64], index_col: NDArray[np.int64]) -> NDArray[np.float64]:
        """Look up the power at points of the padded grid.

        Parameters
        ----------
        index_row, index_col : ndarray of int
            Rows and columns; they may be negative or beyond the last.

        Returns
        -------
        ndarray, float64
            Power, of the shape of the indices.
        """
        rows, whole = self.pad * self.shape
        index_col = (index_col + whole // 2) % whole - whole // 2
        flip = index_col < 0
        index_row = np.where(flip, -index_row, index_row) % rows
        return self._power[index_row, np.minimum(np.abs(index_col), self._power.shape[1] - 1)].astype(np.float64)

    def climb(self, bins: NDArray[np.float64], reach: float = 1.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Climb to the nearest maxima of the power.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            Frequencies to start from [bins].
        reach : float
            How far a maximum may lie from its start [bins].

        Returns
        -------
        found : ndarray, float64, shape (n, 2)
            Frequencies of the maxima [bins]; NaN if there are none within `reach`.
        top : ndarray, float64, shape (n,)
            Their powers.
        """
        here = np.round(np.asarray(bins) * self.pad).astype(np.int64)
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
        found = (here + shift) / self.pad
        lost = (power.argmax(axis=1) != 4) | (np.hypot(*(found - bins).T) > reach + 0.5)
        return np.where(lost[:, None], np.nan, found), np.where(lost, np.nan, top)

    def prominence(self, bins: NDArray[np.float64], top: NDArray[np.float64]) -> NDArray[np.float64]:
        """Measure how far maxima stand above the ridge that they may lie on.

        Along each of eight directions the deepest point up to 4 bins away is looked up. A spot falls off on at least one
        side of each direction; a point of a streak does not along the streak.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            Frequencies of the maxima [bins].
        top : ndarray, shape (n,)
            Their powers.

        Returns
        -------
        ndarray, float64, shape (n,)
            Ratio of powers.
        """
        angles = np.pi * np.arange(16) / 8
        steps = np.arange(1.5, 4.01, 0.5)
        points = bins[:, None, None] + steps[:, None] * np.stack([np.sin(angles), np.cos(angles)], axis=1)[:, None]
        index = np.round(points * self.pad).astype(np.int64)
        deepest = self.power_at(index[..., 0], index[..., 1]).min(axis=2)
        saddle = np.minimum(deepest[:, :8], deepest[:, 8:]).max(axis=1)
        return top / np.maximum(saddle, np.finfo(float).tiny)

    def position_error(self, bins: NDArray[np.float64], top: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimate the standard errors of the positions of maxima.

        By the noise of the ring or by that next to the spot, where displaced and missing atoms leave more.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            Frequencies of the maxima [bins].
        top : ndarray, shape (n,)
            Their powers.

        Returns
        -------
        ndarray, float64, shape (n, 2)
            Along rows and columns [bins].
        """
        noise = np.maximum(self.noise_at(bins), self.noise_beside(bins))
        return np.hypot(np.sqrt(0.5 * noise / np.maximum(top, 1e-300))[:, None] * self.width, _INTERPOLATION_ERROR)

    def noise_beside(self, bins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimate the mean power of the noise next to frequencies, from the median of some fifty around each.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            (row, col) frequencies [bins].

        Returns
        -------
        ndarray, float64, shape (n,)
            Power.
        """
        reach = np.arange(-4, 5)
        around = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
        around = around[(np.hypot(*around.T) > 2.4) & (np.hypot(*around.T) < 4.3)]
        index = (np.round(bins)[:, None] + around).astype(np.int64) * self.pad
        return np.median(self.power_at(*index.transpose(2, 0, 1)), axis=1) / np.log(2)

    def amplitude(self, power: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert the powers of spots to the amplitudes of the density waves behind them.

        Parameters
        ----------
        power : ndarray, shape (n,)
            Power of each spot.

        Returns
        -------
        ndarray, float64, shape (n,)
            In the unit of the picture.
        """
        return 2 * np.sqrt(power) / self._area * self.gain

    def leakage(
        self, bins: NDArray[np.float64], sources: NDArray[np.float64], power: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Bound the power that tapered spots may leak to other frequencies.

        Parameters
        ----------
        bins : ndarray, shape (n, 2)
            Frequencies [bins].
        sources : ndarray, shape (m, 2)
            The spots [bins].
        power : ndarray, shape (m,)
            Their powers.

        Returns
        -------
        ndarray, float64, shape (n,)
            The largest power that any of them may leak there.
        """
        both = np.concatenate([sources, -sources])
        x = np.abs(bins[:, None] - both)
        # side lobes of the Hann taper fall off with the third power of the distance in bins
        lobe = np.where(x < 1.2, 1.0, 1 / (np.pi * np.maximum(x, 1.2) * (np.maximum(x, 1.2) ** 2 - 1)) ** 2)
        apart = np.hypot(x[..., 0], x[..., 1]) > 1.2
        return (np.minimum(lobe, 1).prod(axis=2) * np.concatenate([power, power]) * apart).max(axis=1, initial=0)

    def without(self, bins: NDArray[np.float64]) -> "PowerMap":
        """Copy the map, with no more than the background near frequencies (n, 2) [bins]."""
        other = copy(self)
        other._power = self._power.copy()
        around = np.stack(np.meshgrid(*[np.arange(-2 * n - 1, 2 * n + 2) for n in self.pad], indexing="ij"), axis=-1)
        bins = np.concatenate([bins, -bins])  # those in the first columns have their mirror images there too
        place = np.round(bins * self.pad).astype(int)[:, None] + around.reshape(-1, 2)
        level = np.repeat(self.noise_at(bins), place.shape[1])
        row, col = place.reshape(-1, 2).T
        there = (col >= 0) & (col < self._power.shape[1])
        other._power[row[there] % len(self._power), col[there]] = level[there]
        return other

    @staticmethod
    def _half_plane(bins: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        sign = np.where(bins[:, 1] < 0, -1.0, 1.0)
        return bins[:, 0] * sign, bins[:, 1] * sign

    def candidates(self, min_snr: float) -> NDArray[np.float64]:
        """List the independent frequencies that are local maxima above the background.

        Parameters
        ----------
        min_snr : float
            Smallest ratio of a spot's power to that of the background.

        Returns
        -------
        ndarray, float64, shape (n, 2)
            (row, col) [bins].
        """
        rows, cols = self.shape
        # a spot between four frequencies shows half its power at each of them
        above = (self.power > 0.5 * min_snr * self.background) & frequencies_of(rows, cols).seen
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
