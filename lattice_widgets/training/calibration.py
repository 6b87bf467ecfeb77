"""What a classifier's confidence is worth: temperature, threshold of trust, and how far a picture is from the known ones.

Fitted on simulated pictures of a stream that training never used, and kept in the model card. `python -m
lattice_widgets.training.calibration paper` does it anew for a bundled classifier.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import ModelCard, find_card, read_weights
from lattice_widgets.classifier.familiarity import distances, familiarity_of, fit_statistics
from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.pictures.descriptor import Recipe, make_descriptor
from lattice_widgets.core.uncertainty.abstention import auroc, coverage_curve
from lattice_widgets.core.uncertainty.reliability import (
    apply_temperature,
    brier_score,
    fit_temperature,
    reliability_curve,
)
from lattice_widgets.core.uncertainty.summary import Summary, summarize
from lattice_widgets.core.uncertainty.verdict import abstain
from lattice_widgets.training.exam import draw_question
from lattice_widgets.training.pictures.broad import simulate_broad
from lattice_widgets.training.pictures.paper import simulate_descriptors
from lattice_widgets.training.pictures.varied import simulate_varied

#: a stream that no training uses
SEED = 777_000
#: the threshold of trust is the lowest at which this fraction of the answers is right
TARGET_ACCURACY = 0.97
#: this fraction of held-out pictures counts as wholly familiar
FAMILIAR = 0.99


def fitting_descriptors(
    stream: str, count: int, seed: int, recipe: Recipe, start: int = 0
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yield (descriptor, label): what a classifier of a stream is calibrated on.

    For the paper's network more pictures of its own kind. For the others of their own kind and of the kind of the
    examination (`exam`) in turn, with a seed of their own: confidence should be worth the same whoever drew the picture.

    Parameters
    ----------
    stream : str
        As the model card names it: "paper", "varied" or "broad".
    count, seed, start : int
        How many, of which seed, from which number on.
    recipe : Recipe
        How the descriptor, float32 of shape (size, size), is made.
    """
    if stream == "paper":
        yield from simulate_descriptors(count, seed, recipe, start)
        return
    for index in range(start, start + count):
        if index % 2:
            question = draw_question(np.random.default_rng([seed, index]))
            image, label = question.image, CLASSES.index(question.truth)
        else:
            # another number for each of two: every fifth of the varied ones shows nothing
            image, label = (simulate_broad if stream == "broad" else simulate_varied)(seed, index // 2)
        yield make_descriptor(image[None], recipe).values[0], label


def calibrate(
    classifier: Classifier,
    *,
    count: int = 3600,
    seed: int = SEED,
    n_passes: int = 100,
    target_accuracy: float = TARGET_ACCURACY,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> dict[str, Any]:
    """Return what goes into the field ``calibration`` of the model card.

    A third of the pictures fits the temperatures and the statistics of what is familiar, a third the limit of familiarity
    and the threshold of trust, and the last third tests all of it; all figures under "test" are of that third.

    Parameters
    ----------
    classifier : Classifier
        A trained one.
    count : int
        Pictures, at least 180.
    seed : int
        Of the stream: one that no training used.
    n_passes : int
        Passes with dropout for each picture.
    target_accuracy : float
        Of the answers that are given.
    progress : callable, optional
        Told how many pictures are done, and how many there are.

    Returns
    -------
    dict
        Plain numbers and lists:
        ``temperature`` (for means of samples), ``predict_temperature`` (for `Classifier.predict`), ``threshold`` (of
        `core.uncertainty.verdict.abstain`), ``familiarity`` (``means`` and ``precisions`` of each class, ``limit``), ``test``
        (accuracy, expected calibration error and Brier score before and after, ``reliability``, ``coverage``, AUROC of
        the trust and of the confidence alone) and what it was fitted on.

    Raises
    ------
    ValueError
        If there are too few pictures, the stream is one the classifier was trained on, or no threshold reaches the target.
    ClassifierError
        As for `Classifier.sampler`.
    """
    if count < 180:
        raise ValueError(f"Calibration needs at least 180 pictures, not {count}.")
    data = classifier.card.data
    if seed in (data.get("seed"), data.get("test_seed")):
        raise ValueError(f"The stream {seed} was used to train or test this classifier: choose another seed.")
    labels, plain, features, summary = _answers(classifier, count, seed, n_passes, progress)
    # The classes take turns, so that each third of the stream, taken as it comes, has them all.
    first, second, third = (np.arange(count)[part * count // 3 : (part + 1) * count // 3] for part in range(3))

    temperature = fit_temperature(summary.mean[first], labels[first])
    statistics = fit_statistics(plain[first], features[first], labels[first])
    statistics["limit"] = float(np.quantile(distances(statistics, plain[second], features[second]), FAMILIAR))
    # as rounded in the card
    statistics = {key: np.round(value, 5).tolist() for key, value in statistics.items()}
    familiarity = familiarity_of(statistics, plain, features)
    trust = np.array([verdict.trust for verdict in abstain(summary, 0.0, familiarity, temperature)])
    right = summary.mean.argmax(axis=1) == labels
    # rounded down: the picture that it was taken from keeps its answer
    threshold = np.floor(coverage_curve(trust[second], right[second]).threshold_for(target_accuracy) * 1e4) / 1e4

    tested, truth = summary.mean[third], labels[third]
    tempered = apply_temperature(tested, temperature)
    curve = reliability_curve(tempered, truth)
    coverage = coverage_curve(trust[third], right[third])
    answered = trust[third] >= threshold
    shown = np.unique(np.linspace(0, len(coverage.coverage) - 1, 41).astype(int))
    return {
        "stream": data.get("stream", "paper"),
        "seed": seed,
        "count": count,
        "n_passes": n_passes,
        "target_accuracy": target_accuracy,
        "temperature": round(temperature, 4),
        "predict_temperature": round(fit_temperature(plain[first], labels[first]), 4),
        "threshold": float(threshold),
        "familiarity": statistics,
        "test": {
            "count": len(third),
            "accuracy": _round(np.mean(right[third])),
            "answered": _round(np.mean(answered)),
            "accuracy_answered": _round(np.mean(right[third][answered])) if answered.any() else None,
            "ece_before": _round(reliability_curve(tested, truth).error),
            "ece": _round(curve.error),
            "brier_before": _round(brier_score(tested, truth)),
            "brier": _round(brier_score(tempered, truth)),
            "auroc_trust": _round(auroc(trust[third], right[third])),
            "auroc_confidence": _round(auroc(tempered.max(axis=1), right[third])),
            "reliability": {
                "edges": [_round(edge) for edge in curve.edges],
                "count": curve.count.tolist(),
                "confidence": [_round(value) for value in curve.confidence],
                "accuracy": [_round(value) for value in curve.accuracy],
            },
            "coverage": {
                "threshold": [_round(value) for value in coverage.threshold[shown]],
                "coverage": [_round(value) for value in coverage.coverage[shown]],
                "accuracy": [_round(value) for value in coverage.accuracy[shown]],
            },
        },
    }


def _round(value: float) -> float | None:
    # JSON knows no NaN, which stands for an empty bin
    return None if np.isnan(value) else round(float(value), 4)


def _answers(
    classifier: Classifier, count: int, seed: int, n_passes: int, progress: Callable[[int, int], None]
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32], Summary]:
    """Return labels, answers and features without dropout, and the summary with dropout, of a stream of pictures."""
    labels: list[int] = []
    plain, features, summaries = [], [], []
    for start in range(0, count, 60):
        size = min(60, count - start)
        stream = classifier.card.data.get("stream", "")
        values, some = zip(*fitting_descriptors(stream, size, seed, classifier.recipe, start), strict=True)
        descriptors = np.stack(values)
        labels.extend(some)
        probabilities, hidden = classifier.run(descriptors)
        plain.append(probabilities)
        features.append(hidden)
        # each block with passes of its own: shared ones would not average out over the pictures
        for samples in classifier.sampler.iter_samples(descriptors, n_passes, seed + start, every=n_passes):  # noqa: B007
            pass
        summaries.append(summarize(samples))
        progress(start + size, count)
    return np.array(labels), np.concatenate(plain), np.concatenate(features), Summary.concatenate(summaries)


def rewrite_card(path: Path, calibration: Mapping[str, Any]) -> ModelCard:
    """Write a calibration into the model card at a path, beside the weights, which stay as they are; return the card.

    Raises
    ------
    ValueError
        If there is no such card, or the weights are not its own.
    """
    card = ModelCard.read(path)
    read_weights(card, path)
    card = replace(card, calibration=dict(calibration))
    card.write_text(path)
    return card


if __name__ == "__main__":
    from lattice_widgets.classifier.inference import load_classifier

    name = sys.argv[1] if len(sys.argv) > 1 else "default"
    rewrite_card(
        find_card(name),
        calibrate(
            load_classifier(name), progress=lambda done, of: print(f"\r{done}/{of} pictures", end="", flush=True)
        ),
    )
    print("\nwritten to the model card")
