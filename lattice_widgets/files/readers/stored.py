"""What every reader returns, the one error of this package, and gray values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Rec. 709 weights of red, green and blue, those of scikit-image's rgb2gray.
_LUMINANCE = np.array([0.2125, 0.7154, 0.0721], dtype=np.float32)


class MicrographFileError(ValueError):
    """A file cannot be read as a micrograph. Its message is one sentence that says why and what helps."""


@dataclass(frozen=True)
class StoredImage:
    """One picture or movie inside a file, described but not yet read.

    Parameters
    ----------
    name : str
        Its name inside the file; what ``key`` selects. Empty where the file has no name for it.
    shape : tuple of int
        (rows, cols) or (frames, rows, cols), without color channels.
    dtype : numpy.dtype
        As stored.
    load : callable
        Takes a slice of frames (``slice(None)`` for a single picture) and returns the array, shape as `shape` with the
        channels behind where there are any.
    channels : int
        1 for gray values, 2 gray + alpha, 3 RGB, 4 RGB + alpha.
    pixel_size : tuple of float or None
        Height and width of a pixel in nm, (row, col) order; None where the file does not know it.
    frame_times : numpy.ndarray or None
        Time of each frame in s, shape (frames,), float64; None where the file does not know it.
    notes : tuple of str
        What the user must know about how the numbers came about.
    found : list of str
        The same of what shows only when frames are read: grows while `load` reads them.
    calibration : str
        Where the pixel size comes from: "file", unless the file itself says that it was told by hand or by a crystal.
    whole : bool
        Whether `load` unpacks all frames whichever are asked for, as in a compressed archive.
    datasets : tuple of str
        By which names all pictures of the file are asked for, if it has several; told when one of them is chosen.
    instead : str
        What it is if it is no picture or movie, whatever its shape: "spectra". Empty if it may be one.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    load: Callable[[slice], NDArray]
    channels: int = 1
    pixel_size: tuple[float, float] | None = None
    frame_times: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    found: list[str] = field(default_factory=list)
    calibration: str = "file"
    whole: bool = False
    datasets: tuple[str, ...] = ()
    instead: str = ""


def with_blanks(frames: list[NDArray | None], shape: tuple[int, ...], usual: np.dtype) -> NDArray:
    """Return frames as a stack in which those that cannot be used, given as None, hold nothing but NaN.

    Parameters
    ----------
    frames : list of numpy.ndarray or None
        Of one shape.
    shape : tuple of int
        Of a frame.
    usual : numpy.dtype
        Of most frames.

    Returns
    -------
    stack : numpy.ndarray
        Shape (frames, ...); of a floating point type if one is blank.
    """
    there = [frame for frame in frames if frame is not None]
    dtype = np.result_type(usual, *(frame.dtype for frame in there))
    if len(there) < len(frames):
        dtype = np.result_type(dtype, np.float32)
    blank = np.full(shape, np.nan if dtype.kind == "f" else 0, dtype)
    return np.stack([blank if frame is None else frame.astype(dtype, copy=False) for frame in frames])


def bytes_to_read(image: StoredImage, n_frames: int) -> int:
    """Return how many bytes the reading of so many frames takes at its peak, and what is then done with a picture.

    Counted are the array as it is unpacked, the part that is kept of it, luminance in float32 where there are colors,
    and, for a single picture, two copies in float64 that every analysis of it makes.
    """
    pixels = int(np.prod(image.shape[-2:], dtype=object))
    stored = pixels * image.channels * image.dtype.itemsize
    frames = image.shape[0] if len(image.shape) == 3 else 1
    n_bytes = stored * (frames if image.whole else n_frames) + stored * n_frames
    if image.channels > 1:
        n_bytes += 4 * pixels * n_frames
    return int(n_bytes + (16 * pixels if n_frames == 1 else 0))


def gray_values(values: NDArray, channels: int) -> tuple[NDArray, tuple[str, ...]]:
    """Gray values of an array whose last axis may be color channels.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (..., rows, cols) for 1 channel, else (..., rows, cols, channels); real dtype.
    channels : int
        1, 2 (gray, alpha), 3 (RGB) or 4 (RGB, alpha).

    Returns
    -------
    gray : numpy.ndarray
        Shape (..., rows, cols). Gray pictures keep their dtype, and so do RGB pictures whose three channels are equal
        everywhere; any other color picture becomes Rec. 709 luminance in float32 on the scale of the file.
    notes : tuple of str
        What was done, in words; empty when nothing was.
    """
    notes: list[str] = []
    if channels in (2, 4):
        notes.append("alpha channel left out")
        values = values[..., :-1]
    if values.shape[-1] == 1 and channels == 2:
        values = values[..., 0]
    elif channels in (3, 4):
        first = values[..., 0]
        if np.array_equal(first, values[..., 1]) and np.array_equal(first, values[..., 2]):
            values = np.ascontiguousarray(first)
            notes.append("RGB with three equal channels: one of them kept")
        else:
            # 32-bit integers and float64 lose digits in float32; a color picture has none to lose
            values = np.einsum("...c,c->...", values, _LUMINANCE, dtype=np.float32, casting="same_kind")
            notes.append("RGB converted to luminance (Rec. 709, float32)")
    if values.dtype == np.bool_:
        values = values.astype(np.uint8)
        notes.append("black and white stored as 0 and 1 (uint8)")
    if not values.dtype.isnative:
        values = values.astype(values.dtype.newbyteorder("="))
    return values, tuple(notes)
