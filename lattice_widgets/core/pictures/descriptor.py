"""What the network sees: a power spectrum that has found its own scale.

Real pictures hold a lattice of 4 px as well as one of 60 px, and a network that sees a fixed range of frequencies loses
both. Here the strong spots are found first, and the spectrum is drawn so that they lie at a fixed radius. It is smoothed to
the resolution of the drawing, so that a picture of a hundred cells and one of twenty look alike: smoothing a power spectrum
is averaging over parts of the picture (the Blackman-Tukey estimate). Only the *shape* of the lattice is left.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft
from numpy.typing import ArrayLike, NDArray

from lattice_widgets import old_names
from lattice_widgets.core.pictures.alignment import align
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.scale import find_scale, power_spectrum, remove_streaks
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.pictures.tapers import Taper
from lattice_widgets.one_thread import one_thread


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


@one_thread
def make_descriptor(
    images: ArrayLike,
    recipe: Recipe | None = None,
    scale: ArrayLike | None = None,
    rank: int = 0,
    *,
    keep_all: bool = False,
) -> Descriptor:
    """Make what the network sees of a stack of pictures of one size.

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
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too. Otherwise they are left out (see `margins.content_of`),
        and a picture of nothing but a smooth surface has a blank descriptor.

    Returns
    -------
    Descriptor
        One for each picture.
    """
    recipe = recipe or Recipe()
    images = np.asarray(images)
    if not keep_all:
        contents = [content_of(image) for image in images]
        if any(
            found.nothing is not None or found.values is not image
            for found, image in zip(contents, images, strict=True)
        ):
            scales = [None] * len(images) if scale is None else np.asarray(scale, dtype=np.float64)[:, None]
            parts = [
                make_descriptor(
                    (np.zeros_like(found.values) if found.nothing is not None else found.values)[None],
                    recipe,
                    own,
                    rank,
                    keep_all=True,
                )
                for found, own in zip(contents, scales, strict=True)
            ]
            return Descriptor(
                np.concatenate([part.values for part in parts]), np.concatenate([part.frequency_step for part in parts])
            )
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


def descriptor(image: ArrayLike, recipe: Recipe | None = None, *, keep_all: bool = False) -> Descriptor:
    """Make what the network sees of one picture.

    Parameters
    ----------
    image : array_like, shape (rows, cols), any real dtype
        A micrograph, with the same frequency scale along rows and columns.
    recipe : Recipe, optional
        How to make it.
    keep_all : bool
        Whether to use margins, unscanned rows and scale bars too, which are left out otherwise.

    Returns
    -------
    Descriptor
        Of one picture: ``values`` has the shape (1, size, size).

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`).

    Examples
    --------
    >>> rows, cols = np.mgrid[:96, :128]
    >>> coarse, fine = (np.cos(2 * np.pi * rows / d) + np.cos(2 * np.pi * cols / d) for d in (12, 6))
    >>> apart = np.abs(descriptor(coarse).values - descriptor(fine).values)
    >>> bool(apart.mean() < 0.02)
    True
    """
    return make_descriptor(square_values(image)[0][None], recipe, keep_all=keep_all)


def interesting_frequency(image: NDArray) -> float:
    """Find the frequency up to which the spectrum of a picture has something to show.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture; its middle is looked at, 1024 px at most.

    Returns
    -------
    float
        [1/px], at most 0.5.
    """
    middle = image[tuple(slice(max(0, n // 2 - 512), n // 2 + 512) for n in image.shape)]
    recipe = Recipe()
    try:
        return float(min(0.75 * recipe.size * descriptor(middle, recipe).frequency_step[0], 0.5))
    except ValueError:  # a constant middle says nothing of the rest
        return 0.5


def turned(values: NDArray, quarter_turns: int, mirrored: bool = False) -> NDArray:
    """Turn descriptors by 90 degrees and mirror them: the class of a picture stays what it is.

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


if not TYPE_CHECKING:
    __getattr__ = old_names.of(__name__)
