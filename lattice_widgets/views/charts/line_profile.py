"""Gray values along a line over a picture."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.charts.ticks import round_ticks

__all__ = ["LineProfile"]

_INK = "var(--jp-content-font-color1, #555555)"


class LineProfile(widgets.VBox):
    """A curve of gray values against the distance from one end of a line.

    Examples
    --------
    >>> chart = LineProfile()
    >>> chart.show([0.0, 0.5, 1.0], [3.0, 4.0, 3.5], "nm")
    >>> chart.figure.axes[0].label
    'distance from the filled end [nm]'
    """

    def __init__(self) -> None:
        self._distance, self._value = bqplot.LinearScale(min=0.0, max=1.0), bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": self._distance, "y": self._value}
        self._curve = bqplot.Lines(x=[0.0], y=[0.0], scales=scales, colors=["#E69F00"], stroke_width=2)
        self._axis = bqplot.Axis(
            scale=self._distance, label_color=_INK, label_offset="34px", grid_lines="none", tick_format="~g"
        )
        self._values = bqplot.Axis(
            scale=self._value,
            orientation="vertical",
            label=_("gray value"),
            label_color=_INK,
            label_offset="50px",
            grid_lines="none",
            tick_format="~g",
        )
        self.figure = bqplot.Figure(
            marks=[self._curve],
            axes=[self._axis, self._values],
            fig_margin={"top": 10, "bottom": 48, "left": 70, "right": 18},
            padding_x=0.0,
            padding_y=0.0,
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="190px", min_width="0"),
        )
        super().__init__(layout=widgets.Layout(width="100%", max_width="720px", min_width="0"))
        self.children = [with_menu(self.figure, ChartMenu(self, _("line profile"), self._table))]
        self.add_class("lw-line-profile")
        self.clear()

    def show(self, distance: ArrayLike, value: ArrayLike, unit: str) -> None:
        """Show a profile.

        Parameters
        ----------
        distance, value : array_like, shape (n,)
            Distance from one end [`unit`] and gray value; values that are not finite leave a gap.
        unit : str
            "nm" or "px".
        """
        x, y = np.asarray(distance, np.float64), np.asarray(value, np.float64)
        known = y[np.isfinite(y)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        room = 0.05 * (high - low) or 0.5
        self._distance.max = float(x[-1])
        with self._value.hold_sync():
            self._value.min, self._value.max = low - room, high + room
        self._axis.label = _("distance from the filled end [{unit}]").format(unit=unit)
        self._axis.tick_values = round_ticks(0.0, float(x[-1]), 6)
        self._values.tick_values = round_ticks(low - room, high + room, 5)
        with self._curve.hold_sync():
            self._curve.x, self._curve.y = x, y

    def clear(self) -> None:
        """Show no profile."""
        self._axis.label = _("distance from the filled end [{unit}]").format(unit="px")
        with self._curve.hold_sync():
            self._curve.x, self._curve.y = np.array([0.0]), np.array([0.0])

    def _table(self) -> Table:
        x, y = np.asarray(self._curve.x, float), np.asarray(self._curve.y, float)
        if len(x) < 2:
            raise ValueError(_("There is no profile yet."))
        return (str(self._axis.label), _("gray value")), zip(x.tolist(), y.tolist(), strict=True)
