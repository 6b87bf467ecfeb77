"""The publication figure of a classification with dropout: the probability of each class with its error."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

from numpy.typing import ArrayLike, NDArray

from lattice_widgets.views.figures.figure_parts import class_bars, scale_bar, show_picture
from lattice_widgets.views.shared.numbers import true_minus

__all__ = ["plot_probabilities"]


def plot_probabilities(
    image: NDArray[Any],
    pixel_size: float | None,
    classes: Sequence[str],
    mean: ArrayLike,
    std: ArrayLike,
    title: str = "",
    caption: str = "",
) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture that was asked about.
    pixel_size : float or None
        [nm]; None if it is not known.
    classes : sequence of str
        Their names.
    mean, std : array_like, shape (n_classes,)
        Over the passes with dropout.
    title, caption : str
        The verdict above, numbers below.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    figure = PublicationFigure(figsize=(7.2, 3.4), layout="constrained")
    picture, bars = figure.subplots(1, 2, width_ratios=(1, 1.1))
    show_picture(picture, image)
    scale_bar(picture, image.shape, pixel_size or 1.0, "nm" if pixel_size else "px")
    class_bars(bars, classes, mean, std, fill(title, 52))
    figure.supxlabel(fill(true_minus(caption), 100), fontsize=8)
    return figure
