"""A picture with pixels that have no value in, the part that was scanned out: a scan that was stopped holds NaN."""

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]

#: lines of the table of gaps that is searched: more of them are taken together
_MOST_LINES = 256
#: share of the pixels with a value that the scanned part must hold: fewer, and the gaps are scattered
_ENOUGH = 0.5


def scanned_box(values: NDArray) -> Box | None:
    """Find the largest box of a picture in which every pixel has a finite value.

    Parameters
    ----------
    values : ndarray, shape (rows, cols)
        The picture; NaN and infinity stand for what was not scanned.

    Returns
    -------
    tuple of int or None
        (row, col, height, width) [px]. None where no box holds at least half of the pixels that have a value, as with gaps
        that are scattered over the picture.

    Examples
    --------
    >>> scan = np.ones((64, 96))
    >>> scan[40:] = np.nan
    >>> scan[39, 50:] = np.nan
    >>> scanned_box(scan)
    (0, 0, 39, 96)
    """
    gaps = ~np.isfinite(values)
    if not gaps.any():
        return 0, 0, *values.shape
    rows, cols = _edges(gaps), _edges(gaps.T)
    table = np.logical_or.reduceat(np.logical_or.reduceat(gaps, rows[:-1], axis=0), cols[:-1], axis=1)
    (first, last), (left, right) = _largest_box(~table, np.diff(rows), np.diff(cols))
    top, bottom, left, right = rows[first], rows[last], cols[left], cols[right]
    if (bottom - top) * (right - left) < max(1, _ENOUGH * np.count_nonzero(~gaps)):
        return None
    return int(top), int(left), int(bottom - top), int(right - left)


def _edges(gaps: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return where lines begin that differ from the one before, the end included; every so many lines if there are too many."""
    changes = 1 + np.flatnonzero((gaps[1:] != gaps[:-1]).any(axis=1))
    if len(changes) > _MOST_LINES:
        step = -(-len(gaps) // _MOST_LINES)
        changes = np.arange(step, len(gaps), step)
    return np.concatenate([[0], changes, [len(gaps)]])


def _largest_box(good: NDArray[np.bool_], heights: NDArray, widths: NDArray) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first line and the one after the last, of rows and of columns, of the largest box of good cells."""
    ends = np.concatenate([[0], np.cumsum(widths)])
    best, box = 0, ((0, 0), (0, 0))
    for first in range(len(good)):
        column_is_good = np.ones(good.shape[1], dtype=np.bool_)
        height = 0
        for last in range(first, len(good)):
            column_is_good &= good[last]
            if not column_is_good.any():
                break
            height += int(heights[last])
            edges = np.flatnonzero(np.diff(np.concatenate([[False], column_is_good, [False]]).astype(np.int8)))
            lengths = ends[edges[1::2]] - ends[edges[::2]]
            widest = int(lengths.argmax())
            if height * lengths[widest] > best:
                best = int(height * lengths[widest])
                box = (first, last + 1), (int(edges[2 * widest]), int(edges[2 * widest + 1]))
    return box
