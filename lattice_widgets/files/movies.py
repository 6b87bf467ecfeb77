"""Movies that need not fit into memory: a frame is read when it is asked for, also in another process."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.movies.frames import Frames, as_frames
from lattice_widgets.files.calibration import PixelSizeGiven, calibrate_frames
from lattice_widgets.files.companions import refuse_links_out_of
from lattice_widgets.files.folders.pictures import is_one_picture
from lattice_widgets.files.folders.zarr_store import is_ome, refuse_pickles
from lattice_widgets.files.foreign import foreign_picture
from lattice_widgets.files.readers.arrays import FRAME_INTERVAL_KEY, PIXEL_SIZE_KEY
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, bytes_to_read
from lattice_widgets.files.reading import read_micrograph, read_or_describe
from lattice_widgets.memory import refuse_beyond_memory
from lattice_widgets.needed import needed

#: movies up to this size are read at once [bytes]
_SMALL = 512 * 1024**2


@dataclass(eq=False)
class StoredMovie:
    """A movie on disk; opened when first used, and anew in every process it is sent to.

    Parameters
    ----------
    path : pathlib.Path
        A .npy file (memory-mapped), a folder with a zarr array, or any file that `read_micrograph` reads.
    shape : tuple of int
        (frames, rows, cols).
    kind : {"npy", "zarr", "file"}
        How it is opened.
    dataset : str, int or None
        Which movie of a file that has several.
    """

    path: Path
    shape: tuple[int, int, int]
    kind: str
    dataset: str | int | None = None
    _opened: Any = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}

    def __getitem__(self, number: int) -> NDArray[Any]:
        if self.kind == "file":
            return np.asarray(read_micrograph(self.path, dataset=self.dataset, frames=int(number), max_bytes=2**62))
        if self._opened is None:
            npy = self.kind == "npy"
            self._opened = np.load(self.path, mmap_mode="r", allow_pickle=False) if npy else _open_zarr(self.path)
        try:
            return np.asarray(self._opened[number])
        except IndexError:  # how a sequence says that it has ended
            raise
        except Exception as error:  # zarr and what unpacks for it fail as they like
            raise MicrographFileError(
                f"Frame {number} of {self.path.name} cannot be read: it is damaged ({type(error).__name__})."
            ) from error


def take_movie(
    movie: Any, pixel_size: PixelSizeGiven | None = None, dataset: str | int | None = None, **known: Any
) -> Frames:
    """Take a movie from a file, or one that is in memory, as `Frames`.

    Parameters
    ----------
    movie : str, Path, or anything that `core.movies.frames.as_frames` takes
        The movie.
    pixel_size : float, tuple or str, optional
        As for `calibration.parse_pixel_size`; wins over what the movie says.
    dataset : str or int, optional
        Which movie of a file that has several, as for `read_micrograph`.
    **known
        ``time``, ``frame_interval`` as for `core.movies.frames.as_frames`.

    Returns
    -------
    Frames
        With the times and the pixel size of the movie, where it knows them and nothing else is given.

    Raises
    ------
    MicrographFileError
        If the file cannot be read, in one sentence.
    ValueError
        As `as_frames` and `calibration.calibrate_frames`.
    """
    if isinstance(movie, str | Path):
        frames = open_movie(movie, dataset, **known)
    elif dataset is not None:
        raise ValueError("A data set can be chosen in a file; this movie is in memory: give the one that is meant.")
    else:
        labeled = foreign_picture(movie)
        frames = as_frames(movie if labeled is None else labeled, **known)
    return frames if pixel_size is None else calibrate_frames(frames, pixel_size)


def open_movie(path: str | Path, dataset: str | int | None = None, **known: Any) -> Frames:
    """Open a movie in a file as `Frames`; large ones stay on disk. The file is looked into once.

    Parameters
    ----------
    path : str or path-like
        A file that `read_micrograph` reads, a .npy file of any size, or a folder with a zarr array (frame, row, col).
    dataset : str or int, optional
        Which movie of a file that has several, as for `read_micrograph`.
    **known
        ``time``, ``frame_interval``, ``pixel_size`` as for `core.movies.frames.as_frames`; they win over what the file says.

    Returns
    -------
    Frames
        With the times and the pixel size of the file, where it knows them.

    Raises
    ------
    MicrographFileError
        If the file cannot be read, in one sentence.
    ValueError
        As `as_frames`.
    """
    path = Path(os.path.expanduser(path))
    known.setdefault("name", path.name)
    if path.is_dir() and dataset is None and is_one_picture(path) and not is_ome(path):
        array = _open_zarr(path)
        if array is not None:
            return _of_zarr(path, array, known)
    image = read_or_describe(path, _SMALL, dataset)
    if not isinstance(image, StoredImage):
        return as_frames(image, **known)
    rows, cols = int(image.shape[1]), int(image.shape[2])
    _refuse_beyond_memory(path, bytes_to_read(image, 1))
    # an npy file has notes where its frames are not its first axis
    kind = "npy" if path.suffix.lower() == ".npy" and image.channels == 1 and not image.notes else "file"
    if known.get("time") is None and known.get("frame_interval") is None:
        known["time"] = image.frame_times
    by_file = known.get("pixel_size") is None and image.pixel_size is not None
    if by_file:
        known["pixel_size"] = image.pixel_size
    frames = as_frames(StoredMovie(path, (int(image.shape[0]), rows, cols), kind, dataset), **known)
    several = image.datasets if len(image.datasets) > 1 else ()
    origin = image.calibration if by_file else frames.calibration
    notes = (*filter(None, ["; ".join(image.notes)]), *frames.notes)
    return replace(frames, notes=notes, calibration=origin, datasets=several, dataset=image.name)


def _of_zarr(path: Path, array: Any, known: dict[str, Any]) -> Frames:
    if len(array.shape) == 3:
        # all frames have a time, and one frame its values, twice in float64
        n_bytes = 8 * array.shape[0] + (2 * array.dtype.itemsize + 16) * array.shape[1] * array.shape[2]
        _refuse_beyond_memory(path, n_bytes)
    return as_frames(StoredMovie(path, as_frames(array).shape, "zarr"), **known)


def _refuse_beyond_memory(path: Path, n_bytes: int) -> None:
    try:
        refuse_beyond_memory(f"{path.name} is too large: one frame of it", n_bytes, "reduce its frames")
    except ValueError as error:
        raise MicrographFileError(str(error)) from None


def _open_zarr(path: Path) -> Any:
    """Return the one array of a zarr folder that may be a movie; None where several may be, or it says lengths or times."""
    with needed("zarr", "Opening a zarr folder"):
        import zarr

    try:
        refuse_links_out_of(path)
    except MicrographFileError as error:
        raise MicrographFileError(f"{path.name} cannot be read: {error}.") from None
    try:
        opened = zarr.open(str(path), mode="r")
    except Exception as error:  # zarr has no common exception
        raise MicrographFileError(f"The folder {path.name} holds no zarr array.") from error
    if isinstance(opened, zarr.Group):
        arrays = [array for _, array in opened.arrays()]
        if len(arrays) != 1 or arrays[0].ndim != 3:  # of several some may say lengths and times
            return None
        opened = arrays[0]
    if {PIXEL_SIZE_KEY, FRAME_INTERVAL_KEY} & set(opened.attrs):
        return None
    try:
        return refuse_pickles(opened)
    except MicrographFileError as error:
        raise MicrographFileError(f"{path.name} cannot be read: {error}.") from None
