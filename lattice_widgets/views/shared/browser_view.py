"""What all views that draw in the browser share: the words of their JavaScript, and that they hear their kernel."""

import json
import re
from functools import lru_cache
from typing import Any

import anywidget
import traitlets as t

from lattice_widgets.language import _

__all__ = ["BrowserView", "messages_of"]

# a call of _ or N_ with a string in double quotes, or several glued with +
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_CALL = re.compile(rf"(?<![\w$.])(?:_|N_)\(\s*({_STRING}(?:\s*\+\s*{_STRING})*)")


@lru_cache(maxsize=32)
def messages_of(source: str) -> tuple[str, ...]:
    r"""Return the messages of a JavaScript module, in the order of the source.

    Examples
    --------
    >>> messages_of('title(_("Zoom in")); say(_("row {row}, " +\n  "col {col}", { row, col }))')
    ('Zoom in', 'row {row}, col {col}')
    """
    found = ("".join(json.loads(part) for part in re.findall(_STRING, call)) for call in _CALL.findall(source))
    return tuple(dict.fromkeys(found))


class BrowserView(anywidget.AnyWidget):
    """A view with JavaScript of its own.

    Its ``initialize`` is or calls ``revive`` (`revive.js`); its ``render`` calls ``useWords(model)`` first and then
    ``_("a message")`` (`words.js`).
    """

    page_checks = t.Int(0, help="How often a page has looked whether it hears the kernel; see `revive.js`.").tag(
        sync=True
    )
    words = t.Dict(help="English message -> translation; empty in English.").tag(sync=True)

    @t.default("words")
    def _default_words(self) -> dict[str, Any]:
        both = ((message, _(message)) for message in messages_of(str(self._esm)))
        return {message: said for message, said in both if said != message}
