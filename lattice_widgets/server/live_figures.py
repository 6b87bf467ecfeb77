"""Live figures of Matplotlib (ipympl) on a dashboard: complete before the page hears of them."""

from typing import Any


def open_with_toolbar() -> None:
    """Let a live figure reach the page together with its toolbar, not before it.

    ipympl 0.10 announces a canvas first and gives it its toolbar in a second message. Voila, which shows the result of a
    cell beside the stream of messages and not in their order, may draw between the two; the page then has an error in
    place of the figure. Where ipympl is missing nothing is done: the notebook's own cell says so.
    """
    try:
        from ipympl.backend_nbagg import Canvas, FigureManager
    except ImportError:
        return

    announce, manage = Canvas.open, FigureManager.__init__

    def open_complete(canvas: Any) -> None:
        if canvas.toolbar is not None:
            announce(canvas)

    def manage_and_open(manager: Any, canvas: Any, num: int) -> None:
        manage(manager, canvas, num)
        canvas.open()

    Canvas.open, FigureManager.__init__ = open_complete, manage_and_open
