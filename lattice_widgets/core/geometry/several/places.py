"""A picture and the spots of several lattices in, where in the picture each of them is out.

The picture's transform is cut out around each spot, with a Gaussian, and brought back as a small picture: the local amplitude
of that wave. What the spots of one lattice show together, compared place by place with the others, is where it is.
"""

from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from lattice_widgets.core.pictures.tapers import taper_window

#: points of the small pictures along an axis; the Gaussian is at most a sixth of that wide
_POINTS = 48
#: widths of the Gaussian [bins], and as a fraction of the distance to the next spot
_NARROW, _WIDE, _FREE = 1.2, 7.0, 0.3
#: spots of a lattice that are followed
_FOLLOWED = 8
#: a lattice is where its amplitude is more than this fraction of that in its middle: at a straight border it is one half
_THERE = 0.5
#: grains share less than this fraction of the smaller one, and what is in more than this fraction of the picture is everywhere
_OVERLAP, _EVERYWHERE = 0.35, 0.8
#: fraction of a side at each end where the taper leaves too little to tell
_EDGE = 0.06


class Places(NamedTuple):
    """Where lattices are: masks (m, rows, cols), and the power that each has in the whole picture (m,)."""

    masks: NDArray[np.bool_]
    power: NDArray[np.float64]


def find_places(picture: NDArray[np.float32], own: list[NDArray[np.float64]], others: NDArray[np.float64]) -> Places:
    """Find where in a picture each of several lattices is.

    Parameters
    ----------
    picture : ndarray, float32, shape (rows, cols)
        Without a background plane.
    own : list of ndarray, shape (n, 2)
        Spots that belong to one of the m lattices alone, the strongest first [bins].
    others : ndarray, shape (k, 2)
        All spots [bins].

    Returns
    -------
    Places
        Everywhere, for layers laid over each other.
    """
    rows, cols = picture.shape
    taper = [taper_window(n, "tukey") for n in picture.shape]
    spectrum = scipy.fft.rfft2(picture * taper[0][:, None] * taper[1])
    every = np.concatenate([others, -others])
    maps = np.array([_power_of(spectrum, (rows, cols), spots[:_FOLLOWED], every) for spots in own])
    power = maps.mean(axis=(1, 2))
    small = [
        np.interp(np.arange(_POINTS) / _POINTS * n, np.arange(n), each)
        for n, each in zip(picture.shape, taper, strict=True)
    ]
    maps /= np.maximum(np.outer(small[0], small[1]) ** 2, 1e-3)
    amplitude = np.sqrt(np.maximum(maps, 0))
    weight = np.outer(small[0] > 0.3, small[1] > 0.3)
    seen = amplitude * weight
    # the level inside: a mean that counts places by the square of their own amplitude
    amplitude /= np.maximum((seen**3).sum(axis=(1, 2)) / np.maximum((seen**2).sum(axis=(1, 2)), 1e-30), 1e-30)[
        :, None, None
    ]
    return Places(_masks(amplitude, weight, (rows, cols)), power)


def _power_of(
    spectrum: NDArray[np.complex64], shape: tuple[int, int], spots: NDArray[np.float64], every: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the local power of the waves of some spots, shape (_POINTS, _POINTS)."""
    reach = np.arange(_POINTS) - _POINTS // 2
    total = np.zeros((_POINTS, _POINTS))
    for spot in spots:
        apart = np.hypot(*(every - spot).T)
        width = np.clip(_FREE * apart[apart > 1].min(initial=np.inf), _NARROW, _WIDE)
        row, col = (np.round(spot[axis]).astype(int) + reach for axis in (0, 1))
        gauss = [np.exp(-0.5 * ((k - f) / width) ** 2) for k, f in zip((row, col), spot, strict=True)]
        mirrored = col < 0
        down = np.where(mirrored, -row[:, None], row[:, None]) % shape[0]
        inside = (np.abs(col) < spectrum.shape[1]) & np.ones_like(down, dtype=bool)
        cut = spectrum[down, np.minimum(np.abs(col), spectrum.shape[1] - 1)]
        cut = np.where(mirrored, cut.conj(), cut) * inside * np.outer(gauss[0], gauss[1])
        total += np.abs(scipy.fft.ifft2(np.fft.ifftshift(cut))) ** 2
    return total


def _masks(amplitude: NDArray[np.float64], weight: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Compare amplitudes (m, _POINTS, _POINTS) place by place; return masks (m, rows, cols)."""
    there = amplitude > _THERE
    shares = (there & weight).sum(axis=(1, 2)) / weight.sum()
    masks = np.ones((len(amplitude), *shape), dtype=np.bool_)
    for number, each in enumerate(amplitude):
        level = np.full_like(each, _THERE)
        rivals = 0
        for other in range(len(amplitude)):
            shared = (there[number] & there[other] & weight).sum() / weight.sum()
            if other != number and shared < _OVERLAP * min(shares[number], shares[other]):
                level = np.where(rivals, np.maximum(level, amplitude[other]), amplitude[other])
                rivals += 1
        if rivals or shares[number] < _EVERYWHERE:
            masks[number] = _enlarged(each - level, shape) > 0
    return masks


def _enlarged(small: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Interpolate a map linearly to a picture of some rows and columns, without wrapping around."""
    parts = []
    for n in shape:
        # point k lies at k / _POINTS of the side; beyond the last one, and where the taper hides all, nothing changes
        at = np.clip(np.arange(n) / n, _EDGE, 1 - _EDGE) * _POINTS
        low = np.minimum(at.astype(int), _POINTS - 2)
        part = np.zeros((n, _POINTS))
        part[np.arange(n), low] = 1 - (at - low)
        part[np.arange(n), low + 1] = at - low
        parts.append(part)
    return parts[0] @ small @ parts[1].T
