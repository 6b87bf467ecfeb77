"""Predictions of lessons, saved at once beside the answers of quizzes: one JSON file for each lesson and student.

The file ``answers/predictions-<lesson>[-<student>].json`` of a folder::

    {
      "format": "lattice-widgets-predictions", "version": 1,
      "lesson": "two_spaces", "student": "Ada", "package": "0.1.0",
      "predictions": [
        {"step": 1, "chosen": "b", "right": "a", "time": "2026-11-25T15:04:05+00:00", "package": "0.1.0"}
      ]
    }

``chosen`` is the letter of what was predicted, empty if the step was skipped; ``right`` is what came true, as the lesson said
when it asked. A prediction is no answer of a quiz: nobody is marked for it, so what is right may stand in the file.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lattice_widgets.files.answers.sheets import (
    AnswersFileError,
    file_name_for,
    is_count,
    read_content,
    sendable,
)
from lattice_widgets.files.answers.store import saving
from lattice_widgets.files.whole_file import write_whole

__all__ = ["FORMAT", "Predicted", "PredictionSheet", "PredictionStore", "read_predictions", "sheet_of_predictions"]

FORMAT = "lattice-widgets-predictions"
VERSION = 1
#: what a lesson may be called: its name becomes that of a file, and of a class of the page
LESSON_NAME = re.compile(r"[A-Za-z0-9_]{1,60}")


@dataclass(frozen=True)
class Predicted:
    """One prediction that was committed, or skipped.

    Attributes
    ----------
    step : int
        Number of the step of the lesson, from 1.
    chosen : str
        Letter of what was predicted; empty: skipped.
    right : str
        Letter of what came true; empty if the lesson does not tell.
    time, package : str
        When, in ISO 8601, and the version of the package that asked.
    """

    step: int
    chosen: str
    right: str = ""
    time: str = ""
    package: str = ""


@dataclass(frozen=True)
class PredictionSheet:
    """All that a file holds: the lesson, whose predictions, and the predictions in the order of the steps."""

    lesson: str
    student: str
    predictions: tuple[Predicted, ...]


class PredictionStore:
    """The predictions of one lesson and student, in a folder.

    Parameters
    ----------
    folder : str or Path
        The folder of the notebook; the file lies in its folder ``answers``, which is made with the first prediction.
    lesson : str
        Name of the lesson: letters, digits and underscores.
    student : str
        Name; may be empty.
    package : str
        Version of the package, to be noted.
    guest : str
        Added to the name of the file: for someone without a name on a machine that many share.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = PredictionStore(folder, "two_spaces", "Ada")
    ...     _ = store.add([Predicted(1, "b", "a")])
    ...     [(one.step, one.chosen) for one in store.add([Predicted(1, "a", "a"), Predicted(2, "")])]
    [(1, 'b'), (2, '')]
    """

    def __init__(self, folder: str | Path, lesson: str, student: str = "", package: str = "", guest: str = "") -> None:
        self.lesson, self.student, self._package = lesson, student, package
        stem = f"predictions-{lesson}" + (f"-guest-{guest}" if guest else "")
        self.path = Path(folder) / "answers" / file_name_for(stem, student)

    def read(self) -> tuple[Predicted, ...]:
        """Return the predictions so far, in the order of the steps; none if there is no file.

        Raises
        ------
        AnswersFileError
            If the file is none of this lesson.
        """
        if not self.path.exists():
            return ()
        sheet = read_predictions(self.path)
        if sheet.lesson != self.lesson:
            raise AnswersFileError(f"{self.path.name} belongs to another lesson.")
        return sheet.predictions

    def add(self, predictions: Iterable[Predicted]) -> tuple[Predicted, ...]:
        """Save predictions, and return all that are there now; the first of a step stays.

        Raises
        ------
        AnswersFileError
            If the file cannot be written, or is none of this lesson.
        """
        with saving(self.path):
            kept = {one.step: one for one in (*predictions, *self.read())}  # those of the file win
            all_now = tuple(kept[step] for step in sorted(kept))
            self._write(all_now)
            return all_now

    def drop(self, step: int) -> None:
        """Take the prediction of a step out of the file, which goes with the last one.

        Raises
        ------
        AnswersFileError
            If the file cannot be written, or is none of this lesson.
        """
        with saving(self.path):
            before = self.read()
            left = tuple(one for one in before if one.step != step)
            if left:
                self._write(left)
            elif before:
                self.path.unlink()

    def _write(self, predictions: tuple[Predicted, ...]) -> None:
        content = {
            "format": FORMAT,
            "version": VERSION,
            "lesson": self.lesson,
            "student": self.student,
            "package": self._package,
            "predictions": [asdict(one) for one in predictions],
        }
        write_whole(self.path, json.dumps(content, ensure_ascii=False, indent=1))


def read_predictions(path: str | Path) -> PredictionSheet:
    """Return what a file of predictions holds.

    Raises
    ------
    AnswersFileError
        If it cannot be read, is no such file, is of a newer format, or its parts do not fit.
    """
    return sheet_of_predictions(read_content(path), Path(path).name)


def sheet_of_predictions(content: Any, name: str) -> PredictionSheet:
    """Return the predictions from what a file of that name holds.

    Raises
    ------
    AnswersFileError
        If it is no such file, is of a newer format, or its parts do not fit.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise AnswersFileError(f"{name} is not a file of predictions of this package.")
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise AnswersFileError(f"{name} was written by a newer version of this package.")
    lesson, student, entries = content.get("lesson"), content.get("student", ""), content.get("predictions")
    if version != VERSION or not isinstance(entries, list) or not isinstance(student, str):
        raise AnswersFileError(f"{name} lacks parts of a file of predictions.")
    if not isinstance(lesson, str) or not LESSON_NAME.fullmatch(lesson):
        raise AnswersFileError(f"{name} tells of no lesson.")
    kept: dict[int, Predicted] = {}
    for entry in entries:
        one = _predicted(entry, name)
        kept.setdefault(one.step, one)
    return PredictionSheet(lesson, sendable(student), tuple(kept[step] for step in sorted(kept)))


def _predicted(entry: Any, name: str) -> Predicted:
    if not isinstance(entry, dict):
        raise AnswersFileError(f"{name} has a prediction that is none.")
    parts: list[Any] = [entry.get("step"), entry.get("chosen"), entry.get("right", "")]
    step, chosen, right = parts
    if not is_count(step) or step == 0 or not _is_letter(chosen) or not _is_letter(right):
        raise AnswersFileError(f"{name} has a prediction that is none.")
    when, package = str(entry.get("time", "")), str(entry.get("package", ""))
    return Predicted(int(step), chosen, right, sendable(when), sendable(package))


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[a-z]?", value) is not None
