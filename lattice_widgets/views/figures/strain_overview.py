"""The publication figure of a strain map: the picture, strain and rotation over it, and a profile or the values of one map."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.maps.dislocations import Dislocation
from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.language import _
from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture
from lattice_widgets.views.figures.grain_figure import draw_dislocations
from lattice_widgets.views.figures.strain_figure import MOIRE_MAPS, draw_map, label_of
from lattice_widgets.views.shared.numbers import true_minus

__all__ = ["plot_overview"]

#: maps of the figure, and those that have one range
_SHOWN = ("strain_xx", "strain_yy", "strain_xy", "rotation")
_STRAINS = ("strain_xx", "strain_yy", "strain_xy", "dilation")


def plot_overview(
    image: NDArray[Any],
    maps: xr.Dataset,
    quantity: str,
    profile: xr.Dataset | None = None,
    caption: str = "",
    region: Sequence[float] = (),
    limit: float | None = None,
    dislocations: Sequence[Dislocation] = (),
) -> Any:
    """Return a Matplotlib figure of picture and maps, with a profile, or the values, of one of them.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    maps : xarray.Dataset
        From `map_lattice` or `map_moire`.
    quantity : str
        The map whose profile, or whose values, are drawn.
    profile : xarray.Dataset, optional
        From `map_profile`.
    caption : str
        Goes below.
    region : sequence of float
        (row, col, height, width) [px] of the reference, which is drawn in the picture; () for none.
    limit : float, optional
        Range of the colors of `quantity`, and of all strains if it is one.
    dislocations : sequence of Dislocation
        Drawn into the micrograph, from `find_dislocations`.
    """
    from matplotlib.patches import Circle, Rectangle

    from lattice_widgets.views.figures.publication import PublicationFigure

    rows, cols = image.shape
    size, unit = float(maps.attrs["pixel_size"]) or 1.0, str(maps.attrs["unit"])
    figure = PublicationFigure(figsize=(9.6, 2 * min(4.5, 3.0 * rows / cols) + 1.1), layout="constrained")
    grid = figure.subplots(2, 3)
    shown = quantity if quantity not in _SHOWN else "strain_xx"
    panels = list(MOIRE_MAPS) if quantity in MOIRE_MAPS else [shown, *_SHOWN[1:]]
    show_picture(grid[0, 0], image)
    sigma = float(maps.attrs["mask_sigma"])
    radius = FWHM / 2 * sigma
    middle = 0.97 * cols - radius, 0.03 * rows + radius
    grid[0, 0].add_patch(Circle(middle, radius, fill=False, edgecolor="white", lw=1.5))
    scale_bar(grid[0, 0], (rows, cols), size, unit)
    grid[0, 0].set_title(_("Micrograph; circle: resolution"), fontsize=9)
    draw_dislocations(grid[0, 0], dislocations)
    if len(region) == 4:
        row, col, height, width = region
        grid[0, 0].add_patch(Rectangle((col - 0.5, row - 0.5), width, height, fill=False, edgecolor="#E69F00", lw=1.5))
    for axes, name in zip((grid[0, 1], grid[0, 2], grid[1, 0], grid[1, 1]), panels, strict=True):
        alike = name == quantity or (name in _STRAINS and quantity in _STRAINS)
        draw_map(axes, maps, name, image, limit=limit if alike else None)
        if profile is not None:
            axes.plot(profile.col[[0, -1]], profile.row[[0, -1]], color="black", lw=1.2)
    if profile is not None:
        _draw_profile(grid[1, 2], profile, quantity, label_of(quantity, maps), unit)
    else:
        _draw_values(grid[1, 2], maps, quantity)
    figure.supxlabel(fill(true_minus(caption), 140), fontsize=8)
    return figure


def _draw_profile(axes: Any, profile: xr.Dataset, quantity: str, label: str, unit: str) -> None:
    distance, values = profile.distance.values, profile[quantity].values
    if f"{quantity}_error" in profile:
        error = profile[f"{quantity}_error"].values
        axes.fill_between(distance, values - error, values + error, color="#0072B2", alpha=0.25, lw=0)
    axes.plot(distance, values, color="#0072B2", lw=1.2)
    axes.set_xlabel(_("distance [{unit}]").format(unit=unit), fontsize=8)
    axes.set_ylabel(label, fontsize=8)
    _plain(axes)


def _draw_values(axes: Any, maps: xr.Dataset, quantity: str) -> None:
    values = maps[quantity].values
    axes.hist(values[np.isfinite(values)], bins=30, color="#0072B2")
    axes.set_xlabel(label_of(quantity, maps), fontsize=8)
    axes.set_ylabel(_("places"), fontsize=8)
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
