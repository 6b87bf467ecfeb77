"""Matrix products on one processor each: shared out to several, a small one waits for the slowest of them."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ContextDecorator, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Part = TypeVar("Part")
Result = TypeVar("Result")
#: a browser has no threads, and the site no threadpoolctl
_HAS_THREADS = sys.platform != "emscripten"
#: so many pictures are worth sharing out: they take a tenth of a second
_MANY = 64


class _OneThread(ContextDecorator):
    """While any thread is within, BLAS uses one processor for each product.

    The products of small networks, and those of a lattice fit, take less than a millisecond. Shared out to several processors
    they gain little where all of these are idle; where they are not, as with thirty dashboards on one machine, each product
    waits for the slowest of them, and an answer took ten times as long. Python in a browser has one processor anyway.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        if not _HAS_THREADS:
            return
        with self._lock:
            if self._inside == 0:
                _let_this_thread_set_limits()
                self._limit = _libraries().limit(limits=1)
            self._inside += 1

    def __exit__(self, *problem: object) -> None:
        if not _HAS_THREADS:
            return
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                _let_this_thread_set_limits()
                self._limit.restore_original_limits()
                _let_this_thread_set_limits()


@lru_cache(maxsize=1)
def _libraries() -> "ThreadpoolController":
    # looks at what is loaded, so it must be asked after NumPy and SciPy were: at the first product
    import scipy.linalg.blas  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _let_this_thread_set_limits() -> None:
    """Newer versions of threadpoolctl obey the thread that set a limit first, and no other: here it is whoever comes first."""
    import threadpoolctl

    with suppress(AttributeError):
        threadpoolctl.OpenBLASController.clear_controlling_thread(force=True)


#: around products: ``with one_thread:``, or ``@one_thread`` before a function
one_thread = _OneThread()


def each_part(function: Callable[[Part], Result], parts: Sequence[Part], count: int) -> list[Result]:
    """Return what a function makes of each part, in their order; where it is worth it, on all processors.

    Parameters
    ----------
    function : callable
        Multiplies matrices. It is called in several threads at once.
    parts : sequence
        What it is given, one after the other.
    count : int
        How many pictures, or passes of pictures, there are in all parts. Few are done on one processor, and many too where the
        processors are busy, as in a full class. The numbers are the same to the last bit.
    """
    threads = min(_processors(), len(parts)) if count >= _MANY and _HAS_THREADS else 1
    with one_thread:
        if threads < 2 or _processors_are_busy():
            return [function(part) for part in parts]
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(function, parts))


def _processors() -> int:
    """Return how many processors BLAS may use: fewer than there are where somebody, or another product, limits it."""
    return max((library["num_threads"] for library in _libraries().info()), default=1)


def _processors_are_busy() -> bool:
    try:
        return os.getloadavg()[0] > (os.cpu_count() or 1)
    except (AttributeError, OSError):  # not every system tells
        return False
