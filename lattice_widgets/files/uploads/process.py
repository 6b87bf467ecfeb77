"""Read an upload in a process of its own, and turn the way it ends into a picture or one sentence.

The process is a new Python, not a copy of this one: a kernel has threads, and a copy of it could wait for ever for what
they hold. It gets a folder of its own, no variables of the kernel's environment, and returns plain numbers and JSON:
nothing that it says is ever run or unpickled here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lattice_widgets.files.kinds import suffix_of
from lattice_widgets.files.labeled import PlainPicture
from lattice_widgets.files.readers.stored import MicrographFileError

_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")
_TIME_IS_UP = ("SIGXCPU", "SIGALRM")


@dataclass(frozen=True)
class UploadLimits:
    """What the reading of one upload may take.

    Parameters
    ----------
    seconds : float
        Time from its start.
    memory : int
        Bytes, with the 0.4 GB that Python and its libraries take; not kept on macOS and Windows.
    """

    seconds: float = 60.0
    memory: int = 3 * 1024**3


def read_upload(
    name: str,
    content: bytes | bytearray | memoryview,
    *,
    key: str | int | None = None,
    frames: int | slice | None = None,
    max_bytes: int,
    limits: UploadLimits | None = None,
) -> PlainPicture:
    """Read the bytes of an upload in a process of its own.

    Parameters
    ----------
    name : str
        The file's name without folders.
    content : bytes, bytearray or memoryview
        What the file holds.
    key, frames, max_bytes
        As in `read_micrograph`.
    limits : UploadLimits, optional
        What the reading may take.

    Returns
    -------
    picture : PlainPicture
        What was read.

    Raises
    ------
    MicrographFileError
        With one sentence: what is wrong with the file, or that its reading took too long, took too much memory or
        broke down.
    """
    if sys.platform == "emscripten":  # no processes: the page is the visitor's own, and its browser confines it
        return _read_here(name, content, key, frames, max_bytes)
    limits = limits or UploadLimits()
    request = {
        "file": _file_name(name),
        "name": name,
        "key": key if key is None or isinstance(key, str) else int(key),
        "frames": _plain(frames),
        "max_bytes": int(max_bytes),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "sys_path": [os.path.abspath(path) for path in sys.path],
    }
    # A reader that still holds its file would make Windows refuse to delete it; that is no reason to fail.
    with tempfile.TemporaryDirectory(prefix="lattice_widgets_", ignore_cleanup_errors=True) as made:
        folder = Path(made).resolve()
        try:
            (folder / request["file"]).write_bytes(content)
            code = _run(folder, json.dumps(request).encode(), limits.seconds)
        except OSError as error:
            raise MicrographFileError(
                f"{name} cannot be read: the process that reads uploads did not start ({error.strerror or error})."
            ) from None
        answer = _answer(folder)
        if "picture" in answer:
            with suppress(OSError, ValueError, TypeError, EOFError):
                return _picture(folder, answer["picture"])
        if "error" in answer:
            raise MicrographFileError(str(answer["error"]))
        raise MicrographFileError(f"{name} cannot be read: {_reason(code, answer, limits)}.")


def _file_name(name: str) -> str:
    """Return what to call the file of an upload: its suffix is all that readers need of its name."""
    suffix = suffix_of(name)
    return f"upload{suffix}" if suffix[1:].replace("_", "").isalnum() else "upload"


def _read_here(
    name: str, content: bytes | bytearray | memoryview, key: Any, frames: int | slice | None, max_bytes: int
) -> PlainPicture:
    from lattice_widgets.files.reading import read_plain

    with tempfile.TemporaryDirectory(prefix="lattice_widgets_") as made:
        path = Path(made) / _file_name(name)
        path.write_bytes(content)
        try:
            return read_plain(path, name, key, frames, max_bytes, upload=True)
        except MicrographFileError as error:
            raise MicrographFileError(str(error).replace(str(path), name).replace(made, "")) from None


def _plain(frames: int | slice | None) -> Any:
    if isinstance(frames, slice):
        return [None if part is None else int(part) for part in (frames.start, frames.stop, frames.step)]
    return None if frames is None else int(frames)


def _run(folder: Path, request: bytes, seconds: float) -> int | None:
    """Run the reader; return its exit status, or None where its time was up."""
    own = str(folder)
    process = subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).with_name("child.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        env={
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), own),
            # one thread: each would ask for addresses of its own
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
            "HDF5_PLUGIN_PRELOAD": "::",  # HDF5's word for: load no plugins
            "HDF5_PLUGIN_PATH": own,
        },
    )
    try:
        process.communicate(request, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
    return process.returncode


def _answer(folder: Path) -> dict[str, Any]:
    try:
        answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _picture(folder: Path, known: dict[str, Any]) -> PlainPicture:
    values = np.load(folder / "values.npy", allow_pickle=False)
    positions = np.load(folder / "positions.npy", allow_pickle=False) if values.ndim == 3 else None
    size = known["pixel_size"]
    return PlainPicture(
        values=values,
        format=str(known["format"]),
        dataset=str(known["dataset"]),
        notes=str(known["notes"]),
        pixel_size=None if size is None else (float(size[0]), float(size[1])),
        frame_positions=positions,
        frame_unit=str(known["frame_unit"]),
        single=bool(known["single"]),
        datasets=tuple(map(str, known["datasets"])),
        calibration=str(known["calibration"]),
    )


def _reason(code: int | None, answer: dict[str, Any], limits: UploadLimits) -> str:
    """Return what to say of a process that left no picture and no sentence."""
    ended_by = signal.Signals(-code).name if code is not None and code < 0 else ""
    if code is None or ended_by in _TIME_IS_UP:
        return f"it took longer than {limits.seconds:g} s, so that reading it was ended"
    if answer.get("ended") == "memory" or ended_by == "SIGKILL":
        return f"it needs more memory than the {limits.memory / 1e9:.2g} GB that the reading of an upload may take"
    return "its reader broke down over it, so it is damaged or of another kind"
