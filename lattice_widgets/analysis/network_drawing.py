"""A drawing of a network, made by running it on a picture."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.classifier.inference import Classifier, load_classifier
from lattice_widgets.classifier.inside import look_inside
from lattice_widgets.views.figures.network_figure import plot_network


def draw_network(picture: ArrayLike, classifier: Classifier | str = "paper") -> Any:
    """Draw a network after Fig. 1a of the paper, with what each layer makes of a picture.

    Of each layer the four channels are shown in which most happens; sizes are to scale.

    Parameters
    ----------
    picture : array_like, shape (rows, cols), any real dtype
        A micrograph.
    classifier : Classifier or str
        The network, or its name.

    Returns
    -------
    matplotlib.figure.Figure
        From the picture at the left to the probability of each class at the right.

    Raises
    ------
    ClassifierError
        If the network is of an architecture that only Keras knows.
    ValueError
        If it is not a picture (see `checks.check_image`).

    Examples
    --------
    >>> import lattice_widgets as lw
    >>> figure = draw_network(lw.simulate_micrograph(lw.CRYSTALS["graphene"]).image)
    >>> len(figure.axes)
    8
    """
    network = classifier if isinstance(classifier, Classifier) else load_classifier(classifier)
    stages = look_inside(picture, network)
    return plot_network(stages, np.asarray(picture), network.classes, f"{network.name}: {network.card.title}")
