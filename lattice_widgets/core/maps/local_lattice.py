"""A picture and a plan in, the reciprocal vectors around each place with the noise of each out, by phases."""

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
import scipy.special
from numpy.typing import NDArray

from lattice_widgets.core.maps.crosstalk import crosstalk
from lattice_widgets.core.maps.demodulation import demodulate, phase_noise
from lattice_widgets.core.maps.resolution import Plan

#: a spot counts at a place where its power is so many times that of the noise behind the mask
_SEEN = 9.0
#: a place is measured where the amplitude of the lattice is at least this share of what is usual
_FADED = 0.3
#: the noise is averaged over a Gaussian of so many standard deviations of the mask
_NOISE_AREA = 3.0
#: places as far from each other, in standard deviations of the mask, have noise of their own
_APART = 2.5
#: share of a normal distribution below one standard deviation
_ONE_SIGMA = 0.8413


@dataclass(frozen=True, eq=False)
class LocalLattice:
    """The lattice around each place.

    Attributes
    ----------
    reciprocal : ndarray, float64, shape (rows, cols, 2, 2)
        Reciprocal vectors in rows [1/px]; NaN where there is no lattice.
    noise : ndarray, float64, shape (2, rows, cols, 2, 2)
        Covariance, between the two reciprocal vectors, of the phase noise behind the mask that varies along rows and
        along columns [cycles^2]. Times `Mask.gradient_noise` it is that of their components.
    amplitude : ndarray, float64, shape (rows, cols)
        Of the lattice, 1 where it is as usual.
    waves : ndarray, complex128, shape (spots, rows, cols)
        Amplitude and phase of each spot against the lattice of the picture as a whole.
    phase_variance : ndarray, float64, shape (spots,)
        Of the phase of each spot behind the mask where the lattice is whole [cycles^2].
    """

    reciprocal: NDArray[np.float64]
    noise: NDArray[np.float64]
    amplitude: NDArray[np.float64]
    waves: NDArray[np.complex128]
    phase_variance: NDArray[np.float64]


def local_lattice(image: NDArray, plan: Plan, others: NDArray[np.float64] | None = None) -> LocalLattice:
    """Measure the lattice around each place by geometric phase analysis.

    The phases of all spots that are seen at a place are fitted together, each by what its noise allows.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    plan : Plan
        Spots, mask and grid.
    others : ndarray, shape (n, 2), optional
        Frequencies of waves that are not of this lattice [1/px]; what the mask lets through of them counts as noise.

    Returns
    -------
    LocalLattice
        On the grid of the plan.
    """
    waves = demodulate(image, plan.carriers, plan.places, plan.mask)
    power = np.abs(waves.amplitude) ** 2
    usual = _usual(power)
    # the noise has a grid of its own, so that a coarse map knows it as well as a fine one
    grid = _noise_grid(image.shape[0], plan), _noise_grid(image.shape[1], plan)
    measured, there = phase_noise(image, plan.carriers, grid, plan.mask, plan.spot_distance)
    # one number for each spot, so that weights make no strain of their own
    good = _strength(np.abs(there) ** 2, usual) > _FADED
    square = (np.abs(np.moveaxis(measured, 2, 0)) ** 2).mean(axis=(1, 2))
    variance = np.array([np.mean(s[good]) if good.any() else np.mean(s) for s in square])
    solve, seen = _least_squares(power, usual, variance, plan)
    change = np.einsum("...is,s...c->...ic", solve, waves.gradient)
    reciprocal = np.where(seen[..., None, None], plan.reciprocal + change, np.nan)
    noise = _noise_of(measured, *_least_squares(np.abs(there) ** 2, usual, variance, plan), grid, plan)
    if others is not None and len(others):
        ripple = crosstalk(image, others, plan.carriers, waves.amplitude, plan.places, plan.mask)
        solved = np.einsum("...is,as...,...js->a...ij", solve, ripple, solve)
        noise += np.where(seen[..., None, None], solved, 0.0) / plan.mask.gradient_noise()
    return LocalLattice(reciprocal, noise, _strength(power, usual), waves.amplitude, variance)


def _noise_grid(length: int, plan: Plan) -> NDArray[np.float64]:
    """Return places about one standard deviation of the mask apart, whose masks lie inside the picture."""
    first, last = (plan.window_size - 1) / 2, length - (plan.window_size + 1) / 2
    return np.linspace(first, last, max(1, int(np.ceil((last - first) / plan.mask.sigma)) + 1))


def _least_squares(
    power: NDArray[np.float64], usual: NDArray[np.float64], variance: NDArray[np.float64], plan: Plan
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return what turns phases of spots into those of the two reciprocal vectors (rows, cols, 2, spots), and where it can."""
    weight = power / usual[:, None, None] / variance[:, None, None]
    weight *= power > _SEEN * 2 * (2 * np.pi) ** 2 * (variance * usual)[:, None, None]
    normal = np.einsum("s...,si,sj->...ij", weight, plan.indices, plan.indices)
    seen = np.linalg.det(normal) > 1e-6 * np.trace(normal, axis1=-2, axis2=-1) ** 2
    seen &= _strength(power, usual) > _FADED
    normal[~seen] = np.eye(2)
    return np.einsum("...ij,sj,s...->...is", np.linalg.inv(normal), plan.indices, weight), seen


def _usual(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power of each spot where the lattice is whole, shape (spots,)."""
    total = (power / power.mean(axis=(1, 2), keepdims=True)).sum(axis=0)
    best = total >= np.quantile(total, 0.75)
    return np.median(power[:, best], axis=1)


def _strength(power: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(power.sum(axis=0) / usual.sum())


def _noise_of(
    measured: NDArray[np.complex128],
    solve: NDArray[np.float64],
    seen: NDArray[np.bool_],
    grid: tuple[NDArray[np.float64], ...],
    plan: Plan,
) -> NDArray[np.float64]:
    """Return the covariance of the phases that belong to the two reciprocal vectors, averaged around each place."""
    phases = np.einsum("...is,aks...->ak...i", solve, measured)
    covariance = np.einsum("ak...i,ak...j->a...ij", phases, phases.conj()).real / measured.shape[1]
    covariance[:, ~seen] = 0
    width = [_NOISE_AREA * plan.mask.sigma / (g[1] - g[0]) if len(g) > 1 else 0.0 for g in grid]
    share = scipy.ndimage.gaussian_filter(seen.astype(float), width, mode="constant")
    smooth = scipy.ndimage.gaussian_filter(covariance, [0, *width, 0, 0], mode="constant")
    smooth /= np.maximum(share, 1e-9)[None, ..., None, None]
    for axis, (places, wide) in enumerate(zip(grid, width, strict=True)):
        # noise that is the same all along a row, or a column, is known from few numbers: two of each frequency and row
        alike = (
            1
            + min(len(places) - 1, 3 * wide)
            * (places[1] - places[0] if len(places) > 1 else 0)
            / _APART
            / plan.mask.sigma
        )
        smooth[axis] *= scipy.special.stdtrit(2 * measured.shape[1] * alike, _ONE_SIGMA) ** 2
    for axis, (fine, few) in enumerate(zip(plan.places, grid, strict=True), start=1):
        between = np.stack([np.interp(fine, few, unit) for unit in np.eye(len(few))], axis=1)
        smooth = np.moveaxis(np.tensordot(between, smooth, (1, axis)), 0, axis)
    return smooth
