"""The window: dragged over the picture or typed as four numbers, and how its transform is shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.core.pictures.content.scanned import Box
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer.window_result import Shown
from lattice_widgets.widgets.explorer.work import Opened, scanned_part
from lattice_widgets.widgets.parts.controls import choices, control
from lattice_widgets.widgets.parts.lines import button, row, short_control
from lattice_widgets.widgets.parts.network import network_choice

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Window", "WindowTrait"]


class WindowTrait(t.Tuple):
    """A window (row, col, height, width) [px of the picture], or () for all of it."""

    def validate(self, obj: Any, value: Any) -> tuple[int, ...]:
        """Return four whole numbers, or none."""
        window = super().validate(obj, value) or ()
        if len(window) not in (0, 4) or not all(
            not isinstance(part, complex) and np.isfinite(part) and int(part) == part for part in window
        ):
            raise t.TraitError(f"window is () or four whole numbers (row, col, height, width), not {window}.")
        window = tuple(int(part) for part in window)
        if window and (min(window[:2]) < 0 or min(window[2:]) < 1):
            raise t.TraitError(f"window starts inside the picture and has a size, unlike {window}.")
        return window


class Window:
    """The window over the picture.

    Parameters
    ----------
    owner : FFTExplorer
        Has the trait `window` and those of the transform.
    shown : Shown
        What it shows.
    canvas : PictureCanvas
        The picture, over which the window is dragged.

    Attributes
    ----------
    numbers, settings : ipywidgets.Widget
        To be put below the picture and below the transform.
    frame : ipywidgets.Widget
        The choice of the picture of a movie.
    crop_button : ipywidgets.Button
        Shown while a part of the window was not scanned: to be put below the sentence that says so.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, canvas: PictureCanvas) -> None:
        self._owner, self._shown, self._canvas = owner, shown, canvas
        names = (
            (_("row"), _("First row of the window [px]")),
            (_("col"), _("First column of the window [px]")),
            (_("height"), _("Height of the window [px]")),
            (_("width"), _("Width of the window [px]")),
        )
        self._typed = [short_control(ipw.BoundedIntText, name, tip, min=0, max=100_000) for name, tip in names]
        self._setting = False
        self.frame = control(owner, "frame")
        self.frame.layout.display = "none"
        whole = button(_("whole picture"), _("Make the window the whole picture"), self.make_whole)
        self.crop_button = button(_("crop"), _("Make the window smaller: the part of it that was scanned"), self.crop)
        self.crop_button.layout.display, self.crop_button.layout.align_self = "none", "flex-start"
        self.numbers = ipw.VBox([row(*self._typed, whole), self.frame])
        self._d = short_control(
            ipw.BoundedFloatText, "d [px]", _("Spacing of the ring; 0: no ring"), min=0, max=1e6, step=0.01
        )
        self._range = short_control(
            ipw.BoundedFloatText,
            _("to [{unit}]").format(unit="1/px"),
            _("Largest frequency shown; 0: what is interesting"),
            min=0,
            max=1e6,
            step=0.1,
        )
        t.link((owner, "d_spacing"), (self._d, "value"))
        t.link((owner, "frequency_range"), (self._range, "value"))
        self._d.add_class("lattice-widgets-d-spacing")
        self.settings = row(self._d, self._range, self._taper(), self._network())
        for number in self._typed:
            number.observe(self._take_typed, "value")
        canvas.observe(self._take_dragged, "window")
        owner.observe(self._follow, "window")
        self._follow()

    def make_whole(self) -> None:
        """Make the window the whole picture."""
        if self._shown.opened is not None:
            self._owner.window = self._shown.opened.whole

    def crop(self) -> None:
        """Make the window smaller until all of it was scanned; do nothing if it is, or if too little was."""
        smaller = self._scanned()
        if smaller is not None:
            self._owner.window = smaller

    def _scanned(self) -> Box | None:
        opened, window = self._shown.opened, self._owner.window
        return scanned_part(opened.values, window) if opened and not opened.is_complete and len(window) == 4 else None

    def open(self, opened: Opened) -> None:
        """Take over the limits and units of a picture; a window that does not fit becomes the whole of it."""
        self._name_units("nm" if opened.pixel_size else "px")
        self.frame.max = opened.frames - 1
        self.frame.layout.display = None if opened.frames > 1 else "none"
        window, (rows, cols) = self._owner.window, opened.shape
        if len(window) == 4 and window[0] + window[2] <= rows and window[1] + window[3] <= cols:
            self._outline()
        else:
            self._owner.window = opened.whole

    def leave(self) -> None:
        """Forget limits and units of a picture: those of the next one are not known yet."""
        self._name_units("?")
        self.crop_button.layout.display = "none"
        # the number of a frame of the next picture may be larger
        self.frame.max = self._owner.traits()["frame"].max
        self.frame.layout.display = "none"

    def _taper(self) -> ipw.Dropdown:
        trait = self._owner.traits()["taper"]
        made = short_control(ipw.Dropdown, _(trait.metadata["label"]), _(trait.help), options=choices(trait.values))
        t.link((self._owner, "taper"), (made, "value"))
        return made

    def _network(self) -> ipw.Dropdown:
        trait = self._owner.traits()["classifier"]
        layout = {"style": {"description_width": "64px"}, "layout": ipw.Layout(width="170px")}
        return network_choice(
            self._owner, "classifier", description=_(trait.metadata["label"]), tooltip=_(trait.help), **layout
        )

    def _name_units(self, unit: str) -> None:
        self._d.description = f"d [{unit}]"
        self._range.description = _("to [{unit}]").format(unit=f"1/{unit}")

    def _follow(self, change: Any = None) -> None:
        self._outline()
        if len(self._owner.window) != 4:
            return
        self._setting = True
        try:
            for number, value in zip(self._typed, self._owner.window, strict=True):
                number.value = value
        finally:
            self._setting = False

    def _take_typed(self, change: Any) -> None:
        if self._setting or self._shown.opened is None:
            return
        top, left, height, width = (number.value for number in self._typed)
        rows, cols = self._shown.opened.shape
        # what was typed last holds, as far as the picture goes; the others give way
        height, width = min(max(height, 16), rows), min(max(width, 16), cols)
        self._owner.window = (min(top, rows - height), min(left, cols - width), height, width)
        self._follow()

    def _take_dragged(self, change: Any) -> None:
        opened, dragged = self._shown.opened, self._canvas.window
        if opened is None or not dragged or dragged == self._on_screen(self._owner.window):
            return  # our own outline
        step, (rows, cols), ends = opened.step, opened.shape, opened.shown.shape
        top, left, height, width = (step * part for part in dragged)
        # the last pixels of a picture whose length is no multiple of the step
        height = rows - top if dragged[0] + dragged[2] == ends[0] else height
        width = cols - left if dragged[1] + dragged[3] == ends[1] else width
        self._owner.window = (top, left, height, width)

    def _outline(self) -> None:
        self._canvas.window = self._on_screen(self._owner.window)
        self.crop_button.layout.display = None if self._scanned() is not None else "none"

    def _on_screen(self, window: Sequence[int]) -> tuple[int, ...]:
        opened = self._shown.opened
        if opened is None or len(window) != 4:
            return ()
        starts = [part // opened.step for part in window[:2]]
        sizes = [
            max(1, min(round(part / opened.step), limit - start))
            for part, start, limit in zip(window[2:], starts, opened.shown.shape, strict=True)
        ]
        return (*starts, *sizes)
