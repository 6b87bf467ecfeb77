"""Whose answers: on a shared server nobody sees or gives the answers of another browser's name."""

import os
from pathlib import Path

import pytest

import lattice_widgets as lw
from lattice_widgets.widgets.quiz.student import VISITOR, NameField
from tests.widget_parts import part

ADA, EVE = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VISITOR, ADA)
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")


async def asked(folder: Path) -> tuple[lw.Quiz, NameField]:
    quiz = lw.Quiz("lattice", level=1, seed=5, folder=folder)
    await quiz.settled()
    return quiz, part(quiz, NameField)


async def test_typing_somebody_elses_name_shows_and_commits_nothing(visitor: None, tmp_path: Path) -> None:
    quiz, field = await asked(tmp_path)
    field.value = "Ada"
    await quiz.settled()
    quiz.answer("hexagonal", 0.7)
    await quiz.settled()
    assert (quiz.student, len(quiz.answers), quiz.error) == ("Ada", 1, "")
    field.another.click()
    name, code = field.another.description.split("#")
    assert name == "Ada "

    os.environ[VISITOR] = EVE
    other, typed = await asked(tmp_path)
    typed.value = "aDa"
    await other.settled()
    assert "belongs to another browser" in other.error
    assert (other.student, typed.value, other.answers) == ("", "", ())
    other.answer("square", 0.5)
    await other.settled()
    typed.value = "Eve"
    await other.settled()
    assert (other.student, other.error) == ("Eve", "")
    typed.value = f"ada #{code.lower()}"
    await other.settled()
    assert (other.student, typed.value, other.error) == ("ada", "ada", "")
    assert [answer.given for answer in other.answers] == ["hexagonal"], "the answers came along"
    assert len(list((tmp_path / "answers").glob("*ada*.json"))) == 1
    for widget in (quiz, other):
        widget.close()


async def test_alone_on_a_machine_every_name_is_free(tmp_path: Path) -> None:
    for name in ("Ada", "aDa"):
        quiz, field = await asked(tmp_path)
        field.value = name
        await quiz.settled()
        assert (quiz.student, quiz.error) == (name, "")
        assert field.another is None
        quiz.close()
    assert not (tmp_path / "answers" / ".names.json").exists()
