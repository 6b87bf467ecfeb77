"""A picture in, the one verdict of the kit out: what network and geometry say together, how sure that is, and why."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.inference import Classifier, load_classifier
from lattice_widgets.classifier.joint.evidence import evidence
from lattice_widgets.classifier.joint.opinions import Opinions, add_network, ask_opinions
from lattice_widgets.classifier.joint.reasons import name_classes, reasons_for
from lattice_widgets.classifier.joint.rule import JointRule, find_rule
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.geometry.several.find import Geometry
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.sentences import Sentence


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the kit says of a picture.

    Attributes
    ----------
    classes : tuple of str
        The set that holds the truth in 95 of 100 pictures like those the rule was learned on, the most probable class first;
        () for "none of these: outside what was learned". "noise" stands for no lattice.
    confidence : float
        Joint probability that the first of `classes` is right, from 0 to 1; 0 if `classes` is empty.
    probabilities : dict
        Joint probability of each class.
    reasons : tuple of Sentence
        Why, in words: first whether the two opinions disagree, then what decided. ``str(reason)`` is English.
    opinions : Opinions
        What network and geometry said, each for itself.
    """

    classes: tuple[str, ...]
    confidence: float
    probabilities: dict[str, float]
    reasons: tuple[Sentence, ...]
    opinions: Opinions

    @property
    def sentence(self) -> Sentence:
        """The set in words: "hexagonal", "hexagonal or square", "none of these: outside what was learned"."""
        return name_classes(self.classes)

    @property
    def fit(self) -> LatticeFit | None:
        """The lattice that the geometry measured; None if it found none."""
        return self.opinions.fit

    def __str__(self) -> str:
        if not self.classes:
            return str(self.sentence)
        return f"{self.sentence} ({100 * self.confidence:.0f} %)"

    def to_dict(self) -> dict[str, Any]:
        """Convert to plain Python types, ready for JSON.

        Returns
        -------
        dict
            ``text`` (the set in words), ``classes``, ``confidence``, ``probabilities``, ``reasons`` and ``n_lattices``; words
            are in English.
        """
        return {
            "text": str(self.sentence),
            "classes": list(self.classes),
            "confidence": round(self.confidence, 6),
            "probabilities": {kind: round(value, 6) for kind, value in self.probabilities.items()},
            "reasons": [str(reason) for reason in self.reasons],
            "n_lattices": self.opinions.n_lattices,
        }


def name_lattice(
    picture: ArrayLike,
    pixel_size: float | tuple[float, float] | None = None,
    *,
    classifier: str | Path | Classifier = "default",
) -> Verdict:
    """Name the lattice of a picture by both opinions, network and geometry, with a guarantee.

    The guarantee: for each class, 95 of 100 pictures whose lattice is of that class have it in their set `classes`. It
    holds for pictures like those the rule was learned on, which are simulated and broad, each class for itself. It ends
    where pictures differ from them: the page "Where it fails" says how often the set held the truth on others. A set of
    several classes is an honest answer, and so is an empty one.

    Where `confidence` is above 0.95, no more than 1 in 20 should be wrong.

    Parameters
    ----------
    picture : array_like, shape (rows, cols), any real dtype
        The picture or a window of it. Square pixels, unless it is a DataArray whose coordinates say otherwise.
    pixel_size : float or tuple of float, optional
        [nm/px], or (row, col) of pixels that are not square; for the lengths of `Verdict.fit` only.
    classifier : str, Path or Classifier
        Whose passes count: a name as for `load_classifier`, or a classifier. It needs a rule of its own.

    Returns
    -------
    Verdict
        The same for the same picture: its passes are always the same ones.

    Raises
    ------
    ValueError
        If it is not a picture (see `checks.check_image`), the pixel size is not positive, or there is no such classifier.
    ClassifierError
        If no rule was learned for that classifier.

    Examples
    --------
    >>> import lattice_widgets as lw
    >>> picture = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], rotation=20)
    >>> verdict = lw.name_lattice(picture.image)
    >>> verdict.classes, verdict.confidence > 0.9
    (('square',), True)
    >>> print(verdict.reasons[0])
    Network and geometry agree: both say square.
    """
    network = classifier if isinstance(classifier, Classifier) else load_classifier(classifier)
    rule = find_rule(network)
    return judge(ask_opinions(picture, network, pixel_size), rule)


def judge(opinions: Opinions, rule: JointRule) -> Verdict:
    """Return what a rule makes of two opinions.

    Parameters
    ----------
    opinions : Opinions
        About one picture.
    rule : JointRule
        That of the network which was asked.
    """
    said, circumstances = evidence(opinions)
    probabilities = rule.probabilities(said, circumstances)
    members = rule.members(probabilities, opinions.unfamiliarity)
    order = np.argsort(-probabilities, kind="stable")
    classes = tuple(CLASSES[number] for number in order if members[number])
    parts: NDArray[np.float64] = rule.parts(said, circumstances)
    return Verdict(
        classes,
        float(probabilities[CLASSES.index(classes[0])]) if classes else 0.0,
        dict(zip(CLASSES, probabilities.tolist(), strict=True)),
        reasons_for(opinions, parts, order, bool(opinions.unfamiliarity > rule.unfamiliar_beyond)),
        opinions,
    )


def ask_network(
    values: NDArray, classifier: Classifier, geometry: Geometry
) -> tuple[NDArray[np.float32], Verdict | None]:
    """Ask a network about a picture whose geometry is known, and judge both opinions if a rule was learned for it.

    Parameters
    ----------
    values : ndarray, shape (rows, cols)
        The picture, with square pixels.
    classifier : Classifier
        Any; one of a user's own has no rule, and may make no passes.
    geometry : Geometry
        What `ask_geometry` returned.

    Returns
    -------
    tuple of ndarray, float32, shape (n_classes,), and Verdict or None
        The probabilities without dropout, as from `Classifier.predict`; and the joint verdict.
    """
    try:
        rule = find_rule(classifier)
        opinions = add_network(values, classifier, geometry)
    except ClassifierError:
        return classifier.predict(values)[0], None
    return opinions.plain, judge(opinions, rule)
