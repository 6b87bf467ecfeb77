"""The publication figure of the grains of a picture: each in its color with its number, and dislocations."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.measured import with_error
from lattice_widgets.language import _
from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture

if TYPE_CHECKING:
    from lattice_widgets.core.maps.dislocations import Dislocation
    from lattice_widgets.core.maps.grains.grain_map import GrainMap

__all__ = ["draw_dislocations", "plot_grains"]

#: colors that people with any color vision tell apart (Okabe & Ito), one after the other
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")


def plot_grains(found: "GrainMap", image: NDArray[Any], dislocations: "Sequence[Dislocation]" = ()) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    found : GrainMap
        From `find_grains`.
    image : ndarray, shape (rows, cols)
        The picture.
    dislocations : sequence of Dislocation
        Drawn into it, from `find_dislocations`.
    """
    from matplotlib.colors import to_rgba

    from lattice_widgets.views.figures.publication import PublicationFigure

    rows, cols = image.shape
    width = 4.8
    figure = PublicationFigure(figsize=(width, min(width * rows / cols, 2 * width) + 0.9), layout="constrained")
    axes = figure.subplots()
    show_picture(axes, image)
    labels = found.labels.values
    tint = np.zeros((*labels.shape, 4))
    for grain in found.grains:
        tint[labels == grain.number] = to_rgba(_color(grain.number), 0.4)
    axes.imshow(tint, interpolation="nearest")
    for grain in found.grains:
        if (labels == grain.number).any():
            axes.contour(labels == grain.number, levels=[0.5], colors=[_color(grain.number)], linewidths=1.5)
            axes.text(
                grain.col, grain.row, str(grain.number), ha="center", va="center", fontsize=11, color="white",
                bbox={"facecolor": "black", "alpha": 0.6, "edgecolor": "none", "pad": 2},
            )  # fmt: skip
    draw_dislocations(axes, dislocations)
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5))
    side = float(found.labels["x"][1] - found.labels["x"][0]) if "x" in found.labels.coords else None
    scale_bar(axes, (rows, cols), side or 1.0, "nm" if side else "px")
    figure.supxlabel(fill(_caption(found, len(dislocations)), 72), fontsize=8)
    return figure


def draw_dislocations(axes: Any, dislocations: "Sequence[Dislocation]") -> None:
    """Draw the sign of each edge dislocation at its place: a bar along the Burgers vector, a stem to the extra half-plane."""
    from matplotlib.patheffects import withStroke

    if not dislocations:
        return
    rows, cols = (abs(np.diff(limits)[0]) for limits in (axes.get_ylim(), axes.get_xlim()))
    size = 0.025 * max(rows, cols)
    for each in dislocations:
        along = each.burgers / each.length * size
        stem = np.array([-along[1], along[0]]) * 1.4  # a quarter turn counter-clockwise, of (row, col)
        place = np.array([each.row, each.col])
        for ends in ((place - along, place + along), (place, place + stem)):
            (line,) = axes.plot(*np.array(ends).T[::-1], color="white", lw=2, solid_capstyle="butt")
            line.set_path_effects([withStroke(linewidth=3.6, foreground="black")])


def _color(number: int) -> str:
    return _COLORS[(number - 1) % len(_COLORS)]


def _caption(found: "GrainMap", dislocations: int) -> str:
    """Say how large the grains are and how they are turned against each other."""
    said = []
    for grain in found.grains:
        area = f"{grain.area:.3g} {grain.unit}²"
        said.append(
            _("{number}: {kind}, {area} ({share} %)").format(
                number=grain.number, kind=_(grain.bravais_type), area=area, share=f"{100 * grain.share:.0f}"
            )
        )
    for boundary in found.boundaries:
        angle, error, _period = boundary.misorientation
        said.append(
            _("{first} to {second}: turned by {angle}").format(
                first=boundary.first, second=boundary.second, angle=f"{with_error(abs(angle), error)}°"
            )
        )
    if found.layered:
        said.append(_("the lattices lie over each other"))
    if dislocations:
        said.append(_("edge dislocations: {count}").format(count=dislocations))
    return "; ".join(said)
