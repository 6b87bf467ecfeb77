"""Which reader a file is for: by how it begins, then by its name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from lattice_widgets.files.folders import frames as frame_folder
from lattice_widgets.files.folders import zarr_store as zarr_folder
from lattice_widgets.files.folders.pictures import is_one_picture
from lattice_widgets.files.hdf5_references import is_hdf5, refuse_references
from lattice_widgets.files.kinds import kind_of, kinds_by_suffix, looks_like, reader_of, suffix_of
from lattice_widgets.files.labeled import PlainPicture
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage
from lattice_widgets.files.selection import too_large


def find_reader(
    path: Path, name: str, max_bytes: int, upload: bool = False
) -> tuple[str, Callable[[Path, ExitStack], list[StoredImage]], list[str]]:
    """Find what reads a file, without reading it.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        What messages call it.
    max_bytes : int
        A larger file is refused.
    upload : bool
        Whether it came from a browser: then its reader must take uploads.

    Returns
    -------
    kind : str
        Name of its format; "" if only its suffix tells the reader.
    stored_images : callable
        Lists what is in it, given the path and a `contextlib.ExitStack`.
    notes : list of str
        What the user must know: that the name says something else.

    Raises
    ------
    MicrographFileError
        If there is no such file, no reader for it, or it is too large.
    """
    try:
        if path.is_dir():
            return _of_folder(path, name, max_bytes, upload)
        if not path.is_file() and path.exists():  # a pipe would be waited for, a device never ends
            raise MicrographFileError(f"{name} is no ordinary file but a pipe, a socket or a device: copy its content.")
        size = path.stat().st_size
        if size > max_bytes:
            raise MicrographFileError(too_large(name, size, max_bytes))
        with path.open("rb") as stream:
            head = stream.read(64)
    except FileNotFoundError:
        raise MicrographFileError(f"there is no file {name}: check its name and folder.") from None
    except OSError as error:
        raise MicrographFileError(f"{name} cannot be opened: {error.strerror or error}.") from None
    if not size:
        raise MicrographFileError(f"{name} is empty (0 bytes): copy or save it again.")
    suffix = suffix_of(name)
    kind, promised = kind_of(head, suffix), kinds_by_suffix().get(suffix, "")
    if not kind and promised in ("hdf5", "emd") and is_hdf5(path):
        kind = promised  # it begins behind a block of the user's, which may hold anything
    reader = reader_of(kind, suffix)
    if reader is None:
        what = f"not a {promised} file, as its name says" if promised else "of no kind that is known here"
        raise MicrographFileError(f"{name} is {what}: it looks like {looks_like(head)}.")
    notes = [f"the name says {suffix}, the file is {kind}"] if kind and promised and kind != promised else []
    if upload and not reader.SPECIFICATION.uploads:
        raise MicrographFileError(f"{name} cannot be uploaded: open {kind} files where they lie.")
    return kind, partial(_stored_images, reader, kind, name if upload else None), notes


def _of_folder(
    path: Path, name: str, max_bytes: int, upload: bool
) -> tuple[str, Callable[[Path, ExitStack], list[StoredImage]], list[str]]:
    """Find what reads a folder: one that is a zarr array, or one with a picture for each frame."""
    if upload:
        raise MicrographFileError(f"{name} is a folder, and an upload is one file.")
    if is_one_picture(path):
        return "zarr", zarr_folder.stored_images, []

    def read(file: Path, dataset: str | None = None) -> PlainPicture:
        from lattice_widgets.files.reading import read_plain

        return read_plain(file, file.name, dataset, max_bytes=max_bytes)

    return "folder", partial(frame_folder.stored_images, read=read), []


def _stored_images(reader: Any, kind: str, upload_name: str | None, path: Path, stack: ExitStack) -> list[StoredImage]:
    """List the pictures and movies of a file, after a look at the other files that it names."""
    refuse_references(path, alone=upload_name is not None)
    return reader.stored_images(path, stack, kind, upload_name)
