"""The quiz, without a browser: commit first, feedback then; to the end, by buttons and keys, and closed again."""

import json
from pathlib import Path

import numpy as np
import pytest
import traitlets as t
from IPython.core.formatters import DisplayFormatter

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz import QuizError, judge, question_of
from lattice_widgets.files.answers.sheets import read_answers
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.quiz.widget import Quiz
from tests.widget_parts import part, parts, receive, words
from tests.widgets.quiz.question_card_texts import card_state, told


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
