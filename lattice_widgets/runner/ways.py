"""The two ways to compute: threads, and turns of the event loop where there are none. Chosen here and nowhere else."""

import asyncio
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

#: kernel -> browser has a backlog that sliders do not have: what is pushed faster [s] than the page draws arrives late
MIN_INTERVAL = 0.03
#: whether workers are threads; else the event loop computes in turns, as in Python in a browser
HAS_THREADS = sys.platform != "emscripten"


def new_executor(name: str) -> ThreadPoolExecutor | None:
    """Return one worker thread, which is started when it is needed; None where there are no threads."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=name) if HAS_THREADS else None


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Outbox:
    """What worker threads want done on event loops, in order.

    A loop is told that there is something, and takes it. Whoever holds a loop up, because a picture of the widget must be
    made now, can take it before with `catch_up`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[asyncio.AbstractEventLoop, deque[tuple[Callable[..., None], tuple[Any, ...]]]] = {}

    def put(self, loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: Any) -> None:
        """Have a function called on a loop; RuntimeError if that is closed."""
        with self._lock:
            self._calls.setdefault(loop, deque()).append((function, arguments))
        try:
            loop.call_soon_threadsafe(self._take, loop)
        except RuntimeError:
            with self._lock:
                self._calls.pop(loop, None)
            raise

    def catch_up(self) -> None:
        """Do what waits for the event loop that runs here."""
        loop = running_loop()
        while loop is not None and self._take(loop):
            pass

    def _take(self, loop: asyncio.AbstractEventLoop) -> bool:
        with self._lock:
            waiting = self._calls.get(loop)
            if not waiting:
                return False
            function, arguments = waiting.popleft()
            if not waiting:
                del self._calls[loop]
        function(*arguments)
        return True


class Turns:
    """Takes the steps of a job on an event loop, one in each turn of it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, job: Iterator[float]) -> None:
        self._loop, self._job, self._done, self._stepping = loop, job, False, False
        self._next: asyncio.Handle = loop.call_soon_threadsafe(self._turn)

    def take_one(self) -> None:
        """Take a step now, if this is the thread of the event loop and no step is being taken."""
        if running_loop() is self._loop:
            self._step()

    def _turn(self) -> None:
        pause = self._step()
        if not self._done:
            self._next = self._loop.call_later(pause, self._turn)

    def _step(self) -> float:
        if self._stepping or self._done:
            return MIN_INTERVAL
        self._stepping = True
        try:
            return next(self._job)
        except StopIteration:
            self._done = True
            self._next.cancel()
            return 0.0
        finally:
            self._stepping = False
