"""Small parts that panels are made of: a line of text, a button, a row, a number to type."""

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.views.shared.numbers import true_minus

__all__ = ["Line", "button", "row", "says", "short_control"]

_SHORT = {"description_width": "64px"}


class Line(ipw.HTML):
    """A line of HTML whose negative numbers begin with a true minus."""

    @t.validate("value")
    def _with_true_minus(self, proposal: Any) -> str:
        return true_minus(proposal["value"])


def says(text: str = "", live: bool = False) -> ipw.HTML:
    """Return a line that says something; a screen reader reads a live one aloud when it changes."""
    line = Line(text)
    line.add_class("lattice-widgets-says")
    if live:
        line.add_class("lattice-widgets-live")
    return line


def button(name: str, tooltip: str, act: Callable[[], Any]) -> ipw.Button:
    """Return a button that does something, as wide as its name; name and tooltip are translated by the caller."""
    made = ipw.Button(description=name, tooltip=tooltip, layout=ipw.Layout(width="auto"))
    made.on_click(lambda made: act())
    return made


def row(*parts: ipw.Widget) -> ipw.HBox:
    """Return the parts beside each other, in lines as the page has the room."""
    return ipw.HBox(list(parts), layout=ipw.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 8px"))


def short_control(kind: Any, name: str, tooltip: str, **settings: Any) -> Any:
    """Return a control with a short name, for a row of several: a number to type, or a Dropdown."""
    layout = ipw.Layout(width="170px" if kind is ipw.Dropdown else "134px")
    return kind(description=name, tooltip=tooltip, style=_SHORT, layout=layout, **settings)
