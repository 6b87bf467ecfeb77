"""npy and npz through NumPy, never unpickling: the header is read and judged before any value is."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from lattice_widgets.core.units import pixel_size_or_none, told_pixel_size
from lattice_widgets.files.axes import axes_of
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

SPECIFICATION = ReaderSpecification(
    title="npy, npz (NumPy, never unpickled)",
    kinds=(
        Kind("npy", (".npy",), (b"\x93NUMPY",)),
        Kind("npz", (".npz",), (b"PK\x03\x04", b"PK\x05\x06"), shared=True),
    ),
    uploads=True,
    companions=False,
)

PIXEL_SIZE_KEY = "pixel_size_nm"
FRAME_INTERVAL_KEY = "frame_interval_s"
FRAME_TIMES_KEY = "frame_times_s"
CALIBRATION_KEY = "calibration"
#: letters of a word that says where a pixel size comes from
_LONGEST_WORD = 200


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the arrays of an npy or npz file; those of an npy file are mapped, so that only the frames asked for are read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.
    kind : str
        "npy" or "npz".
    upload_name : str or None
        Not needed here; every reader is given it.

    Returns
    -------
    images : list of StoredImage
        One for an npy file, pixel size and times unknown; for an npz file one for each array of two or more dimensions.
        There a number (or two: row, col) under ``pixel_size_nm`` is the pixel size of all of them, and a word under
        ``calibration`` says where it comes from; a number under ``frame_interval_s`` is the time between frames, or
        ``frame_times_s`` holds the time of each.

    Raises
    ------
    MicrographFileError
        For arrays of Python objects (they would have to be unpickled), and for a file that is cut off.
    """
    return _npz_images(path, stack) if kind == "npz" else [_npy_image(path)]


def _npy_image(path: Path) -> StoredImage:
    with path.open("rb") as stream:
        shape, dtype = _header(stream)
        offset = stream.tell()
    _refuse_objects(dtype)
    if 0 not in shape and path.stat().st_size - offset < np.prod(shape, dtype=object) * dtype.itemsize:
        raise MicrographFileError("it is cut off: the array is shorter than its header says")

    return _image("", shape, dtype, lambda: np.load(path, mmap_mode="r", allow_pickle=False))


def _npz_images(path: Path, stack: ExitStack) -> list[StoredImage]:
    members = stack.enter_context(zipfile.ZipFile(path))
    # Opened here and not by NumPy, which leaves the file open where the archive is damaged.
    archive = stack.enter_context(np.load(stack.enter_context(path.open("rb")), allow_pickle=False))
    headers = {}
    for member in members.namelist():
        if member.endswith(".npy"):
            with members.open(member) as stream:
                headers[member.removesuffix(".npy")] = _header(stream)
    pixel_size = None
    if PIXEL_SIZE_KEY in headers:
        numbers = np.ravel(_small(archive, headers, PIXEL_SIZE_KEY, 2))
        pixel_size = pixel_size_or_none(numbers[0], numbers[-1])
    interval = (
        float(np.ravel(_small(archive, headers, FRAME_INTERVAL_KEY, 1))[0]) if FRAME_INTERVAL_KEY in headers else None
    )
    calibration = _word(archive, headers, CALIBRATION_KEY) or "file"
    images = []
    refused: Exception | None = None
    for name, (shape, dtype) in headers.items():
        if len(shape) < 2 and len(headers) > 1:
            continue
        try:
            _refuse_objects(dtype)
        except MicrographFileError as error:
            refused = error
            continue
        image = _image(name, shape, dtype, partial(archive.__getitem__, name), pixel_size, interval, whole=True)
        times = _times(archive, headers, image.shape)
        images.append(
            replace(image, calibration=calibration, frame_times=image.frame_times if times is None else times)
        )
    if refused is not None and not images:
        raise refused
    return images


def _small(archive: np.lib.npyio.NpzFile, headers: dict, name: str, most: int) -> NDArray:
    """A calibration entry of an npz file, read only after its header says that it is a number or two."""
    shape, dtype = headers[name]
    if dtype.kind not in "fiu" or not 1 <= int(np.prod(shape)) <= most:
        raise MicrographFileError(f"its entry {name!r} must hold {'a number' if most == 1 else 'one or two numbers'}")
    return archive[name]


def _word(archive: np.lib.npyio.NpzFile, headers: dict, name: str) -> str:
    """A short text in one line; empty if there is none."""
    shape, dtype = headers.get(name, ((), np.dtype(float)))
    if dtype.kind != "U" or shape != () or dtype.itemsize > 4 * _LONGEST_WORD:
        return ""
    return " ".join(str(archive[name]).split())


def _times(archive: np.lib.npyio.NpzFile, headers: dict, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    """The times of the frames of a movie; None if the file does not hold them all, in their order."""
    known, dtype = headers.get(FRAME_TIMES_KEY, ((), np.dtype("U1")))
    if len(shape) != 3 or known != shape[:1] or dtype.kind not in "fiu":
        return None
    times = np.asarray(archive[FRAME_TIMES_KEY], np.float64)
    return times if np.isfinite(times).all() and (np.diff(times) > 0).all() else None


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = npy_format.read_magic(stream)
    read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
    shape, _fortran, dtype = read(stream)
    return shape, dtype


def _refuse_objects(dtype: np.dtype) -> None:
    if dtype.hasobject:
        raise MicrographFileError("it holds pickled Python objects, which are never opened: save plain numbers instead")


def _image(
    name: str,
    shape: tuple[int, ...],
    dtype: np.dtype,
    stored: Callable[[], NDArray],
    pixel_size: tuple[float, float] | None = None,
    interval: float | None = None,
    whole: bool = False,
) -> StoredImage:
    axes = axes_of(shape)
    times = np.arange(axes.shape[0], dtype=np.float64) * interval if interval and len(axes.shape) == 3 else None
    return StoredImage(
        name=name,
        shape=axes.shape,
        dtype=dtype,
        # what is mapped must be read before its file is closed; what was unpacked is there already
        load=lambda selected: np.array(axes.arranged(stored())[selected], copy=None if whole else True),
        whole=whole,
        channels=axes.channels,
        pixel_size=pixel_size,
        frame_times=times,
        notes=axes.notes,
    )


def pixel_size_by(attribute: Any, notes: list[str]) -> tuple[float, float] | None:
    """Understand the attribute `PIXEL_SIZE_KEY`.

    Parameters
    ----------
    attribute : object
        A number [nm] or two (row, col); anything else says nothing.
    notes : list of str
        Grows by what is wrong with it.

    Returns
    -------
    pixel_size : tuple of float or None
        (row, col) in nm.
    """
    sides = _numbers_of(attribute)
    return told_pixel_size(sides[0], sides[-1], notes) if 1 <= len(sides) <= 2 else None


def times_by(attribute: Any, frames: int) -> NDArray[np.float64] | None:
    """Understand the attribute `FRAME_INTERVAL_KEY`.

    Parameters
    ----------
    attribute : object
        A positive number [s]; anything else says nothing.
    frames : int
        How many there are.

    Returns
    -------
    times : numpy.ndarray or None
        [s], one for each frame.
    """
    interval = _numbers_of(attribute)
    told = len(interval) == 1 and 0 < interval[0] < np.inf
    return np.arange(frames, dtype=np.float64) * interval[0] if told else None


def _numbers_of(attribute: Any) -> list[float]:
    value = (
        np.ravel(np.asarray(attribute))
        if isinstance(attribute, int | float | list | np.ndarray | np.generic)
        else np.zeros(0)
    )
    return [float(number) for number in value[:3]] if value.dtype.kind in "iuf" else []
