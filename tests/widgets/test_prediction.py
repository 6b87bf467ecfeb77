"""Predictions of lessons: committed once, kept under each name, there again when the lesson is opened anew."""

from pathlib import Path

import pytest

import lattice_widgets as lw
from lattice_widgets.files.answers.predictions import read_predictions
from lattice_widgets.views.question.prediction_card import PredictionCard
from tests.widget_parts import named, part, receive, words


def made(folder: Path, step: int = 1, **settings: object) -> lw.Prediction:
    return lw.Prediction("two_spaces", step, right="a", folder=folder, **settings)


async def test_a_click_commits_and_opened_again_it_is_there(tmp_path: Path) -> None:
    widget = made(tmp_path)
    await widget.settled()
    card = part(widget, PredictionCard)
    assert (card.letters, card.is_open, card.committed, card.explains) == (
        "abc",
        True,
        False,
        "lw-explains-two_spaces-1",
    )
    receive(card, {"act": "choose", "letter": "b"})
    assert (widget.chosen, widget.committed, card.chosen, card.is_open) == ("b", True, "b", False)
    # a second click, which the page may have sent before it knew, changes nothing
    receive(card, {"act": "choose", "letter": "a"})
    assert (widget.chosen, widget.error) == ("b", "")
    with pytest.raises(ValueError, match="first counts"):
        widget.choose("a")
    (one,) = read_predictions(widget.file).predictions
    assert (one.step, one.chosen, one.right, one.package) == (1, "b", "a", lw.__version__)
    again, other_step = made(tmp_path), made(tmp_path, 2)
    for each in (again, other_step):
        await each.settled()
    assert (again.chosen, part(again, PredictionCard).committed) == ("b", True)
    assert (other_step.chosen, other_step.committed) == ("", False)
    for each in (widget, again, other_step):
        each.close()


async def test_skipped_is_no_prediction_and_opens_the_explanation(tmp_path: Path) -> None:
    widget = made(tmp_path, 2)
    await widget.settled()
    widget.choose("")
    card = part(widget, PredictionCard)
    assert (widget.chosen, widget.committed, card.committed) == ("", True, True)
    assert read_predictions(widget.file).predictions[0].chosen == ""
    widget.close()


async def test_two_windows_the_first_choice_counts(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path)
    for each in (first, second):
        await each.settled()
    first.choose("a")
    second.choose("c")
    assert second.chosen == "a"
    for each in (first, second):
        each.close()


async def test_a_name_is_typed_once_for_all_and_takes_along_what_was_predicted(tmp_path: Path) -> None:
    first, second = made(tmp_path), made(tmp_path, 2)
    quiz = lw.Quiz("cell", folder=tmp_path)
    other = lw.Quiz("cell", seed=2, student="Bob", folder=tmp_path)
    each = (first, second, quiz, other)
    for widget in each:
        await widget.settled()
    second.choose("c")
    named(first, "your name").value = "Ada"
    for widget in each:
        await widget.settled()
    assert [widget.student for widget in each] == ["Ada", "Ada", "Ada", "Bob"]
    assert named(quiz, "your name").value == "Ada"
    assert (second.chosen, first.committed) == ("c", False)
    assert [one.step for one in read_predictions(second.file).predictions] == [2]
    assert read_predictions(second.file).student == "Ada"
    # only the first step asks for a name
    assert named(first, "your name").layout.display is None
    assert named(second, "your name").layout.display == "none"
    for widget in each:
        widget.close()


async def test_guests_of_a_server_that_many_share_find_nothing_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    first, second = made(tmp_path), made(tmp_path)
    for each in (first, second):
        await each.settled()
    first.choose("a")
    second.choose("b")
    assert (first.chosen, second.chosen) == ("a", "b")
    assert first.file != second.file
    for each in (first, second):
        each.close()


async def test_where_nothing_can_be_saved_it_says_so_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("in the way")
    widget = made(tmp_path)
    await widget.settled()
    widget.choose("b")
    assert "cannot be saved" in widget.message
    assert "cannot be saved" in words(widget)
    assert (widget.chosen, widget.file) == ("b", "")
    widget.refresh()
    await widget.settled()
    assert widget.chosen == "b"
    widget.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lesson": "../x"}, "letters of the English alphabet"),
        ({"letters": "a"}, "begin with ab"),
        ({"letters": "acb"}, "begin with ab"),
        ({"right": "d"}, "What comes true"),
        ({"right": "ab"}, "What comes true"),
    ],
)
async def test_settings_without_sense_are_told_and_nothing_can_be_chosen(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    widget = lw.Prediction(folder=tmp_path)
    await widget.settled()
    widget.choose("a")
    for name, value in settings.items():
        setattr(widget, name, value)
    await widget.settled()
    assert said in widget.error
    assert (widget.chosen, part(widget, PredictionCard).is_open) == ("", False)
    widget.close()


async def test_the_saved_picture_shows_what_was_chosen(tmp_path: Path) -> None:
    widget = made(tmp_path)
    await widget.settled()
    before = widget.static_picture()
    widget.choose("b")
    assert before[1:4] == b"PNG"
    assert widget.static_picture() != before
    widget.close()
