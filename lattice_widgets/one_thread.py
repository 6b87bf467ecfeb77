"""Small matrix products on one processor: shared out to several, each waits for the slowest of them."""

import os
import sys
import threading
from contextlib import AbstractContextManager, ContextDecorator, nullcontext, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

#: a browser has no threads, and the site no threadpoolctl
_HAS_THREADS = sys.platform != "emscripten"
#: products of so many pictures are worth sharing out: they take milliseconds
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


def one_thread_for_few(count: int) -> AbstractContextManager[Any]:
    """Return in what the products of so many pictures, or passes of pictures, are made.

    Those of few pictures on one processor, and those of many too where the processors are busy, as in a full class: shared
    out, they would wait for the slowest. The numbers are the same to the last bit.
    """
    return one_thread if count < _MANY or _processors_are_busy() else nullcontext()


def _processors_are_busy() -> bool:
    try:
        return os.getloadavg()[0] > (os.cpu_count() or 1)
    except (AttributeError, OSError):  # not every system tells
        return False
