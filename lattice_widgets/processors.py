"""How many processors the products of matrices take: one, where they are small."""

import threading
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


class _OneThread:
    """While any thread is within, BLAS uses one processor for each product.

    Products of less than a millisecond gain little from several processors where all of these are idle; where they are not, as
    with thirty dashboards on one machine, each product waits for the slowest of them, and an answer took ten times as long.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limit = _libraries().limit(limits=1)
            self._inside += 1

    def __exit__(self, *problem: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")


#: to be entered around products: ``with one_thread:``
one_thread = _OneThread()
