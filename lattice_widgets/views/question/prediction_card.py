"""A prediction in the browser: a row of letters, one click each, and the explanation of the page that waits for it."""

from collections.abc import Callable
from typing import Any, ClassVar

import traitlets as t
from PIL import Image, ImageDraw

from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.saved.static_painters import INK, PALE, PAPER, font
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["PredictionCard"]


class PredictionCard(BrowserView):
    """Letters to choose from, and one to skip; the first click counts.

    A ``<details>`` of the page with the class that `explains` names stays folded until something is chosen or skipped: who
    opens it earlier is led to the letters. Its summary says then what was chosen.
    """

    _esm: ClassVar[str] = join_modules(
        "shared/color_maps.js", "canvas/picture_toolbar.js", "question/prediction_card.js"
    )
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "question/prediction_card.css")

    letters = t.Unicode("", help="The letters of what can be predicted, such as abc.").tag(sync=True)
    label = t.Unicode("", help="What the choice is for, for screen readers.").tag(sync=True)
    explains = t.Unicode("", help="Class of the details element that waits for the choice.").tag(sync=True)
    is_open = t.Bool(False, help="Whether it can be chosen now.").tag(sync=True)
    committed = t.Bool(False, help="Whether something was chosen or skipped.").tag(sync=True)
    chosen = t.Unicode("", help="The letter that was chosen; empty: none, or skipped.").tag(sync=True)

    def __init__(self, on_choose: Callable[[str], None] | None = None, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        super().__init__(**settings)
        self._on_choose = on_choose
        self.on_msg(self._heard)

    def paint(self, width: int) -> Image.Image:
        """Return the letters as a picture, with a frame around the one that was chosen."""
        picture = Image.new("RGB", (min(width, 420), 30), PAPER)
        pen = ImageDraw.Draw(picture)
        pen.text((4, 15), _("Your prediction"), INK, font(13, bold=True), anchor="lm")
        for number, letter in enumerate(self.letters):
            mine = letter == self.chosen
            left = 150 + 30 * number
            pen.rectangle((left, 3, left + 24, 27), outline=INK if mine else PALE, width=2 if mine else 1)
            pen.text((left + 12, 15), letter, INK, font(13, bold=mine), anchor="mm")
        return picture

    def _heard(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Hand on the letter that was clicked; an empty one skips."""
        if self._on_choose is not None and content.get("act") == "choose":
            self._on_choose(str(content.get("letter", "")))
