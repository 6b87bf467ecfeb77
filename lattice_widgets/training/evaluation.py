"""The examination: classifiers and the plain lattice fit side by side on the project's own suites, and on real pictures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.core.geometry.lattice_fit import LatticeNotFound, fit_lattice
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.uncertainty.reliability import expected_calibration_error
from lattice_widgets.training.exam import SUITES, Question, iter_questions

#: the name of `fit_lattice` among the classifiers
GEOMETRY = "geometry"
#: suites of real pictures, as `real_questions` makes them
REAL = ("real pictures, whole", "real pictures, windows")


def evaluate(
    classifiers: Mapping[str, Classifier],
    questions: Iterator[Question] | None = None,
    *,
    geometry: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return how often each answerer is right, for each suite and each trouble in it.

    Parameters
    ----------
    classifiers : mapping of str to Classifier
        Who answers, by the name they shall have in the result.
    questions : iterator of Question, optional
        The pictures; the whole examination (`suites.iter_questions`) when not given.
    geometry : bool
        Whether `fit_lattice` answers too; "no lattice" counts as noise.
    progress : callable, optional
        Told how many pictures are done.

    Returns
    -------
    dict
        suite -> answerer -> ``count``, ``accuracy``, ``interval`` (95 %, Wilson), ``top2``, ``ece`` (expected calibration
        error), ``confusion`` (rows: truth, columns: answer) and ``by_detail``: trouble -> ``count``, ``accuracy`` and
        ``interval``.
    """
    answers: dict[str, dict[str, list[NDArray]]] = {}
    truths: dict[str, list[int]] = {}
    details: dict[str, list[str]] = {}
    for number, question in enumerate(questions if questions is not None else iter_questions()):
        rows = answers.setdefault(question.suite, {})
        truths.setdefault(question.suite, []).append(CLASSES.index(question.truth))
        details.setdefault(question.suite, []).append(question.detail)
        for name, classifier in classifiers.items():
            rows.setdefault(name, []).append(classifier.predict(question.image)[0])
        if geometry:
            rows.setdefault(GEOMETRY, []).append(_ask_geometry(question.image))
        progress(number + 1)
    return {
        suite: {name: _grade(np.stack(rows), np.array(truths[suite]), details[suite]) for name, rows in by_name.items()}
        for suite, by_name in answers.items()
    }


def _ask_geometry(image: NDArray) -> NDArray[np.float32]:
    """Return the weights that the lattice fit gives to the classes; all to noise when it finds no lattice."""
    weights = np.zeros(len(CLASSES), np.float32)
    try:
        fit = fit_lattice(image)
    except LatticeNotFound:
        weights[CLASSES.index("noise")] = 1
    else:
        for kind, weight in fit.weights.items():
            weights[CLASSES.index(kind)] = weight
        # what it answers is its type, which need not have the largest weight by a hair
        weights[CLASSES.index(fit.lattice_type)] += 1e-6
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
        "confusion": np.bincount(truth * k + order[:, 0], minlength=k * k).reshape(k, k).tolist(),
        "by_detail": {detail: _share(right[told == detail]) for detail in dict.fromkeys(details) if detail},
    }


def _share(right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many answers there were, and the fraction that was right with its interval."""
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(confidence_level=0.95, method="wilson")
    return {
        "count": len(right),
        "accuracy": round(float(right.mean()), 4),
        "interval": [round(float(value), 4) for value in interval],
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
    """Return the results as a table in Markdown: a row a suite, a column an answerer, the trouble it is worst at."""
    names = list(next(iter(results.values())))
    lines = ["| | pictures | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for suite in (*SUITES, *REAL):
        if suite not in results:
            continue
        cells = []
        for name in names:
            result = results[suite][name]
            low, high = result["interval"]
            cells.append(
                f"{result['accuracy']:.2f} ({low:.2f}-{high:.2f}), top-2 {result['top2']:.2f}, ECE {result['ece']:.2f}"
            )
        lines.append(f"| {suite} | {results[suite][names[0]]['count']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
