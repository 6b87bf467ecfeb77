"""A program that reads one file after another as a user would, and says of each how it ended: what it breaks breaks alone.

Each line of its standard input names a file, and the healthy one that it was made of if it was only cut off; each line of its
standard output is the answer: ``end`` ("read", "refused" or "wrong"), what was said, seconds, peak of memory in bytes.
"""

import json
import logging
import math
import resource
import sys
import time
import warnings
from functools import cache
from pathlib import Path

import numpy as np

from lattice_widgets.files import MicrographFileError, read_micrograph
from lattice_widgets.files.movies import open_movie


@cache
def healthy(path: str) -> tuple[np.ndarray, ...]:
    return tuple(np.atleast_3d(frame)[..., 0] for frame in _frames(read_micrograph(path).values))


def _frames(values: np.ndarray) -> np.ndarray:
    return values if values.ndim == 3 else values[None]


def read(path: str, whole: str) -> str:
    """Read a file as a picture and as a movie; say what is wrong with what came back."""
    picture = read_micrograph(path)
    for name, value in picture.attrs.items():
        if name.startswith("pixel_size") and not (math.isfinite(value) and value > 0):
            return f"{name} = {value}"
    for axis in picture.dims:
        if not np.isfinite(picture[axis].values).all():
            return f"coordinates of {axis} that are not finite"
    if picture.dtype.kind not in "iuf" or 0 in picture.shape:
        return f"values of type {picture.dtype} and shape {picture.shape}"
    if whole:
        found = _frames(picture.values)
        for number, expected in enumerate(healthy(whole)[: len(found)]):
            if found[number].shape != expected.shape:
                return f"cut off, another shape, {found.shape}" if not picture.attrs["notes"] else ""
            other = (found[number] != expected) & np.isfinite(found[number].astype(float))
            if other.any():
                return f"cut off, and {other.sum()} pixels of frame {number} are others"
    if picture.ndim == 3:
        np.asarray(open_movie(path)[0])
    return ""


def attempt(path: str, whole: str) -> tuple[str, str]:
    """Read a file; say how it ended, and what was said."""
    try:
        wrong = read(path, whole)
    except MicrographFileError as error:
        said = str(error)
        one_sentence = said.endswith(".") and "\n" not in said and Path(path).name in said
        return ("refused" if one_sentence else "wrong"), said
    except ValueError as error:  # of the movie: its frames may be too small
        return ("refused" if str(error).endswith(".") else "wrong"), str(error)
    except Exception as error:
        return "wrong", f"{type(error).__name__}: {error}"
    return ("silent" if wrong else "read"), wrong


def peak_memory() -> int:
    """Return the most memory that this process has had [bytes]."""
    try:  # what `getrusage` tells begins, on Linux, with the memory of the process that started this one
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> None:
    """Answer each line until there are no more."""
    warnings.simplefilter("ignore")
    logging.disable()
    for line in sys.stdin:
        path, whole = json.loads(line)
        before = time.monotonic()
        end, said = attempt(path, whole)
        print(json.dumps([end, said[:300], time.monotonic() - before, peak_memory()]), flush=True)


if __name__ == "__main__":
    main()
