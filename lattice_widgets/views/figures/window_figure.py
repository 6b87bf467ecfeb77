"""The publication figure of a window: picture with lattice, transform with indexed spots, and what names the lattice."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.language import _
from lattice_widgets.views.figures.figure_parts import class_bars, scale_bar, show_picture
from lattice_widgets.views.shared.numbers import true_minus

__all__ = ["plot_window"]


def plot_window(
    image: NDArray[Any],
    points: NDArray[Any],
    pixel_size: float,
    unit: str,
    magnitude: NDArray[Any],
    spots: NDArray[Any],
    spot_names: Sequence[str],
    frequency_steps: tuple[float, float],
    frequency_unit: str,
    opinions: Sequence[tuple[str, Sequence[str], ArrayLike]],
    caption: str = "",
    point_colors: Sequence[str] = (),
    spot_colors: Sequence[str] = (),
) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The window.
    points : ndarray, shape (n, 2)
        Lattice points (row, col) [px of the window].
    pixel_size : float
        In ``unit``, "nm" or "px".
    magnitude : ndarray, shape (rows, cols)
        Fourier magnitude, shown with its logarithm.
    spots : ndarray, shape (m, 2)
        Their places (row, col) [px of the magnitude].
    spot_names : sequence of str, m
        Miller indices; empty for those without.
    frequency_steps : tuple of float
        From one pixel of the magnitude to the next along (row, col), in ``frequency_unit``.
    opinions : sequence of (str, sequence of str, array_like)
        Title, classes and probabilities of each chart of bars.
    caption : str
        Numbers with their errors, below.
    point_colors, spot_colors : sequence of str, n and m
        Of the lattice of each, where there are several.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    figure = PublicationFigure(figsize=(10.0, 3.9), layout="constrained")
    grid = figure.add_gridspec(max(len(opinions), 1), 3, width_ratios=(1, 1, 0.9))
    picture = figure.add_subplot(grid[:, 0])
    show_picture(picture, image)
    for color, some in _by_color(points, point_colors):
        picture.plot(some[:, 1], some[:, 0], "o", mfc=color, mec="black", ms=4, mew=0.5)
    scale_bar(picture, image.shape, pixel_size, unit)
    picture.set_title(_("Micrograph"), fontsize=9)
    transform = figure.add_subplot(grid[:, 1])
    floor = float(np.median(magnitude)) or 1.0
    show_picture(transform, np.log1p(magnitude / floor), color_map="inferno", percentiles=(30, 99.95))
    for color, some in _by_color(spots, spot_colors):
        transform.plot(some[:, 1], some[:, 0], "o", mfc="none", mec=color, ms=8, mew=0.8)
    for (row, col), name in zip(spots, spot_names, strict=True):
        transform.annotate(name, (col, row), (5, 3), textcoords="offset points", color="white", fontsize=7)
    down, right = frequency_steps
    transform.set_aspect(down / right)
    scale_bar(transform, magnitude.shape, right, f"{frequency_unit.removeprefix('1/')}⁻¹")
    transform.set_title(_("Fourier transform"), fontsize=9)
    for number, (title, classes, values) in enumerate(opinions):
        class_bars(figure.add_subplot(grid[number, 2]), classes, values, title=title)
    figure.supxlabel(fill(true_minus(caption), 150), fontsize=8)
    return figure


def _by_color(places: NDArray[Any], colors: Sequence[str]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield each color and its places (n, 2)."""
    of_each = np.array(colors or ["#56B4E9"] * len(places))
    for color in dict.fromkeys(of_each.tolist()):
        yield color, places[of_each == color]
