"""A button that opens the publication figure of a widget below it, live."""

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import Line

__all__ = ["FigureButton"]


class FigureButton(ipw.VBox):
    """A button, and below it the figure as the widget was when the button was pressed.

    Parameters
    ----------
    draw : callable
        Returns a Matplotlib figure, or raises ValueError or OSError with a sentence that says why it cannot.
    """

    def __init__(self, draw: Callable[[], Any]) -> None:
        self._draw = draw
        self.draw_button = ipw.Button(
            description=_("figure"),
            tooltip=_("Draw what is shown as a figure for print, with scale bar, units and errors"),
            layout=ipw.Layout(width="auto"),
        )
        self.draw_button.add_class("lattice-widgets-figure")
        self.close_button = ipw.Button(
            description=_("close"), tooltip=_("Take the figure away"), layout=ipw.Layout(width="auto", display="none")
        )
        self.close_button.add_class("lattice-widgets-figure-close")
        self.says = Line("")
        self.says.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        self.draw_button.on_click(lambda button: self._show())
        self.close_button.on_click(lambda button: self._clear())
        super().__init__(layout=ipw.Layout(width="100%", min_width="0", overflow="auto"))
        self._row = ipw.HBox([self.draw_button, self.close_button])
        self.children = [self._row, self.says]

    def _clear(self) -> None:
        shown: list[ipw.VBox] = list(self.children)[2:]
        self.children = [self._row, self.says]
        for box in shown:
            for canvas in box.children:
                canvas.close()
            box.close()
        self.close_button.layout.display = "none"
        self.says.value = ""

    def _show(self) -> None:
        self._clear()
        try:
            figure = self._draw()
            from lattice_widgets.views.figures.publication import live_canvas

            canvas = live_canvas(figure)
        except (ValueError, OSError) as problem:
            self.says.value = in_html(_("There is no figure: {reason}").format(reason=problem))
            return
        # in a box of its own: ipympl leaves the picture of a canvas on the page that is taken out of a box directly
        self.children = [self._row, self.says, ipw.VBox([canvas])]
        self.close_button.layout.display = None
        self.says.value = in_html(
            _(
                "The figure as things were when the button was pressed. In code: "
                "widget.figure().savefig('figure.svg'), or .pdf."
            )
        )
