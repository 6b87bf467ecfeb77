"""How much memory may be asked for: of the machine, of its container, of a user among others; and what is given back.

One budget for all that is read, simulated or served. It is looked at before memory is asked for: afterwards the operating
system ends the kernel without a word.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["VARIABLE", "available_memory", "give_back_memory", "refuse_beyond_memory", "say_bytes"]

#: names a smaller budget, in bytes: what one user of many may take
VARIABLE = "LATTICE_WIDGETS_MEMORY"
#: where nothing can be found out, nothing is refused
_UNKNOWN = 2**62
#: what JupyterHub and Binder call theirs: of the whole process
_HUB = "MEM_LIMIT"
#: bytes that are asked for without looking whether they are free, which takes half a millisecond
_LITTLE = 16 * 2**20
#: WebAssembly has addresses for 4 GB, of which a page gets 2 GB almost everywhere; this leaves room for what runs already
_IN_BROWSER = 10**9
_CGROUP = Path("/sys/fs/cgroup")
#: (limit, used, statistics) of control groups, version 2 and 1
_CGROUP_FILES = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


def available_memory() -> int:
    """Return how many bytes may be asked for now without harm.

    Returns
    -------
    n_bytes : int
        The least of: free memory of the machine; what the container and the process's own limit leave; what the variables
        ``LATTICE_WIDGETS_MEMORY`` and ``MEM_LIMIT`` leave of what they name, in bytes, to this process.
    """
    return max(0, min(_limits(), default=_UNKNOWN))


def refuse_beyond_memory(what: str, n_bytes: float, remedy: str) -> None:
    """Refuse work for which there is no memory, before any is asked for.

    Parameters
    ----------
    what : str
        What needs it: how the sentence begins.
    n_bytes : float
        All that it needs at its peak, with the copies that are made on the way.
    remedy : str
        What helps: how the sentence ends.

    Raises
    ------
    ValueError
        With one sentence, if there is less.
    """
    if n_bytes <= _LITTLE:
        return
    free = available_memory()
    if n_bytes > free:
        raise ValueError(f"{what} needs {say_bytes(n_bytes)} of memory, and {say_bytes(free)} are free: {remedy}.")


def give_back_memory() -> None:
    """Give back to the system what is free inside this process.

    A long computation takes and frees memory between what stays, and the C library of Linux keeps such gaps: after the
    analysis of a movie some 20 MB, for each kernel of a small machine. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # other C libraries have nothing of that kind
            ctypes.CDLL(None).malloc_trim(0)


def say_bytes(n_bytes: float) -> str:
    """Return a number of bytes as people say it.

    Examples
    --------
    >>> say_bytes(2_500_000_000), say_bytes(25_000)
    ('2.5 GB', '0.025 MB')
    """
    for size, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB")):
        if n_bytes >= size:
            return f"{n_bytes / size:.3g} {name}"
    return f"{n_bytes / 1e6:.3g} MB"


def _limits() -> Iterator[int]:
    try:
        import psutil  # only where it is asked: importing the kit stays fast
    except ImportError:  # Python in a browser
        for name in (VARIABLE, _HUB):
            with suppress(ValueError):
                yield int(os.environ.get(name, ""))
        yield _IN_BROWSER
        return
    with suppress(OSError, psutil.Error):
        yield psutil.virtual_memory().available
    for name in (VARIABLE, _HUB):
        with suppress(ValueError, OSError, psutil.Error):
            yield int(os.environ.get(name, "")) - psutil.Process().memory_info().rss
    for limit, used, statistics in _CGROUP_FILES:
        with suppress(OSError, ValueError):  # "max" is no number: there is no limit
            most = int((_CGROUP / limit).read_text())
            # pages of files that can be read again count as used, and are given back when memory is wanted
            kept = dict(line.split() for line in (_CGROUP / statistics).read_text().splitlines())
            yield most - int((_CGROUP / used).read_text()) + int(kept.get("inactive_file", 0))
    with suppress(ImportError, OSError, psutil.Error):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            yield most - psutil.Process().memory_info().vms
