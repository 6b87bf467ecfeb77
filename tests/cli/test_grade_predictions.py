"""``lattice-widgets grade --predictions``: counted apart from the answers of quizzes."""

from pathlib import Path

import pytest

from lattice_widgets.files.answers.predictions import Predicted, PredictionStore
from lattice_widgets.files.answers.sheets import Quiz
from tests.cli.test_grade import answered, rows_of, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answered(tmp_path, Quiz("cell", 1, 3, student="Ada"), right=3, wrong=1, confidence=0.75)
    ada = PredictionStore(tmp_path, "two_spaces", "Ada")
    ada.add([Predicted(1, "a", "a"), Predicted(2, "c", "b"), Predicted(3, "", "b"), Predicted(4, "b", "b")])
    PredictionStore(tmp_path, "two_spaces").add([Predicted(1, "", "a")])
    return tmp_path / "answers"


def test_predictions_are_no_answers_and_answers_no_predictions(folder: Path) -> None:
    answer = run(folder)
    assert answer.returncode == 0, answer.stderr
    assert [(row["topic"], row["answered"]) for row in rows_of(answer.stdout)] == [("cell", "4")]
    assert answer.stderr.strip() == "Files with predictions of lessons, counted by --predictions: 2."
    answer = run(folder, "--predictions")
    assert (answer.returncode, answer.stderr) == (0, "")
    ada, nobody = sorted(rows_of(answer.stdout), key=lambda row: row["student"], reverse=True)
    assert [ada[name] for name in ("student", "lesson", "predicted", "skipped", "came_true")] == [
        *("Ada", "two_spaces", "3", "1", "2")
    ]
    assert [nobody[name] for name in ("student", "predicted", "skipped", "came_true")] == ["", "0", "1", "0"]


def test_a_row_for_each_prediction(folder: Path) -> None:
    rows = rows_of(run(folder, "--predictions", "--items").stdout)
    hers = [row for row in rows if row["student"] == "Ada"]
    assert [(row["step"], row["chosen"], row["right"], row["came_true"]) for row in hers] == [
        *(("1", "a", "a", "yes"), ("2", "c", "b", "no"), ("3", "", "b", ""), ("4", "b", "b", "yes"))
    ]


def test_a_broken_file_costs_nobody_else(folder: Path) -> None:
    (folder / "predictions-cut.json").write_text('{"format": "lattice-widgets-predictions", "version": 1}')
    answer = run(folder, "--predictions")
    assert answer.returncode == 1
    assert len(rows_of(answer.stdout)) == 2
    assert "lacks parts" in answer.stderr
