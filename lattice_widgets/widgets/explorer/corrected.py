"""The window as it is looked at: corrected for drift, in the place of the picture as it was scanned."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.shown import Shown
from lattice_widgets.widgets.explorer.work import SCREEN, WindowResult, WindowSpectrum
from lattice_widgets.widgets.parts.controls import control

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Corrected"]


class Corrected:
    """Shows the picture as it was scanned, or what the correction makes of its window.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `scale`, `shear` and `show_corrected`.
    shown : Shown
        What it shows.
    canvas : PictureCanvas
        The picture as it was scanned.

    Attributes
    ----------
    box : ipywidgets.Widget
        The pictures and the switch between them.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, canvas: PictureCanvas) -> None:
        self._owner, self._shown, self._scanned = owner, shown, canvas
        self._canvas = PictureCanvas(
            title=_("The window, corrected"),
            description=_("the corrected window"),
            smooth=True,
            points_name=_("Lattice"),
            point_size=3.0,
        )
        self._switch = control(owner, "show_corrected")
        self.box = ipw.VBox([canvas, self._switch])
        owner.observe(self.choose, ["scale", "shear", "show_corrected"])
        self.choose()

    def show_spectrum(self, found: WindowSpectrum) -> None:
        """Show the window as it is transformed, if a correction is on."""
        image, size = found.image, found.opened.pixel_size
        if image is not None and (found.request.scale or found.request.shear):
            step = -(-max(image.shape) // SCREEN)
            self._canvas.show(
                reduce_picture(image, step),
                percentiles=(0.5, 99.5),
                pixel_size=(size or 1.0) * step,
                unit="nm" if size else "px",
                badge=texts.describe_applied(found.request.scale, found.request.shear),
                points=(),
            )
        self.choose()

    def show_result(self, result: WindowResult) -> None:
        """Lay the lattice over the window."""
        image = result.spectrum.image
        if image is not None and self._canvas.rows:
            step = -(-max(image.shape) // SCREEN)
            self._canvas.set_points((result.window_points + 0.5) / step - 0.5)

    def clear(self) -> None:
        """Take the window away."""
        self._canvas.clear()
        self.choose()

    def close(self) -> None:
        """Close the picture that the widget does not hold when it is not shown."""
        self._canvas.layout.close()
        self._canvas.close()

    def choose(self, change: Any = None) -> None:
        """Show the one that is asked for; without a correction there is no choice."""
        owner = self._owner
        on = bool(owner.scale or owner.shear)
        corrected = on and owner.show_corrected and self._canvas.rows > 0
        self._switch.layout.display = None if on else "none"
        self._scanned.layout.display = "none" if corrected else None
        shown = (self._scanned, *([self._canvas] if corrected else []), self._switch)
        if self.box.children != shown:
            self.box.children = shown
