"""Spectra turned and scaled so that their strongest spot lies at one place: the shape of a lattice, without its orientation."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray


def align(
    magnitude: NDArray[np.float32], size: int, radius: float, rank: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Turn and scale spectra so that the strongest spot lies at a fixed place, to the right of the middle.

    Parameters
    ----------
    magnitude : ndarray, float32, shape (n, m, m)
        Fourier magnitudes around zero frequency at (m // 2, m // 2), with room around what is wanted.
    size : int
        Rows and columns of the result [px], even.
    radius : float
        Where the spot comes to lie, as a fraction of half the width.
    rank : int
        0 for the strongest spot, 1 for the next, ...: other views of the same lattice.

    Returns
    -------
    aligned : ndarray, float32, shape (n, size, size)
        The spectra, symmetric under inversion as `Descriptor.values` are.
    zoom : ndarray, float64, shape (n,)
        Pixels of the input that one pixel of the result spans, from 0.6 to 1.5.
    """
    middle, half = magnitude.shape[1] // 2, size // 2
    wanted = radius * half
    row, col = np.mgrid[-half : half + 1, 0 : half + 1].astype(np.float64)
    out = np.empty((len(magnitude), size + 1, half + 1), np.float32)
    zoom = np.ones(len(magnitude))
    ring = np.hypot(*np.mgrid[-middle : magnitude.shape[1] - middle, : magnitude.shape[1] - middle])
    usual = (ring > 0.4 * wanted) & (ring < 1.5 * wanted)
    for number, picture in enumerate(magnitude):
        spot_row, spot_col = _peak(picture, middle, usual, rank)
        distance = np.hypot(spot_row, spot_col)
        if distance == 0:
            spot_row, spot_col, distance = 0.0, wanted, wanted
        zoom[number] = np.clip(distance / wanted, 0.6, 1.5)
        sine, cosine = zoom[number] * spot_row / distance, zoom[number] * spot_col / distance
        place = [middle + cosine * row + sine * col, middle - sine * row + cosine * col]
        out[number] = scipy.ndimage.map_coordinates(picture, place, order=3, mode="constant")
    out = np.maximum(out, 0)
    whole = np.concatenate([out[:, ::-1, :0:-1], out], axis=2)[:, :-1, :-1]
    return whole, zoom


def _peak(picture: NDArray[np.float32], middle: int, usual: NDArray[np.bool_], rank: int) -> tuple[float, float]:
    """Return (row, col) of a strong spot of the right half, from the middle, to a fraction of a pixel."""
    right = np.where(usual, picture[:, middle:], 0)
    row, col = divmod(int(right.argmax()), right.shape[1])
    best = right[row, col]
    for _ in range(rank):
        apart = right.copy()
        apart[max(row - 4, 0) : row + 5, max(col - 4, 0) : col + 5] = 0
        if apart.max() < 0.3 * best:
            break
        right = apart
        row, col = divmod(int(right.argmax()), right.shape[1])
    col = col + middle
    if picture[row, col] <= 0:
        return 0.0, 0.0
    # a smoothed spot is a Gaussian: its logarithm is a parabola
    logs = np.log(np.maximum(picture[row - 1 : row + 2, col - 1 : col + 2], 1e-3 * picture[row, col]))
    offsets = []
    for line in (logs[:, 1], logs[1, :]):
        curvature = line[0] - 2 * line[1] + line[2]
        offsets.append(float(np.clip((line[0] - line[2]) / (2 * curvature), -1, 1)) if curvature < 0 else 0.0)
    return row - middle + offsets[0], col - middle + offsets[1]
