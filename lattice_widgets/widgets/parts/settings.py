"""Traits for settings that refuse in one sentence what the traits of traitlets let pass or fall over."""

from math import isfinite
from typing import Any

import traitlets as t

__all__ = ["Choice", "Number", "Pair", "Words"]


class Number(t.Float):
    """A number; NaN and infinity, which pass comparisons with a limit, are refused."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return the number; TraitError if it is none, is not finite or lies outside the range."""
        try:
            number: float = super().validate(obj, value)
        except OverflowError:
            raise t.TraitError(f"{self.name} is larger than any number that can be calculated with.") from None
        if not isfinite(number):
            raise t.TraitError(f"{self.name} must be a finite number, not {number}.")
        return number


class Choice(t.Enum):
    """One of several words or numbers; what cannot be compared with them, such as an array, is refused."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the choice; TraitError if there is no such."""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            choices = ", ".join(map(repr, self.values or ()))
            raise t.TraitError(f"{self.name} is one of {choices}, not a {type(value).__name__}.")
        return super().validate(obj, value)


class Words(t.Unicode):
    """A text that can be sent to the page and written to a file; half a character cannot."""

    def validate(self, obj: Any, value: Any) -> str:
        """Return the text; TraitError if it is none."""
        text: str = super().validate(obj, value)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise t.TraitError(f"{self.name} has half a character, which cannot be written: type it anew.") from None
        if "\0" in text:
            raise t.TraitError(f"{self.name} has a character that no name may have (NUL).")
        return text


class Pair(t.Tuple):
    """Two finite numbers, or () for none."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return both as floats; TraitError if they are no two finite numbers."""
        pair: Any = super().validate(obj, value)
        try:
            numbers = tuple(float(each) for each in pair or ())
        except (TypeError, ValueError, OverflowError):
            numbers = (float("nan"),)
        if len(numbers) not in (0, 2) or not all(map(isfinite, numbers)):
            raise t.TraitError(f"{self.name} is two finite numbers, (row, col), or () for none.")
        return numbers
