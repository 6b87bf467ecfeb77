"""A ruler that also calibrates: laid over a scale bar, its length is typed."""

from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.opening.calibration import has_no_unit
from lattice_widgets.widgets.parts.lines import button
from lattice_widgets.widgets.parts.ruler import Ruler

__all__ = ["RulerField"]


class RulerField(Ruler):
    """A ruler with a field for the length of what it lies over.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``pixel_size``.
    canvas : PictureCanvas
        The picture.
    """

    def __init__(self, owner: Any, canvas: PictureCanvas) -> None:
        self._owner = owner
        super().__init__(canvas)

    def more_parts(self) -> list[ipw.Widget]:
        """Return the field and its button."""
        self.length = ipw.Text(
            placeholder=_("5 nm"),
            tooltip=_("If the line lies over a scale bar: how long that is, with its unit"),
            layout=ipw.Layout(width="90px", display="none"),
        )
        self.length.add_class("lattice-widgets-ruler-length")
        self.set_button = button(_("set"), _("Take this length for that of the line"), self._set)
        self.set_button.layout.display = "none"
        return [self.length, self.set_button]

    def show_parts(self, on: bool) -> None:
        """Show the field and its button while there is a line."""
        for part in (self.length, self.set_button):
            part.layout.display = None if on else "none"

    def words(self) -> str:
        """Return what the line measures, and how it calibrates a picture whose pixel size is not known."""
        said = super().words()
        if self._pixel_size is not None:
            return said
        return said + " " + _("Laid over a scale bar, it calibrates the picture: type how long the bar is.")

    def _set(self) -> None:
        if not self.length.value.strip():
            self._refuse(_("Type how long the line is, such as 5 nm."))
            return
        if has_no_unit(self.length.value):
            self._refuse(_("Type the unit too, such as 5 nm."))
            return
        try:
            self._owner.pixel_size = f"{self.length.value.strip()} over {self.pixels:.5g} px"
        except t.TraitError:
            self._refuse(_("This is no length: type a number with its unit, such as 5 nm."))
            return
        self.close_line()

    def _refuse(self, words: str) -> None:
        self._says.value = f'<span style="color:#c00000">{in_html(words)}</span>'
