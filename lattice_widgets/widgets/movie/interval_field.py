"""The time from one frame to the next: the field that sets it, and beside it which one holds and where it comes from."""

import re
from typing import Any

import ipywidgets as ipw
import numpy as np

from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.units import time_in_s
from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import row, says

__all__ = ["IntervalField", "parse_interval"]

_NUMBER = re.compile(r"([-+]?[\d.,]+(?:[eE][-+]?\d+)?)\s*(\S*)")


def parse_interval(text: str) -> float:
    """Understand a time as it is typed.

    Parameters
    ----------
    text : str
        A number with a unit of time; without one it is in s.

    Returns
    -------
    interval : float
        [s]

    Raises
    ------
    ValueError
        If it is not a positive time.

    Examples
    --------
    >>> [parse_interval(text) for text in ("2.25 s", "40 ms", "0,5", "2 min")]
    [2.25, 0.04, 0.5, 120.0]
    """
    found = _NUMBER.fullmatch(text.strip())
    factor = time_in_s(found[2] or "s") if found else None
    try:
        interval = float(found[1].replace(",", ".")) * factor if found and factor else np.nan
    except ValueError:
        interval = np.nan
    if not (np.isfinite(interval) and interval > 0):
        words = _("{text} is not understood: give the time from one frame to the next, such as 2.25 s or 40 ms.")
        raise ValueError(words.format(text=repr(text.strip())))
    return float(interval)


class IntervalField(ipw.HBox):
    """A field to type the time between frames.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``frame_interval`` [s], None for what the movie says.

    Attributes
    ----------
    text : ipywidgets.Text
        The field.
    """

    def __init__(self, owner: Any) -> None:
        self._owner, self._following, self._origin = owner, False, ""
        self.text = ipw.Text(
            continuous_update=False,
            description=_("interval"),
            placeholder=_("2.25 s, or 40 ms"),
            tooltip=_("From one frame to the next, if the movie does not say or is wrong. Empty: as the movie says."),
            style={"description_width": "56px"},
            layout=ipw.Layout(width="200px", max_width="calc(100% - 4px)"),
        )
        self.text.add_class("lattice-widgets-frame-interval")
        self._says = says(live=True)
        self._follow()
        owner.observe(self._follow, "frame_interval")
        self.text.observe(self._take, "value")
        super().__init__([row(self.text, self._says)], layout=ipw.Layout(width="auto", min_width="0"))

    def say(self, frames: Frames) -> None:
        """Say which time holds for a movie, and where it comes from."""
        words = _("not known: rates are per frame")
        if len(frames) < 2:
            words = _("one frame has no interval")
        elif frames.timed:
            origin = _("by hand") if self._owner.frame_interval is not None else _("from the movie")
            words = _("{interval:.4g} s ({origin})").format(interval=frames.frame_interval, origin=origin)
        self._origin = self._says.value = in_html(words)

    def clear(self) -> None:
        """Say nothing: there is no movie."""
        self._origin = self._says.value = ""

    def _follow(self, change: Any = None) -> None:
        given = self._owner.frame_interval
        self._following = True
        try:
            self.text.value = "" if given is None else f"{given:.10g} s"
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if self._following:
            return
        typed = self.text.value.strip()
        try:
            interval = parse_interval(typed) if typed else None
        except ValueError as problem:  # said beside the field, in which what was typed stays
            self._says.value = f'<span style="color:#c00000">{in_html(str(problem))}</span>'
            return
        self._says.value = self._origin
        self._owner.frame_interval = interval
        self._follow()
