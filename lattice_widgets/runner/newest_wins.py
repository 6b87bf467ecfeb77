"""Answers to requests: a newer request replaces the one that waits, and stops the one that is being computed."""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from lattice_widgets.runner.ways import MIN_INTERVAL, Outbox, Turns, new_executor, running_loop

#: how long a worker waits at most for its answer to be on the screen before it goes on [s]
_HEAD_START = 0.05


class NewestWins:
    """Computes requests one at a time away from the event loop, and hands the answers back on it.

    Without a running event loop (a plain script) everything is computed at once, in `submit`. Where there are no threads
    (`HAS_THREADS`), the event loop computes one partial answer in each of its turns.

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
        self._delivered = threading.Event()
        self._delivered.set()
        self._applied = 0.0
        self._home = running_loop()
        self._outbox = Outbox()
        self._executor = new_executor("lattice-widgets")
        self._turns: Turns | None = None

    def submit(self, request: Any) -> None:
        """Ask for an answer; what was asked before and is not answered yet is given up. Nothing happens once closed."""
        if self._closed:
            return
        loop = running_loop() or self._home
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
            if self._executor is None:
                self._turns = Turns(loop, self._steps(loop))
            else:
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
        """Apply, on the event loop and without leaving it, the answers that are ready; return whether nothing is left.

        Without threads it computes one partial answer.
        """
        self._outbox.catch_up()
        if self._turns is not None:
            self._turns.take_one()
        return self._idle.is_set()

    def close(self) -> None:
        """Give everything up for good."""
        self.cancel()
        with self._lock:
            self._closed = True
        if self._executor is not None:
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
        for pause in self._steps(loop):
            # the answer that is there comes first: two threads of Python at once make each other wait. But a cell may hold the
            # event loop for minutes.
            self._delivered.wait(_HEAD_START)
            time.sleep(pause)

    def _steps(self, loop: asyncio.AbstractEventLoop) -> Iterator[float]:
        """Compute until nothing waits; yield, between partial answers, how many seconds to wait before the next step."""
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
                    # since the last one that was applied: of a hand that moves on within the interval nothing would be shown
                    # else, because each answer would wait until the next request makes it worthless
                    pause = self._applied + MIN_INTERVAL - time.monotonic()
                    if pause > 0:
                        yield pause
                        if number != self._number:
                            break
                    self._delivered.clear()
                    self._on_loop(loop, self._deliver, number, self._apply, answer)
                    yield 0.0
            except Exception as error:
                self._on_loop(loop, self._deliver, number, self._fail, error)
        self._on_loop(loop, self._finish)

    def _deliver(self, number: int, take: Callable[[Any], None], answer: Any) -> None:
        try:
            if number != self._number or self._closed:
                return
            with self._applying:
                self._applied = time.monotonic()
                try:
                    take(answer)
                except Exception as error:
                    self._fail(error)
        finally:
            self._delivered.set()

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
        if (
            self._executor is None
        ):  # this is the event loop: later, a newer request could come before the answer, again and again
            function(*arguments)
            return
        for target in (loop, self._home):
            if target is not None:
                try:
                    self._outbox.put(target, function, *arguments)
                    return
                except RuntimeError:  # closed
                    continue
        self._idle.set()


def _answers(compute: Callable[[Any], Any], request: Any) -> Any:
    answer = compute(request)
    return answer if inspect.isgenerator(answer) else (answer,)
