"""The quiz, without a browser: commit first, feedback then, answers that stay, and the match against the network."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import traitlets as t
from IPython.core.formatters import DisplayFormatter

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz import QuizError, judge, question_of
from lattice_widgets.files.answer_sheets import read_answers
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.quiz.widget import Quiz
from tests.patience import PATIENCE
from tests.widget_parts import named, part, parts, receive, words


@pytest.fixture
async def quiz(tmp_path: Path):
    widget = Quiz("lattice", level=1, seed=7, n_questions=3, folder=tmp_path)
    await widget.settled()
    yield widget
    widget.close()


def told(quiz: Quiz) -> str:
    return " ".join(line["text"] for line in part(quiz, QuestionCard).said)


def card_state(quiz: Quiz) -> str:
    return json.dumps(part(quiz, QuestionCard).get_state(), default=str)


async def test_it_asks_and_shows_and_does_not_tell(quiz: Quiz) -> None:
    truth = question_of("lattice", 1, 7, 0)
    assert quiz.error == ""
    assert quiz.question.id == truth.id == part(quiz, QuestionCard).question
    assert "question 1 of 3" in words(quiz)
    assert "Which lattice does this picture show?" in words(quiz)
    assert [option["key"] for option in part(quiz, QuestionCard).options] == list(lw.CLASSES)
    micrograph, transform = list(parts(quiz, PictureCanvas))
    assert (micrograph.rows, micrograph.cols) == truth.shown[0].pixels()[0].shape
    assert transform.origin == "center"
    assert (
        part(quiz, QuestionCard).committed,
        part(quiz, QuestionCard).right_key,
        part(quiz, QuestionCard).said,
        part(quiz, QuestionCard).reasons,
    ) == (False, "", [], [])
    assert quiz.feedback is None
    assert quiz.score.answered == 0
    # nothing of why it is so is on the page before the answer, not even hidden
    assert not any(str(option.why) in card_state(quiz) for option in truth.options)
    assert str(truth.explanation[0]) not in card_state(quiz)


async def test_an_answer_is_saved_judged_and_explained(quiz: Quiz) -> None:
    truth = question_of("lattice", 1, 7, 0)
    wrong = next(kind for kind in CLASSES if kind != truth.answer)
    quiz.answer(wrong, confidence=0.8)
    assert read_answers(quiz.file).answers[0].given == wrong, "it was not saved at once"
    await quiz.settled()
    assert quiz.feedback.right is False
    assert quiz.feedback.answer == truth.answer
    assert part(quiz, QuestionCard).committed
    assert (
        part(quiz, QuestionCard).right_key,
        part(quiz, QuestionCard).picked,
        part(quiz, QuestionCard).confidence,
    ) == (truth.answer, wrong, 0.8)
    assert str(truth.option(wrong).why) in told(quiz)
    assert str(truth.option(truth.answer).why) in told(quiz)
    assert "The network says" in told(quiz)
    assert len(part(quiz, QuestionCard).reasons) == 4
    assert part(quiz, QuestionCard).chips[0]["state"] == "wrong"
    assert (quiz.score.answered, quiz.score.right) == (1, 0)
    assert quiz.network_score.answered == 1
    assert quiz.message.endswith("saved in answers/lattice-level1-seed7.json.")


async def test_a_committed_answer_stays_and_none_is_no_answer(quiz: Quiz) -> None:
    for given in ("hexagon", 3, None):
        with pytest.raises(QuizError, match="There is no answer"):
            quiz.answer(given)
    with pytest.raises(QuizError, match="confidence is a number from 0 to 1"):
        quiz.answer("square", confidence=80)
    with pytest.raises(QuizError, match="Answer this question"):
        quiz.next()
    assert quiz.answers == ()
    quiz.answer("square")
    with pytest.raises(QuizError, match="answered already"):
        quiz.answer("noise")
    assert [answer.given for answer in quiz.answers] == ["square"]


async def test_all_questions_to_the_end_and_back(quiz: Quiz) -> None:
    for index in range(3):
        assert quiz.index == index
        await quiz.settled()
        quiz.answer(quiz.question.answer, confidence=1.0)
        if index < 2:
            quiz.next()
    await quiz.settled()
    with pytest.raises(QuizError, match="last question"):
        quiz.next()
    assert part(quiz, QuestionCard).can_next is False
    assert (quiz.score.right, quiz.score.fraction, quiz.score.calibration_error) == (3, 1.0, 0.0)
    assert "All questions are answered." in words(quiz)
    assert np.trace(quiz.score.confusion) == 3
    quiz.index = 0
    await quiz.settled()
    assert quiz.feedback.question.id == "lattice-1-7-0"
    assert part(quiz, QuestionCard).committed
    assert [chip["state"] for chip in part(quiz, QuestionCard).chips] == ["right"] * 3


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


async def test_another_name_is_another_student(quiz: Quiz) -> None:
    quiz.answer("square")
    named(quiz, "your name").value = "Ada"
    await quiz.settled()
    assert quiz.student == "Ada"
    assert (quiz.answers, quiz.index) == ((), 0)
    quiz.answer("noise")
    await quiz.settled()
    assert read_answers(quiz.file).quiz.student == "Ada"
    quiz.student = ""
    await quiz.settled()
    assert [answer.given for answer in quiz.answers] == ["square"]
    assert quiz.index == 1


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


async def test_a_number_is_answered_and_a_slip_is_named(tmp_path: Path) -> None:
    widget = Quiz("spacing", level=2, seed=3, folder=tmp_path)
    await widget.settled()
    assert (part(widget, QuestionCard).options, part(widget, QuestionCard).unit) == ([], "nm")
    assert len(part(widget, PictureCanvas).point_labels) == 1
    slip = widget.question.slips[0]
    widget.answer(slip.value, confidence=0.6)
    await widget.settled()
    assert widget.feedback.right is False
    assert str(slip.why) in told(widget)
    assert part(widget, QuestionCard).right_key == ""
    assert widget.network_score is None
    widget.close()


async def test_transforms_to_choose_from_are_shown_and_can_be_clicked(tmp_path: Path) -> None:
    widget = Quiz("reciprocal", seed=3, folder=tmp_path)
    await widget.settled()
    picture, *choices = parts(widget, PictureCanvas)
    choices = [canvas for canvas in choices if canvas.title in list("ABCD")]
    assert [canvas.title for canvas in choices] == ["A", "B", "C", "D"]
    choices[2].clicked += 1
    assert part(widget, QuestionCard).picked == "c"
    part(widget, QuestionCard).picked = ""
    picture.clicked += 1
    assert part(widget, QuestionCard).picked == ""
    widget.answer("c")
    await widget.settled()
    choices[0].clicked += 1
    assert part(widget, QuestionCard).picked == "c"
    widget.topic = "lattice"
    await widget.settled()
    assert {canvas.layout.display for canvas in choices} == {"none"}
    shown = [canvas for canvas in parts(widget, PictureCanvas) if canvas not in choices]
    assert [canvas.layout.display for canvas in shown] == [None, None]
    widget.close()


async def test_what_the_network_says_is_its_own_verdict(tmp_path: Path) -> None:
    widget = Quiz("network", level=1, seed=2, folder=tmp_path)
    await widget.settled()
    assert [option["key"] for option in part(widget, QuestionCard).options][-1] == "not sure"
    widget.answer("noise")
    await widget.settled()
    classifier = lw.load_classifier()
    image = widget.question.shown[0].scene.micrograph().image
    samples = classifier.sample(image, 200, seed=0)
    from lattice_widgets.core.uncertainty.summary import summarize

    verdict = classifier.judge(image, summarize(samples))[0]
    expected = "not sure" if verdict.label is None else classifier.classes[verdict.label]
    assert widget.feedback.answer == expected
    assert widget.network_score.answered == 1
    assert not any(word in told(widget) for word in ("Right: that is",))
    widget.close()


async def test_buttons_and_keys_do_what_scripts_do(quiz: Quiz) -> None:
    card = part(quiz, QuestionCard)
    receive(card, {"act": "commit", "question": "lattice-1-7-2", "given": "square", "confidence": 1.0})
    assert quiz.answers == (), "a click that was meant for another question counted"
    receive(card, {"act": "commit", "question": card.question, "given": "nonsense", "confidence": 1.0})
    assert quiz.answers == ()
    assert "There is no answer" in quiz.message
    receive(card, {"act": "commit", "question": card.question, "given": "square", "confidence": 0.9})
    await quiz.settled()
    assert quiz.answers[0].confidence == 0.9
    receive(card, {"act": "next", "question": card.question})
    await quiz.settled()
    assert quiz.index == 1
    assert (card.picked, card.confidence, card.committed) == ("", 0.5, False)
    receive(card, {"act": "go", "question": card.question, "index": 0})
    await quiz.settled()
    assert (quiz.index, card.committed) == (0, True)


async def test_without_end_there_is_always_another(tmp_path: Path) -> None:
    widget = Quiz("cell", seed=4, n_questions=None, folder=tmp_path)
    for index in range(40):
        assert widget.index == index
        widget.answer(question_of("cell", 1, 4, index).answer, confidence=0.9)
        widget.next()
    await widget.settled()
    assert widget.score.right == 40
    assert "question 41" in words(widget)
    assert len(part(widget, QuestionCard).chips) == 30
    widget.close()


async def test_the_scores_agree_with_the_core(tmp_path: Path) -> None:
    widget = Quiz("imperfection", level=2, seed=6, n_questions=4, folder=tmp_path)
    expected = []
    for index, confidence in enumerate((0.2, 0.6, 0.9, 1.0)):
        question = question_of("imperfection", 2, 6, index)
        given = question.options[index].key
        expected.append(judge(question, given).right)
        widget.answer(given, confidence=confidence)
        if index < 3:
            widget.next()
    await widget.settled()
    assert widget.score.right == sum(expected)
    assert widget.score.confusion.sum() == 4
    assert widget.score.mean_confidence == pytest.approx(0.675)
    assert "lattice-quiz-confusion" in words(widget)
    widget.close()


def test_where_there_is_no_network_it_says_why_and_goes_on(tmp_path: Path) -> None:
    program = f"""
import asyncio, json, sys
sys.modules["keras"] = sys.modules["tensorflow"] = None  # a machine without them
from lattice_widgets import Quiz, load_classifier
async def play(topic):
    quiz = Quiz(topic, seed=2, folder={str(tmp_path)!r}, classifier=load_classifier(backend="keras"))
    quiz.answer("square")
    await quiz.settled()
    card = quiz._page.card
    return [card.said[-1]["text"], quiz.error, card.can_next, card.chips[0]["state"], quiz.score.answered]
print(json.dumps([asyncio.run(play(topic)) for topic in ("network", "lattice")]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=True)
    network, lattice = json.loads(done.stdout)
    assert network[0].startswith("The network does not play: This needs Keras and TensorFlow, which are not installed")
    assert network[1:] == ["", True, "given", 0]
    assert lattice[0] == network[0]
    assert lattice[1:3] == ["", True]
    assert lattice[3] in ("right", "wrong")
    assert lattice[4] == 1


async def test_there_is_no_question_after_the_last_one(quiz: Quiz) -> None:
    quiz.index = 2
    with pytest.raises(t.TraitError, match="there are 3 questions"):
        quiz.index = 3
    quiz.n_questions = 2
    await quiz.settled()
    assert (quiz.index, quiz.error) == (0, "")
    assert "of 2" in words(quiz)
    assert len(part(quiz, QuestionCard).chips) == 2


async def test_unknown_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"no setting 'stundet'\. Did you mean 'student'\?"):
        Quiz(stundet="Ada")
    for settings in ({"topic": "history"}, {"level": 4}, {"seed": -1}, {"n_questions": 0}):
        with pytest.raises(t.TraitError):
            Quiz(folder=tmp_path, **settings)


async def test_a_notebook_keeps_a_picture_and_no_large_buffers(quiz: Quiz) -> None:
    bundle, _metadata = DisplayFormatter().format(quiz)
    assert len(bundle["image/png"]) > 1000
    assert len(json.dumps(bundle)) < 300_000
    assert all(len(json.dumps(canvas.get_state(), default=str)) < 150_000 for canvas in parts(quiz, PictureCanvas))


async def test_a_closed_quiz_leaves_none_of_its_parts_behind(tmp_path: Path) -> None:
    from ipywidgets.widgets.widget import _instances

    async def play() -> None:
        widget = Quiz("reciprocal", folder=tmp_path, n_questions=None)
        await widget.settled()
        widget.answer("a")
        await widget.settled()
        widget.topic = "lattice"
        await widget.settled()
        widget.close()

    await play()
    before = len(_instances)
    for _ in range(2):
        await play()
    assert len(_instances) <= before + 5
