"""Answers in, score out: how many are right, what is taken for what, and whether the stated confidence means what it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz.judging import Feedback
from lattice_widgets.core.quiz.topics import TOPICS
from lattice_widgets.core.uncertainty.reliability import ReliabilityCurve, reliability_of_answers

#: bins of confidence: few, for a student gives few answers
BINS = 5


@dataclass(frozen=True, eq=False)
class Score:
    """What so many answers are worth.

    Attributes
    ----------
    answered, right : int
        How many.
    mean_confidence : float
        From 0 to 1; NaN without an answer.
    curve : ReliabilityCurve or None
        Fraction of right answers against confidence; None without an answer.
    labels : tuple of str
        Classes of the confusion matrix; () where there is none.
    confusion : ndarray, int64, shape (k, k)
        Row: the truth, column: the answer.
    """

    answered: int
    right: int
    mean_confidence: float
    curve: ReliabilityCurve | None
    labels: tuple[str, ...]
    confusion: NDArray[np.int64]

    @property
    def fraction(self) -> float:
        """Part of the answers that is right; NaN without an answer."""
        return self.right / self.answered if self.answered else float("nan")

    @property
    def calibration_error(self) -> float:
        """Mean distance of confidence and fraction right (`ReliabilityCurve.error`), 0-1; NaN without an answer."""
        return self.curve.error if self.curve else float("nan")


def score(
    truths: Sequence[str | float],
    answers: Sequence[str | float],
    right: Sequence[bool],
    confidences: Sequence[float],
    labels: Sequence[str] = (),
) -> Score:
    """Return the score of answers.

    Parameters
    ----------
    truths, answers : sequence
        What is right and what was given.
    right : sequence of bool
        Whether each is right.
    confidences : sequence of float
        Of each, from 0 to 1.
    labels : sequence of str, optional
        Classes of the confusion matrix.

    Raises
    ------
    ValueError
        If there are more of one than of the others, or a confidence is not from 0 to 1.

    Examples
    --------
    >>> two = score(["square", "noise"], ["square", "square"], [True, False], [0.9, 0.5], ["square", "noise"])
    >>> two.fraction, round(two.calibration_error, 3), two.confusion.tolist()
    (0.5, 0.3, [[1, 0], [1, 0]])
    """
    if not len(truths) == len(answers) == len(right) == len(confidences):
        raise ValueError("There must be one truth, one answer and one confidence for each question.")
    place = {label: number for number, label in enumerate(labels)}
    confusion = np.zeros((len(place), len(place)), np.int64)
    if place:
        for truth, answer in zip(truths, answers, strict=True):
            confusion[place[str(truth)], place[str(answer)]] += 1
    return Score(
        answered=len(answers),
        right=int(np.sum(right)),
        mean_confidence=float(np.mean(confidences)) if len(confidences) else float("nan"),
        curve=reliability_of_answers(confidences, right, BINS) if len(confidences) else None,
        labels=tuple(labels),
        confusion=confusion,
    )


def student_score(topic: str, answers: Sequence[tuple[Feedback, float]]) -> Score:
    """Return the score of a student: judged answers of one topic, each with the confidence that was stated."""
    judged = [feedback for feedback, _ in answers]
    return score(
        [one.answer for one in judged],
        [one.given for one in judged],
        [one.right for one in judged],
        [confidence for _, confidence in answers],
        TOPICS[topic].labels,
    )


def network_score(answers: Sequence[Feedback]) -> Score | None:
    """Return the score of the network on the same pictures, its first class against the truth; None where it did not play."""
    judged = [one for one in answers if one.network is not None]
    if not judged:
        return None
    truths = [one.question.lattice_class for one in judged]
    opinions = [one.network for one in judged if one.network is not None]
    return score(
        truths,
        [opinion.first for opinion in opinions],
        [opinion.first == truth for opinion, truth in zip(opinions, truths, strict=True)],
        [opinion.confidence for opinion in opinions],
        CLASSES,
    )
