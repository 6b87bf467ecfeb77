"""``read_micrograph``: the checks that every file passes, the choice of its reader, and the labeled array."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.files.kinds import SUFFIXES, kind_of, looks_like, suffix_of
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, gray_values, pixel_size_or_none
from lattice_widgets.files.selection import choose, chosen_frames, too_large

DEFAULT_MAX_BYTES = 2 * 1024**3
"""Largest file, and largest array read from it, unless the caller says more: 2 GiB."""

_READERS = {
    "png": "pictures.stored_images",
    "jpg": "pictures.stored_images",
    "gif": "pictures.stored_images",
    "bmp": "pictures.stored_images",
    "tif": "tiff.stored_images",
    "npy": "arrays.npy_images",
    "npz": "arrays.npz_images",
    "sxm": "nanonis.stored_images",
}


def read_micrograph(
    path: str | os.PathLike[str],
    *,
    key: str | int | None = None,
    frames: int | slice | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> xr.DataArray:
    """Read a micrograph or a movie from a file.

    Parameters
    ----------
    path : str or path-like
        The file: png, jpg, bmp, gif, tif, npy, npz or sxm; dm3, dm4, emd, hspy and others with the extra ``formats``.
        What the file holds counts, not its name.
    key : str or int, optional
        Which data set of a file that has several, by name or number. Without it the largest picture or movie is
        taken (the first of equals), and ``attrs["notes"]`` says so.
    frames : int or slice, optional
        Which frames of a movie. One number gives a single picture. All frames by default.
    max_bytes : int, default 2 GiB
        Refuse a larger file before it is read, and a larger array before it is unpacked.

    Returns
    -------
    image : xarray.DataArray
        Dimensions ("row", "col") or ("frame", "row", "col"). The dtype is the file's; color pictures become luminance
        in float32 on the file's scale. Nothing is cropped, clipped or rescaled. Coordinates: ``row`` and ``col`` are
        the distances of the pixel centers from the first one, in nm where the file knows its pixel size, else in px;
        ``frame`` is the time in s where the file knows it, else the number of the frame (from 0). Each says its unit
        in ``attrs["units"]``: "nm", "px", "s" or "frame".
        Attributes: ``file`` (name), ``format``, ``dataset`` (name inside the file), ``notes`` (what was done or
        chosen, in words) and, only where it is known, the pixel size in nm: ``pixel_size_row``, ``pixel_size_col``
        and, for square pixels, ``pixel_size``.

    Raises
    ------
    MicrographFileError
        With one sentence that says what is wrong and what helps.
    """
    path = Path(path)
    return _read(path, path.name, key, frames, max_bytes)


def read_micrograph_bytes(
    name: str,
    content: bytes | bytearray | memoryview,
    *,
    key: str | int | None = None,
    frames: int | slice | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
) -> xr.DataArray:
    """Read a micrograph from the bytes of a file, as an upload widget hands them over.

    Parameters
    ----------
    name : str
        The file's name; only its last part is used.
    content : bytes, bytearray or memoryview
        What the file holds.
    key, frames, max_bytes
        As in :func:`read_micrograph`.

    Returns
    -------
    image : xarray.DataArray
        As from :func:`read_micrograph`.

    Raises
    ------
    MicrographFileError
        With one sentence that says what is wrong and what helps.
    """
    name = name.replace("\\", "/").rpartition("/")[2] or "upload"
    size = memoryview(content).nbytes
    if size > max_bytes:
        raise MicrographFileError(too_large(name, size, max_bytes))
    # Several readers want a file; the name's suffix is all that they need of the name.
    suffix = suffix_of(name) if suffix_of(name)[1:].isalnum() else ""
    # A reader that still holds its file would make Windows refuse to delete it; that is no reason to fail.
    with tempfile.TemporaryDirectory(prefix="lattice_widgets_", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        return _read(path, name, key, frames, max_bytes)


def set_pixel_size(image: xr.DataArray, pixel_size: float | tuple[float, float]) -> xr.DataArray:
    """Give a micrograph a pixel size: a new array over the same values with ``row`` and ``col`` in nm.

    Parameters
    ----------
    image : xarray.DataArray
        Dimensions (..., "row", "col").
    pixel_size : float or tuple of float
        nm per pixel, or (row, col) where pixels are not square. Positive and finite.

    Returns
    -------
    image : xarray.DataArray
        The same values, not copied.

    Raises
    ------
    ValueError
        For a pixel size that is not positive and finite.

    Examples
    --------
    >>> image = set_pixel_size(xr.DataArray(np.zeros((2, 3)), dims=("row", "col")), 0.5)
    >>> image.col.values.tolist(), image.col.units, image.pixel_size
    ([0.0, 0.5, 1.0], 'nm', 0.5)
    """
    size = pixel_size_or_none(*(pixel_size if isinstance(pixel_size, tuple) else (pixel_size, pixel_size)))
    if size is None or min(np.ravel(pixel_size)) < 0:
        raise ValueError(f"a pixel size must be positive and finite, in nm, not {pixel_size!r}")
    image = image.assign_coords(
        {axis: _positions(axis, image.sizes[axis], s) for axis, s in zip(("row", "col"), size, strict=True)}
    )
    image.attrs = {name: value for name, value in image.attrs.items() if not name.startswith("pixel_size")}
    image.attrs["pixel_size_row"], image.attrs["pixel_size_col"] = size
    if np.isclose(*size, rtol=1e-6, atol=0):
        image.attrs["pixel_size"] = size[1]
    return image


def look_into(path: Path) -> StoredImage:
    """Describe the picture or movie that `read_micrograph` would read from a file, whatever its size.

    Raises
    ------
    MicrographFileError
        As `read_micrograph`.
    """
    kind, reader, _ = _reader(path, path.name, 2**62)
    try:
        with ExitStack() as stack:
            return choose(reader(path, stack), None, path.name)[0]
    except MicrographFileError as error:
        text = str(error)
        raise MicrographFileError(text if path.name in text else f"{path.name} cannot be read: {text}.") from None
    except Exception as error:  # as in `_read`
        raise _damaged(path, path.name, kind, error) from None


def _damaged(path: Path, name: str, kind: str, error: Exception) -> MicrographFileError:
    """Return what to say of a broken file. Foreign readers fail in any way they like: their first line goes into it."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".").replace(str(path), name)
    return MicrographFileError(
        f"{name} cannot be read as {kind or suffix_of(name)}: it is damaged or cut off ({reason})."
    )


def _read(path: Path, name: str, key: str | int | None, frames: int | slice | None, max_bytes: int) -> xr.DataArray:
    kind, reader, notes = _reader(path, name, max_bytes)
    try:
        with ExitStack() as stack:
            images = reader(path, stack)
            image, chosen = choose(images, key, name)
            selected = chosen_frames(image, frames)
            count = len(range(image.shape[0])[selected]) if len(image.shape) == 3 else 1
            size = count * image.shape[-2] * image.shape[-1] * image.channels * image.dtype.itemsize
            if size > max_bytes:
                raise MicrographFileError(
                    too_large(f"the array in {name}", size, max_bytes, movie=len(image.shape) == 3)
                )
            values, converted = gray_values(np.asarray(image.load(selected)), image.channels)
    except MicrographFileError as error:
        text = str(error)
        raise MicrographFileError(text if name in text else f"{name} cannot be read: {text}.") from None
    except MemoryError:
        raise MicrographFileError(
            f"{name} does not fit into memory: choose fewer frames with frames=slice(...)."
        ) from None
    except Exception as error:
        raise _damaged(path, name, kind, error) from None
    array = _labeled(values, image, selected, isinstance(frames, int | np.integer))
    array.attrs = {
        "file": name,
        "format": kind or suffix_of(name).removeprefix("."),
        "dataset": image.name,
        "notes": "; ".join([*notes, *chosen, *image.notes, *converted]),
    }
    return array if image.pixel_size is None else set_pixel_size(array, image.pixel_size)


def _reader(
    path: Path, name: str, max_bytes: int
) -> tuple[str, Callable[[Path, ExitStack], list[StoredImage]], list[str]]:
    """Kind of a file, its reader, and a note where the name says something else; all without reading the file."""
    try:
        if path.is_dir():
            raise MicrographFileError(f"{name} is a folder: give the name of a file in it.")
        size = path.stat().st_size
        if size > max_bytes:
            raise MicrographFileError(too_large(name, size, max_bytes))
        with path.open("rb") as stream:
            head = stream.read(64)
    except FileNotFoundError:
        raise MicrographFileError(f"there is no file {path}: check its name and folder.") from None
    except OSError as error:
        raise MicrographFileError(f"{name} cannot be opened: {error.strerror or error}.") from None
    if not size:
        raise MicrographFileError(f"{name} is empty (0 bytes): copy or save it again.")
    suffix = suffix_of(name)
    kind, promised = kind_of(head, suffix), SUFFIXES.get(suffix, "")
    if not kind and (promised or not suffix):
        what = f"not a {promised} file, as its name says" if promised else "of no kind that is known here"
        raise MicrographFileError(f"{name} is {what}: it looks like {looks_like(head)}.")
    notes = [f"the name says {suffix}, the file is {kind}"] if kind and promised and kind != promised else []
    if kind in _READERS:
        module, _, function = _READERS[kind].partition(".")
        return kind, getattr(importlib.import_module(f"lattice_widgets.files.readers.{module}"), function), notes
    from lattice_widgets.files.readers import rosetta

    return kind, lambda file, stack: rosetta.stored_images(file, stack, kind), notes


def _labeled(values: NDArray, image: StoredImage, selected: slice, single: bool) -> xr.DataArray:
    """Array with named axes, in px and frame numbers or seconds."""
    dims: tuple[str, ...] = ("row", "col")
    coordinates = {axis: _positions(axis, size) for axis, size in zip(dims, values.shape[-2:], strict=True)}
    if values.ndim == 3:
        dims = ("frame", *dims)
        times = image.frame_times
        numbers = np.arange(image.shape[0]) if times is None else times
        attributes = {
            "units": "frame" if times is None else "s",
            "long_name": "frame number" if times is None else "time",
        }
        coordinates["frame"] = xr.Variable("frame", numbers[selected], attributes)
    array = xr.DataArray(values, dims=dims, coords=coordinates, name="intensity")
    return array.isel(frame=0) if single and values.ndim == 3 else array


def _positions(axis: str, count: int, pixel_size: float | None = None) -> xr.Variable:
    units = "px" if pixel_size is None else "nm"
    return xr.Variable(axis, np.arange(count) * (pixel_size or 1), {"units": units, "long_name": axis})
