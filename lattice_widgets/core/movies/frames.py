"""A movie, wherever its frames lie: in memory, on disk, in a dask or zarr array, or made when they are asked for."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.movies.square_frames import SquareFrames
from lattice_widgets.core.pictures.checks import check_pixel_size
from lattice_widgets.core.pictures.pixel_size import Sides, calibration_of, sides_of, square_side
from lattice_widgets.core.pictures.square_pixels import finer_spacing, resampling_note

#: frames that are looked at before an analysis begins
SAMPLED = 12

#: Why a frame is left out of an analysis.
LeftOut = Literal["blank", "not finite", "other size", "not real"]


class BadFrame(ValueError):
    """One frame that cannot be used, although the others may be; the message says why in one sentence.

    Parameters
    ----------
    message : str
        For the user.
    reason : {"blank", "not finite", "other size", "not real"}
        For the program.
    """

    def __init__(self, message: str, reason: LeftOut) -> None:
        super().__init__(message, reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames of one size, in the order of their times; one is read when it is asked for.

    Attributes
    ----------
    source : object
        What gives a frame as ``source[number]``: array, memory map, dask or zarr array, simulated movie, list of arrays.
        Pixels are square: `SquareFrames` makes them so where they are not.
    shape : tuple of int
        (frames, rows, cols).
    time : ndarray, float64, shape (frames,)
        [s]; the numbers of the frames where nobody knows.
    pixel_size : float or None
        [nm/px].
    name : str
        What it is called, for the recipe.
    timed : bool
        Whether the times are seconds.
    notes : tuple of str
        What the user must know about how the numbers came about.
    calibration : str
        Where the pixel size comes from; "" if it is not known (see `pixel_size.calibration_of`).
    datasets : tuple of str
        The names of all data sets of its file, if there are several.
    dataset : str
        The name of this one.
    """

    source: Any = field(repr=False)
    shape: tuple[int, int, int]
    time: NDArray[np.float64] = field(repr=False)
    pixel_size: float | None
    name: str = "movie"
    timed: bool = True
    notes: tuple[str, ...] = ()
    calibration: str = ""
    datasets: tuple[str, ...] = ()
    dataset: str = ""

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, number: int) -> NDArray[Any]:
        """Read one frame.

        Returns
        -------
        ndarray, shape (rows, cols)
            In the dtype of the movie.

        Raises
        ------
        BadFrame
            If it has another size than the other frames, or numbers that are not finite.
        """
        frame = np.asarray(self.source[number])
        return check_frame(frame, number, self.shape[1:])

    @property
    def frame_interval(self) -> float:
        """Usual time from one frame to the next [s]."""
        return float(np.median(np.diff(self.time))) if len(self) > 1 else 0.0

    def sampled(self) -> list[int]:
        """Choose the numbers of some frames, spread over the movie."""
        return sorted({round(x) for x in np.linspace(0, len(self) - 1, min(SAMPLED, len(self)))})

    def usable(self, numbers: Iterable[int]) -> Iterator[tuple[int, NDArray[Any]]]:
        """Yield (number, frame) of those frames that can be read; bad ones are passed over, blank ones are not."""
        for number in numbers:
            try:
                frame = self[number]
            except BadFrame:
                continue
            yield number, frame

    def fingerprint(self) -> str:
        """Compute a sha256 over the size and some frames: the same movie has the same, without reading all of it."""
        digest = hashlib.sha256(repr(self.shape).encode())
        for number in self.sampled():
            # bad frames belong to the movie too
            frame = np.ascontiguousarray(self.source[number])
            digest.update(str(frame.dtype).encode())
            digest.update(frame.tobytes())
        return digest.hexdigest()


def check_frame(frame: NDArray[Any], number: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """Check that a frame can be used, and return it.

    Raises
    ------
    BadFrame
        If it has another size than ``shape``, or numbers that are not real and finite.
    """
    if frame.shape != shape:
        found = " x ".join(map(str, frame.shape))
        raise BadFrame(
            f"All frames of a movie must have one size: frame {number} has {found} px, the others {shape[0]} x "
            f"{shape[1]} px.",
            "other size",
        )
    if frame.dtype.kind not in "biuf":
        raise BadFrame(f"Frame {number} does not hold real numbers but {frame.dtype}.", "not real")
    if frame.dtype.kind == "f" and not np.isfinite(frame).all():
        raise BadFrame(
            f"Frame {number} holds pixels that are not finite (NaN or infinity): fill them first.", "not finite"
        )
    return frame


def is_blank(frame: NDArray[Any]) -> bool:
    """Decide whether all pixels of a frame are the same, so that nothing was recorded."""
    return bool(frame.size == 0 or frame.min() == frame.max())


def as_frames(
    movie: Any,
    *,
    time: ArrayLike | None = None,
    frame_interval: float | None = None,
    pixel_size: float | Sides | None = None,
    name: str | None = None,
) -> Frames:
    """Turn a movie into `Frames`, without reading more of it than its size.

    Parameters
    ----------
    movie : array_like, xarray.DataArray, dask or zarr array, simulated movie, list of pictures, or Frames
        Axes (frame, row, col). A single picture counts as a movie of one frame. Of a list of pictures the most frequent size
        counts; a picture of another size is a bad frame.
    time : array_like, shape (frames,), optional
        Time of each frame [s]; taken from the movie where it knows.
    frame_interval : float, optional
        Time from one frame to the next instead [s].
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col); taken from the movie where it knows. Frames whose pixels are not square are resampled to
        the finer spacing when they are read, and `notes` says so.
    name : str, optional
        What it is called.

    Returns
    -------
    Frames
        The frames, each read when it is asked for.

    Raises
    ------
    ValueError
        If it is not a movie, its times do not rise, or a number is not positive; in one sentence.
    """
    if frame_interval is not None and not (np.isfinite(frame_interval) and frame_interval > 0):
        raise ValueError(f"The frame interval is a positive number of seconds, not {frame_interval}.")
    check_pixel_size(pixel_size)
    source, known_time, sides, calibration, known_name, notes = _look_into(movie)
    if pixel_size is not None:
        sides, calibration = (pixel_size if isinstance(pixel_size, tuple) else (pixel_size, pixel_size)), "by hand"
        if isinstance(source, SquareFrames):
            source, notes = source.source, [note for note in notes if note != _resampled(source.sides, True)]
    shape = _shape(source)
    side = square_side(sides)
    if side is None:
        source, side = SquareFrames(source, shape, sides), finer_spacing(sides)
        shape, notes = source.shape, (*notes, _resampled(sides, bool(calibration)))
    timed = True
    times: NDArray[np.float64]
    if time is not None:
        times = np.asarray(time, dtype=np.float64)
    elif frame_interval is not None:
        times = (frame_interval * np.arange(shape[0])).astype(np.float64)
    elif known_time is not None:
        times = np.asarray(known_time, dtype=np.float64)
    else:
        times, timed = np.arange(shape[0]).astype(np.float64), False
    _check_times(times, shape[0])
    size = side if calibration else None
    known = (timed, tuple(notes), calibration, *_datasets(movie))
    return Frames(source, shape, times, size, name or known_name or "movie", *known)


def _resampled(sides: Sides, known: bool) -> str:
    words = resampling_note(sides, known)
    return f"{words[:1].upper()}{words[1:]}."


def _look_into(movie: Any) -> tuple[Any, Any, Sides, str, str | None, Sequence[str]]:
    """Return what gives frames, and what the movie knows: times, sides of a pixel and their origin, name, notes."""
    if isinstance(movie, Frames):
        times, side = movie.time if movie.timed else None, movie.pixel_size or 1.0
        return movie.source, times, (side, side), movie.calibration, movie.name, movie.notes
    if isinstance(movie, xr.DataArray):
        if movie.ndim == 2:
            movie = movie.expand_dims("frame")
        first = movie.dims[0]
        known = movie.coords.get(first)
        times = known.values if known is not None and known.attrs.get("units") == "s" else None
        notes = _notes(movie.attrs.get("notes"))
        return movie.data, times, sides_of(movie)[0], calibration_of(movie), movie.attrs.get("file"), notes
    if hasattr(movie, "frame") and hasattr(movie, "time"):  # a simulated movie
        side, name = movie.pixel_size, getattr(movie, "name", type(movie).__name__)
        return movie, movie.time, (side or 1.0, side or 1.0), "simulation" if side else "", name, ()
    if isinstance(movie, list | tuple):
        return [np.asarray(frame) for frame in movie], None, (1.0, 1.0), "", None, ()
    if getattr(movie, "ndim", None) == 2:
        return np.asarray(movie)[None], None, (1.0, 1.0), "", None, ()
    return movie, None, (1.0, 1.0), "", None, ()


def _datasets(movie: Any) -> tuple[tuple[str, ...], str]:
    if isinstance(movie, Frames):
        return movie.datasets, movie.dataset
    known = movie.attrs if isinstance(movie, xr.DataArray) else {}
    return tuple(map(str, known.get("datasets", ()))), str(known.get("dataset", ""))


def _notes(notes: Any) -> Sequence[str]:
    return (notes,) if isinstance(notes, str) and notes else tuple(notes or ())


def _shape(source: Any) -> tuple[int, int, int]:
    if isinstance(source, list):
        if not source:
            raise ValueError("The movie has no frames.")
        sizes = Counter(frame.shape for frame in source if frame.ndim == 2 and frame.size)
        if not sizes:
            raise ValueError("A movie is a list of pictures with two axes (row, column); these have other axes.")
        # one frame of another size does not decide, even if it is the first
        rows, cols = sizes.most_common(1)[0][0]
        return len(source), int(rows), int(cols)
    shape = tuple(getattr(source, "shape", ()))
    if len(shape) != 3:
        what = f"an array with {len(shape)} axes" if shape else type(source).__name__
        raise ValueError(f"A movie has the axes (frame, row, column); this is {what}.")
    if shape[2] in (3, 4) and shape[1] > 16:
        raise ValueError("This looks like a color picture, not like a movie: its last axis has 3 or 4 values.")
    if 0 in shape:
        raise ValueError("The movie has no frames." if shape[0] == 0 else "The frames of the movie have no pixels.")
    return int(shape[0]), int(shape[1]), int(shape[2])


def _check_times(times: NDArray[np.float64], count: int) -> None:
    if times.shape != (count,):
        raise ValueError(f"There are {times.size} times for {count} frames.")
    if not np.isfinite(times).all():
        raise ValueError("The times of the frames must be finite numbers of seconds.")
    back = np.flatnonzero(np.diff(times) <= 0)
    if len(back):
        k = int(back[0])
        raise ValueError(
            f"The time must rise from frame to frame: frame {k} is at {times[k]:g} s, frame {k + 1} at {times[k + 1]:g} s."
        )
