"""Draw a crystal point by point: each pixel asks where in the cell it looks, so that distortions are exact.

The first simulator and that of the training put atoms onto a grid and blur them in the Fourier transform. Here nothing is
transformed: a pixel at a place that drift and trembling have moved is the sum of the profiles of the atoms around it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.simulation.crystal import Crystal

_NEAR = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


@dataclass(frozen=True)
class Scan:
    """How a crystal is scanned.

    Parameters
    ----------
    rows, cols : int
        Size of the picture [px].
    cells : float
        How many primitive cells lie along its shorter side.
    turn : float
        Direction of the crystal [radians].
    drift : tuple of float
        Shift along rows and along columns from one line to the next [px].
    tremble : float
        Standard deviation of the displacement of lines [px], correlated over `tremble_lines` of them.
    tremble_lines : float
        [lines].
    sharpness : float
        Width of an atom over the mean distance of the atoms, or over the shortest period where that is shorter.
    profile : {"moffat", "peaked", "tip"}
        Long tails; a core on a wide halo; what a tip makes of it, exponential in the height.
    """

    rows: int
    cols: int
    cells: float
    turn: float = 0.0
    drift: tuple[float, float] = (0.0, 0.0)
    tremble: float = 0.0
    tremble_lines: float = 5.0
    sharpness: float = 0.3
    profile: str = "moffat"


def draw(crystal: Crystal, scan: Scan, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a picture without noise, float64 (rows, cols), from 0 to 1, and the primitive vectors that it shows [px].

    Parameters
    ----------
    crystal : Crystal
        What to draw.
    scan : Scan
        How.
    rng : numpy.random.Generator
        Draws where the cell begins, and the trembling.
    """
    primitive = crystal.primitive_lattice()
    scale = min(scan.rows, scan.cols) / scan.cells / np.sqrt(primitive.area)
    turn = np.array([[np.cos(scan.turn), -np.sin(scan.turn)], [np.sin(scan.turn), np.cos(scan.turn)]])
    vectors = crystal.cell.vectors @ turn.T * scale
    row, col = np.mgrid[: scan.rows, : scan.cols].astype(float)
    # a line that comes later sees a crystal that has moved on
    seen_row = row * (1 + scan.drift[0]) + rng.uniform(0, 1000)
    seen_col = col + scan.drift[1] * row + _tremble(scan, rng)[:, None] + rng.uniform(0, 1000)
    u, v = np.moveaxis(np.stack([seen_row, seen_col], axis=-1) @ np.linalg.inv(vectors), -1, 0)
    # of the mean distance, but no wider than the shortest period can show
    spacing = min(np.sqrt(abs(np.linalg.det(vectors)) / len(crystal.basis)), primitive.a * scale)
    width = scan.sharpness * spacing
    image = np.zeros_like(row)
    for atom, light in zip(crystal.basis, crystal.brightness("STEM"), strict=True):
        du, dv = (u - atom.u) % 1, (v - atom.v) % 1
        for i, j in _NEAR:
            offset = (du + i)[..., None] * vectors[0] + (dv + j)[..., None] * vectors[1]
            image += light * _profile((offset**2).sum(axis=-1) / width**2, scan.profile)
    if scan.profile == "tip":
        image = np.log(image + 0.02 * image.max())
    change = np.array([[1 + scan.drift[0], 0], [scan.drift[1], 1]])
    shown = primitive.vectors @ turn.T * scale @ np.linalg.inv(change).T
    return (image - image.min()) / np.ptp(image), shown


def _profile(squared: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    if kind == "moffat":
        return (1 + squared) ** -3.0
    if kind == "peaked":
        return np.exp(-2 * np.sqrt(squared + 0.05)) + 0.08 * np.exp(-squared / 8)
    return np.exp(-1.5 * squared)


def _tremble(scan: Scan, rng: np.random.Generator) -> NDArray[np.float64]:
    if not scan.tremble:
        return np.zeros(scan.rows)
    # an autoregressive walk: what a line is displaced by is what the one before was, and a little more
    keep = np.exp(-1 / scan.tremble_lines)
    steps, shift = rng.standard_normal(scan.rows), np.zeros(scan.rows)
    for line in range(1, scan.rows):
        shift[line] = keep * shift[line - 1] + np.sqrt(1 - keep**2) * steps[line]
    return scan.tremble * shift
