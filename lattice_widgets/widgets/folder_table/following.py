"""Looks into a folder again and again, away from the event loop."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from lattice_widgets.files.folders.pictures import FolderWatch
from lattice_widgets.runner import Background

__all__ = ["Following"]

#: from one look to the next [s]
_EVERY = 0.25


class Following:
    """Looks into a folder, and tells what is whole in it.

    Parameters
    ----------
    found : callable
        ``found(watch, files)``, on the event loop, after each look.
    away : callable
        ``away(problem)`` if the folder cannot be looked into; it is looked into again.
    fail : callable
        ``fail(problem)`` if one of these raised.
    """

    def __init__(
        self,
        found: Callable[[FolderWatch, list[Path]], None],
        away: Callable[[Exception], None],
        fail: Callable[[Exception], None],
    ) -> None:
        self._found, self._away = found, away
        self._background = Background(fail)
        self._watch: FolderWatch | None = None
        self._next: asyncio.TimerHandle | None = None
        self._again = False
        self._looks = 0

    async def settled(self) -> None:
        """Wait until the look that is being taken has told what it found."""
        while self._looks:
            await asyncio.sleep(0.02)

    def start(self, watch: FolderWatch | None, again: bool) -> None:
        """Look into another folder, once or again and again; None: into none."""
        self._watch, self._again = watch, again
        if self._next is not None:
            self._next.cancel()
            self._next = None
        if watch is not None:
            self._look(watch)

    def close(self) -> None:
        """Look no more."""
        self.start(None, False)
        self._background.close()
        self._looks = 0

    def _look(self, watch: FolderWatch) -> None:
        files: list[Path] = []
        self._looks += 1
        self._background.start(lambda: files.extend(watch.look()), lambda problem: self._tell(watch, files, problem))

    def _tell(self, watch: FolderWatch, files: list[Path], problem: Exception | None) -> None:
        self._looks -= 1
        if watch is not self._watch:
            return
        try:
            if problem is None:
                self._found(watch, files)
            else:
                self._away(problem)
        finally:
            self._go_on(watch)

    def _go_on(self, watch: FolderWatch) -> None:
        if not (self._again or watch.waiting):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a script without an event loop looks once
            return
        self._next = loop.call_later(_EVERY, self._look, watch)
