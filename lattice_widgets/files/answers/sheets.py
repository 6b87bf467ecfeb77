"""Answers of a quiz, saved at once beside the notebook: one JSON file for each quiz and student.

The file ``answers/<topic>-level<level>-seed<seed>[-own][-<student>].json`` of a folder::

    {
      "format": "lattice-widgets-quiz", "version": 1,
      "quiz": {"topic": "lattice", "level": 1, "seed": 7, "same_for_all": true, "questions": 1},
      "student": "Ada", "package": "0.1.0",
      "answers": [
        {"question": "lattice-1-12345-0", "index": 0, "given": "hexagonal", "confidence": 0.8,
         "time": "2026-11-25T15:04:05+00:00", "package": "0.1.0"}
      ]
    }

``version`` is that of this format, ``questions`` that of the generator of questions, ``package`` the version of the package
that wrote. What is right is nowhere in the file: whoever grades makes the questions again, from the seed (with
``same_for_all`` false, from seed and name). ``given`` is the key of an option or a number in the unit of the question.

`store` writes it.
"""

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

from lattice_widgets.core.quiz import LEVELS, QUESTIONS_VERSION, TOPICS, question_id, seed_of

FORMAT = "lattice-widgets-quiz"
VERSION = 1
#: larger than any file of answers: a file that was named by mistake is not read into memory
_MAX_BYTES = 20_000_000


class AnswersFileError(ValueError):
    """A file that holds no answers, or that cannot be written; the message says why in one sentence."""


@dataclass(frozen=True)
class Quiz:
    """Which quiz, and whose answers.

    Attributes
    ----------
    topic, level, seed
        As for `core.quiz.question_of`; the teacher's seed.
    same_for_all : bool
        Whether everyone gets the questions of that seed, or each student their own.
    student : str
        Name; may be empty.
    """

    topic: str
    level: int
    seed: int
    same_for_all: bool = True
    student: str = ""

    @property
    def own_seed(self) -> int:
        """The seed that this student's questions are made from."""
        return seed_of(self.seed, self.student, self.same_for_all)

    @property
    def file_name(self) -> str:
        """The name of the file, the same for a name however it is capitalized.

        Examples
        --------
        >>> Quiz("lattice", 1, 7).file_name
        'lattice-level1-seed7.json'
        """
        own = "" if self.same_for_all else "-own"
        return file_name_for(f"{self.topic}-level{self.level}-seed{self.seed}{own}", self.student)


def file_name_for(stem: str, student: str) -> str:
    """Return the name of a student's file, the same for a name however it is capitalized.

    Examples
    --------
    >>> file_name_for("predictions-two_spaces", "")
    'predictions-two_spaces.json'
    >>> file_name_for("predictions-two_spaces", "Ada") == file_name_for("predictions-two_spaces", " ADA")
    True
    """
    student = " ".join(student.split()).casefold()
    if student:
        plain = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]
        # two names may look alike in plain letters
        stem += "-" + "-".join(filter(None, [plain, hashlib.sha256(student.encode()).hexdigest()[:6]]))
    return f"{stem}.json"


@dataclass(frozen=True)
class Answer:
    """One committed answer.

    Attributes
    ----------
    index : int
        Number of the question.
    given : str or float
        Key of an option, or a number.
    confidence : float
        From 0 to 1.
    time : str
        When, in ISO 8601.
    package : str
        Version of the package that asked.
    """

    index: int
    given: str | float
    confidence: float
    time: str = ""
    package: str = ""


@dataclass(frozen=True)
class AnswerSheet:
    """All that a file holds."""

    quiz: Quiz
    answers: tuple[Answer, ...]


def now() -> str:
    """Return the time as it is stored, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_answers(path: str | Path) -> AnswerSheet:
    """Return what a file of answers holds.

    Raises
    ------
    AnswersFileError
        If it cannot be read, is no such file, is of a newer format or of other questions, or its parts do not fit.
    """
    return sheet_of(read_content(path), Path(path).name)


def read_content(path: str | Path) -> Any:
    """Return what a file of answers or predictions holds, not checked yet beyond being JSON of a sensible size.

    Raises
    ------
    AnswersFileError
        If it cannot be read, or is not JSON.
    """
    place = Path(path)
    try:
        if place.exists() and not place.is_file():  # a pipe would be waited for
            raise AnswersFileError(f"{place.name} is no ordinary file.")
        if place.stat().st_size > _MAX_BYTES:
            raise AnswersFileError(f"{place.name} is too large for a file of answers.")
        return json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AnswersFileError(f"There is no file {place.name}.") from None
    except OSError as error:
        raise AnswersFileError(f"{place.name} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise AnswersFileError(f"{place.name} is not JSON: it was cut off, or is no file of answers.") from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise AnswersFileError(f"{place.name} has a number that no quiz asks for.") from None


def sheet_of(content: Any, name: str) -> AnswerSheet:
    """Return the answers of a quiz from what a file of that name holds.

    Raises
    ------
    AnswersFileError
        If it is no such file, is of a newer format or of other questions, or its parts do not fit.
    """
    try:
        return _sheet(content, name)
    except (OverflowError, TypeError):  # a number beyond all floats; a list where a word should be
        raise AnswersFileError(f"{name} has a part that no file of answers has.") from None


def _sheet(content: Any, name: str) -> AnswerSheet:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise AnswersFileError(f"{name} is not a file of answers of this package.")
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise AnswersFileError(f"{name} was written by a newer version of this package.")
    head, answers = content.get("quiz"), content.get("answers")
    if version != VERSION or not isinstance(head, dict) or not isinstance(answers, list):
        raise AnswersFileError(f"{name} lacks parts of a file of answers.")
    if head.get("questions") != QUESTIONS_VERSION:
        raise AnswersFileError(f"{name} has answers to the questions of another version of this package.")
    parts: list[Any] = [head.get(key) for key in ("topic", "level", "seed", "same_for_all")]
    topic, level, seed, same = parts
    student = content.get("student", "")
    if (
        topic not in TOPICS
        or level not in LEVELS
        or isinstance(level, bool)
        or not is_count(seed)
        or not isinstance(same, bool)
        or not isinstance(student, str)
    ):
        raise AnswersFileError(f"{name} tells of no quiz of this package.")
    quiz = Quiz(topic, int(level), int(seed), same, sendable(student))
    kept: dict[int, Answer] = {}
    for entry in answers:
        answer = _answer(entry, quiz, name)
        kept.setdefault(answer.index, answer)
    return AnswerSheet(quiz, tuple(kept.values()))


def _answer(entry: Any, quiz: Quiz, name: str) -> Answer:
    if not isinstance(entry, dict):
        raise AnswersFileError(f"{name} has an answer that is none.")
    parts: list[Any] = [entry.get(key) for key in ("index", "given", "confidence")]
    index, given, confidence = parts
    number = isinstance(given, int | float) and not isinstance(given, bool) and isfinite(given)
    sure = isinstance(confidence, int | float) and not isinstance(confidence, bool) and 0 <= confidence <= 1
    if not is_count(index) or not (isinstance(given, str) or number) or not sure:
        raise AnswersFileError(f"{name} has an answer that is none.")
    if entry.get("question") != question_id(quiz.topic, quiz.level, quiz.own_seed, index):
        raise AnswersFileError(f"{name} has an answer to a question that does not belong to this quiz and student.")
    when, package = str(entry.get("time", "")), str(entry.get("package", ""))
    said = sendable(given) if isinstance(given, str) else float(given)
    return Answer(index, said, float(confidence), sendable(when), sendable(package))


def sendable(text: str) -> str:
    """Return a text without halves of characters, which can neither be written nor shown."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_count(value: Any) -> bool:
    """Return whether a value is a whole number from 0 to 2³¹ − 1."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
