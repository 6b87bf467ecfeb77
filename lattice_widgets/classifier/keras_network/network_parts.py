"""A piece of a Keras network as one compiled function in which every dropout is masked from outside.

The network may branch: its layers are followed from output to input. Any layer may occur; those that are no dropout are
called as in inference.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.sampling.passes import Piece


def sources_of(layer: Any) -> list[Any]:
    """Return the symbolic tensors that a layer takes.

    Raises
    ------
    ClassifierError
        If the layer is used more than once in its network.
    """
    try:
        sources = layer.input
    except (AttributeError, ValueError) as error:
        raise ClassifierError(
            f"The layer {layer.name!r} is used more than once in its network; the sampling cannot follow that."
        ) from error
    return list(sources) if isinstance(sources, list | tuple) else [sources]


def dropout_layers(network: Any) -> list[Any]:
    """Return the dropout layers of a network that mask anything, from input to output.

    Raises
    ------
    ClassifierError
        If there is none, or one of a kind that the sampling does not know.
    """
    import keras

    others = (keras.layers.GaussianDropout, keras.layers.GaussianNoise, keras.layers.AlphaDropout)
    found = []
    for layer in path_between(network, [network.input], network.output):
        kind = type(layer).__name__
        if isinstance(layer, keras.layers.Dropout):
            if type(layer) is not keras.layers.Dropout or layer.noise_shape is not None:
                raise ClassifierError(f"The sampling knows plain dropout only, not the layer {layer.name!r} ({kind}).")
            if layer.rate > 0:
                found.append(layer)
        elif isinstance(layer, others):
            raise ClassifierError(f"The sampling knows plain dropout only, not the layer {layer.name!r} ({kind}).")
        elif getattr(layer, "layers", None):
            raise ClassifierError(f"The layer {layer.name!r} is a network of its own; the sampling cannot look inside.")
    if not found:
        raise ClassifierError(
            f"The network {network.name!r} has no dropout: every pass would give the same answer, "
            "so it has no uncertainty to show."
        )
    return found


def path_between(network: Any, starts: Sequence[Any], end: Any) -> list[Any]:
    """Return the layers that lead from some symbolic tensors to another, each after those it needs.

    Raises
    ------
    ClassifierError
        If ``end`` needs more than ``starts``.
    """
    makers = {id(layer.output): layer for layer in network.layers}
    known = {id(start) for start in starts}
    path: list[Any] = []

    def follow(tensor: Any) -> None:
        if id(tensor) in known:
            return
        layer = makers.get(id(tensor))
        if layer is None or not sources_of(layer) or any(source is tensor for source in sources_of(layer)):
            raise ClassifierError(f"The network {network.name!r} has a branch that the sampling cannot follow.")
        for source in sources_of(layer):
            follow(source)
        known.add(id(tensor))
        path.append(layer)

    follow(end)
    return path


class NetworkPart(Piece):
    """The layers from some tensors to another, for several passes at once.

    Parameters
    ----------
    network : keras.Model
        What it is a part of.
    starts : sequence of KerasTensor
        What it is given, the same in every pass.
    end : KerasTensor
        What it gives.

    Attributes
    ----------
    dropouts : list of keras.layers.Dropout
        Those that need a mask, in order.
    """

    def __init__(self, network: Any, starts: Sequence[Any], end: Any) -> None:
        self._starts = list(starts)
        self._end = end
        self._layers = path_between(network, starts, end)
        dropouts = dropout_layers(network)
        self.dropouts = [layer for layer in dropouts if layer in self._layers]
        self.n_dropouts = len(self.dropouts)
        self._compiled = self._compile()

    def __call__(
        self, values: Sequence[NDArray[np.float32]], masks: Sequence[NDArray[np.bool_]]
    ) -> NDArray[np.float32]:
        """Return the end, float32 (passes, n, ...), of starts (n, ...) and of masks (passes, ...), one for each dropout."""
        import keras

        result = keras.ops.convert_to_numpy(self._compiled(*values, *masks))
        return result.reshape(-1, len(values[0]), *result.shape[1:])

    def run(self, values: Sequence[Any], masks: Sequence[Any] | None) -> Any:
        """Return the end, (passes * n, ...), of tensors; without masks, as without dropout, (n, ...)."""
        from keras import ops

        n_passes = ops.shape(masks[0])[0] if masks else 1
        # a tensor, and whether it has a row for each pass and picture or only for each picture
        known = {id(start): (value, False) for start, value in zip(self._starts, values, strict=True)}
        for layer in self._layers:
            inputs = [known[id(source)] for source in sources_of(layer)]
            each_pass = any(of_pass for _, of_pass in inputs)
            tensors = [
                tensor if of_pass == each_pass else ops.tile(tensor, (n_passes, *[1] * (len(tensor.shape) - 1)))
                for tensor, of_pass in inputs
            ]
            if layer in self.dropouts and masks is not None:
                mask = masks[self.dropouts.index(layer)]
                known[id(layer.output)] = _drop(tensors[0], mask, layer.rate, each_pass), True
            else:
                result = layer(tensors[0] if len(tensors) == 1 else tensors, training=False)
                known[id(layer.output)] = result, each_pass
        return known[id(self._end)][0]

    def _compile(self) -> Callable[..., Any]:
        import keras

        n_starts = len(self._starts)

        def run(*tensors: Any) -> Any:
            return self.run(tensors[:n_starts], tensors[n_starts:])

        backend = keras.backend.backend()
        if backend == "tensorflow":
            import tensorflow

            signature = [tensorflow.TensorSpec([None, *start.shape[1:]], start.dtype) for start in self._starts]
            signature += [tensorflow.TensorSpec([None, *layer.output.shape[1:]], bool) for layer in self.dropouts]
            return tensorflow.function(run, input_signature=signature)
        if backend == "jax":
            import jax

            return jax.jit(run)

        def convert_and_run(*arrays: Any) -> Any:
            return run(*(keras.ops.convert_to_tensor(array) for array in arrays))

        return convert_and_run


def _drop(tensor: Any, mask: Any, rate: float, each_pass: bool) -> Any:
    """Return a tensor with masked elements at 0 and the others enlarged, as Keras does: (passes * n, ...)."""
    from keras import ops

    shape = [int(length) for length in tensor.shape[1:]]
    # scaled where there is less of it: before it is repeated for every pass, or the mask when all see the same
    scale = 1 / (1 - rate)
    rows = ops.reshape(tensor * scale, (ops.shape(mask)[0], -1, *shape) if each_pass else (1, -1, *shape))
    return ops.reshape(rows * ops.expand_dims(ops.cast(mask, tensor.dtype), 1), (-1, *shape))
