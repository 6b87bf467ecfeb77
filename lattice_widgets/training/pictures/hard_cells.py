"""Crystals for the suite: plain ones, strained lattices, and cells that nearly have a higher symmetry."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, HIGHER_TYPES, BravaisType, Lattice
from lattice_widgets.training.pictures.cells import draw_basis, draw_cell, draw_lattice, tells_its_cell

#: a lattice within this strain of a type has it, and further than this other from a type does not [%]
_HAS, _HAS_NOT = 1.2, 3.2
_SUPERCELLS = (
    ((1, 0), (0, 2)),
    ((1, 1), (-1, 1)),
    ((2, 1), (-1, 1)),
    ((2, 0), (0, 2)),
    ((1, 0), (0, 3)),
    ((2, 1), (0, 2)),
)


class Cell(NamedTuple):
    """A primitive cell of area 1 with its atoms, (n, 2) fractions and (n,) brightness, and the type of its lattice."""

    vectors: NDArray[np.float64]
    positions: NDArray[np.float64]
    brightness: NDArray[np.float64]
    kind: BravaisType


def type_of(vectors: NDArray[np.float64]) -> BravaisType | None:
    """Return the Bravais type of a lattice, or None if one would rather not say: it is neither near nor far from one."""
    strains = Lattice(vectors).strains()
    high: tuple[BravaisType, ...] = ("hexagonal", "square")
    lower: tuple[BravaisType, ...] = ("rectangular", "centered rectangular")
    kind: BravaisType | None = next((kind for kind in high if strains[kind] <= _HAS), None)
    if kind is None:
        line = min(lower, key=lambda one: strains[one])
        kind = line if strains[line] <= _HAS else "oblique"
    far = all(strains[other] >= _HAS_NOT for other in HIGHER_TYPES[kind])
    return kind if far else None


def plain_cell(rng: np.random.Generator) -> Cell:
    """Return a cell of a random type as the training draws it: one atom or several, clearly of its type."""
    while True:
        kind = rng.choice(BRAVAIS_TYPES)
        lattice, positions, brightness, _ = draw_cell(kind, rng)
        if type_of(lattice.vectors) == kind:
            return Cell(lattice.vectors, positions, brightness, kind)


def strained_cell(rng: np.random.Generator) -> Cell:
    """Return a cell stretched and sheared by up to 7 percent, with the type that the picture then has."""
    while True:
        lattice = draw_lattice(rng.choice(BRAVAIS_TYPES, p=[0.1, 0.2, 0.2, 0.2, 0.3]), rng)
        positions, brightness = draw_basis("oblique", rng)
        size = rng.choice([0.004, 0.015, 0.045])
        # drift shifts along the rows and stretches down them
        change = np.eye(2) + np.array([[rng.normal(), 0], [rng.normal(), 0]]) * size
        vectors = lattice.vectors @ change.T
        vectors = vectors / np.sqrt(abs(np.linalg.det(vectors)))
        kind = type_of(vectors)
        if kind is not None:
            return Cell(vectors, positions, brightness, kind)


def pseudo_symmetric_cell(rng: np.random.Generator, seen: bool = True) -> Cell:
    """Return a cell of several atoms that nearly has a smaller one: its atoms are moved, or made unlike, by some percent.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the randomness comes from.
    seen : bool
        Whether the spots that tell the cell must be within reach of the strongest.
    """
    while True:
        parent = draw_lattice(rng.choice(BRAVAIS_TYPES, p=[0.05, 0.25, 0.15, 0.25, 0.3]), rng).reduced()
        count = int(rng.integers(1, 4))
        motif, light = rng.random((count, 2)), rng.uniform(0.2, 1, count)
        if rng.random() < 0.5:
            special = np.array([(0, 0), (0.5, 0.5), (1 / 3, 2 / 3), (2 / 3, 1 / 3), (0, 0.5)])
            motif = special[rng.permutation(len(special))[:count]]
        matrix = np.array(_SUPERCELLS[rng.integers(len(_SUPERCELLS))])
        if rng.random() < 0.5:
            matrix = matrix[::-1, ::-1]
        inverse = np.linalg.inv(matrix)
        steps = np.stack(np.meshgrid(*[np.arange(-4, 5)] * 2), axis=-1).reshape(-1, 2)
        inside = np.unique(np.round((steps @ inverse) % 1 % (1 - 1e-9), 6), axis=0)
        positions = (inside[:, None] + motif @ inverse).reshape(-1, 2)
        brightness = np.tile(light, len(inside))
        positions = positions + rng.normal(0, rng.choice([0.0, 0.02, 0.06]), positions.shape) @ inverse
        brightness = brightness * np.exp(rng.normal(0, rng.choice([0.05, 0.15, 0.4]), len(brightness)))
        vectors = matrix @ parent.vectors
        vectors = vectors / np.sqrt(abs(np.linalg.det(vectors)))
        reduced = Lattice(vectors).reduced().vectors
        positions = positions @ np.linalg.inv(np.round(reduced @ np.linalg.inv(vectors)))
        kind = type_of(reduced)
        width = 0.2 / np.sqrt(len(positions))
        if kind is not None and (not seen or tells_its_cell(reduced, positions, brightness, width)):
            return Cell(reduced, positions % 1, brightness / brightness.max(), kind)
