"""Widgets beside each other, such as the map of lattices and the simulator that it moves."""

import base64
from typing import Any

import ipywidgets as ipw

from lattice_widgets.language import _
from lattice_widgets.views.saved.static_picture import png_of_widget
from lattice_widgets.widgets.base import LatticeWidget

__all__ = ["WidgetRow", "side_by_side"]


class WidgetRow(ipw.Box):
    """Widgets in one row where the page has the room, else below each other.

    Parameters
    ----------
    widgets : sequence of LatticeWidget
        What to show.
    """

    def __init__(self, widgets: tuple[LatticeWidget, ...]) -> None:
        cells = []
        for widget in widgets:
            # a box of its own, so that the widget shown alone elsewhere keeps its layout
            cell = ipw.VBox([widget], layout=ipw.Layout(flex="1 1 400px", min_width="min(400px, 100%)"))
            cells.append(cell)
        super().__init__(
            cells,
            layout=ipw.Layout(
                display="flex", flex_flow="row wrap", align_items="flex-start", width="100%", grid_gap="12px 20px"
            ),
        )
        self._widgets = widgets
        self.add_class("lattice-widgets-row")

    async def settled(self) -> None:
        """Wait until all of them show their answers."""
        for widget in self._widgets:
            await widget.settled()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
        for widget in self._widgets:
            widget.wait_a_moment()
        picture = png_of_widget(self)
        if picture:
            data["image/png"] = base64.b64encode(picture).decode("ascii")
        data["text/plain"] = _("{name}: run this cell to use the widget").format(
            name=", ".join(type(widget).__name__ for widget in self._widgets)
        )
        return data


def side_by_side(*widgets: LatticeWidget) -> WidgetRow:
    """Return widgets beside each other, so that a hand moves one while the eye watches the other.

    Parameters
    ----------
    *widgets : LatticeWidget
        Two or more widgets of the kit.

    Returns
    -------
    WidgetRow
        To be shown as the last line of a cell.

    Raises
    ------
    TypeError
        If there is none, or one is not a widget of the kit.

    Examples
    --------
    >>> row = side_by_side(simulator, LatticeMap(simulator))  # doctest: +SKIP
    """
    if not widgets:
        raise TypeError("side_by_side needs widgets to show, such as side_by_side(simulator, lattice_map).")
    for widget in widgets:
        if not isinstance(widget, LatticeWidget):
            raise TypeError(f"side_by_side takes widgets of this kit, not {type(widget).__name__}.")
    return WidgetRow(widgets)
