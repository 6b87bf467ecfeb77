"""The network as an opponent, and the scores of answers with a stated confidence."""

import json

import numpy as np
import pytest

from lattice_widgets.classifier.quiz_opponent import opponent
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz import (
    NOT_SURE,
    NetworkAnswer,
    Question,
    QuizError,
    judge,
    network_score,
    question_of,
    score,
    student_score,
)


@pytest.fixture(scope="module")
def network():
    import lattice_widgets as lw

    return opponent(lw.load_classifier().load())


def test_what_the_network_says_is_asked_of_the_real_one(network) -> None:
    labels = []
    for level, count in ((1, 8), (3, 16)):
        for index in range(count):
            question = question_of("network", level, 2, index)
            assert question.answer is None
            opinion = network(question.shown[0].scene)
            told = judge(question, opinion.label, network)
            assert told.right
            assert told.answer == opinion.label
            other = next(kind for kind in CLASSES if kind != opinion.label)
            assert not judge(question, other, network).right
            assert ("not sure" in str(told.said[0])) == (opinion.label == NOT_SURE)
            labels.append((level, opinion.label == question.lattice_class))
    # level 1 is easy for it, level 3 is not
    assert np.mean([right for level, right in labels if level == 1]) > 0.85
    assert np.mean([right for level, right in labels if level == 3]) < 0.8
    with pytest.raises(QuizError, match="only where it can be asked"):
        judge(question_of("network", 1, 2, 0), "square")


def test_the_network_plays_on_the_same_pictures(network) -> None:
    judged = [judge(question_of("lattice", 1, 2, index), "square", network) for index in range(12)]
    mine, its = student_score("lattice", [(one, 0.9) for one in judged]), network_score(judged)
    assert (mine.answered, mine.right) == (12, 2)
    assert mine.calibration_error == pytest.approx(0.9 - 2 / 12)
    assert mine.confusion.sum() == 12
    assert mine.confusion[:, CLASSES.index("square")].sum() == 12
    assert its.fraction > 0.9
    assert its.confusion.trace() == its.right
    assert network_score([judge(question_of("cell", 1, 2, 0), "1")]) is None


def test_scores_of_stated_confidence() -> None:
    right = [True] * 8 + [False] * 2
    honest = score(["a"] * 10, ["a"] * 8 + ["b"] * 2, right, [0.8] * 10, ["a", "b"])
    assert honest.fraction == pytest.approx(0.8)
    assert honest.calibration_error == pytest.approx(0.0, abs=1e-12)
    assert honest.confusion.tolist() == [[8, 2], [0, 0]]
    boasting = score(["a"] * 10, ["a"] * 10, [False] * 10, [1.0] * 10)
    assert boasting.calibration_error == 1.0
    nothing = score([], [], [], [])
    assert nothing.answered == 0
    assert np.isnan(nothing.fraction)
    assert np.isnan(nothing.calibration_error)
    with pytest.raises(ValueError, match="one confidence for each"):
        score(["a"], ["a"], [True], [])


@pytest.mark.parametrize("given", ["hexagon", "", None, 3, True, 0.2])
def test_what_is_no_choice_is_told(given: object) -> None:
    with pytest.raises(QuizError, match="There is no answer"):
        judge(question_of("lattice", 1, 2, 0), given)


@pytest.mark.parametrize("given", ["0.2", None, -1.0, 0, float("nan"), float("inf"), True, "hexagonal"])
def test_what_is_no_length_is_told(given: object) -> None:
    with pytest.raises(QuizError, match="positive number in nm"):
        judge(question_of("spacing", 1, 2, 0), given)


def test_a_count_may_be_given_as_a_number() -> None:
    question = question_of("cell", 1, 2, 0)
    assert judge(question, int(question.answer)).right
    assert judge(question, question.answer).right


def test_sentences_are_translated_before_they_are_filled() -> None:
    question: Question = question_of("lattice", 1, 2, 0)
    german = {"Which lattice does this picture show?": "Welches Gitter zeigt dieses Bild?"}
    assert question.prompt.render(lambda text: german.get(text, text)) == "Welches Gitter zeigt dieses Bild?"
    label = question.options[3].label
    assert label.render(lambda text: {"square": "quadratisch"}.get(text, text)) == "quadratisch"


def test_an_answer_of_the_network_is_plain_data() -> None:
    answer = NetworkAnswer((0.1, 0.0, 0.0, 0.0, 0.9, 0.0), "hexagonal")
    assert (answer.first, answer.confidence) == ("hexagonal", 0.9)
    assert json.loads(json.dumps(answer.probabilities)) == [0.1, 0.0, 0.0, 0.0, 0.9, 0.0]
