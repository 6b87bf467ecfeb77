"""Limits that the process of an upload sets itself: memory, time, and the files it may open.

What holds where:

=====================================  =========================================================
Linux                                  all of it; Landlock from kernel 5.13 on
macOS                                  no limit of memory (the system ignores it), no Landlock
Windows                                only the audit hook, and the time that the parent waits
=====================================  =========================================================

The audit hook sees what Python opens, not what a C library opens: for HDF5 there are
:mod:`lattice_widgets.files.hdf5_references` everywhere and Landlock, which is the kernel's, on Linux.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import sysconfig
from pathlib import Path
from typing import Any

_MOST_OPEN_FILES = 64
# Read by libraries for what they are: the kind of the processor, time zones, randomness.
_HARMLESS = ("/dev/null", "/dev/zero", "/dev/urandom", "/usr/share/zoneinfo", "/etc/localtime")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/System/Library", "/opt/homebrew/lib")
# Event of Python -> which of its arguments are paths that are changed.
_CHANGES = {
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.link": (0, 1),
    "os.symlink": (0, 1),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.truncate": (0,),
    "os.utime": (0,),
    "os.chdir": (0,),
}
_LISTS = ("os.listdir", "os.scandir")
_NEVER = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
    "ftplib.",
    "http.client.",
    "urllib.",
    "smtplib.",
    "winreg.",
)


def limit_resources(seconds: float, memory: int) -> None:
    """Limit this process: seconds of work and of waiting, bytes of memory and of a file, open files, no core dump.

    Parameters
    ----------
    seconds : float
        After which the system ends the process.
    memory : int
        Bytes of addresses, with what Python and its libraries take (about 0.4 GB).
    """
    if sys.platform == "win32":
        return
    import resource

    whole = max(1, int(seconds) + 1)
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CPU", whole),
        ("RLIMIT_FSIZE", memory),
        ("RLIMIT_NOFILE", _MOST_OPEN_FILES),
        ("RLIMIT_CORE", 0),
    ):
        # a system that knows no such limit, or has a lower one already
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))
    # The parent ends it earlier; this is for a parent that is gone.
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds + 10)


def readable_folders() -> list[str]:
    """Folders of Python, its libraries and this package, symbolic links resolved: code, nobody's data."""
    paths = sysconfig.get_paths()
    folders = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [path for path in sys.path if path.endswith(("site-packages", "dist-packages", "lib-dynload", ".zip"))]
    folders += [str(Path(__file__).parents[2]), str(Path(sys.base_prefix) / "lib"), *_LIBRARIES]
    return sorted({os.path.realpath(folder) for folder in folders})


def confine(folder: Path) -> list[str]:
    """Let this process read only code and its own folder, write only there, and start and reach nothing.

    Parameters
    ----------
    folder : pathlib.Path
        Its own folder.

    Returns
    -------
    refused : list of str
        Grows by the path of each file that is refused from now on.
    """
    own = os.path.realpath(folder)
    readable = [own, *readable_folders(), *(os.path.realpath(path) for path in _HARMLESS)]
    sys.dont_write_bytecode = True
    if sys.platform == "linux":
        from lattice_widgets.files.uploads import landlock

        landlock.restrict(readable, own)
    refused: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = bool(set(mode) & set("wax+")) if mode else bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
            check(path, [own] if writes and path != os.devnull else readable)
        elif event in _LISTS:
            check(arguments[0] if arguments[0] is not None else ".", readable)
        elif event in _CHANGES:
            for position in _CHANGES[event]:
                check(arguments[position], [own])
        elif event.startswith(_NEVER):
            raise PermissionError("a file that is read may start nothing and reach nothing")

    def check(path: Any, allowed: list[str]) -> None:
        if isinstance(path, int):
            return  # open already
        real = os.path.realpath(os.fsdecode(path))
        if not any(real == each or real.startswith(each.rstrip(os.sep) + os.sep) for each in allowed):
            refused.append(real)
            raise PermissionError("a file that is read may open no other")

    sys.addaudithook(watch)
    return refused
