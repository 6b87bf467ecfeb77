"""How long the tests wait: the one place of their time limits.

A limit is there for what hangs, never for what is slow: each is many times what a quiet laptop needs, so that a machine under
heavy load passes too. Nothing waits so long in a run that passes. Whoever looks for a fault can wait less::

    LATTICE_WIDGETS_PATIENCE=20 make test ARGS="-k slider"
"""

import asyncio
import os
import time
from collections.abc import Callable

#: seconds for one step: an answer of a kernel or a server, an element of a page, the start of a program
PATIENCE = float(os.environ.get("LATTICE_WIDGETS_PATIENCE", 300))
#: seconds for many steps in one: a whole program, a cell that analyzes a movie
LONG_PATIENCE = 10 * PATIENCE


def slowdown() -> float:
    """Estimate how many times slower than alone a program runs here now: 1, or the load of a core where that is more.

    Only for waits in which nothing must happen; those that wait for something wait until it is there.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1.0, load / (os.cpu_count() or 1))


def wait_for(condition: Callable[[], object], what: str, *, every: float = 0.02) -> None:
    """Wait in this thread until the condition holds, asking every so many seconds; fail when `what` never comes."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:.0f} s"
        time.sleep(every)


async def until(condition: Callable[[], object], what: str) -> None:
    """Let the event loop run until the condition holds; fail when `what` never comes."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:.0f} s"
        await asyncio.sleep(0.005)
