"""You against the network: what was taken for what, and whether confidence meant what it said, side by side."""

from collections.abc import Sequence

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["CalibrationChart", "confusion_table"]

_INK = "var(--jp-content-font-color1, #555555)"
_YOU, _NETWORK = "#D55E00", "#0072B2"


def confusion_table(title: str, labels: Sequence[str], glyphs: Sequence[str], counts: ArrayLike) -> str:
    """Return a confusion matrix as a table.

    Parameters
    ----------
    title : str
        Its caption.
    labels, glyphs : sequence of str
        Of each class: the name, and one character that stands at the head of its column.
    counts : array_like of int, shape (k, k)
        Row: the truth, column: the answer.

    Returns
    -------
    str
        HTML; classes that do not occur are left out.
    """
    matrix = np.asarray(counts)
    used = [place for place in range(len(labels)) if matrix[place].any() or matrix[:, place].any()]
    if not used:
        return ""
    most = max(int(matrix.max()), 1)
    style = "padding:2px 8px;border:1px solid var(--jp-border-color2,#bbb);text-align:center;font-variant-numeric:tabular-nums"
    head = "".join(
        f'<th scope="col" style="{style}" title="{in_html(labels[place])}">{in_html(glyphs[place])}'
        f'<span style="position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden">{in_html(labels[place])}'
        "</span></th>"
        for place in used
    )
    rows = []
    for row in used:
        cells = []
        for col in used:
            count = int(matrix[row, col])
            # right answers green, wrong ones orange, the more the stronger; the number says the same
            color = "0 158 115" if row == col else "213 94 0"
            shade = f";background:rgb({color} / {0.15 + 0.45 * count / most:.2f})" if count else ""
            weight = ";font-weight:600" if row == col else ""
            cells.append(f'<td style="{style}{shade}{weight}">{count or "·"}</td>')
        name = f"{in_html(glyphs[row])} {in_html(labels[row])}"
        rows.append(
            f'<tr><th scope="row" style="{style};text-align:left;font-weight:400">{name}</th>{"".join(cells)}</tr>'
        )
    corner = f'<td style="{style};border:0;font-size:0.88em">{in_html(_("truth ↓ answer →"))}</td>'
    return (
        f'<table class="lattice-quiz-confusion" style="border-collapse:collapse;margin:4px 0">'
        f'<caption style="text-align:left;font-weight:600;padding-bottom:2px">{in_html(title)}</caption>'
        f"<thead><tr>{corner}{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


class CalibrationChart(widgets.VBox):
    """Fraction of right answers against confidence, of two players, and the diagonal of honest ones."""

    def __init__(self) -> None:
        scales = {"x": bqplot.LinearScale(min=0, max=1), "y": bqplot.LinearScale(min=0, max=1)}
        honest = bqplot.Lines(
            x=[0, 1], y=[0, 1], scales=scales, colors=["#808080"], line_style="dashed", stroke_width=1
        )
        self._you = self._line(scales, _YOU, "diamond", "solid")
        self._network = self._line(scales, _NETWORK, "circle", "dotted")
        axis = {"label_color": _INK, "grid_lines": "none", "tick_format": ".0%", "tick_values": [0, 0.5, 1]}
        self.figure = bqplot.Figure(
            marks=[honest, self._network, self._you],
            axes=[
                bqplot.Axis(scale=scales["x"], label=_("confidence"), label_offset="34px", **axis),
                bqplot.Axis(scale=scales["y"], orientation="vertical", label=_("right"), label_offset="44px", **axis),
            ],
            fig_margin={"top": 8, "bottom": 48, "left": 64, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="200px", min_width="0"),
        )
        self._legend = widgets.HTML()
        name = _("Does confidence mean what it says?")
        head = widgets.HTML(f"<b>{in_html(name)}</b>")
        # hidden: what a chart has beside its margins is not to be scrolled to, and so no stop of the Tab key
        layout = widgets.Layout(width="100%", max_width="420px", min_width="0", overflow="hidden")
        super().__init__(layout=layout)
        legend = [("◆", _YOU, _("you")), ("●", _NETWORK, _("the network"))]
        self.children = [head, with_menu(self.figure, ChartMenu(self, name, self._table, name, legend)), self._legend]

    def _table(self) -> Table:
        rows = [
            (who, float(confidence), float(right))
            for who, line in ((_("you"), self._you), (_("the network"), self._network))
            for confidence, right in zip(line.x, line.y, strict=True)
        ]
        return ("", _("confidence"), _("right")), rows

    def _line(self, scales: dict[str, bqplot.Scale], color: str, marker: str, style: str) -> bqplot.Lines:
        return bqplot.Lines(
            x=[], y=[], scales=scales, colors=[color], marker=marker, marker_size=64, line_style=style, stroke_width=1.5
        )

    def show(self, you: tuple[ArrayLike, ArrayLike], network: tuple[ArrayLike, ArrayLike]) -> None:
        """Show confidence and fraction right of both, one pair of arrays each, in filled bins; empty arrays: nothing."""
        for line, (confidence, right) in ((self._you, you), (self._network, network)):
            with line.hold_sync():
                line.x, line.y = np.asarray(confidence, float), np.asarray(right, float)
        names = [f'<span style="color:{_YOU}">◆</span> {in_html(_("you"))}']
        if len(self._network.x):
            names.append(f'<span style="color:{_NETWORK}">●</span> {in_html(_("the network"))}')
        names.append(f"<span>┄</span> {in_html(_('confidence that means what it says'))}")
        self._legend.value = " &nbsp; ".join(names)
