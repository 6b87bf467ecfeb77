"""How often a classifier is right when it is so sure: the reliability curve, with one answer marked in it."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["ReliabilityCurve"]

_INK = "var(--jp-content-font-color1, #555555)"


class ReliabilityCurve(widgets.VBox):
    """Fraction of right answers against confidence, the diagonal of an honest classifier, and the bin of one answer.

    Parameters
    ----------
    title : str
        Line above the curve; one that says what it is if not given.
    """

    def __init__(self, title: str = "") -> None:
        confidence, right = bqplot.LinearScale(min=0, max=1), bqplot.LinearScale(min=0, max=1)
        scales = {"x": confidence, "y": right}
        self._curve = bqplot.Lines(x=[], y=[], scales=scales, colors=["#0072B2"], marker="circle", marker_size=36)
        honest = bqplot.Lines(
            x=[0, 1], y=[0, 1], scales=scales, colors=["#808080"], line_style="dashed", stroke_width=1
        )
        self._answer = bqplot.Scatter(
            x=[], y=[], scales=scales, colors=["#D55E00"], marker="diamond", default_size=120, stroke=_INK
        )
        axis = {"label_color": _INK, "grid_lines": "none", "tick_format": ".0%", "tick_values": [0, 0.5, 1]}
        self.figure = bqplot.Figure(
            marks=[honest, self._curve, self._answer],
            axes=[
                bqplot.Axis(scale=confidence, label=_("confidence"), label_offset="34px", **axis),
                bqplot.Axis(scale=right, orientation="vertical", label=_("named right"), label_offset="44px", **axis),
            ],
            fig_margin={"top": 8, "bottom": 48, "left": 64, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="190px", min_width="0"),
        )
        self._words = widgets.HTML()
        self._words.add_class("lattice-widgets-says")
        name = title or _("What the confidence means")
        super().__init__(layout=widgets.Layout(width="100%", max_width="480px", min_width="0"))
        menu = ChartMenu(self, name, self._table, title=name)
        self.children = [widgets.HTML(f"<b>{in_html(name)}</b>"), with_menu(self.figure, menu), self._words]

    def _table(self) -> Table:
        pairs = zip(np.asarray(self._curve.x, float).tolist(), np.asarray(self._curve.y, float).tolist(), strict=True)
        return (_("confidence"), _("named right")), pairs

    def show_curve(self, confidence: ArrayLike, right: ArrayLike) -> None:
        """Show the curve of a classifier.

        Parameters
        ----------
        confidence, right : array_like, shape (bins,)
            Mean confidence and fraction of right answers of each bin that holds any, 0-1.
        """
        with self._curve.hold_sync():
            self._curve.x, self._curve.y = np.asarray(confidence, float), np.asarray(right, float)

    def clear_mark(self) -> None:
        """Mark no answer; the curve stays."""
        with self._answer.hold_sync():
            self._answer.x, self._answer.y = [], []
        self._words.value = ""

    def mark(self, confidence: float, right: float, words: str) -> None:
        """Mark one answer, and say what that means."""
        with self._answer.hold_sync():
            self._answer.x, self._answer.y = [confidence], [right]
        self._words.value = words
