"""A picture and the displacement of its rows and columns in, the picture without it out, by cubic interpolation."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.sentences import Sentence

__all__ = ["straighten"]

#: below this many rows or columns nothing can be said of a picture
_LEAST = 16
#: the place of a pixel is found by so many rounds: displacements change slowly
_ROUNDS = 5


def straighten(
    image: NDArray, slow: NDArray[np.float64], fast: NDArray[np.float64], shift: NDArray[np.float64], mean: NDArray
) -> tuple[NDArray, tuple[float, float]]:
    """Put everything where it belongs.

    Lines are shifted along themselves first, each by its own amount: what is between two lines is not mixed while they jitter.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        As scanned.
    slow, fast : ndarray, shape (rows, 2) and (cols, 2)
        How far rows and columns were moved, smoothly (row, col) [px].
    shift : ndarray, shape (rows,)
        How far each line was moved along itself besides [px].
    mean : ndarray, shape (2, 2)
        The linear map about the middle that the scan made of the picture, before that.

    Returns
    -------
    image : ndarray
        The largest upright rectangle about which every pixel was scanned.
    corner : tuple of float
        Its first pixel (row, col), in px from the first pixel of the picture, if the middle stays where it is.

    Raises
    ------
    ValueError
        If fewer than 16 rows or columns are left.
    """
    rows, cols = image.shape
    work = image.astype(np.result_type(image.dtype, np.float32))
    if shift.any():
        places = np.arange(cols)
        work = np.stack(
            [
                scipy.ndimage.map_coordinates(line, [places + off], order=3, mode="nearest") if off else line
                for line, off in zip(work, shift, strict=True)
            ]
        )
    middle = (np.array([rows, cols]) - 1) / 2
    inverse = np.linalg.inv(mean)
    edges = [
        (inverse @ (np.stack([r, c]) - slow[r].T - fast[c].T - middle[:, None])) + middle[:, None]
        for r, c in _edges(rows, cols)
    ]
    top, bottom = int(np.ceil(edges[0][0].max())), int(np.floor(edges[1][0].min()))
    left, right = int(np.ceil(edges[2][1].max())), int(np.floor(edges[3][1].min()))
    if min(bottom - top, right - left) + 1 < _LEAST:
        raise ValueError(Sentence("The distortion leaves too little of the picture: take a larger one."))
    ideal = np.stack(np.meshgrid(np.arange(top, bottom + 1), np.arange(left, right + 1), indexing="ij")).astype(float)
    straight = np.einsum("ab,brc->arc", mean, ideal - middle[:, None, None]) + middle[:, None, None]
    found = straight.copy()
    for _round in range(_ROUNDS):
        found = straight + _moved(found[0], slow) + _moved(found[1], fast)
    return scipy.ndimage.map_coordinates(work, found, order=3, mode="nearest"), (float(top), float(left))


def _edges(rows: int, cols: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return rows and columns of the pixels at the top, the bottom, the left and the right."""
    r, c = np.arange(rows), np.arange(cols)
    return [
        (np.zeros_like(c), c),
        (np.full_like(c, rows - 1), c),
        (r, np.zeros_like(r)),
        (r, np.full_like(r, cols - 1)),
    ]


def _moved(places: NDArray[np.float64], displacement: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the displacement (2, ...) at places between whole rows or columns."""
    pixels = np.arange(len(displacement))
    return np.stack([np.interp(places, pixels, displacement[:, axis]) for axis in (0, 1)])
