"""Find what a widget shows where a page finds it: among its children, not under its private names."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

import ipywidgets as ipw

from lattice_widgets.views.canvas.picture_canvas import PictureCanvas

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


def named(widget: ipw.Widget, name: str) -> ipw.Widget:
    """Give the control or button of this name (its description, with the unit)."""
    found = [one for one in parts(widget, ipw.DOMWidget) if getattr(one, "description", None) == name]
    assert found, f"{type(widget).__name__} has no {name!r}"
    return found[0]


def spectrum_of(widget: ipw.Widget) -> PictureCanvas:
    """Give the picture of the spectrum, whose frequencies are counted from the middle."""
    return next(canvas for canvas in parts(widget, PictureCanvas) if canvas.origin == "center")


def receive(widget: ipw.Widget, content: dict[str, object], buffers: Sequence[memoryview | bytes] = ()) -> None:
    """Hand a part what its page sends."""
    widget._handle_custom_msg(content, [memoryview(buffer) for buffer in buffers])


def words(widget: ipw.Widget) -> str:
    """Give all that a widget says in lines of text, from top to bottom; minus signs as Python writes them."""
    return _as_python("\n".join(line.value for line in parts(widget, ipw.HTML | ipw.Label) if line.value))


def said(widget: ipw.Widget) -> str:
    """Give what a screen reader reads aloud: the lines that say the answer; minus signs as Python writes them."""
    return _as_python(
        "\n".join(
            line.value for line in parts(widget, ipw.HTML) if line.value and "lattice-widgets-live" in line._dom_classes
        )
    )


def _as_python(text: str) -> str:
    """Return a text whose numbers can be compared with those that Python prints."""
    return text.replace("\N{MINUS SIGN}", "-")
