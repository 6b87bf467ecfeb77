"""The lattice around each place in, how far the scan has moved each row and each column of the picture out.

What a scan does has two causes. What happens in the course of time (drift, creep, vibration) moves a whole scan line: it is a
function of the row. What happens in each line again (hysteresis, a bent ramp) is a function of the column. So the displacement
is ``slow(row) + fast(column)``, each with both components. Whatever is neither remains: a strained crystal, for one.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from lattice_widgets.core.maps.local_lattice import LocalLattice
from lattice_widgets.core.maps.resolution import Plan

__all__ = ["Axes", "separate_axes"]

#: rounds of taking out what was found, and fitting the phases of what is left
_ROUNDS = 4
#: rows and columns are averaged over a Gaussian of so many spacings, which keeps the waves of other spots out
_SMOOTH = 1.5
#: four rounds follow faster changes than the Gaussian alone, K: 1 - (1 - K)^4 lets through so many times its noise
_SHARPER = 1.365


@dataclass(frozen=True, eq=False)
class Axes:
    """How far the scan has moved rows and columns, against the mean lattice of the picture.

    Attributes
    ----------
    slow : ndarray, float64, shape (rows, 2)
        Of each row, (row, col), without a straight line, which no lattice that is not known can tell [px].
    fast : ndarray, float64, shape (cols, 2)
        Of each column, the same.
    trend : ndarray, float64, shape (2, 2)
        The straight lines: the linear map, less the identity, of the lattice of the plan to the mean lattice of the picture.
    slow_error, fast_error : ndarray, float64, shape (2,)
        One standard deviation of each component, from what the lattice does not explain of the picture [px].
    left : ndarray, float64, shape (window_row, window_col, 2)
        What is a function of neither alone, at the places of the plan [px]; NaN where there is no lattice.
    left_noise : float
        What noise alone would leave, root mean square of both components [px].
    """

    slow: NDArray[np.float64]
    fast: NDArray[np.float64]
    trend: NDArray[np.float64]
    slow_error: NDArray[np.float64]
    fast_error: NDArray[np.float64]
    left: NDArray[np.float64]
    left_noise: float


def separate_axes(image: NDArray, local: LocalLattice, plan: Plan) -> Axes:
    """Find the displacement of rows and columns from the phases of the lattice.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture, less its mean.
    local : LocalLattice
        The lattice around each place, from `local_lattice`: it tells the displacement to less than half a spacing.
    plan : Plan
        Its spots and its grid.

    Returns
    -------
    Axes
        As fine as one and a half spacings of the lattice.
    """
    rows, cols = plan.places
    change = local.reciprocal - plan.reciprocal
    # du/dx, as the reciprocal vectors change by -(du/dx)' g
    gradient = -np.einsum("ai,...ib->...ab", np.linalg.inv(plan.reciprocal), change)
    seen = np.isfinite(gradient[..., 0, 0])
    slow = _everywhere(_summed(_mean(gradient[..., 0], seen, 1), rows), rows, image.shape[0])
    fast = _everywhere(_summed(_mean(gradient[..., 1], seen, 0), cols), cols, image.shape[1])
    weight = 1 / local.phase_variance
    solve = np.linalg.inv(np.einsum("s,sa,sb->ab", weight, plan.carriers, plan.carriers))
    solve = np.einsum("ab,s,sb->as", solve, weight, plan.carriers)
    sigma = _SMOOTH / plan.spot_distance
    for _round in range(_ROUNDS):
        sums, noise = _wave_sums(image, plan.carriers, slow, fast, sigma)
        slow = slow + _centered(_phases([each.rows for each in sums]) @ solve.T)
        fast = fast + _centered(_phases([each.cols for each in sums]) @ solve.T)
    power = np.array([np.abs(each.mean) ** 2 for each in sums])
    left, left_noise = _left(local, plan, slow, fast, solve, seen)
    errors = []
    for across in (image.shape[1], image.shape[0]):
        # white noise, averaged over a tapered line and a Gaussian across it
        variance = noise * 1.5 / across / (2 * np.sqrt(np.pi) * sigma) / (2 * power) / (2 * np.pi) ** 2
        errors.append(_SHARPER * np.sqrt((solve**2) @ variance))
    (slow, down), (fast, right) = _without_trend(slow), _without_trend(fast)
    return Axes(slow, fast, np.stack([down, right], axis=1), errors[0], errors[1], left, left_noise)


class _Sums(NamedTuple):
    """A wave, averaged along rows (rows,), along columns (cols,), and over all of the picture."""

    rows: NDArray[np.complex128]
    cols: NDArray[np.complex128]
    mean: complex


def _wave_sums(
    image: NDArray, carriers: NDArray, slow: NDArray, fast: NDArray, sigma: float
) -> tuple[list[_Sums], float]:
    """Average each density wave, its atoms put back by the displacement known so far; return the noise besides.

    The other waves are taken off first, as they would leak in at the edges of the picture.
    """
    lengths = image.shape
    tapers = [np.hanning(n + 2)[1:-1] for n in lengths]
    rest = image.astype(np.float32)
    waves = []
    for carrier in carriers:
        down, right = (
            np.exp(-2j * np.pi * (carrier[axis] * np.arange(n) - moved @ carrier)).astype(np.complex64)
            for axis, (n, moved) in enumerate(zip(lengths, (slow, fast), strict=True))
        )
        mean = complex(down @ image @ right) / image.size
        waves.append((down, right, mean))
        rest = rest - 2 * (mean * np.outer(down.conj(), right.conj())).real.astype(np.float32)
    sums = []
    for down, right, mean in waves:
        along_rows = down * (rest @ (right * tapers[1] / tapers[1].sum()))
        along_cols = right * ((down * tapers[0] / tapers[0].sum()) @ rest)
        sums.append(_Sums(mean + _smoothed(along_rows, sigma), mean + _smoothed(along_cols, sigma), mean))
    return sums, float((rest.astype(float) ** 2).mean())


def _smoothed(line: NDArray, sigma: float) -> NDArray[np.complex128]:
    """Return a complex line averaged over a Gaussian, of which only that counts which lies inside."""
    parts = [gaussian_filter1d(part.astype(float), sigma, mode="constant") for part in (line.real, line.imag)]
    smooth: NDArray[np.complex128] = parts[0] + 1j * parts[1]
    return smooth / gaussian_filter1d(np.ones(len(line)), sigma, mode="constant")


def _phases(sums: list[NDArray[np.complex128]]) -> NDArray[np.float64]:
    """Return the displacement along each spot (n, spots) [cycles], each about its own mean."""
    every = np.array(sums)
    every = every * np.exp(-1j * np.angle(every.sum(axis=1, keepdims=True)))
    # a wave whose atoms are moved by u turns by -g u
    phases: NDArray[np.float64] = -np.angle(every).T / (2 * np.pi)
    return phases


def _left(
    local: LocalLattice, plan: Plan, slow: NDArray, fast: NDArray, solve: NDArray, seen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """Return the displacement at each place that is a function of neither its row nor its column, and the noise of it."""
    at = [np.rint(places).astype(int) for places in plan.places]
    moved = slow[at[0]][:, None] + fast[at[1]][None]
    waves = local.waves * np.exp(2j * np.pi * np.einsum("sa,rca->src", plan.carriers, moved))
    waves = waves * np.exp(-1j * np.angle(waves.sum(axis=(1, 2), keepdims=True)))
    left = np.einsum("as,src->rca", solve, -np.angle(waves) / (2 * np.pi))
    for axis in (1, 0):
        left = left - np.expand_dims(_mean(left, seen, axis), axis)
    noise = np.sqrt((solve**2) @ local.phase_variance)
    return np.where(seen[..., None], left, np.nan), float(np.hypot(*noise))


def _mean(values: NDArray[np.float64], seen: NDArray[np.bool_], axis: int) -> NDArray[np.float64]:
    """Return the mean of values (rows, cols, 2) along an axis where the lattice is seen; zero where it is seen nowhere."""
    inside = np.where(seen[..., None], values, 0.0)
    mean: NDArray[np.float64] = inside.sum(axis=axis) / np.maximum(seen.sum(axis=axis), 1)[:, None]
    return mean


def _summed(slope: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the integral (n, 2) of a slope over places."""
    steps = np.diff(places)[:, None] * (slope[1:] + slope[:-1]) / 2
    return np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


def _centered(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centered: NDArray[np.float64] = values - values.mean(axis=0)
    return centered


def _without_trend(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values (n, 2) less the straight line through them, and its slope (2,)."""
    pixels = np.arange(len(values)) - (len(values) - 1) / 2
    slope = pixels @ values / (pixels @ pixels)
    return _centered(values - pixels[:, None] * slope), slope


def _everywhere(values: NDArray[np.float64], places: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return values (length, 2) of each row or column; beyond the first and last place along the mean slope there."""
    pixels = np.arange(length, dtype=float)
    if len(places) < 2:
        return np.zeros((length, 2))
    near = min(len(places), 4) - 1
    out = np.stack([np.interp(pixels, places, values[:, axis]) for axis in (0, 1)], axis=1)
    for end, other, beyond in ((0, near, pixels < places[0]), (-1, -1 - near, pixels > places[-1])):
        slope = (values[other] - values[end]) / (places[other] - places[end])
        out[beyond] = values[end] + (pixels[beyond] - places[end])[:, None] * slope
    return out
