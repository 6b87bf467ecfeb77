"""What all widgets share on the page: the style, a name for screen readers, names for the parts of its controls."""

from pathlib import Path
from typing import ClassVar

import traitlets as t

from lattice_widgets.views.browser_view import BrowserView
from lattice_widgets.views.javascript import join_modules

__all__ = ["WidgetFrame"]


class WidgetFrame(BrowserView):
    """A part of each widget that no eye sees: it brings the style along, and says to screen readers what others do not.

    Sliders and their numbers get the name and the help that stand beside them, every part with the class
    ``lattice-widgets-live`` is read out when it changes, and the whole gets a heading.
    """

    _esm: ClassVar[str] = join_modules("widget_frame.js")
    _css: ClassVar[str] = (Path(__file__).parent / "widget.css").read_text(encoding="utf-8")

    title = t.Unicode("", help="What the widget is called.").tag(sync=True)
