"""Closing a widget closes all that it is made of: ipywidgets keeps every widget that was not closed for ever."""

from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets as ipw
import xarray as xr
from ipywidgets.widgets.widget_style import Style

__all__ = ["parts_of"]

_OURS = ("lattice_widgets.widgets", "lattice_widgets.views")
#: what holds nothing, and is most of what a widget keeps: it is passed over at once
_PLAIN = frozenset((type(None), bool, int, float, str, bytes))
#: widgets that hold words and numbers alone: half of the parts of a widget
_ENDS = (ipw.Layout, Style)


def parts_of(widget: ipw.Widget, whole: type[ipw.Widget]) -> list[ipw.Widget]:
    """Return the widgets that a widget is made of, at any depth.

    These are its children, layouts, styles, marks, axes and scales, and what it and its features keep until it is to be
    shown, such as a chart that is put into its page when the page is seen.

    Parameters
    ----------
    widget : ipywidgets.Widget
        Whose parts.
    whole : type
        The class of the widgets that stand alone. Such a one is a part only where it is a child; one that is kept in an
        attribute, such as the simulator that a panel follows, belongs to the user.

    Returns
    -------
    parts : list of ipywidgets.Widget
        Each once, without the widget itself.
    """
    found: dict[int, ipw.Widget] = {}
    seen: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(widget, True)]
    while waiting:
        holder, shown = waiting.pop()
        if isinstance(holder, ipw.Widget):
            if holder is not widget and (id(holder) in found or (isinstance(holder, whole) and not shown)):
                continue
            if holder is not widget:
                found[id(holder)] = holder
            if isinstance(holder, _ENDS):
                continue
            waiting += [(value, True) for name in holder.keys for value in _within(getattr(holder, name, None))]
        elif id(holder) in seen:
            continue
        seen.add(id(holder))
        waiting += [(value, False) for kept in _attributes(holder) for value in _within(kept)]
    return list(found.values())


def _attributes(holder: Any) -> list[Any]:
    """Return what an object of ours keeps in its attributes; of others nothing."""
    if not type(holder).__module__.startswith(_OURS) or not hasattr(holder, "__dict__"):
        return []
    return list(vars(holder).values())


def _within(value: Any) -> Iterator[Any]:
    """Yield the widgets and objects of ours that are a value or that lie in it, in lists and mappings too."""
    if isinstance(value, xr.Dataset):  # a mapping too, but of numbers alone
        return
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        for part in value:
            if type(part) not in _PLAIN:
                yield from _within(part)
    elif isinstance(value, ipw.Widget) or type(value).__module__.startswith(_OURS):
        yield value
