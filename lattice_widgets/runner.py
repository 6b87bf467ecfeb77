"""Threads live here and nowhere else: one worker for each widget, and the newest request wins.

A slider sends faster than a picture can be computed. Computing in its observer falls behind by seconds, waiting for a pause
shows nothing until the slider is let go. So a request is computed in a worker thread, a newer one replaces the one that
waits, and one that is being computed is given up between two of its partial answers when a newer one has come.
"""

import asyncio
import inspect
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

# kernel -> browser has a backlog that sliders do not have: what is pushed faster than the page draws arrives late
_MIN_INTERVAL = 0.03


class _Outbox:
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
        loop = _running_loop()
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


class NewestWins:
    """Computes requests one at a time away from the event loop, and hands the answers back on it.

    Without a running event loop (a plain script) everything is computed at once, in `submit`.

    Parameters
    ----------
    compute : callable
        ``compute(request)`` gives an answer, or is a generator that yields partial answers. It runs in the worker thread,
        and so must not touch a widget.
    apply : callable
        ``apply(answer)``, on the event loop, for each answer that is still wanted.
    fail : callable
        ``fail(exception)``, on the event loop, when `compute` or `apply` raised.
    busy : callable
        ``busy(True)`` when work begins, ``busy(False)`` when nothing is left to do; on the event loop.
    """

    def __init__(
        self,
        compute: Callable[[Any], Any],
        apply: Callable[[Any], None],
        fail: Callable[[Exception], None],
        busy: Callable[[bool], None],
    ) -> None:
        self._compute, self._apply, self._fail, self._busy = compute, apply, fail, busy
        self._lock = threading.Lock()
        # callbacks may come from the kernel's main thread and from its subshells: one answer at a time
        self._applying = threading.RLock()
        self._waiting: tuple[int, Any] | None = None
        self._number = 0
        self._running = False
        self._closed = False
        self._idle = threading.Event()
        self._idle.set()
        self._home = _running_loop()
        self._outbox = _Outbox()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lattice-widgets")

    def submit(self, request: Any) -> None:
        """Ask for an answer; what was asked before and is not answered yet is given up. Nothing happens once closed."""
        if self._closed:
            return
        loop = _running_loop() or self._home
        if loop is None or loop.is_closed():
            self._work_here(request)
            return
        with self._lock:
            if self._closed:
                return
            self._number += 1
            self._waiting = (self._number, request)
            start, self._running = not self._running, True
            self._idle.clear()
        if start:
            self._busy(True)
            self._executor.submit(self._work, loop)

    def cancel(self) -> None:
        """Give up what waits and what is being computed, after its current step."""
        with self._lock:
            self._number += 1
            self._waiting = None

    async def settled(self) -> None:
        """Wait until every request made so far is answered and applied."""
        while not self._idle.is_set():
            await asyncio.sleep(0.005)

    def catch_up(self) -> bool:
        """Apply, on the event loop and without leaving it, the answers that are ready; return whether nothing is left."""
        self._outbox.catch_up()
        return self._idle.is_set()

    def close(self) -> None:
        """Give everything up for good."""
        self.cancel()
        with self._lock:
            self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _work_here(self, request: Any) -> None:
        self._busy(True)
        try:
            for answer in _answers(self._compute, request):
                self._apply(answer)
        except Exception as error:
            self._fail(error)
        finally:
            self._busy(False)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Compute in the worker thread until nothing waits."""
        applied = 0.0
        while True:
            with self._lock:
                if self._waiting is None:
                    self._running = False
                    break
                number, request = self._waiting
                self._waiting = None
            try:
                for answer in _answers(self._compute, request):
                    if number != self._number:
                        break
                    time.sleep(max(0.0, applied + _MIN_INTERVAL - time.monotonic()))
                    applied = time.monotonic()
                    self._on_loop(loop, self._deliver, number, self._apply, answer)
            except Exception as error:
                self._on_loop(loop, self._deliver, number, self._fail, error)
        self._on_loop(loop, self._finish)

    def _deliver(self, number: int, take: Callable[[Any], None], answer: Any) -> None:
        if number != self._number or self._closed:
            return
        with self._applying:
            try:
                take(answer)
            except Exception as error:
                self._fail(error)

    def _finish(self) -> None:
        with self._lock:
            if self._running:  # a new request came in the meantime
                return
        with self._applying:
            try:
                if not self._closed:
                    self._busy(False)
            except Exception as error:
                self._fail(error)
            finally:
                self._idle.set()

    def _on_loop(self, loop: asyncio.AbstractEventLoop, function: Callable[..., None], *arguments: Any) -> None:
        """Call on the event loop that asked, or on the one where the widget was made when that is gone."""
        for target in (loop, self._home):
            if target is not None:
                try:
                    self._outbox.put(target, function, *arguments)
                    return
                except RuntimeError:  # closed
                    continue
        self._idle.set()


class Background:
    """Runs slow jobs that are no answer to a request, such as loading a network, away from the event loop.

    Parameters
    ----------
    fail : callable
        ``fail(exception)``, on the event loop, when what follows on a job raised.
    """

    def __init__(self, fail: Callable[[Exception], None]) -> None:
        self._fail = fail
        self._home = _running_loop()
        self._outbox = _Outbox()
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lattice-widgets-background")

    def start(self, job: Callable[[], Any], then: Callable[[Exception | None], None]) -> None:
        """Run ``job()`` in a thread, and then ``then(what it raised, or None)`` on the event loop.

        Without an event loop both run at once.
        """

        def follow(problem: Exception | None) -> None:
            try:
                then(problem)
            except Exception as error:
                self._fail(error)

        loop = self._home or _running_loop()
        if loop is None or loop.is_closed():
            follow(_attempt(job))
            return

        def work() -> None:
            problem = _attempt(job)
            with suppress(RuntimeError):  # the loop was closed in the meantime: nobody is left to tell
                self._outbox.put(loop, follow, problem)

        self._executor.submit(work)

    def catch_up(self) -> None:
        """Do, on the event loop and without leaving it, what follows on the jobs that are done."""
        self._outbox.catch_up()

    def close(self) -> None:
        """Start nothing more."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _attempt(job: Callable[[], Any]) -> Exception | None:
    try:
        job()
    except Exception as error:
        return error
    return None


def _answers(compute: Callable[[Any], Any], request: Any) -> Any:
    answer = compute(request)
    return answer if inspect.isgenerator(answer) else (answer,)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
