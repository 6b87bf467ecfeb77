"""Scenes whose spots are measured, and the vectors that one measures on them."""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz.question import Scene, Sentence, Shown
from lattice_widgets.core.quiz.random_draws import crystal_of, pick
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope

#: electrons of a bright pixel, disorder
_TROUBLE = {1: (300.0, 0.0), 2: (60.0, 0.02), 3: (12.0, 0.04)}
_MAGNITUDE = Sentence("Fourier transform")


def sharp_scene(cell: Lattice, spacing: float, level: int, rng: np.random.Generator) -> Scene:
    """Return a scene with more than 25 cells across, so that a spot lies within half a step of its place: 2 %."""
    electrons, disorder = _TROUBLE[level]
    rows, cols = 304, 336
    view = pick(rng, 26, 30) * spacing
    dose = electrons / (0.05 * 1.1 * (view / cols) ** 2)
    return Scene(
        crystal_of(cell, spacing),
        Microscope(rows=rows, cols=cols, field_of_view=view, probe_size=0.4 * spacing, dose=dose),
        Imperfections(disorder=disorder),
        rotation=pick(rng, -90, 90),
        seed=int(rng.integers(2**31)),
    )


def innermost_spots(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Return the two shortest reciprocal vectors (row, col) [1/nm], in the upper half, not more than 90 degrees apart."""
    first, second = scene.micrograph().picture_lattice.reciprocal().reduced().vectors
    if first @ second < 0:
        second = -second
    if first[0] > 0:
        first, second = -first, -second
    return first, second


def shown_spots(
    scene: Scene, marks: list[np.ndarray], labels: tuple[str, ...], reach: float, readout: bool
) -> tuple[Shown]:
    """Return the transform of a scene up to a frequency `reach` [1/nm], with marks at spots (row, col) [1/nm]."""
    places = np.array(marks).reshape(-1, 2)
    return (Shown(_MAGNITUDE, scene, frequency_range=reach, marks=places, labels=labels, readout=readout),)


def rectangle_of(lattice: Lattice) -> tuple[np.ndarray, np.ndarray]:
    """Return the two sides of the centered rectangle (row, col)."""
    a, b = lattice.reduced().vectors
    pairs = [(a, b), (b, -a - b), (-a - b, a)]
    p, r = min(pairs, key=lambda pair: abs(np.hypot(*pair[0]) - np.hypot(*pair[1])))
    return p + r, p - r
