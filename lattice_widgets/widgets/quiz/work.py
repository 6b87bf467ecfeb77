"""What the quiz asks the core, away from the screen: a question with its pictures, whether an answer is right, the score."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.classifier.quiz_opponent import opponent
from lattice_widgets.core.quiz import (
    TOPICS,
    Feedback,
    Question,
    Score,
    Shown,
    judge,
    network_score,
    question_of,
    student_score,
)
from lattice_widgets.files.answers.sheets import Answer, Quiz


@dataclass(frozen=True)
class Request:
    """A question of a quiz, and all that was answered so far."""

    quiz: Quiz
    index: int
    answers: tuple[Answer, ...]
    classifier: Classifier | None


@dataclass(frozen=True, eq=False)
class ReadyPicture:
    """A picture that is ready: what it is, image (rows, cols), size of a pixel, marks (n, 2) [px]."""

    shown: Shown
    image: NDArray[np.float32]
    pixel_size: tuple[float, float]
    marks: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class QuestionReady:
    """First answer: the question, its pictures, and those of its options."""

    question: Question
    pictures: tuple[ReadyPicture, ...]
    options: tuple[ReadyPicture, ...]


@dataclass(frozen=True, eq=False)
class AnswerJudged:
    """Second answer: whether what was answered is right and why; None where only the network knows and is not there yet."""

    question: Question
    feedback: Feedback | None


@dataclass(frozen=True, eq=False)
class Tally:
    """Third answer: which questions are right (index -> right, None: not known yet), and the scores."""

    right: dict[int, bool | None]
    student: Score
    network: Score | None


def compute_answers(request: Request) -> Iterator[QuestionReady | AnswerJudged | Tally]:
    """Yield the question, what is to be said of its answer if there is one, and the score."""
    quiz = request.quiz

    def question_at(index: int) -> Question:
        return question_of(quiz.topic, quiz.level, quiz.own_seed, index)

    question = question_at(request.index)
    options = (option.shown for option in question.options)
    yield QuestionReady(question, tuple(map(_draw, question.shown)), tuple(_draw(shown) for shown in options if shown))
    network = opponent(request.classifier) if request.classifier is not None else None
    judged: list[tuple[Feedback, float]] = []
    right: dict[int, bool | None] = {}
    for answer in sorted(request.answers, key=lambda answer: answer.index != request.index):  # this one first
        here = answer.index == request.index
        if network is None and TOPICS[quiz.topic].network == "decides":
            right[answer.index] = None
            if here:
                yield AnswerJudged(question, None)
            continue
        feedback = judge(question if here else question_at(answer.index), answer.given, network)
        if here:
            yield AnswerJudged(question, feedback)
        judged.append((feedback, answer.confidence))
        right[answer.index] = feedback.right
    yield Tally(right, student_score(quiz.topic, judged), network_score([feedback for feedback, _ in judged]))


def _draw(shown: Shown) -> ReadyPicture:
    return ReadyPicture(shown, *shown.pixels())
