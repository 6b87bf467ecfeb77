"""A picture and its lattice in, how far each single scan line is off along itself out: jitter, finer than any mask.

Each line is compared with the mean lattice of all lines, by least squares with a gain of its own. Its shift is known from one
line of pixels alone and therefore uncertain: it is shrunk by how much of it is noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Lines", "line_shifts"]

#: rounds of shifting the lines of the model
_ROUNDS = 4
#: jitter is there if its variance is more than so many of its own standard deviations
_THERE = 3.0


@dataclass(frozen=True, eq=False)
class Lines:
    """How far scan lines are off along themselves.

    Attributes
    ----------
    shift : ndarray, float64, shape (rows,)
        Of each line [px], to the right; all zero if there is no jitter beyond the noise.
    error : ndarray, float64, shape (rows,)
        One standard deviation of each [px].
    jitter : float
        Standard deviation of the true shifts [px], the noise taken off.
    """

    shift: NDArray[np.float64]
    error: NDArray[np.float64]
    jitter: float


def line_shifts(image: NDArray, carriers: NDArray[np.float64], slow: NDArray, fast: NDArray) -> Lines:
    """Find the shift of each scan line that remains after a smooth displacement.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    carriers : ndarray, shape (spots, 2)
        Frequencies of the strongest spots (row, col), one of each pair of opposite ones [1/px].
    slow, fast : ndarray, shape (rows, 2) and (cols, 2)
        The smooth displacement of rows and columns [px].

    Returns
    -------
    Lines
        One shift for each row.
    """
    rows, cols = image.shape
    grid_row, grid_col = np.arange(rows)[:, None], np.arange(cols)[None]
    moved = [slow[:, axis, None] + fast[None, :, axis] for axis in (0, 1)]
    shift = np.zeros(rows)
    waves = [
        np.exp(2j * np.pi * (g[0] * (grid_row - moved[0]) + g[1] * (grid_col - moved[1]))).astype(np.complex64)
        for g in carriers
    ]
    for _round in range(_ROUNDS):
        model, slope = np.zeros(image.shape), np.zeros(image.shape)
        for g, wave in zip(carriers, waves, strict=True):
            turned = wave * np.exp(-2j * np.pi * g[1] * shift)[:, None]
            part = 2 * (image * turned.conj()).mean() * turned
            model += part.real
            slope += (-2j * np.pi * g[1] * part).real
        model -= model.mean(axis=1, keepdims=True)
        slope -= slope.mean(axis=1, keepdims=True)
        gain = np.clip((model * image).sum(axis=1) / np.maximum((model**2).sum(axis=1), 1e-12), 0.2, 5.0)
        rest = image - image.mean(axis=1, keepdims=True) - gain[:, None] * model
        told = np.maximum((gain[:, None] ** 2 * slope**2).sum(axis=1), 1e-12)
        step = (gain[:, None] * slope * rest).sum(axis=1) / told
        # a line that tells little must not leave the spacing where it belongs
        largest = 0.1 / np.abs(carriers[:, 1]).max()
        shift = shift + np.clip(step, -largest, largest)
    error = np.sqrt((rest**2).mean() / told)
    weight = 1 / error**4
    variance = float((weight * (shift**2 - error**2)).sum() / weight.sum())
    uncertain = float(np.sqrt((weight**2 * 2 * error**4).sum()) / weight.sum())
    if variance <= _THERE * uncertain:
        return Lines(np.zeros(rows), error, 0.0)
    return Lines(shift * variance / (variance + error**2), error, float(np.sqrt(variance)))
