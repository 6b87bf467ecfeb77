"""A view whose picture can be taken out of the page: its menu copies it, saves it, and shows it on the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.views.shared.browser_view import BrowserView

__all__ = ["ExportView"]


class ExportView(BrowserView):
    """A view with a menu; pictures are made in the browser, values and code are asked of the kernel when they are wanted."""

    has_table = t.Bool(False, help="Whether the values can be saved as CSV.").tag(sync=True)
    has_code = t.Bool(False, help="Whether there is code that makes what is shown.").tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        self._code: Callable[[], str] | None = None
        super().__init__(**settings)
        self.on_msg(self._give)

    def offer_code(self, code: Callable[[], str]) -> None:
        """Offer the code that makes what is shown; it is called when somebody wants it."""
        self._code, self.has_code = code, True

    def table(self) -> str:
        """Return the values that are shown, as the text of a CSV file; ValueError with a sentence if there are none."""
        raise ValueError(_("There are no values to save."))

    def _give(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        asked = content.get("ask")
        if asked not in ("table", "code"):
            return
        try:
            text = self.table() if asked == "table" else self._code() if self._code is not None else ""
            if not text:
                raise ValueError(_("Nothing is shown yet."))
        except (ValueError, OSError) as problem:
            self.send({"answer": asked, "problem": str(problem)})
        else:
            self.send({"answer": asked}, buffers=[text.encode()])
