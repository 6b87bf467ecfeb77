"""A question in the browser: choices or a number, how sure one is, and what is said afterwards."""

from collections.abc import Callable
from typing import Any, ClassVar

import traitlets as t

from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["QuestionCard"]


class QuestionCard(BrowserView):
    """The card of a question. What is right is told to it only after the answer.

    Keyboard, wherever in an element of the class ``lattice-quiz`` around it the focus is: digits choose, Enter commits, N goes
    on. Screen readers find a group of radio buttons, and a live region for what is said.
    """

    _esm: ClassVar[str] = join_modules("shared/color_maps.js", "canvas/picture_toolbar.js", "question/question_card.js")
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "question/question_card.css")

    question = t.Unicode("", help="Name of the question; empty: none yet.").tag(sync=True)
    prompt = t.Unicode("", help="What is asked, for screen readers.").tag(sync=True)
    options: Any = t.List(
        help="Dicts with key, label and, if wanted, glyph and color; none: a number is asked for."
    ).tag(sync=True)
    unit = t.Unicode("", help="Unit of the number.").tag(sync=True)
    is_open = t.Bool(False, help="Whether it can be answered now.").tag(sync=True)
    picked = t.Unicode("", help="Key that is chosen, or the number as it was typed; not committed yet.").tag(sync=True)
    confidence = t.Float(0.5, min=0.0, max=1.0, help="How sure, 0-1.").tag(sync=True)
    committed = t.Bool(False, help="Whether the answer is given.").tag(sync=True)
    right_key = t.Unicode("", help="Key of the right option, once the answer is given.").tag(sync=True)
    said: Any = t.List(help='Dicts with kind ("right", "wrong", "info") and text.').tag(sync=True)
    reasons: Any = t.List(t.Unicode(), help="Why the other options are wrong.").tag(sync=True)
    chips: Any = t.List(help="Dicts with index, state (right, wrong, given, open) and label, one a question.").tag(
        sync=True
    )
    index = t.Int(0, help="Number of the question that is shown, from 0.").tag(sync=True)
    can_next = t.Bool(False, help="Whether there is a next question to go to.").tag(sync=True)

    def __init__(self, on_act: Callable[[str, dict[str, Any]], None] | None = None, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        super().__init__(**settings)
        self._on_act = on_act
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Hand on what was done: "commit" with given and confidence, "next", "go" with an index."""
        # a click that came before the page had the newest question is not for this one
        if self._on_act is not None and content.get("question") == self.question:
            self._on_act(str(content.get("act")), content)
