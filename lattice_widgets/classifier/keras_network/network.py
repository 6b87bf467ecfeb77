"""A network that Keras runs, as a classifier wants it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.card import ModelCard
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.keras_network.architecture import ARCHITECTURES
from lattice_widgets.classifier.keras_network.backend import import_keras
from lattice_widgets.classifier.keras_network.keras_passes import KerasPasses

# a new batch size costs a new compilation: pad to one of these
_BATCHES = (1, 8, 64)


class KerasNetwork:
    """A network that answers by Keras.

    Parameters
    ----------
    card : ModelCard
        Which architecture, with what arguments.
    weights : sequence of ndarray
        As from ``keras.Model.get_weights()``.

    Raises
    ------
    ClassifierError
        If Keras or TensorFlow is not installed, or the network answers at random although its dropout is off.
    ValueError
        If the weights are not those of the architecture.
    """

    def __init__(self, card: ModelCard, weights: Sequence[NDArray[np.float32]]) -> None:
        keras = import_keras()
        self.model: Any = ARCHITECTURES[card.architecture](**card.arguments)
        self.model.set_weights(list(weights))
        self._both = keras.Model(self.model.input, [self.model.output, self.model.get_layer("features").output])
        rng = np.random.default_rng(0)
        for batch in _BATCHES[:2]:
            probes = rng.random((batch, *self.model.input.shape[1:]), dtype=np.float32)
            once, again = (np.asarray(self._both.predict_on_batch(probes)[0]) for _ in range(2))
            if not np.array_equal(once, again):
                raise ClassifierError(
                    f"The classifier {card.name!r} gives another answer each time although its dropout is off: "
                    "it cannot be used."
                )

    def run(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities (n, k) and features (n, m) for descriptors (n, size, size), without dropout."""
        parts = []
        start = 0
        while start < len(descriptors):
            left = len(descriptors) - start
            batch = next((size for size in _BATCHES if left <= size), _BATCHES[-1])
            part = descriptors[start : start + batch, :, :, None]
            padded = np.concatenate([part, np.zeros((batch - len(part), *part.shape[1:]), np.float32)])
            parts.append([np.asarray(out)[: len(part)] for out in self._both.predict_on_batch(padded)])
            start += batch
        probabilities, features = (np.concatenate(out) for out in zip(*parts, strict=True))
        return probabilities, features

    def passes(self) -> KerasPasses:
        """Return the network in pieces, as `Sampler` wants it.

        Raises
        ------
        ClassifierError
            As for `KerasPasses`.
        """
        return KerasPasses(self.model)
