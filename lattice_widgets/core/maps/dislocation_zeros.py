"""The phases of a lattice place by place in, the zeros at which they turn around a dislocation out, with its Burgers vector."""

from typing import NamedTuple

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.maps.demodulation import demodulate
from lattice_widgets.core.maps.local_lattice import LocalLattice
from lattice_widgets.core.maps.resolution import Plan

#: a spot is followed where the noise behind the mask is less than this share of its amplitude
QUIET = 0.25
#: meshes of the fine grid around a dislocation for each standard deviation of the mask
_FINE = 8
#: zeros nearer than so many standard deviations of the mask belong together; how far around a place is looked for them
_TOGETHER, _AROUND = 1.5, 2.5
#: the ring around a dislocation, in standard deviations of the mask, in which there has to be a lattice, and how much of it
_RING, _STRENGTH, _WHOLE = (1.0, 3.0), 0.5, 0.85
#: how steep a wave is at its zero, in its amplitude far away over the standard deviation of the mask: (pi / 8) ** 0.5
_SLOPE = 0.627
#: so often are the zeros looked for, each time against the lattice around the place that was found before
_ROUNDS = 3
#: components of a Burgers vector that are tried, in lattice vectors
_LONGEST = 3


class Place(NamedTuple):
    """A dislocation in the part of the picture that counts: its center (2,) and error [px], and its Burgers vector (m, n)."""

    center: NDArray[np.float64]
    error: float
    indices: tuple[int, int]


def candidates(plan: Plan, local: LocalLattice) -> list[tuple[NDArray[np.float64], tuple[int, int]]]:
    """Return the groups of zeros whose windings fit one Burgers vector: center [px] and (m, n)."""
    trusted = _trusted(plan, local)
    turns = _windings(local.waves[trusted])
    meshes = [(places[1:] + places[:-1]) / 2 for places in plan.places]
    zero = turns.any(axis=0)
    reach = _TOGETHER / 2 * plan.mask.sigma / plan.step
    disk = np.hypot(*np.mgrid[-int(reach) : int(reach) + 1, -int(reach) : int(reach) + 1]) <= reach
    labels, count = scipy.ndimage.label(scipy.ndimage.binary_dilation(zero, disk), np.ones((3, 3)))
    found = []
    for number in range(1, count + 1):
        inside = (labels == number) & zero
        burgers = _burgers_of(turns[:, inside].sum(axis=1), plan.indices[trusted])
        if burgers == (0, 0):
            continue
        counted = np.argwhere(inside)
        center = np.array([meshes[axis][counted[:, axis]].mean() for axis in (0, 1)])
        found.append((center, burgers))
    return found


def settle(
    image: NDArray[np.float32], center: NDArray[np.float64], burgers: tuple[int, int], plan: Plan, local: LocalLattice
) -> Place | None:
    """Find the zeros again, on a finer grid and against the lattice around; None if they are not there any more."""
    sigma = plan.mask.sigma
    trusted = _trusted(plan, local)
    turns = -plan.indices @ np.array(burgers)
    followed = trusted & (np.abs(turns) == 1)
    if not followed.any():
        followed = trusted & (turns != 0)
    noise = 2 * np.pi * np.sqrt(local.phase_variance[followed])
    error = np.inf
    for number in range(_ROUNDS):
        around = _lattice_around(center, burgers, plan, local)
        if around is None:
            return None
        # a wave that is compared with a wrong frequency is zero elsewhere
        carriers = (plan.indices @ around)[followed]
        grid = tuple(
            np.clip(c + np.arange(-_AROUND, _AROUND + 1e-9, 1 / _FINE) * sigma, first[0], first[-1])
            for c, first in zip(center, plan.places, strict=True)
        )
        grid = tuple(np.unique(places) for places in grid)
        if min(map(len, grid)) < 3:
            return None
        waves = demodulate(image, carriers, (grid[0], grid[1]), plan.mask).amplitude
        zeros = [
            _zero_of(wave, winding, grid, int(np.sign(turn)), center)
            for wave, winding, turn in zip(waves, _windings(waves), turns[followed], strict=True)
        ]
        seen = np.array([zero is not None for zero in zeros])
        if not seen.any():
            return None
        places = np.array([zero for zero in zeros if zero is not None])
        weight = 1 / noise[seen] ** 2
        center = weight @ places / weight.sum()
        # the scatter of the zeros of several waves, and the noise of all of them
        counted = weight.sum() ** 2 / (weight**2).sum()
        spread = weight @ ((places - center) ** 2).mean(axis=1) / weight.sum() / max(counted - 1, 1)
        error = float(np.sqrt((sigma / _SLOPE) ** 2 / weight.sum() + spread))
        if number == _ROUNDS - 1 and not _all_turn(image, center, burgers, plan, trusted, around):
            return None
    return Place(center, error, burgers)


def _trusted(plan: Plan, local: LocalLattice) -> NDArray[np.bool_]:
    """Tell which spots are followed: not those that drown in noise."""
    noise = 2 * np.pi * np.sqrt(local.phase_variance)
    quiet = noise <= max(QUIET, float(np.sort(noise)[1]))
    return quiet if np.linalg.matrix_rank(plan.indices[quiet]) == 2 else np.ones(len(noise), np.bool_)


def _windings(waves: NDArray[np.complex128]) -> NDArray[np.int64]:
    """Count how often each wave (spots, rows, cols) turns around each mesh (spots, rows - 1, cols - 1), counter-clockwise."""
    # rows count downward: down, right, up, left
    corners = waves[:, :-1, :-1], waves[:, 1:, :-1], waves[:, 1:, 1:], waves[:, :-1, 1:]
    turn = sum(np.angle(corners[(k + 1) % 4] * corners[k].conj()) for k in range(4))
    return np.round(turn / (2 * np.pi)).astype(np.int64)


def _burgers_of(turns: NDArray[np.int64], indices: NDArray[np.int64]) -> tuple[int, int]:
    """Return the Burgers vector (m, n) whose windings most spots show, where stronger spots count more; (0, 0) if none."""
    whole = np.arange(-_LONGEST, _LONGEST + 1)
    tried = np.stack(np.meshgrid(whole, whole, indexing="ij"), axis=-1).reshape(-1, 2)
    agrees = turns == -tried @ indices.T  # (tried, spots)
    weight = 1 / np.arange(2, len(turns) + 2)
    score = agrees @ weight - 1e-3 * np.abs(tried).sum(axis=1)
    best = int(score.argmax())
    spanning = np.linalg.matrix_rank(indices[agrees[best]]) == 2 if agrees[best].any() else False
    return (
        (int(tried[best, 0]), int(tried[best, 1]))
        if spanning and agrees[best] @ weight > 0.5 * weight.sum()
        else (0, 0)
    )


def _lattice_around(
    center: NDArray[np.float64], burgers: tuple[int, int], plan: Plan, local: LocalLattice
) -> NDArray[np.float64] | None:
    """Return the mean reciprocal vectors in a ring without what the dislocation adds there; None if there is no lattice."""
    down, right = plan.places[0][:, None] - center[0], plan.places[1] - center[1]
    away = np.hypot(down, right)
    ring = (away >= _RING[0] * plan.mask.sigma) & (away <= _RING[1] * plan.mask.sigma)
    strong = ring & np.isfinite(local.reciprocal[..., 0, 0]) & (local.amplitude > _STRENGTH)
    if strong.sum() < _WHOLE * max(int(ring.sum()), 1):
        return None
    # phases that turn around the center, counter-clockwise; over a whole ring this is zero
    turning = np.stack(np.broadcast_arrays(-right, down), axis=-1)[strong] / away[strong][:, None] ** 2 / (2 * np.pi)
    added = -np.multiply.outer(np.array(burgers), turning.mean(axis=0))
    return np.asarray(local.reciprocal[strong].mean(axis=0) - added, np.float64)


def _zero_of(
    wave: NDArray[np.complex128],
    winding: NDArray[np.int64],
    grid: tuple[NDArray[np.float64], ...],
    sign: int,
    center: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return the place of the zero of a wave, with the right sense of turning, that is next to the center [px]."""
    meshes = np.argwhere(winding == sign)
    if not len(meshes):
        return None
    middles = np.column_stack([grid[axis][meshes[:, axis]] for axis in (0, 1)])
    row, col = meshes[np.hypot(*(middles - center).T).argmin()]
    value = wave[row : row + 2, col : col + 2]
    # a plane through the values at the four corners, and where it is zero
    down = (value[1] - value[0]).mean()
    right = (value[:, 1] - value[:, 0]).mean()
    slopes = np.array([[down.real, right.real], [down.imag, right.imag]])
    middle = np.array([value.mean().real, value.mean().imag])
    share = 0.5 - (np.linalg.solve(slopes, middle) if abs(np.linalg.det(slopes)) > 0 else np.zeros(2))
    share = np.clip(share, 0, 1)
    sides = np.array([grid[0][row + 1] - grid[0][row], grid[1][col + 1] - grid[1][col]])
    return np.array([grid[0][row], grid[1][col]]) + share * sides


def _all_turn(
    image: NDArray[np.float32],
    center: NDArray[np.float64],
    burgers: tuple[int, int],
    plan: Plan,
    trusted: NDArray[np.bool_],
    around: NDArray[np.float64],
) -> bool:
    """Tell whether the loop around the whole place says the same as the meshes did."""
    grid = tuple(
        np.unique(np.clip(c + np.arange(-2, 2.01, 0.25) * plan.mask.sigma, first[0], first[-1]))
        for c, first in zip(center, plan.places, strict=True)
    )
    waves = demodulate(image, plan.indices[trusted] @ around, (grid[0], grid[1]), plan.mask).amplitude
    return _burgers_of(_windings(waves).sum(axis=(1, 2)), plan.indices[trusted]) == burgers
