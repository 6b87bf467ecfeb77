"""How often each value occurs."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.charts.ticks import minus_labels, round_ticks

__all__ = ["ValueHistogram"]

_INK = "var(--jp-content-font-color1, #555555)"
_BINS = 40


class ValueHistogram(widgets.VBox):
    """Bars: how many values lie in each of forty intervals.

    Examples
    --------
    >>> chart = ValueHistogram()
    >>> chart.show([0.0, 0.1, 0.1, 1.0], "strain xx [%]")
    >>> sum(chart.counts)
    4
    """

    def __init__(self) -> None:
        self._across, self._up = bqplot.LinearScale(), bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": self._across, "y": self._up}
        self._bars = bqplot.Bars(x=[0.0, 1.0], y=[0, 0], scales=scales, colors=["#0072B2"], padding=0.05, visible=False)
        self._below = bqplot.Axis(
            scale=self._across, label_color=_INK, label_offset="34px", grid_lines="none", tick_format=".3~g"
        )
        self._beside = bqplot.Axis(
            scale=self._up, orientation="vertical", label=_("places"), label_color=_INK, label_offset="48px",
            grid_lines="none", tick_format="~g",
        )  # fmt: skip
        self.figure = bqplot.Figure(
            marks=[self._bars],
            axes=[self._below, self._beside],
            fig_margin={"top": 10, "bottom": 48, "left": 66, "right": 18},
            padding_x=0.0,
            padding_y=0.0,
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="230px", min_width="0"),
        )
        super().__init__(layout=widgets.Layout(width="100%", max_width="720px", min_width="0", display="none"))
        self.children = [with_menu(self.figure, ChartMenu(self, _("histogram"), self._table))]
        self.add_class("lw-value-histogram")

    @property
    def counts(self) -> tuple[int, ...]:
        """How many values lie in each interval; () if nothing is shown."""
        return tuple(int(count) for count in self._bars.y) if self._bars.visible else ()

    def show(self, values: ArrayLike, label: str) -> None:
        """Show values; those that are not finite are left out.

        Parameters
        ----------
        values : array_like
            Of any shape.
        label : str
            What they are, with the unit.
        """
        seen = np.asarray(values, np.float64).ravel()
        seen = seen[np.isfinite(seen)]
        if not seen.size:
            self.clear()
            return
        low, high = float(seen.min()), float(seen.max())
        if high <= low:
            low, high = low - 0.5, high + 0.5
        counts, edges = np.histogram(seen, _BINS, (low, high))
        half, most = (high - low) / (2 * _BINS), 1.05 * float(counts.max())
        with self._across.hold_sync(), self._up.hold_sync():
            self._across.min, self._across.max, self._up.max = low - half, high + half, most
        ticks = round_ticks(low, high)
        self._below.tick_labels = minus_labels(ticks)
        self._below.label, self._below.tick_values = label, ticks
        self._beside.tick_values = round_ticks(0, most, 4)
        with self._bars.hold_sync():
            self._bars.x, self._bars.y, self._bars.visible = (edges[1:] + edges[:-1]) / 2, counts, True
        self.layout.display = None

    def clear(self) -> None:
        """Show nothing."""
        self._bars.visible = False
        self.layout.display = "none"

    def _table(self) -> Table:
        if not self._bars.visible:
            raise ValueError(_("Nothing is shown yet."))
        return (str(self._below.label), _("places")), zip(self._bars.x.tolist(), self._bars.y.tolist(), strict=True)
