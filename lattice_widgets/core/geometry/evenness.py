"""A picture and its waves in, how far an uneven filling of the picture may stretch the lattice out.

A spot of a crystal that ends inside the picture is as wide as the crystal is small, and the brightness of the spots falls off
outward with the size of the atoms. The product of the two is largest a little further in than the middle of the spot: for all
spots in proportion to their frequency, so that it looks like a lattice stretched across the border of the crystal, and no
scatter tells.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.tapers import taper_window

#: tiles along an axis, and waves that are followed over them
_TILES, _FOLLOWED = 4, 3
#: spread of the amplitude over the tiles that noise and missing atoms leave in a picture filled evenly
_EVEN = 0.35
#: how much wider than that of a full picture a spot of a picture filled by half is, found by simulation
_WIDER = 1.1
#: inverse curvature of a spot of a picture with a Hann taper [bins^2]
_SPOT_WIDTH = 0.77


def stretch_by_filling(
    picture: NDArray[np.float32], found: NDArray[np.float64], amplitude: NDArray[np.float64]
) -> float:
    """Bound the stretch that an uneven filling gives the lattice.

    Parameters
    ----------
    picture : ndarray, float32, shape (rows, cols)
        Without a background plane.
    found : ndarray, shape (n, 2)
        The waves [bins].
    amplitude : ndarray, shape (n,)
        Their amplitudes.

    Returns
    -------
    float
        One standard deviation, as a fraction; 0 for a picture filled evenly.
    """
    strongest = np.argsort(-amplitude, kind="stable")[:_FOLLOWED]
    tiles = np.zeros((_TILES, _TILES))
    for row, col in found[strongest]:
        waves = []
        for length, frequency in zip(picture.shape, (row, col), strict=True):
            edges = np.linspace(0, length, _TILES + 1).astype(int)
            wave = np.zeros((_TILES, length), np.complex64)
            for number, (start, stop) in enumerate(pairwise(edges)):
                t = np.arange(start, stop)
                wave[number, start:stop] = np.exp(-2j * np.pi * frequency * t / length) * taper_window(stop - start)
            waves.append(wave)
        tiles += np.abs((waves[0].real @ picture + 1j * (waves[0].imag @ picture)) @ waves[1].T)
    uneven = float(np.clip((tiles.std() / tiles.mean() - _EVEN) / (1 - _EVEN), 0, 1))
    if not uneven or len(found) < 3:
        return 0.0
    # the logarithm of the amplitude falls off with the square of the frequency, as that of a Gaussian atom does
    squared = (found**2).sum(axis=1)
    apart = squared - squared.mean()
    slope = -float(apart @ np.log(amplitude)) / max(float(apart @ apart), 1e-12)
    return uneven * _WIDER * 2 * max(slope, 0.0) * _SPOT_WIDTH
