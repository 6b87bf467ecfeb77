"""A picture, a region of any shape and the spots of a lattice in, the lattice of that region alone with its errors out.

In the region each spot is where the power of its wave is largest, found by Newton's method from the exact Fourier sum over the
pixels of the region: for one wave in white noise the fit of largest likelihood. The edge of the region is smoothed.
"""

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice

#: rounds of Newton's method
_STEPS = 5
#: where the noise is measured, in distances to the next spot, and in how many directions
_BESIDE, _DIRECTIONS = (0.2, 0.27, 0.33, 0.4), 12
#: a spot may be off from where the lattice has it by so many widths of its peak
_OFF = 2.0
#: and serves if its power is so many times that of the noise
_CLEAR = 20.0


@dataclass(frozen=True, eq=False)
class RegionLattice:
    """The lattice of a region.

    Attributes
    ----------
    reciprocal : ndarray, float64, shape (2, 2)
        Reciprocal vectors in rows [1/px].
    covariance : ndarray, float64, shape (4, 4)
        Of ``reciprocal.ravel()``.
    """

    reciprocal: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def direct(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the direct vectors (2, 2) in rows [px], and the covariance (4, 4) of their components."""
        vectors = np.linalg.inv(self.reciprocal).T
        # dV = -V dG' V, where G' is the transpose of the reciprocal vectors
        slope = -np.einsum("ib,ja->ijab", vectors, vectors).transpose(0, 1, 3, 2).reshape(4, 4)
        return np.asarray(vectors, np.float64), np.asarray(slope @ self.covariance @ slope.T, np.float64)


def smooth_region(region: NDArray[np.bool_], width: float) -> NDArray[np.float32]:
    """Turn a region (rows, cols) into weights that rise from 0 at its edge to 1 within some width [px]."""
    away = scipy.ndimage.distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    width = min(width, float(away.max()) / 2)
    return np.asarray(np.sin(np.pi / 2 * np.clip(away / max(width, 1e-9), 0, 1)) ** 2, np.float32)


def fit_region(
    image: NDArray, weights: NDArray[np.float32], indices: NDArray[np.int64], reciprocal: NDArray[np.float64]
) -> RegionLattice | None:
    """Measure the lattice of a region.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    weights : ndarray, float32, shape (rows, cols)
        How much each pixel counts, from `smooth_region`.
    indices : ndarray, int, shape (spots, 2)
        Miller indices of the spots to use.
    reciprocal : ndarray, float64, shape (2, 2)
        Reciprocal vectors in rows, roughly [1/px].

    Returns
    -------
    RegionLattice or None
        None if fewer than two spots in different directions stand out.
    """
    area = _Area(np.asarray(image, np.float32), weights)
    lines, values, inverse = [], [], []
    apart = float(np.hypot(*Lattice(reciprocal).reduced().vectors[0]))
    for index in indices:
        found = area.peak(index @ reciprocal, apart)
        if found is not None:
            lines.append(np.kron(index, np.eye(2)))
            values.append(found[0])
            inverse.append(np.linalg.inv(found[1]))
    if not lines or np.linalg.matrix_rank(np.concatenate(lines)) < 4:
        return None
    normal = sum(a.T @ w @ a for a, w in zip(lines, inverse, strict=True))
    covariance = np.linalg.inv(normal)
    solved = covariance @ sum(a.T @ w @ v for a, w, v in zip(lines, inverse, values, strict=True))
    off = [v - a @ solved for a, v in zip(lines, values, strict=True)]
    free = 2 * len(lines) - 4
    misfit = sum(o @ w @ o for o, w in zip(off, inverse, strict=True)) / free if free else 1.0
    return RegionLattice(solved.reshape(2, 2), covariance * max(1.0, float(misfit)))


class _Area:
    """The pixels of a region, with what of their weights does not depend on the spot."""

    def __init__(self, image: NDArray[np.float32], weights: NDArray[np.float32]) -> None:
        rows, cols = (np.flatnonzero(weights.any(axis=axis)) for axis in (1, 0))
        part = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
        weights = weights[part]
        self.total = float(weights.sum(dtype=np.float64))
        inside = image[part] - float((image[part] * weights).sum(dtype=np.float64)) / self.total
        self.weighted = weights * inside
        places = [np.arange(n, dtype=np.float64) for n in weights.shape]
        sums = [weights.sum(axis=1 - axis, dtype=np.float64) for axis in (0, 1)]
        self.places = [p - (p @ s) / self.total for p, s in zip(places, sums, strict=True)]
        squared = weights.astype(np.float64) ** 2
        self.square = float(squared.sum())
        spread, noise = self._second(weights.astype(np.float64)), self._second(squared)
        self.spread = spread / self.total
        inverse = np.linalg.inv(spread)
        #: times the power of the noise over that of the wave: the covariance of a frequency
        self.covariance = inverse @ noise @ inverse / (2 * (2 * np.pi) ** 2) * self.total**2 / self.square
        # half width of a peak along each axis [1/px]
        self.width = 1 / (2 * np.pi * np.sqrt(np.diag(self.spread)))

    def _second(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, cols = self.places
        mixed = rows @ weights @ cols
        down, right = rows**2 @ weights.sum(axis=1), weights.sum(axis=0) @ cols**2
        return np.array([[down, mixed], [mixed, right]])

    def moments(self, frequency: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Return the sums over the region (3, 3) of the wave times powers of row and column."""
        row, col = (
            np.stack([np.ones_like(p), p, p**2]) * np.exp(-2j * np.pi * f * p)
            for p, f in zip(self.places, frequency, strict=True)
        )
        real = np.concatenate([col.real, col.imag]).astype(np.float32)
        both = (self.weighted @ real.T).astype(np.float64)
        return row @ (both[:, :3] + 1j * both[:, 3:])

    def peak(self, start: NDArray[np.float64], apart: float) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Return the frequency of the peak near a start, and its covariance (2, 2); None if there is none.

        ``apart`` is the distance to the next spot [1/px].
        """
        frequency, power = start.copy(), 0.0
        for _ in range(_STEPS):
            sums = self.moments(frequency)
            value = sums[0, 0]
            power = max(abs(value) ** 2, 1e-300)
            first = np.array([sums[1, 0], sums[0, 1]]) * -2j * np.pi
            second = np.array([[sums[2, 0], sums[1, 1]], [sums[1, 1], sums[0, 2]]]) * (-2j * np.pi) ** 2
            gradient = 2 * (value.conj() * first).real / power
            curvature = 2 * ((value.conj() * second).real + np.outer(first.conj(), first).real) / power
            curvature -= np.outer(gradient, gradient)
            if np.trace(curvature) >= 0 or np.linalg.det(curvature) <= 0:
                curvature = -2 * (2 * np.pi) ** 2 * self.spread  # that of a spot without neighbors
            step = -np.linalg.solve(curvature, gradient)
            frequency = frequency + step / max(1.0, float(np.hypot(*(step / self.width))))
        if np.hypot(*((frequency - start) / self.width)) > _OFF:
            return None
        angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
        ring = [k * apart * np.array([np.sin(t), np.cos(t)]) for k in _BESIDE for t in angles]
        beside = [abs(self.moments(frequency + away)[0, 0]) ** 2 for away in ring]
        noise = float(np.median(beside)) / np.log(2)
        if power < _CLEAR * noise:
            return None
        return frequency, self.covariance * noise / power
