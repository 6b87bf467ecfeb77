"""The publication figure of a movie, after Fig. 6 of the paper: frames with their phases, and fractions against time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.language import _
from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["FigureFrame", "phase_colors", "plot_movie"]


@dataclass(frozen=True, eq=False)
class FigureFrame:
    """A frame to show.

    Attributes
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    title : str
        Written above.
    probability : ndarray, shape (window_rows, window_cols, classes)
        What each place shows.
    row_edges, col_edges : ndarray
        Borders of what the windows stand for [px].
    holes : ndarray, shape (rows, cols)
        Outlined where it is above 0.
    """

    image: NDArray[Any]
    title: str
    probability: NDArray[Any]
    row_edges: NDArray[np.float64]
    col_edges: NDArray[np.float64]
    holes: NDArray[Any]


def phase_colors(probability: NDArray[Any]) -> NDArray[np.float64]:
    """Mix the colors of the classes by their probabilities.

    Parameters
    ----------
    probability : ndarray, shape (..., classes)
        NaN where a frame was left out.

    Returns
    -------
    ndarray, float64, shape (..., 3)
        Red, green and blue, 0 to 1; black where a frame was left out.
    """
    colors = [[int(style.color[k : k + 2], 16) / 255 for k in (1, 3, 5)] for style in CLASS_STYLES.values()]
    return np.clip(np.nan_to_num(probability).astype(float) @ np.array(colors), 0, 1)


def plot_movie(
    frames: Sequence[FigureFrame],
    time: NDArray[np.float64],
    fractions: NDArray[np.float64],
    hole_fraction: NDArray[np.float64] | None,
    fit: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], str] | None,
    unit: str = "s",
    truth: NDArray[np.float64] | None = None,
    pixel_size: float | None = None,
) -> Any:
    """Draw the publication figure of a movie: frames with their phases above, fractions against time below.

    Parameters
    ----------
    frames : sequence of FigureFrame
        Shown in the upper row, the phases over the lower part of each as in a legend.
    time : ndarray, shape (n,)
        In ``unit``.
    fractions : ndarray, shape (n, classes)
        Of each class.
    hole_fraction : ndarray, shape (n,), optional
        By intensity: the black dots.
    fit : tuple, optional
        Times, curve, its standard error (each of shape (m,)) and a label.
    unit : str
        Of the time.
    truth : ndarray, shape (n,), optional
        Known hole fraction of a simulated movie.
    pixel_size : float, optional
        [nm/px], for the scale bars.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot: it is shown by no window, and freed when it is not used any more.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    figure = PublicationFigure(figsize=(9.0, 6.4), layout="constrained")
    grid = figure.add_gridspec(3, max(len(frames), 1), height_ratios=(1.25, 0.8, 0.8))
    for number, frame in enumerate(frames):
        axes = figure.add_subplot(grid[0, number])
        _show(axes, frame, pixel_size)
    upper = figure.add_subplot(grid[1, :])
    lower = figure.add_subplot(grid[2, :], sharex=upper)
    for k, style in enumerate(CLASS_STYLES.values()):
        if np.nanmax(fractions[:, k], initial=0) > 0.005:
            axes = lower if style.name == "noise" else upper
            label = _("{kind}, by coverage").format(kind=style.label) if style.name == "noise" else style.label
            axes.plot(time, fractions[:, k], color=style.color, marker=style.matplotlib_marker, ms=3, lw=1, label=label)
    if hole_fraction is not None:
        lower.plot(time, hole_fraction, "ko", ms=3, label=_("holes by threshold"))
    if truth is not None:
        lower.plot(time, truth, color="#56B4E9", lw=2, label=_("truth"))
    if fit is not None:
        when, curve, error, label = fit
        lower.plot(when, curve, "k--", lw=1.2, label=label)
        lower.fill_between(when, curve - 2 * error, curve + 2 * error, color="k", alpha=0.15, lw=0)
    upper.set_ylabel(_("phase fraction"))
    upper.tick_params(labelbottom=False)
    upper.set_ylim(0, None)
    lower.set_ylabel(_("hole fraction"))
    lower.set_xlabel(_("time [s]") if unit == "s" else _("frame"))
    for axes in (upper, lower):
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize=8, frameon=False, loc="best")
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _show(axes: Any, frame: FigureFrame, pixel_size: float | None) -> None:
    rows, cols = frame.image.shape
    show_picture(axes, frame.image, percentiles=(0.5, 99.7))
    axes.pcolormesh(
        frame.col_edges, frame.row_edges, phase_colors(frame.probability), alpha=0.35, linewidth=0, rasterized=True
    )
    if (frame.holes > 0).any():
        axes.contour(frame.holes > 0, levels=[0.5], colors="white", linewidths=0.8)
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_title(frame.title, fontsize=9)
    if pixel_size:
        scale_bar(axes, frame.image.shape, pixel_size, "nm")
