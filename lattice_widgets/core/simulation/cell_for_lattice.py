"""Which cell (a, b, gamma) of a given crystal makes its picture have a wanted lattice: the map of lattices, backwards.

A crystal is described by a cell, the lattice of its picture by its primitive vectors, which are fixed combinations of those
of the cell (half of their sum, where atoms in the middle are the same). A lattice has many cells that would do. One is taken
that differs little from the present one, so that a lattice that changes slowly has a cell that changes slowly, and is not
very oblique, so that a rectangular lattice has a rectangle for its cell.
"""

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import conorms, points_of_conorms, reduced_conorms
from lattice_widgets.core.simulation.crystal import Crystal, Mode

#: how much an oblique cell is avoided, against one that differs from the present one
_OBLIQUE = 3.0
#: the changes of basis that are tried, shape (n, 2, 2)
_BASES = np.array(
    [
        np.reshape(entries, (2, 2))
        for entries in itertools.product(range(-2, 3), repeat=4)
        if abs(entries[0] * entries[3] - entries[1] * entries[2]) == 1
    ]
)


@dataclass(frozen=True)
class CellLimits:
    """How large the numbers of a cell may be: lengths [nm] and angle [degrees], (smallest, largest)."""

    a: tuple[float, float]
    b: tuple[float, float]
    gamma: tuple[float, float]


@dataclass(frozen=True)
class Cell:
    """A cell: lengths [nm], angle [degrees], and the factor by which it was made larger to keep to the limits."""

    a: float
    b: float
    gamma: float
    enlarged: float = 1.0


@lru_cache(maxsize=64)
def cells_in_primitive(crystal: Crystal, mode: Mode) -> NDArray[np.float64]:
    """Express the vectors of a crystal's cell by the reduced primitive ones of its picture.

    Parameters
    ----------
    crystal : Crystal
        The crystal.
    mode : {"STEM", "STM"}
        What takes the picture.

    Returns
    -------
    ndarray, float64, shape (2, 2)
        Whole numbers, read-only: found once for a crystal, of which a map of lattices asks a thousand times.
    """
    primitive = crystal.primitive_lattice(mode).reduced().vectors
    whole = np.round(crystal.cell.vectors @ np.linalg.inv(primitive)).astype(np.float64)
    whole.setflags(write=False)
    return whole


def cell_for(target: Lattice, crystal: Crystal, mode: Mode, limits: CellLimits) -> Cell | None:
    """Find the cell of a crystal whose picture has a given lattice, near the present cell.

    Parameters
    ----------
    target : Lattice
        What the lattice of the picture shall be, up to rotation and mirroring.
    crystal : Crystal
        As it is now; what its cell holds is kept.
    mode : {"STEM", "STM"}
        What takes the picture.
    limits : CellLimits
        Of the cell. Where only its size does not fit, it is made larger or smaller.

    Returns
    -------
    Cell or None
        None if no such cell is within the limits.

    Examples
    --------
    >>> from lattice_widgets.core.simulation.crystals import CRYSTALS
    >>> wide = CellLimits((0.1, 1.5), (0.1, 1.5), (30, 150))
    >>> cell_for(Lattice.from_parameters(0.2, 0.3, 90), CRYSTALS["graphene"], "STEM", wide)
    Cell(a=0.2, b=0.3, gamma=90.0, enlarged=1.0)
    """
    whole = cells_in_primitive(crystal, mode)
    vectors = whole @ _BASES @ target.reduced().vectors
    lengths = np.hypot(vectors[..., 0], vectors[..., 1])
    cosine = (vectors[:, 0] * vectors[:, 1]).sum(axis=-1) / lengths.prod(axis=-1)
    gamma = np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))
    slack = 1e-9
    smallest = np.max([limits.a[0] / lengths[:, 0], limits.b[0] / lengths[:, 1]], axis=0)
    largest = np.min([limits.a[1] / lengths[:, 0], limits.b[1] / lengths[:, 1]], axis=0)
    fits = (smallest <= largest) & (gamma >= limits.gamma[0] - slack) & (gamma <= limits.gamma[1] + slack)
    if not fits.any():
        return None
    size = np.where(fits, np.clip(1.0, smallest, np.maximum(smallest, largest)), 1.0)
    change = np.abs(np.log(lengths * size[:, None] / [crystal.a, crystal.b])).sum(axis=1)
    change += np.abs(gamma - crystal.gamma) / 60 + 10 * np.abs(np.log(size))
    # a rectangle has the smallest product of lengths of all cells of one area
    change += _OBLIQUE * np.log(lengths.prod(axis=1)) + 1e-6 * (lengths[:, 0] > lengths[:, 1])
    best = int(np.argmin(np.where(fits, change, np.inf)))
    a, b = lengths[best] * size[best]
    return Cell(_neat(a), _neat(b), _neat(float(np.clip(gamma[best], *limits.gamma))), _neat(size[best]))


def nearest_allowed(
    place: tuple[float, float],
    crystal: Crystal,
    mode: Mode,
    limits: CellLimits,
    gamma: float | None,
    equal: bool,
) -> Cell:
    """Find the cell nearest on the map to a place if its angle is fixed, or its lengths are equal, or both.

    Its primitive area is kept as far as the limits allow.

    Parameters
    ----------
    place : tuple of float
        (x, y) on the map.
    crystal, mode, limits
        As for `cell_for`.
    gamma : float or None
        The angle that is fixed [degrees].
    equal : bool
        Whether b must equal a.

    Returns
    -------
    Cell
        Within the limits.
    """
    if gamma is not None and equal:
        size = float(np.sqrt(crystal.a * crystal.b))
        return Cell(size, size, gamma)
    back = np.linalg.inv(cells_in_primitive(crystal, mode))
    # what the fixed numbers leave free: the ratio of the lengths, or the angle
    span = np.log(limits.b[1] / limits.a[0])
    low, high = limits.gamma if gamma is None else (-span, span)
    now = crystal.gamma if gamma is None else float(np.log(crystal.b / crystal.a))
    tie = 1e-6  # of two that are as near, the one that differs less from the present cell
    for _ in range(4):
        free = np.linspace(low, high, 801)
        angles = np.deg2rad(free if gamma is None else np.full_like(free, gamma))
        ratio = np.ones_like(free) if gamma is None else np.exp(free)
        vectors = np.zeros((len(free), 2, 2))
        vectors[:, 0, 0] = 1
        vectors[:, 1, 0], vectors[:, 1, 1] = ratio * np.cos(angles), ratio * np.sin(angles)
        a, b = np.moveaxis(back @ vectors, 1, 0)
        points = points_of_conorms(reduced_conorms(conorms(np.stack([a, b, -a - b], axis=1))))
        away = np.hypot(*(points - place).T)
        best = float(free[np.argmin(away + tie * np.abs(free - now))])
        width, tie = (high - low) / 40, 0.0
        low, high = max(best - width, low), min(best + width, high)
    if gamma is None:
        area = crystal.cell.area
        size = float(np.clip(np.sqrt(area / np.sin(np.deg2rad(best))), *limits.a))
        return Cell(size, size, best)
    area, stretch = crystal.cell.area / np.sin(np.deg2rad(gamma)), float(np.exp(best / 2))
    a_length = float(np.sqrt(area) / stretch)
    return Cell(float(np.clip(a_length, *limits.a)), float(np.clip(a_length * stretch**2, *limits.b)), gamma)


def _neat(value: float) -> float:
    """Return a number without the last digits that come from rounding."""
    return float(f"{value:.12g}")
