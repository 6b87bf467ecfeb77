"""Monte-Carlo dropout: that it is what Keras does with dropout on, that it is repeatable, and that it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import Classifier, ClassifierError, ModelCard
from lattice_widgets.classifier.card import WEIGHTS, read_weights
from lattice_widgets.classifier.keras_network.backend import import_keras
from lattice_widgets.classifier.keras_network.keras_passes import KerasPasses
from lattice_widgets.classifier.sampling.sampler import Sampler
from lattice_widgets.core.simulation.examples import simulate_examples
from lattice_widgets.core.uncertainty.summary import Summary, summarize


@pytest.fixture(scope="module")
def paper() -> Classifier:
    return lw.load_classifier("paper").load()


@pytest.fixture(scope="module")
def stack() -> np.ndarray:
    """Three pictures, not square, of two crystals that the network is not sure of, and one without order."""
    rough = lw.Imperfections(disorder=0.1)
    pictures = []
    for crystal in (lw.CRYSTALS[name] for name in ("SrTiO3 [001]", "graphene", "MoS2")):
        microscope = lw.Microscope(rows=80, cols=96, field_of_view=2.5, dose=crystal.dose_like_foil(1e5))
        pictures.append(lw.simulate_micrograph(crystal, microscope, rough, rotation=20, seed=1).image)
    return np.stack(pictures)


def assert_same_distribution(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Compare mean and variance (passes, k) within five standard errors, as the samples themselves tell them."""
    for power in (1, 2):
        one, other = (
            samples.astype(np.float64) if power == 1 else (samples - samples.mean(axis=0, dtype=np.float64)) ** 2
            for samples in (ours, theirs)
        )
        error = np.sqrt(one.var(axis=0) / len(one) + other.var(axis=0) / len(other))
        assert np.all(np.abs(one.mean(axis=0) - other.mean(axis=0)) < 5 * error + 1e-4)


def test_samples_are_distributed_as_those_of_keras_with_dropout_on(paper: Classifier, stack: np.ndarray) -> None:
    import_keras().utils.set_random_seed(11)
    ours = paper.sample(stack, 1000, seed=4)
    assert ours.shape == (1000, 3, 6)
    assert ours.dtype == np.float32
    assert np.allclose(ours.sum(axis=2), 1, atol=1e-5)
    network = lw.load_classifier("paper", backend="keras").sampler.passes.network
    for number, descriptor in enumerate(paper.describe(stack).values):
        rows = np.repeat(descriptor[None, :, :, None], 100, axis=0)
        theirs = np.concatenate([np.asarray(network(rows, training=True)) for _ in range(8)])
        assert theirs.std(axis=0).max() > 0.02
        assert_same_distribution(ours[:, number], theirs)


def test_passes_are_independent_of_each_other(paper: Classifier, stack: np.ndarray) -> None:
    samples = paper.sample(stack[0], 1000, seed=2)[:, 0].astype(np.float64)
    top = samples[:, samples.mean(axis=0).argmax()]
    top -= top.mean()
    for lag in (1, 2, 25, 50):
        correlation = np.mean(top[lag:] * top[:-lag]) / top.var()
        assert abs(correlation) < 5 / np.sqrt(1000)


def test_the_same_seed_gives_the_same_numbers_whatever_the_batch(paper: Classifier, stack: np.ndarray) -> None:
    wanted = paper.sample(stack, 120, seed=7)
    for batch_size in (7, 64, 250):
        assert np.allclose(paper.sample(stack, 120, seed=7, batch_size=batch_size), wanted, atol=1e-5)
    assert np.array_equal(paper.sample(stack, 120, seed=7), wanted)
    assert np.allclose(paper.sample(stack, 30, seed=7), wanted[:30], atol=1e-5)
    # the pictures beside it do not matter
    assert np.allclose(paper.sample(stack[1], 120, seed=7)[:, 0], wanted[:, 1], atol=1e-5)
    assert not np.allclose(paper.sample(stack, 120, seed=8), wanted, atol=1e-2)
    assert not np.allclose(wanted[:60], wanted[60:], atol=1e-2)


def test_partial_results_grow_to_the_whole_and_can_be_left(paper: Classifier, stack: np.ndarray) -> None:
    parts = list(paper.iter_samples(stack[0], 330, seed=3, batch_size=20, every=100))
    lengths = [len(part) for part in parts]
    assert lengths == [20, 120, 220, 320, 330]
    whole = paper.sample(stack[0], 330, seed=3, batch_size=20)
    for part in parts:
        assert np.array_equal(part, whole[: len(part)])
        assert not part.flags.writeable
    left = paper.iter_samples(stack[0], 10**6, seed=3)
    next(left)
    left.close()
    assert list(left) == []


def test_without_dropout_the_answer_is_always_the_same(paper: Classifier, stack: np.ndarray) -> None:
    answer = paper.predict(stack)
    paper.sample(stack, 50)
    assert np.array_equal(paper.predict(stack), answer)
    assert paper.sample(stack, 50).std(axis=0).max() > 0.01


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"n_passes": 0}, "n_passes must be at least 1"),
        ({"n_passes": 2.5}, "n_passes must be a whole number"),
        ({"batch_size": -1}, "batch_size must be at least 1"),
        ({"seed": -1}, "seed must be from 0"),
        ({"seed": "one"}, "seed must be a whole number"),
        ({"images": np.full((40, 50), np.nan)}, "NaN"),
        ({"images": np.ones((3, 3))}, "too small"),
        ({"images": np.ones((40, 50), complex)}, "real numbers"),
        ({"images": [np.eye(40), np.eye(50)]}, "one size"),
    ],
)
def test_bad_input_is_told_before_the_first_pass(
    paper: Classifier, stack: np.ndarray, arguments: dict, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        paper.iter_samples(**{"images": stack[0], **arguments})


def test_a_network_with_other_layers_and_a_branch_is_sampled_as_keras_does(stack: np.ndarray) -> None:
    keras = import_keras()
    layers = keras.layers
    keras.utils.set_random_seed(5)
    inputs = keras.Input((20, 18, 1))
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    branch = layers.Dropout(0.25)(layers.Conv2D(8, 3, padding="same", activation="relu")(x))
    x = layers.Add()([x, branch])
    x = layers.GlobalAveragePooling2D()(layers.MaxPooling2D(2)(x))
    x = layers.Dropout(0.4)(layers.Dense(16, activation="relu")(x))
    network = keras.Model(inputs, layers.Dense(6, activation="softmax", kernel_initializer="random_normal")(x))
    rng = np.random.default_rng(0)
    network.set_weights([np.abs(w) + 0.3 * rng.random(w.shape, np.float32) for w in network.get_weights()])
    sampler = Sampler(KerasPasses(network))
    descriptors = rng.random((2, 20, 18), np.float32)
    *_, ours = sampler.iter_samples(descriptors, 1500, 1)
    fast = summarize(sampler.sample_fast(descriptors, 1500, 1))
    assert np.allclose(fast.mean, ours.mean(axis=0), atol=0.02)
    for number in range(2):
        rows = np.repeat(descriptors[number, None, :, :, None], 1500, axis=0)
        theirs = np.asarray(network(rows, training=True))
        assert theirs.std(axis=0).max() > 1e-3
        assert_same_distribution(ours[:, number], theirs)


def test_networks_that_cannot_be_trusted_are_refused() -> None:
    keras = import_keras()
    layers = keras.layers

    class AlwaysRandom(layers.Layer):
        def call(self, x):
            return x * keras.random.uniform(keras.ops.shape(x))

    def build(*middle: object):
        keras.utils.set_random_seed(1)
        network = keras.Sequential([keras.Input((8, 9, 1)), layers.Flatten(), *middle, layers.Dense(3, "softmax")])
        return keras.Model(network.inputs[0], network.outputs[0])

    with pytest.raises(ClassifierError, match="no dropout"):
        Sampler(KerasPasses(build()))
    with pytest.raises(ClassifierError, match="no dropout"):
        Sampler(KerasPasses(build(layers.Dropout(0.0))))
    with pytest.raises(ClassifierError, match="plain dropout only"):
        Sampler(KerasPasses(build(layers.GaussianDropout(0.5))))
    with pytest.raises(ClassifierError, match="although its dropout is off"):
        Sampler(KerasPasses(build(AlwaysRandom(), layers.Dropout(0.5))))
    dead = build(layers.Dropout(0.5))
    dead.set_weights([np.zeros_like(w) for w in dead.get_weights()])
    with pytest.raises(ClassifierError, match="same answer in every pass"):
        Sampler(KerasPasses(dead))


def test_a_classifier_without_dropout_predicts_but_does_not_sample(tmp_path: Path, stack: np.ndarray) -> None:
    card = ModelCard.read(WEIGHTS / "paper.json")
    certain = replace(card, name="certain", arguments={**card.arguments, "dropout": 0.0})
    classifier = lw.load_classifier(certain.write(tmp_path, list(read_weights(card, WEIGHTS / "paper.json"))))
    assert classifier.predict(stack).shape == (3, 6)
    with pytest.raises(ClassifierError, match="no dropout"):
        classifier.sample(stack, 10)


def test_the_fast_approximation_is_near_and_does_not_flicker(paper: Classifier) -> None:
    examples = [example.image for example in simulate_examples(90, seed=99) if example.image.shape == (96, 96)]
    images = np.stack(examples[:12])
    summary = paper.summarize_fast(images, 600, seed=5)
    assert isinstance(summary, Summary)
    assert summary.n_passes == 600
    assert np.array_equal(summary.mean, paper.summarize_fast(images, 600, seed=5).mean)
    # a window alone gives what it gives within a map
    assert np.allclose(paper.summarize_fast(images[3], 600, seed=5).mean[0], summary.mean[3], atol=1e-5)
    error = paper.fast_error(images, 600, seed=5, n_checked=12)
    assert error["n_checked"] == 12
    assert error["mean"] < 0.02
    assert error["spread"] < 0.03
    assert 0.85 < error["spread_ratio"] < 1.15
    assert error["entropy"] < 0.1
    full = summarize(paper.sample(images[:2], 600, seed=6))
    assert np.allclose(full.mean, summary.mean[:2], atol=0.08)


def test_more_samples_than_memory_holds_are_refused(paper: Classifier, stack: np.ndarray) -> None:
    for ask in (paper.sample, paper.sample_fast, paper.summarize_fast):
        for count in (10**13, 10**25):
            with pytest.raises(ValueError, match="ask for fewer"):
                ask(stack, count)


@pytest.mark.parametrize("count", [0, -1, 1.5, None])
def test_fast_error_checks_at_least_one_picture(paper: Classifier, stack: np.ndarray, count) -> None:
    with pytest.raises(ValueError, match="n_checked must be"):
        paper.fast_error(stack, 10, n_checked=count)


def test_a_verdict_needs_a_summary(paper: Classifier, stack: np.ndarray) -> None:
    with pytest.raises(TypeError, match=r"summarize\(samples\)"):
        paper.judge(stack, paper.sample(stack, 10))
