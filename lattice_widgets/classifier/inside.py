"""What a network makes of a picture, layer by layer: for drawings of it, and for whoever wants to see what it looks at."""

import inspect
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.classifier.card import read_weights
from lattice_widgets.classifier.errors import ClassifierError
from lattice_widgets.classifier.inference import Classifier
from lattice_widgets.classifier.keras_network.architecture import ARCHITECTURES
from lattice_widgets.classifier.runtime.architectures import LAYERS
from lattice_widgets.classifier.runtime.layers import AveragePooling, Convolution, Dense, Dropout, FaintSpots


@dataclass(frozen=True, eq=False)
class Stage:
    """What stands behind one layer of a network.

    Attributes
    ----------
    name : {"descriptor", "faint spots", "convolution", "pooling", "features", "probabilities"}
        What kind of layer.
    values : ndarray, float32, shape (rows, cols, channels) or (m,)
        What it gives for the picture, without dropout.
    kernel : tuple of int
        Rows and columns of a convolution [px], or of what is averaged; empty for others.
    n_weights : int
        How many numbers it has learned; those of a batch normalization are within its convolution.
    dropout : float
        Fraction of the layer's output that is masked in a pass with dropout.
    """

    name: str
    values: NDArray[np.float32]
    kernel: tuple[int, ...] = ()
    n_weights: int = 0
    dropout: float = 0.0


def look_inside(picture: ArrayLike, network: Classifier) -> list[Stage]:
    """Return what each layer of a network makes of a picture, from the descriptor to the probabilities.

    Parameters
    ----------
    picture : array_like, shape (rows, cols), any real dtype
        A micrograph.
    network : Classifier
        That looks at it.

    Returns
    -------
    list of Stage
        In the order of the layers.

    Raises
    ------
    ClassifierError
        If the network is of an architecture that only Keras knows.
    ValueError
        If it is not a picture (see `checks.check_image`).

    Examples
    --------
    >>> import lattice_widgets as lw
    >>> stages = look_inside(lw.simulate_micrograph(lw.CRYSTALS["graphene"]).image, lw.load_classifier("paper"))
    >>> [(stage.name, stage.values.shape) for stage in stages][-3:]
    [('pooling', (29, 14, 16)), ('features', (128,)), ('probabilities', (6,))]
    """
    card = network.card
    if card.architecture not in LAYERS:
        raise ClassifierError(f"The layers of the network {network.name!r} are known to Keras alone.")
    given = inspect.signature(ARCHITECTURES[card.architecture]).bind(**card.arguments)
    given.apply_defaults()
    values = network.describe(picture).values[..., None]
    stages = [Stage("descriptor", values[0])]
    for layer in LAYERS[card.architecture](given.arguments, read_weights(card, network.card_path)):
        values = layer(values)
        if isinstance(layer, Dropout):
            stages[-1] = Stage(**{**vars(stages[-1]), "dropout": layer.rate})
        elif isinstance(layer, FaintSpots):
            stages.append(Stage("faint spots", values[0]))
        elif isinstance(layer, AveragePooling):
            stages.append(Stage("pooling", values[0], (2, 2)))
        elif isinstance(layer, Convolution):
            learned = layer.kernel.size + layer.bias.size
            stages.append(Stage("convolution", values[0], layer.kernel.shape[:2], learned))
        elif isinstance(layer, Dense):
            name = "probabilities" if layer.last else "features"
            stages.append(Stage(name, values[0], n_weights=layer.kernel.size + layer.bias.size))
    return stages
