"""Pictures of crystals with all that goes wrong in real ones, drawn quickly for the training of the default network.

Written apart from `core.simulation` on purpose: other profiles of atoms, other noise, other accidents, so that what is
measured on that simulator's pictures is not what was trained on.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.special
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.simulation.exposure import deposit
from lattice_widgets.training.pictures.cells import draw_cell

_SIZES = (64, 80, 96, 112, 128, 144, 160, 192, 256)
_SIZE_ODDS = (0.12, 0.12, 0.16, 0.12, 0.2, 0.08, 0.08, 0.07, 0.05)
#: the finest lattice: its shorter reciprocal vectors stay below this [1/px]
_FINEST = 0.42
_ROOM = 8


@dataclass(frozen=True, eq=False)
class Scene:
    """A crystal as it lies in a picture, before anything is drawn.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns [px].
    vectors : ndarray, float64, shape (2, 2)
        Primitive cell [px], (row, col).
    positions, brightness : ndarray
        The atoms of a cell.
    width : float
        Standard deviation of an atom [px].
    """

    shape: tuple[int, int]
    vectors: NDArray[np.float64]
    positions: NDArray[np.float64]
    brightness: NDArray[np.float64]
    width: float

    @property
    def spacing(self) -> float:
        """Side of a square of the cell's area [px]."""
        return float(np.sqrt(abs(np.linalg.det(self.vectors))))


def draw_shape(rng: np.random.Generator) -> tuple[int, int]:
    """Return rows and columns of a picture; not half of them are square."""
    rows = int(rng.choice(_SIZES, p=_SIZE_ODDS))
    cols = rows if rng.random() < 0.45 else int(np.clip(rows * np.exp(rng.uniform(-0.5, 0.5)), 48, 256))
    return rows, cols


def draw_scene(kind: BravaisType, rng: np.random.Generator) -> Scene:
    """Return a random crystal of a type in a random picture: 3 to 60 cells across."""
    lattice, positions, brightness, width = draw_cell(kind, rng)
    return scene_of(lattice, positions, brightness, width, rng)


def scene_of(
    lattice: Lattice,
    positions: NDArray[np.float64],
    brightness: NDArray[np.float64],
    width: float,
    rng: np.random.Generator,
) -> Scene:
    """Return a crystal in a random picture: 3 to 60 cells across.

    Parameters
    ----------
    lattice : Lattice
        Primitive, area 1.
    positions, brightness : ndarray, shapes (n, 2) and (n,)
        The atoms of a cell, as fractions of the vectors.
    width : float
        Standard deviation of an atom, in the unit of the vectors.
    rng : numpy.random.Generator
        Where the randomness comes from.
    """
    shape = draw_shape(rng)
    vectors = lattice.reduced().vectors
    change = np.round(vectors @ np.linalg.inv(lattice.vectors))
    positions = positions @ np.linalg.inv(change)
    # the longer of the two short reciprocal vectors must be seen
    coarsest = min(shape) / 3 / np.sqrt(len(positions) ** 0.3)
    finest = np.hypot(*np.linalg.inv(vectors)).max() / _FINEST
    # a quarter as fine as large pictures of many cells have them
    fine = rng.random() < 0.25
    middle = np.exp(rng.uniform(np.log(3), np.log(9))) if fine else min(shape) / np.exp(rng.normal(np.log(10), 0.6))
    middle = np.clip(middle, finest, max(coarsest, finest))
    return Scene(shape, vectors * middle, positions, brightness, width * middle)


def draw_atoms(scene: Scene, rng: np.random.Generator, disorder: float = 0.0, trouble: float = 1.0) -> NDArray:
    """Return the picture of a crystal before background and noise, float64 (rows, cols).

    Parameters
    ----------
    scene : Scene
        What to draw.
    rng : numpy.random.Generator
        Where the randomness comes from.
    disorder : float
        Standard deviation of each atom's displacement, as a fraction of the spacing.
    trouble : float
        How often things go wrong: 1 as a rule, 0 never.
    """
    place, light = _atoms(scene, rng)
    if disorder > 0:
        place = place + rng.normal(0, disorder * scene.spacing, place.shape)
    if rng.random() < 0.12 * trouble:
        place = place + _waviness(scene, place, rng)
    if rng.random() < 0.15 * trouble:
        light = light * (rng.random(len(light)) > rng.uniform(0.05, 0.5))
    if rng.random() < 0.3 * trouble:
        light = light * np.exp(rng.normal(0, rng.uniform(0.05, 0.5), len(light)))
    if rng.random() < 0.1 * trouble:
        # a second layer of the same crystal, or a grain of it in a part of the picture
        place, light = _second_crystal(scene, place, light, rng)
    padded = tuple(scipy.fft.next_fast_len(n + 2 * _ROOM, real=True) for n in scene.shape)
    points = np.zeros(padded)
    deposit(points, place + _ROOM, light)
    image = _expose(points, scene, rng, trouble)
    rows, cols = scene.shape
    return image[_ROOM : _ROOM + rows, _ROOM : _ROOM + cols]


def _atoms(scene: Scene, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    reach = np.hypot(*scene.shape) / 2 + _ROOM
    inverse = np.linalg.inv(scene.vectors)
    count = np.ceil(reach * np.hypot(*inverse)).astype(int) + 1
    i, j = np.mgrid[-count[0] : count[0] + 1, -count[1] : count[1] + 1].reshape(2, -1)
    corner = (np.array(scene.shape) - 1) / 2 + rng.random(2) @ scene.vectors
    base = np.column_stack([i, j]) @ scene.vectors + corner
    near = ((base > -reach / 4 - _ROOM) & (base < np.array(scene.shape) + reach / 4 + _ROOM)).all(axis=1)
    base = base[near]
    place = (base[:, None] + scene.positions @ scene.vectors).reshape(-1, 2)
    return place, np.tile(scene.brightness, len(base))


def _waviness(scene: Scene, place: NDArray, rng: np.random.Generator) -> NDArray:
    """Return slow displacements, as of a creeping scanner: a few waves longer than half the picture."""
    size = max(scene.shape)
    shift = np.zeros_like(place)
    for _ in range(2):
        wave = rng.normal(0, 0.8 / size, 2)
        amount = rng.normal(0, 0.12 * scene.spacing, 2)
        shift += amount * np.sin(2 * np.pi * (place @ wave) + rng.uniform(0, 2 * np.pi))[:, None]
    return shift


def _second_crystal(scene: Scene, place: NDArray, light: NDArray, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    angle = np.deg2rad(rng.uniform(2, 45)) * rng.choice([-1, 1])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array(scene.shape) / 2
    other = (place - middle) @ turn * rng.uniform(0.93, 1.07) + middle
    if rng.random() < 0.5:
        return np.concatenate([place, other]), np.concatenate([light, light * rng.uniform(0.2, 0.65)])
    along = np.array([np.cos(angle * 7), np.sin(angle * 7)])
    border = rng.uniform(0.05, 0.3) * min(scene.shape)
    here, there = (place - middle) @ along < border, (other - middle) @ along >= border
    return np.concatenate([place[here], other[there]]), np.concatenate([light[here], light[there]])


def _expose(points: NDArray, scene: Scene, rng: np.random.Generator, trouble: float) -> NDArray:
    """Return the points as an instrument draws them: profile of an atom, blur, double tip, lines that jump."""
    rows, cols = points.shape
    row, col = scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols)[None, :]
    x = 2 * np.pi * scene.width * np.hypot(row, col)
    profile = rng.choice(["gaussian", "tailed", "disk", "ringed", "two"], p=[0.45, 0.2, 0.12, 0.13, 0.1])
    if profile == "gaussian":
        transfer = np.exp(-(x**2) / 2)
    elif profile == "tailed":
        transfer = (1 + x**2 / 2) ** -1.5
    elif profile == "disk":
        transfer = np.asarray(2 * scipy.special.j1(2 * x + 1e-9) / (2 * x + 1e-9))
    elif profile == "ringed":
        # as a lens out of focus transfers: bright and dark rings, contrast that turns over
        transfer = np.exp(-(x**2) / 3) * np.sin(rng.uniform(-1.2, 1.2) * x**2 + rng.uniform(0.3, 1.57))
    else:
        transfer = 0.6 * np.exp(-(x**2) / 4) + 0.4 * np.exp(-2 * x**2)
    if rng.random() < 0.03 * trouble:
        # differential phase contrast: the slope along one direction
        angle = rng.uniform(0, np.pi)
        transfer = transfer * 1j * (np.sin(angle) * row + np.cos(angle) * col)
    transfer = transfer / (np.sinc(row) * np.sinc(col)) ** 4
    if rng.random() < 0.08 * trouble:
        offset = rng.uniform(-0.7, 0.7, 2) * scene.spacing
        transfer = transfer * (1 + rng.uniform(0.2, 0.9) * np.exp(-2j * np.pi * (row * offset[0] + col * offset[1])))
    lines = scipy.fft.ifft(scipy.fft.rfft2(points) * transfer, axis=0)
    if rng.random() < 0.12 * trouble:
        jumps = rng.normal(0, rng.uniform(0.02, 0.14) * scene.spacing, rows)
        if rng.random() < 0.4:
            jumps = scipy.ndimage.gaussian_filter1d(jumps, rng.uniform(0.5, 3)) * 2
        lines = lines * np.exp(-2j * np.pi * col * np.asarray(jumps)[:, None])
    return scipy.fft.irfft(lines, n=cols, axis=1)
