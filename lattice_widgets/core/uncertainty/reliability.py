"""Whether probabilities mean what they say: reliability curve, calibration error, temperature.

Arrays of probabilities have the axes (picture, class) and sum to 1 over the classes; labels are the true classes as
indices. The confidence is the highest probability of a picture.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Logarithms of probabilities that were rounded to zero.
_FLOOR = 1e-30
_LOG_TEMPERATURES = (-3.0, 3.0)


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """How often answers of some confidence are right.

    Attributes
    ----------
    edges : ndarray, float64, shape (bins + 1,)
        Of the bins of confidence; a bin holds its upper edge.
    count : ndarray, int64, shape (bins,)
        Pictures in each bin.
    confidence, accuracy : ndarray, float64, shape (bins,)
        Mean confidence, and fraction of right answers; NaN in an empty bin.
    """

    edges: NDArray[np.float64]
    count: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of accuracy and confidence, weighted by the counts."""
        filled = self.count > 0
        gaps = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float(np.sum(self.count[filled] * gaps) / self.count.sum())

    def bin_of(self, confidence: float) -> int:
        """Find the bin that a confidence falls into.

        Parameters
        ----------
        confidence : float
            From 0 to 1.

        Returns
        -------
        int
            Its index.
        """
        return int(np.clip(np.searchsorted(self.edges, confidence, side="left") - 1, 0, len(self.count) - 1))


def _check(probabilities: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    p, truth = np.asarray(probabilities, np.float64), np.asarray(labels)
    if p.ndim != 2 or 0 in p.shape or truth.shape != p.shape[:1]:
        raise ValueError(
            f"Give probabilities (n, classes) and n labels, at least one; these are {p.shape} and {truth.shape}."
        )
    if not (np.all(p >= 0) and np.allclose(p.sum(axis=1), 1, atol=1e-3)):
        raise ValueError("Probabilities are not negative and sum to 1 over the last axis; these do not.")
    if not np.issubdtype(truth.dtype, np.integer) or truth.min() < 0 or truth.max() >= p.shape[1]:
        raise ValueError(f"Labels are whole numbers from 0 to {p.shape[1] - 1}.")
    return p, truth.astype(np.int64)


def reliability_curve(probabilities: ArrayLike, labels: ArrayLike, bins: int = 15) -> ReliabilityCurve:
    """Measure how often answers are right, in bins of equal width of their confidence.

    Parameters
    ----------
    probabilities : array_like, shape (n, k)
        The answers.
    labels : array_like of int, shape (n,)
        The truth.
    bins : int
        From 0 to 1.

    Returns
    -------
    ReliabilityCurve
        Of the confidence, the highest probability of each picture.

    Raises
    ------
    ValueError
        If the shapes do not fit, these are not probabilities or labels, or there are fewer than 1 bins.

    Examples
    --------
    >>> curve = reliability_curve([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.4, 0.6]], [0, 0, 1, 0], bins=2)
    >>> curve.count.tolist(), curve.accuracy[1].item(), round(curve.confidence[1].item(), 3)
    ([0, 4], 0.75, 0.75)
    """
    p, truth = _check(probabilities, labels)
    return reliability_of_answers(p.max(axis=1), p.argmax(axis=1) == truth, bins)


def reliability_of_answers(confidences: ArrayLike, right: ArrayLike, bins: int = 15) -> ReliabilityCurve:
    """Measure how often answers are right, in bins of equal width of the confidence stated with each.

    Parameters
    ----------
    confidences : array_like, shape (n,)
        From 0 to 1; may be lower than that of a guess.
    right : array_like of bool, shape (n,)
        Whether each answer is right.
    bins : int
        From 0 to 1.

    Returns
    -------
    ReliabilityCurve
        Of these confidences.

    Raises
    ------
    ValueError
        If the shapes differ, there are no answers or fewer than 1 bins, or a confidence is not from 0 to 1.

    Examples
    --------
    >>> reliability_of_answers([0.2, 0.3, 0.9, 1.0], [False, True, True, True], bins=2).accuracy.tolist()
    [0.5, 1.0]
    """
    confidence, correct = check_answers(confidences, right)
    # float32 sums of a softmax may pass 1 by a rounding error
    if confidence.min() < 0 or confidence.max() > 1 + 1e-3:
        raise ValueError("A confidence is a number from 0 to 1.")
    if bins < 1:
        raise ValueError(f"There must be at least one bin, not {bins}.")
    edges = np.linspace(0, 1, bins + 1)
    number = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    count = np.bincount(number, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(number, weights=values, minlength=bins) / count for values in (confidence, correct)]
    return ReliabilityCurve(edges, count, *means)


def expected_calibration_error(probabilities: ArrayLike, labels: ArrayLike, bins: int = 15) -> float:
    """Compute the mean distance between confidence and accuracy (Guo et al. 2017).

    Takes and raises the same as `reliability_curve`.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> round(expected_calibration_error([[1.0, 0.0], [1.0, 0.0]], [0, 1]), 3)
    0.5
    """
    return reliability_curve(probabilities, labels, bins).error


def brier_score(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Compute the mean squared distance of probabilities from the truth, summed over classes.

    Takes and raises the same as `reliability_curve`.

    Returns
    -------
    float
        From 0, perfect, to 2.

    Examples
    --------
    >>> brier_score([[1.0, 0.0], [0.5, 0.5]], [0, 0])
    0.25
    """
    p, truth = _check(probabilities, labels)
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[truth]) ** 2, axis=1)))


def apply_temperature(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Raise probabilities to 1 / temperature and normalize them over the last axis.

    Above 1 it takes confidence away, below 1 it adds some; the order of the classes stays.

    Parameters
    ----------
    probabilities : array_like, shape (..., k)
        Over the last axis.
    temperature : float
        Positive.

    Returns
    -------
    ndarray, float64
        Of the same shape.

    Raises
    ------
    ValueError
        If the temperature is not positive.

    Examples
    --------
    >>> apply_temperature([[0.8, 0.2]], 0.5).round(4).tolist()
    [[0.9412, 0.0588]]
    """
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"The temperature must be a positive number, not {temperature}.")
    logs = np.log(np.maximum(np.asarray(probabilities, np.float64), _FLOOR)) / temperature
    raised = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def fit_temperature(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Fit the temperature that makes the truth most likely (Guo et al. 2017).

    Takes and raises the same as `reliability_curve`.

    Returns
    -------
    float
        From 0.05 to 20.

    Examples
    --------
    Of these answers, all of confidence 0.9, only 3 of 4 are right: 0.75 / 0.25 = (0.9 / 0.1) ** (1 / 2).

    >>> round(fit_temperature([[0.9, 0.1]] * 4, [0, 0, 0, 1]), 3)
    2.0
    """
    p, truth = _check(probabilities, labels)

    def cost(log_temperature: float) -> float:
        likely = apply_temperature(p, float(np.exp(log_temperature)))[np.arange(len(truth)), truth]
        return -float(np.mean(np.log(np.maximum(likely, _FLOOR))))

    from scipy.optimize import minimize_scalar  # only who calibrates needs it, and it takes long to import

    best = minimize_scalar(cost, bounds=_LOG_TEMPERATURES, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x))


def check_answers(trust: ArrayLike, right: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Check that there is one trust for each answer.

    Parameters
    ----------
    trust : array_like, shape (n,)
        How much each answer is trusted, or its confidence.
    right : array_like of bool, shape (n,)
        Whether it is right.

    Returns
    -------
    trust : ndarray, float64, shape (n,)
        The same.
    right : ndarray, bool, shape (n,)
        The same.

    Raises
    ------
    ValueError
        If the shapes differ, there are no answers, or a trust is not finite.
    """
    scores, correct = np.asarray(trust, np.float64), np.asarray(right, bool)
    if scores.ndim != 1 or len(scores) == 0 or scores.shape != correct.shape or not np.all(np.isfinite(scores)):
        raise ValueError("Give one finite trust and one right or wrong for each answer, at least one.")
    return scores, correct
