"""Calibration on held-out pictures, and what the verdict makes of it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import Classifier, ClassifierError
from lattice_widgets.classifier.card import WEIGHTS
from lattice_widgets.classifier.familiarity import distances, familiarity_of, fit_statistics
from lattice_widgets.core.pictures.descriptor import make_descriptor
from lattice_widgets.core.simulation.examples import simulate_examples
from lattice_widgets.core.uncertainty.summary import summarize
from lattice_widgets.training.calibration import calibrate, fitting_descriptors, rewrite_card
from lattice_widgets.training.exam import draw_question
from lattice_widgets.training.pictures.broad import simulate_broad
from lattice_widgets.training.pictures.paper import simulate_descriptors
from lattice_widgets.training.pictures.varied import simulate_varied

CALIBRATION_SEED = 424_242


@pytest.fixture(scope="module")
def uncalibrated(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    folder = tmp_path_factory.mktemp("card")
    content = json.loads((WEIGHTS / "paper.json").read_text())
    content.pop("calibration", None)
    (folder / "paper.json").write_text(json.dumps(content))
    shutil.copy(WEIGHTS / "paper.npz", folder)
    return lw.load_classifier(folder / "paper.json")


@pytest.fixture(scope="module")
def calibrated(uncalibrated: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    """As it is read back from a card that a small calibration was written to."""
    folder: Path = tmp_path_factory.mktemp("calibrated")
    for suffix in (".json", ".npz"):
        shutil.copy(WEIGHTS / f"paper{suffix}", folder)
    result = calibrate(uncalibrated, count=360, seed=CALIBRATION_SEED, n_passes=20, target_accuracy=0.95)
    rewrite_card(folder / "paper.json", result)
    return lw.load_classifier(folder / "paper.json")


def test_the_card_keeps_what_was_found(calibrated: Classifier) -> None:
    found = calibrated.card.calibration
    assert (found["seed"], found["count"], found["n_passes"]) == (CALIBRATION_SEED, 360, 20)
    assert 0.3 < found["temperature"] < 2
    assert 0 < found["threshold"] < 1
    assert np.shape(found["familiarity"]["means"]) == (6, 7)
    assert np.shape(found["familiarity"]["precisions"]) == (6, 7, 7)
    test = found["test"]
    assert test["count"] == 120
    assert sum(test["reliability"]["count"]) == 120
    assert test["coverage"]["coverage"][-1] == 1
    assert test["coverage"]["accuracy"][-1] == test["accuracy"]
    # abstaining is worth it, and trust tells right answers from wrong ones
    assert test["accuracy_answered"] > test["accuracy"]
    assert 0.3 < test["answered"] < 1
    assert test["auroc_trust"] > 0.75


@pytest.mark.parametrize("stream", ["paper", "varied", "broad"])
def test_a_network_is_calibrated_on_pictures_of_its_own_kind(stream: str) -> None:
    """The paper's network on the paper's pictures, the others on their own and on such as are examined."""
    recipe = lw.load_classifier("paper" if stream == "paper" else "default").recipe
    made = [array for array, _ in fitting_descriptors(stream, 4, 11, recipe)]
    if stream == "paper":
        expected = [array for array, _ in simulate_descriptors(4, 11, recipe)]
    else:
        own = {"varied": simulate_varied, "broad": simulate_broad}[stream]
        questions = [draw_question(np.random.default_rng([11, number])).image for number in (1, 3)]
        images = [own(11, 0)[0], questions[0], own(11, 1)[0], questions[1]]
        expected = [make_descriptor(image[None], recipe).values[0] for image in images]
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_calibrated_probabilities_and_the_reliability_come_from_the_card(calibrated: Classifier) -> None:
    confidence, right = calibrated.reliability()
    assert len(confidence) == len(right) > 3
    assert np.all((confidence >= 0) & (confidence <= 1) & (right >= 0) & (right <= 1))
    even = calibrated.calibrated([[0.7, 0.1, 0.05, 0.05, 0.05, 0.05]])
    temperature = calibrated.card.calibration["temperature"]
    assert even[0, 0] / even[0, 1] == pytest.approx(7 ** (1 / temperature))


def test_verdicts_answer_most_pictures_and_rightly(calibrated: Classifier) -> None:
    examples = [example for example in simulate_examples(240, seed=31) if example.image.shape == (80, 80)]
    images = np.stack([example.image for example in examples])
    summary = summarize(calibrated.sample(images, 40, seed=1))
    verdicts = calibrated.judge(images, summary)
    pairs = list(zip(verdicts, examples, strict=True))
    answered = [verdict.label == example.label for verdict, example in pairs if verdict.label is not None]
    right = summary.mean.argmax(axis=1) == [example.label for example in examples]
    assert len(answered) > 0.4 * len(examples)
    assert np.mean(answered) > np.mean(right)
    assert all(verdict.doubt for verdict in verdicts if verdict.label is None)
    assert np.mean(calibrated.familiarity(images) == 1) > 0.9


def test_patterns_that_are_no_lattice_are_outside(calibrated: Classifier) -> None:
    """Five- and sevenfold quasicrystals: sums of waves that no two-dimensional lattice has."""
    rng = np.random.default_rng(8)
    rows, cols = np.mgrid[:96, :112]

    def waves(fold: int) -> np.ndarray:
        angles = rng.uniform(0, np.pi) + np.pi * np.arange(fold) / fold
        return sum(np.cos(0.9 * (cols * np.cos(a) + rows * np.sin(a)) + rng.uniform(0, 6)) for a in angles)

    images = np.stack([waves(fold) for fold in (5, 7) for _ in range(8)])
    outside = calibrated.familiarity(images)
    assert np.median(outside) < 0.9
    verdicts = calibrated.verdicts(summarize(calibrated.sample(images, 40)), outside)
    assert sum(verdict.label is None for verdict in verdicts) > 12


def test_distances_are_those_of_the_gaussian_they_were_fitted_on() -> None:
    """Of points with a Gaussian scatter in d dimensions, the mean square distance is d."""
    rng = np.random.default_rng(2)
    labels = np.repeat(np.arange(3), 3000)
    logits = 6 * np.eye(3)[labels] + rng.normal(size=(9000, 3))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    features = np.exp(rng.normal(1, 0.2, (9000, 1))) * np.ones(4)
    statistics = fit_statistics(probabilities, features, labels)
    found = distances(statistics, probabilities, features)
    # three logarithms of probabilities and one of the length; a few points are nearer to another class
    assert np.mean(found**2) == pytest.approx(4, abs=0.3)
    familiar = familiarity_of({**statistics, "limit": 4.0}, probabilities, features)
    assert np.all((familiar > 0) & (familiar <= 1))
    assert np.array_equal(familiar == 1, found <= 4)
    with pytest.raises(ValueError, match="only 5 pictures"):
        fit_statistics(probabilities[:3005], features[:3005], labels[:3005])


def test_what_cannot_be_calibrated_is_told(uncalibrated: Classifier) -> None:
    image = next(simulate_examples(1, seed=3)).image
    with pytest.raises(ClassifierError, match="not calibrated"):
        uncalibrated.verdicts(summarize(uncalibrated.sample(image, 20)))
    with pytest.raises(ValueError, match="at least 180"):
        calibrate(uncalibrated, count=60)
    with pytest.raises(ValueError, match="choose another seed"):
        calibrate(uncalibrated, seed=uncalibrated.card.data["seed"])
