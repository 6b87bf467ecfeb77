"""npy and npz through NumPy, never unpickling: the header is read and judged before any value is."""

from __future__ import annotations

import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, pixel_size_or_none

PIXEL_SIZE_KEY = "pixel_size_nm"
FRAME_INTERVAL_KEY = "frame_interval_s"


def npy_images(path: Path, stack: ExitStack) -> list[StoredImage]:
    """The one array of an npy file, mapped so that only the frames asked for are read.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed here; every reader has it.

    Returns
    -------
    images : list of StoredImage
        One entry; pixel size and times unknown.

    Raises
    ------
    MicrographFileError
        For arrays of Python objects (they would have to be unpickled).
    """
    with path.open("rb") as stream:
        shape, dtype = _header(stream)
        offset = stream.tell()
    _refuse_objects(dtype)
    if 0 not in shape and path.stat().st_size - offset < np.prod(shape, dtype=object) * dtype.itemsize:
        raise MicrographFileError("it is cut off: the array is shorter than its header says")

    def load(selected: slice) -> NDArray:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
        return np.array(values[selected])

    return [_image("", shape, dtype, load)]


def npz_images(path: Path, stack: ExitStack) -> list[StoredImage]:
    """The arrays of an npz file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.

    Returns
    -------
    images : list of StoredImage
        One per array of two or more dimensions. A number (or two: row, col) under ``pixel_size_nm`` is the pixel size
        of all of them, a number under ``frame_interval_s`` the time between frames.

    Raises
    ------
    MicrographFileError
        For arrays of Python objects (they would have to be unpickled).
    """
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
        images.append(
            _image(name, shape, dtype, lambda selected, name=name: archive[name][selected], pixel_size, interval)
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
    load: object,
    pixel_size: tuple[float, float] | None = None,
    interval: float | None = None,
) -> StoredImage:
    """Describe an array; (rows, cols, 3 or 4) of uint8 is a color picture, not a movie that is 3 pixels wide."""
    channels = 1
    if len(shape) == 3 and shape[-1] in (3, 4) and dtype == np.uint8 and min(shape[:2]) > 4:
        shape, channels = shape[:2], shape[-1]
    times = np.arange(shape[0]) * interval if interval and len(shape) == 3 else None
    return StoredImage(name, shape, dtype, load, channels, pixel_size, times)  # type: ignore[arg-type]
