"""Find what a widget shows where a page finds it: among its children, not under its private names."""

from collections.abc import Iterator
from typing import TypeVar

import ipywidgets as ipw

Part = TypeVar("Part", bound=ipw.Widget)


def parts(widget: ipw.Widget, kind: type[Part]) -> Iterator[Part]:
    """Yield the parts of a kind, from top to bottom, those on hidden pages too."""
    for child in getattr(widget, "children", ()):
        if isinstance(child, kind):
            yield child
        yield from parts(child, kind)


def part(widget: ipw.Widget, kind: type[Part], number: int = 0) -> Part:
    """Give one part of a kind, the first if no number tells another."""
    found = list(parts(widget, kind))
    assert len(found) > number, f"{type(widget).__name__} has {len(found)} of {kind.__name__}"
    return found[number]
