"""The publication figure of a map of pictures: each class with its marker, one's own windows on top."""

from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.language import _
from lattice_widgets.views.shared.numbers import true_minus
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["plot_map"]


def plot_map(
    points: NDArray[Any], classes: NDArray[np.int64], windows: NDArray[Any], walk: NDArray[Any], caption: str = ""
) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Places on the map; its axes have no unit and no meaning.
    classes : ndarray of int, shape (n,)
        Class of each.
    windows, walk : ndarray, shape (m, 2)
        Places of one's own windows, and of a walk from one lattice to another; may be empty.
    caption : str
        How well the map keeps neighbors, below.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    figure = PublicationFigure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.subplots()
    for number, style in enumerate(CLASS_STYLES.values()):
        mine = points[classes == number]
        if len(mine):
            label = f"{style.label}, {len(mine)}"
            axes.plot(*mine.T, style.matplotlib_marker, color=style.color, ms=3.5, mew=0, ls="none", label=label)
    if len(walk):
        axes.plot(*walk.T, "-", color="#333333", lw=1, label=_("walk"))
    if len(windows):
        axes.plot(*windows.T, "o", mfc="white", mec="black", ms=6, ls="none", label=_("your windows"))
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside right upper", fontsize=8, frameon=False, markerscale=1.6)
    figure.supxlabel(fill(true_minus(caption), 90), fontsize=8)
    return figure
