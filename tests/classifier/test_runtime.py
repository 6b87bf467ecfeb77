"""The runtime: that it answers as Keras does, from the same weights and with the same masks, and what it leaves to Keras."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier import Classifier, ModelCard
from lattice_widgets.classifier.card import WEIGHTS, read_weights
from lattice_widgets.classifier.keras_network import architecture
from lattice_widgets.classifier.runtime import blas, layers, products
from lattice_widgets.core.pictures.descriptor import make_descriptor
from lattice_widgets.core.simulation.examples import simulate_examples

COUNT = 1000
NAMES = ("default", "paper")


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [example.image for example in simulate_examples(COUNT, seed=271_828)]


@pytest.fixture(scope="module", params=NAMES)
def pair(request: pytest.FixtureRequest) -> tuple[Classifier, Classifier]:
    """A network run by the runtime, and by Keras."""
    ours, theirs = (lw.load_classifier(request.param, backend=backend).load() for backend in ("runtime", "keras"))
    assert (ours.backend, theirs.backend) == ("runtime", "keras")
    return ours, theirs


@pytest.fixture(scope="module")
def descriptors(pair: tuple[Classifier, Classifier], pictures: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([make_descriptor(picture[None], pair[0].recipe).values for picture in pictures])


def test_probabilities_and_features_are_those_of_keras(
    pair: tuple[Classifier, Classifier], descriptors: np.ndarray
) -> None:
    (probabilities, features), (wanted, wanted_features) = (one.run(descriptors) for one in pair)
    assert probabilities.shape == (COUNT, 6)
    assert probabilities.dtype == features.dtype == np.float32
    assert np.abs(probabilities - wanted).max() < 1e-5
    assert np.abs(features - wanted_features).max() < 1e-5 * np.abs(wanted_features).max()
    # these are not all one picture's
    assert len(set(wanted.argmax(axis=1))) == 6


def test_passes_of_a_seed_are_those_of_keras(pair: tuple[Classifier, Classifier], descriptors: np.ndarray) -> None:
    ours, theirs = (list(one.sampler.iter_samples(descriptors, 5, seed=9))[-1] for one in pair)
    assert ours.shape == (5, COUNT, 6)
    assert np.abs(ours - theirs).max() < 1e-5
    assert ours.std(axis=0).max() > 0.05


def test_many_passes_of_a_picture_are_those_of_keras(
    pair: tuple[Classifier, Classifier], pictures: list[np.ndarray]
) -> None:
    for picture in pictures[:4]:
        ours, theirs = (one.sample(picture, 300, seed=2**64 - 1) for one in pair)
        assert np.abs(ours - theirs).max() < 1e-5


def test_the_fast_approximation_is_that_of_keras(pair: tuple[Classifier, Classifier], descriptors: np.ndarray) -> None:
    ours, theirs = (one.sampler.sample_fast(descriptors, 50, seed=3) for one in pair)
    assert ours.shape == (50, COUNT, 6)
    assert np.abs(ours - theirs).max() < 1e-5
    (with_plain, plain), (_, wanted) = (one.sampler.sample_with_plain(descriptors[:70], 50, 3) for one in pair)
    assert np.abs(with_plain - ours[:, :70]).max() < 1e-5
    assert (plain is None) == (wanted is None)
    if plain is not None:
        assert np.abs(plain[0] - wanted[0]).max() < 1e-5


def test_one_more_picture_changes_nothing(descriptors: np.ndarray, pair: tuple[Classifier, Classifier]) -> None:
    for count in (1, 2, 31, 32, 33, 65):
        apart = pair[0].run(descriptors[:count])[0]
        assert np.abs(apart - pair[0].run(descriptors[:70])[0][:count]).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("paper", {"filters": [5, 9], "n_features": 7, "dropout": 0.4}),
        ("paper", {"filters": [4, 6, 3, 9], "size": 40, "n_classes": 3}),
        ("aligned", {"filters": [9, 8, 7, 6], "n_features": 5, "dropout": 0.1}),
        ("aligned", {"filters": [3, 12, 5], "size": 46, "n_classes": 2}),
        ("aligned", {"filters": [9, 10, 11, 4, 5, 6], "size": 33}),
    ],
)
def test_other_arguments_of_an_architecture_are_run_as_keras_does(tmp_path: Path, name: str, changes: dict) -> None:
    network = architecture.ARCHITECTURES[name](**changes)
    rng = np.random.default_rng(1)
    # random also where Keras begins with zeros and ones; variances are positive
    weights = [
        array + rng.uniform(0.1, 0.6, array.shape).astype(np.float32) * (1 if array.ndim == 1 else 0)
        for array in network.get_weights()
    ]
    card = replace(ModelCard.read(WEIGHTS / "paper.json"), name="mine", architecture=name, arguments=changes)
    path = card.write(tmp_path, weights)
    ours, theirs = (lw.load_classifier(path, backend=backend).load() for backend in ("runtime", "keras"))
    size = changes.get("size", 64)
    values = rng.random((5, size, size), dtype=np.float32)
    for one, wanted in zip(ours.run(values), theirs.run(values), strict=True):
        assert np.allclose(one, wanted, atol=1e-5, rtol=1e-5)
    assert ours.run(values)[0].std(axis=0).max() > 1e-4, "the pictures make a difference"
    for count in (3, 60):
        fast, wanted = (one.sampler.sample_fast(values, count, 1) for one in (ours, theirs))
        assert np.abs(fast - wanted).max() < 1e-5


def test_an_architecture_that_the_runtime_does_not_know_is_run_by_keras_which_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: list[np.ndarray]
) -> None:
    monkeypatch.setitem(architecture.ARCHITECTURES, "mine", architecture.build_paper_network)
    card = ModelCard.read(WEIGHTS / "paper.json")
    path = replace(card, name="own", architecture="mine").write(tmp_path, read_weights(card, WEIGHTS / "paper.json"))
    classifier = lw.load_classifier(path)
    assert classifier.backend == "keras"
    assert "run by Keras" in repr(classifier)
    assert "Keras" not in repr(lw.load_classifier("paper"))
    with pytest.warns(UserWarning, match="The runtime does not know the architecture 'mine' .* Keras runs it") as said:
        classifier.load()
    assert len(said) == 1
    paper = lw.load_classifier("paper")
    assert np.abs(classifier.predict(pictures[0]) - paper.predict(pictures[0])).max() < 1e-5
    assert np.abs(classifier.sample(pictures[0], 20) - paper.sample(pictures[0], 20)).max() < 1e-5


def test_a_backend_that_does_not_exist_is_told() -> None:
    with pytest.raises(ValueError, match="There is no backend 'torch': choose one of runtime, keras"):
        lw.load_classifier(backend="torch")  # type: ignore[arg-type]


def test_dropout_without_a_mask_changes_nothing_and_with_one_enlarges_what_is_kept() -> None:
    dropout = layers.Dropout(0.2)
    values = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(dropout(values), values)
    masks = np.array([[True, False, True], [False, False, False]])
    once = dropout.masked(values, masks, each_pass=False)
    assert np.allclose(once, [[1.25, 0, 3.75], [5, 0, 7.5], [0, 0, 0], [0, 0, 0]])
    again = dropout.masked(np.concatenate([values, 2 * values]), masks, each_pass=True)
    assert np.allclose(again, [[1.25, 0, 3.75], [5, 0, 7.5], [0, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("by_address", [True, False])
def test_products_are_those_of_numpy(by_address: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not by_address:
        monkeypatch.setattr(blas, "_by_address", lambda: None)
    rng = np.random.default_rng(5)
    for n, m, k in ((7, 5, 3), (1, 4, 2), (300, 144, 16), (0, 3, 2), (3, 0, 2)):
        left, right = (rng.normal(size=shape).astype(np.float32) for shape in ((n, m), (m, k)))
        out = np.full((n, k), 2, np.float32)
        blas.multiply(left, right, out, added=True)
        np.testing.assert_allclose(out, left @ right + 2, rtol=1e-4, atol=1e-4)
        blas.multiply(left, right, out)
        np.testing.assert_allclose(out, left @ right, rtol=1e-4, atol=1e-4)
        out[:] = 2
        blas.multiply(np.ascontiguousarray(left.T), right, out, added=True, turned=True)
        np.testing.assert_allclose(out, left @ right + 2, rtol=1e-4, atol=1e-4)
        # every third row of a larger array, and nothing between them
        wide = np.full((n, 3 * k), 2, np.float32)
        blas.multiply(left, right, wide[:, :k], added=True)
        np.testing.assert_allclose(wide[:, :k], left @ right + 2, rtol=1e-4, atol=1e-4)
        assert (wide[:, k:] == 2).all()


@pytest.mark.parametrize("by_address", [True, False])
@pytest.mark.parametrize(("channels", "stride", "padded"), [(2, 2, True), (16, 1, False), (16, 1, True), (48, 1, True)])
@pytest.mark.parametrize("n", [1, 40])
def test_a_convolution_is_the_sum_that_it_stands_for(
    n: int, channels: int, stride: int, padded: bool, by_address: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not by_address:
        monkeypatch.setattr(blas, "_by_address", lambda: None)
    rng = np.random.default_rng(6)
    pictures = rng.normal(size=(n, 12, 9, channels)).astype(np.float32)
    kernel, bias = rng.normal(size=(3, 3, channels, 5)).astype(np.float32), rng.normal(size=5).astype(np.float32)
    found = products.convolve(pictures, kernel, bias, stride, padded)
    # Keras puts the larger half of the zeros behind
    zeros = [max((-(-length // stride) - 1) * stride + 3 - length, 0) if padded else 0 for length in (12, 9)]
    around = np.pad(pictures, ((0, 0), *((total // 2, total - total // 2) for total in zeros), (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(around, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    wanted = np.maximum(np.einsum("nrcfij,ijfk->nrck", seen, kernel) + bias, 0)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)


def test_a_product_never_reads_memory_that_is_not_its_own() -> None:
    good = np.ones((4, 4), np.float32)
    for left, right, out in (
        (good[:, ::2], good[:2], good.copy()),
        (good, good.T[:3], good.copy()),
        (good.astype(float), good, good.copy()),
        (good, good, np.empty((4, 5), np.float32)),
        (good, good, np.empty((4, 8), np.float32)[:, ::2]),
        (good, good, np.empty((8, 4), np.float32)[::-2]),
        (good, good, np.broadcast_to(np.empty(4, np.float32), (4, 4))),
    ):
        with pytest.raises(ValueError, match="cannot be multiplied"):
            blas.multiply(left, right, out)
