"""Mean magnitude of a spectrum against frequency, with the rings of one spacing marked."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.charts.ticks import round_ticks

__all__ = ["RadialCurve"]

_INK = "var(--jp-content-font-color1, #555555)"


class RadialCurve(widgets.VBox):
    """The radial profile, on a logarithmic axis, with a vertical line at one frequency."""

    def __init__(self) -> None:
        self._frequency, self._magnitude = bqplot.LinearScale(min=0.0), bqplot.LogScale(min=1.0, max=10.0)
        scales = {"x": self._frequency, "y": self._magnitude}
        self._curve = bqplot.Lines(x=[1.0], y=[1.0], scales=scales, colors=["#0072B2"], stroke_width=2)
        # a linear scale of its own, so that the line spans the figure whatever the curve does
        self._mark = bqplot.Lines(
            x=[0.0, 0.0],
            y=[0.0, 1.0],
            scales={"x": self._frequency, "y": bqplot.LinearScale(min=0, max=1)},
            colors=["#E69F00"],
            line_style="dashed",
            visible=False,
        )
        self._axis = bqplot.Axis(
            scale=self._frequency,
            label=_("spatial frequency [{unit}]").format(unit="1/px"),
            label_color=_INK,
            label_offset="34px",
            grid_lines="none",
            num_ticks=6,
            tick_format=".3~g",
        )
        self._decades = magnitude = bqplot.Axis(
            scale=self._magnitude,
            orientation="vertical",
            label=_("mean magnitude"),
            label_color=_INK,
            label_offset="48px",
            grid_lines="none",
            tick_format="~g",
        )
        self.figure = bqplot.Figure(
            marks=[self._curve, self._mark],
            axes=[self._axis, magnitude],
            fig_margin={"top": 10, "bottom": 48, "left": 66, "right": 18},
            padding_x=0.0,
            padding_y=0.05,
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="230px", min_width="0"),
        )
        super().__init__(layout=widgets.Layout(width="100%", max_width="720px", min_width="0"))
        self.children = [with_menu(self.figure, ChartMenu(self, _("radial profile"), self._table))]
        self.add_class("lw-radial-curve")

    def show(self, frequency: ArrayLike, magnitude: ArrayLike, unit: str) -> None:
        """Show a profile.

        Parameters
        ----------
        frequency, magnitude : array_like, shape (n,)
            Spatial frequency [`unit`] and mean magnitude of each ring.
        unit : str
            "1/nm" or "1/px".
        """
        x, y = np.asarray(frequency, np.float64), np.asarray(magnitude, np.float64)
        shown = y > 0
        self._frequency.max = float(x[-1])
        self._axis.tick_values = round_ticks(0.0, float(x[-1]))
        self._axis.label = _("spatial frequency [{unit}]").format(unit=unit)
        # both ends are set: from those of a single value the browser would make places that are no numbers
        low, high = (float(y[shown].min()), float(y[shown].max())) if shown.any() else (1.0, 10.0)
        with self._magnitude.hold_sync():
            self._magnitude.min, self._magnitude.max = low / 1.2, high * 1.2
        # 200k, 1M: what is longer would run into the axis' name. Set first: bqplot draws new values in the format that it has
        self._decades.tick_format = "~s" if low >= 1 else "~g" if high < 1e5 else ".0e"
        self._decades.tick_values = _ticks(low, high)
        with self._curve.hold_sync():
            self._curve.x, self._curve.y = x[shown], y[shown]

    def _table(self) -> Table:
        x, y = np.asarray(self._curve.x, float), np.asarray(self._curve.y, float)
        if len(x) < 2:
            raise ValueError(_("There is no profile yet."))
        return (str(self._axis.label), _("mean magnitude")), zip(x.tolist(), y.tolist(), strict=True)

    def clear(self) -> None:
        """Show no profile."""
        with self._curve.hold_sync():
            self._curve.x, self._curve.y = np.array([1.0]), np.array([1.0])

    def mark(self, frequency: float | None) -> None:
        """Mark one frequency, or none."""
        with self._mark.hold_sync():
            self._mark.visible = frequency is not None
            if frequency is not None:
                self._mark.x = np.array([frequency, frequency])


def _ticks(low: float, high: float) -> NDArray[np.float64]:
    """Return powers of ten over a positive range; 1, 2 and 5 times these if there are less than two of them."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for parts in ((1.0,), (1.0, 2.0, 5.0)):
        ticks = np.outer(powers, parts).ravel()
        ticks = ticks[(ticks >= 0.999 * low) & (ticks <= 1.001 * high)]
        if len(ticks) >= 2:
            break
    return ticks
