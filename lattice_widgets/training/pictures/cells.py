"""Lattices and what their cells hold, as varied as pictures of crystals are."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import HIGHER_TYPES, BravaisType, Lattice
from lattice_widgets.core.simulation.examples import random_lattice

#: a spot weaker than this fraction of the strongest may drown: a cell must be told by the stronger ones
_FAINTEST = 0.07
_ORDERS = np.array([(h, k) for h in range(-3, 4) for k in range(-3, 4) if (h, k) > (0, 0)])


def draw_lattice(kind: BravaisType, rng: np.random.Generator) -> Lattice:
    """Return a random lattice of a type, its primitive cell of area 1.

    Half of them are even in the measure of strain, as for the paper's network, half even in the cell parameters, as most
    simulators draw them. Some come near to the borders between types, and types of high symmetry are strained by a few
    tenths of a percent, as in any real picture.

    Parameters
    ----------
    kind : str
        One of the five Bravais types.
    rng : numpy.random.Generator
        Where the randomness comes from.
    """
    margin = float(rng.choice([1.5, 3.0, 6.0], p=[0.35, 0.4, 0.25]))
    if kind in ("square", "hexagonal") or rng.random() < 0.5:
        vectors = random_lattice(kind, rng, margin).vectors
    else:
        vectors = _from_parameters(kind, rng, margin).vectors
    if kind != "oblique":
        strain = rng.normal(0, rng.choice([0.0, 0.003, 0.006, 0.01], p=[0.4, 0.25, 0.2, 0.15]), (2, 2))
        vectors = vectors @ (np.eye(2) + (strain + strain.T) / 2)
    # many crystals are turned so that they lie along the scan
    angle = rng.uniform(0, 2 * np.pi) if rng.random() < 0.85 else np.angle(complex(*vectors[0]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return Lattice(vectors @ turn / np.sqrt(abs(np.linalg.det(vectors))))


def _from_parameters(kind: BravaisType, rng: np.random.Generator, margin: float) -> Lattice:
    """Return a lattice drawn evenly in the parameters of its conventional cell."""
    while True:
        ratio = rng.uniform(1.0, 2.8)
        if kind == "rectangular":
            lattice = Lattice.from_parameters(1, ratio, 90)
        elif kind == "centered rectangular":
            lattice = Lattice([[1.0, 0.0], [0.5, ratio / 2]])
        else:
            lattice = Lattice.from_parameters(1, rng.uniform(1, 2.2), rng.uniform(58, 122))
        strains = lattice.strains()
        if all(strains[other] >= margin for other in HIGHER_TYPES[kind]):
            return lattice


def draw_basis(kind: BravaisType, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the atoms of a cell: positions as fractions of the primitive vectors, (n, 2), and brightness, (n,).

    One atom, several anywhere, or several that the rotations and mirrors of the type repeat.
    """
    style = rng.choice(["one", "any", "inverted", "symmetric", "dumbbell"], p=[0.4, 0.17, 0.13, 0.2, 0.1])
    if style == "one":
        return np.zeros((1, 2)), np.ones(1)
    if style == "dumbbell":
        apart = rng.uniform(0.12, 0.35) * _unit(rng)
        return np.array([[0.0, 0.0], apart]), np.array([1.0, rng.uniform(0.5, 1)])
    count = int(rng.integers(1, 5))
    positions, brightness = rng.random((count, 2)), rng.uniform(0.15, 1, count)
    if style == "inverted":
        positions, brightness = np.concatenate([positions, -positions]), np.tile(brightness, 2)
    if style == "symmetric":
        special = np.array([(0, 0), (0.5, 0.5), (0.5, 0), (0, 0.5), (1 / 3, 2 / 3), (2 / 3, 1 / 3)])
        chosen = rng.random(count) < 0.5
        positions[chosen] = special[rng.integers(0, len(special), count)][chosen]
        operations = _operations(kind, rng)
        positions = np.concatenate([positions @ matrix + shift for matrix, shift in operations])
        brightness = np.tile(brightness, len(operations))
    return positions % 1, brightness


def _unit(rng: np.random.Generator) -> NDArray[np.float64]:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _operations(kind: BravaisType, rng: np.random.Generator) -> list[tuple[NDArray, NDArray]]:
    """Return operations on fractional coordinates (row vectors) of one of the plane groups of a type."""
    one, none = np.eye(2), np.zeros(2)
    inversion = -one
    if kind == "oblique":
        return [(one, none), (inversion, none)]
    if kind == "rectangular":
        # pm, pg, p2mm, p2mg, p2gg
        mirror = np.diag([1.0, -1.0])
        group = [(one, none), (mirror, np.array([rng.choice([0, 0.5]), rng.choice([0, 0.5])]))]
        if rng.random() < 0.6:
            group += [(inversion @ matrix, -shift) for matrix, shift in group]
        return group
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])
    if kind == "centered rectangular":
        # in the rhombic cell the mirror exchanges the vectors: cm, c2mm; random_lattice gives that cell or its double
        return [(one, none), (inversion, none)]
    if kind == "square":
        quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
        group = [(np.linalg.matrix_power(quarter, n), none) for n in range(4)]
        shift = np.array([0.5, 0.5]) * rng.choice([0, 1])
        return group + ([(matrix @ swap, shift) for matrix, _ in group] if rng.random() < 0.5 else [])
    # hexagonal; vectors 120 degrees apart: p3, p6
    sixth = np.array([[1.0, 1.0], [-1.0, 0.0]])
    step = int(rng.choice([1, 2]))
    return [(np.linalg.matrix_power(sixth, n), none) for n in range(0, 6, step)]


def tells_its_cell(
    vectors: NDArray[np.float64], positions: NDArray[np.float64], brightness: NDArray[np.float64], width: float
) -> bool:
    """Return whether the spots that can be seen belong to this lattice and to no smaller cell.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        The cell.
    positions, brightness : ndarray, shape (n, 2) and (n,)
        What it holds, as from `draw_basis`.
    width : float
        Standard deviation of an atom, in the unit of the vectors.
    """
    reciprocal = np.linalg.inv(vectors).T
    frequency = np.hypot(*(_ORDERS @ reciprocal).T)
    factor = np.abs(np.exp(2j * np.pi * _ORDERS @ positions.T) @ brightness)
    factor *= np.exp(-2 * (np.pi * width * frequency) ** 2)
    seen = _ORDERS[factor > _FAINTEST * factor.max()]
    minors = np.abs(seen[:, None, 0] * seen[None, :, 1] - seen[:, None, 1] * seen[None, :, 0])
    return int(np.gcd.reduce(minors.ravel())) == 1


def draw_cell(kind: BravaisType, rng: np.random.Generator) -> tuple[Lattice, NDArray, NDArray, float]:
    """Return a lattice of area 1, the positions and brightness of its atoms, and the width of an atom.

    Parameters
    ----------
    kind : str
        One of the five Bravais types.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    lattice : Lattice
        Primitive, area 1.
    positions : ndarray, float64, shape (n, 2)
        As fractions of the vectors.
    brightness : ndarray, float64, shape (n,)
        From 0 to 1.
    width : float
        Standard deviation of an atom.
    """
    while True:
        lattice = draw_lattice(kind, rng)
        positions, brightness = draw_basis(kind, rng)
        crowd = len(positions) ** -0.5
        width = rng.uniform(0.1, 0.42) * crowd ** rng.uniform(0, 1)
        if len(positions) == 1 or tells_its_cell(lattice.vectors, positions, brightness, width):
            return cast(Lattice, lattice), positions, brightness, float(width)
