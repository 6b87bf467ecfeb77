"""Files that come with companions: where these may lie, and how the others are refused.

An upload is one file. A file on disk may have companions in its own folder, symbolic links resolved; a name that leads
anywhere else is refused before a reader sees it. Which files a reader opens, it says itself: in a module ``companions``
beside its specification; HDF5 has :mod:`.hdf5_references`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from lattice_widgets.files.readers.stored import MicrographFileError


def last_part(name: str) -> str:
    """Last part of a path of any system, at most 60 characters: what a sentence may show of it."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2][:60] or name[:60]


def lies_beside(companion: Path, file: Path) -> bool:
    """Tell whether two files lie in the same folder, symbolic links resolved."""
    return companion.resolve().parent == file.resolve().parent


def refuse_another_file(name: str) -> NoReturn:
    """Refuse an upload that names another file."""
    raise MicrographFileError(f"it names another file ({last_part(name)!r}), and an upload is one file")


def refuse_outside(name: str) -> NoReturn:
    """Refuse a file on disk that names a file outside its folder."""
    raise MicrographFileError(f"it names a file outside its folder ({last_part(name)!r}), which is not opened")


def refuse_unless_beside(companions: Iterable[Path], file: Path) -> None:
    """Refuse a file where one of its companions lies outside its folder, or is no file."""
    for companion in companions:
        if not lies_beside(companion, file):
            refuse_outside(companion.name)
        refuse_pipe(companion)


def refuse_pipe(companion: Path) -> None:
    """Refuse a companion that is a pipe, which would be waited for, or a device, which never ends."""
    if companion.exists() and not (companion.is_file() or companion.is_dir()):
        raise MicrographFileError(
            f"what it needs ({companion.name!r}) is no ordinary file but a pipe, a socket or a device"
        )


def refuse_links_out_of(folder: Path) -> None:
    """Refuse a folder that is one picture (zarr) where a symbolic link in it leads out of it, or a pipe or device is in it."""
    root = folder.resolve()
    waiting = [str(root)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                    refuse_outside(entry.name)
                if not (entry.is_file() or entry.is_dir()):
                    refuse_pipe(Path(entry.path))
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
