"""A table of files in the browser: sorted by any column, filtered, a small picture in each line."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets as t

from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["FileList"]


class FileList(BrowserView):
    """Lines of files. All of its text is put on the page as text.

    Keyboard: Tab goes to the filters, the titles of the columns (Enter sorts) and the buttons that open a file.

    Parameters
    ----------
    on_open : callable, optional
        Called with the name of the line whose button was pressed.
    small_pictures : mapping of str to bytes, optional
        Name -> PNG; the page asks for those that it shows.
    **settings
        Any of the traits.
    """

    _esm: ClassVar[str] = join_modules("shared/color_maps.js", "canvas/picture_toolbar.js", "table/file_list.js")
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "table/file_list.css")

    columns: Any = t.List(help="Dicts with key, label and numeric, in their order.").tag(sync=True)
    rows: Any = t.List(
        help="Dicts with name, kind, note, picture (another text for another one), cells and sort (by key)."
    ).tag(sync=True)
    kinds: Any = t.List(help="Pairs of key and label: what can be chosen to be shown alone.").tag(sync=True)
    sort_by = t.Unicode("", help="Key of the column that sorts.").tag(sync=True)
    descending = t.Bool(True, help="Whether its largest comes first.").tag(sync=True)
    text = t.Unicode("", help="Only lines with this text are shown.").tag(sync=True)
    kind = t.Unicode("", help="Only lines of this kind are shown; empty: all.").tag(sync=True)
    chosen = t.Unicode("", help="Name of the line that is open.").tag(sync=True)
    caption = t.Unicode("", help="What the table is, for screen readers.").tag(sync=True)

    def __init__(
        self,
        on_open: Callable[[str], None] | None = None,
        small_pictures: Mapping[str, bytes] | None = None,
        **settings: Any,
    ) -> None:
        reject_unknown(type(self), settings)
        super().__init__(**settings)
        self._on_open, self._pictures = on_open, small_pictures if small_pictures is not None else {}
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Hand on what was done: "open" with a name, "want" with names whose pictures the page lacks."""
        if content.get("act") == "open" and self._on_open is not None:
            self._on_open(str(content.get("name")))
        elif content.get("act") == "want" and isinstance(content.get("names"), list):
            names = [str(name) for name in content["names"] if str(name) in self._pictures]
            if names:
                self.send({"names": names}, [self._pictures[name] for name in names])
