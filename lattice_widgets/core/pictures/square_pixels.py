"""Pictures whose pixels are not square made square, once, before anything is measured in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.pictures.checks import check_image, check_pixel_size
from lattice_widgets.core.pictures.pixel_size import (
    Sides,
    is_labeled,
    positions,
    sides_of,
    square_side,
    with_attributes,
)
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.one_thread import one_thread

# xarray takes half a second to import, and the process that reads an upload returns plain numbers.
if TYPE_CHECKING:
    import xarray as xr

#: a pixel with a longer side than so many times the other is no pixel of a picture
_LONGEST = 16.0
#: pixels on either side that a new one is made of: Lanczos windowed sinc, flat to 0.45 of the sampling frequency
_REACH = 8


def resample(images: NDArray, ratio: tuple[float, float]) -> NDArray:
    """Resample pictures to pixels that are smaller along rows, along columns, or both.

    Band-limited interpolation by a windowed sinc (K. Turkowski, Filters for common resampling tasks, 1990): no spot moves,
    and none is added. The picture is continued by its mirror image at the edges, and keeps its extent.

    Parameters
    ----------
    images : ndarray, shape (..., rows, cols)
        Pictures of real numbers. What lies within 8 px of a NaN becomes NaN.
    ratio : tuple of float
        Old spacing over new along rows and columns, both at least 1.

    Returns
    -------
    ndarray, float32 (float64 for float64 and large integers), shape (..., rows * ratio[0], cols * ratio[1]) rounded down
        The pictures themselves if both ratios are 1.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * (np.arange(48) + 0.5) / 8)
    >>> fine = resample(np.tile(wave[:, None], 32), (2, 1))
    >>> fine.shape, bool(np.allclose(fine[:, 0], np.cos(2 * np.pi * (np.arange(96) + 0.5) / 16), atol=0.01))
    ((96, 32), True)
    """
    if ratio == (1, 1):
        return images
    rows, cols = images.shape[-2:]
    precision = np.result_type(images.dtype, np.float32)
    matrices = [None if r == 1 else _interpolation(n, r) for n, r in zip((rows, cols), ratio, strict=True)]
    down, right = matrices
    stack = images.reshape(-1, rows, cols)
    shape = (rows if down is None else down.shape[0], cols if right is None else right.shape[0])
    out = np.empty((len(stack), *shape), precision)
    for number, image in enumerate(stack):
        if image.min() == image.max():  # blank stays blank, to the last digit
            out[number] = image.flat[0]
            continue
        part = image.astype(np.float64)
        part = part if down is None else down @ part
        out[number] = part if right is None else (right @ part.T).T
    return out.reshape(*images.shape[:-2], *shape)


@lru_cache(maxsize=16)
def _interpolation(count: int, ratio: float) -> scipy.sparse.csr_array:
    """Return the matrix (new, old) that makes the pixels of a finer line from those of a line."""
    places = (np.arange(int(count * ratio + 1e-6)) + 0.5) / ratio - 0.5
    near = np.floor(places).astype(int)[:, None] + np.arange(1 - _REACH, _REACH + 1)
    away = places[:, None] - near
    weights = np.sinc(away) * np.sinc(away / _REACH) * (np.abs(away) < _REACH)
    weights /= weights.sum(axis=1, keepdims=True)
    mirrored = np.mod(near, 2 * count)
    mirrored = np.where(mirrored >= count, 2 * count - 1 - mirrored, mirrored)
    numbers = np.repeat(np.arange(len(places)), near.shape[1])
    return scipy.sparse.csr_array((weights.ravel(), (numbers, mirrored.ravel())), shape=(len(places), count))


@one_thread
def square_values(
    image: ArrayLike, pixel_size: float | Sides | None = None
) -> tuple[NDArray, float | None, float | None]:
    """Check a picture and return it with square pixels, for what is measured in it.

    Parameters
    ----------
    image : array_like or xarray.DataArray, shape (rows, cols)
        The picture; one that is labeled brings its pixel size along.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col); wins over what the picture knows.

    Returns
    -------
    values : ndarray, shape (rows, cols)
        The picture itself if its pixels are square, else resampled to the finer spacing.
    pixel_size : float or None
        Side of its pixels [nm].
    line_spacing : float or None
        From one row to the next of the picture as it was given [nm]; in px of `values` if no length is known.

    Raises
    ------
    ValueError
        If it is not a picture, or the pixel size is no positive length.
    """
    values = check_image(image, gaps=True)
    check_pixel_size(pixel_size)
    if pixel_size is not None:
        sides, known = (pixel_size if isinstance(pixel_size, tuple) else (pixel_size, pixel_size)), True
    elif is_labeled(image):
        sides, known = sides_of(image)  # type: ignore[arg-type]
    else:
        sides, known = (1.0, 1.0), False
    side = square_side(sides)
    if side is not None:
        return values, (side if known else None), (side if known else None)
    finer = finer_spacing(sides)
    resampled = check_image(resample(values, (sides[0] / finer, sides[1] / finer)), gaps=True)
    return resampled, (finer if known else None), (sides[0] if known else sides[0] / finer)


def finer_spacing(sides: Sides) -> float:
    """Return the shorter side of a pixel, to which pictures are resampled.

    Parameters
    ----------
    sides : tuple of float
        Height and width, in any one unit.

    Raises
    ------
    ValueError
        If one is more than 16 times the other.
    """
    finer = min(sides)
    if max(sides) > _LONGEST * finer:
        words = "A pixel of {height:.3g} x {width:.3g} is too long to belong to a picture: check the pixel size."
        raise ValueError(Sentence(words, height=sides[0], width=sides[1]))
    return finer


def square_pixels(image: xr.DataArray) -> xr.DataArray:
    """Return a picture or movie with square pixels, resampled to the finer of its two spacings if they differ.

    Everything that measures lengths and angles in a picture starts from here, so that a scan with fewer lines than points
    shows the same lattice as one with as many.

    Parameters
    ----------
    image : xarray.DataArray
        ("row", "col") or ("frame", "row", "col"), as from `read_micrograph`.

    Returns
    -------
    image : xarray.DataArray
        The picture itself if its pixels are square and its attributes agree with its coordinates. Else a new one:
        ``attrs["pixel_size"]`` follows the coordinates; if it had to be resampled, ``attrs["resampled_from"]`` is
        the spacing (row, col) before [nm or px], and ``attrs["notes"]`` says so.

    Raises
    ------
    ValueError
        If a coordinate has uneven steps, or one side of a pixel is more than 16 times the other.

    Examples
    --------
    >>> import xarray as xr
    >>> from lattice_widgets.core.pictures.pixel_size import set_pixel_size
    >>> scan = set_pixel_size(xr.DataArray(np.random.default_rng(0).random((64, 128)), dims=("row", "col")), (0.04, 0.02))
    >>> square_pixels(scan).shape, square_pixels(scan).pixel_size
    ((128, 128), 0.02)
    """
    sides, known = sides_of(image)
    side = square_side(sides)
    if side is not None:
        agrees = not known or image.attrs.get("pixel_size") == side
        return image if agrees else with_attributes(image, sides)
    finer = finer_spacing(sides)
    ratio = sides[0] / finer, sides[1] / finer
    values = resample(np.asarray(image.values), ratio)
    places = {}
    for axis, count, scale in zip(image.dims[-2:], values.shape[-2:], ratio, strict=True):
        size = finer if known else None
        places[axis] = positions(axis, count, size)
        if (
            axis in image.coords
            and image.coords[axis].size > 1
            and image.coords[axis].attrs.get("units") in ("nm", "px")
        ):
            old = image.coords[axis].values
            first = old[0] if scale == 1 else old[0] + (1 / scale - 1) / 2 * (old[1] - old[0])
            places[axis] = places[axis].copy(data=first + np.sign(old[1] - old[0]) * places[axis].values)
    others = {name: value for name, value in image.coords.items() if not set(value.dims) & set(image.dims[-2:])}
    import xarray as xr

    squared = xr.DataArray(
        values, dims=image.dims, coords={**others, **places}, name=image.name, attrs=dict(image.attrs)
    )
    if known:
        squared = with_attributes(squared, (finer, finer))
    squared.attrs["resampled_from"] = sides
    squared.attrs["notes"] = "; ".join(filter(None, [str(image.attrs.get("notes", "")), resampling_note(sides, known)]))
    return squared


def resampling_note(sides: Sides, known: bool) -> str:
    """Say that pixels were not square, and what was done.

    Parameters
    ----------
    sides : tuple of float
        Of a pixel (row, col) [nm or px].
    known : bool
        Whether they are in nm.

    Returns
    -------
    str
        A sentence without a full stop, for ``attrs["notes"]``.
    """
    unit = "nm" if known else "px"
    return (
        f"its pixels are not square ({sides[0]:.4g} {unit} down, {sides[1]:.4g} {unit} across): "
        f"it was resampled to {min(sides):.4g} {unit} along both"
    )


def line_spacing_of(image: xr.DataArray) -> float | None:
    """Tell the distance from one scan line to the next of a picture that `square_pixels` returned.

    Parameters
    ----------
    image : xarray.DataArray
        As from `square_pixels`.

    Returns
    -------
    spacing : float or None
        [nm]; None if no length is known. Of a resampled picture that of the lines before.
    """
    size = image.attrs.get("pixel_size")
    return image.attrs["resampled_from"][0] if size and "resampled_from" in image.attrs else size
