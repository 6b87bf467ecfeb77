"""The publication figure of a whole picture, with a window in it."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture

__all__ = ["plot_picture"]


def plot_picture(image: NDArray[Any], pixel_size: float, unit: str, window: Sequence[int] = ()) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    pixel_size : float
        In ``unit``, "nm" or "px".
    window : sequence of int
        (row, col, height, width) [px] of a frame that is drawn in it; () for none.
    """
    from matplotlib.patches import Rectangle

    from lattice_widgets.views.figures.publication import PublicationFigure

    rows, cols = image.shape
    width = 4.8
    figure = PublicationFigure(figsize=(width, min(width * rows / cols, 2 * width)), layout="constrained")
    axes = figure.subplots()
    show_picture(axes, image)
    if len(window) == 4 and tuple(window) != (0, 0, rows, cols):
        row, col, height, across = window
        axes.add_patch(Rectangle((col - 0.5, row - 0.5), across, height, fill=False, edgecolor="#E69F00", lw=1.5))
    scale_bar(axes, (rows, cols), pixel_size, unit)
    return figure
