"""Checksums of an analysis: a chunk that a disk lost or changed is found, and is no number.

zarr fills a chunk that is missing, and says nothing of one whose bytes changed where it is not compressed or still unpacks. So
each frame has the SHA-256 of its row, and each other variable that of its values in its attributes.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.movies.rows import VARIABLES

#: name of the array (frame, 32) of checksums, and of the attribute of other variables
SHA256 = "sha256"


def checksum_of_row(read: Callable[[str], ArrayLike]) -> NDArray[np.uint8]:
    """Return the checksum of the row of a frame, shape (32,).

    Parameters
    ----------
    read : callable
        ``read(name)`` gives the values of a variable in that frame.
    """
    digest = hashlib.sha256()
    for name, (_, dtype, *_rest) in VARIABLES.items():
        digest.update(name.encode())
        digest.update(_bytes_of(read(name), dtype))
    return np.frombuffer(digest.digest(), np.uint8)


def checksum_of(values: ArrayLike) -> str:
    """Return the checksum of an array, as hexadecimal digits; strings and numbers count by what they say."""
    array = np.asarray(values)
    if array.dtype.kind in "OUST":
        return hashlib.sha256(json.dumps(array.astype(str).tolist()).encode()).hexdigest()
    return hashlib.sha256(_bytes_of(array, array.dtype.newbyteorder("<").str)).hexdigest()


def damaged_rows(group: Any, numbers: Iterable[int]) -> list[int]:
    """List the frames whose rows are not what was written.

    Parameters
    ----------
    group : zarr.Group
        Of an analysis with checksums.
    numbers : iterable of int
        The frames to look at.
    """
    return [number for number in numbers if not _is_whole(group, number)]


def _is_whole(group: Any, number: int) -> bool:
    try:
        found = checksum_of_row(lambda name: group[name][number])
        return bool(np.array_equal(found, group[SHA256][number]))
    except Exception:  # a damaged chunk fails in any way that its unpacking can
        return False


def take_checksums(dataset: xr.Dataset, check: bool = True) -> list[str]:
    """Take the checksums out of an open analysis, and list the variables that are not what was written.

    Parameters
    ----------
    dataset : xarray.Dataset
        Changed in place: its checksums are gone.
    check : bool
        Whether to compare them; an empty list otherwise.
    """
    damaged = []
    for name, variable in dataset.variables.items():
        written = variable.attrs.pop(SHA256, None)
        if check and written is not None and _read_checksum(variable) != written:
            damaged.append(str(name))
    return damaged


def _read_checksum(variable: xr.Variable) -> str:
    try:
        return checksum_of(variable.values)
    except Exception:
        return ""


def _bytes_of(values: ArrayLike, dtype: str) -> bytes:
    array = np.ascontiguousarray(values, np.dtype(dtype))
    return str(array.shape).encode() + array.tobytes()
