"""A picture in, the lattice around each place by a fit to the spectrum of each window: the second opinion of a map.

In each window the place of each spot is the maximum of its tapered spectrum, found by Newton's method from the exact Fourier
sum: for one wave in white noise the fit of largest likelihood (Rife & Boorstyn, IEEE Trans. Inf. Theory 20, 591 (1974)).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.maps.local_lattice import LocalLattice
from lattice_widgets.core.maps.resolution import Plan

#: a Hann window whose variance is that of a Gaussian of this share of its length
_SPREAD = 0.1808
_STEPS = 5
#: how far a spot may move from where the picture as a whole has it, in 1/length of a window
_REACH = 1.5


@dataclass(frozen=True, eq=False)
class WindowLattice:
    """The lattice around each place by window fits.

    Attributes
    ----------
    local : LocalLattice
        As by phases; the noise is what was measured there.
    gradient_noise : float
        What turns that noise into the covariance of frequencies, as `Mask.gradient_noise` does for phases.
    """

    local: LocalLattice
    gradient_noise: float


def window_lattice(image: NDArray, plan: Plan, phases: LocalLattice) -> WindowLattice:
    """Measure the lattice around each place by fits to the spectra of windows.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    plan : Plan
        Spots, mask and grid; the Hann windows are as wide as the mask.
    phases : LocalLattice
        What phase analysis measured: its noise and weights serve here too.

    Returns
    -------
    WindowLattice
        On the grid of the plan.
    """
    length = min(round(plan.mask.sigma / _SPREAD), plan.window_size)
    taper = np.hanning(length + 2)[1:-1].astype(np.float64)
    offset = np.arange(length, dtype=np.float64) - (length - 1) / 2
    first = [np.round(p - (length - 1) / 2).astype(int) for p in plan.places]
    # windows start at whole pixels; what is left of a place is less than one
    views = np.lib.stride_tricks.sliding_window_view(image.astype(np.float32, copy=False), (length, length))
    shape = phases.amplitude.shape
    frequency = np.full((len(plan.indices), *shape, 2), np.nan)
    power = np.zeros((len(plan.indices), *shape))
    for number, start in enumerate(first[0]):
        windows = views[start, first[1]]
        for spot, carrier in enumerate(plan.carriers):
            frequency[spot, number], power[spot, number] = _peaks(windows, carrier, taper, offset)
    usual = np.median(power, axis=(1, 2), keepdims=True)
    weight = np.where(np.isfinite(frequency[..., 0]), power / usual, 0.0) / phases.phase_variance[:, None, None]
    weight *= power > 0.05 * usual
    normal = np.einsum("s...,si,sj->...ij", weight, plan.indices, plan.indices)
    seen = np.isfinite(phases.reciprocal[..., 0, 0])
    seen &= np.linalg.det(normal) > 1e-6 * np.trace(normal, axis1=-2, axis2=-1) ** 2
    normal[~seen] = np.eye(2)
    moved = np.einsum("s...,si,s...c->...ic", weight, plan.indices, np.nan_to_num(frequency))
    reciprocal = np.where(seen[..., None, None], np.linalg.inv(normal) @ moved, np.nan)
    amplitude = np.sqrt(power.sum(axis=0) / usual.sum())
    bell, _ = plan.mask.weights(np.array([float(plan.mask.reach)]), 2 * plan.mask.reach + 1)
    # variance of the slope of a phase that is fitted under the taper, over that of the phase behind the mask
    slope = (taper**2 * offset**2).sum() / (taper * offset**2).sum() ** 2
    across = (taper**2).sum() / taper.sum() ** 2
    factor = slope * across / float((bell**2).sum()) ** 2
    return WindowLattice(replace(phases, reciprocal=reciprocal, amplitude=amplitude), float(factor))


def _peaks(
    windows: NDArray[np.float32], carrier: NDArray[np.float64], taper: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the frequency (n, 2) and power (n,) of the maximum of each tapered spectrum near the carrier; NaN if none."""
    found = np.tile(carrier, (len(windows), 1))
    top = np.zeros(len(windows))
    moments = np.stack([taper, taper * offset, taper * offset**2])
    for number in range(_STEPS):
        row, col = (
            moments[None] * np.exp(-2j * np.pi * found[:, axis, None, None] * offset).astype(np.complex64)
            for axis in (0, 1)
        )
        if number == 0:  # all windows with the same weights
            real = np.concatenate([col[0].real, col[0].imag]).astype(np.float32)
            both = windows @ real.T
            inner = both[..., :3] + 1j * both[..., 3:]
        else:
            inner = windows @ np.swapaxes(col, 1, 2).real.astype(np.float32) + 1j * (
                windows @ np.swapaxes(col, 1, 2).imag.astype(np.float32)
            )
        sums = row @ inner  # (n, moment along rows, moment along columns)
        value = sums[:, 0, 0]
        top = np.abs(value) ** 2
        safe = np.maximum(top, 1e-300)
        first = np.stack([sums[:, 1, 0], sums[:, 0, 1]], axis=1) * -2j * np.pi
        second = np.stack([sums[:, 2, 0], sums[:, 1, 1], sums[:, 1, 1], sums[:, 0, 2]], axis=1) * (-2j * np.pi) ** 2
        gradient = 2 * (value.conj()[:, None] * first).real / safe[:, None]
        curvature = (
            2 * (value.conj()[:, None] * second).real.reshape(-1, 2, 2)
            + 2 * np.einsum("ni,nj->nij", first.conj(), first).real
        )
        curvature = curvature / safe[:, None, None] - np.einsum("ni,nj->nij", gradient, gradient)
        # far from the top the curvature of a spot without neighbors serves
        spread = (taper * offset**2).sum() / taper.sum()
        plain = -2 * (2 * np.pi) ** 2 * spread * np.eye(2)
        bent = (np.trace(curvature, axis1=1, axis2=2) < 0) & (np.linalg.det(curvature) > 0.1 * np.linalg.det(plain))
        curvature = np.where(bent[:, None, None], curvature, plain)
        step = -np.linalg.solve(curvature, gradient[..., None])[..., 0]
        limit = 0.5 / len(taper)
        found = found + step / np.maximum(1, np.hypot(*step.T) / limit)[:, None]
    lost = (np.hypot(*(found - carrier).T) > _REACH / len(taper)) | (np.hypot(*step.T) > 0.05 / len(taper))
    return np.where(lost[:, None], np.nan, found), top
