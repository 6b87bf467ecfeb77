"""Folders of pictures: which files in them are pictures, and which of them are written completely."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lattice_widgets.files.kinds import kinds_by_suffix, suffix_of

__all__ = ["FolderWatch", "Stamp", "is_one_picture", "picture_suffixes", "pictures_in"]

#: what microscopes and people put beside pictures, although some reader takes the suffix
_NO_PICTURES = {".csv", ".dat", ".html", ".json", ".jsonl", ".log", ".md", ".txt", ".xml", ".zip"}
#: what a folder has in it that is one picture or movie
_ZARR = ("zarr.json", ".zarray", ".zgroup")


def picture_suffixes() -> frozenset[str]:
    """Return the endings of files that are taken for pictures in a folder, with their dots."""
    found = set(kinds_by_suffix())
    try:
        from rsciio import IO_PLUGINS
    except ImportError:
        pass
    else:
        found |= {f".{word.lower()}" for plugin in IO_PLUGINS for word in plugin["file_extensions"]}
    return frozenset(found - _NO_PICTURES)


def is_one_picture(folder: Path) -> bool:
    """Tell whether a folder is one picture or movie itself: zarr."""
    return any((folder / name).is_file() for name in _ZARR)


def pictures_in(folder: Path, recursive: bool = False) -> list[Path]:
    """List the pictures of a folder by their names; hidden ones and what links lead to outside are left out.

    Parameters
    ----------
    folder : pathlib.Path
        Where.
    recursive : bool
        Whether to look into the folders in it, too.

    Raises
    ------
    OSError
        If the folder cannot be looked into.
    """
    return sorted(Path(entry.path) for entry in _entries(folder, recursive, picture_suffixes()))


def _entries(folder: Path, recursive: bool, suffixes: frozenset[str]) -> Iterator[os.DirEntry[str]]:
    waiting, first = [str(folder)], True
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as inside:
                entries = list(inside)
        except OSError:
            if first:
                raise
            continue  # one that may not be looked into, or has just gone
        first = False
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if recursive and not is_one_picture(Path(entry.path)):
                    waiting.append(entry.path)
            elif suffix_of(entry.name) in suffixes and entry.is_file():
                yield entry


@dataclass(frozen=True)
class Stamp:
    """What tells whether a file has changed: its size in bytes and the time of its last change in ns."""

    size: int
    modified: int


class FolderWatch:
    """Finds the pictures in a folder that are new and written completely.

    The folder is looked into again and again, for the messages of operating systems do not come from network drives, on
    which microscopes write: one look takes about 1 ms for a thousand files. A file is whole when its size and time have
    not changed for `settle` seconds. One that cannot be read yet is tried again. Nothing is ever written.

    Parameters
    ----------
    folder : pathlib.Path
        Which one.
    recursive : bool
        Whether to look into the folders in it, too.
    known : dict of str to Stamp, optional
        Files, as told from the folder, that are answered already as they were then.
    settle : float
        [s].
    patience : float
        How long a file that cannot be read is tried again after its last change [s]: a microscope may pause in writing it.
    """

    def __init__(
        self,
        folder: Path,
        recursive: bool = False,
        known: Mapping[str, Stamp] | None = None,
        settle: float = 0.7,
        patience: float = 30.0,
    ) -> None:
        self.folder, self.recursive, self.settle, self.patience = folder, recursive, settle, patience
        self._suffixes = picture_suffixes()
        self._done: dict[str, Stamp] = dict(known or {})
        #: file -> its stamp, and since when it is so
        self._seen: dict[str, tuple[Stamp, float]] = {}
        #: file -> when it is tried again, and the pause before that
        self._again: dict[str, tuple[float, float]] = {}
        self._first = True

    def name_of(self, path: Path) -> str:
        """Return the name of a file as told from the folder."""
        return path.relative_to(self.folder).as_posix()

    def stamp_of(self, path: Path) -> Stamp | None:
        """Return how a file was when it was last looked at; None if it is not known."""
        seen = self._seen.get(self.name_of(path))
        return seen[0] if seen else None

    def look(self) -> list[Path]:
        """Return the files that are whole and not answered yet, the oldest first.

        Raises
        ------
        OSError
            If the folder cannot be looked into: a network drive may be away.
        """
        now = time.monotonic()
        here = {}
        for entry in _entries(self.folder, self.recursive, self._suffixes):
            try:
                status = entry.stat()
            except OSError:  # it has just gone
                continue
            here[self.name_of(Path(entry.path))] = Stamp(status.st_size, status.st_mtime_ns)
        for gone in [name for name in self._seen if name not in here]:
            del self._seen[gone]
            self._again.pop(gone, None)
        ready = []
        for name, stamp in here.items():
            before = self._seen.get(name)
            if before is None or before[0] != stamp:
                # what lay there before we came, and is old, need not be waited for
                age = time.time() - stamp.modified / 1e9 if self._first else 0.0
                before = (stamp, now - age if age > self.settle else now)
                self._seen[name] = before
                self._again.pop(name, None)
            if self._done.get(name) == stamp or not stamp.size:
                continue
            if now - before[1] >= self.settle and now >= self._again.get(name, (0.0, 0.0))[0]:
                ready.append((stamp.modified, name))
        self._first = False
        return [self.folder / name for _, name in sorted(ready)]

    def answered(self, path: Path) -> None:
        """Say that a file has its answer; it comes again only when it has changed."""
        name = self.name_of(path)
        if name in self._seen:
            self._done[name] = self._seen[name][0]
        self._again.pop(name, None)

    def failed(self, path: Path) -> bool:
        """Say that a file could not be read; return whether it will be tried again, or that was the answer."""
        name = self.name_of(path)
        stamp, since = self._seen.get(name, (None, 0.0))
        now = time.monotonic()
        if stamp is None or now - since < self.patience:
            pause = min(2 * self._again.get(name, (0.0, 0.5))[1], 5.0)
            self._again[name] = (now + pause, pause)
            return True
        self.answered(path)
        return False

    @property
    def waiting(self) -> bool:
        """Whether files are there that are not answered yet."""
        return any(self._done.get(name) != seen[0] for name, seen in self._seen.items() if seen[0].size)
