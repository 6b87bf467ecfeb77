"""Where the holes of a simulated movie are, how large, and of which form: the truth, before anything is drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: room that is left between two holes, and between a hole and the border [nm]
_ROOM = 0.5
#: deviation of a hole's rim from a circle: two and three waves around it, fractions of the radius
_WAVES = ((2, 0.10), (3, 0.06))


@dataclass(frozen=True, eq=False)
class HolePlan:
    """The holes of a movie in the coordinates of the sheet, where nothing drifts.

    Attributes
    ----------
    centers : ndarray, float64, shape (n, 2)
        (row, col) of each hole [px].
    pixels : ndarray, float64, shape (frames, n)
        Area of each hole [px^2]; 0 where it is not there.
    kinds : tuple of str
        "growing" or "passing", one for each hole.
    phases : ndarray, float64, shape (n, 2)
        Where the waves of each rim begin [radians].
    """

    centers: NDArray[np.float64]
    pixels: NDArray[np.float64]
    kinds: tuple[str, ...]
    phases: NDArray[np.float64]

    def edge(self, frame: int, hole: int, angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the distance from the center of a hole to its rim.

        Parameters
        ----------
        frame, hole : int
            Their numbers.
        angle : ndarray
            Directions, arctan2(row, col) [radians].

        Returns
        -------
        ndarray, float64
            [px], of the shape of `angle`.
        """
        form = 1 + sum(
            depth * np.cos(count * angle + phase)
            for (count, depth), phase in zip(_WAVES, self.phases[hole], strict=True)
        )
        return self._radius(frame, hole) * form

    def reach(self, frame: int, hole: int) -> float:
        """Compute a distance from the center that the rim of a hole stays within.

        Parameters
        ----------
        frame, hole : int
            Their numbers.

        Returns
        -------
        float
            [px].
        """
        return float(self._radius(frame, hole) * (1 + sum(depth for _, depth in _WAVES)))

    def _radius(self, frame: int, hole: int) -> float:
        roundness = 1 + sum(depth**2 for _, depth in _WAVES) / 2
        return float(np.sqrt(self.pixels[frame, hole] / (np.pi * roundness)))

    def mask(self, frame: int, offset: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.int32]:
        """Label the pixels of a frame by the hole that they lie in.

        Parameters
        ----------
        frame : int
            Its number.
        offset : ndarray, shape (2,)
            (row, col) by which the sample lies off its place [px].
        shape : tuple of int
            (rows, cols).

        Returns
        -------
        ndarray, int32, shape (rows, cols)
            0 outside, otherwise the number of the hole + 1.
        """
        labels = np.zeros(shape, np.int32)
        for number in np.flatnonzero(self.pixels[frame]):
            hole = int(number)
            center, reach = self.centers[hole] + offset, self.reach(frame, hole) + 1
            low = np.maximum(np.floor(center - reach), 0).astype(int)
            high = np.minimum(np.ceil(center + reach) + 1, shape).astype(int)
            if (high <= low).any():
                continue
            row, col = np.mgrid[low[0] : high[0], low[1] : high[1]].astype(np.float64)
            down, right = row - center[0], col - center[1]
            inside = np.hypot(down, right) < self.edge(frame, hole, np.arctan2(down, right))
            labels[low[0] : high[0], low[1] : high[1]][inside] = hole + 1
        return labels


def plan_holes(
    time: NDArray[np.float64],
    shape: tuple[int, int],
    pixel_size: float,
    fractions: tuple[float, float, float],
    margin: float,
    seed: int,
) -> HolePlan:
    """Plan holes whose area is C + A0 exp(rho t) of the frame: many that pass, and one that grows.

    Parameters
    ----------
    time : ndarray, shape (frames,)
        [s].
    shape : tuple of int
        (rows, cols) of a frame [px].
    pixel_size : float
        [nm].
    fractions : tuple of float
        C and A0, fractions of the frame, and the rate rho [1/s].
    margin : float
        How far the sample may drift: holes keep as far from the border [px].
    seed : int
        The same seed gives the same plan.

    Returns
    -------
    HolePlan
        Hole 0 is the one that grows.

    Raises
    ------
    ValueError
        If so many and so large holes do not fit into the frame.
    """
    offset, amplitude, rate = fractions
    rng = np.random.default_rng([seed, 40])
    field = shape[0] * shape[1]
    grown = amplitude * np.exp(rate * time) * field
    passing = offset * field
    size = 1.3 / pixel_size**2  # of a typical passing hole [px^2]
    if grown.max() + passing > 0.5 * field:
        raise ValueError("The holes grow to more than half of the frame: lower the rate, or end the movie earlier.")
    count = round(passing / min(size, passing / 3)) if passing > 0 else 0
    profiles, kinds = _lives(time, count, rng) if count else (np.zeros((len(time), 0)), ())
    relative = rng.uniform(0.6, 1.6, profiles.shape[1])
    areas = profiles * relative
    total = areas.sum(axis=1, keepdims=True)
    wander = 1 + 0.02 * np.sin(2 * np.pi * time / (0.37 * (time[-1] - time[0] or 1.0)) + rng.uniform(0, 2 * np.pi))
    areas = areas / np.where(total > 0, total, 1) * passing * wander[:, None]
    pixels = np.column_stack([grown, areas])
    pixels[pixels < 1] = 0
    centers = _places(np.sqrt(pixels.max(axis=0) / np.pi), pixels > 0, shape, margin, _ROOM / pixel_size, rng)
    return HolePlan(centers, pixels, ("growing", *kinds), rng.uniform(0, 2 * np.pi, (pixels.shape[1], len(_WAVES))))


def _lives(
    time: NDArray[np.float64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return when the passing holes are there: lives that overlap, so that about ``count`` are there at any time."""
    span = time[-1] - time[0] or 1.0
    life = 0.6 * span
    births = np.arange(-life, span, life / count) + rng.uniform(
        0, life / count, len(np.arange(-life, span, life / count))
    )
    age = (time[:, None] - time[0] - births) / life
    # opens and heals in a tenth of its life each
    return np.clip(np.minimum(age, 1 - age) * 10, 0, 1) * ((age > 0) & (age < 1)), ("passing",) * len(births)


def _places(
    radius: NDArray[np.float64],
    there: NDArray[np.bool_],
    shape: tuple[int, int],
    margin: float,
    room: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return centers so that holes which are there at the same time do not touch, the largest placed first."""
    for _ in range(20):
        centers = np.full((len(radius), 2), np.nan)
        placed: list[int] = []
        for hole in np.argsort(-radius, kind="stable"):
            reach = 1.2 * radius[hole] + room
            low, high = margin + reach, np.array(shape) - 1 - margin - reach
            if (high <= low).any():
                break
            for _ in range(400):
                center = rng.uniform(low, high)
                near = [
                    other
                    for other in placed
                    if np.hypot(*(centers[other] - center)) < 1.2 * radius[other] + reach
                    and (there[:, other] & there[:, hole]).any()
                ]
                if not near:
                    centers[hole] = center
                    placed.append(hole)
                    break
            else:
                break
        else:
            return centers
    raise ValueError("So many and so large holes do not fit into the frame: choose fewer, or a larger field of view.")
