"""A line over a scale bar: its length is typed, and the picture is calibrated."""

from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button, says

__all__ = ["RulerField"]


class RulerField(ipw.HBox):
    """A button that lays a line over the picture, a field for its length, and how many pixels it is long.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``pixel_size``.
    canvas : PictureCanvas
        The picture.
    """

    def __init__(self, owner: Any, canvas: PictureCanvas) -> None:
        self._owner, self._canvas, self._step = owner, canvas, 1
        self.draw_line = ipw.ToggleButton(
            description=_("scale bar"),
            tooltip=_("Lay a line over the scale bar of the picture, and type how long it is"),
            layout=ipw.Layout(width="90px"),
        )
        self.draw_line.add_class("lattice-widgets-ruler")
        self.length = ipw.Text(
            placeholder=_("5 nm"),
            tooltip=_("How long the line is, with its unit"),
            layout=ipw.Layout(width="90px", display="none"),
        )
        self.length.add_class("lattice-widgets-ruler-length")
        self.set_button = button(_("set"), _("Take this length for that of the line"), self._set, "60px")
        self.set_button.layout.display = "none"
        self._says = says(live=True)
        self.draw_line.observe(self._toggle, "value")
        canvas.observe(self._tell, "ruler")
        super().__init__(
            [self.draw_line, self.length, self.set_button, self._says], layout=ipw.Layout(flex_flow="row wrap")
        )

    @property
    def pixels(self) -> float:
        """How long the line is [px of the picture]; 0 if there is none."""
        line = self._canvas.ruler
        return float(np.hypot(line[2] - line[0], line[3] - line[1])) * self._step if len(line) == 4 else 0.0

    def take(self, step: int) -> None:
        """Take a new picture, of whose pixels ``step`` along each axis are one of the screen."""
        self._step = step
        self.close_line()

    def close_line(self) -> None:
        """Take the line off the picture."""
        self.draw_line.value = False

    def _toggle(self, change: Any) -> None:
        on = self.draw_line.value and self._canvas.rows > 0
        for part in (self.length, self.set_button):
            part.layout.display = None if on else "none"
        rows, cols = self._canvas.rows, self._canvas.cols
        self._canvas.scale_bar = not on  # ours would lie over that of the picture
        # where most microscopes draw theirs
        self._canvas.ruler = (0.93 * rows, 0.05 * cols, 0.93 * rows, 0.3 * cols) if on else ()
        self._tell()

    def _tell(self, change: Any = None) -> None:
        words = _("Drag the ends of the line over the scale bar: {pixels:.5g} px.")
        self._says.value = in_html(words.format(pixels=self.pixels)) if self.pixels else ""

    def _set(self) -> None:
        if not self.length.value.strip():
            self._refuse(_("Type how long the line is, such as 5 nm."))
            return
        try:
            self._owner.pixel_size = f"{self.length.value.strip()} over {self.pixels:.5g} px"
        except t.TraitError:
            self._refuse(_("This is no length: type a number with its unit, such as 5 nm."))
            return
        self.close_line()

    def _refuse(self, words: str) -> None:
        self._says.value = f'<span style="color:#c00000">{in_html(words)}</span>'
