"""Learn the rule of the joint verdict: coefficients on one part of the suite, thresholds of the set on another."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.classifier.joint.evidence import CIRCUMSTANCES, FLOOR, evidence
from lattice_widgets.classifier.joint.opinions import PASSES, ask_opinions
from lattice_widgets.classifier.joint.rule import OPINIONS, JointRule
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.training.joint.suite import GROUPS, SEED, draw_case

COVERAGE = 0.95
#: of the pictures that fit, this fraction is so unfamiliar that the set stays empty
_OUTSIDE = 0.005
#: holds the coefficients near 0 where the pictures do not tell: one unit costs as much as two thirds of a bit
_STIFFNESS = 1.0
#: above a confidence of 0.95, at most this fraction is wrong in each group of the suite, told by folds not fitted
_WRONG = 0.04
#: so many parts has the suite: the first ones fit, the last ones set the thresholds
_PARTS, _FITTING = 5, 3


class Learned(NamedTuple):
    """What the opinions said about each picture of the suite.

    Attributes
    ----------
    said, circumstances : ndarray, float64, shapes (n, 3, 6) and (n, m)
        As from `evidence.evidence`.
    unfamiliarity : ndarray, float64, shape (n,)
        See `Opinions`.
    labels : ndarray, int64, shape (n,)
        The true classes.
    groups : ndarray of str, shape (n,)
        Which part of the suite each comes from.
    """

    said: NDArray[np.float64]
    circumstances: NDArray[np.float64]
    unfamiliarity: NDArray[np.float64]
    labels: NDArray[np.int64]
    groups: NDArray[np.str_]

    def part(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the pictures."""
        return self._replace(**{name: column[chosen] for name, column in self._asdict().items()})

    def save(self, path: Path, weights: str) -> None:
        """Write them, with the checksum of the weights that answered."""
        np.savez_compressed(path, weights=np.array(weights), **self._asdict())

    @classmethod
    def load(cls, path: Path, weights: str) -> Self:
        """Read what `save` wrote; ValueError if other weights answered."""
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["weights"]) != weights:
                raise ValueError(f"{path} holds the answers of another network: ask anew.")
            return cls(*(kept[name] for name in cls._fields))


def gather(
    classifier: Classifier, count: int, seed: int = SEED, progress: Callable[[int, int], None] = lambda *_: None
) -> Learned:
    """Draw the suite and ask both opinions about each picture: some tenths of a second each.

    Parameters
    ----------
    classifier : Classifier
        The network that answers.
    count, seed : int
        How many pictures, of which stream.
    progress : callable, optional
        Told how many pictures are done, and how many there are.
    """
    rows: list[tuple[Any, ...]] = []
    for number in range(count):
        image, label, group = draw_case(number, seed)
        opinions = ask_opinions(image, classifier)
        rows.append((*evidence(opinions), opinions.unfamiliarity, label, group))
        progress(number + 1, count)
    return Learned(*(np.array(column) for column in zip(*rows, strict=True)))


def fit_scores(seen: Learned) -> NDArray[np.float64]:
    """Return the coefficients of the regression: first the worths (3, m) in a row, then the constants of all classes but one.

    Parameters
    ----------
    seen : Learned
        Pictures to fit; each counts the same.
    """
    columns, n = _columns(seen), len(seen.labels)

    def cost(coefficients: NDArray) -> tuple[float, NDArray]:
        scores = columns @ coefficients
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        wrong = powers / powers.sum(axis=1, keepdims=True)
        loss = -np.log(wrong[np.arange(n), seen.labels] + 1e-300).sum()
        wrong[np.arange(n), seen.labels] -= 1
        gradient = np.einsum("nk,nkj->j", wrong, columns)
        return loss + _STIFFNESS * (coefficients @ coefficients) / 2, gradient + _STIFFNESS * coefficients

    return minimize(cost, np.zeros(columns.shape[-1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x


def _columns(seen: Learned) -> NDArray[np.float64]:
    """Return what the coefficients are multiplied with, (n, 6, 3 m + 5)."""
    weighed = np.einsum("nok,nm->nkom", seen.said, seen.circumstances)
    n, k = len(seen.labels), len(CLASSES)
    constants = np.broadcast_to(np.eye(k)[:, 1:], (n, k, k - 1))
    return np.concatenate([weighed.reshape(n, k, -1), constants], axis=-1)


def _probabilities(seen: Learned, coefficients: NDArray[np.float64], sharpness: float = 1.0) -> NDArray[np.float64]:
    scores = sharpness * (_columns(seen) @ coefficients)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def honest_sharpness(seen: Learned) -> float:
    """Return by how much to flatten the scores so that "more than 0.95" is wrong no oftener than it may be, in each group.

    Parameters
    ----------
    seen : Learned
        Pictures to fit; each fifth of them is answered by what the others taught.
    """
    folds = np.arange(len(seen.labels)) % 5
    taught = [fit_scores(seen.part(folds != fold)) for fold in range(5)]
    for sharpness in np.arange(1.0, 0.39, -0.02):
        sure, wrong = np.zeros(len(folds), bool), np.zeros(len(folds), bool)
        for fold in range(5):
            here = folds == fold
            answer = _probabilities(seen.part(here), taught[fold], sharpness)
            sure[here], wrong[here] = answer.max(axis=1) > 0.95, answer.argmax(axis=1) != seen.labels[here]
        if all(
            (wrong & sure)[seen.groups == group].sum() <= _WRONG * sure[seen.groups == group].sum() for group in GROUPS
        ):
            return float(round(sharpness, 2))
    return 0.4


def conformal_thresholds(probabilities: NDArray, labels: NDArray, coverage: float = COVERAGE) -> NDArray[np.float64]:
    """Return for each class the probability that this share of its pictures reaches, float64 (6,): split conformal prediction.

    Parameters
    ----------
    probabilities : ndarray, shape (n, 6)
        Joint ones, of pictures that were not fitted; 0 for one whose set is empty for other reasons.
    labels : ndarray of int, shape (n,)
        The true classes.
    coverage : float
        Of the set.

    Returns
    -------
    ndarray
        At most 1/6, so that the most probable class always belongs to the set.
    """
    thresholds = []
    for label in range(probabilities.shape[1]):
        reached = np.sort(probabilities[labels == label, label])
        # of n + 1 pictures, the new one among them, so many may miss
        misses = int(np.floor((1 - coverage) * (len(reached) + 1)))
        thresholds.append(reached[misses - 1] if misses else 0.0)
    # rounded down: the picture that it was taken from keeps its class
    return np.floor(np.minimum(thresholds, 1 / probabilities.shape[1]) * 1e5) / 1e5


def learn(seen: Learned, classifier: Classifier, seed: int = SEED) -> dict[str, Any]:
    """Return the card of the rule: plain numbers, and how they were made.

    Parameters
    ----------
    seen : Learned
        The answers to the suite, in the order in which it is drawn.
    classifier : Classifier
        Whose answers they are.
    seed : int
        Of the suite.

    Raises
    ------
    ValueError
        If a class has fewer than 40 pictures among those for the thresholds.
    """
    number = np.arange(len(seen.labels)) % _PARTS
    fitting, held_out = seen.part(number < _FITTING), seen.part(number >= _FITTING)
    counts = np.bincount(held_out.labels, minlength=len(CLASSES))
    if counts.min() < 40:
        raise ValueError(
            f"Thresholds need 40 pictures of each class; of {CLASSES[int(counts.argmin())]} there are too few."
        )
    sharpness = honest_sharpness(fitting)
    coefficients = np.round(sharpness * fit_scores(fitting), 4)
    beyond = float(np.round(np.quantile(fitting.unfamiliarity, 1 - _OUTSIDE), 3))
    worth = coefficients[: -len(CLASSES) + 1].reshape(len(OPINIONS), -1)
    card: dict[str, Any] = {
        "what": "The rule of the joint verdict: see lattice_widgets.classifier.joint.rule.",
        "made": f"python tools/make_verdict.py {classifier.name}",
        "date": datetime.date.today().isoformat(),
        "network": classifier.name,
        "weights_sha256": classifier.card.weights_sha256,
        "passes": PASSES,
        "floor": FLOOR,
        "suite": {
            "what": "lattice_widgets.training.joint.suite",
            "seed": seed,
            "fitted": len(fitting.labels),
            "thresholds": len(held_out.labels),
            "groups": {group: int((seen.groups == group).sum()) for group in GROUPS},
        },
        "sharpness": sharpness,
        "worth": {
            who: dict(zip(CIRCUMSTANCES, row.tolist(), strict=True)) for who, row in zip(OPINIONS, worth, strict=True)
        },
        "constants": dict(zip(CLASSES, [0.0, *coefficients[-len(CLASSES) + 1 :].tolist()], strict=True)),
        "coverage": COVERAGE,
        "thresholds": dict.fromkeys(CLASSES, 0.0),
        "unfamiliar_beyond": beyond,
    }
    rule = JointRule.of(card)
    probabilities = rule.probabilities(held_out.said, held_out.circumstances)
    reaching = np.where((held_out.unfamiliarity <= beyond)[:, None], probabilities, 0.0)
    card["thresholds"] = dict(zip(CLASSES, conformal_thresholds(reaching, held_out.labels).tolist(), strict=True))
    card["held_out"] = _figures(JointRule.of(card), held_out)
    return card


def _figures(rule: JointRule, seen: Learned) -> dict[str, dict[str, float | int]]:
    """Return what the rule is worth on the pictures that set its thresholds, by group."""
    probabilities = rule.probabilities(seen.said, seen.circumstances)
    members = rule.members(probabilities, seen.unfamiliarity)
    right, confidence = probabilities.argmax(axis=1) == seen.labels, probabilities.max(axis=1)
    sure, held = (confidence > 0.95) & members.any(axis=1), members[np.arange(len(right)), seen.labels]
    return {
        group: {
            "count": int(here.sum()),
            "accuracy": round(float(right[here].mean()), 4),
            "coverage": round(float(held[here].mean()), 4),
            "mean_size": round(float(members[here].sum(axis=1).mean()), 3),
            "above_0.95": int((sure & here).sum()),
            "wrong_above_0.95": int((sure & ~right & here).sum()),
        }
        for group in GROUPS
        if (here := seen.groups == group).any()
    }
