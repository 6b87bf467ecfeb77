"""Settings of a record: checked when they come from a recipe, which anybody may have written."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from lattice_widgets.language import _

__all__ = ["plain", "settings_from"]

S = TypeVar("S")


def settings_from(kind: type[S], given: Mapping[str, Any]) -> S:
    """Return the settings of a kind of record.

    Raises
    ------
    ValueError
        If it has no such setting, in one sentence; or if a value makes no sense.
    """
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(names))
    if unknown:
        words = _("A record of this kind has no setting {name}; it has: {names}.")
        raise ValueError(words.format(name=repr(unknown[0]), names=", ".join(names)))
    hints = get_type_hints(kind)
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    for name, value in settings.items():
        if not _fits(value, hints[name]):
            raise ValueError(_("The setting {name} cannot be {value}.").format(name=name, value=repr(value)))
    return kind(**settings)


def _fits(value: Any, hint: Any) -> bool:
    """Tell whether a value is of the type that a setting is annotated with."""
    if hint is Any:
        return True
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return value in parts
    if origin is tuple:
        inside = (
            parts[0] if parts[-1] is Ellipsis or len(value if isinstance(value, tuple) else ()) != len(parts) else Any
        )
        return isinstance(value, tuple) and all(_fits(part, inside) for part in value)
    if hint in (int, float):
        number = not isinstance(value, bool) and hasattr(value, "__index__" if hint is int else "__float__")
        return number and (hint is int or value == value)
    return isinstance(value, hint)


def plain(settings: Any) -> dict[str, Any]:
    """Return settings as JSON can hold them."""
    return {name: _plain(value) for name, value in asdict(settings).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, bool | str):
        return value
    return int(value) if hasattr(value, "__index__") else float(value)
