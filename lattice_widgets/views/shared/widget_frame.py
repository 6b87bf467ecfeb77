"""What all widgets share on the page: the style, a name for screen readers, names for the parts of its controls."""

from itertools import count
from typing import Any, ClassVar
from uuid import uuid4

import traitlets as t

from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["WidgetFrame"]

_NUMBERS = count()


class WidgetFrame(BrowserView):
    """A part of each widget that no eye sees: it brings the style along, and says to screen readers what others do not.

    Sliders and their numbers get the name and the help that stand beside them, every part with the class
    ``lattice-widgets-live`` is read out when it changes, and the whole gets a heading. Buttons of `copy_button`
    copy. After JupyterLab's *Run All Cells* the first widget of a notebook brings the page back to its top. Where the kernel
    does not answer any more the page says so, keeps the settings, and offers them to the next widget of this name.
    """

    _esm: ClassVar[str] = join_modules(
        "shared/page/page_scroll.js", "shared/downloads.js", "shared/page/kernel_watch.js", "shared/widget_frame.js"
    )
    _css: ClassVar[str] = join_styles("shared/widget.css")

    title = t.Unicode("", help="What the widget is called.").tag(sync=True)
    settings = t.Dict(help="Settings that were changed: the page keeps them for the case that the kernel ends.").tag(
        sync=True
    )
    birth = t.Unicode(help="Tells this widget from one of an earlier kernel.").tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(birth=uuid4().hex, **settings)
        self.on_msg(self._answer)

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        if "ping" in content:
            self.send({"pong": content["ping"]})

    def save(self, name: str, content: bytes) -> None:
        """Have the browser save a file under a name."""
        self.send({"save": name, "number": next(_NUMBERS)}, buffers=[content])
