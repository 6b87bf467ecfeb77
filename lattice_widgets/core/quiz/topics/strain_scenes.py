"""Pictures for the questions about strain: a lattice that is deformed, and one that is in its right half."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz.question import Scene
from lattice_widgets.core.quiz.random_draws import crystal_of, pick
from lattice_widgets.core.simulation.exposure import deposit, expose
from lattice_widgets.core.simulation.micrograph import SIGMA_PER_FWHM, Micrograph
from lattice_widgets.core.simulation.microscope import Microscope

ROWS, COLS = 192, 240
_MARGIN = 30


@dataclass(frozen=True)
class SteppedScene(Scene):
    """A square crystal whose right half is stretched along x: atoms are moved, and no pixel is warped.

    Attributes
    ----------
    stretch : float
        Strain xx to the right of the middle column, as a fraction.
    """

    stretch: float = 0.0

    def micrograph(self) -> Micrograph:
        """Return the picture; its lattice is told as that of the left half."""
        return _take_stepped(self)

    def moved(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where atoms (n, 2) lie whose places were these before [px]."""
        beyond = np.maximum(places[:, 1] - (self.microscope.cols - 1) / 2, 0)
        return places + np.column_stack([0 * beyond, self.stretch * beyond])


@lru_cache(maxsize=16)
def _take_stepped(scene: SteppedScene) -> Micrograph:
    microscope, cell = scene.microscope, scene.crystal.cell
    shape = np.array([microscope.rows, microscope.cols])
    numbers = np.arange(-60, 61)
    places = np.stack(np.meshgrid(numbers, numbers), axis=-1).reshape(-1, 2) @ cell.vectors / microscope.pixel_size
    places = scene.moved(places + (shape - 1) / 2)
    points = np.zeros(tuple(shape + 2 * _MARGIN))
    deposit(points, places + _MARGIN, np.ones(len(places)))
    sigma = microscope.probe_size * SIGMA_PER_FWHM / microscope.pixel_size
    image = expose(points, sigma, np.zeros(2), 0.0, None)[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    noise = np.random.default_rng(scene.seed).normal(0, 0.05 * image.max(), image.shape)
    return Micrograph((image + noise).astype(np.float32), microscope.pixel_size, cell, cell)


def deformation_of(kind: str, strength: float) -> NDArray[np.float64]:
    """Return the matrix (2, 2) that carries places (row, col) of a crystal to those after a deformation.

    Examples
    --------
    >>> deformation_of("along x", 0.1).tolist()
    [[1.0, 0.0], [0.0, 1.1]]
    """
    cos, sin = np.cos(strength), np.sin(strength)
    matrices = {
        "along x": [[1, 0], [0, 1 + strength]],
        "along y": [[1 + strength, 0], [0, 1]],
        "shear": [[1, strength], [strength, 1]],
        "rotation": [[cos, -sin], [sin, cos]],
        "dilation": [[1 + strength, 0], [0, 1 + strength]],
        "none": [[1, 0], [0, 1]],
    }
    return np.array(matrices[kind], float)


def deformed_scene(matrix: NDArray[np.float64], rng: np.random.Generator) -> tuple[Scene, NDArray[np.float64]]:
    """Return a square crystal after a deformation, and three by three of its cells before it: corners (4, 2) [px]."""
    spacing = pick(rng, 0.3, 0.45)
    view = 9.0 * spacing
    vectors = np.array([[0.0, 1.0], [-1.0, 0.0]])
    deformed = vectors @ matrix.T
    turn = float(np.rad2deg(np.arctan2(-deformed[0, 0], deformed[0, 1])))
    microscope = Microscope(rows=ROWS, cols=COLS, field_of_view=view, probe_size=0.35 * spacing, dose=3e6)
    scene = Scene(crystal_of(Lattice(deformed), spacing), microscope, rotation=turn, seed=int(rng.integers(2**31)))
    step = 3 * spacing / microscope.pixel_size
    middle = (np.array([ROWS, COLS]) - 1) / 2
    square = np.array([[0, 0], [0, 1], [-1, 1], [-1, 0]], float) * step
    return scene, middle + square
