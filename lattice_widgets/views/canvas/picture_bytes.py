"""A picture of real numbers as one byte a pixel, for the way to the browser.

A quarter of the bytes of float32 makes a live picture twice as fast, and no screen shows more than 256 steps. The
limits travel along, so that the value under the mouse is still a physical one (to 1/255 of the range).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["PictureBytes", "ValueScale", "encode_picture", "pack_points"]

ValueScale = Literal["linear", "log"]

#: A logarithmic scale reaches at most this far below the highest value; a spectrum has nothing to show further down.
_LOG_RANGE = 1e6


@dataclass(frozen=True)
class PictureBytes:
    """One byte for each pixel, and what the bytes mean.

    Attributes
    ----------
    pixels : numpy.ndarray, shape (rows, cols), dtype uint8
        The lowest byte stands for `low`, byte 255 for `high`. The lowest byte is 0, or 1 where pixels are missing.
    low, high : float
        Values of the lowest and the highest byte, in the unit of the picture.
    scale : {"linear", "log"}
        How the bytes between them are spread.
    missing : bool
        Whether byte 0 means "no value" (NaN or infinite).
    clipped : tuple of bool
        Whether values below `low`, and above `high`, were set to the limit.
    """

    pixels: NDArray[np.uint8]
    low: float
    high: float
    scale: ValueScale
    missing: bool
    clipped: tuple[bool, bool]

    def values(self) -> NDArray[np.float64]:
        """Values that the bytes stand for.

        Returns
        -------
        numpy.ndarray, shape (rows, cols), dtype float64
            In the unit of the picture; NaN where there is no value.
        """
        lowest = 1 if self.missing else 0
        part = (self.pixels.astype(np.float64) - lowest) / (255 - lowest)
        logarithmic = self.scale == "log"
        values = self.low * (self.high / self.low) ** part if logarithmic else self.low + part * (self.high - self.low)
        return np.where(self.pixels < lowest, np.nan, values)


def encode_picture(
    image: ArrayLike,
    low: float | None = None,
    high: float | None = None,
    percentiles: tuple[float, float] = (0.0, 100.0),
    scale: ValueScale = "linear",
) -> PictureBytes:
    """Map a picture of real numbers to bytes.

    Parameters
    ----------
    image : array_like, shape (rows, cols), real dtype
        The picture. NaN and infinite pixels are allowed and become "no value".
    low, high : float, optional
        Values for the lowest and the highest byte. Where one is not given it comes from `percentiles`.
    percentiles : tuple of float, default: (0, 100)
        Lower and upper percentile [%] of the finite pixels. The default is minimum and maximum: nothing is clipped.
    scale : {"linear", "log"}
        ``"log"`` spreads the bytes evenly over the logarithm, for spectra; it begins at the lowest positive value, at
        most six decades below the highest one.

    Returns
    -------
    PictureBytes
        The bytes and their meaning. A constant picture gets one middle byte everywhere and ``low == high``.

    Raises
    ------
    ValueError
        If the image is not two-dimensional, is empty, complex or without any finite value, if `low` is not below
        `high`, if the percentiles are not ascending in 0-100, or if a logarithmic scale finds no positive value.
    """
    array = _real_image(image)
    smallest, largest = float(array.min()), float(array.max())
    missing = not (np.isfinite(smallest) and np.isfinite(largest))
    finite = array[np.isfinite(array)] if missing else array
    if finite.size == 0:
        raise ValueError("The image has no finite value to show; all its pixels are NaN or infinite.")
    if missing:
        smallest, largest = float(finite.min()), float(finite.max())

    first, last = _limits(finite, low, high, percentiles)
    lowest = 1 if missing else 0
    shown = np.where(np.isfinite(array), array, first) if missing else array
    clipped = (smallest < first, largest > last)
    if scale == "log":
        if last <= 0:
            raise ValueError("A logarithmic scale needs positive values; the highest value of this image is not.")
        first = max(first, last / _LOG_RANGE, float(np.min(finite[finite > 0], initial=last)) if first <= 0 else 0.0)
        # zeros and negative values have no logarithm: they get the lowest byte
        clipped = (smallest < first, clipped[1])
        shown = np.log(np.maximum(shown, first) / first)
        span = float(np.log(last / first))
        offset = 0.0
    elif scale == "linear":
        span, offset = last - first, first
    else:
        raise ValueError(f'scale is "linear" or "log", not {scale!r}.')

    if span > 0:
        # one multiplication and one addition a pixel; + 0.5 rounds, because the cast cuts off
        factor = (255 - lowest) / span
        steps = shown * np.asarray(factor, shown.dtype)
        steps += np.asarray(lowest + 0.5 - offset * factor, shown.dtype)
        pixels = np.clip(steps, lowest, 255, out=steps).astype(np.uint8)
    else:
        pixels = np.full(array.shape, 128, np.uint8)
    if missing:
        pixels[~np.isfinite(array)] = 0
    return PictureBytes(pixels, first, last, scale, missing, clipped)


def _real_image(image: ArrayLike) -> NDArray[np.floating]:
    """Check the shape and dtype of an image; give it as float32 or float64."""
    array = np.asarray(image)
    if array.ndim != 2:
        hint = (
            " For a color picture, average its channels first." if array.ndim == 3 and array.shape[-1] in (3, 4) else ""
        )
        raise ValueError(f"A picture has two axes (rows, cols); this one has the shape {array.shape}.{hint}")
    if array.size == 0:
        raise ValueError(f"The picture is empty; its shape is {array.shape}.")
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == np.bool_):
        raise ValueError(f"A picture holds numbers; this one holds {array.dtype}.")
    if np.iscomplexobj(array):
        raise ValueError("The picture is complex; show its magnitude, np.abs(image), or its phase, np.angle(image).")
    # float32 holds every integer of 16 bits exactly and is twice as fast
    exact = array.dtype == np.float64 or (np.issubdtype(array.dtype, np.integer) and array.dtype.itemsize > 2)
    return array.astype(np.float64 if exact or array.dtype == np.longdouble else np.float32, copy=False)


def _limits(
    finite: NDArray[np.floating], low: float | None, high: float | None, percentiles: tuple[float, float]
) -> tuple[float, float]:
    """Values of the lowest and highest byte, from the given limits or from percentiles."""
    lower, upper = percentiles
    if not 0 <= lower < upper <= 100:
        raise ValueError(f"Percentiles are two ascending numbers in 0-100, not {lower} and {upper}.")
    if low is None:
        low = float(finite.min() if lower == 0 else np.percentile(finite, lower))
    if high is None:
        high = float(finite.max() if upper == 100 else np.percentile(finite, upper))
    if not (np.isfinite(low) and np.isfinite(high)) or low > high:
        raise ValueError(f"The lowest value shown, {low:g}, is not below the highest one, {high:g}.")
    return float(low), float(high)


def pack_points(points: ArrayLike, labels: Sequence[str]) -> tuple[bytes, tuple[str, ...]]:
    """Return points as the browser takes them: the bytes of float32 pairs (row, col), and their labels.

    Parameters
    ----------
    points : array_like, shape (n, 2)
        Row and column of each [px].
    labels : sequence of str
        A label for each, or none.

    Raises
    ------
    ValueError
        If the points have another shape or are not finite, or if there are more or fewer labels than points.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.size == 0:
        array = array.reshape(0, 2)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"Points have the shape (n, 2): row and col of each; these have {array.shape}.")
    if not np.all(np.isfinite(array)):
        raise ValueError("A point lies at NaN or infinity; points need finite rows and columns.")
    if len(labels) not in (0, len(array)):
        raise ValueError(f"There are {len(array)} points but {len(labels)} labels.")
    return array.tobytes(), tuple(labels)
