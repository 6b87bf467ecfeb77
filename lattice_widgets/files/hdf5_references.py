"""HDF5 files that name other files: every link, raw storage and virtual data set is looked at before a reader is.

HDF5 opens what a file names without asking: external links, external raw storage and the sources of virtual data sets.
A small file could so show any file of the computer as a picture. Here the tree of the file is walked with h5py's low-level
interface, which follows no external link and reads no value.

Objects that only a reference points to are not part of the tree; no reader of this package follows references.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from lattice_widgets.files.companions import (
    last_part,
    lies_beside,
    refuse_another_file,
    refuse_outside,
    refuse_pipe,
)
from lattice_widgets.files.hdf5_trial import refuse_unless_it_ends
from lattice_widgets.files.readers.stored import MicrographFileError

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MOST_OBJECTS = 100_000
_SAME_FILE = b"."
# HDF5 looks in the folders that these name before it looks beside the file.
_PREFIXES = {"link": "HDF5_EXT_PREFIX", "virtual": "HDF5_VDS_PREFIX", "raw": "HDF5_EXTFILE_PREFIX"}


def is_hdf5(path: Path) -> bool:
    """Tell whether a file holds the HDF5 signature where HDF5 looks for it: at byte 0, 512, 1024, 2048, ..."""
    size = path.stat().st_size
    offset = 0
    with path.open("rb") as stream:
        while offset + len(_SIGNATURE) <= size:
            stream.seek(offset)
            if stream.read(len(_SIGNATURE)) == _SIGNATURE:
                return True
            offset = 2 * offset or 512
    return False


def refuse_references(path: Path, alone: bool) -> None:
    """Refuse an HDF5 file that names other files; do nothing for any other file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    alone : bool
        True for an upload: nothing outside the file is allowed. False for a file on disk: other files in the same
        folder are allowed (symbolic links resolved), and are walked in the same way.

    Raises
    ------
    MicrographFileError
        With the reason, also for a file that is too damaged to be walked, is followed for ever or has more than 100,000
        objects.
    """
    if is_hdf5(path):
        state = path.stat()
        _walk_once(path.absolute(), alone, (state.st_size, state.st_mtime_ns, state.st_ino))


@lru_cache(maxsize=64)  # a movie on disk is opened anew for each frame
def _walk_once(path: Path, alone: bool, state: tuple[int, ...]) -> None:
    """Walk a file and the files beside it that it names. (Only a file that passes is kept in the cache.)"""
    try:
        import h5py
    except ImportError:
        return  # then no reader opens HDF5 files either
    waiting, seen = [path], {path.resolve()}
    while waiting:
        current = waiting.pop()
        if not alone:  # an upload is in a process of its own already
            refuse_unless_it_ends(current)
        try:
            file = h5py.File(current, "r")
        except OSError:
            continue  # HDF5 cannot open it, for a reader neither
        with file:
            try:
                for kind, name in _outside_names(h5py, file):
                    if alone:
                        refuse_another_file(os.fsdecode(name))
                    for found in _found_beside(kind, os.fsdecode(name), current, path):
                        if kind != "raw" and found.resolve() not in seen:
                            seen.add(found.resolve())
                            waiting.append(found)
            except MicrographFileError:
                raise
            except Exception:  # h5py raises what HDF5 says in many classes
                raise MicrographFileError("it is damaged or cut off: what it holds cannot be listed") from None


def _outside_names(h5py: Any, file: Any) -> Iterator[tuple[str, bytes]]:
    """Yield the kind ("link", "raw", "virtual") and the name of every other file that an HDF5 file names."""
    for item in objects_of(h5py, file):
        if isinstance(item, bytes):
            yield "link", item
        elif isinstance(item, h5py.h5d.DatasetID):
            yield from _outside_of_dataset(h5py, item)


def objects_of(h5py: Any, file: Any) -> Iterator[Any]:
    """Walk an HDF5 file, and follow no link out of it.

    Parameters
    ----------
    h5py : module
        As it is imported.
    file : h5py.File
        Open.

    Yields
    ------
    item : h5py.h5g.GroupID, h5py.h5d.DatasetID, h5py.h5t.TypeID or bytes
        Each object once, the root first; bytes are the name of the file into which a link leads.

    Raises
    ------
    MicrographFileError
        If it has too many objects, or links of an unknown kind.
    """
    groups, seen, count = [file["/"].id], set(), 0
    yield groups[0]
    while groups:
        group = groups.pop()
        names: list[bytes] = []
        # a value that is returned ends the iteration
        h5py.h5g.iterate(group, lambda name, names=names: names.append(name) or (len(names) > _MOST_OBJECTS or None))
        count += len(names)
        if count > _MOST_OBJECTS:
            raise MicrographFileError(f"it holds more than {_MOST_OBJECTS:,} data sets and groups")
        for name in names:
            link = group.links.get_info(name).type
            if link == h5py.h5l.TYPE_SOFT:
                continue
            if link == h5py.h5l.TYPE_EXTERNAL:
                yield group.links.get_val(name)[0]
                continue
            if link != h5py.h5l.TYPE_HARD:
                raise MicrographFileError("it has a link of a kind that is not known here")
            item = h5py.h5o.open(group, name)
            info = h5py.h5o.get_info(item)
            if (info.fileno, info.addr) in seen:
                continue  # hard links may form a circle
            seen.add((info.fileno, info.addr))
            if isinstance(item, h5py.h5g.GroupID):
                groups.append(item)
            yield item


def _outside_of_dataset(h5py: Any, item: Any) -> Iterator[tuple[str, bytes]]:
    made = item.get_create_plist()
    for index in range(made.get_external_count()):
        yield "raw", made.get_external(index)[0]
    if made.get_layout() == h5py.h5d.VIRTUAL:
        for index in range(made.get_virtual_count()):
            source = made.get_virtual_filename(index)
            source = source if isinstance(source, bytes) else os.fsencode(source)
            if source != _SAME_FILE:
                yield "virtual", source


def _found_beside(kind: str, name: str, file: Path, first: Path) -> list[Path]:
    """Files that HDF5 would find under a name, all of them beside the first file; anything else is refused."""
    if kind == "virtual" and "%" in name:
        raise MicrographFileError(f"it names other files by a pattern ({last_part(name)!r}), which is not opened")
    prefixes = [part for part in os.environ.get(_PREFIXES[kind], "").split(os.pathsep) if part]
    folders = [Path(part.replace("${ORIGIN}", str(file.parent))) for part in prefixes] + [Path.cwd()]
    if kind != "raw":  # raw storage is looked for in the working folder, whatever the folder of the file
        folders += [file.parent, file.resolve().parent]
    # joined to a folder an absolute name stays what it is; where nothing is there HDF5 tries its last part
    names = [name, last_part(name)] if Path(name).is_absolute() and kind != "raw" else [name]
    found = [path for path in (folder / part for folder in folders for part in names) if os.path.lexists(path)]
    if not found:
        raise MicrographFileError(f"it needs the file {last_part(name)!r}, which is not in its folder")
    for path in found:
        if not lies_beside(path, first):
            refuse_outside(name)
        refuse_pipe(path)
    return found
