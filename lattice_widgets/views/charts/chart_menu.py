"""The menu of a bqplot chart: copy it, save it as PNG, SVG or CSV, see it on the whole screen."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import ipywidgets as widgets
import traitlets as t

from lattice_widgets.files.tables import table_text
from lattice_widgets.views.shared.export_view import ExportView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["ChartMenu", "Table", "with_menu"]

#: names of columns, and rows
Table = tuple[Sequence[str], Iterable[Sequence[Any]]]


class ChartMenu(ExportView):
    """A button in the corner of a chart.

    Parameters
    ----------
    host : ipywidgets.Box
        What the chart lies in; it fills the screen on demand. The menu is to be among its children.
    name : str
        What the chart shows, for the names of files.
    values : callable
        Returns the values that are shown, as a `Table`.
    title : str
        Line above the chart where it is saved.
    legend : sequence of (glyph, color, text)
        Goes below the chart where it is saved.
    """

    _esm: ClassVar[str] = join_modules(
        "canvas/picture_toolbar.js",
        "shared/downloads.js",
        "shared/picture_menu.js",
        "charts/chart_picture.js",
        "charts/chart_menu.js",
    )
    _css: ClassVar[str] = join_styles("shared/picture_menu.css")

    name = t.Unicode("", help="What the chart shows.").tag(sync=True)
    title = t.Unicode("", help="Line above the chart where it is saved.").tag(sync=True)
    legend = t.List(t.Tuple(t.Unicode(), t.Unicode(), t.Unicode()), help="Glyph, color and text of each entry.").tag(
        sync=True
    )

    narrow = t.Bool(False, help="Whether the chart has no more room than on a phone; the page tells it.").tag(sync=True)

    def __init__(
        self,
        host: widgets.Box,
        name: str,
        values: Callable[[], Table],
        title: str = "",
        legend: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        self._table = values
        super().__init__(name=name, title=title, legend=list(legend), has_table=True)
        host.add_class("lw-chart-host")

    def table(self) -> str:
        """Return the values that are shown, as the text of a CSV file."""
        header, rows = self._table()
        return table_text(header, rows)


def with_menu(figure: widgets.DOMWidget, menu: ChartMenu) -> widgets.VBox:
    """Return a chart with its menu in its lower right corner."""
    return widgets.VBox([figure, menu], layout=widgets.Layout(width="100%", min_width="0"))
