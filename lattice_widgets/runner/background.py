"""Slow jobs that are no answer to a request."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lattice_widgets.runner.ways import Outbox, new_executor, running_loop


class Background:
    """Runs slow jobs that are no answer to a request, such as loading a network, away from the event loop.

    Parameters
    ----------
    fail : callable
        ``fail(exception)``, on the event loop, when what follows on a job raised.
    """

    def __init__(self, fail: Callable[[Exception], None]) -> None:
        self._fail = fail
        self._home = running_loop()
        self._outbox = Outbox()
        self._executor = new_executor("lattice-widgets-background")
        self._closed = False

    def start(self, job: Callable[[], Any], then: Callable[[Exception | None], None]) -> None:
        """Run ``job()`` in a thread, and then ``then(what it raised, or None)`` on the event loop.

        Without an event loop both run at once; without threads, in one of its next turns.
        """

        def follow(problem: Exception | None) -> None:
            try:
                then(problem)
            except Exception as error:
                self._fail(error)

        loop = self._home or running_loop()
        if loop is None or loop.is_closed():
            follow(_attempt(job))
            return

        def work() -> None:
            problem = _attempt(job)
            with suppress(RuntimeError):  # the loop was closed in the meantime: nobody is left to tell
                self._outbox.put(loop, follow, problem)

        def work_in_a_turn() -> None:
            if not self._closed:
                follow(_attempt(job))

        if self._executor is None:
            self._outbox.put(loop, work_in_a_turn)
        else:
            self._executor.submit(work)

    def catch_up(self) -> None:
        """Do, on the event loop and without leaving it, what follows on the jobs that are done."""
        self._outbox.catch_up()

    def close(self) -> None:
        """Start nothing more."""
        self._closed = True
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)


def _attempt(job: Callable[[], Any]) -> Exception | None:
    try:
        job()
    except Exception as error:
        return error
    return None
