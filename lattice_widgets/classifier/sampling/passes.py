"""What the sampling needs to know of a network, whoever runs it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier.sampling.dense_tail import DenseTail


class Piece(ABC):
    """Some layers of a network, for several passes at once.

    Attributes
    ----------
    n_dropouts : int
        How many dropouts it has; each needs a mask.
    """

    n_dropouts: int

    @abstractmethod
    def __call__(
        self, values: Sequence[NDArray[np.float32]], masks: Sequence[NDArray[np.bool_]]
    ) -> NDArray[np.float32]:
        """Return the end, float32 (passes, n, ...), of starts (n, ...) and of masks (passes, ...), one for each dropout.

        Without masks, there is one pass.
        """


class Passes(ABC):
    """A network in pieces.

    Attributes
    ----------
    name : str
        Of the network, for messages.
    input_shape : tuple of int
        Of one picture: (rows, cols, 1).
    n_classes : int
        Number of answers.
    shapes : list of tuple of int
        What each dropout masks, for one picture; from input to output.
    rates : list of float
        The part that each dropout masks.
    full : Piece
        From what `before` returns to the probabilities.
    tail : DenseTail or None
        The same as plain matrix products, where the only dropouts stand before the last two dense layers.
    in_threads : bool
        Whether several threads may run `full` at once.
    """

    name: str
    input_shape: tuple[int, ...]
    n_classes: int
    shapes: list[tuple[int, ...]]
    rates: list[float]
    full: Piece
    tail: DenseTail | None
    in_threads: bool = False

    @abstractmethod
    def before(self, descriptors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return for descriptors (n, size, size) what every pass has in common: values (n, ...) where dropout begins."""

    @abstractmethod
    def cut(self) -> tuple[Piece, Piece, Piece]:
        """Return three pieces: to the last dropout but one, from there to the last one, and the rest.

        Where a branch goes around the last dropout but one, the first piece reaches to the last one and the second is empty.

        Raises
        ------
        ClassifierError
            If a branch goes around the last dropout.
        """
