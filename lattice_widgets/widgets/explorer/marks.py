"""Where the spots of the geometry lie in the transform on the screen, their Miller indices, and what each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.language import _
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.explorer.work import WindowSpectrum

__all__ = ["LATTICE_COLORS", "SpotMarks", "miller", "point_colors", "spot_marks"]

#: of the spots and points of each lattice, the strongest first (Okabe and Ito)
LATTICE_COLORS = ("#56B4E9", "#009E73", "#CC79A7", "#D55E00")

#: a spot lies between the nodes of the lattice where its indices are this near to a fraction
_NEAR = 0.03
#: spots on the axes of the transform come from scan lines and edges; how far off they may lie [px of the spectrum]
_ON_AXIS = 1.5


@dataclass(frozen=True, eq=False)
class SpotMarks:
    """Spots in a spectrum on the screen.

    Attributes
    ----------
    positions : ndarray, shape (n, 2)
        (row, col) [px of the spectrum].
    names : tuple of str
        What stands beside each: Miller indices, or nothing.
    notes : tuple of str
        What each is, for who points at it.
    faint : tuple of bool
        Whether it belongs to no lattice: it gets a dot, not a ring.
    colors : tuple of str
        The color of the lattice of each; () where there is one lattice.
    """

    positions: NDArray[np.float64]
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    faint: tuple[bool, ...] = ()
    colors: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Return what `PictureCanvas.show` takes."""
        return {
            "points": self.positions, "point_labels": self.names, "point_notes": self.notes, "faint_points": self.faint,
            "point_colors": self.colors,
        }  # fmt: skip


def point_colors(owners: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the color of each point by the number of its lattice, -1 for none; () if all are of the first."""
    if not (owners > 0).any():
        return ()
    return tuple(LATTICE_COLORS[max(owner, 0) % len(LATTICE_COLORS)] for owner in owners)


def spot_marks(found: WindowSpectrum, result: WindowResult | None) -> SpotMarks:
    """Return the spots measured last as they lie in a spectrum."""
    if result is None:
        return SpotMarks(np.zeros((0, 2)))
    places, indices, owners = (
        np.concatenate([part, -part]) for part in _spots_of_each(result, np.array(found.shown.steps))
    )
    half = len(owners) // 2
    owners[half:] = owners[:half]
    positions = found.shown.pixel_of(places)
    inside = np.flatnonzero(np.all((positions >= 0) & (positions < found.shown.magnitude.shape), axis=1))
    names, notes = [], []
    for number in inside:
        h, k = (int(index) for index in indices[number])
        owner = owners[number]
        # further out labels would only cover the picture, and those of a second lattice the first ones
        names.append(miller(h, k) if owner == 0 and max(abs(h), abs(k)) <= 2 else "")
        if owner < 0:
            notes.append(_axis_note(places[number], found) or _stray_note(places[number], result.lattices))
        elif len(result.lattices) > 1:
            words = _("{spot}, of lattice {number}")
            notes.append(words.format(spot=_index_note(h, k), number=owner + 1))
        else:
            notes.append(_index_note(h, k))
    faint = owners[inside] < 0 if result.lattices else np.zeros(len(inside), np.bool_)
    return SpotMarks(
        positions[inside], tuple(names), tuple(notes), tuple(map(bool, faint)), point_colors(owners[inside])
    )


def _spots_of_each(
    result: WindowResult, near: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return frequency (n, 2), indices (n, 2) and number of the lattice (n,) of each spot; -1 for what is of none.

    A spot that several lattices explain is one of the strongest of them.
    """
    places, indices, owners = np.zeros((0, 2)), np.zeros((0, 2), np.int64), np.zeros(0, np.int64)
    belonging = [(fit.spots.frequency[fit.indexed], fit.indices[fit.indexed]) for fit in result.lattices]
    every = result.spots.frequency
    for number, (own, index) in enumerate([*belonging, (every, np.zeros((len(every), 2), np.int64))]):
        known = np.concatenate([places, -places])
        new = ~(np.abs(own[:, None] - known) < near).all(axis=-1).any(axis=1)
        places, indices = np.concatenate([places, own[new]]), np.concatenate([indices, index[new]])
        owners = np.concatenate([owners, np.full(new.sum(), number if number < len(belonging) else -1)])
    return places, indices, owners


def _index_note(h: int, k: int) -> str:
    order = gcd(h, k)
    if order < 2:
        return _("spot ({h} {k})").format(h=h, k=k)
    words = _("spot ({h} {k}), harmonic {order} of ({first} {second})")
    return words.format(h=h, k=k, order=order, first=h // order, second=k // order)


def _axis_note(frequency: NDArray[np.float64], found: WindowSpectrum) -> str:
    """Say that a spot lies on an axis of the transform, where no lattice is needed to make one; empty if it does not."""
    rows, cols = np.abs(frequency) / found.shown.steps
    if cols <= _ON_AXIS and rows > _ON_AXIS:
        return _("streak on the vertical axis: scan lines and the edges of the picture make such spots")
    if rows <= _ON_AXIS and cols > _ON_AXIS:
        return _("streak on the horizontal axis: the edges of the picture make such spots")
    return ""


def _stray_note(frequency: NDArray[np.float64], lattices: Sequence[LatticeFit]) -> str:
    if not lattices:
        return _("no lattice is found, so it has no indices")
    if len(lattices) > 1:
        return _("belongs to none of the lattices")
    index = lattices[0].vectors @ np.asarray(frequency)
    for part in (2, 3):
        if np.abs(part * index - np.rint(part * index)).max() < part * _NEAR:
            h, k = np.rint(part * index).astype(int)
            words = _("between the spots of the lattice, near ({h} {k})")
            return words.format(h=Fraction(int(h), part), k=Fraction(int(k), part))
    return _("does not belong to the lattice")


def miller(h: int, k: int) -> str:
    r"""Return Miller indices as they are printed, with negative ones overlined.

    Examples
    --------
    >>> miller(1, 0), miller(-1, 2).encode("unicode_escape").decode()
    ('10', '1\\u03052')
    """
    return "".join(f"{abs(index)}\u0305" if index < 0 else str(index) for index in (h, k))
