"""``lattice-widgets grade``: questions made again from their seed, whatever the file claims."""

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from lattice_widgets.core.quiz import question_of
from lattice_widgets.files.answers.sheets import Answer, Quiz
from lattice_widgets.files.answers.store import AnswerStore
from tests.cli import commands
from tests.cli.commands import Argument


def run(*arguments: Argument) -> commands.Answer:
    return commands.run("grade", *arguments)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def answered(folder: Path, quiz: Quiz, right: int, wrong: int, confidence: float) -> Path:
    """Answer so many questions right and the next ones wrong; give the file."""
    store = AnswerStore(folder, quiz)
    for index in range(right + wrong):
        question = question_of(quiz.topic, quiz.level, quiz.own_seed, index)
        given = question.answer
        if index >= right:
            given = (
                question.slips[0].value if question.unit else next(o.key for o in question.options if o.key != given)
            )
        store.add(Answer(index, given, confidence, "2026-11-25T15:00:00+00:00", "0.1.0"))
    return store.path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answered(tmp_path, Quiz("cell", 1, 3, student="Ada"), right=3, wrong=1, confidence=0.75)
    answered(tmp_path, Quiz("spacing", 3, 3, same_for_all=False, student="=1+1"), right=1, wrong=1, confidence=1.0)
    return tmp_path


def test_a_row_for_each_student_and_quiz(folder: Path) -> None:
    answer = run(folder / "answers")
    assert answer.returncode == 0, answer.stderr
    ada, bob = sorted(rows_of(answer.stdout), key=lambda row: row["topic"])
    assert ada["file"].startswith(str(folder / "answers" / "cell-level1-seed3-ada"))
    expected = {"student": "Ada", "topic": "cell", "level": "1", "seed": "3", "same_for_all": "yes", "answered": "4"}
    assert expected.items() <= ada.items()
    assert (ada["right"], ada["fraction"], ada["mean_confidence"], ada["calibration_error"]) == (
        "3",
        "0.75",
        "0.75",
        "0.0",
    )
    # a spreadsheet takes the name of this student for no formula
    assert bob["student"] == "'=1+1"
    assert (bob["same_for_all"], bob["answered"], bob["right"], bob["calibration_error"]) == ("no", "2", "1", "0.5")
    assert ada["network_fraction"] == bob["network_fraction"] == ""


def test_a_row_for_each_answer_into_a_file(folder: Path) -> None:
    out = folder / "grades.csv"
    answer = run(folder / "answers", "--items", "-o", out)
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
    rows = rows_of(out.read_text())
    assert len(rows) == 6
    assert [row["right"] for row in rows if row["topic"] == "cell"] == ["yes", "yes", "yes", "no"]
    first = next(row for row in rows if row["topic"] == "cell")
    assert first["question"] == "cell-1-3-0"
    assert first["given"] == first["answer"] == question_of("cell", 1, 3, 0).answer
    assert (first["confidence"], first["time"]) == ("0.75", "2026-11-25T15:00:00+00:00")


def test_questions_without_an_answer_count_where_it_is_said_how_many_there_are(folder: Path) -> None:
    answer = run(folder / "answers", "--questions", 8)
    assert [row["fraction"] for row in rows_of(answer.stdout)] == ["0.375", "0.125"]
    answer = run(folder / "answers", "--questions", 1)
    assert [(row["answered"], row["fraction"]) for row in rows_of(answer.stdout)] == [("1", "1.0"), ("1", "1.0")]


def test_what_a_file_claims_of_itself_has_no_effect(folder: Path) -> None:
    path = next((folder / "answers").glob("cell*.json"))
    content = json.loads(path.read_text())
    content |= {"right": 4, "score": 1.0}
    for entry in content["answers"]:
        entry |= {"right": True, "answer": entry["given"], "truth": entry["given"]}
    # a second answer to the last question, now the right one: the first one counts
    content["answers"].append(content["answers"][3] | {"given": question_of("cell", 1, 3, 3).answer})
    path.write_text(json.dumps(content))
    (row,) = rows_of(run(path).stdout)
    assert (row["answered"], row["right"]) == ("4", "3")


def test_the_network_is_asked_again(tmp_path: Path) -> None:
    answered(tmp_path, Quiz("lattice", 1, 3), right=2, wrong=4, confidence=0.5)
    store = AnswerStore(tmp_path, Quiz("network", 1, 3))
    for index in range(3):
        store.add(Answer(index, question_of("network", 1, 3, index).lattice_class, 0.9))
    answer = run(tmp_path / "answers")
    assert answer.returncode == 0, answer.stderr
    lattice, network = rows_of(answer.stdout)
    assert (lattice["right"], lattice["answered"]) == ("2", "6")
    assert float(lattice["network_fraction"]) > 0.8
    assert 0 <= float(lattice["network_calibration_error"]) < 0.4
    # at level 1 it says what is there
    assert int(network["right"]) >= 2
    # without it, the one topic goes on and the other one cannot
    answer = run(tmp_path / "answers", "--classifier", "none")
    assert answer.returncode == 1
    (lattice,) = rows_of(answer.stdout)
    assert (lattice["right"], lattice["network_fraction"]) == ("2", "")
    assert answer.stderr.count("\n") == 1
    assert "only where it can be asked" in answer.stderr


def test_broken_and_foreign_files_are_told_in_a_sentence_each_and_the_others_are_graded(folder: Path) -> None:
    answers = folder / "answers"
    (answers / "cut.json").write_text(next(answers.glob("cell*.json")).read_text()[:200])
    (answers / "other.json").write_text('{"cells": [], "nbformat": 4}')
    (answers / "binary.json").write_bytes(bytes(range(256)))
    store = AnswerStore(folder, replace(Quiz("cell", 1, 5), student="Eve"))
    store.add(Answer(0, "17", 0.5))
    answer = run(answers, folder / "absent.json", folder / "empty")
    assert answer.returncode == 1
    assert len(rows_of(answer.stdout)) == 2
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 6, answer.stderr
    for name, said in (
        ("cut.json", "not JSON"),
        ("other.json", "not a file of answers"),
        ("binary.json", "not JSON"),
        (store.path.name, "There is no answer '17'"),
        ("absent.json", "There is no file"),
        ("empty", "There is no file"),
    ):
        assert any(name in line and said in line for line in lines), (name, lines)
    assert "Traceback" not in answer.stderr


def test_one_evil_file_costs_nobody_else_the_grades(folder: Path) -> None:
    answers = folder / "answers"
    good = json.loads(next(answers.glob("cell*.json")).read_text())
    quiz = Quiz("cell", 1, 3, student="Ada")

    def write(name: str, **changes: object) -> None:
        text = json.dumps({**good, **changes})
        (answers / f"{name}.json").write_text(text.replace('"NUMBER"', "9" * 400).replace('"LONG"', "9" * 5000))

    first = good["answers"][0]
    write("digits400", answers=[{**first, "given": "NUMBER"}])
    write("digits5000", answers=[{**first, "given": "LONG"}])
    write("seed5000", quiz={**good["quiz"], "seed": "LONG"})
    write("confidence", answers=[{**first, "confidence": "NUMBER"}])
    write("infinite", answers=[{**first, "given": float("inf")}, {**first, "given": float("nan")}])
    write("topic", quiz={**good["quiz"], "topic": ["cell"]})
    write("level", quiz={**good["quiz"], "level": {"a": 1}})
    write("student", student=["Ada"])
    write("nested", answers=[[[[]]]])
    (answers / "deep.json").write_text("[" * 100_000)
    os.mkfifo(answers / "pipe.json")
    (answers / "half.json").write_text(json.dumps({**good, "student": "\ud800"}))
    answer = run(answers, "--classifier", "none")
    assert "Traceback" not in answer.stderr
    assert {"Ada", "'=1+1"} <= {row["student"] for row in rows_of(answer.stdout)}
    lines = answer.stderr.strip().splitlines()
    told = {line.split(".json")[0].rpartition("/")[2].split(" ")[-1] for line in lines}
    evil = {
        "digits400",
        "digits5000",
        "seed5000",
        "confidence",
        "infinite",
        "topic",
        "level",
        "student",
        "nested",
        "deep",
    }
    assert evil | {"pipe"} <= told, answer.stderr
    assert all(line.endswith(".") for line in lines)
    assert quiz.student in answer.stdout


@pytest.mark.parametrize("items", [False, True])
def test_half_a_character_in_a_name_is_written_as_a_mark(folder: Path, items: bool) -> None:
    answered(folder, Quiz("cell", 2, 3, student="Eve"), right=1, wrong=0, confidence=0.5)
    path = next((folder / "answers").glob("cell-level2*.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "student": "Eve\ud800"}))
    more = ["--items"] if items else []
    answer = commands.run_alone("grade", folder / "answers", "--classifier", "none", *more)
    assert answer.returncode == 0, answer.stderr
    assert "Eve?" in answer.stdout


def test_a_place_for_the_grades_that_cannot_be_written_is_told(folder: Path) -> None:
    answer = run(folder / "answers", "-o", folder / "no" / "such" / "grades.csv")
    assert answer.returncode == 1
    assert "cannot be written" in answer.stderr
    assert answer.stderr.count("\n") == 1
