"""The quiz: questions that cannot run out, an answer that is committed before it is judged, and a match against the network."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

import lattice_widgets
from lattice_widgets.core.quiz import (
    LEVELS,
    MAX_SEED,
    TOPICS,
    Feedback,
    Question,
    QuizError,
    Score,
    check_confidence,
    check_given,
    question_of,
)
from lattice_widgets.files.answers.sheets import Answer, AnswersFileError, now
from lattice_widgets.files.answers.sheets import Quiz as WhichQuiz
from lattice_widgets.files.answers.store import AnswerStore
from lattice_widgets.language import _
from lattice_widgets.views.saved.static_picture import png_of_pictures
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.parts.controls import column, side_by_side
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.network import NetworkName
from lattice_widgets.widgets.parts.settings import Choice, Words
from lattice_widgets.widgets.quiz import texts
from lattice_widgets.widgets.quiz.panels import ScoreBoard, chips
from lattice_widgets.widgets.quiz.question_page import QuestionPage
from lattice_widgets.widgets.quiz.student import NameField, guest_name
from lattice_widgets.widgets.quiz.work import AnswerJudged, QuestionReady, Request, Tally, compute_answers

#: what makes it another quiz, with answers of its own, or moves its end
_IDENTITY = ["topic", "level", "seed", "same_for_all", "student", "folder", "n_questions"]


class Quiz(LatticeWidget):
    """Questions with answers that are committed first and explained then.

    A question depends on topic, level, seed and its number alone: a teacher's seed gives everyone the same questions, or, with
    ``same_for_all=False``, everyone their own, made from seed and name. Each answer is saved at once, in the folder
    ``answers`` beside the notebook; a quiz that is opened again goes on where it was. ``lattice-widgets grade`` judges the
    files without a screen.

    Keyboard: digits choose, Enter commits, N goes on to the next question.

    Examples
    --------
    >>> quiz = Quiz("lattice", level=1, seed=7)  # doctest: +SKIP
    >>> quiz.answer("hexagonal", confidence=0.8)  # doctest: +SKIP
    >>> await quiz.settled()  # doctest: +SKIP
    >>> quiz.feedback.right, quiz.score.fraction  # doctest: +SKIP
    >>> quiz.next()  # doctest: +SKIP
    """

    title = "Quiz"
    undoable = False  # what was answered stays answered

    topic = Choice(tuple(TOPICS), "lattice", help="What is asked.").tag(request=True)
    level = Choice(LEVELS, 1, help="1: clean and well separated, 2: in between, 3: near the borders and noisy.").tag(
        request=True
    )
    seed = t.Int(1, min=0, max=MAX_SEED, help="The same seed gives the same questions.").tag(request=True)
    n_questions = t.Int(10, min=1, max=2**31 - 1, allow_none=True, help="How many questions; None: without end.").tag(
        request=True
    )
    student = Words("", help="Name of who answers; may be empty. Each name has a file of its own.").tag(request=True)
    folder = Words("", help='Folder of the notebook, where "answers" is put; empty: the present one.').tag(request=True)
    same_for_all = t.Bool(True, help="Whether all students get the same questions, or each their own.").tag(
        request=True
    )
    classifier = NetworkName(help="The network to play against.").tag(request=True)
    index = t.Int(0, min=0, help="Number of the question that is shown, from 0.").tag(request=True)

    answers = t.Tuple(read_only=True, help="What was answered so far: `Answer` objects, in the order of answering.")
    question = t.Instance(Question, read_only=True, allow_none=True, help="The question that is shown.")
    feedback = t.Instance(Feedback, read_only=True, allow_none=True, help="What is said of its answer; None before.")
    score = t.Instance(Score, read_only=True, allow_none=True, help="The student's score so far.")
    network_score = t.Instance(
        Score, read_only=True, allow_none=True, help="The network's on the same pictures; None where it does not play."
    )
    file = t.Unicode("", read_only=True, help="The file of the answers; empty while nothing could be saved.")
    message = t.Unicode("", read_only=True, help="Where the answers are, or why they are not saved.")

    def __init__(self, topic: str = "lattice", level: int = 1, seed: int = 1, **settings: Any) -> None:
        if isinstance(settings.get("folder"), Path):
            settings["folder"] = str(settings["folder"])
        self._guest = guest_name()
        self._no_network = ""
        self._store: AnswerStore | None = None
        #: what was answered here without a name, and where it was saved
        self._nameless: list[tuple[AnswerStore, Answer]] = []
        super().__init__(topic=topic, level=level, seed=seed, **settings)
        self.add_class("lattice-quiz")

    # ---------------------------------------------------------------- for scripts, and for the buttons

    def answer(self, given: str | float, confidence: float = 0.5) -> None:
        """Commit the answer to the question that is shown; it is saved at once and cannot be changed.

        Parameters
        ----------
        given : str or float
            Key of an option (``"hexagonal"``, ``"b"``), or a number in the unit of the question.
        confidence : float
            How sure, 0-1.

        Raises
        ------
        QuizError
            If there is no such answer, or the question is answered already.
        """
        store = self._need_store()
        if self._answer_at(self.index) is not None:
            raise QuizError(_(texts.ANSWERED))
        asked = question_of(self.topic, self.level, store.quiz.own_seed, self.index)
        record = Answer(
            self.index, check_given(asked, given), check_confidence(confidence), now(), lattice_widgets.__version__
        )
        try:
            answers = store.add(record)
            notice, place = texts.saved(_short(store.path)), str(store.path)
            if record not in answers:
                notice = _(texts.ELSEWHERE)
            elif not store.quiz.student:
                self._nameless.append((store, record))
            # those that could not be saved before are still there
            known = {one.index for one in answers}
            answers += tuple(one for one in self.answers if one.index not in known)
        except AnswersFileError as problem:
            answers, notice, place = (*self.answers, record), str(problem), ""
        self._say(notice, place)
        self.set_trait("answers", answers)
        self.refresh()

    def next(self) -> None:
        """Go to the next question that is not answered yet.

        Raises
        ------
        QuizError
            If this one is not answered, or there is no other.
        """
        if self._answer_at(self.index) is None:
            raise QuizError(_(texts.UNANSWERED))
        following = self._first_open(self.index + 1)
        if following is None:
            raise QuizError(_(texts.NO_MORE))
        self.index = following

    # ---------------------------------------------------------------- the five parts

    def request(self) -> Request:
        """Return the settings."""
        store = self._need_store()
        plays = TOPICS[self.topic].network != "absent"
        classifier = self.ready_classifier(self.classifier) if plays else None
        return Request(store.quiz, self.index, self.answers, classifier)

    compute = staticmethod(compute_answers)

    def apply(self, answer: QuestionReady | AnswerJudged | Tally) -> None:
        """Show a question, what is said of its answer, or the score."""
        if isinstance(answer, QuestionReady):
            question, given = answer.question, self._answer_at(answer.question.index)
            self.set_trait("question", question)
            if given is None:
                self.set_trait("feedback", None)
            can_next = given is not None and self._first_open(question.index + 1) is not None
            self._page.ask(answer, given, can_next, self.n_questions)
        elif isinstance(answer, AnswerJudged):
            if answer.feedback is not None:
                self.set_trait("feedback", answer.feedback)
            self._page.tell(answer, self._no_network)
        else:
            self.set_trait("score", answer.student)
            self.set_trait("network_score", answer.network)
            last = max([*answer.right, self.index]) + 1
            self._page.card.chips = chips(answer.right, self.n_questions or last)
            self._board.show(answer.student, answer.network, finished=self._first_open(0) is None)

    def classifier_failed(self, problem: Exception) -> None:
        """Say with the answers why the network does not play; the questions go on."""
        self._no_network = texts.no_network(problem)
        self.refresh()

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the question, its pictures, the card, and the score board."""
        self._page, self._notice = QuestionPage(self._act), says()
        self._board = ScoreBoard()
        self._name = NameField(self)
        self.observe(self._reopen, _IDENTITY)
        self._reopen()
        return [
            self._page.heading,
            side_by_side(
                column(self._page.pictures, self._page.choices, width="540px"),
                column(self._page.card, *self._name.lines, self._notice, width="360px"),
            ),
            self._board,
        ]

    def static_picture(self) -> bytes:
        """Return the pictures of the question beside each other."""
        return png_of_pictures([canvas for canvas in self._page.pictures.children if canvas.layout.display != "none"])

    # ---------------------------------------------------------------- its parts

    @t.validate("index")
    def _check_index(self, proposal: dict[str, Any]) -> int:
        index: int = proposal["value"]
        if self.n_questions is not None and index >= self.n_questions:
            raise t.TraitError(f"index is from 0 to {self.n_questions - 1}: there are {self.n_questions} questions.")
        return index

    def _reopen(self, change: dict[str, Any] | None = None) -> None:
        """Take up another quiz, or this one again: find its answers and go on at the first question without one."""
        which = WhichQuiz(self.topic, self.level, self.seed, self.same_for_all, self.student.strip())
        folder = Path(self.folder or ".").absolute()
        self._store = AnswerStore(
            folder, which, lattice_widgets.__version__, self._guest if not self.student.strip() else ""
        )
        answers: tuple[Answer, ...] = ()
        try:
            if change is not None and change["name"] == "student" and not change["old"].strip() and which.student:
                self._take_along(self._store)
            answers = self._store.read()
            self._say(texts.saved(_short(self._store.path)) if answers else "", str(self._store.path))
        except (AnswersFileError, OSError) as problem:
            self._say(str(problem), "")
        self.set_trait("answers", answers)
        if change is not None or answers:  # a script may begin anywhere
            first = self._first_open(0)
            self.index = first if first is not None else (self.n_questions or 1) - 1

    def _take_along(self, store: AnswerStore) -> None:
        """Save under the name that was typed what was answered here before: the same questions are not asked twice."""
        for one in tuple(self._nameless):
            before, record = one
            if replace(before.quiz, student=store.quiz.student) == store.quiz:
                store.add(record)
                self._nameless.remove(one)  # the next name is another student's
                if self._guest:  # a teacher sees one student, and no guest beside
                    before.drop([record])

    def _need_store(self) -> AnswerStore:
        assert self._store is not None
        if not self.same_for_all and not self.student.strip():
            raise QuizError(_(texts.NAMELESS))
        return self._store

    def _answer_at(self, index: int) -> Answer | None:
        return next((answer for answer in self.answers if answer.index == index), None)

    def _first_open(self, start: int) -> int | None:
        """Return the first question from ``start`` on that is not answered; None if there is none."""
        known = {answer.index for answer in self.answers}
        end = self.n_questions if self.n_questions is not None else start + len(known) + 1
        places = chain(range(start, end), range(min(start, end)))  # not a list: there may be thousands of millions
        return next((place for place in places if place not in known), None)

    def _act(self, act: str, content: dict[str, Any]) -> None:
        """Do what a button was pressed for."""
        try:
            if act == "commit":
                self.answer(content.get("given"), content.get("confidence", 0.5))  # type: ignore[arg-type]
            elif act == "next":
                self.next()
            elif act == "go":
                self.index = int(content["index"])
        except (QuizError, t.TraitError) as problem:
            self._say(str(problem), self.file)

    def _say(self, words: str, place: str) -> None:
        self.set_trait("message", words)
        self.set_trait("file", place)
        role = ' role="alert" class="lattice-widgets-error"' if words and not place else ' role="status"'
        self._notice.value = f"<span{role}>{in_html(words)}</span>" if words else ""


def _short(path: Path) -> str:
    """Return a path as one reads it: from the folder of the notebook on."""
    return f"{path.parent.name}/{path.name}"
