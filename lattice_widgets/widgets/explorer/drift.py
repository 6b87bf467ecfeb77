"""The drift surgeon: which stretch and shear make the lattice the presumed type, and the window with them."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.core.lattices.drift_correction import drift_correction
from lattice_widgets.core.pictures.square_pixels import line_spacing_of
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.window_result import Shown
from lattice_widgets.widgets.parts.controls import column, control
from lattice_widgets.widgets.parts.lines import button, row, says

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Drift"]


class Drift:
    """What drift would explain, and its correction.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `scale`, `shear`, `presume` and `line_time`.
    shown : Shown
        What it shows.
    canvas : PictureCanvas
        The picture, which says on its badge what is applied.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, canvas: PictureCanvas) -> None:
        self._owner, self._shown, self._canvas = owner, shown, canvas
        self._text = says()
        presume, scale, shear = (control(owner, name) for name in ("presume", "scale", "shear"))
        line_time = ipw.BoundedFloatText(
            description=_("line time [s]"),
            tooltip=_(owner.traits()["line_time"].help),
            min=0,
            max=1e4,
            step=0.001,
            style={"description_width": "128px"},
            layout=ipw.Layout(width="236px"),
        )
        t.link((owner, "line_time"), (line_time, "value"))
        buttons = row(
            button(_("apply this"), _("Apply the stretch and shear that give the presumed type"), self.correct),
            button(_("as scanned"), _("No stretch and no shear"), self._undo),
        )
        self.page = ipw.VBox([self._text, column(presume, line_time, buttons, scale, shear, width="340px")])
        owner.observe(self.show_badge, ["scale", "shear"])
        owner.observe(self.tell, ["presume", "line_time", "scale", "shear"])

    def correct(self) -> None:
        """Apply the stretch and shear that make the lattice the presumed type; it is the user who presumes it."""
        owner, result = self._owner, self._shown.result
        if result is None or result.uncorrected is None:
            return
        found = drift_correction(result.uncorrected, owner.presume)
        scale, shear = owner.traits()["scale"], owner.traits()["shear"]
        with owner.hold_trait_notifications():
            owner.scale = float(np.clip(found.scale, scale.min, scale.max))
            owner.shear = float(np.clip(found.shear, shear.min, shear.max))

    def show_badge(self, change: Any = None) -> None:
        """Say over the picture which correction is on."""
        opened, owner = self._shown.opened, self._owner
        self._canvas.badge = texts.describe_applied(owner.scale, owner.shear) if opened is not None else ""

    def tell(self, change: Any = None) -> None:
        """Say which correction gives the presumed type."""
        owner, result = self._owner, self._shown.result
        if result is None:
            return
        size = line_spacing_of(result.spectrum.opened.image)
        applied = (owner.scale, owner.shear)
        self._say(texts.describe_drift(result.uncorrected, result.unit, owner.presume, applied, size, owner.line_time))

    def clear(self) -> None:
        """Take away what was said of drift."""
        self._say("")

    def _undo(self) -> None:
        with self._owner.hold_trait_notifications():
            self._owner.scale = self._owner.shear = 0.0

    def _say(self, words: str) -> None:
        self._text.value = words
        self._owner.set_trait("drift_message", words)
