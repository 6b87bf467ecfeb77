"""The lessons as the first page of the dashboards shows them, and what a visitor has done of each."""

import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

from lattice_widgets.files.answers.predictions import Predicted, PredictionStore
from lattice_widgets.files.answers.sheets import Answer
from lattice_widgets.files.answers.store import AnswerStore
from lattice_widgets.files.answers.visitors import names_of, remember_name
from lattice_widgets.server.lessons import Progress, progress_of, read_lessons

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LISTED = json.loads((NOTEBOOKS / "lessons.json").read_text(encoding="utf-8"))
ADA, BOB = "0123456789abcdef", "fedcba9876543210"


def test_every_lesson_of_the_list_is_told_whole(root: Path) -> None:
    lessons = read_lessons(NOTEBOOKS)
    assert [(one.path.name, one.about) for one in lessons] == [(row["file"], row["about"]) for row in LISTED]
    specification = importlib.util.spec_from_file_location("pictures", root / "tools" / "make_lesson_pictures.py")
    assert specification
    assert specification.loader
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    assert list(tool.MAKERS) == [one.path.stem[3:] for one in lessons], "each has a picture, which code has drawn"
    for number, one in enumerate(lessons, 1):
        assert one.number == number
        assert not one.title.startswith("Lesson")
        assert 0 < one.minutes < 20
        assert len(one.goals) >= 3
        assert all(goal.count("*") % 2 == 0 for goal in one.goals), "what is emphasized ends somewhere"
        assert len(one.steps) >= 3
        assert {name for name, _step in one.steps} == {one.path.stem[3:]}
        assert sum(count for _quiz, count in one.quizzes) >= 3
        assert one.picture.startswith("data:image/png;base64,")
        with Image.open(one.path.with_suffix(".png")) as picture:
            assert picture.size == (480, 240)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cells = [
        ("markdown", "# Lesson 1: Bread\n\n*About 5 minutes.*"),
        ("markdown", "## Goals\n\n* Say what **flour** is.\n* Bake *bread*.\n\n## Step 1\n\n* no goal"),
        ("code", '%matplotlib inline\nlw.Quiz("spacing", level=1, seed=1)'),
        ("code", 'import lattice_widgets as lw\n\nlw.Prediction("bread", letters="ab")'),
        ("code", 'lw.Prediction("bread", 2, letters="ab")'),
        ("code", 'quiz = lw.Quiz("cell", level=1, seed=4, n_questions=3)\nother = lw.Quiz("cell", seed=number)'),
    ]
    notebook = {"cells": [{"cell_type": kind, "source": source.splitlines(True)} for kind, source in cells]}
    (tmp_path / "10_bread.ipynb").write_text(json.dumps(notebook))
    rows = [{"file": "10_bread.ipynb", "about": "What rises."}, {"file": "../secret.ipynb", "about": ""}, {"about": ""}]
    (tmp_path / "lessons.json").write_text(json.dumps(rows))
    return tmp_path


def test_a_lesson_is_read_without_running_anything(folder: Path) -> None:
    (lesson,) = read_lessons(folder)
    assert (lesson.title, lesson.minutes, lesson.picture) == ("Bread", 5, "")
    assert lesson.goals == ("Say what *flour* is.", "Bake *bread*.")
    assert lesson.steps == (("bread", 1), ("bread", 2))
    ((quiz, count),) = lesson.quizzes
    assert (quiz.topic, quiz.level, quiz.seed, count) == ("cell", 1, 4, 3)


@pytest.mark.parametrize("content", [None, "{", "{}", "[3]", '[{"file": "10_bread.ipynb"'])
def test_without_a_list_there_are_no_lessons(folder: Path, content: str | None) -> None:
    (folder / "lessons.json").unlink()
    if content is not None:
        (folder / "lessons.json").write_text(content)
    assert read_lessons(folder) == []


def test_what_a_visitor_has_done_with_and_without_a_name(folder: Path) -> None:
    (lesson,) = read_lessons(folder)
    ((quiz, _count),) = lesson.quizzes
    assert progress_of(lesson, ADA) == Progress(0, 2, 0, 3)
    PredictionStore(folder, "bread", guest=ADA).add([Predicted(1, "b"), Predicted(9, "a")])
    AnswerStore(folder, quiz, guest=ADA).add(Answer(0, "1", 0.5))
    assert progress_of(lesson, ADA) == Progress(1, 2, 1, 3)
    assert not progress_of(lesson, ADA).done
    assert progress_of(lesson, BOB) == Progress(0, 2, 0, 3), "somebody else's work"
    # under a name the rest, and a question once more
    remember_name(folder, ADA, "Ada")
    PredictionStore(folder, "bread", "Ada").add([Predicted(2, "")])
    named = AnswerStore(folder, type(quiz)(quiz.topic, quiz.level, quiz.seed, student="Ada"))
    for index in (0, 1, 2, 7):
        named.add(Answer(index, "1", 0.5))
    assert progress_of(lesson, ADA) == Progress(2, 2, 3, 3)
    assert progress_of(lesson, ADA).done
    assert progress_of(lesson, BOB) == Progress(0, 2, 0, 3)
    # a file that is damaged costs what is in it, not the page
    named.path.write_text("{")
    assert progress_of(lesson, ADA) == Progress(2, 2, 1, 3)


def test_names_of_visitors_are_kept_beside_the_answers(tmp_path: Path) -> None:
    for name in ("Ada", "Ada", "", "Eve\n<b>"):
        remember_name(tmp_path, ADA, name)
    assert names_of(tmp_path, ADA) == ("Ada", "Eve\n<b>")
    for evil in ("../../x", "", "0123456789ABCDEF", ADA + "0"):
        remember_name(tmp_path, evil, "Eve")
        assert names_of(tmp_path, evil) == ()
    (place,) = [path for path in (tmp_path / "answers").iterdir() if path.suffix == ".names"]
    for content in ("{", "3", '{"a": 1}', '[1, "Bob"]', "[" * 9000, '"' + "x" * 30_000 + '"'):
        place.write_text(content)
        assert names_of(tmp_path, ADA) in ((), ("Bob",))
