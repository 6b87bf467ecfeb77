"""The straight way from one lattice to another: what a crystal looks like while it slowly becomes another one."""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice


def lattice_walk(start: Lattice, end: Lattice, count: int = 20) -> list[Lattice]:
    """Walk straight from one lattice to another, both ends included.

    The shape of a lattice is a point of the hyperbolic plane in which distances are strains (see `Lattice.strains`); the
    walk is the straight line there, so that each step strains the lattice by the same amount and no lattice on the way is
    more strained than the ends need. Density and orientation change evenly. (Vasudevan et al. 2018, Fig. S5, let a lattice
    become hexagonal so.)

    Parameters
    ----------
    start, end : Lattice
        Of one unit.
    count : int
        How many, at least 2.

    Returns
    -------
    list of Lattice
        By their reduced cells.

    Raises
    ------
    ValueError
        If fewer than 2 are asked for.

    Examples
    --------
    >>> walk = lattice_walk(Lattice.from_parameters(1, 1, 90), Lattice.from_parameters(1, 1, 120), 5)
    >>> [lattice.bravais_type() for lattice in walk]
    ['square', 'centered rectangular', 'centered rectangular', 'centered rectangular', 'hexagonal']
    """
    if count < 2:
        raise ValueError(f"A walk has at least two lattices, its ends, not {count}.")
    first, last = start.shape_parameter(), end.shape_parameter()
    fractions = np.linspace(0, 1, count)
    density = np.exp(np.interp(fractions, [0, 1], np.log([start.area, end.area])))
    turn = np.linspace(start.reduced().rotation, _near(end.reduced().rotation, start.reduced().rotation), count)
    walk = []
    for tau, area, rotation in zip(_geodesic(first, last, fractions), density, turn, strict=True):
        a = np.sqrt(area / tau.imag)
        gamma = 180 - float(np.rad2deg(np.angle(tau)))
        walk.append(Lattice.from_parameters(float(a), float(a * abs(tau)), gamma, float(rotation)).reduced())
    return walk


def _near(angle: float, to: float) -> float:
    """Return an angle by which a lattice lies the same way (it repeats after half a turn), nearest to another."""
    return angle - 180 * np.round((angle - to) / 180)


def _geodesic(first: complex, last: complex, fractions: np.ndarray) -> list[complex]:
    """Return points at even distances on the straight line between two points of the upper half plane."""
    # carry the first point to the middle of the disk, where straight lines through it are straight
    away = (last - first) / (last - first.conjugate())
    distance = 2 * np.arctanh(abs(away))
    if distance == 0:
        return [first] * len(fractions)
    disk = away / abs(away) * np.tanh(fractions * distance / 2)
    return [complex((first - first.conjugate() * w) / (1 - w)) for w in disk]
