"""HDF5 files on disk are opened in a process of their own before they are opened here.

HDF5 follows some damaged files for ever. A loop of Python can be ended (:mod:`.deadline`); one in a library of C cannot, and it
keeps the lock that all of h5py waits for. So a first process lists all that a file holds, reads every attribute and the first
and last value of every data set, and is ended when its time is up. This module is also the program that runs there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

__all__ = ["refuse_unless_it_ends"]

#: bytes of addresses that the process may have
_MEMORY = 4 * 1024**3


def refuse_unless_it_ends(path: Path) -> None:
    """Try a file; do nothing if that comes to an end, whatever is said of the file then.

    Parameters
    ----------
    path : pathlib.Path
        The file. What it names lies beside it or not: nothing of that is opened.

    Raises
    ------
    MicrographFileError
        If the time is up, or HDF5 breaks down.
    """
    if sys.platform == "emscripten":  # no processes
        return
    from lattice_widgets.files.deadline import VARIABLE, seconds_for
    from lattice_widgets.files.readers.stored import MicrographFileError

    seconds = seconds_for(path.stat().st_size)
    request = {"path": str(path), "sys_path": sys.path, "seconds": seconds, "memory": _MEMORY}
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__],
            input=json.dumps(request).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        raise MicrographFileError(
            f"HDF5 did not come to its end within {seconds:.3g} s, so it is damaged; if its disk is slow, set the variable "
            f"{VARIABLE} to more seconds"
        ) from None
    if done.returncode < 0:
        raise MicrographFileError("it is damaged: HDF5 breaks down over it")


def main() -> None:
    """Go through the file that standard input names."""
    request = json.load(sys.stdin)
    sys.path[:] = request["sys_path"]
    import_module("lattice_widgets.files.uploads.confinement").limit_resources(request["seconds"], request["memory"])
    import h5py

    with h5py.File(request["path"], "r") as file:
        for item in import_module("lattice_widgets.files.hdf5_references").objects_of(h5py, file):
            if isinstance(item, h5py.h5g.GroupID):
                _read_attributes(h5py.Group(item))
            elif isinstance(item, h5py.h5d.DatasetID):
                _look_at(h5py.Dataset(item))


def _look_at(part: Any) -> None:
    _read_attributes(part)
    if part.size and not (part.external or part.is_virtual):
        part[(0,) * part.ndim]
        part[tuple(length - 1 for length in part.shape)]


def _read_attributes(part: Any) -> None:
    for name in part.attrs:
        try:
            part.attrs[name]
        except (OSError, TypeError, ValueError, KeyError):  # a damaged one must not hide those behind it
            continue


if __name__ == "__main__":
    main()
