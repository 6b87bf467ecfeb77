"""The question on the screen: its pictures, the card to answer on, and what is said of the answer."""

from collections.abc import Callable, Sequence
from typing import Any

from lattice_widgets.files.answers.sheets import Answer
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.parts.controls import share_row, side_by_side
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.quiz import texts
from lattice_widgets.widgets.quiz.panels import class_options, show_picture
from lattice_widgets.widgets.quiz.work import AnswerJudged, QuestionReady, ReadyPicture

__all__ = ["QuestionPage"]


class QuestionPage:
    """Shows one question after another.

    Parameters
    ----------
    act : callable
        ``act(what, content)``, called when a button of the card is pressed.

    Attributes
    ----------
    heading, pictures, choices, card : ipywidgets.Widget
        The line above, the pictures of the question, those to choose from, and the card.
    """

    def __init__(self, act: Callable[[str, dict[str, Any]], None]) -> None:
        self.heading, self.card = says(), QuestionCard(on_act=act)
        self.pictures, self.choices = side_by_side(), side_by_side()
        self.choices.layout.max_width = "470px"  # two and two
        self._shown = ""

    def ask(self, ready: QuestionReady, given: Answer | None, can_next: bool, n_questions: int | None) -> None:
        """Show a question, and how it was answered, if it was."""
        question, card = ready.question, self.card
        self.heading.value = texts.heading(question, n_questions)
        with card.hold_sync():
            if question.id != self._shown:
                card.options = class_options(question)
                card.unit, card.prompt = question.unit, texts.say(question.prompt)
                card.question = question.id
                if given is None:
                    card.picked, card.confidence = "", 0.5
            card.index = question.index
            card.is_open = given is None
            card.committed = given is not None
            card.can_next = can_next
            if given is None:
                card.right_key, card.said, card.reasons = "", [], []
            else:
                card.picked = given.given if isinstance(given.given, str) else f"{given.given:g}"
                card.confidence = given.confidence
        if question.id != self._shown:
            self._shown = question.id
            self._show_pictures(ready.pictures, ready.options)

    def tell(self, judged: AnswerJudged, no_network: str) -> None:
        """Say whether the answer is right and why; ``no_network`` tells why the network does not play."""
        feedback = judged.feedback
        if feedback is None:
            self.card.said = [{"kind": "info", "text": no_network or _(texts.WAITING)}]
            return
        kind = "right" if feedback.right else "wrong"
        said = [{"kind": kind, "text": texts.verdict(feedback)}]
        said += [{"kind": "info", "text": texts.say(sentence)} for sentence in feedback.said]
        if feedback.network is not None and judged.question.topic == "lattice":
            text = texts.network_says(feedback.network, judged.question.lattice_class)
            said.append({"kind": "info", "text": text})
        elif no_network:
            said.append({"kind": "info", "text": no_network})
        with self.card.hold_sync():
            self.card.right_key = str(feedback.answer) if judged.question.is_choice else ""
            self.card.said = said
            self.card.reasons = [texts.say(why) for _key, why in feedback.reasons]

    def _show_pictures(self, pictures: Sequence[ReadyPicture], options: Sequence[ReadyPicture]) -> None:
        for box, ready in ((self.pictures, pictures), (self.choices, options)):
            missing = [PictureCanvas(smooth=True) for _place in range(len(ready) - len(box.children))]
            if missing:
                if box is self.pictures:
                    share_row(*missing)
                box.children = (*box.children, *missing)
            for canvas, picture in zip(box.children, ready, strict=False):
                if box is self.choices and canvas in missing:
                    canvas.observe(self._picked, "clicked")
                show_picture(canvas, picture, small=box is self.choices)
            for place, canvas in enumerate(box.children):
                canvas.layout.display = None if place < len(ready) else "none"

    def _picked(self, change: dict[str, Any]) -> None:
        """Choose the option whose picture was clicked."""
        choices = list(self.choices.children)
        if change["owner"] in choices and self.card.is_open:
            self.card.picked = self.card.options[choices.index(change["owner"])]["key"]
