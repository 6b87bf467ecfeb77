"""The unit cell: drawn over the micrograph, dragged there, and kept to one Bravais type."""

from typing import Any

import numpy as np
import traitlets as t
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.crystal import Atom
from lattice_widgets.core.simulation.micrograph import Micrograph
from lattice_widgets.language import N_
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas

__all__ = ["FREE", "LOCKS", "DrawnCell", "dragged_cell", "keep_type"]

FREE = N_("as the numbers say")
#: Bravais type -> gamma where it is locked [degrees], whether b is locked to a
LOCKS: dict[str, tuple[float | None, bool]] = {
    FREE: (None, False),
    "oblique": (None, False),
    "rectangular": (90.0, False),
    "centered rectangular": (None, True),
    "square": (90.0, True),
    "hexagonal": (120.0, True),
}
#: what a hand sets has no more digits than the sliders: decimals of lengths [nm] and of angles [degrees]
_DECIMALS = {"a": 4, "b": 4, "gamma": 1, "rotation": 1}


def keep_type(owner: Any, controls: dict[str, Any], changed: str) -> None:
    """Set what the Bravais type fixes of the cell, and lock its controls.

    Parameters
    ----------
    owner : LatticeSimulator
        Its ``a``, ``b`` and ``gamma`` follow its ``bravais_type``.
    controls : dict
        Those of ``b`` and ``gamma``, by name.
    changed : str
        The trait that was set: of two equal sides the other one follows it.
    """
    angle, equal = LOCKS[owner.bravais_type]
    controls["gamma"].disabled = angle is not None
    controls["b"].disabled = equal
    if angle is not None:
        owner.gamma = angle
    if equal:
        if changed == "b":
            owner.a = owner.b
        owner.b = owner.a


def dragged_cell(
    vectors: NDArray[np.float64], moved: int, gamma: float | None, equal: bool, limits: tuple[float, float]
) -> dict[str, float]:
    """Find the cell after one of its vectors was dragged; the other one follows as far as the type of the lattice asks.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        Both vectors in rows, (row, col) [nm], as they are after the drag.
    moved : int
        Which was dragged, 0 or 1.
    gamma : float or None
        The angle between them, if it is fixed [degrees].
    equal : bool
        Whether both are equally long.
    limits : tuple of float
        Smallest and largest angle between them [degrees].

    Returns
    -------
    dict
        ``a``, ``b`` [nm], ``gamma`` and ``rotation`` [degrees].

    Examples
    --------
    >>> dragged_cell(np.array([[0.0, 2.0], [-1.0, 0.0]]), 0, None, False, (30, 150))
    {'a': 2.0, 'b': 1.0, 'gamma': 90.0, 'rotation': 0.0}
    >>> dragged_cell(np.array([[0.0, 2.0], [-1.0, 0.0]]), 1, 120.0, True, (30, 150))
    {'a': 1.0, 'b': 1.0, 'gamma': 120.0, 'rotation': -30.0}
    """
    lengths = np.hypot(*vectors.T)
    if equal:
        lengths[:] = lengths[moved]
    # on the screen rows grow downward, and angles are counted counter-clockwise
    first, second = np.rad2deg(np.arctan2(-vectors[:, 0], vectors[:, 1]))
    if gamma is None:
        between = (second - first) % 360
        low, high = limits
        # past the opposite direction it is nearer to the other end
        gamma = float(min(max(between, low), high)) if between < 180 + (low + high) / 2 else low
    elif moved:
        first = second - gamma
    rotation = (first + 180) % 360 - 180
    found = {"a": lengths[0], "b": lengths[1], "gamma": gamma, "rotation": rotation}
    return {name: round(float(value), _DECIMALS[name]) + 0.0 for name, value in found.items()}


class DrawnCell:
    """The cell over the micrograph, whose two vectors can be dragged at their ends.

    Parameters
    ----------
    owner : LatticeSimulator
        Has the traits ``a``, ``b``, ``gamma``, ``rotation``, ``bravais_type``, ``show_cell`` and ``show_basis``.
    canvas : PictureCanvas
        The micrograph.
    """

    def __init__(self, owner: Any, canvas: PictureCanvas) -> None:
        self._owner, self._canvas = owner, canvas
        self._drawn: tuple[tuple[float, ...], ...] = ()
        self._micrograph: Micrograph | None = None
        t.link((owner, "show_cell"), (canvas, "show_cells"))
        canvas.cell_handles = True
        canvas.observe(self._take, "cells")
        self._basis: tuple[Atom, ...] = ()
        owner.observe(self._show_atoms, "show_basis")

    def show(self, cell: Lattice, micrograph: Micrograph, basis: tuple[Atom, ...], moves: int) -> None:
        """Draw the cell of the crystal, after so many moves by hand, with its corner in the middle of the micrograph."""
        self._micrograph, self._basis = micrograph, basis
        self._draw_atoms()
        vectors = cell.transformed(_drift_of(micrograph)).vectors / micrograph.pixel_size
        rows, cols = micrograph.image.shape
        self._drawn = (((rows - 1) / 2, (cols - 1) / 2, *map(float, vectors.ravel())),)
        with self._canvas.hold_sync():
            self._canvas.cells, self._canvas.cells_know = self._drawn, moves

    def _show_atoms(self, change: Any) -> None:
        if change["new"]:
            self._owner.show_cell = True  # without it nobody knows which cell the atoms are of
        self._draw_atoms()

    def _draw_atoms(self) -> None:
        """Put the atoms where the micrograph has them: it has the center of the basis in its middle."""
        if not self._owner.show_basis or not self._basis:
            self._canvas.cell_atoms = ()
            return
        u, v = np.mean([(atom.u, atom.v) for atom in self._basis], axis=0)
        self._canvas.cell_atoms = tuple((atom.u - u, atom.v - v, atom.element) for atom in self._basis)

    def _take(self, change: Any) -> None:
        cells, micrograph, owner = self._canvas.cells, self._micrograph, self._owner
        if micrograph is None or not cells or cells == self._drawn:
            return
        self._drawn = cells
        back = np.linalg.inv(_drift_of(micrograph))
        vectors = np.reshape(cells[0][2:], (2, 2)) @ back.T * micrograph.pixel_size
        gamma, equal = LOCKS[owner.bravais_type]
        traits = owner.traits()
        limits = traits["gamma"].min, traits["gamma"].max
        found = dragged_cell(vectors, self._canvas.cell_grip[0], gamma, equal, limits)
        allowed = {name: min(max(value, traits[name].min), traits[name].max) for name, value in found.items()}
        if allowed == {name: getattr(owner, name) for name in allowed}:
            owner.refresh()  # the hand went where no cell is, or less than a step of the sliders: it gets the cell as it is
        with owner.hold_trait_notifications():
            for name, value in allowed.items():
                setattr(owner, name, value)


def _drift_of(micrograph: Micrograph) -> NDArray[np.float64]:
    """Return the matrix that carries vectors of the crystal to those of the picture."""
    matrix: NDArray[np.float64] = (
        np.linalg.inv(micrograph.crystal_lattice.vectors) @ micrograph.picture_lattice.vectors
    ).T
    return matrix
