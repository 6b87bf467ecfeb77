"""Strips, tiles and frames of a tif file that were never written, as in a file whose writing was broken off.

Such a file announces them at the place 0 or with 0 bytes, or a frame in its OME metadata alone, and tifffile fills them with
zeros without a word.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.readers.stored import MicrographFileError


class Hole(NamedTuple):
    """A part of a picture that was never written.

    Parameters
    ----------
    page : int
        Number of the page, which is the number of the frame where there are several.
    rows, cols : slice
        Which of its pixels.
    """

    page: int
    rows: slice
    cols: slice


def unwritten(series: Any) -> list[Hole]:
    """Find the strips, tiles and frames of a series that were never written.

    Parameters
    ----------
    series : tifffile.TiffPageSeries
        One page, or one page for each frame.

    Returns
    -------
    holes : list of Hole
        Empty for a file that is whole.

    Raises
    ------
    MicrographFileError
        If it announces more of them than it can hold.
    """
    holes = []
    for number, page in enumerate(series.pages):
        if page is None:
            whole = series.keyframe
            holes.append(Hole(number, slice(0, whole.imagelength), slice(0, whole.imagewidth)))
            continue
        height, width = page.keyframe.imagelength, page.keyframe.imagewidth
        written = [bool(offset and count) for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)]
        announced = math.prod(map(int, page.keyframe.chunked))
        if announced > page.parent.filehandle.size:
            raise MicrographFileError(f"it announces {announced:,} strips or tiles, more than it has bytes")
        if len(written) < announced and not _whole_without(page):
            written += [False] * (announced - len(written))
        for index in (number for number, there in enumerate(written[:announced]) if not there):
            # depth, rows, cols and channels: where the segment lies, and how large it is
            _, (_, _, row, col, _), (_, rows, cols, _) = page.decode(None, index)
            holes.append(Hole(number, slice(row, min(row + rows, height)), slice(col, min(col + cols, width))))
    return holes


def _whole_without(page: Any) -> bool:
    """Tell whether a page with too short a list of strips has all its pixels: some programs call all of them one."""
    return int(page.keyframe.compression) == 1 and sum(page.databytecounts) >= page.keyframe.nbytes


def share_of(holes: Sequence[Hole], series: Any) -> float:
    """Return the share of a series that was never written.

    Parameters
    ----------
    holes : sequence of Hole
        As from `unwritten`.
    series : tifffile.TiffPageSeries
        The series that has them.

    Returns
    -------
    share : float
        0 to 1.
    """
    page = series.keyframe
    # planes of colors lack the same place each
    places = {(number, rows.start, rows.stop, cols.start, cols.stop) for number, rows, cols in holes}
    lost = sum((bottom - top) * (right - left) for _, top, bottom, left, right in places)
    return float(lost / (len(series.pages) * page.imagelength * page.imagewidth))


def with_holes(values: NDArray, holes: Sequence[Hole], dtype: np.dtype, frames: Sequence[int] | None) -> NDArray:
    """Return pixels with NaN where they were never written.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (rows, cols) or (frames, rows, cols), perhaps with channels behind.
    holes : sequence of Hole
        As from `unwritten`.
    dtype : numpy.dtype
        A floating point type.
    frames : sequence of int or None
        The numbers of the frames in `values`; None for a single picture.

    Returns
    -------
    values : numpy.ndarray
        The same array where there are no holes, else of `dtype`.
    """
    if not holes:
        return values
    values = values.astype(dtype)
    place = {page: number for number, page in enumerate(frames or ())}
    for page, rows, cols in holes:
        if frames is None:
            values[rows, cols] = np.nan
        elif page in place:
            values[place[page], rows, cols] = np.nan
    return values
