"""The stream that the paper's network is trained on: pictures of `core.simulation.examples`, as the network sees them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.descriptor import Recipe, make_descriptor
from lattice_widgets.core.simulation.examples import simulate_examples


def simulate_descriptors(
    count: int, seed: int, recipe: Recipe, start: int = 0
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Yield (descriptor, label): what the network is trained on.

    Parameters
    ----------
    count, seed, start : int
        As for `simulate_examples`.
    recipe : Recipe
        How the descriptor, float32 of shape (size, size), is made.
    """
    for example in simulate_examples(count, seed, start):
        yield make_descriptor(example.image[None], recipe).values[0], example.label
