"""What abstaining costs and what it brings: how many pictures are answered, and how many of the answers are right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from lattice_widgets.core.uncertainty.reliability import check_answers


@dataclass(frozen=True, eq=False)
class CoverageCurve:
    """What abstaining costs and what it brings.

    Attributes
    ----------
    threshold : ndarray, float64, shape (m,)
        Pictures with at least this trust are answered; falling.
    coverage : ndarray, float64, shape (m,)
        Fraction of the pictures that are answered; rising, to 1.
    accuracy : ndarray, float64, shape (m,)
        Fraction of right answers among them.
    """

    threshold: NDArray[np.float64]
    coverage: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    def threshold_for(self, accuracy: float) -> float:
        """Find the threshold that answers most pictures with at least this accuracy.

        Parameters
        ----------
        accuracy : float
            From 0 to 1.

        Returns
        -------
        float
            The threshold.

        Raises
        ------
        ValueError
            If no threshold reaches it.
        """
        reached = np.flatnonzero(self.accuracy >= accuracy)
        if not len(reached):
            raise ValueError(
                f"No threshold brings the accuracy to {accuracy:.3g}; the best is {self.accuracy.max():.3g}."
            )
        return float(self.threshold[reached[-1]])


def coverage_curve(trust: ArrayLike, right: ArrayLike) -> CoverageCurve:
    """Measure how many pictures are answered and how many answers are right, at every threshold that matters.

    Parameters
    ----------
    trust : array_like, shape (n,)
        Of each answer.
    right : array_like of bool, shape (n,)
        Whether it is right.

    Returns
    -------
    CoverageCurve
        Its thresholds fall.

    Raises
    ------
    ValueError
        If the shapes differ or there are no answers.

    Examples
    --------
    >>> curve = coverage_curve([0.9, 0.8, 0.8, 0.3], [True, True, False, False])
    >>> curve.threshold.tolist(), curve.coverage.tolist(), curve.accuracy.round(3).tolist()
    ([0.9, 0.8, 0.3], [0.25, 0.75, 1.0], [1.0, 0.667, 0.5])
    """
    scores, correct = check_answers(trust, right)
    order = np.argsort(-scores, kind="stable")
    # answers of equal trust stand and fall together
    last = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    answered = last + 1
    return CoverageCurve(scores[order][last], answered / len(scores), np.cumsum(correct[order])[last] / answered)


def auroc(trust: ArrayLike, right: ArrayLike) -> float:
    """Compute the probability that a right answer has more trust than a wrong one.

    Takes the same as `coverage_curve`.

    Returns
    -------
    float
        1 is perfect, 0.5 useless.

    Raises
    ------
    ValueError
        As for `coverage_curve`; if all answers are right or all are wrong.

    Examples
    --------
    >>> auroc([0.9, 0.8, 0.6, 0.7], [True, True, False, False]), auroc([0.5, 0.5], [True, False])
    (1.0, 0.5)
    """
    scores, correct = check_answers(trust, right)
    n_right = int(correct.sum())
    n_wrong = len(correct) - n_right
    if n_right == 0 or n_wrong == 0:
        raise ValueError("There must be right and wrong answers to tell apart.")
    return float((rankdata(scores)[correct].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))
