"""The lessons of a folder as a page shows them: title, minutes, goals, a picture, and what somebody has done of them."""

import ast
import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lattice_widgets.files.answers.predictions import LESSON_NAME, PredictionStore
from lattice_widgets.files.answers.sheets import AnswersFileError, Quiz
from lattice_widgets.files.answers.store import AnswerStore
from lattice_widgets.files.answers.visitors import names_of
from lattice_widgets.language import _, best_of

__all__ = ["LIST", "Lesson", "Progress", "progress_of", "read_lessons"]

#: the one list of the lessons, in their order
LIST = "lessons.json"
#: larger than any picture of a lesson: it is sent with the page
_MAX_PICTURE = 100_000


@dataclass(frozen=True)
class Lesson:
    """A lesson, as its notebook tells of it.

    Attributes
    ----------
    path : pathlib.Path
        The notebook.
    number : int
        From 1.
    title, about : str
        Title without its number, and one sentence.
    minutes : int
        How long it takes; 0 if it does not tell.
    goals : tuple of str
        What one can do afterwards; words between stars are emphasized.
    steps : tuple of (str, int)
        Lesson and step of each prediction that it asks for.
    quizzes : tuple of (Quiz, int)
        Its quizzes without a student, and how many questions each has.
    picture : str
        The picture as an address that holds all of it (``data:``); empty if there is none.
    """

    path: Path
    number: int
    title: str
    about: str
    minutes: int = 0
    goals: tuple[str, ...] = ()
    steps: tuple[tuple[str, int], ...] = ()
    quizzes: tuple[tuple[Quiz, int], ...] = field(default=())
    picture: str = ""


@dataclass(frozen=True)
class Progress:
    """How much of a lesson somebody has done: predictions made or skipped, and questions answered, each of how many."""

    predicted: int
    steps: int
    answered: int
    questions: int

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.questions > 0 and self.answered >= self.questions and self.predicted >= self.steps

    @property
    def begun(self) -> bool:
        """Whether anything was done."""
        return self.predicted > 0 or self.answered > 0


def read_lessons(folder: Path) -> list[Lesson]:
    """Return the lessons of a folder in the order of its list, in the user's language where they are translated; none if it
    has no list.

    A row whose notebook is missing or no notebook is left out: a teacher may hand out some of the lessons only.
    """
    try:
        rows = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    lessons = []
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        try:
            translations = row.get("translations", {})
            translated = translations.get(best_of(translations), {})
            if translated and (folder / Path(str(translated["file"])).name).is_file():
                row = row | translated
            path = folder / Path(str(row["file"])).name
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
            codes = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
            lessons.append(_lesson(path, number, str(row.get("about", "")), texts, codes))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return lessons


def progress_of(lesson: Lesson, visitor: str) -> Progress:
    """Return what a visitor has done of a lesson, without a name and under all names that the visitor has used.

    Parameters
    ----------
    lesson : Lesson
        The lesson; the answers lie beside its notebook.
    visitor : str
        The random number of the visitor's browser; empty: whoever works here without a name.
    """
    folder = lesson.path.parent
    students = ("", *names_of(folder, visitor))
    predicted: set[tuple[str, int]] = set()
    for name in {name for name, _step in lesson.steps}:
        for student in students:
            store = PredictionStore(folder, name, student, guest="" if student else visitor)
            predicted |= {(name, one.step) for one in _kept(store)}
    answered = 0
    for quiz, count in lesson.quizzes:
        indices: set[int] = set()
        for student in students:
            who = Quiz(quiz.topic, quiz.level, quiz.seed, quiz.same_for_all, student)
            indices |= {one.index for one in _kept(AnswerStore(folder, who, guest="" if student else visitor))}
        answered += sum(index < count for index in indices)
    questions = sum(count for _quiz, count in lesson.quizzes)
    return Progress(len(predicted & set(lesson.steps)), len(lesson.steps), answered, questions)


def _kept(store: PredictionStore | AnswerStore) -> Sequence[Any]:
    try:
        return store.read()
    except (AnswersFileError, OSError):
        return ()


def _lesson(path: Path, number: int, about: str, texts: list[str], codes: list[str]) -> Lesson:
    whole = "\n\n".join(texts)
    # "Lesson 1: ", "About 18 minutes", in any language
    heading = re.search(r"^# (?:\w+ \d+: )?(.+)$", whole, re.MULTILINE)
    minutes = re.search(r"^\*\w+ (\d+) min", whole, re.MULTILINE | re.IGNORECASE)
    part = re.search(rf"^## (?:Goals|{re.escape(_('Goals'))})\n(.*?)(?=^## |\Z)", whole, re.MULTILINE | re.DOTALL)
    goals = re.findall(r"^\* (.+)$", part[1], re.MULTILINE) if part else []
    calls = [call for code in codes for call in _calls(code)]
    return Lesson(
        path,
        number,
        heading[1].strip() if heading else path.stem,
        about,
        int(minutes[1]) if minutes else 0,
        tuple(goal.replace("**", "*") for goal in goals),
        tuple(dict.fromkeys(step for call in calls for step in _steps(call))),
        tuple(quiz for call in calls for quiz in _quizzes(call)),
        _picture(path.with_name(f"{path.name.partition('.')[0]}.png")),  # translations share it
    )


def _calls(code: str) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    """Yield name, values and settings of each call whose values can be read without running anything."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # a magic
        return
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            try:
                values = [ast.literal_eval(each) for each in call.args]
                settings = {each.arg or "": ast.literal_eval(each.value) for each in call.keywords}
            except ValueError:
                continue
            yield ast.unparse(call.func).rpartition(".")[2], values, settings


def _steps(call: tuple[str, list[Any], dict[str, Any]]) -> Iterator[tuple[str, int]]:
    name, values, settings = call
    if name == "Prediction":
        given: dict[str, Any] = (
            {"lesson": "", "step": 1} | dict(zip(("lesson", "step"), values, strict=False)) | settings
        )
        if isinstance(given["lesson"], str) and LESSON_NAME.fullmatch(given["lesson"]):
            yield given["lesson"], int(given["step"])


def _quizzes(call: tuple[str, list[Any], dict[str, Any]]) -> Iterator[tuple[Quiz, int]]:
    name, values, settings = call
    if name == "Quiz":
        given: dict[str, Any] = {"topic": "lattice", "level": 1, "seed": 1, "n_questions": 10, "same_for_all": True}
        given |= dict(zip(("topic", "level", "seed"), values, strict=False)) | settings
        if isinstance(given["n_questions"], int):
            quiz = Quiz(str(given["topic"]), int(given["level"]), int(given["seed"]), bool(given["same_for_all"]))
            yield quiz, given["n_questions"]


def _picture(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_PICTURE:
            return ""
        return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError:
        return ""
