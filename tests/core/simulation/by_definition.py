"""What a simulated picture is by its definition: the sum of Gaussians at all atoms, and Fourier amplitudes by their sums."""

import numpy as np

from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.micrograph import (
    Microscope,
)

#: no noise of any kind: brightness itself
STM = Microscope(mode="STM", rows=72, cols=104, field_of_view=2.6, tip_size=0.12, corrugation=1.0, height_noise=0.0)
STEM = Microscope(rows=72, cols=104, field_of_view=2.6, probe_size=0.12, dose=None, background=0.0)
ONE = Crystal("one atom a cell", 0.40, 0.52, 82, (Atom("C", 6, 0.0, 0.0),))
TWO = Crystal("two atoms a cell", 0.46, 0.55, 97, (Atom("W", 74, 0.1, 0.2), Atom("S", 16, 0.6, 0.5, depth=0.03)))


def rms(image: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.asarray(image, dtype=np.float64) ** 2)))


def turn(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def atoms_at(crystal: Crystal, microscope: Microscope, rotation: float) -> tuple[np.ndarray, np.ndarray]:
    """(row, col) of every atom [nm from the middle of the picture], the middle of the basis at the origin; brightness."""
    vectors = crystal.cell.vectors @ turn(rotation).T
    reach = np.arange(-14, 15)
    cells = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
    places = np.array([(atom.u, atom.v) for atom in crystal.basis])
    all_places = (cells[:, None] + places - places.mean(axis=0)).reshape(-1, 2)
    return all_places @ vectors, np.tile(crystal.brightness(microscope.mode), len(cells))


def sum_of_gaussians(
    positions: np.ndarray, light: np.ndarray, microscope: Microscope, rows: np.ndarray, cols: np.ndarray
) -> np.ndarray:
    """The picture by its definition, in nm: at each (row, col) [nm] the Gaussians of all atoms."""
    stem = microscope.mode == "STEM"
    sigma = (microscope.probe_size if stem else microscope.tip_size) / 2.354820045
    down = np.exp(-((rows[:, None] - positions[:, 0]) ** 2) / (2 * sigma**2))
    right = np.exp(-((cols[:, None] - positions[:, 1]) ** 2) / (2 * sigma**2))
    return (down * light) @ right.T


def pixel_places(microscope: Microscope) -> tuple[np.ndarray, np.ndarray]:
    rows = (np.arange(microscope.rows) - (microscope.rows - 1) / 2) * microscope.pixel_size
    cols = (np.arange(microscope.cols) - (microscope.cols - 1) / 2) * microscope.pixel_size
    return rows, cols


def amplitude(image: np.ndarray, frequencies: np.ndarray, pixel_size: float) -> np.ndarray:
    """Fourier amplitude of the picture at any frequency [1/nm], its edges faded out: 1 for exp(2 pi i g x)."""
    rows, cols = (np.arange(n) * pixel_size for n in image.shape)
    fade = np.hanning(image.shape[0])[:, None] * np.hanning(image.shape[1])
    frequencies = np.atleast_2d(frequencies)
    waves_down = np.exp(-2j * np.pi * frequencies[:, :1] * rows)
    waves_right = np.exp(-2j * np.pi * frequencies[:, 1:] * cols)
    faded = (image - image.mean()) * fade
    return np.abs(((waves_down @ faded) * waves_right).sum(axis=1)) / fade.sum()
