"""``read_micrograph``: the checks that every file passes, the choice of its reader, and the labeled array."""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lattice_widgets.files.deadline import read_within, seconds_for
from lattice_widgets.files.finding import find_reader
from lattice_widgets.files.kinds import suffix_of
from lattice_widgets.files.labeled import PlainPicture, label
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, bytes_to_read, gray_values
from lattice_widgets.files.selection import choose, chosen_frames, names_of_pictures, too_large
from lattice_widgets.files.uploads import read_upload
from lattice_widgets.memory import refuse_beyond_memory

if TYPE_CHECKING:
    import xarray as xr

    from lattice_widgets.files.calibration import PixelSizeGiven

__all__ = [
    "DEFAULT_MAX_BYTES",
    "read_micrograph",
    "read_micrograph_bytes",
    "read_or_describe",
    "read_plain",
]

DEFAULT_MAX_BYTES = 2 * 1024**3
"""Largest file, and largest array read from it, unless the caller says more: 2 GiB."""


def read_micrograph(
    path: str | os.PathLike[str],
    *,
    dataset: str | int | None = None,
    frames: int | slice | None = None,
    pixel_size: PixelSizeGiven | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    key: str | int | None = None,
) -> xr.DataArray:
    """Read a micrograph or a movie from a file.

    Parameters
    ----------
    path : str or path-like
        The file: png, tif, npy, sxm and others (``help("lattice_widgets.files")`` has the table); dm3, emd and some
        forty more with the extra ``formats``. What the file holds counts, not its name. Other files that it names must
        lie in its own folder.
    dataset : str or int, optional
        Which data set of a file that has several: channel, detector, direction of the scan, page; by its name
        ("Z backward", "channel 1"), a part of it that no other has, or its number from 0. Without it the largest picture
        or movie is taken (the first of equals), and ``attrs["notes"]`` says so and lists all.
    frames : int or slice, optional
        Which frames of a movie. One number gives a single picture. All frames by default.
    pixel_size : float, tuple or str, optional
        What it is, if the file does not say or is wrong: nm, (row, col) in nm, ``"20 pm"``, ``"0.02 x 0.04 nm"``, or a
        crystal of ``lw.CRYSTALS`` and one of its spots, ``"graphene 10"``.
    max_bytes : int, default 2 GiB
        Refuse a larger file before it is read, and a larger array before it is unpacked.
    key
        Old name of ``dataset``.

    Returns
    -------
    image : xarray.DataArray
        Dimensions ("row", "col") or ("frame", "row", "col"). The dtype is the file's; color pictures become luminance
        in float32 on the file's scale. Nothing is cropped, clipped or rescaled. Coordinates: ``row`` and ``col`` are
        the distances of the pixel centers from the first one, in nm where the file knows its pixel size, else in px;
        ``frame`` is the time in s where the file knows it, else the number of the frame (from 0). Each says its unit
        in ``attrs["units"]``: "nm", "px", "s" or "frame".
        Attributes: ``file`` (name), ``format``, ``dataset`` (name inside the file), ``notes`` (what was done or
        chosen, in words), ``datasets`` (the names of all, if the file has several) and, only where it is known, the pixel
        size in nm: ``pixel_size_row``, ``pixel_size_col`` and, for square pixels, ``pixel_size``; and where it comes from:
        ``calibration``, "file", "by hand" or the spot.

    Raises
    ------
    MicrographFileError
        With one sentence that says what is wrong and what helps. (A ValueError if it is the pixel size.) Also where reading
        takes more than a minute and a second for each 2 MB; ``LATTICE_WIDGETS_READING_SECONDS`` is another minute.
    """
    path = Path(os.path.expanduser(path))
    return _calibrated(
        label(read_plain(path, path.name, _renamed(dataset, key), frames, max_bytes), path.name), pixel_size
    )


def _renamed(dataset: str | int | None, key: str | int | None) -> str | int | None:
    if key is not None:
        warnings.warn("key is called dataset now.", DeprecationWarning, stacklevel=3)
    return dataset if dataset is not None else key


def _calibrated(image: xr.DataArray, pixel_size: PixelSizeGiven | None) -> xr.DataArray:
    if pixel_size is not None:  # not at the top: the process that reads an upload does without xarray
        from lattice_widgets.files.calibration import calibrate

        image = calibrate(image, pixel_size)
    return image


def read_micrograph_bytes(
    name: str,
    content: bytes | bytearray | memoryview,
    *,
    dataset: str | int | None = None,
    frames: int | slice | None = None,
    pixel_size: PixelSizeGiven | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    key: str | int | None = None,
) -> xr.DataArray:
    """Read a micrograph from the bytes of a file, as an upload widget hands them over.

    The bytes may come from anybody: they are read in a process of its own with limits on memory, time and files, and a
    file that names other files is refused.

    Parameters
    ----------
    name : str
        The file's name; only its last part is used.
    content : bytes, bytearray or memoryview
        What the file holds.
    dataset, frames, pixel_size, max_bytes, key
        As in :func:`read_micrograph`.

    Returns
    -------
    image : xarray.DataArray
        As from :func:`read_micrograph`.

    Raises
    ------
    MicrographFileError
        With one sentence that says what is wrong and what helps, also where reading takes more than a minute or more
        than 3 GiB of memory.
    """
    name = name.replace("\\", "/").rpartition("/")[2] or "upload"
    size = memoryview(content).nbytes
    if size > max_bytes:
        raise MicrographFileError(too_large(name, size, max_bytes))
    read = read_upload(name, content, key=_renamed(dataset, key), frames=frames, max_bytes=max_bytes)
    return _calibrated(label(read, name), pixel_size)


def read_or_describe(path: Path, largest: int, dataset: str | int | None = None) -> xr.DataArray | StoredImage:
    """Read a picture or movie as `read_micrograph` does, or only describe a movie of more than ``largest`` bytes.

    The file is opened and described once, whichever it is.

    Raises
    ------
    MicrographFileError
        As `read_micrograph`.
    """
    found = _read(path, path.name, dataset, None, 2**62, largest=largest)
    return label(found, path.name) if isinstance(found, PlainPicture) else found


def _damaged(path: Path, name: str, kind: str, error: Exception) -> MicrographFileError:
    """Say of a broken file what its reader says; foreign ones fail in any way they like."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    reason = _without_folders(reason, path, name)
    if isinstance(error, ImportError) and error.name:
        return MicrographFileError(
            f"{name} cannot be read: its reader needs the Python module {error.name!r}, which is not installed."
        )
    return MicrographFileError(
        f"{name} cannot be read as {kind or suffix_of(name)}: it is damaged or cut off ({reason})."
    )


def _without_folders(text: str, path: Path, name: str) -> str:
    """Return a sentence without the folders of a file: they are nobody's business on a shared screen."""
    for whole in (path, path.resolve()):
        text = text.replace(str(whole), name).replace(f"{whole.parent}{os.sep}", "")
    return text


def read_plain(
    path: Path,
    name: str,
    key: str | int | None = None,
    frames: int | slice | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    *,
    upload: bool = False,
) -> PlainPicture:
    """Read a micrograph from a file as plain numbers and words, without xarray.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        What sentences call it.
    key, frames, max_bytes
        As in `read_micrograph`.
    upload : bool
        True refuses every file that names another one; False those that name one outside their folder.

    Raises
    ------
    MicrographFileError
        As `read_micrograph`.
    MemoryError
        Only for an upload: the process that reads it is short of memory, and its end tells.
    """
    found = _read(path, name, key, frames, max_bytes, upload=upload)
    assert isinstance(found, PlainPicture)  # only a limit leaves a movie where it is
    return found


def _read(
    path: Path,
    name: str,
    key: str | int | None,
    frames: int | slice | None,
    max_bytes: int,
    *,
    upload: bool = False,
    largest: int | None = None,
) -> PlainPicture | StoredImage:
    kind, reader, notes = find_reader(path, name, max_bytes, upload)

    def read() -> PlainPicture | StoredImage:
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
            if largest is not None and not image.whole and len(image.shape) == 3 and size > largest:
                return replace(image, notes=(*notes, *chosen, *image.notes), datasets=names_of_pictures(images))
            if not upload:  # that has a limit of its own, which its process cannot exceed
                _refuse_beyond_memory(name, bytes_to_read(image, count), count > 1 and not image.whole)
            values, converted = gray_values(np.asarray(image.load(selected)), image.channels)
            if values.shape != ((count,) if len(image.shape) == 3 else ()) + image.shape[-2:]:
                raise MicrographFileError("it is damaged: it holds other pixels than it says")
        positions = np.arange(image.shape[0]) if image.frame_times is None else np.asarray(image.frame_times)
        return PlainPicture(
            values=values,
            format=kind or suffix_of(name).removeprefix("."),
            dataset=image.name,
            notes="; ".join([*notes, *chosen, *image.notes, *image.found, *converted]),
            pixel_size=image.pixel_size,
            frame_positions=positions[selected] if values.ndim == 3 else None,
            frame_unit="frame" if image.frame_times is None else "s",
            single=isinstance(frames, int | np.integer),
            datasets=names_of_pictures(images),
            calibration=image.calibration,
        )

    try:
        return read() if upload else read_within(seconds_for(path.stat().st_size), read)
    except MicrographFileError as error:
        text = _without_folders(str(error), path, name)
        named = name in text and not text.startswith("it ")
        raise MicrographFileError(text if named else f"{name} cannot be read: {text}.") from None
    except MemoryError:
        if upload:
            raise
        raise MicrographFileError(
            f"{name} does not fit into memory: choose fewer frames with frames=slice(...)."
        ) from None
    except Exception as error:
        raise _damaged(path, name, kind, error) from None


def _refuse_beyond_memory(name: str, n_bytes: int, fewer: bool) -> None:
    remedy = "choose fewer frames with frames=slice(...)" if fewer else "close other notebooks, or save a smaller part"
    try:
        refuse_beyond_memory(f"{name} is too large: reading it", n_bytes, remedy)
    except ValueError as error:
        raise MicrographFileError(str(error)) from None
