"""What the network sees: a power spectrum that has found its own scale.

Real pictures hold a lattice of 4 px as well as one of 60 px, and a network that sees a fixed range of frequencies loses
both. Here the strong spots are found first, and the spectrum is drawn so that they lie at a fixed radius. It is smoothed to
the resolution of the drawing, so that a picture of a hundred cells and one of twenty look alike: smoothing a power spectrum
is averaging over parts of the picture (the Blackman-Tukey estimate). Only the *shape* of the lattice is left.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.ndimage
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.pictures.spectra import Taper, check_image, remove_plane, taper_window


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the descriptor is made. A classifier is trained with one recipe and keeps it in its model card.

    Parameters
    ----------
    size : int
        Rows and columns of the descriptor [px], even.
    radius : float
        Where the strong spots come to lie, as a fraction of half the width.
    smoothing : float
        Standard deviation of the smoothing of the power spectrum [descriptor px].
    floor : float
        A spot weaker than this fraction of the strongest *power* carries no weight when the scale is found.
    taper : {"none", "hann", "hamming", "tukey", "blackman"}
        How the picture fades out towards its edges.
    destreaked : bool
        Whether the streaks on the two axes of the spectrum, which uneven scan lines and picture frames leave, are
        taken off before anything else.
    aligned : bool
        Whether the spectrum is turned so that its strongest spot lies to the right of zero frequency, and scaled so that
        this spot, rather than the mean of the strong ones, lies at ``radius``. What is left is the shape of the lattice
        without its size and without its orientation.
    """

    size: int = 64
    radius: float = 0.42
    smoothing: float = 0.8
    floor: float = 1e-3
    taper: Taper = "hann"
    destreaked: bool = False
    aligned: bool = False


@dataclass(frozen=True, eq=False)
class Descriptor:
    """The descriptors of a stack of pictures.

    Attributes
    ----------
    values : ndarray, float32, shape (n, size, size)
        Smoothed Fourier magnitude above the background of each ring, 0 to 1. Zero frequency at (size // 2, size // 2);
        symmetric under inversion through it, but for the first row and column, which have no partner, and some percent in
        the middle column, up to which the smoothing of either half reaches.
    frequency_step : ndarray, float64, shape (n,)
        Spatial frequency that one pixel of the descriptor spans [1/px of the picture].
    """

    values: NDArray[np.float32]
    frequency_step: NDArray[np.float64]


def power_spectrum(images: NDArray, taper: Taper = "hann") -> NDArray[np.float32]:
    """Return the power spectra of a stack of pictures, less their background planes.

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
    """Return the mean radius of the strong spots of each power spectrum.

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


class _Plane(NamedTuple):
    """The geometry of a half plane of frequencies, shape (rows, cols // 2 + 1)."""

    radius: NDArray[np.float32]
    log_radius: NDArray[np.float32]
    seen: NDArray[np.bool_]
    ring: NDArray[np.int64]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    axes: tuple[tuple[slice | int, slice | int], ...]


@lru_cache(maxsize=256)
def _plane(rows: int, cols: int) -> _Plane:
    radius = np.hypot(scipy.fft.fftshift(scipy.fft.fftfreq(rows))[:, None], scipy.fft.rfftfreq(cols)).astype(np.float32)
    seen = (radius >= 1.8 / min(rows, cols)) & (radius <= 0.5)
    # rings two frequencies wide hold enough points for a harmonic mean, which spots hardly move
    ring = np.minimum((radius * min(rows, cols) / 2).astype(int), min(rows, cols) // 4)
    counts = np.bincount(ring.ravel())
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    center, every = rows // 2, slice(None)
    axes = ((every, 0), (every, 1), (center, every), (center - 1, every), (center + 1, every))
    order = np.argsort(ring.ravel(), kind="stable")
    return _Plane(radius, np.log(np.where(seen, radius, 1)), seen, ring, order, starts, counts, axes)


def describe(
    images: ArrayLike, recipe: Recipe | None = None, scale: ArrayLike | None = None, rank: int = 0
) -> Descriptor:
    """Return what the network sees of a stack of pictures of one size.

    Parameters
    ----------
    images : array_like, shape (n, rows, cols), any real dtype
        Finite pictures; see `descriptor` for one that also checks.
    recipe : Recipe, optional
        How to make it.
    scale : array_like, shape (n,), optional
        Radius of the strong spots [1/px], found by `find_scale` when not given.
    rank : int
        For an aligned recipe, which of the strong spots to align with (see `align`).
    """
    recipe = recipe or Recipe()
    images = np.asarray(images)
    rows, cols = images.shape[-2:]
    power = power_spectrum(images, recipe.taper)
    if recipe.destreaked:
        power = remove_streaks(power, cols)
    found = find_scale(power, cols, recipe.floor) if scale is None else np.asarray(scale, dtype=np.float64)
    step = found / (recipe.radius * (recipe.size // 2))
    # room to turn, and to go out where the strongest spot lies further out than the mean
    half = recipe.size // 2 if not recipe.aligned else recipe.size * 3 // 4
    grid = np.arange(-half, half + 1) * step[:, None]
    # smooth to the resolution of the drawing, and never draw finer than the picture's own resolution
    spread = [np.maximum(0.8 / n, recipe.smoothing * step) for n in (rows, cols)]
    reach = min(int(np.ceil(4 * spread[1].max() * cols)), cols // 2 - 1)
    mirrored = power[:, :, reach:0:-1]
    mirrored = np.concatenate([mirrored[:, :1], mirrored[:, :0:-1]], axis=1) if rows % 2 == 0 else mirrored[:, ::-1]
    power = np.concatenate([mirrored, power], axis=2)
    row_frequency = scipy.fft.fftshift(scipy.fft.fftfreq(rows))
    col_frequency = np.arange(-reach, cols // 2 + 1) / cols
    along_rows = _kernel(grid, row_frequency, spread[0])
    along_cols = _kernel(grid[:, half:], col_frequency, spread[1])
    smooth = along_rows @ power @ along_cols.transpose(0, 2, 1)  # (n, size + 1, size // 2 + 1)
    magnitude = _subtract_rings(np.sqrt(np.maximum(smooth, 0)))
    # a square of pixels knows nothing beyond its Nyquist frequency, and its corners only for some rotations
    magnitude[np.hypot(grid[:, :, None], grid[:, None, half:]) > 0.5] = 0
    whole = np.concatenate([magnitude[:, ::-1, :0:-1], magnitude], axis=2)[:, :-1, :-1]
    if recipe.aligned:
        whole, zoom = align(whole, recipe.size, recipe.radius, rank)
        step = step * zoom
    peak = whole.max(axis=(1, 2), keepdims=True)
    return Descriptor(np.divide(whole, peak, out=np.zeros_like(whole), where=peak > 0), step)


def descriptor(image: ArrayLike, recipe: Recipe | None = None) -> Descriptor:
    """Return what the network sees of one picture.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        A micrograph; it is used whole, with the same frequency scale along rows and columns.
    recipe : Recipe, optional
        How to make it.

    Raises
    ------
    ValueError
        If the picture is none (see `spectra.check_image`).

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> coarse, fine = (np.cos(2 * np.pi * rows / d) + np.cos(2 * np.pi * cols / d) for d in (12, 6))
    >>> apart = np.abs(descriptor(coarse).values - descriptor(fine).values)
    >>> bool(apart.mean() < 0.02)
    True
    """
    return describe(check_image(image)[None], recipe)


def turned(values: NDArray, quarter_turns: int, mirrored: bool = False) -> NDArray:
    """Return the descriptors of the same pictures, turned by 90 degrees and mirrored: every class stays what it is.

    Parameters
    ----------
    values : ndarray, shape (n, size, size)
        Descriptors.
    quarter_turns : int
        How often to turn by 90 degrees, counter-clockwise.
    mirrored : bool
        Whether to exchange left and right first.

    Returns
    -------
    ndarray, shape (n, size, size)
        A copy, of the same dtype.
    """
    n, size, _ = values.shape
    # the symmetry about zero frequency gives back the last row and column, and with them a middle to turn about
    whole = np.zeros((n, size + 1, size + 1), values.dtype)
    whole[:, :-1, :-1] = values
    whole[:, -1, 1:] = values[:, 0, ::-1]
    whole[:, 1:, -1] = values[:, ::-1, 0]
    if mirrored:
        whole = whole[:, :, ::-1]
    return np.ascontiguousarray(np.rot90(whole, quarter_turns, axes=(1, 2))[:, :-1, :-1])


def remove_streaks(power: NDArray[np.float32], cols: int) -> NDArray[np.float32]:
    """Return power spectra without the streaks that uneven scan lines and picture frames leave on the two axes.

    A line is a streak when its outer, spotless half is well above the rings that it crosses; its level is then a running
    median. What does not stand out of that far enough to be a spot is put down to the level of its ring. A spectrum
    without streaks is returned as it is.

    Parameters
    ----------
    power : ndarray, float32, shape (n, rows, cols // 2 + 1)
        As from `power_spectrum`.
    cols : int
        Columns of the pictures.
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


#: a line is a streak when its median is so many times the (low) mean of the rings ...
_STREAK = 4.0
#: ... and a spot on it must be so many times its median: of speckle, one in 4000 is
_SPOT = 12.0


def align(
    magnitude: NDArray[np.float32], size: int, radius: float, rank: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return spectra turned and scaled so that the strongest spot lies at a fixed place, to the right of the middle.

    Parameters
    ----------
    magnitude : ndarray, float32, shape (n, m, m)
        Fourier magnitudes around zero frequency at (m // 2, m // 2), with room around what is wanted.
    size : int
        Rows and columns of the result [px], even.
    radius : float
        Where the spot comes to lie, as a fraction of half the width.
    rank : int
        0 for the strongest spot, 1 for the next, ...: other views of the same lattice.

    Returns
    -------
    aligned : ndarray, float32, shape (n, size, size)
        The spectra, symmetric under inversion as `Descriptor.values` are.
    zoom : ndarray, float64, shape (n,)
        Pixels of the input that one pixel of the result spans, from 0.6 to 1.5.
    """
    middle, half = magnitude.shape[1] // 2, size // 2
    wanted = radius * half
    row, col = np.mgrid[-half : half + 1, 0 : half + 1].astype(np.float64)
    out = np.empty((len(magnitude), size + 1, half + 1), np.float32)
    zoom = np.ones(len(magnitude))
    ring = np.hypot(*np.mgrid[-middle : magnitude.shape[1] - middle, : magnitude.shape[1] - middle])
    usual = (ring > 0.4 * wanted) & (ring < 1.5 * wanted)
    for number, picture in enumerate(magnitude):
        spot_row, spot_col = _peak(picture, middle, usual, rank)
        distance = np.hypot(spot_row, spot_col)
        if distance == 0:
            spot_row, spot_col, distance = 0.0, wanted, wanted
        zoom[number] = np.clip(distance / wanted, 0.6, 1.5)
        sine, cosine = zoom[number] * spot_row / distance, zoom[number] * spot_col / distance
        place = [middle + cosine * row + sine * col, middle - sine * row + cosine * col]
        out[number] = scipy.ndimage.map_coordinates(picture, place, order=3, mode="constant")
    out = np.maximum(out, 0)
    whole = np.concatenate([out[:, ::-1, :0:-1], out], axis=2)[:, :-1, :-1]
    return whole, zoom


def _peak(picture: NDArray[np.float32], middle: int, usual: NDArray[np.bool_], rank: int) -> tuple[float, float]:
    """Return (row, col) of a strong spot of the right half, from the middle, to a fraction of a pixel."""
    right = np.where(usual, picture[:, middle:], 0)
    row, col = divmod(int(right.argmax()), right.shape[1])
    best = right[row, col]
    for _ in range(rank):
        apart = right.copy()
        apart[max(row - 4, 0) : row + 5, max(col - 4, 0) : col + 5] = 0
        if apart.max() < 0.3 * best:
            break
        right = apart
        row, col = divmod(int(right.argmax()), right.shape[1])
    col = col + middle
    if picture[row, col] <= 0:
        return 0.0, 0.0
    # a smoothed spot is a Gaussian: its logarithm is a parabola
    logs = np.log(np.maximum(picture[row - 1 : row + 2, col - 1 : col + 2], 1e-3 * picture[row, col]))
    offsets = []
    for line in (logs[:, 1], logs[1, :]):
        curvature = line[0] - 2 * line[1] + line[2]
        offsets.append(float(np.clip((line[0] - line[2]) / (2 * curvature), -1, 1)) if curvature < 0 else 0.0)
    return row - middle + offsets[0], col - middle + offsets[1]


def _ring_levels(power: NDArray[np.float32], plane: _Plane) -> NDArray[np.float32]:
    """Return the (harmonic) mean power of each ring, which spots hardly move, shape (n, rings)."""
    tiny = 1e-12 * power.max(axis=(1, 2), keepdims=True) + np.finfo(np.float32).tiny
    inverse = (1 / np.sqrt(power + tiny)).reshape(len(power), -1)
    return ((plane.counts / np.add.reduceat(inverse[:, plane.order], plane.starts, axis=1)) ** 2).astype(np.float32)


def _kernel(
    grid: NDArray[np.float64], frequency: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return Gaussian weights that average a spectrum at ``frequency`` (m,) around ``grid`` (n, k): (n, k, m)."""
    z = (grid[:, :, None] - frequency) / spread[:, None, None]
    weights = np.exp(-0.5 * z.astype(np.float32) ** 2)
    return weights / np.maximum(weights.sum(axis=2, keepdims=True), 1e-6)


def _subtract_rings(magnitude: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return half-plane magnitudes (n, size + 1, size // 2 + 1) less the harmonic mean of each ring, not below 0."""
    members, interpolate = _rings(magnitude.shape[2] - 1)
    floor = 1e-3 * magnitude.max(axis=(1, 2), keepdims=True) + np.finfo(np.float32).tiny
    level = (1 / ((1 / (magnitude + floor)).reshape(len(magnitude), -1) @ members)) @ interpolate
    return np.maximum(magnitude - level.reshape(magnitude.shape), 0)


@lru_cache(maxsize=4)
def _rings(half: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the matrices that average over rings, (points, rings), and that draw rings back, (rings, points)."""
    radius = np.hypot(np.arange(-half, half + 1)[:, None], np.arange(half + 1)).ravel()
    overlap = np.maximum(1 - np.abs(radius - np.arange(int(radius.max()) + 2)[:, None]), 0)
    members = overlap / np.maximum(overlap.sum(axis=1, keepdims=True), 1e-6)
    return members.T.astype(np.float32), overlap.astype(np.float32)
