"""Trait types and checks of the picture canvas."""

import math
from numbers import Real
from typing import Any

import traitlets as t

__all__ = ["Boxes", "PixelSize", "reject_unknown"]


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
