"""A given answer in, whether it is right and why out."""

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from lattice_widgets.core.quiz.question import Question, Sentence
from lattice_widgets.core.quiz.topics import TOPICS
from lattice_widgets.core.quiz.topics.network_questions import Network, NetworkAnswer, decided


class QuizError(ValueError):
    """An answer or a file of answers that makes no sense; the message says why in one sentence."""


@dataclass(frozen=True, eq=False)
class Feedback:
    """What is said after an answer.

    Attributes
    ----------
    right : bool
        Whether the answer is right.
    given, answer : str or float
        The given answer and the right one: keys of options, or numbers.
    said : tuple of Sentence
        Why the given answer is wrong if it is, why the right one is right, and how one sees it.
    reasons : tuple of (str, Sentence)
        For each other option that is wrong: its key, and why.
    question : Question
        The question, with its answer.
    network : NetworkAnswer or None
        What the network says of the picture, where it was asked.
    """

    right: bool
    given: str | float
    answer: str | float
    said: tuple[Sentence, ...]
    reasons: tuple[tuple[str, Sentence], ...]
    question: Question
    network: NetworkAnswer | None = None


def check_given(question: Question, given: Any) -> str | float:
    """Return an answer as it is stored, or say why it is none.

    Raises
    ------
    QuizError
        If there is no such option, or it is no positive number.
    """
    if question.is_choice:
        keys = [option.key for option in question.options]
        key = str(given) if isinstance(given, int) and not isinstance(given, bool) else given  # options may be counts
        if key in keys:
            return str(key)
        raise QuizError(f"There is no answer {given!r}: choose one of {', '.join(keys)}.")
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 < float(given) < np.inf:
        raise QuizError(f"The answer is a positive number in {question.unit}, not {given!r}.")
    return float(given)


def check_confidence(confidence: Any) -> float:
    """Return a confidence from 0 to 1.

    Raises
    ------
    QuizError
        If it is none.
    """
    if isinstance(confidence, bool) or not isinstance(confidence, Real) or not 0 <= float(confidence) <= 1:
        raise QuizError(f"The confidence is a number from 0 to 1, not {confidence!r}.")
    return float(confidence)


def judge(question: Question, given: Any, network: Network | None = None) -> Feedback:
    """Return whether an answer is right, and why.

    Parameters
    ----------
    question : Question
        What was asked.
    given : str or float
        Key of an option, or a number in the unit of the question.
    network : callable, optional
        ``network(scene)`` gives a `NetworkAnswer`. The topic "network" needs it; for the topic "lattice" it adds what the
        network says of the same picture.

    Raises
    ------
    QuizError
        If the answer is none, or the network is needed and not there.

    Examples
    --------
    >>> from lattice_widgets.core.quiz import question_of
    >>> question = question_of("lattice", 1, 7, 0)
    >>> judge(question, question.answer).right
    True
    """
    part = TOPICS[question.topic].network
    answered = check_given(question, given)
    opinion = network(question.shown[0].scene) if network and part != "absent" else None
    if part == "decides":
        if opinion is None:
            raise QuizError("What the network says is known only where it can be asked: it is not there.")
        question = decided(question, opinion)
    assert question.answer is not None
    if question.is_choice:
        return _judge_choice(question, str(answered), opinion)
    return _judge_number(question, float(answered))


def _judge_choice(question: Question, given: str, opinion: NetworkAnswer | None) -> Feedback:
    answer = str(question.answer)
    right = given == answer
    said = (question.option(given).why, *(() if right else (question.option(answer).why,)), *question.explanation)
    if TOPICS[question.topic].network == "decides":  # what the network says is said once
        return Feedback(right, given, answer, question.explanation, (), question, opinion)
    reasons = tuple((option.key, option.why) for option in question.options if option.key not in (given, answer))
    return Feedback(right, given, answer, said, reasons, question, opinion)


def _judge_number(question: Question, given: float) -> Feedback:
    truth = float(question.answer or 0.0)
    off = given / truth - 1
    right = abs(off) <= question.tolerance
    said: list[Sentence] = []
    if not right:
        slip = next((slip for slip in question.slips if abs(given / slip.value - 1) <= question.tolerance), None)
        said.append(
            slip.why
            if slip
            else Sentence("This is {percent:.0f} % too long or too large: measure again.", percent=100 * off)
            if off > 0
            else Sentence("This is {percent:.0f} % too short or too small: measure again.", percent=-100 * off)
        )
    return Feedback(right, given, truth, (*said, *question.explanation), (), question)
