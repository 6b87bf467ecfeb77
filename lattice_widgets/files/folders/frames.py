"""A folder of single pictures as a movie: one file a frame, in the order of their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from lattice_widgets.files.folders.pictures import pictures_in
from lattice_widgets.files.kinds import suffix_of
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, with_blanks

__all__ = ["in_order", "stored_images"]

#: pictures that tell the size of all: one alone may be the bad one
_JUDGES = 3
#: bad pictures that are named
_TOLD = 5
#: data sets of a file that are offered as movies
_MOST_DATASETS = 50


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
    """List the movies of a folder, one for each data set of its files; a frame is read when it is asked for.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    stack : contextlib.ExitStack
        Not needed: nothing stays open.
    read : callable
        ``read(file, dataset)`` returns a `PlainPicture`: of that data set, or of the largest one if it is None.

    Returns
    -------
    images : list of StoredImage
        One, or one for each channel, direction or detector that the first picture has; the pixel size is that of the first
        picture. Files of another kind than most are left out, with a note. A picture that cannot be read, or has another
        size than the first ones, is a frame without values (NaN), with a note.

    Raises
    ------
    MicrographFileError
        If the folder has no pictures, none that can be read, or one that is a movie.
    """
    found = in_order(pictures_in(path))
    if not found:
        raise MicrographFileError("it is a folder without pictures in it")
    kinds = [suffix_of(file) for file in found]
    usual = max(dict.fromkeys(kinds), key=kinds.count)
    files = [file for file, kind in zip(found, kinds, strict=True) if kind == usual]
    judge, first = _usual(files, read)
    notes = [f"the {len(files)} {usual} files of the folder are taken as frames, in the order of their names"]
    if len(files) < len(found):
        notes.append(f"{len(found) - len(files)} other files were left out")
    if len(first.datasets) < 2:
        return [_movie(files, read, first, notes, None)]
    each = [(name, read(judge, name)) for name in first.datasets[:_MOST_DATASETS]]
    return [_movie(files, read, picture, notes, name) for name, picture in each if picture.values.ndim == 2]


def _movie(
    files: list[Path], read: Callable[..., Any], first: Any, notes: list[str], dataset: str | None
) -> StoredImage:
    """Describe the movie of one data set of the files; ``first`` is a picture of it that tells size, type and lengths."""
    bad: list[str] = []

    def load(selected: slice) -> NDArray:
        frames: list[NDArray | None] = []
        for file in files[selected]:
            values, problem = _frame(file, partial(read, dataset=dataset), first.values.shape)
            frames.append(values)
            told = f"{problem}: its frame is left blank"
            if problem and told not in bad and len(bad) < _TOLD:  # a movie is read more than once
                bad.append(told)
        return with_blanks(frames, first.values.shape, first.values.dtype)

    rows, cols = first.values.shape
    return StoredImage(
        name=dataset or "", shape=(len(files), rows, cols), dtype=first.values.dtype, load=load,
        pixel_size=first.pixel_size, notes=(*notes, *([first.notes] if first.notes else [])), found=bad,
    )  # fmt: skip


def _usual(files: list[Path], read: Callable[..., Any]) -> tuple[Path, Any]:
    """Return a picture of the size that most of the first ones have, and its file; those that cannot be read do not count."""
    found: list[tuple[Path, Any]] = []
    problem: MicrographFileError | None = None
    for file in files:
        try:
            picture = read(file)
        except MicrographFileError as error:
            problem = problem or error
            continue
        if picture.values.ndim != 2:
            raise MicrographFileError(
                f"it is a folder, and {file.name} in it is a movie itself: give the name of one file"
            )
        found.append((file, picture))
        if len(found) == _JUDGES:
            break
    if not found:
        raise problem or MicrographFileError("it is a folder without pictures in it")
    shapes = [picture.values.shape for _file, picture in found]
    return max(found, key=lambda each: shapes.count(each[1].values.shape))


def _frame(file: Path, read: Callable[..., Any], shape: tuple[int, ...]) -> tuple[NDArray | None, str]:
    """Return the values of a picture, or None and what is wrong with it."""
    try:
        values = read(file).values
    except MicrographFileError as error:
        return None, str(error).rstrip(".")
    if values.shape == shape:
        return values, ""
    sizes = [" x ".join(map(str, each)) for each in (values.shape, shape)]
    return None, f"{file.name} in it has {sizes[0]} px, the others {sizes[1]}"
