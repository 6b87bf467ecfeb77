"""A picture and its spots in, amplitude and phase gradient of each density wave around each place out: no unwrapping.

Geometric phase analysis takes the phase of one spot and differentiates it. Here the complex signal is differentiated instead,
before its phase is taken: ``grad(phase) = Im(grad(A) / A)``. Phases need no unwrapping then, and what happens at a
dislocation stays at the dislocation.

A mask is a Gaussian in real space, cut where it has fallen to two thousandths, so that every place is measured by pixels of
the picture alone. It is separable: all places of a grid are two products of matrices.

Reference: M. J. Hytch, E. Snoeck & R. Kilaas, Ultramicroscopy 74, 131 (1998); without unwrapping: J.-L. Rouviere &
E. Sarigiannidou, Ultramicroscopy 106, 1 (2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: a mask reaches so many standard deviations to either side
REACH = 3.5
#: where the noise of the phases is measured, in 1/sigma: outside of the mask, which has fallen to a thousandth there, ...
_BESIDE = (0.6, 0.9, 1.2, 1.5)
#: ... and less than this share of the way to the next spot
_NEXT_SPOT = 0.45


@dataclass(frozen=True, eq=False)
class Waves:
    """Density waves around each place of a grid.

    Attributes
    ----------
    amplitude : ndarray, complex128, shape (spots, rows, cols)
        Amplitude with the phase against the carrier, less a common factor.
    gradient : ndarray, float64, shape (spots, rows, cols, 2)
        Gradient of the phase, (row, col) [cycles per px]: by how much the frequency differs from the carrier's.
    """

    amplitude: NDArray[np.complex128]
    gradient: NDArray[np.float64]


@dataclass(frozen=True)
class Mask:
    """A Gaussian mask.

    Parameters
    ----------
    sigma : float
        Its standard deviation [px].
    """

    sigma: float

    @property
    def reach(self) -> int:
        """How far it reaches to either side [px]."""
        return int(np.ceil(REACH * self.sigma))

    def weights(self, places: NDArray[np.float64], length: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the weight of each pixel of a line for each place, and the derivative by the place.

        Parameters
        ----------
        places : ndarray, shape (n,)
            [px].
        length : int
            Of the line [px].

        Returns
        -------
        weights, derivatives : ndarray, float64, shape (n, length)
            The weights of a place whose mask lies inside the line sum to 1.
        """
        away = np.arange(length) - places[:, None]
        bell = np.exp(-0.5 * (away / self.sigma) ** 2)
        # without the step at its end, which would let strong waves into weak ones
        inside = bell > np.exp(-0.5 * REACH**2)
        weights = np.where(inside, bell - np.exp(-0.5 * REACH**2), 0.0)
        norm = 1 / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        return weights * norm, np.where(inside, bell * away / self.sigma**2, 0.0) * norm

    def gradient_noise(self) -> float:
        """Give the mean square of the derivative of white noise behind the mask, over that of the noise behind the mask."""
        weight, slope = self.weights(np.array([float(self.reach)]), 2 * self.reach + 1)
        return float((slope**2).sum() / (weight**2).sum())


def demodulate(image: NDArray, carriers: NDArray[np.float64], places: tuple[NDArray, NDArray], mask: Mask) -> Waves:
    """Measure the density waves of a picture around each place of a grid.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    carriers : ndarray, shape (spots, 2)
        (row, col) frequency that each spot is compared with [1/px].
    places : tuple of ndarray
        Rows and columns of the grid [px].
    mask : Mask
        What is averaged around each place.

    Returns
    -------
    Waves
        Of each carrier.
    """
    image = image.astype(np.float32, copy=False)
    row, row_slope = mask.weights(places[0], image.shape[0])
    col, col_slope = mask.weights(places[1], image.shape[1])
    amplitude = np.empty((len(carriers), len(places[0]), len(places[1])), np.complex128)
    gradient = np.empty((*amplitude.shape, 2))
    for number, carrier in enumerate(carriers):
        wave = [np.exp(-2j * np.pi * f * np.arange(n)) for f, n in zip(carrier, image.shape, strict=True)]
        both = _by_columns(image, np.concatenate([col, col_slope]) * wave[1])
        value, right = both[:, : len(col)], both[:, len(col) :]
        amplitude[number] = (row * wave[0]) @ value
        power = np.maximum(np.abs(amplitude[number]) ** 2, 1e-300)
        for axis, slope in enumerate(((row_slope * wave[0]) @ value, (row * wave[0]) @ right)):
            gradient[number, ..., axis] = (amplitude[number].conj() * slope).imag / power / (2 * np.pi)
    return Waves(amplitude, gradient)


def phase_noise(
    image: NDArray, carriers: NDArray[np.float64], places: tuple[NDArray, NDArray], mask: Mask, apart: float
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Measure what the phases of all spots do beside the mask: noise, since strains that the mask lets through are slower.

    A phase that varies with the frequency k shows at the spot plus k and minus k. Both together, against the phase of the
    spot itself, give the variation of the phase without that of the amplitude. All spots are measured alike, so
    that noise which they share, such as lines that tremble, is told from noise which they do not.

    Parameters
    ----------
    image, carriers, places, mask
        As of `demodulate`.
    apart : float
        Distance between neighboring spots [1/px].

    Returns
    -------
    noise : ndarray, complex128, shape (2, frequencies, spots, rows, cols)
        By axis along which the phase varies (rows, columns) and by frequency: its component [cycles].
    amplitude : ndarray, complex128, shape (spots, rows, cols)
        As from `demodulate`.
    """
    image = image.astype(np.float32, copy=False)
    weights = [mask.weights(p, n)[0] for p, n in zip(places, image.shape, strict=True)]
    beside = [k / mask.sigma for k in _BESIDE if k / mask.sigma < _NEXT_SPOT * apart] or [_BESIDE[0] / mask.sigma]
    shape = len(carriers), len(places[0]), len(places[1])
    found, amplitude = np.empty((2, len(beside), *shape), np.complex128), np.empty(shape, np.complex128)
    turns = [[[np.exp(-2j * np.pi * sign * k * np.arange(n)) for sign in (1, -1)] for k in beside] for n in image.shape]
    for number, carrier in enumerate(carriers):
        wave = [
            w * np.exp(-2j * np.pi * f * np.arange(n)) for w, f, n in zip(weights, carrier, image.shape, strict=True)
        ]
        columns = np.concatenate([wave[1], *(wave[1] * turn for pair in turns[1] for turn in pair)])
        parts = _by_columns(image, columns).reshape(image.shape[0], 1 + 2 * len(beside), -1)
        amplitude[number] = wave[0] @ parts[:, 0]
        unit = (amplitude[number] / np.maximum(np.abs(amplitude[number]) ** 2, 1e-300)).conj()
        for k, pair in enumerate(turns[0]):
            down = [(wave[0] * turn) @ parts[:, 0] for turn in pair]
            right = [wave[0] @ parts[:, 1 + 2 * k + sign] for sign in (0, 1)]
            for axis, (plus, minus) in enumerate((down, right)):
                found[axis, k, number] = (plus * unit - (minus * unit).conj()) / (4j * np.pi)
    return found, amplitude


def _by_columns(image: NDArray[np.float32], weights: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return ``image @ weights.T``, where the weights of a place are zero in most columns."""
    places = np.abs(weights) > 0
    out = np.empty((image.shape[0], len(weights)), np.complex64)
    # some places at a time, each with the columns that they need
    for first in range(0, len(weights), 16):
        some = slice(first, first + 16)
        used = np.flatnonzero(places[some].any(axis=0))
        if not len(used):
            out[:, some] = 0
            continue
        span = slice(used[0], used[-1] + 1)
        part = weights[some, span]
        real = np.concatenate([part.real, part.imag]).astype(np.float32)
        both = image[:, span] @ real.T
        out[:, some] = both[:, : len(part)] + 1j * both[:, len(part) :]
    return out.astype(np.complex128)
