"""The rule of the joint verdict: a logistic regression with some forty numbers, which lie in a small JSON file.

The score of a class is the evidence of the network times its worth, plus that of the geometry, plus that of the geometry for
the picture as it is, plus a constant of the class; the worth of each is a sum over the circumstances of the picture. The
probabilities are the softmax of the scores. A class belongs to the set if its probability reaches a threshold of its own,
taken from pictures that the regression did not see: of each class, 95 in 100 reach it (split conformal prediction, each class
for itself: Vovk, Lindsay, Nouretdinov & Gammerman, Mondrian confidence machine, 2003).
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import ModelCard
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.classifier.joint.evidence import CIRCUMSTANCES
from lattice_widgets.core.lattices.lattice import CLASSES

#: where the rules of the bundled networks lie
RULES = Path(__file__).parent / "rules"
#: the columns of the evidence; rules that were learned before there was the third do without
OPINIONS = ("network", "geometry", "picture")


@dataclass(frozen=True, eq=False)
class JointRule:
    """How the opinions become one.

    Attributes
    ----------
    worth : ndarray, float64, shape (3, n)
        Of network, geometry, and geometry of the picture as it is, in each of the n `CIRCUMSTANCES`.
    constants : ndarray, float64, shape (6,)
        Of each class.
    thresholds : ndarray, float64, shape (6,)
        Of the probability of each class, from which on it belongs to the set.
    unfamiliar_beyond : float
        Distance of a picture to those that the network was trained for from which on nothing belongs to the set.
    coverage : float
        What the thresholds are made for.
    card : dict
        How the rule was made: all that is in its file.
    """

    worth: NDArray[np.float64]
    constants: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    unfamiliar_beyond: float
    coverage: float
    card: dict[str, Any]

    @classmethod
    def of(cls, card: dict[str, Any]) -> Self:
        """Build the rule that a card describes.

        Raises
        ------
        ValueError
            If the card describes no rule of this version.
        """
        try:
            given = [card["worth"]["network"], card["worth"]["geometry"], card["worth"].get("picture", {})]
            worth = [[float(one.get(name, 0.0)) for name in CIRCUMSTANCES] for one in given]
            unknown = {name for one in given for name in one} - set(CIRCUMSTANCES)
            constants, thresholds = (
                [float(card[key][kind]) for kind in CLASSES] for key in ("constants", "thresholds")
            )
            beyond, coverage = float(card["unfamiliar_beyond"]), float(card["coverage"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"This is not the card of a rule that this version can read ({error!r}).") from error
        if unknown:
            raise ValueError(
                f"The rule weighs circumstances that this version does not know: {', '.join(sorted(unknown))}."
            )
        return cls(np.array(worth), np.array(constants), np.array(thresholds), beyond, coverage, card)

    def parts(self, said: NDArray[np.float64], circumstances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each of `OPINIONS` adds to the score of each class, float64 (..., 3, 6).

        Parameters
        ----------
        said, circumstances : ndarray, float64, shapes (..., 3, 6) and (..., n)
            As from `evidence.evidence`.
        """
        return said * (circumstances @ self.worth.T)[..., None]

    def probabilities(self, said: NDArray[np.float64], circumstances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the joint probability of each class, float64 (..., 6), for the arrays of `parts`."""
        scores = self.parts(said, circumstances).sum(axis=-2) + self.constants
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)

    def members(self, probabilities: NDArray[np.float64], unfamiliarity: NDArray | float) -> NDArray[np.bool_]:
        """Return which classes belong to the set, bool (..., 6); none for a picture that is too unfamiliar."""
        familiar = np.asarray(unfamiliarity) <= self.unfamiliar_beyond
        return (probabilities >= self.thresholds) & familiar[..., None]


@lru_cache(maxsize=8)
def _read(path: Path, modified: int) -> JointRule:
    return JointRule.of(json.loads(path.read_text(encoding="utf-8")))


def rule_path(card: ModelCard, card_path: Path) -> Path | None:
    """Return where the rule for a network lies, in the package or beside its card; None if it has none."""
    bundled, beside = RULES / f"{card.name}.json", card_path.with_name(f"{card_path.stem}.rule.json")
    return next((path for path in (bundled, beside) if path.is_file()), None)


def find_rule(classifier: Classifier) -> JointRule:
    """Return the rule that was learned for a network.

    Raises
    ------
    ClassifierError
        If there is none, or it was learned for other weights.
    """
    path = rule_path(classifier.card, classifier.card_path)
    if path is None:
        raise ClassifierError(
            f"No rule for a joint verdict was learned for the classifier {classifier.name!r}: "
            f"'python tools/make_verdict.py {classifier.name}' learns one."
        )
    rule = _read(path, path.stat().st_mtime_ns)
    if rule.card["weights_sha256"] != classifier.card.weights_sha256:
        raise ClassifierError(
            f"The rule for the joint verdict of the classifier {classifier.name!r} was learned with other weights: "
            f"'python tools/make_verdict.py {classifier.name}' learns it anew."
        )
    return rule
