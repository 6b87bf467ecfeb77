"""A prediction of a lesson: committed by one click, kept beside the answers of the quiz, before the explanation opens."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

import lattice_widgets
from lattice_widgets.files.answers.predictions import LESSON_NAME, Predicted
from lattice_widgets.files.answers.sheets import AnswersFileError, now
from lattice_widgets.language import N_, _
from lattice_widgets.views.question.prediction_card import PredictionCard
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.settings import Words
from lattice_widgets.widgets.prediction.work import PredictionFound, PredictionRequest, look_up
from lattice_widgets.widgets.quiz.student import NameField, guest_name

_LETTERS = "abcdefghi"


class Prediction(LatticeWidget):
    """A choice that a student commits before looking: one click on a letter, or on *Skip*.

    The lesson's text says what each letter stands for. A folded explanation of the page, a ``<details>`` element with the class
    ``lw-explains-LESSON-STEP``, opens only afterwards. What was chosen is saved at once, in the folder ``answers`` beside the
    notebook, and shown when the lesson is opened again; it cannot be changed. ``lattice-widgets grade --predictions`` counts
    predictions, apart from the answers of quizzes.

    Examples
    --------
    >>> import asyncio, tempfile
    >>> async def predict(folder):
    ...     prediction = Prediction("two_spaces", 1, letters="abc", right="a", folder=folder)
    ...     await prediction.settled()
    ...     prediction.choose("b")
    ...     return prediction.chosen, prediction.committed
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     asyncio.run(predict(folder))
    ('b', True)
    """

    title = N_("Prediction")
    undoable = False  # what was predicted stays predicted

    lesson = Words("my_lesson", help="Name of the lesson: letters, digits and underscores.").tag(request=True)
    step = t.Int(1, min=1, max=1000, help="Number of the step, from 1; step 1 asks for the student's name too.").tag(
        request=True
    )
    letters = Words("abc", help="The letters to choose from, from a on: at least ab, at most abcdefghi.").tag(
        request=True
    )
    right = Words("", help="The letter of what comes true; empty: the lesson does not tell.").tag(request=True)
    student = Words("", help="Name of who predicts; may be empty. Each name has a file of its own.").tag(request=True)
    folder = Words("", help='Folder of the notebook, where "answers" is put; empty: the present one.').tag(request=True)

    chosen = t.Unicode("", read_only=True, help="The letter that was chosen; empty: none yet, or skipped.")
    committed = t.Bool(False, read_only=True, help="Whether something was chosen or skipped.")
    file = t.Unicode("", read_only=True, help="The file of the predictions; empty while nothing could be saved.")
    message = t.Unicode("", read_only=True, help="Why the prediction is not saved; empty if it is.")

    def __init__(self, lesson: str = "my_lesson", step: int = 1, **settings: Any) -> None:
        if isinstance(settings.get("folder"), Path):
            settings["folder"] = str(settings["folder"])
        self._guest = guest_name()
        #: (lesson, step, student) -> what was predicted here; it may not have been possible to save it
        self._made: dict[tuple[str, int, str], Predicted] = {}
        super().__init__(lesson=lesson, step=step, **settings)
        self.add_class("lattice-prediction")

    # ---------------------------------------------------------------- for scripts, and for the buttons

    def choose(self, letter: str) -> None:
        """Commit a prediction; it is saved at once and cannot be changed.

        Parameters
        ----------
        letter : str
            One of `letters`; empty: skip.

        Raises
        ------
        ValueError
            If there is no such letter, or something was chosen before.
        """
        request = self.request()
        if self.committed:
            raise ValueError(_("This was predicted already: what was chosen first counts."))
        if len(letter) > 1 or letter not in request.letters:
            raise ValueError(_("There is no {letter} to choose here.").format(letter=repr(letter)))
        one = Predicted(request.step, letter, request.right, now(), lattice_widgets.__version__)
        self._show(request, self._keep(request, one))

    # ---------------------------------------------------------------- the five parts

    def request(self) -> PredictionRequest:
        """Return the settings; a ValueError says what is wrong with them."""
        if not LESSON_NAME.fullmatch(self.lesson):
            raise ValueError(
                _("The name of a lesson has letters of the English alphabet, digits and underscores, 60 at most.")
            )
        if self.letters != _LETTERS[: len(self.letters)] or len(self.letters) < 2:
            raise ValueError(_("The letters to choose from begin with ab and go on in order, to i at most."))
        if len(self.right) > 1 or self.right not in self.letters:
            raise ValueError(_("What comes true is one of the letters to choose from, or empty."))
        student = self.student.strip()
        return PredictionRequest(self.lesson, self.step, self.letters, self.right, student, self.folder, self._guest)

    compute = staticmethod(look_up)

    def apply(self, answer: PredictionFound) -> None:
        """Show what was predicted, or ask for it."""
        request = answer.request
        one = answer.predicted or self._made.get((request.lesson, request.step, request.student))
        if answer.problem:
            self._say(answer.problem)
        elif answer.predicted is not None or one is None:
            self._say("")
            self.set_trait("file", str(request.store().path))
        self._show(request, one)

    def forget_answers(self) -> None:
        """Ask for nothing while the settings make no sense."""
        self.set_trait("committed", False)
        self.set_trait("chosen", "")
        with self._card.hold_sync():
            self._card.committed, self._card.chosen, self._card.is_open, self._card.explains = False, "", False, ""

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the letters, the name and the line that says what is wrong."""
        self._card, self._notice = PredictionCard(on_choose=self._clicked), says()
        self._name = NameField(self)
        self.observe(self._renamed, "student")
        return [self._card, *self._name.lines, self._notice]

    # ---------------------------------------------------------------- its parts

    def _show(self, request: PredictionRequest, one: Predicted | None) -> None:
        self.set_trait("committed", one is not None)
        self.set_trait("chosen", one.chosen if one is not None else "")
        card = self._card
        with card.hold_sync():
            card.letters = request.letters
            card.label = _("Your prediction, step {step}").format(step=request.step)
            card.explains = f"lw-explains-{request.lesson}-{request.step}"
            card.committed, card.chosen, card.is_open = self.committed, self.chosen, not self.committed
        self._name.layout.display = None if request.step == 1 else "none"
        if request.step > 1 and self._name.another is not None:
            self._name.another.layout.display = "none"

    def _clicked(self, letter: str) -> None:
        """Take a letter that was clicked; in another window it may have been chosen before."""
        if not self.committed:
            self.choose(letter)

    def _keep(self, request: PredictionRequest, one: Predicted) -> Predicted:
        """Save a prediction, and return the one that counts: another window may have been first.

        Where it cannot be saved it is remembered while the page is open, and the reason told.
        """
        store = request.store()
        try:
            one = next(each for each in store.add([one]) if each.step == one.step)
            self._say("")
            self.set_trait("file", str(store.path))
        except AnswersFileError as problem:
            self._say(str(problem))
        self._made[request.lesson, request.step, request.student] = one
        return one

    def _renamed(self, change: dict[str, Any]) -> None:
        """Take along what was predicted here before the name was typed: a teacher sees one student, and no guest beside."""
        one = self._made.get((self.lesson, self.step, ""))
        if one is not None and not change["old"].strip() and change["new"].strip():
            request = self.request()
            self._keep(request, one)
            del self._made[self.lesson, self.step, ""]  # the next name is another student's
            if self._guest and self.file:
                with suppress(AnswersFileError):  # it stays with the guest, too
                    replace(request, student="").store().drop(one.step)
            self.refresh()

    def _say(self, words: str) -> None:
        self.set_trait("message", words)
        if words:
            self.set_trait("file", "")
        self._notice.value = (
            f'<span role="alert" class="lattice-widgets-error">{in_html(words)}</span>' if words else ""
        )
