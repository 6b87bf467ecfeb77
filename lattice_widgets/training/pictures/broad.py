"""What the default network is trained on in the end: the varied stream, and in more than half of the pictures what is hard.

Cells of up to 24 atoms, cells that nearly have a higher symmetry, lattices close to the border between two types, and scans
that are unevenly strained. What tells them are faint spots near the middle of the spectrum, places of strong spots to a third
of a pixel, or how wide a spot is.
"""

from typing import cast

import numpy as np

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, CLASSES, BravaisType, Lattice
from lattice_widgets.core.simulation.examples import random_lattice
from lattice_widgets.training.pictures.cells import draw_basis, draw_lattice, tells_its_cell
from lattice_widgets.training.pictures.hard_cells import Cell, plain_cell, pseudo_symmetric_cell, strained_cell
from lattice_widgets.training.pictures.scenes import draw_atoms, scene_of
from lattice_widgets.training.pictures.troubles import add_accidents
from lattice_widgets.training.pictures.uneven_scans import scan_unevenly
from lattice_widgets.training.pictures.varied import VariedExample, is_evident, simulate_varied

#: how often each kind of crystal is drawn; "varied" is the stream of before, pictures of nothing among it
KINDS = {
    "varied": 0.31,
    "nothing": 0.08,
    "pseudo-symmetric": 0.16,
    "many atoms": 0.12,
    "near a border": 0.11,
    "strained": 0.07,
    "uneven scan": 0.15,
}
_MOST_ATOMS = 24
#: the varied stream shows nothing in every fifth picture; beyond this one nobody asked for any
_FIFTH, _BEYOND = 5, 10**7


def simulate_broad(seed: int, index: int) -> VariedExample:
    """Return one labeled picture.

    Parameters
    ----------
    seed, index : int
        Which stream, and which picture of it.
    """
    rng = np.random.default_rng([seed, index, 2])
    group = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    if group == "varied":
        return simulate_varied(seed, index)
    if group == "nothing":
        return simulate_varied(seed, _FIFTH * (_BEYOND + index))
    while True:
        trouble = float(rng.choice([0.0, 0.5, 1.0], p=[0.4, 0.4, 0.2]))
        cell = _draw(group, rng)
        width = rng.uniform(0.12, 0.38) / len(cell.positions) ** rng.uniform(0.2, 0.5)
        if not tells_its_cell(cell.vectors, cell.positions, cell.brightness, width):
            continue
        scene = scene_of(Lattice(cell.vectors), cell.positions, cell.brightness, width, rng)
        disorder = rng.uniform(0, 0.08) if rng.random() < 0.3 else 0.0
        picture = add_accidents(draw_atoms(scene, rng, disorder, trouble), rng, trouble)
        if np.ptp(picture) > 0 and is_evident(picture, scene, factor=15.0):
            if group == "uneven scan":
                picture = scan_unevenly(picture, cell, rng).astype(np.float32)
            return VariedExample(picture, CLASSES.index(cell.kind))


def _draw(group: str, rng: np.random.Generator) -> Cell:
    """Return a cell of area 1, its atoms and its type."""
    if group in ("pseudo-symmetric", "strained"):
        return pseudo_symmetric_cell(rng) if group == "pseudo-symmetric" else strained_cell(rng)
    if group == "uneven scan":
        return plain_cell(rng) if rng.random() < 0.7 else pseudo_symmetric_cell(rng)
    kind = cast(BravaisType, str(rng.choice(BRAVAIS_TYPES)))
    if group == "many atoms":
        lattice = draw_lattice(kind, rng)
        parts = [draw_basis(kind, rng) for _ in range(int(rng.integers(1, 5)))]
        positions, brightness = (np.concatenate(column)[:_MOST_ATOMS] for column in zip(*parts, strict=True))
        return Cell(lattice.vectors, positions, brightness, kind)
    vectors = random_lattice(kind, rng, float(rng.choice([0.7, 1.2]))).vectors
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    vectors = vectors @ turn / np.sqrt(abs(np.linalg.det(vectors)))
    count = 1 if rng.random() < 0.6 else int(rng.integers(2, 4))
    return Cell(vectors, rng.random((count, 2)), rng.uniform(0.3, 1, count), kind)
