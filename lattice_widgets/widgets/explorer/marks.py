"""Where the spots of the geometry lie in the transform on the screen, their Miller indices, and what each of them is."""

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

__all__ = ["SpotMarks", "miller", "spot_marks"]

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
        Whether it does not belong to the lattice: it gets a dot, not a ring.
    """

    positions: NDArray[np.float64]
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    faint: tuple[bool, ...] = ()

    def settings(self) -> dict[str, Any]:
        """Return what `PictureCanvas.show` takes."""
        return {
            "points": self.positions, "point_labels": self.names, "point_notes": self.notes, "faint_points": self.faint,
        }  # fmt: skip


def spot_marks(found: WindowSpectrum, result: WindowResult | None) -> SpotMarks:
    """Return the spots measured last as they lie in a spectrum."""
    if result is None:
        return SpotMarks(np.zeros((0, 2)))
    places, fit = result.spots.frequency, result.fit
    both = np.concatenate([places, -places])
    positions = found.shown.pixel_of(both)
    inside = np.flatnonzero(np.all((positions >= 0) & (positions < found.shown.magnitude.shape), axis=1))
    if fit is None:
        notes = [_axis_note(frequency, found) or _("no lattice is found, so it has no indices") for frequency in both]
        return SpotMarks(
            positions[inside], ("",) * len(inside), tuple(notes[n] for n in inside), (False,) * len(inside)
        )
    signed = np.concatenate([fit.indices, -fit.indices])
    indexed = np.tile(fit.indexed, 2)
    names, notes = [], []
    for number in inside:
        h, k = (int(index) for index in signed[number])
        # further out labels would only cover the picture
        names.append(miller(h, k) if indexed[number] and max(abs(h), abs(k)) <= 2 else "")
        if indexed[number]:
            notes.append(_index_note(h, k))
        else:
            notes.append(_axis_note(both[number], found) or _stray_note(both[number], fit))
    return SpotMarks(positions[inside], tuple(names), tuple(notes), tuple(bool(~indexed[n]) for n in inside))


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


def _stray_note(frequency: NDArray[np.float64], fit: LatticeFit) -> str:
    index = fit.vectors @ np.asarray(frequency)
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
