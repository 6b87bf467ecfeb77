"""Questions: the same for everybody who asks for the same, and their answers agree with what is measured in their pictures."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz import (
    IMPERFECTIONS,
    TOPICS,
    judge,
    question_of,
    seed_of,
)


def test_the_readme_names_every_topic(root: Path) -> None:
    said = " ".join((root / "README.md").read_text(encoding="utf-8").split())
    listed = said.partition("topics *")[2].partition("*")[0].split(", ")
    assert sorted(listed) == sorted(TOPICS), "the line on quizzes in the chapter on teaching"


@pytest.mark.parametrize("topic", TOPICS)
def test_the_same_four_give_the_same_question_and_no_question_comes_twice(topic: str) -> None:
    for level in (1, 2, 3):
        first, again = (question_of(topic, level, 12, 3) for _ in range(2))
        assert str(first.prompt) == str(again.prompt)
        assert (first.answer, [str(o.label) for o in first.options]) == (
            again.answer,
            [str(o.label) for o in again.options],
        )
        for one, other in zip(first.shown, again.shown, strict=True):
            assert np.array_equal(one.pixels()[0], other.pixels()[0])
        scenes = {question_of(topic, level, seed, index).shown[0].scene for seed in (12, 13) for index in range(20)}
        assert len(scenes) == 40
        # some way into it, and from another seed
        assert question_of(topic, level, 2**31 - 1, 10**9).id == f"{topic}-{level}-{2**31 - 1}-{10**9}"


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("level", [1, 2, 3])
def test_every_question_can_be_answered_and_every_answer_is_explained(topic: str, level: int) -> None:
    for index in range(12):
        question = question_of(topic, level, 5, index)
        assert str(question.prompt).endswith(("?", "."))
        image, (row, col), marks = question.shown[0].pixels()
        assert image.shape[0] != image.shape[1]
        assert min(row, col) > 0
        assert ((marks > 0) & (marks < np.array(image.shape))).all(), "a mark outside of the picture"
        assert len(question.shown[0].labels) == len(marks)
        if question.is_choice:
            keys = [option.key for option in question.options]
            assert len(keys) == len(set(keys))
            assert 4 <= len(keys) <= 7
            assert topic == "network" or question.answer in keys
            for option in question.options:
                assert str(option.why)
        else:
            assert question.answer > 0
            assert judge(question, question.answer * (1 + 0.9 * question.tolerance)).right
            assert not judge(question, question.answer * (1 - 1.1 * question.tolerance)).right
            for slip in question.slips:
                told = judge(question, slip.value)
                assert not told.right
                assert told.said[0] is slip.why
        # no place to fill is left over, whatever is told
        words = [question.prompt, *question.explanation, *(option.why for option in question.options)]
        assert not any("{" in str(word) for word in words)


def test_kinds_come_equally_often_and_never_twice_in_a_row() -> None:
    answers = [question_of("lattice", 1, 4, index).answer for index in range(60)]
    assert {answers.count(kind) for kind in CLASSES} == {10}
    assert all(one != other for one, other in pairwise(answers))
    kinds = [question_of("imperfection", 2, 4, index).answer for index in range(48)]
    assert {kinds.count(kind) for kind in IMPERFECTIONS} == {6}


def test_a_students_own_questions_come_from_seed_and_name() -> None:
    assert seed_of(7, "Ada") == seed_of(7, "Bob") == 7
    own = {seed_of(seed, name, same_for_all=False) for seed in (7, 8) for name in ("Ada", "Bob", "")}
    assert len(own) == 6
    assert seed_of(7, "ADA  Lovelace ", same_for_all=False) == seed_of(7, " ada lovelace", same_for_all=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("latice",), "no topic 'latice'"),
        (("lattice", 4), "no level 4"),
        (("lattice", 1, -1), "seed is a whole number"),
        (("lattice", 1, 0, 2**31), "index is a whole number"),
        (("lattice", 1, 0.5), "seed is a whole number"),
    ],
)
def test_what_is_no_question_is_told(arguments: tuple, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        question_of(*arguments)
