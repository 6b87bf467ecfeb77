"""Values along a line, with the band of their errors if they are known."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.charts.ticks import minus_labels, round_ticks

__all__ = ["ProfileCurve"]

_INK, _COLOR = "var(--jp-content-font-color1, #555555)", "#0072B2"


class ProfileCurve(widgets.VBox):
    """A curve, and around it one standard deviation to either side.

    Examples
    --------
    >>> curve = ProfileCurve()
    >>> curve.show([0.0, 1.0, 2.0], [0.1, 0.2, 0.4], [0.01, 0.01, 0.02], "distance [nm]", "strain xx [%]")
    >>> curve.values
    (0.1, 0.2, 0.4)
    """

    def __init__(self) -> None:
        self._across, self._up = bqplot.LinearScale(), bqplot.LinearScale()
        scales = {"x": self._across, "y": self._up}
        # both marks have values from the beginning: from none the browser would make places that are no numbers
        self._band = bqplot.Lines(
            x=[0.0, 1.0], y=[[0.0, 0.0], [0.0, 0.0]], scales=scales, fill="between", fill_colors=[_COLOR],
            fill_opacities=[0.25, 0.25], colors=[_COLOR], opacities=[0.35, 0.35], stroke_width=1, visible=False,
        )  # fmt: skip
        self._curve = bqplot.Lines(
            x=[0.0, 1.0], y=[0.0, 0.0], scales=scales, colors=[_COLOR], stroke_width=2, visible=False
        )
        common = {"label_color": _INK, "grid_lines": "none"}
        self._below = bqplot.Axis(scale=self._across, label_offset="34px", tick_format="~g", **common)
        self._beside = bqplot.Axis(
            scale=self._up, orientation="vertical", label_offset="48px", tick_format=".3~g", **common
        )
        self.figure = bqplot.Figure(
            marks=[self._band, self._curve],
            axes=[self._below, self._beside],
            fig_margin={"top": 10, "bottom": 48, "left": 66, "right": 18},
            padding_x=0.0,
            padding_y=0.0,
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="230px", min_width="0"),
        )
        self._rows: tuple[NDArray[np.float64], ...] = ()
        # on the page only while there is a profile: bqplot cannot draw where it has no room
        self._shown = [with_menu(self.figure, ChartMenu(self, _("profile"), self._table))]
        super().__init__(layout=widgets.Layout(width="100%", max_width="720px", min_width="0"))
        self.add_class("lw-profile-curve")

    @property
    def values(self) -> tuple[float, ...]:
        """The values that are shown; () if there are none."""
        return tuple(self._rows[1].tolist()) if self._rows else ()

    def show(self, distance: ArrayLike, values: ArrayLike, errors: ArrayLike | None, below: str, beside: str) -> None:
        """Show a profile.

        Parameters
        ----------
        distance, values : array_like, shape (n,)
            Places along the line, and the value at each; NaN where there is none.
        errors : array_like, shape (n,), optional
            One standard deviation of each.
        below, beside : str
            What lies along the axes, with units.
        """
        x, y = np.asarray(distance, np.float64), np.asarray(values, np.float64)
        spread = np.full(len(y), np.nan) if errors is None else np.asarray(errors, np.float64)
        seen = np.isfinite(y)
        if not seen.any():
            self.clear()
            return
        self._rows = x[seen], y[seen], spread[seen]
        x, y, spread = self._rows
        margin = np.nan_to_num(spread)
        low, high = float((y - margin).min()), float((y + margin).max())
        room = 0.05 * (high - low) or 0.1 * abs(high) or 1.0
        with self._up.hold_sync(), self._across.hold_sync():
            self._up.min, self._up.max = low - room, high + room
            self._across.min, self._across.max = float(x[0]), float(x[-1]) if x[-1] > x[0] else float(x[0]) + 1.0
        self._below.label, self._beside.label = below, beside
        self._below.tick_values = round_ticks(float(x[0]), float(x[-1]))
        up = round_ticks(low - room, high + room, 5)
        self._beside.tick_labels, self._beside.tick_values = minus_labels(up), up
        with self._band.hold_sync(), self._curve.hold_sync():
            self._band.x, self._band.y = x, np.stack([y - margin, y + margin])
            self._band.visible = bool(np.isfinite(spread).all())
            self._curve.x, self._curve.y, self._curve.visible = x, y, True
        self.children = self._shown

    def clear(self) -> None:
        """Show no profile."""
        self._rows = ()
        self.children = []
        self._band.visible = self._curve.visible = False

    def _table(self) -> Table:
        if not self._rows:
            raise ValueError(_("There is no profile yet."))
        names = (str(self._below.label), str(self._beside.label), _("standard deviation"))
        # without errors the last column is left out
        count = 3 if np.isfinite(self._rows[2]).any() else 2
        return names[:count], zip(*(part.tolist() for part in self._rows[:count]), strict=True)
