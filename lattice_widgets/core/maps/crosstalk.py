"""The waves of a map and others near them in, how much the others make the map ripple out.

A mask that is narrow in the picture is wide in its transform. Where a spot of something else lies near a spot that is followed,
such as that of a second layer with a little twist, the mask lets a part of it through, and both beat: strain and rotation
ripple with the period of the beat, about the right mean. At one place the ripple has any phase, so it counts as an error.
"""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.maps.demodulation import Mask, demodulate

#: less than this share of a wave is not worth a look; with more of it the two waves cannot be told apart
_LEAST, _MOST = 1e-3, 0.95


def crosstalk(
    image: NDArray,
    others: NDArray[np.float64],
    carriers: NDArray[np.float64],
    waves: NDArray[np.complex128],
    places: tuple[NDArray, NDArray],
    mask: Mask,
) -> NDArray[np.float64]:
    """Return how much other waves make the gradients of the phases ripple from place to place.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    others : ndarray, shape (n, 2)
        (row, col) frequencies of waves that are not followed [1/px].
    carriers : ndarray, shape (spots, 2)
        Those of the waves that are [1/px].
    waves : ndarray, complex128, shape (spots, rows, cols)
        Amplitude and phase of these, as from `demodulate`.
    places : tuple of ndarray
        Rows and columns of the grid [px].
    mask : Mask
        What is averaged around each place.

    Returns
    -------
    ndarray, float64, shape (2, spots, rows, cols)
        Mean square of the ripple along rows and along columns [cycles^2 per px^2].
    """
    ripple = np.zeros((2, *waves.shape))
    for other in others:
        for number, carrier in enumerate(carriers):
            near = min(other, -other, key=lambda f: float(np.hypot(*(f - carrier))))
            away = near - carrier
            passed = float(np.exp(-0.5 * (2 * np.pi * mask.sigma) ** 2 * (away @ away)))
            if not _LEAST < passed < _MOST:
                continue
            # what is seen of the other wave holds as much of the followed one: two equations for two amplitudes
            turn = np.exp(-2j * np.pi * np.add.outer(away[0] * places[0], away[1] * places[1]))
            seen = demodulate(image, near[None], places, mask).amplitude[0]
            there = np.abs(seen - passed * turn * waves[number]) / (1 - passed**2)
            share = np.minimum(passed * there / np.maximum(np.abs(waves[number]), 1e-300), 1.0)
            ripple[:, number] += 0.5 * away[:, None, None] ** 2 * share**2
    return ripple
