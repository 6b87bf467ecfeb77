"""The architectures that the runtime knows: arguments of a model card and weights in, layers out.

They are those of `keras_network.architecture`, where they are described; the order of the weights is that of
``keras.Model.get_weights()``. A test holds the two together.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.runtime.layers import (
    AveragePooling,
    Convolution,
    Dense,
    Dropout,
    FaintSpots,
    Flatten,
    HalfPlane,
    Layer,
)

Weights = Sequence[NDArray[np.float32]]
# what Keras adds to a variance before it takes the root
_EPSILON = 1e-3


def paper_layers(arguments: Mapping[str, Any], weights: Weights) -> list[Layer]:
    """Return the layers of the network of Vasudevan et al. 2018.

    Raises
    ------
    ValueError
        If the weights are not those of the arguments.
    """
    given = _Given(weights)
    rate, channels = _rate(arguments), 1
    layers: list[Layer] = [HalfPlane(_columns_left_out(arguments))]
    for number, filters in enumerate(arguments["filters"]):
        if number:
            layers.append(Dropout(rate))
        layers.append(Convolution(given.next(3, 3, channels, filters), given.next(filters)))
        channels = filters
    layers += [AveragePooling(), Dropout(rate), Flatten()]
    return layers + _dense_layers(arguments, given)


def aligned_layers(arguments: Mapping[str, Any], weights: Weights) -> list[Layer]:
    """Return the layers of the network of the default classifier, batch normalization within the convolutions.

    Raises
    ------
    ValueError
        If the weights are not those of the arguments.
    """
    given = _Given(weights)
    channels = 2
    layers: list[Layer] = [HalfPlane(_columns_left_out(arguments)), FaintSpots()]
    for number, filters in enumerate(arguments["filters"], start=1):
        size = 5 if number == 1 else 3
        kernel = given.next(size, size, channels, filters)
        gamma, beta, mean, variance = (given.next(filters) for _ in range(4))
        factor = gamma / np.sqrt(variance + np.float32(_EPSILON))
        layers.append(Convolution(kernel * factor, beta - mean * factor, 2 if number in (1, 3) else 1, padded=True))
        channels = filters
    layers += [Flatten(), Dropout(_rate(arguments))]
    return layers + _dense_layers(arguments, given)


def _dense_layers(arguments: Mapping[str, Any], given: "_Given") -> list[Layer]:
    """Return the end of both: features, dropout, probabilities."""
    width, answers = arguments["n_features"], arguments["n_classes"]
    features = Dense(given.next(None, width), given.next(width))
    probabilities = Dense(given.next(width, answers), given.next(answers), last=True)
    given.end()
    return [features, Dropout(_rate(arguments)), probabilities]


def _columns_left_out(arguments: Mapping[str, Any]) -> int:
    return int(arguments["size"]) // 2 - 2


def _rate(arguments: Mapping[str, Any]) -> float:
    rate = float(arguments["dropout"])
    if not 0 <= rate < 1:
        raise ValueError(f"A dropout of {rate} is none.")
    return rate


class _Given:
    """Weights, one after the other, each of the shape that is expected."""

    def __init__(self, weights: Weights) -> None:
        self._left = list(weights)

    def next(self, *shape: int | None) -> NDArray[np.float32]:
        """Return the next array; None stands for a length that does not matter here."""
        if not self._left:
            raise ValueError("There are too few weights.")
        array = self._left.pop(0)
        if array.ndim != len(shape) or any(
            wanted not in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
        ):
            raise ValueError(f"Weights of shape {array.shape} stand where {shape} is expected.")
        return array

    def end(self) -> None:
        """Refuse weights that are left over."""
        if self._left:
            raise ValueError("There are too many weights.")


#: architecture named in a model card -> what makes its layers
LAYERS: dict[str, Callable[[Mapping[str, Any], Weights], list[Layer]]] = {
    "paper": paper_layers,
    "aligned": aligned_layers,
}
