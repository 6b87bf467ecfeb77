"""Two layers, each followed place by place, in; how far they are shifted against each other at each place out.

The phase of a density wave says where its crests are. The phases of one wave of both layers differ by how far the layers are
shifted against each other there, in parts of their cell; and the same two numbers are the place in the cell of the moire
(K. Hermann, J. Phys.: Condens. Matter 24, 314210 (2012)). What the atoms of a cell add to the phase falls out if the layers
look alike.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.maps.local_lattice import LocalLattice
from lattice_widgets.core.maps.resolution import Plan

__all__ = ["Shift", "carried", "nearest_shift", "shared_waves", "shift_of", "wider_places", "with_waves"]

#: lattice points around the nearest one
_AROUND = np.stack(np.meshgrid(*2 * [np.arange(-1, 2)], indexing="ij"), axis=-1).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Shift:
    """How far one layer is shifted against another one, place by place.

    Attributes
    ----------
    parts : ndarray, float64, shape (rows, cols, 2)
        In parts of the two vectors of the layer; whole numbers are none.
    covariance : ndarray, float64, shape (rows, cols, 2, 2)
        Of the parts.
    """

    parts: NDArray[np.float64]
    covariance: NDArray[np.float64]


def shared_waves(first: LatticeFit, second: LatticeFit, change: NDArray[np.float64]) -> NDArray[np.int64]:
    """Choose the two waves that stand out most in both layers and span their whole reciprocal lattice.

    Parameters
    ----------
    first, second : LatticeFit
        The layers.
    change : ndarray, shape (2, 2)
        Makes the reciprocal vectors of the second layer those that beat with the first.

    Returns
    -------
    ndarray, int64, shape (2, 2)
        Miller indices in rows, by the reciprocal vectors of the first layer. Their determinant is 1 or -1.
    """
    powers = [
        {
            tuple(index): snr
            for index, snr in zip(np.rint(indices).astype(int).tolist(), fit.spots.snr[fit.indexed], strict=True)
        }
        for fit, indices in (
            (first, first.indices[first.indexed]),
            (second, second.indices[second.indexed] @ np.linalg.inv(change)),
        )
    ]
    powers = [each | {(-h, -k): snr for (h, k), snr in each.items()} for each in powers]
    both = sorted(powers[0].keys() & powers[1].keys(), key=lambda index: -min(each[index] for each in powers))
    for number, one in enumerate(both):
        for other in both[:number]:
            if abs(one[0] * other[1] - one[1] * other[0]) == 1:
                return np.array([other, one])
    return np.eye(2, dtype=np.int64)


def with_waves(plan: Plan, indices: NDArray[np.int64]) -> Plan:
    """Have a plan follow waves besides its own."""
    more = [index for index in indices if not (_same(plan.indices, index)).any()]
    return replace(plan, indices=np.concatenate([plan.indices, np.reshape(more, (-1, 2)).astype(np.int64)]))


def shift_of(
    local: tuple[LocalLattice, LocalLattice],
    plans: tuple[Plan, Plan],
    waves: NDArray[np.int64],
    change: NDArray[np.float64],
) -> Shift:
    """Measure how far the first layer is shifted against the second one.

    Parameters
    ----------
    local : tuple of LocalLattice
        The layers.
    plans : tuple of Plan
        What they were measured by, with one grid; the waves are among those that they follow.
    waves : ndarray, shape (2, 2)
        As from `shared_waves`.
    change : ndarray, shape (2, 2)
        As for it.

    Returns
    -------
    Shift
        Without noise 0 where crests of both layers lie on each other.
    """
    own = waves, np.rint(waves @ change).astype(np.int64)
    (one, variance), (other, more) = (_cycles(*each) for each in zip(local, plans, own, strict=True))
    back = np.linalg.inv(waves)
    spread = np.einsum("ij,j...,kj->...ik", back, variance + more, back)
    return Shift(np.moveaxis(np.tensordot(back, one - other, 1), 0, -1), spread)


def wider_places(
    places: NDArray[np.float64], step: int, reach: float, length: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Go on with places to both sides.

    Parameters
    ----------
    places : ndarray, shape (n,)
        Rising [px].
    step : int
        From one to the next [px].
    reach : float
        How far beyond the first and the last one at most [px].
    length : int
        Of the line [px].

    Returns
    -------
    wider : ndarray, float64, shape (m,)
        These and what was added.
    nearest : ndarray, int64, shape (m,)
        Which of the given ones is nearest to each.

    Examples
    --------
    >>> wider, nearest = wider_places(np.array([10.0, 14.0]), 4, 9.0, 20)
    >>> wider.tolist(), nearest.tolist()
    ([2.0, 6.0, 10.0, 14.0, 18.0], [0, 0, 0, 1, 1])
    """
    before = np.arange(places[0] - step, max(places[0] - reach, 0) - 1e-9, -step)[::-1]
    after = np.arange(places[-1] + step, min(places[-1] + reach, length - 1) + 1e-9, step)
    nearest = np.arange(-len(before), len(places) + len(after)).clip(0, len(places) - 1)
    return np.concatenate([before, places, after]), nearest


def carried(shift: Shift, beat: NDArray[np.float64], noise: NDArray[np.float64], away: NDArray[np.float64]) -> Shift:
    """Carry a shift on to other places, presuming that both layers go on as they are.

    Parameters
    ----------
    shift : Shift
        As measured.
    beat : ndarray, shape (rows, cols, 2, 2)
        Reciprocal vectors of the first layer less those of the second one, in rows [1/px].
    noise : ndarray, shape (2, rows, cols, 2, 2)
        For each component of them, their covariance [1/px^2].
    away : ndarray, shape (rows, cols, 2)
        From where it was measured to where it is wanted, (row, col) [px].

    Returns
    -------
    Shift
        There, with the larger error.
    """
    parts = shift.parts + np.einsum("...ic,...c->...i", beat, away)
    return Shift(parts, shift.covariance + np.einsum("c...ij,...c->...ij", noise, away**2))


def nearest_shift(shift: Shift, vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the distance from the lattice points of one layer to the nearest of the other one, and its error.

    Parameters
    ----------
    shift : Shift
        Of the layers.
    vectors : ndarray, shape (rows, cols, 2, 2)
        Of the layer whose points are near, in rows; any unit of length.

    Returns
    -------
    distance, error : ndarray, float64, shape (rows, cols)
        In the unit of the vectors.
    """
    left = shift.parts - np.round(shift.parts)
    every = np.einsum("n...i,...ia->n...a", left + _AROUND.reshape(-1, *(1,) * (left.ndim - 1), 2), vectors)
    lengths = np.hypot(every[..., 0], every[..., 1])
    nearest = np.nanargmin(np.where(np.isfinite(lengths), lengths, np.inf), axis=0)
    distance = np.take_along_axis(lengths, nearest[None], 0)[0]
    toward = np.take_along_axis(every, nearest[None, ..., None], 0)[0] / np.maximum(distance, 1e-300)[..., None]
    slope = np.einsum("...ia,...a->...i", vectors, toward)
    variance = np.einsum("...i,...ij,...j->...", slope, shift.covariance, slope)
    return distance, np.sqrt(np.maximum(variance, 0.0))


def _same(indices: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which indices are those of one wave, on either side of the origin."""
    same: NDArray[np.bool_] = (indices == index).all(axis=1) | (indices == -index).all(axis=1)
    return same


def _cycles(
    local: LocalLattice, plan: Plan, indices: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the phases of two waves at each place, and their variances, (2, rows, cols) [cycles, cycles^2]."""
    rows, cols = plan.places
    phases, variances = [], []
    for index in indices:
        number = int(np.flatnonzero(_same(plan.indices, index))[0])
        sign = 1 if (plan.indices[number] == index).all() else -1
        row, col = plan.carriers[number]
        wave = local.waves[number]
        phases.append(sign * (row * rows[:, None] + col * cols + np.angle(wave) / (2 * np.pi)))
        power = np.abs(wave) ** 2
        usual = np.median(power[power >= np.quantile(power, 0.75)])
        variances.append(local.phase_variance[number] * usual / np.maximum(power, 1e-300))
    return np.array(phases), np.array(variances)
