"""A folder of single pictures as a movie: one file a frame, in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.folders.pictures import pictures_in
from lattice_widgets.files.kinds import suffix_of
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

__all__ = ["in_order", "stored_images"]


def in_order(files: list[Path]) -> list[Path]:
    """Return files in the order of the numbers in their names: frame 2 comes before frame 10.

    Examples
    --------
    >>> [path.name for path in in_order([Path("f10.png"), Path("f2.png"), Path("a.png")])]
    ['a.png', 'f2.png', 'f10.png']
    """

    def key(path: Path) -> list[Any]:
        parts = re.split(r"(\d+)", path.name.casefold())
        return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]

    return sorted(files, key=key)


def stored_images(path: Path, stack: ExitStack, read: Callable[..., Any]) -> list[StoredImage]:
    """List the one movie of a folder; a frame is read when it is asked for.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    stack : contextlib.ExitStack
        Not needed: nothing stays open.
    read : callable
        ``read(file)`` returns a `PlainPicture`.

    Returns
    -------
    images : list of StoredImage
        One; its pixel size is that of the first picture. Files of another kind than most are left out, with a note.

    Raises
    ------
    MicrographFileError
        If the folder has no pictures, or the first is a movie.
    """
    found = in_order(pictures_in(path))
    if not found:
        raise MicrographFileError("it is a folder without pictures in it")
    kinds = [suffix_of(file) for file in found]
    usual = max(dict.fromkeys(kinds), key=kinds.count)
    files = [file for file, kind in zip(found, kinds, strict=True) if kind == usual]
    first = read(files[0])
    if first.values.ndim != 2:
        raise MicrographFileError(
            f"it is a folder, and {files[0].name} in it is a movie itself: give the name of one file"
        )
    notes = [f"the {len(files)} {usual} files of the folder are taken as frames, in the order of their names"]
    if len(files) < len(found):
        notes.append(f"{len(found) - len(files)} other files were left out")

    def load(selected: slice) -> NDArray:
        frames = []
        for file in files[selected]:
            values = read(file).values
            if values.shape != first.values.shape:
                sizes = [" x ".join(map(str, shape)) for shape in (values.shape, first.values.shape)]
                raise MicrographFileError(f"{file.name} in it has {sizes[0]} px, the first picture {sizes[1]}")
            frames.append(values.astype(np.result_type(values, first.values.dtype), copy=False))
        return np.stack(frames)

    rows, cols = first.values.shape
    return [
        StoredImage(
            name="", shape=(len(files), rows, cols), dtype=first.values.dtype, load=load, pixel_size=first.pixel_size,
            notes=(*notes, *([first.notes] if first.notes else [])),
        )
    ]  # fmt: skip
