"""A network as a chain of layers, run whole or piece by piece with dropout."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.runtime.layers import Dense, Dropout, Layer
from lattice_widgets.classifier.sampling.dense_tail import DenseTail
from lattice_widgets.classifier.sampling.passes import Passes, Piece
from lattice_widgets.one_thread import each_part

# Pictures, and passes with dropout, that go through the layers at once: what they need stays in the cache.
_TOGETHER = 32

# The C library of Linux gives memory back to the system, and asks for it anew, as soon as twice as much is free as the largest
# piece that was ever given back: the arrays of the layers went to and fro, which took a third of the time of many passes. So a
# piece larger than these is given back at once; nobody writes to it, so it takes none of the memory.
np.empty(2**21, np.float32)


class RuntimeNetwork:
    """A network that answers by NumPy and SciPy.

    Parameters
    ----------
    name : str
        For messages.
    layers : sequence of Layer
        One after the other; the last but one that is dense gives the features, the last the probabilities.
    size : int
        Rows and columns of the descriptor [px].

    Raises
    ------
    ValueError
        If the layers do not fit each other.
    """

    def __init__(self, name: str, layers: Sequence[Layer], size: int) -> None:
        self.name = name
        self.layers = [layer for layer in layers if not (isinstance(layer, Dropout) and layer.rate == 0)]
        self._features = next(
            number for number, layer in enumerate(self.layers) if isinstance(layer, Dense) and not layer.last
        )
        values = np.zeros((1, size, size, 1), np.float32)
        #: shape of what each layer is given, for one picture
        self.shapes: list[tuple[int, ...]] = []
        for layer in self.layers:
            self.shapes.append(values.shape[1:])
            if isinstance(layer, Dense) and len(layer.kernel) != values.shape[1]:
                raise ValueError(f"A dense layer for {len(layer.kernel)} numbers is given {values.shape[1]}.")
            values = layer(values)
        self.n_classes = values.shape[1]

    def run(self, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return probabilities (n, k) and features (n, m) for descriptors (n, size, size), without dropout."""
        features = through(self.layers[: self._features + 1], descriptors[..., None])
        return through(self.layers[self._features + 1 :], features), features

    def passes(self) -> Passes:
        """Return the network in pieces, as `Sampler` wants it.

        Raises
        ------
        ClassifierError
            If it has no dropout.
        """
        return RuntimePasses(self)


def through(layers: Sequence[Layer], values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what layers make of values (n, ...), some pictures at a time: memory stays small whatever their number."""

    def end_of(first: int) -> NDArray[np.float32]:
        part = values[first : first + _TOGETHER]
        for layer in layers:
            part = layer(part)
        return part

    return np.concatenate(each_part(end_of, range(0, len(values), _TOGETHER), len(values)))


class ChainPiece(Piece):
    """Some successive layers, for several passes at once."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self.n_dropouts = sum(isinstance(layer, Dropout) for layer in layers)

    def __call__(
        self, values: Sequence[NDArray[np.float32]], masks: Sequence[NDArray[np.bool_]]
    ) -> NDArray[np.float32]:
        """Return the end, float32 (passes, n, ...); see `Piece`."""
        (start,) = values
        if not masks:
            return through(self._layers, start)[None]
        together = max(1, _TOGETHER // len(start))

        def end_of(first: int) -> NDArray[np.float32]:
            return self._masked(start, [mask[first : first + together] for mask in masks])

        n_passes = len(masks[0])
        return np.concatenate(each_part(end_of, range(0, n_passes, together), n_passes * len(start)))

    def _masked(self, values: NDArray[np.float32], masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.float32]:
        n, left, each_pass = len(values), iter(masks), False
        for layer in self._layers:
            if isinstance(layer, Dropout):
                values, each_pass = layer.masked(values, next(left), each_pass), True
            else:
                values = layer(values)
        return values.reshape(-1, n, *values.shape[1:])


class RuntimePasses(Passes):
    """A `RuntimeNetwork` in pieces."""

    in_threads = True

    def __init__(self, network: RuntimeNetwork) -> None:
        layers = network.layers
        self._places = [number for number, layer in enumerate(layers) if isinstance(layer, Dropout)]
        if not self._places:
            raise ClassifierError(
                f"The network {network.name!r} has no dropout: every pass would give the same answer, "
                "so it has no uncertainty to show."
            )
        self.name = network.name
        self.input_shape = network.shapes[0]
        self.n_classes = network.n_classes
        self.rates = [layer.rate for layer in layers if isinstance(layer, Dropout)]
        self.shapes = [network.shapes[place] for place in self._places]
        self._layers = layers
        self.full = ChainPiece(layers[self._places[0] :])
        self.tail = self._dense_tail()

    def before(self, descriptors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return what every pass has in common."""
        return [through(self._layers[: self._places[0]], descriptors[..., None])]

    def cut(self) -> tuple[Piece, Piece, Piece]:
        """Return the network in three parts; see `Passes`."""
        first, last = self._places[0], self._places[-1]
        middle = self._places[-2] if len(self._places) > 1 else last
        ends = ((first, middle), (middle, last), (last, len(self._layers)))
        trunk, branch, tail = (ChainPiece(self._layers[begin:end]) for begin, end in ends)
        return trunk, branch, tail

    def _dense_tail(self) -> DenseTail | None:
        end = self._layers[self._places[0] :]
        if [type(layer) for layer in end] != [Dropout, Dense, Dropout, Dense]:
            return None
        first, last = (layer for layer in end if isinstance(layer, Dense))
        return DenseTail((first.kernel, first.bias, self.rates[0]), (last.kernel, last.bias, self.rates[1]))
