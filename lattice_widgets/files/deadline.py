"""How long a file on disk may be read, and that it does not take the memory of the machine meanwhile.

Uploads are read in a process of its own, which ends. A file on disk is read in the kernel, where its movie stays open; readers
of some forty formats, most of them foreign, follow what the file says, and one that says that its next block is its first is
read for ever. A thread watches, and once the time is up raises an exception in the thread that reads: between two steps of
Python, so that a library in C is not ended but waited for.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from lattice_widgets.files.readers.stored import MicrographFileError
from lattice_widgets.memory import available_memory

__all__ = ["VARIABLE", "read_within", "seconds_for"]

#: names another limit, in seconds, before what the size of the file adds
VARIABLE = "LATTICE_WIDGETS_READING_SECONDS"
_SECONDS = 60.0
#: a slow network reads faster
_BYTES_PER_SECOND = 2e6
#: between two looks at the memory, and between two exceptions, should the reader have caught the first [s]
_STEP, _AGAIN = 0.25, 1.0

Read = TypeVar("Read")


def seconds_for(n_bytes: int) -> float:
    """Return how long a file of so many bytes may be read [s].

    Examples
    --------
    >>> seconds_for(0), seconds_for(200_000_000)
    (60.0, 160.0)
    """
    seconds = _SECONDS
    with suppress(ValueError):
        seconds = float(os.environ.get(VARIABLE, ""))
    return seconds + n_bytes / _BYTES_PER_SECOND


def read_within(seconds: float, read: Callable[[], Read]) -> Read:
    """Return what reading gives, or end it when its time or the memory is up.

    Python in a browser has no threads: there nothing watches.

    Parameters
    ----------
    seconds : float
        How long it may take.
    read : callable
        Takes nothing.

    Returns
    -------
    result : object
        What `read` returns.

    Raises
    ------
    MicrographFileError
        If it was ended.
    """
    if sys.platform == "emscripten":
        return read()
    watch = _Watch(seconds)
    try:
        watch.start()
        try:
            return read()
        finally:
            watch.stop()
    except watch.ended:
        watch.stop()
        raise MicrographFileError(watch.reason) from None


class _Watch(threading.Thread):
    """Raises `ended` in the thread that made it; a class of its own for each, so that one within another is told apart."""

    def __init__(self, seconds: float) -> None:
        super().__init__(name="lattice_widgets_reading", daemon=True)
        # no Exception: readers catch those of their own, and try another way
        self.ended: type[BaseException] = type("ReadingEnded", (BaseException,), {})
        self.reason = ""
        self._seconds, self._reader = seconds, threading.get_ident()
        self._done, self._turn, self._over = threading.Event(), threading.Lock(), False

    def run(self) -> None:
        end = time.monotonic() + self._seconds
        while not self._done.wait(min(_STEP, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end:
                self.reason = (
                    f"reading it took longer than {self._seconds:.3g} s and was ended; if it is sound and its disk is slow, "
                    f"set the variable {VARIABLE} to more seconds"
                )
            elif available_memory() == 0:
                self.reason = "reading it took all the memory that is free, so that it was ended"
            if self.reason:
                self._raise()
                if self._done.wait(_AGAIN):
                    return

    def _raise(self) -> None:
        with self._turn:
            if not self._over:
                _raise_in(self._reader, self.ended)

    def stop(self) -> None:
        """Raise nothing more, and wait for what was raised and has not arrived, so that nothing comes later."""
        arrived = False
        while not self._over or not arrived:
            try:
                with self._turn:
                    self._over = True
                self._done.set()
                if not self.reason:
                    return
                # Taken back, an exception would leave Python looking for it at every step. So one more, which replaces it.
                _raise_in(self._reader, self.ended)
                while True:
                    time.sleep(0)
            except self.ended:
                arrived = self._over


def _raise_in(thread: int, kind: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))
