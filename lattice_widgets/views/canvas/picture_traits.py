"""Trait types and checks of the picture canvas."""

import math
from numbers import Real
from typing import Any

import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple

__all__ = ["Boxes", "CellAtoms", "Cells", "PixelSize", "Ruler", "View", "Window", "reject_unknown"]


def reject_unknown(widget_class: type[t.HasTraits], settings: dict[str, Any]) -> None:
    """Refuse settings that are no traits; ipywidgets would swallow a misspelled name silently.

    Parameters
    ----------
    widget_class : type
        Class of the widget.
    settings : dict
        Names and values that a user gave.

    Raises
    ------
    TypeError
        If a name is no public trait of the class.
    """
    known = {name for name in widget_class.class_trait_names() if not name.startswith("_")}
    for name in settings:
        if name not in known:
            raise TypeError(f'{widget_class.__name__} has no setting "{name}".')


class PixelSize(t.TraitType[tuple[float, float], Any]):
    """Size of a pixel, (row, col). One number is taken for both; ``None`` and 0 mean that it is not known: (0, 0)."""

    default_value = (0.0, 0.0)
    info_text = "a size, a pair of sizes (row, col), or None"

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        """Give the size as a pair of floats.

        Raises
        ------
        traitlets.TraitError
            If a size is no number, or negative, infinite or NaN, or if only one of the two is known.
        """
        sizes = (0.0 if value is None else value,) * 2 if value is None or isinstance(value, Real) else value
        try:
            row, col = (float(size) for size in sizes)
        except (TypeError, ValueError):
            raise t.TraitError(f"{self.name} is a number, a pair (row, col) or None, not {value!r}.") from None
        if not (math.isfinite(row) and math.isfinite(col) and row >= 0 and col >= 0 and (row > 0) == (col > 0)):
            raise t.TraitError(f"{self.name} is two positive numbers, or 0 where it is not known; not {value!r}.")
        return row, col


_BOX_NUMBERS = ("row", "col", "height", "width")
_BOX_DEFAULTS: dict[str, Any] = {"label": "", "color": "#56B4E9", "dashed": False}


class Boxes(t.List[dict[str, Any]]):
    """Boxes over a picture: dicts ``row, col, height, width`` [px] and, if wanted, ``label, color, dashed``."""

    def validate(self, obj: Any, value: Any) -> list[dict[str, Any]]:
        """Give the boxes with all their keys.

        Raises
        ------
        traitlets.TraitError
            If a box lacks a number, has an unknown key, or has no size.
        """
        boxes = super().validate(obj, list(value) if isinstance(value, tuple) else value)
        return [self._checked(box) for box in boxes or ()]

    def _checked(self, box: Any) -> dict[str, Any]:
        if not isinstance(box, dict):
            raise t.TraitError(f"A box is a dict with {', '.join(_BOX_NUMBERS)}; not {box!r}.")
        for name in box:
            if name not in _BOX_NUMBERS and name not in _BOX_DEFAULTS:
                raise t.TraitError(f'A box has no key "{name}"; it has {", ".join((*_BOX_NUMBERS, *_BOX_DEFAULTS))}.')
        try:
            numbers = {name: float(box[name]) for name in _BOX_NUMBERS}
        except (KeyError, TypeError, ValueError):
            raise t.TraitError(f"A box needs the numbers {', '.join(_BOX_NUMBERS)}; this one is {box!r}.") from None
        if not all(map(math.isfinite, numbers.values())) or numbers["height"] <= 0 or numbers["width"] <= 0:
            raise t.TraitError(f"A box has a finite place and a positive height and width; this one is {box!r}.")
        return {**_BOX_DEFAULTS, **box, **numbers}


class View(TypedTuple):
    """A part of the picture, (row, col, height, width) [px]; () for all of it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(t.Float(), **settings)

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        """Give the numbers; TraitError if they are no part of a picture."""
        view: tuple[float, ...] = super().validate(obj, value)
        if len(view) not in (0, 4) or (view and min(view[2:]) <= 0):
            raise t.TraitError(f"view is () or (row, col, height, width) with a positive size, not {view}.")
        return view


class Ruler(TypedTuple):
    """A line, (row, col, row, col) [px]; () for none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(t.Float(), **settings)

    def validate(self, obj: Any, value: Any) -> tuple[float, ...]:
        """Give the numbers; TraitError if they are no line."""
        ruler: tuple[float, ...] = super().validate(obj, value)
        if len(ruler) not in (0, 4) or not all(map(math.isfinite, ruler)):
            raise t.TraitError(f"ruler is () or (row, col, row, col), not {ruler}.")
        return ruler


class Window(TypedTuple):
    """A window, (row, col, height, width) [px]; () for none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(t.Int(), **settings)

    def validate(self, obj: Any, value: Any) -> tuple[int, ...]:
        """Give the numbers; TraitError if they are no window."""
        window: tuple[int, ...] = super().validate(obj, value)
        if len(window) not in (0, 4) or (window and (min(window[:2]) < 0 or min(window[2:]) < 1)):
            raise t.TraitError(f"window is () or (row, col, height, width) inside the picture, not {window}.")
        return window


class Cells(t.TraitType[Any, Any]):
    """Unit cells, each (row, col, a row, a col, b row, b col) [px]: a corner, and from there both vectors."""

    default_value = ()

    def validate(self, obj: Any, value: Any) -> tuple[tuple[float, ...], ...]:
        """Give the cells as tuples of floats; TraitError if one is no cell."""
        try:
            cells = tuple(tuple(float(part) for part in cell) for cell in value or ())
        except (TypeError, ValueError):
            cells = ((math.nan,),)
        if not all(len(cell) == 6 and all(map(math.isfinite, cell)) for cell in cells):
            raise t.TraitError(f"{self.name} are cells of six finite numbers (row, col, two vectors), not {value!r}.")
        return cells


class CellAtoms(t.TraitType[Any, Any]):
    """Atoms of a unit cell, each (u, v, name): fractions of the two vectors, and what it is called."""

    default_value = ()

    def validate(self, obj: Any, value: Any) -> tuple[tuple[float, float, str], ...]:
        """Give the atoms as tuples; TraitError if one is no atom."""
        try:
            atoms = tuple((float(u), float(v), str(name)) for u, v, name in value or ())
        except (TypeError, ValueError):
            atoms = ((math.nan, math.nan, ""),)
        if not all(math.isfinite(u) and math.isfinite(v) for u, v, _name in atoms):
            raise t.TraitError(f"{self.name} are atoms (u, v, name) with finite u and v, not {value!r}.")
        return atoms
