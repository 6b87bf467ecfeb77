"""``lattice-widgets grade``: judge answers of quizzes from their files, without a screen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Annotated, Any

import typer

from lattice_widgets.classifier import ClassifierError, load_classifier
from lattice_widgets.classifier.quiz_opponent import opponent
from lattice_widgets.cli.output import fail, say
from lattice_widgets.core.quiz import (
    TOPICS,
    Feedback,
    Network,
    QuizError,
    judge,
    network_score,
    question_of,
    student_score,
)
from lattice_widgets.files.answers.owners import release_name
from lattice_widgets.files.answers.predictions import FORMAT as PREDICTIONS
from lattice_widgets.files.answers.predictions import PredictionSheet, sheet_of_predictions
from lattice_widgets.files.answers.sheets import Answer, AnswersFileError, AnswerSheet, read_content, sheet_of
from lattice_widgets.files.tables import table_text
from lattice_widgets.files.whole_file import write_whole

_COLUMNS = (
    *("file", "student", "topic", "level", "seed", "same_for_all", "answered", "right", "fraction"),
    *("mean_confidence", "calibration_error", "network_fraction", "network_calibration_error"),
)
_ITEM_COLUMNS = (
    *("file", "student", "topic", "level", "seed", "same_for_all", "question", "given", "answer", "right"),
    *("confidence", "network", "network_confidence", "time"),
)
_PREDICTION_COLUMNS = ("file", "student", "lesson", "predicted", "skipped", "came_true")
_PREDICTION_ITEM_COLUMNS = ("file", "student", "lesson", "step", "chosen", "right", "came_true", "time")


def grade(
    files: Annotated[list[Path], typer.Argument(help="Files of answers, or folders of them.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The CSV file; without it, the screen.")] = None,
    items: Annotated[
        bool, typer.Option("--items", help="One row an answer instead of one a student and quiz.")
    ] = False,
    questions: Annotated[
        int | None,
        typer.Option(min=1, help="Only the first so many questions count, and those without an answer count as wrong."),
    ] = None,
    classifier: Annotated[
        str, typer.Option(help="The network that the topics lattice and network are graded with; none: leave it out.")
    ] = "default",
    predictions: Annotated[
        bool,
        typer.Option("--predictions", help="Count the predictions of lessons instead: one row a student and lesson."),
    ] = False,
    release: Annotated[
        str | None,
        typer.Option(
            help="On a shared server: let this name go, so that another browser can take it. Its answers stay."
        ),
    ] = None,
) -> None:
    """Judge answers of quizzes: one row of CSV a student and quiz. Questions are made again from their seed.

    Predictions of lessons, which nobody is marked for, are counted apart: see --predictions.
    """
    if release is not None:
        _release(release, files)
        return
    network = _Network(classifier)
    rows: list[dict[str, Any]] = []
    failed, passed_over = False, 0
    for path in _found(files):
        try:
            content = read_content(path)
            predicted = isinstance(content, dict) and content.get("format") == PREDICTIONS
            if predicted != predictions:
                passed_over += predicted
            elif predicted:
                foretold = sheet_of_predictions(content, path.name)
                rows += _prediction_items(path, foretold) if items else [_predictions(path, foretold)]
            else:
                sheet = sheet_of(content, path.name)
                judged = _judge(sheet, questions, network)
                rows += _items(path, sheet, judged) if items else [_summary(path, sheet, judged, questions)]
        except (AnswersFileError, QuizError, OSError) as problem:
            failed = True
            name = "" if path.name in str(problem) else f"{path}: "
            typer.echo(f"{name}{problem}", err=True)
        except Exception as problem:  # one student's file must not cost the others their grades
            failed = True
            typer.echo(f"{path} cannot be graded: {type(problem).__name__}.", err=True)
    if network.problem:
        typer.echo(f"The network is left out: {network.problem}", err=True)
    if passed_over:
        typer.echo(f"Files with predictions of lessons, counted by --predictions: {passed_over}.", err=True)
    columns: Sequence[str]
    if predictions:
        columns = _PREDICTION_ITEM_COLUMNS if items else _PREDICTION_COLUMNS
    else:
        columns = _ITEM_COLUMNS if items else _COLUMNS
    _write(rows, columns, output)
    if failed:
        raise typer.Exit(1)


def _release(name: str, folders: Sequence[Path]) -> None:
    released = [folder for folder in folders if folder.is_dir() and release_name(folder, name)]
    if not released:
        fail(f"The name {name} belongs to nobody in {', '.join(map(str, folders))}.")
    say(f"The name {name} is free: it belongs to the browser that uses it next.")


@dataclass
class _Network:
    """The network, loaded when a file first needs it; and why there is none."""

    name: str
    problem: str = ""
    loaded: Network | None = None

    def get(self) -> Network | None:
        if self.loaded is None and not self.problem and self.name != "none":
            try:
                self.loaded = opponent(load_classifier(self.name).load())
            except (ValueError, OSError, ClassifierError) as problem:
                self.problem = str(problem)
        return self.loaded


def _found(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            # files that are being written begin with a dot
            yield from sorted(one for one in path.glob("*.json") if not one.name.startswith("."))
        else:
            yield path


def _judge(sheet: AnswerSheet, questions: int | None, network: _Network) -> list[tuple[Feedback, Answer]]:
    quiz = sheet.quiz
    asked = network.get() if TOPICS[quiz.topic].network != "absent" else None
    answers = sorted(sheet.answers, key=lambda answer: answer.index)
    return [
        (judge(question_of(quiz.topic, quiz.level, quiz.own_seed, answer.index), answer.given, asked), answer)
        for answer in answers
        if questions is None or answer.index < questions
    ]


def _head(path: Path, sheet: AnswerSheet) -> dict[str, Any]:
    quiz = sheet.quiz
    return {
        "file": str(path),
        "student": quiz.student,
        "topic": quiz.topic,
        "level": quiz.level,
        "seed": quiz.seed,
        "same_for_all": _yes(quiz.same_for_all),
    }


def _summary(
    path: Path, sheet: AnswerSheet, judged: Sequence[tuple[Feedback, Answer]], questions: int | None
) -> dict[str, Any]:
    student = student_score(sheet.quiz.topic, [(feedback, answer.confidence) for feedback, answer in judged])
    network = network_score([feedback for feedback, _ in judged])
    return {
        **_head(path, sheet),
        "answered": student.answered,
        "right": student.right,
        "fraction": _rounded(student.fraction if questions is None else student.right / questions),
        "mean_confidence": _rounded(student.mean_confidence),
        "calibration_error": _rounded(student.calibration_error),
        "network_fraction": _rounded(network.fraction) if network else "",
        "network_calibration_error": _rounded(network.calibration_error) if network else "",
    }


def _items(path: Path, sheet: AnswerSheet, judged: Sequence[tuple[Feedback, Answer]]) -> Iterator[dict[str, Any]]:
    for feedback, answer in judged:
        opinion = feedback.network
        yield {
            **_head(path, sheet),
            "question": feedback.question.id,
            "given": feedback.given,
            "answer": feedback.answer if isinstance(feedback.answer, str) else f"{feedback.answer:.6g}",
            "right": _yes(feedback.right),
            "confidence": answer.confidence,
            "network": opinion.first if opinion else "",
            "network_confidence": _rounded(opinion.confidence) if opinion else "",
            "time": answer.time,
        }


def _predictions(path: Path, sheet: PredictionSheet) -> dict[str, Any]:
    made = [one for one in sheet.predictions if one.chosen]
    return {
        "file": str(path),
        "student": sheet.student,
        "lesson": sheet.lesson,
        "predicted": len(made),
        "skipped": len(sheet.predictions) - len(made),
        "came_true": sum(one.chosen == one.right for one in made),
    }


def _prediction_items(path: Path, sheet: PredictionSheet) -> Iterator[dict[str, Any]]:
    for one in sheet.predictions:
        yield {
            "file": str(path),
            "student": sheet.student,
            "lesson": sheet.lesson,
            "step": one.step,
            "chosen": one.chosen,
            "right": one.right,
            "came_true": _yes(one.chosen == one.right) if one.chosen and one.right else "",
            "time": one.time,
        }


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _rounded(value: float) -> float | str:
    return "" if isnan(value) else round(value, 4)


def _write(rows: Sequence[dict[str, Any]], columns: Sequence[str], output: Path | None) -> None:
    text = table_text(columns, ([row[name] for name in columns] for row in rows))
    if output is None:
        say(text.removesuffix("\n"))
        return
    try:
        write_whole(output, text)
    except OSError as problem:
        fail(f"The file {output} cannot be written: {problem.strerror}.")
