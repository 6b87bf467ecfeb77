"""The examination: the joint verdict, classifiers and the plain lattice fit side by side, on suites and on real pictures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.classifier.joint import JointRule, Verdict, add_network, find_rule, judge
from lattice_widgets.core.geometry.several.find import Geometry, ask_geometry
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.uncertainty.reliability import expected_calibration_error
from lattice_widgets.training.adapters import Adapter
from lattice_widgets.training.exam import SUITES, Question, iter_questions
from lattice_widgets.training.examination import SECOND_SUITES

#: the names of `name_lattice` and of `fit_lattice` among the classifiers
JOINT, GEOMETRY = "joint", "geometry"
#: an answer with more than this is a sure one: no more than 1 in 20 of them should be wrong
SURE = 0.95
#: suites of real pictures, as `real_questions` makes them
REAL = ("real pictures, whole", "real pictures, windows")


def evaluate(
    classifiers: Mapping[str, Classifier | Adapter],
    questions: Iterator[Question] | None = None,
    *,
    geometry: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return how often each answerer is right, for each suite and each trouble in it.

    Parameters
    ----------
    classifiers : mapping of str to Classifier or Adapter
        Who answers, by the name they shall have in the result. The first that has a rule also gives the joint verdict.
    questions : iterator of Question, optional
        The pictures; the whole examination (`suites.iter_questions`) when not given.
    geometry : bool
        Whether `fit_lattice` and the joint verdict answer too; "no lattice" counts as noise.
    progress : callable, optional
        Told how many pictures are done.

    Returns
    -------
    dict
        suite -> answerer -> ``count``, ``accuracy``, ``interval`` (95 %, Wilson), ``top2``, ``ece`` (expected calibration
        error), ``sure`` (of the answers stated with more than `SURE`: ``count``, ``wrong`` and the ``interval`` of their
        share), ``confusion`` (rows: truth, columns: answer) and ``by_detail``: trouble -> ``count``, ``accuracy`` and
        ``interval``. The joint verdict has ``set`` too: its ``coverage`` with its ``interval``, ``mean_size``, ``empty``.
    """
    answers: dict[str, dict[str, list[NDArray]]] = {}
    verdicts: dict[str, list[Verdict]] = {}
    truths: dict[str, list[int]] = {}
    details: dict[str, list[str]] = {}
    judges = _judges(classifiers) if geometry else None
    for number, question in enumerate(questions if questions is not None else iter_questions()):
        rows = answers.setdefault(question.suite, {})
        truths.setdefault(question.suite, []).append(CLASSES.index(question.truth))
        details.setdefault(question.suite, []).append(question.detail)
        measured = ask_geometry(question.image) if geometry else None
        if judges is not None and measured is not None:
            values = square_values(question.image)[0]
            verdict = judge(add_network(values, judges[0], measured), judges[1])
            verdicts.setdefault(question.suite, []).append(verdict)
            rows.setdefault(JOINT, []).append(np.array(list(verdict.probabilities.values())))
        for name, classifier in classifiers.items():
            rows.setdefault(name, []).append(classifier.predict(question.image)[0])
        if measured is not None:
            rows.setdefault(GEOMETRY, []).append(_weights(measured))
        progress(number + 1)
    results = {
        suite: {name: _grade(np.stack(rows), np.array(truths[suite]), details[suite]) for name, rows in by_name.items()}
        for suite, by_name in answers.items()
    }
    for suite, given in verdicts.items():
        results[suite][JOINT].update(_grade_sets(given, truths[suite]))
    return results


def _judges(classifiers: Mapping[str, Classifier | Adapter]) -> tuple[Classifier, JointRule] | None:
    """Return the first classifier that has a rule, with its rule; None if none has."""
    for classifier in classifiers.values():
        if not isinstance(classifier, Classifier):
            continue
        try:
            return classifier, find_rule(classifier)
        except ClassifierError:
            continue
    return None


def _weights(measured: Geometry) -> NDArray[np.float64]:
    """Return what the geometry gives to the classes, the most to its type, which need not have the largest weight by a hair."""
    weights = measured.weights
    if measured.fit is not None:
        weights[CLASSES.index(measured.fit.bravais_type)] += 1e-6
    return weights / weights.sum()


def _grade(probabilities: NDArray, truth: NDArray[np.int64], details: Sequence[str]) -> dict[str, Any]:
    order = np.argsort(-probabilities, axis=1)
    right = order[:, 0] == truth
    k = len(CLASSES)
    told = np.array(details)
    return {
        **_share(right),
        "top2": round(float((order[:, :2] == truth[:, None]).any(axis=1).mean()), 4),
        "ece": round(expected_calibration_error(probabilities, truth), 4),
        "sure": _wrong_of(right[probabilities.max(axis=1) > SURE]),
        "confusion": np.bincount(truth * k + order[:, 0], minlength=k * k).reshape(k, k).tolist(),
        "by_detail": {detail: _share(right[told == detail]) for detail in dict.fromkeys(details) if detail},
    }


def _grade_sets(verdicts: Sequence[Verdict], truth: Sequence[int]) -> dict[str, Any]:
    """Return how often the set holds the truth and how large it is; an empty one is not a sure answer."""
    held = np.array([CLASSES[label] in verdict.classes for verdict, label in zip(verdicts, truth, strict=True)])
    sizes = np.array([len(verdict.classes) for verdict in verdicts])
    sure = [
        verdict.classes[0] == CLASSES[label]
        for verdict, label in zip(verdicts, truth, strict=True)
        if verdict.confidence > SURE
    ]
    share = _share(held)
    return {
        "sure": _wrong_of(np.array(sure, bool)),
        "set": {
            "coverage": share["accuracy"],
            "interval": share["interval"],
            "mean_size": round(float(sizes.mean()), 3),
            "empty": int((sizes == 0).sum()),
        },
    }


def _wrong_of(right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many sure answers there were and how many of them were wrong, with the interval of that share."""
    wrong = int((~right).sum())
    low, high = _interval(wrong, len(right))
    return {"count": len(right), "wrong": wrong, "interval": [low, high]}


def _interval(successes: int, count: int) -> list[float]:
    if not count:
        return [0.0, 1.0]
    interval = binomtest(successes, count).proportion_ci(confidence_level=0.95, method="wilson")
    return [round(float(value), 4) for value in interval]


def _share(right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many answers there were, and the fraction that was right with its interval."""
    return {
        "count": len(right),
        "accuracy": round(float(right.mean()), 4),
        "interval": _interval(int(right.sum()), len(right)),
    }


def real_questions(pictures: Iterator[tuple[str, str, NDArray]]) -> Iterator[Question]:
    """Yield real pictures whole, and in five windows of half their size.

    Parameters
    ----------
    pictures : iterator of (str, str, ndarray)
        Name, class of the lattice *of the picture*, and picture (rows, cols).
    """
    for name, truth, image in pictures:
        yield Question(REAL[0], name, truth, image)
        rows, cols = np.array(image.shape) // 2
        for top, left in ((0, 0), (0, cols), (rows, 0), (rows, cols), (rows // 2, cols // 2)):
            yield Question(REAL[1], name, truth, image[top : top + rows, left : left + cols])


def table(results: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the results as a table in Markdown: a row a suite, a column an answerer, and the sets of the joint verdict."""
    names = list(next(iter(results.values())))
    with_sets = JOINT in names
    heads = ["", "pictures", *names, *(["its set of 95 %"] if with_sets else [])]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for suite in (*SUITES, *SECOND_SUITES, *REAL):
        if suite not in results:
            continue
        cells = []
        for name in names:
            result = results[suite][name]
            low, high = result["interval"]
            cells.append(
                f"{result['accuracy']:.3f} ({low:.2f}-{high:.2f}), top-2 {result['top2']:.2f}, ECE {result['ece']:.2f}, "
                f"wrong above {SURE}: {result['sure']['wrong']} of {result['sure']['count']}"
            )
        if with_sets:
            held = results[suite][JOINT]["set"]
            low, high = held["interval"]
            cells.append(
                f"holds the truth {held['coverage']:.3f} ({low:.2f}-{high:.2f}), mean size {held['mean_size']:.2f}"
            )
        lines.append(f"| {suite} | {results[suite][names[0]]['count']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
