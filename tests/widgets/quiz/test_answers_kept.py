"""Answers of the quiz that stay: opened again, under each name its own, and where nothing can be saved."""

from pathlib import Path

import pytest

from lattice_widgets.files.answers.sheets import read_answers
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.prediction.widget import Prediction
from lattice_widgets.widgets.quiz.widget import Quiz
from tests.widget_parts import named, part, words


async def test_opened_again_it_goes_on_where_it_was(quiz: Quiz, tmp_path: Path) -> None:
    quiz.answer("square", confidence=0.3)
    await quiz.settled()
    again = Quiz("lattice", level=1, seed=7, n_questions=3, folder=tmp_path)
    await again.settled()
    assert again.index == 1
    assert again.answers == quiz.answers
    assert again.score.answered == 1
    assert part(again, QuestionCard).chips[0]["state"] == part(quiz, QuestionCard).chips[0]["state"]
    # both are open, and go on beside each other
    again.answer("noise")
    quiz.next()
    quiz.answer("hexagonal")
    assert [answer.given for answer in quiz.answers] == ["square", "noise"]
    assert "another window" in quiz.message
    again.close()


async def test_a_name_takes_along_what_was_answered_before_it_was_typed(quiz: Quiz) -> None:
    quiz.answer("square")
    named(quiz, "your name").value = "Ada"
    await quiz.settled()
    assert quiz.student == "Ada"
    assert ([answer.given for answer in quiz.answers], quiz.index) == (["square"], 1)
    assert read_answers(quiz.file).quiz.student == "Ada"
    assert read_answers(quiz.file).answers == quiz.answers


async def test_a_second_name_takes_nothing_of_the_first_along(quiz: Quiz, tmp_path: Path) -> None:
    prediction = Prediction("two_spaces", 1, letters="ab", right="a", folder=tmp_path)
    await prediction.settled()
    quiz.answer("square")
    prediction.choose("b")
    for name in ("Ada", "", "Bob"):
        quiz.student = name
        prediction.student = name
        await quiz.settled()
        await prediction.settled()
        if name == "Ada":
            assert ([answer.given for answer in quiz.answers], prediction.chosen) == (["square"], "b")
    assert (quiz.answers, prediction.chosen) == ((), "")
    prediction.close()


async def test_another_name_is_another_student(quiz: Quiz) -> None:
    quiz.student = "Ada"
    await quiz.settled()
    quiz.answer("square")
    named(quiz, "your name").value = "Bob"
    await quiz.settled()
    assert (quiz.answers, quiz.index) == ((), 0)
    quiz.answer("noise")
    await quiz.settled()
    assert read_answers(quiz.file).quiz.student == "Bob"
    quiz.student = "Ada"
    await quiz.settled()
    assert [answer.given for answer in quiz.answers] == ["square"]
    assert quiz.index == 1


async def test_a_guest_who_gives_a_name_leaves_no_file_of_a_guest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    widget, other = Quiz("cell", folder=tmp_path), Quiz("spacing", level=2, seed=3, folder=tmp_path)
    prediction = Prediction("two_spaces", 1, letters="ab", right="a", folder=tmp_path)
    each = (widget, other, prediction)
    for one in each:
        await one.settled()
    widget.answer("1")
    prediction.choose("b")
    named(widget, "your name").value = "Ada"
    for one in each:
        await one.settled()
    assert [path.name for path in (tmp_path / "answers").glob("*guest*.json")] == []
    assert [answer.given for answer in widget.answers] == ["1"]
    assert (other.answers, prediction.chosen) == ((), "b")
    for one in each:
        one.close()


async def test_own_questions_need_a_name(tmp_path: Path) -> None:
    widget = Quiz("cell", seed=7, same_for_all=False, folder=tmp_path)
    await widget.settled()
    assert "Write your name" in widget.error
    assert widget.question is None
    widget.student = "Ada"
    await widget.settled()
    assert widget.error == ""
    hers = widget.question
    widget.student = "Bob"
    await widget.settled()
    assert widget.question.seed not in (7, hers.seed)
    widget.close()


async def test_without_a_name_on_a_server_of_many_nobody_finds_the_answers_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    first, second = (Quiz("cell", folder=tmp_path) for _ in range(2))
    first.answer("1")
    assert second.answers == ()
    second.answer("2")
    assert first.file != second.file
    third = Quiz("cell", folder=tmp_path)
    assert third.answers == ()
    for widget in (first, second, third):
        await widget.settled()
        widget.close()


async def test_where_nothing_can_be_saved_one_sentence_says_so_and_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("in the way")
    widget = Quiz("cell", folder=tmp_path, n_questions=2)
    for _ in range(2):
        widget.answer("2")
        await widget.settled()
        assert "cannot be saved" in widget.message
        assert "cannot be saved" in words(widget)
        assert 'role="alert"' in words(widget)
        assert widget.file == ""
        if part(widget, QuestionCard).can_next:
            widget.next()
    assert widget.score.answered == 2
    widget.close()


async def test_a_foreign_file_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    path = tmp_path / "answers" / "cell-level1-seed1.json"
    path.write_text("not mine")
    widget = Quiz("cell", folder=tmp_path)
    await widget.settled()
    assert "is not JSON" in widget.message
    widget.answer("1")
    await widget.settled()
    assert widget.score.answered == 1
    assert path.read_text() == "not mine"
    widget.close()
