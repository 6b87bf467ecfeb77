"""What a classifier says of every lattice: pictures of lattices from all over the map, named one by one.

The pictures are those that a simulated microscope takes of one crystal whose cell is changed from place to place (see
`triangle` and `cell_for_lattice`), at various rotations. A coarse grid comes first, then finer ones, so that a first answer
is there soon; what is not known yet is interpolated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.lattices.triangle import triangle_grid, triangle_lattice
from lattice_widgets.core.simulation.cell_for_lattice import CellLimits, cell_for
from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.micrograph import simulate_micrograph
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope
from lattice_widgets.one_thread import each_part

#: (steps of the grid, pictures of each place) in the order in which they are done; each grid holds the one before
PLAN = ((6, 2), (12, 2), (24, 2), (24, 4))
#: pictures that are named together
_BATCH = 16
# to take a picture is as much work as so many answers of a network
_WORK = 8


@dataclass(frozen=True)
class Conditions:
    """How the pictures are taken.

    Parameters
    ----------
    crystal : Crystal
        What is taken; its cell is changed.
    microscope, imperfections
        How, and what goes wrong; drift moves the lattice of the picture away from that of the crystal.
    area : float
        Of the primitive cell [nm^2], kept where the limits allow.
    limits : CellLimits
        What cells are possible; lattices without a possible cell are not asked about.
    seed : int
        Of atoms and noise.
    """

    crystal: Crystal
    microscope: Microscope = field(default_factory=Microscope)
    imperfections: Imperfections = field(default_factory=Imperfections)
    area: float = 0.06
    limits: CellLimits = field(default_factory=lambda: CellLimits((0.1, 1.5), (0.1, 1.5), (30, 150)))
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Survey:
    """What is known so far.

    Attributes
    ----------
    steps : int
        Of the grid (see `triangle_grid`).
    probabilities : ndarray, float32, shape (m, 6)
        At each place of the grid; NaN for lattices without a possible cell.
    done, total : int
        Pictures that are named, and all that are to be.
    """

    steps: int
    probabilities: NDArray[np.float32]
    done: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether all pictures are named."""
        return self.done == self.total


def survey_lattices(
    classify: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    conditions: Conditions,
    plan: tuple[tuple[int, int], ...] = PLAN,
) -> Iterator[Survey]:
    """Ask a classifier about the lattices of the map, again and again while the grid gets finer.

    Parameters
    ----------
    classify : callable
        Pictures (n, rows, cols) -> probabilities (n, 6).
    conditions : Conditions
        How the pictures are taken.
    plan : tuple of pairs
        See `PLAN`; each number of steps a multiple of the one before, pictures of a place never fewer.

    Yields
    ------
    Survey
        What is known so far.

    Raises
    ------
    ValueError
        If no picture can be taken anywhere under these conditions; with the reason for the last one.
    """
    total = len(triangle_grid(plan[-1][0])) * plan[-1][1]
    done, before = 0, 0
    sums = counts = np.zeros(0)
    reason = "No lattice of the map is within the limits of the cell."
    for steps, count in plan:
        places = triangle_grid(steps)
        if steps != before:
            sums, counts = _refined(sums, counts, before, steps)
            guess = _interpolated(sums, counts, before, steps)
            before = steps

        def picture(which: tuple[int, int], places: NDArray[np.float64] = places) -> NDArray[np.float32] | ValueError:
            return _picture(places[which[0]], *which, conditions)

        waiting = [(place, k) for place in range(len(places)) for k in range(int(counts[place]), count)]
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            taken = each_part(picture, batch, _WORK * len(batch))
            images, owners = [], []
            for (place, _k), image in zip(batch, taken, strict=True):
                counts[place] += 1
                if isinstance(image, ValueError):
                    reason = str(image)
                else:
                    images.append(image)
                    owners.append(place)
            if images:
                np.add.at(sums, owners, classify(np.array(images)))
            done += len(batch)
            known = counts > 0
            guess[known] = _mean(sums[known], counts[known])
            yield Survey(steps, guess.astype(np.float32), done, total)
        if np.isnan(guess).all():
            raise ValueError(reason)


def _picture(
    place: NDArray[np.float64], number: int, k: int, conditions: Conditions
) -> NDArray[np.float32] | ValueError:
    """Return the k-th picture of the lattice at a place, or why there is none."""
    crystal, microscope = conditions.crystal, conditions.microscope
    try:
        target = triangle_lattice(*place.tolist(), area=conditions.area)
        cell = cell_for(target, crystal, microscope.mode, conditions.limits)
        if cell is None:
            return ValueError("No lattice of the map is within the limits of the cell.")
        crystal = replace(crystal, a=cell.a, b=cell.b, gamma=cell.gamma)
        # turned by another angle at each place and each time, so that no direction is favored
        rotation = (11 + 47 * k + 31 * number) % 180
        seed = 1000 * conditions.seed + 7 * number + k
        return simulate_micrograph(crystal, microscope, conditions.imperfections, rotation=rotation, seed=seed).image
    except ValueError as error:
        return error


def _mean(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means of probabilities (n, 6); NaN where no picture could be taken."""
    whole = sums.sum(axis=1, keepdims=True)
    return np.divide(sums, whole, out=np.full_like(sums, np.nan), where=(whole > 0) & (counts[:, None] > 0))


def _refined(
    sums: NDArray[np.float64], counts: NDArray[np.float64], coarse: int, fine: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sums and counts of a coarse grid at the same places of a finer one, 0 at the others."""
    size = len(triangle_grid(fine))
    new_sums, new_counts = np.zeros((size, len(CLASSES))), np.zeros(size)
    if coarse:
        at = _numbers(np.round(triangle_grid(coarse) * fine).astype(int), fine)
        new_sums[at], new_counts[at] = sums, counts
    return new_sums, new_counts


def _numbers(nodes: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    """Return the numbers of the grid's nodes (n, 2), as `triangle_grid` counts them."""
    i, j = nodes.T
    return j * (steps + 1) - j * (j - 1) // 2 + i


def _interpolated(
    sums: NDArray[np.float64], counts: NDArray[np.float64], coarse: int, fine: int
) -> NDArray[np.float64]:
    """Return probabilities of a fine grid (m, 6) from a coarser one that it holds; NaN where a neighbor has none.

    Parameters
    ----------
    sums, counts : ndarray, shape (m, 6) and (m,)
        Of the fine grid, which are known at the places of the coarse one.
    coarse, fine : int
        Steps of the grids; 0: nothing is known.
    """
    size = len(triangle_grid(fine))
    if not coarse:
        return np.full((size, len(CLASSES)), np.nan)
    known = _mean(sums, counts)
    factor = fine // coarse
    nodes = np.round(triangle_grid(fine) * fine).astype(int)
    base = nodes // factor
    inside = (nodes - base * factor) / factor
    beyond = inside.sum(axis=1) > 1 + 1e-9
    inside = np.where(beyond[:, None], 1 - inside, inside)
    first = np.where(beyond[:, None], base + 1, base)
    step = np.where(beyond, -1, 1)
    weights = np.column_stack([1 - inside.sum(axis=1), inside])
    found = np.zeros((size, len(CLASSES)))
    for n, offset in enumerate(((0, 0), (1, 0), (0, 1))):
        corner = (first + step[:, None] * np.array(offset)) * factor
        used = weights[:, n] > 1e-9  # a corner without weight may lie outside
        found[used] += weights[used, n, None] * known[_numbers(corner[used], fine)]
    return found
