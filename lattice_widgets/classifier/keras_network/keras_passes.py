"""A Keras network in pieces, as the sampling wants it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.keras_network.network_parts import (
    NetworkPart,
    dropout_layers,
    path_between,
    sources_of,
)
from lattice_widgets.classifier.sampling.dense_tail import DenseTail
from lattice_widgets.classifier.sampling.passes import Passes, Piece

# pictures that are computed at once up to the first dropout
_TOGETHER = 100


class KerasPasses(Passes):
    """Any Keras network with plain dropout, in pieces. Each piece is one compiled function.

    Raises
    ------
    ClassifierError
        If the network has no dropout, or one that the sampling does not know, or is not deterministic without it.
    """

    def __init__(self, network: Any) -> None:
        self.network = network
        self._dropouts = dropout_layers(network)
        layers = path_between(network, [network.input], network.output)
        masked: set[int] = set()
        starts: dict[int, Any] = {}
        for layer in layers:
            sources = sources_of(layer)
            if layer in self._dropouts or any(id(source) in masked for source in sources):
                masked.add(id(layer.output))
                starts.update({id(source): source for source in sources if id(source) not in masked})
        self._starts = list(starts.values())
        self._before = [layer for layer in layers if id(layer.output) not in masked]
        self.name = network.name
        self.input_shape = tuple(network.input.shape[1:])
        self.n_classes = network.output.shape[-1]
        self.rates = [layer.rate for layer in self._dropouts]
        self.shapes = [tuple(layer.output.shape[1:]) for layer in self._dropouts]
        self.full: NetworkPart = NetworkPart(network, self._starts, network.output)
        self.tail = _dense_tail(network, self._dropouts)
        self._start = NetworkPart(network, [network.input], self._starts[0]) if self.tail is not None else None
        self._prove()

    def before(self, descriptors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return what every pass has in common."""
        import keras

        parts = []
        for first in range(0, len(descriptors), _TOGETHER):
            part = descriptors[first : first + _TOGETHER, :, :, None]
            if self._start is not None:
                parts.append([self._start([part], [])[0]])
                continue
            values = {id(self.network.input): keras.ops.convert_to_tensor(part)}
            for layer in self._before:
                inputs = [values[id(source)] for source in sources_of(layer)]
                values[id(layer.output)] = layer(inputs[0] if len(inputs) == 1 else inputs, training=False)
            parts.append([keras.ops.convert_to_numpy(values[id(start)]) for start in self._starts])
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def cut(self) -> tuple[Piece, Piece, Piece]:
        """Return the network in three parts; see `Passes`."""
        features = self._dropouts[-1].input
        tail = NetworkPart(self.network, [features], self.network.output)
        middle = self._dropouts[-2].input if len(self._dropouts) > 1 else features
        try:
            branch = NetworkPart(self.network, [middle], features)
        except ClassifierError:
            middle = features
            branch = NetworkPart(self.network, [middle], features)
        return NetworkPart(self.network, self._starts, middle), branch, tail

    def _prove(self) -> None:
        """Refuse a network that is not what it seems: in Keras 3 a dropout can be there and yet be on for good."""
        import keras

        network = self.network
        probes = np.random.default_rng(0).random((2, *self.input_shape), dtype=np.float32)
        without, again = (keras.ops.convert_to_numpy(network(probes, training=False)) for _ in range(2))
        values = [keras.ops.convert_to_tensor(value) for value in self.before(probes[..., 0])]
        walked = keras.ops.convert_to_numpy(self.full.run(values, None))
        if not (np.array_equal(without, again) and np.allclose(without, walked, atol=1e-4)):
            raise ClassifierError(
                f"The network {network.name!r} gives other answers each time although its dropout is off, "
                "or has parts that the sampling does not know: its uncertainty cannot be trusted."
            )


def _dense_tail(network: Any, dropouts: list[Any]) -> DenseTail | None:
    """Return the end of a network as matrix products, or None where it is built in another way."""
    import keras

    if len(dropouts) != 2:
        return None
    parts = []
    for dropout, wanted in zip(dropouts, ("relu", "softmax"), strict=True):
        after = [layer for layer in network.layers if any(source is dropout.output for source in _inputs(layer))]
        if len(after) != 1 or type(after[0]) is not keras.layers.Dense or not after[0].use_bias:
            return None
        if keras.activations.serialize(after[0].activation) != wanted:
            return None
        parts.append(after[0])
    first, last = parts
    if dropouts[1].input is not first.output or last.output is not network.output or dropouts[0].input.ndim != 2:
        return None
    weights = [[np.asarray(keras.ops.convert_to_numpy(w), np.float32) for w in (p.kernel, p.bias)] for p in parts]
    return DenseTail((*weights[0], dropouts[0].rate), (*weights[1], dropouts[1].rate))


def _inputs(layer: Any) -> list[Any]:
    return list(layer.input) if isinstance(layer.input, list | tuple) else [layer.input]
