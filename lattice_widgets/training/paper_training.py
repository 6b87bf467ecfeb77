"""Training: a stream of simulated pictures in, a model card and weights out."""

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import ModelCard
from lattice_widgets.classifier.keras_network.architecture import build_paper_network
from lattice_widgets.classifier.keras_network.backend import import_keras
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.pictures.descriptor import Recipe, turned
from lattice_widgets.core.simulation.examples import MARGIN
from lattice_widgets.training.pictures.paper import simulate_descriptors

#: called with what is going on ("simulating", "training", "testing"), steps done, steps in all, and figures to show
Progress = Callable[[str, int, int, dict[str, float]], None]

#: pictures of the test that nothing was chosen by; the notebooks repeat it
TEST_COUNT = 1200
TEST_SEED_OFFSET = 1_000_003


def train_paper(
    folder: Path,
    *,
    count: int = 24_000,
    epochs: int = 30,
    batch_size: int = 64,
    seed: int = 2018,
    progress: Progress = lambda *_: None,
) -> ModelCard:
    """Train the network of Vasudevan et al. 2018 as they did, and write card and weights.

    24,000 pictures, of which one fifth validate; 30 epochs of Adam with its default numbers on the cross-entropy. Each epoch
    turns and mirrors the training pictures anew, which keeps every class. Then 1200 fresh pictures, or as many as it
    was trained on if these are fewer, test the weights as they were written; they come from another stream.

    Parameters
    ----------
    folder : Path
        Where ``paper.json`` and ``paper.npz`` go.
    count : int
        Pictures for training and validation together.
    epochs, batch_size : int
        As in Keras.
    seed : int
        Decides pictures, first weights, order and dropout.
    progress : callable, optional
        Told about every step.

    Returns
    -------
    ModelCard
        As written.

    Raises
    ------
    ClassifierError
        If TensorFlow is not installed.
    """
    keras = import_keras()
    keras.utils.set_random_seed(seed)
    recipe = Recipe()
    images, labels = simulate_set(count, seed, recipe, lambda done: progress("simulating", done, count, {}))
    n_train = count * 4 // 5
    network = new_paper_network(recipe)
    history: dict[str, list[float]] = {}
    progress("training", 0, epochs, {})
    for epoch, figures in enumerate(
        learn_paper(network, images, labels, epochs=epochs, batch_size=batch_size, seed=seed)
    ):
        for key, value in figures.items():
            history.setdefault(key, []).append(value)
        progress("training", epoch + 1, epochs, figures)
    # as they will be read back: rounded to float16
    network.set_weights([array.astype(np.float16).astype(np.float32) for array in network.get_weights()])
    n_tests = min(TEST_COUNT, count)  # no more to judge a trial than to train it
    tests, test_labels = simulate_set(
        n_tests, seed + TEST_SEED_OFFSET, recipe, lambda done: progress("testing", done, n_tests, {})
    )
    results = {
        "validation": measure(network.predict(images[n_train:], verbose=0), labels[n_train:]),
        "test": measure(network.predict(tests, verbose=0), test_labels),
    }
    card = ModelCard(
        name="paper",
        title="the network of Vasudevan et al. 2018, trained on pictures of the kind they describe",
        architecture="paper",
        arguments=_arguments(recipe),
        recipe=asdict(recipe),
        classes=CLASSES,
        data={
            "stream": "paper",
            "seed": seed,
            "training": n_train,
            "validation": count - n_train,
            "test": n_tests,
            "test_seed": seed + TEST_SEED_OFFSET,
            "margin_percent": MARGIN,
        },
        training={"optimizer": "Adam, Keras defaults", "epochs": epochs, "batch_size": batch_size, "seed": seed},
        results=results,
        history=history,
        versions={
            "python": platform.python_version(),
            "backend": keras.backend.backend(),
            **{name: version(name) for name in ("keras", "numpy", "scipy", "lattice-widgets")},
        },
    )
    return ModelCard.read(card.write(folder, network.get_weights()))


def simulate_set(
    count: int, seed: int, recipe: Recipe, progress: Callable[[int], None] = lambda done: None
) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """Return pictures as the paper's network sees them, and what they show.

    Parameters
    ----------
    count, seed : int
        How many, and which.
    recipe : Recipe
        How a descriptor is made.
    progress : callable, optional
        ``progress(done)``, every hundred pictures.

    Returns
    -------
    images : ndarray, float16, shape (count, size, size, 1)
        Descriptors.
    labels : ndarray, int64, shape (count,)
        Places in `CLASSES`.
    """
    images = np.empty((count, recipe.size, recipe.size, 1), np.float16)
    labels = np.empty(count, np.int64)
    for number, (values, label) in enumerate(simulate_descriptors(count, seed, recipe)):
        images[number, :, :, 0], labels[number] = values, label
        if number % 100 == 99 or number + 1 == count:
            progress(number + 1)
    return images, labels


def new_paper_network(recipe: Recipe) -> Any:
    """Return the network of the paper, ready to learn: a Keras model; ClassifierError if TensorFlow is not installed."""
    keras = import_keras()
    network = build_paper_network(**_arguments(recipe))
    network.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    return network


def learn_paper(
    network: Any,
    images: NDArray[np.float16],
    labels: NDArray[np.int64],
    *,
    epochs: int,
    batch_size: int,
    seed: int,
    callbacks: Sequence[Any] = (),
) -> Iterator[dict[str, float]]:
    """Train a network epoch by epoch: four fifths of the pictures are learned from, the others validate.

    Parameters
    ----------
    network
        As `new_paper_network` returns it.
    images, labels
        As `simulate_set` returns them.
    epochs, batch_size : int
        As in Keras.
    seed : int
        Decides how the pictures are turned and mirrored.
    callbacks : sequence of keras.callbacks.Callback
        Called while it learns.

    Yields
    ------
    figures : dict of str to float
        After each epoch: accuracy, loss, val_accuracy and val_loss.
    """
    n_train = len(images) * 4 // 5
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        figures = network.fit(
            _turned_at_random(images[:n_train], rng),
            labels[:n_train],
            validation_data=(images[n_train:], labels[n_train:]),
            batch_size=batch_size,
            verbose=0,
            callbacks=list(callbacks),
        ).history
        yield {key: round(float(values[0]), 5) for key, values in figures.items()}


def _arguments(recipe: Recipe) -> dict[str, Any]:
    return {"size": recipe.size, "n_classes": len(CLASSES), "filters": [16, 16, 16]}


def _turned_at_random(images: NDArray[np.float16], rng: np.random.Generator) -> NDArray[np.float16]:
    """Return descriptors (n, size, size, 1), each turned by a multiple of 90 degrees and mirrored at random."""
    out = np.empty_like(images)
    which = rng.integers(8, size=len(images))
    for symmetry in range(8):
        chosen = which == symmetry
        out[chosen, :, :, 0] = turned(images[chosen, :, :, 0], symmetry % 4, symmetry >= 4)
    return out


def measure(probabilities: NDArray, labels: NDArray[np.int64]) -> dict[str, Any]:
    """Return how good answers are.

    Parameters
    ----------
    probabilities : ndarray, shape (n, k)
        The answers.
    labels : ndarray of int, shape (n,)
        The truth.

    Returns
    -------
    dict
        ``count``, ``accuracy``, ``top2`` (the truth is first or second), ``confusion`` (k lists of k counts; rows: truth,
        columns: answer).
    """
    order = np.argsort(-probabilities, axis=1)
    k = probabilities.shape[1]
    confusion = np.bincount(labels * k + order[:, 0], minlength=k * k).reshape(k, k)
    return {
        "count": len(labels),
        "accuracy": round(float(np.mean(order[:, 0] == labels)), 4),
        "top2": round(float(np.mean((order[:, :2] == labels[:, None]).any(axis=1))), 4),
        "confusion": confusion.tolist(),
    }
