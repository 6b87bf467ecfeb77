"""Pictures of atoms that were moved by a known displacement: pixels are never warped."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.exposure import deposit, expose

Move = Callable[[NDArray], NDArray]


def draw_atoms(
    lattice: Lattice,
    shape: tuple[int, int],
    *,
    move: Move | None = None,
    keep: Callable[[NDArray], NDArray] | None = None,
    basis: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 1.0),),
    sigma: float | None = None,
    jitter: NDArray | None = None,
    origin: tuple[float, float] = (0.3, 0.7),
) -> NDArray:
    """Draw the atoms of a lattice [px], each moved by ``move(places) - places``, as Gaussians of height 1.

    `basis` holds (u, v, brightness); `keep` says by the place before it is moved whether there is an atom; `jitter` shifts
    each row along itself [px].
    """
    margin = 60
    rows, cols = shape[0] + 2 * margin, shape[1] + 2 * margin
    reach = int(np.ceil(np.hypot(rows, cols) / np.hypot(*lattice.reduced().vectors[0]) * 1.2))
    index = np.stack(np.meshgrid(*2 * [np.arange(-reach, reach + 1)], indexing="ij"), axis=-1).reshape(-1, 2)
    points = np.zeros((rows, cols))
    vectors = lattice.reduced().vectors
    for u, v, light in basis:
        places = (index + np.array([u, v])) @ vectors + [shape[0] / 2 + origin[0], shape[1] / 2 + origin[1]]
        near = ((places > -3 * margin) & (places < np.array(shape) + 3 * margin)).all(axis=1)
        places = places[near]
        if keep is not None:
            places = places[keep(places)]
        if move is not None:
            places = move(places)
        deposit(points, places + margin, np.full(len(places), light))
    shifts = None
    if jitter is not None:
        shifts = np.zeros(rows)
        shifts[margin : margin + shape[0]] = jitter
    sigma = sigma or 0.2 * lattice.reduced().a
    image = expose(points, sigma, np.zeros(2), 0.0, shifts)
    return image[margin : margin + shape[0], margin : margin + shape[1]]


def edge_dislocation(place: tuple[float, float], burgers: NDArray, poisson: float = 0.3) -> Move:
    """Return the move of the atoms around an edge dislocation in an isotropic elastic crystal.

    A loop of displacements that runs counter-clockwise on the screen adds up to `burgers` [px]. The glide plane is where atoms
    on both sides move against each other by a lattice vector, so that the crystal is whole there.

    Reference: J. P. Hirth & J. Lothe, Theory of Dislocations (1982), eqs. 3-45 and 3-46.
    """
    size = float(np.hypot(*burgers))
    along = np.asarray(burgers) / size
    up = np.array([-along[1], along[0]])  # a quarter turn counter-clockwise, of (row, col)

    def moved(places: NDArray) -> NDArray:
        x, y = (places - np.array(place)) @ along, (places - np.array(place)) @ up
        square = np.maximum(x**2 + y**2, 1e-6)
        right = np.arctan2(y, x) + x * y / (2 * (1 - poisson) * square)
        upward = (1 - 2 * poisson) * np.log(square) + (x**2 - y**2) / square
        upward = -upward / (4 * (1 - poisson))
        return places + size / (2 * np.pi) * (np.outer(right, along) + np.outer(upward, up))

    return moved
