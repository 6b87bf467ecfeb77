"""A picture and its spots in, how unevenly the lattice is strained across the picture out.

Drift, creep and hysteresis of a scanner never strain a picture quite evenly. So where the lattice differs between the
quarters of a picture by more than the noise explains, its mean strain is not to be trusted either; and where it does not,
as in a simulated or averaged picture, small differences from a higher symmetry are likely to be real.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.tapers import taper_window

#: strongest spots that are followed across the picture
_FOLLOWED = 6
#: an even strain says something only where the noise of the local strains is below this
_TELLING = 0.008
#: a spot is followed in a quarter where its amplitude reaches this fraction of the largest in all quarters
_FAINTEST = 0.4


def local_strains(
    picture: NDArray[np.float32], found: NDArray[np.float64], error: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the two shape strains of the lattice in each quarter of the picture, against the mean lattice.

    In each quarter the local frequency of a spot follows from the centroid of the wave about its middle (a first-order step
    from the mean frequency, the "geometric phase" of Hytch, Snoeck & Kilaas, Ultramicroscopy 74, 131 (1998), without maps).

    Parameters
    ----------
    picture : ndarray, float32, shape (rows, cols)
        Without a background plane.
    found : ndarray, shape (n, 2)
        Indexed spots, the strongest first [bins].
    error : ndarray, shape (n, 2)
        Their standard errors in the whole picture [bins].

    Returns
    -------
    strains : ndarray, shape (m, 2)
        Stretch along the axes and shear, as fractions, of the m quarters in which two or more spots are seen.
    covariance : ndarray, shape (m, 2, 2)
        Of each, from the noise.
    """
    shape = np.array(picture.shape)
    found, error = found[:_FOLLOWED], error[:_FOLLOWED]
    half = shape // 2
    frequency = found / shape
    rows, cols = (_moments(int(half[axis]), frequency[:, axis]) for axis in (0, 1))
    width = [_second_moment(int(n)) for n in half]
    sums = []
    for top in (0, shape[0] - half[0]):
        # (2, n, cols): the rows summed with weights 1 and t, for each spot
        down = np.tensordot(rows, picture[top : top + half[0]], axes=(2, 0))
        for left in (0, shape[1] - half[1]):
            part = down[:, :, left : left + half[1]]
            sums.append([(part[i] * cols[j]).sum(axis=1) for i, j in ((0, 0), (1, 0), (0, 1))])
    waves = np.array(sums)  # (quarters, 3, n)
    amplitude = np.abs(waves[:, 0])
    seen = amplitude > _FAINTEST * amplitude.max(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.imag(waves[:, 1:] / waves[:, :1]) / (2 * np.pi * np.array(width)[:, None])  # (quarters, 2, n) [1/px]
    # a quarter has half the length and a quarter of the signal to noise: a position is 2 * 2 times less certain
    spread = np.hypot(4 * error, 0.02) / shape
    strains, covariances = [], []
    for quarter in range(4):
        on = seen[quarter]
        if np.linalg.matrix_rank(found[on], tol=1.5) < 2:
            continue
        # shift = frequency @ deformation, each column by itself
        deformation, blocks = np.empty((2, 2)), []
        for axis in (0, 1):
            design = frequency[on] / spread[on, axis : axis + 1]
            inverse = np.linalg.inv(design.T @ design)
            deformation[:, axis] = inverse @ design.T @ (shift[quarter, axis, on] / spread[on, axis])
            blocks.append(inverse)
        strains.append([deformation[1, 1] - deformation[0, 0], -(deformation[0, 1] + deformation[1, 0])])
        covariance = np.array(
            [
                [blocks[0][0, 0] + blocks[1][1, 1], blocks[0][0, 1] + blocks[1][0, 1]],
                [blocks[0][0, 1] + blocks[1][0, 1], blocks[1][0, 0] + blocks[0][1, 1]],
            ]
        )
        covariances.append(covariance)
    return np.array(strains).reshape(-1, 2), np.array(covariances).reshape(-1, 2, 2)


def scan_unevenness(
    picture: NDArray[np.float32], found: NDArray[np.float64], error: NDArray[np.float64], spacing: float
) -> float | None:
    """Measure how much the strain varies across the picture beyond what noise explains.

    Parameters
    ----------
    picture, found, error
        As for `local_strains`.
    spacing : float
        Shortest distance between reciprocal lattice points [bins].

    Returns
    -------
    float or None
        0 where little noise explains it all; None where a quarter of the picture holds too few cells or spots, or too much
        noise, to tell.
    """
    if spacing < 8:
        return None
    strains, covariance = local_strains(picture, found, error)
    if len(strains) < 3:
        return None
    apart = strains - strains.mean(axis=0)
    variance = float((apart**2).sum() / (2 * (len(strains) - 1)))
    noise = float(np.trace(covariance.mean(axis=0)) / 2)
    # with some six degrees of freedom noise alone reaches twice its mean now and then
    if variance > 2.5 * noise:
        return float(np.sqrt(variance - noise))
    return 0.0 if noise < _TELLING**2 else None


def _moments(length: int, frequency: NDArray[np.float64]) -> NDArray[np.complex64]:
    """Return tapered waves, shape (2, n, length): with weight 1, and with the distance from the middle as weight."""
    t = np.arange(length) - (length - 1) / 2
    wave = np.exp(-2j * np.pi * frequency[:, None] * t) * taper_window(length)
    return np.stack([wave, wave * t]).astype(np.complex64)


def _second_moment(length: int) -> float:
    t = np.arange(length) - (length - 1) / 2
    taper = taper_window(length).astype(np.float64)
    return float((taper * t**2).sum() / taper.sum())
