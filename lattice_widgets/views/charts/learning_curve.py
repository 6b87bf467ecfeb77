"""How a network learns: its accuracy after each epoch, on the pictures that it learns from and on others (Fig. 1b)."""

import bqplot
import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.language import _
from lattice_widgets.views.charts.chart_menu import ChartMenu, Table, with_menu
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["LearningCurve"]

_INK = "var(--jp-content-font-color1, #555555)"
_TRAINING, _VALIDATION, _MARK = "#0072B2", "#D55E00", "#808080"


class LearningCurve(widgets.VBox):
    """Accuracy against epoch, on training and on validation pictures, and a level to compare with.

    Parameters
    ----------
    level : float
        Accuracy, 0-1, of the dashed line.
    level_name : str
        What that line is.
    """

    def __init__(self, level: float, level_name: str) -> None:
        self._epochs, accuracy = bqplot.LinearScale(min=0, max=1), bqplot.LinearScale(min=0, max=1)
        scales = {"x": self._epochs, "y": accuracy}
        self._level = bqplot.Lines(
            x=[0, 1], y=[level, level], scales=scales, colors=[_MARK], line_style="dashed", stroke_width=1
        )
        self._training, self._validation = (
            bqplot.Lines(x=[], y=[], scales=scales, colors=[color], marker=marker, marker_size=24, stroke_width=1.5)
            for color, marker in ((_TRAINING, "circle"), (_VALIDATION, "square"))
        )
        axis = {"label_color": _INK, "grid_lines": "none"}
        self._axis = bqplot.Axis(scale=self._epochs, label=_("epoch"), label_offset="34px", tick_format="d", **axis)
        vertical = bqplot.Axis(
            scale=accuracy, orientation="vertical", label=_("named right"), label_offset="44px", tick_format=".0%",
            tick_values=[0, 0.25, 0.5, 0.75, 1], **axis,
        )  # fmt: skip
        self.figure = bqplot.Figure(
            marks=[self._level, self._training, self._validation],
            axes=[self._axis, vertical],
            fig_margin={"top": 8, "bottom": 48, "left": 64, "right": 16},
            animation_duration=0,
            display_toolbar=False,
            layout=widgets.Layout(width="100%", height="240px", min_width="0"),
        )
        legend = [
            ("●", _TRAINING, _("pictures that it learns from, with dropout")),
            ("■", _VALIDATION, _("other pictures")),
            ("╌", _MARK, level_name),
        ]
        words = " &nbsp; ".join(
            f'<span style="display:inline-block"><span style="color:{color}">{in_html(glyph)}</span> {in_html(name)}</span>'
            for glyph, color, name in legend
        )
        name = _("Named right after each epoch")
        # hidden: what a chart has beside its margins is not to be scrolled to, and so no stop of the Tab key
        layout = widgets.Layout(width="100%", max_width="480px", min_width="0", overflow="hidden")
        super().__init__(layout=layout)
        menu = ChartMenu(self, name, self._table, name, legend)
        self.children = [widgets.HTML(f"<b>{in_html(name)}</b>"), with_menu(self.figure, menu), widgets.HTML(words)]

    def _table(self) -> Table:
        columns = (
            np.asarray(line, float).tolist() for line in (self._training.x, self._training.y, self._validation.y)
        )
        return (_("epoch"), _("training"), _("validation")), zip(*columns, strict=True)

    def show(self, training: ArrayLike, validation: ArrayLike, epochs: int) -> None:
        """Show what is known.

        Parameters
        ----------
        training, validation : array_like, shape (n,)
            Fraction named right after each epoch so far, 0-1.
        epochs : int
            How many epochs there will be: where the axis ends.
        """
        self._epochs.max = max(epochs, 1)
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if epochs <= 6 * step)
        self._axis.tick_values = np.arange(0, epochs + 1, step)
        self._level.x = [0, max(epochs, 1)]
        for line, values in ((self._training, training), (self._validation, validation)):
            array = np.asarray(values, float)
            with line.hold_sync():
                line.x, line.y = np.arange(1, len(array) + 1), array
