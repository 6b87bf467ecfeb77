"""How much of each place of a picture is filled with lattice: the amplitude of its spots, place by place.

A network that names the lattice of a window says "hexagonal" as long as the hexagonal part of it can be seen, and calls it
noise only when the window is all but empty: holes smaller than a window never show. But the amplitude of a spot is
proportional to the area that the lattice fills, since equal cells add up in step. Its map, with a Gaussian a few cells wide
around each place (the amplitude image of geometric phase analysis: Hytch, Snoeck & Kilaas, Ultramicroscopy 74, 131 (1998)),
tells how much of each place belongs to what the network has named, and how much is empty.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.special
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.spots import Spots, find_spots
from lattice_widgets.core.pictures.checks import centered, check_image, remove_plane
from lattice_widgets.core.pictures.scale import find_scale, power_spectrum
from lattice_widgets.core.pictures.windows import window_positions

#: standard deviation of the Gaussian around each place, in spacings of the lattice lines: at least, and at most ...
_WIDTH, _WIDEST = 1.6, 2.5
#: ... as wide as it takes for the intact lattice to stand so far above the noise (powers)
_CLEAR = 40.0
#: noise alone reaches about a tenth of this multiple of its mean power
_NOTHING = 6.0
#: this fraction of a frame may be empty
_UPPER = 0.75
#: spots are those of the lattice when they lie between these multiples of the usual frequency of its strong ones
_NEAR = (0.6, 1.7)
#: side of the parts of a large picture that tell that frequency [px]
_PART = 1024
#: at most so many spots are used, and none weaker than this fraction of the strongest amplitude
_SPOTS, _WEAKEST = 12, 0.25
#: where the amplitude is so many standard deviations below that of the intact lattice, something is missing, ...
_DEVIATIONS = 4.5
#: ... but not above the second nor below the first of these fractions of it ...
_MISSING = (0.5, 0.75)
#: ... and so it is around, as far as the Gaussian reaches (in its standard deviations)
_AROUND = 2.0


@dataclass(frozen=True, eq=False)
class Coverage:
    """How much of each place is filled with lattice.

    Attributes
    ----------
    values : ndarray, float32, shape (m, n)
        0 at places without lattice, 1 at places that are full of it; up to 1.1 beside holes. All 1 if no lattice was found.
    row, col : ndarray, float64, shapes (m,) and (n,)
        Where the values lie [px of the picture], evenly spaced, all within it.
    width : float
        Standard deviation of the Gaussian around each place [px]; 0 if no lattice was found.
    """

    values: NDArray[np.float32]
    row: NDArray[np.float64]
    col: NDArray[np.float64]
    width: float

    def cell_means(self, row_edges: NDArray[np.float64], col_edges: NDArray[np.float64]) -> NDArray[np.float64]:
        """Average over each cell of a grid.

        Parameters
        ----------
        row_edges, col_edges : ndarray
            Borders of the cells [px], rising; a picture of n pixels reaches from -0.5 to n - 0.5.

        Returns
        -------
        ndarray, float64, shape (len(row_edges) - 1, len(col_edges) - 1)
            From 0 to 1.
        """
        return self._means((row_edges[:-1], row_edges[1:]), (col_edges[:-1], col_edges[1:]))

    def window_means(
        self, row_starts: NDArray[np.int64], col_starts: NDArray[np.int64], window_size: int
    ) -> NDArray[np.float64]:
        """Average over each window of a grid.

        Parameters
        ----------
        row_starts, col_starts : ndarray
            First rows and columns of the windows [px].
        window_size : int
            Their side [px].

        Returns
        -------
        ndarray, float64, shape (len(row_starts), len(col_starts))
            From 0 to 1.
        """
        spans = [(starts - 0.5, starts - 0.5 + window_size) for starts in (row_starts, col_starts)]
        return self._means(*spans)

    def _means(self, rows: tuple[NDArray, NDArray], cols: tuple[NDArray, NDArray]) -> NDArray[np.float64]:
        down, across = _averages(self.row, *rows), _averages(self.col, *cols)
        return np.minimum(down @ self.values.astype(np.float64) @ across.T, 1.0)


def lattice_coverage(image: ArrayLike, spots: Spots | None = None) -> Coverage:
    """Measure how much of each place of a picture is filled with lattice.

    The spots of the whole picture are used: all its grains and phases, if they are large enough to show there.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        A micrograph.
    spots : Spots, optional
        Its spots in 1/px, found by `find_spots` when not given.

    Returns
    -------
    Coverage
        On a grid coarser than the picture.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`).

    Examples
    --------
    >>> rows, cols = np.mgrid[:256, :320]
    >>> sheet = np.cos(2 * np.pi * rows / 10) + np.cos(2 * np.pi * cols / 10)
    >>> hole = np.hypot(rows - 120, cols - 150) < 40
    >>> edges = np.array([-0.5, 255.5]), np.array([-0.5, 319.5])
    >>> covered = lattice_coverage(np.where(hole, 0, sheet)).cell_means(*edges)[0, 0]
    >>> round(float(1 - covered), 2), round(float(hole.mean()), 2)
    (0.06, 0.06)
    """
    array = check_image(image)
    spots = find_spots(array) if spots is None else spots
    rows, cols = array.shape
    strong = _lattice_spots(array, spots)
    if not len(strong):
        row, col = (np.linspace(0, n - 1, max(2, n // 4)) for n in (rows, cols))
        return Coverage(np.ones((len(row), len(col)), np.float32), row, col, 0.0)
    spacing = 1 / float(np.hypot(*spots.frequency[strong].T).min())
    width = _WIDTH * spacing
    flat = remove_plane(centered(array))
    power, noise, row, col = _local_power(flat, spots.frequency[strong], width)
    # most of the frame may be empty
    clear = float(np.quantile(power, _UPPER)) / max(noise, 1e-30)
    if clear < _CLEAR:
        width = min(width * np.sqrt(_CLEAR / max(clear, 1e-3)), _WIDEST * spacing, min(rows, cols) / 6)
        power, noise, row, col = _local_power(flat, spots.frequency[strong], width)
        if float(np.quantile(power, _UPPER)) < _NOTHING * noise:
            return Coverage(np.ones(power.shape, np.float32), row, col, 0.0)
    amplitude = np.sqrt(np.maximum(power, 0))
    intact = float(np.quantile(amplitude, _UPPER))
    around = np.zeros(amplitude.shape, bool)
    for _ in range(3):
        missing = amplitude < _missing_below(amplitude, intact)
        distance = scipy.ndimage.distance_transform_edt(~missing, sampling=(row[1] - row[0], col[1] - col[0]))
        around = distance <= _AROUND * width if missing.any() else missing
        if around.mean() > 0.9:
            # hardly any place is whole: take the best ones for it
            intact = float(np.quantile(amplitude, 0.95))
            break
        intact = float(amplitude[~around].mean())
    values = np.where(around, np.minimum(amplitude / max(intact, 1e-30), 1.1), 1.0)
    return Coverage(values.astype(np.float32), row, col, width)


def lattice_spacing(image: ArrayLike, spots: Spots | None = None) -> float:
    """Measure the largest distance between the lattice lines of a picture.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        A micrograph.
    spots : Spots, optional
        Its spots in 1/px; found by `find_spots` if not given.

    Returns
    -------
    float
        [px]; NaN if no lattice was found.
    """
    array = check_image(image)
    spots = find_spots(array) if spots is None else spots
    strong = _lattice_spots(array, spots)
    return 1 / float(np.hypot(*spots.frequency[strong].T).min()) if len(strong) else float("nan")


def _lattice_spots(image: NDArray, spots: Spots) -> NDArray[np.int64]:
    """Return the numbers of the spots that belong to a lattice: not the slow waves of holes and uneven ground."""
    radius = np.hypot(*spots.frequency.T)
    usual = _usual_frequency(image)
    near = (radius > _NEAR[0] * usual) & (radius < _NEAR[1] * usual)
    amplitude = np.where(near, spots.amplitude, 0)
    return np.flatnonzero(near & (amplitude >= _WEAKEST * amplitude.max(initial=0)))[:_SPOTS]


def _usual_frequency(image: NDArray) -> float:
    """Return the mean radius of the strong spots [1/px]; of a large picture part by part, which takes less memory."""
    rows, cols = (min(n, _PART) for n in image.shape)
    power = np.zeros((1, rows, cols // 2 + 1), np.float32)
    contrast = float(image.max()) - float(image.min())
    for row, col in itertools.product(*map(window_positions, image.shape, (rows, cols), (rows, cols))):
        part = image[row : row + rows, col : col + cols]
        # each comes scaled to its own largest deviation, and an empty part is not to count as much as one with a lattice
        mean = np.mean(part, dtype=np.float64)
        power += np.float32(max(part.max() - mean, mean - part.min()) / contrast) ** 2 * power_spectrum(part[None])
    return float(find_scale(power, cols)[0])


def _missing_below(amplitude: NDArray[np.float64], intact: float) -> float:
    """Return the amplitude below which something is missing, by its scatter on the upper side, which holes leave alone."""
    upper = np.quantile(amplitude, [0.75, 0.95])
    scatter = float(upper[1] - upper[0]) / 0.970  # between these quantiles of a Gaussian
    return float(np.clip(intact - _DEVIATIONS * scatter, _MISSING[0] * intact, _MISSING[1] * intact))


def _local_power(
    image: NDArray[np.float32], frequency: NDArray[np.float64], width: float
) -> tuple[NDArray[np.float64], float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the power of the density waves around each place of a coarse grid, less that of the noise, and the grid."""
    reach = int(np.ceil(3.5 * width))
    padded = [scipy.fft.next_fast_len(n + reach) for n in image.shape]
    transform = scipy.fft.rfft2(image, s=padded)
    # a Gaussian of this width is nothing beyond so many bins; drawn three times as fine as it needs
    halves = [int(np.ceil(4 / (2 * np.pi * width) * n)) for n in padded]
    sizes = [6 * half for half in halves]
    total, total_noise = np.zeros(sizes), 0.0
    for place in frequency:
        center = [round(f * n) for f, n in zip(place, padded, strict=True)]
        bins = [np.arange(-half, half) for half in halves]
        around = [(b + c) / n - f for b, c, n, f in zip(bins, center, padded, place, strict=True)]
        weights = [np.exp(-2 * (np.pi * width * a) ** 2) for a in around]
        weight = np.outer(*weights)
        patch = _taken(transform, bins[0] + center[0], bins[1] + center[1], padded)
        spread = np.zeros(sizes, complex)
        spread[np.ix_(*(b % size for b, size in zip(bins, sizes, strict=True)))] = patch * weight
        wave = scipy.fft.ifft2(spread) * (sizes[0] * sizes[1] / (padded[0] * padded[1]))
        # half of all frequencies around a spot hold less than ln 2 of the mean power of noise
        noise = np.median(np.abs(patch) ** 2) / np.log(2) * (weight**2).sum() / (padded[0] * padded[1]) ** 2
        total += np.abs(wave) ** 2 - noise
        total_noise += noise
    positions, norms = [], []
    for size, n, length in zip(sizes, padded, image.shape, strict=True):
        x = np.arange(size) * (n / size)
        x = x[x <= length - 1]
        # at the border a part of the Gaussian lies outside
        ends = [scipy.special.ndtr((end - x) / width) for end in (-0.5, length - 0.5)]
        positions.append(x)
        norms.append(ends[1] - ends[0])
    power = total[: len(positions[0]), : len(positions[1])] / np.outer(*norms) ** 2
    return power, float(total_noise), positions[0], positions[1]


def _taken(
    half: NDArray[np.complex64], row: NDArray[np.int64], col: NDArray[np.int64], shape: list[int]
) -> NDArray[np.complex64]:
    """Return rows and columns, negative ones too, of the whole transform that `scipy.fft.rfft2` gives the half of."""
    rows, cols = shape
    mirrored = col % cols > cols // 2
    there = half[np.where(mirrored, -row[:, None], row[:, None]) % rows, np.where(mirrored, -col, col) % cols]
    return np.where(mirrored, there.conj(), there)


def _averages(places: NDArray[np.float64], starts: NDArray, ends: NDArray) -> NDArray[np.float64]:
    """Return the matrix (spans, places) that averages values at even places over spans, a value standing for its spacing."""
    half = (places[1] - places[0]) / 2
    borders = np.concatenate([[-np.inf], places[:-1] + half, [np.inf]])
    low = np.maximum(borders[:-1], starts[:, None])
    high = np.minimum(borders[1:], ends[:, None])
    overlap = np.maximum(high - low, 0)
    return overlap / overlap.sum(axis=1, keepdims=True)
