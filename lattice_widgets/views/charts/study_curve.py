"""Class probability, with its spread, against something else, such as the size of the window."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["StudyCurve"]

_INK = "var(--jp-content-font-color1, #555555)"


class StudyCurve(widgets.VBox):
    """One line a class: mean probability against something, and one standard deviation as a bar.

    Parameters
    ----------
    label : str
        What lies along the horizontal axis, with its unit.
    logarithmic : bool
        Whether doubling is one step to the side.
    """

    def __init__(self, label: str, logarithmic: bool = True) -> None:
        self._logarithmic = logarithmic
        self._size = bqplot.LogScale() if logarithmic else bqplot.LinearScale()
        probability = bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": self._size, "y": probability}
        styles = list(CLASS_STYLES.values())
        self._lines = [
            bqplot.Lines(
                x=[1.0],
                y=[0.0],
                scales=scales,
                colors=[style.color],
                labels=[f"{in_html(style.glyph)} {in_html(style.display_name)}"],
                display_legend=True,
                stroke_width=2,
                visible=False,
            )
            for style in styles
        ]
        self._points = [
            bqplot.Scatter(x=[], y=[], scales=scales, colors=[style.color], marker=style.marker, default_size=36)
            for style in styles
        ]
        self._bars = [
            bqplot.Lines(x=[[1.0, 1.0]], y=[[0.0, 0.0]], scales=scales, colors=[style.color], visible=False)
            for style in styles
        ]
        self._axis = bqplot.Axis(
            scale=self._size, label=label, label_color=_INK, label_offset="34px", grid_lines="none", tick_format=".0f"
        )
        vertical = bqplot.Axis(
            scale=probability,
            orientation="vertical",
            label=_("probability"),
            label_color=_INK,
            label_offset="38px",
            tick_format=".0%",
            tick_values=[0, 0.5, 1],
            grid_lines="none",
        )
        self.figure = bqplot.Figure(
            marks=[*self._bars, *self._lines, *self._points],
            axes=[self._axis, vertical],
            fig_margin={"top": 10, "bottom": 48, "left": 58, "right": 18},
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="260px", min_width="0"),
        )
        self._legend = widgets.HTML(
            " &nbsp; ".join(
                f'<span style="display:inline-block"><span style="color:{style.color}">{in_html(style.glyph)}</span> '
                f"{in_html(style.display_name)}</span>"
                for style in styles
            )
        )
        super().__init__(layout=widgets.Layout(width="100%", max_width="720px", min_width="0"))
        entries = [(style.glyph, style.color, style.display_name) for style in styles]
        menu = ChartMenu(self, _("probability"), self._table, legend=entries)
        self.children = [with_menu(self.figure, menu), self._legend]
        self.add_class("lw-study-curve")
        for line in self._lines:
            line.display_legend = False

    def _table(self) -> Table:
        low = [np.asarray(bars.y, float).reshape(-1, 2)[:, 0] for bars in self._bars]
        spread = [
            np.asarray(bars.y, float).reshape(-1, 2)[:, 1] - part for bars, part in zip(self._bars, low, strict=True)
        ]
        mean = [np.asarray(points.y, float) for points in self._points]
        if not len(mean[0]):
            raise ValueError(_("Nothing is shown yet."))
        names = [part for name in CLASS_STYLES for part in (f"probability {name}", f"spread {name}")]
        columns = [part for m, s in zip(mean, spread, strict=True) for part in (m, s / 2)]
        return (str(self._axis.label), *names), zip(
            self._points[0].x.tolist(), *(c.tolist() for c in columns), strict=True
        )

    def show(self, sizes: ArrayLike, mean: ArrayLike, spread: ArrayLike) -> None:
        """Show the study so far.

        Parameters
        ----------
        sizes : array_like, shape (n,)
            Places along the horizontal axis, such as the width of each window [px].
        mean, spread : array_like, shape (n, 6)
            Mean probability and its standard deviation of each class, 0-1.
        """
        x = np.asarray(sizes, np.float64)
        means, spreads = np.asarray(mean, np.float64), np.asarray(spread, np.float64)
        middle = np.sqrt(x.min() * x.max()) if self._logarithmic else np.round((x.min() + x.max()) / 2)
        ends = sorted({float(x.min()), float(middle), float(x.max())})
        self._axis.tick_values = np.array(ends)
        low, high = np.clip(means - spreads, 0, 1), np.clip(means + spreads, 0, 1)
        for k, (line, points, bars) in enumerate(zip(self._lines, self._points, self._bars, strict=True)):
            with line.hold_sync(), points.hold_sync(), bars.hold_sync():
                line.x, line.y, line.visible = x, means[:, k], len(x) > 1
                points.x, points.y = x, means[:, k]
                bars.x = np.stack([x, x], axis=1)
                bars.y = np.stack([low[:, k], high[:, k]], axis=1)
                bars.colors = [line.colors[0]] * len(x)
                bars.visible = True
