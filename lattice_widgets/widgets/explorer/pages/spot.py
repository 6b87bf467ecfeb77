"""A spot of the transform: ask what it stands for in the picture, and what the network says without it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.radial_curve import RadialCurve
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.marks import spot_marks
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import SCREEN
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import button, row, says

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Spot"]


class Spot:
    """The spot that is asked, and the ring through the place that was clicked.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `spot`, `spot_off`, `spot_width` and `d_spacing`.
    shown : Shown
        What it shows.
    fourier : PictureCanvas
        The transform, in which spots are clicked.
    curve : RadialCurve
        The radial profile, which marks the spacing of the ring too.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, fourier: PictureCanvas, curve: RadialCurve) -> None:
        self._owner, self._shown, self._fourier, self._curve = owner, shown, fourier, curve
        self._text = says(_(texts.ASK))
        self._fringes = PictureCanvas(
            title=_("Fringes of the spot"), description=_("the fringes of the spot"), smooth=True
        )
        forget = button(_("ask none"), _("Forget the spot, and put it back"), lambda: self.ask(()))
        self._box = side_by_side(
            column(self._fringes, width="340px"), column(control(owner, "spot_off"), row(forget), width="300px")
        )
        self._box.layout.display = "none"
        self.page = ipw.VBox([self._text, self._box])
        fourier.observe(self._clicked, "clicked")
        owner.observe(self.draw_ring, "d_spacing")

    def ask(self, frequency: Sequence[float] | NDArray[np.float64]) -> None:
        """Ask the spot nearest to a frequency (row, col) in 1/nm, or 1/px where no pixel size is known; () asks none.

        Raises
        ------
        ValueError
            If there is no spot yet.
        """
        owner, result = self._owner, self._shown.result
        if not len(frequency):
            with owner.hold_trait_notifications():
                owner.spot, owner.spot_off = (), False
            return
        if result is None or not len(result.spots):
            raise ValueError(_("No spot has been found in this window."))
        places = result.spots.frequency
        both = np.concatenate([places, -places])
        nearest = int(np.hypot(*(both - np.asarray(frequency)).T).argmin()) % len(places)
        size, fit = self._shown.pixel_size, result.fit
        chosen = places[nearest] * size
        # holes wide enough to follow the picture, narrow enough to leave the neighboring spots alone
        shortest = np.hypot(*fit.lattice.reciprocal().reduced().vectors[0]) * size if fit else np.hypot(*chosen)
        owner.spot_width = 0.12 * float(shortest)
        owner.spot = (float(chosen[0]), float(chosen[1]))

    def show(self, result: WindowResult) -> None:
        """Show the fringes of the spot, and what switching it off changes."""
        spot = result.spectrum.request.spot
        self._box.layout.display = None if spot else "none"
        if not spot or result.fringes is None:
            self._say(_(texts.ASK))
            return
        size, factor = self._shown.pixel_size, -(-max(result.fringes.shape) // SCREEN)
        self._fringes.show(
            reduce_picture(result.fringes, factor),
            percentiles=(0.1, 99.9),
            pixel_size=size * factor,
            unit=result.unit,
        )
        frequency = np.array(spot) / size
        words = texts.describe_spot(
            _name_of(frequency, result),
            float(1 / np.hypot(*frequency)),
            result.unit,
            result.classes,
            result.probabilities,
            result.before if result.spectrum.request.spot_off else None,
        )
        self._say(words)

    def clear(self) -> None:
        """Take away what was said of a spot."""
        self._say(_(texts.ASK))
        self._box.layout.display = "none"

    def draw_ring(self, change: Any = None) -> None:
        """Draw the ring of the trait `d_spacing` over the transform and into the profile."""
        frequency = 1 / self._owner.d_spacing if self._owner.d_spacing > 0 else None
        self._fourier.rings = (frequency,) if frequency and self._shown.spectrum is not None else ()
        self._curve.mark(frequency)

    def _say(self, words: str) -> None:
        self._text.value = words
        self._owner.set_trait("spot_message", words)

    def _clicked(self, change: Any) -> None:
        if self._shown.spectrum is None:
            return
        found = self._shown.spectrum.shown
        place = np.asarray(self._fourier.cursor, float)
        rows, cols = found.magnitude.shape
        frequency = (place - [rows // 2, cols // 2]) * found.steps
        marks = spot_marks(self._shown.spectrum, self._shown.result).positions
        # a finger or a mouse within a fortieth of the picture means the spot
        if len(marks) and (np.hypot(*((marks - place) / [rows, cols]).T)).min() < 0.025:
            self.ask(frequency)
            frequency = np.array(self._owner.spot) / self._shown.pixel_size
        length = float(np.hypot(*frequency))
        self._owner.d_spacing = float(f"{1 / length:.6g}") if length > 0 else 0.0


def _name_of(frequency: NDArray[np.float64], result: WindowResult) -> str:
    """Return the Miller indices of a frequency, or the frequency itself where they fit badly."""
    if result.fit is not None:
        index = result.fit.vectors @ np.asarray(frequency)
        if np.abs(index - np.rint(index)).max() < 0.1:
            h, k = np.rint(index).astype(int)
            return f"({h} {k})"
    y, x = frequency
    return _("at ({row:.4g}, {col:.4g})").format(row=y, col=x)
