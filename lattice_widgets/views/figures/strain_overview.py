"""The publication figure of a strain map: the picture, strain and rotation over it, and a profile or the values of one map."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.language import _
from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture

__all__ = ["label_of", "plot_strain", "shared_limit", "unit_of"]

#: maps of the figure, and those that have one range
_SHOWN = ("strain_xx", "strain_yy", "strain_xy", "rotation")
_STRAINS = ("strain_xx", "strain_yy", "strain_xy", "dilation")
#: share of the places [%] whose values lie within the range of the colors
_WITHIN = 99.0
#: and the range is at least so many errors to either side
_ERRORS = 4.0


def shared_limit(maps: xr.Dataset, quantity: str) -> float:
    """Return the largest value that the colors tell, to two digits: the same for all strains, another one for rotation.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice`.
    quantity : str
        One of its variables.

    Returns
    -------
    float
        Above it, and below its negative, lies at most one place of a hundred; at least four errors.
    """
    names = _STRAINS if quantity in _STRAINS else (quantity,)
    values = np.abs(np.concatenate([maps[name].values.ravel() for name in names]))
    values = values[np.isfinite(values)]
    limit = float(np.percentile(values, _WITHIN)) if values.size else 0.0
    # noise alone shall not look like strain
    errors = [np.nanmedian(maps[f"{name}_error"].values) for name in names if f"{name}_error" in maps and values.size]
    limit = max([limit, *(_ERRORS * float(error) for error in errors if np.isfinite(error))])
    if not limit > 0:
        return 1.0
    power = 10.0 ** (np.floor(np.log10(limit)) - 1)
    return float(f"{np.ceil(limit / power - 1e-9) * power:.3g}")


def plot_strain(
    image: NDArray[Any],
    maps: xr.Dataset,
    names: Mapping[str, str],
    quantity: str,
    profile: xr.Dataset | None = None,
    caption: str = "",
    region: Sequence[float] = (),
    limit: float | None = None,
) -> Any:
    """Return a Matplotlib figure.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture.
    maps : xarray.Dataset
        From `map_lattice`.
    names : dict of str to str
        What its variables are called.
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
    """
    from matplotlib.patches import Circle, Rectangle

    from lattice_widgets.views.figures.publication import PublicationFigure

    rows, cols = image.shape
    size, unit = float(maps.attrs["pixel_size"]) or 1.0, str(maps.attrs["unit"])
    figure = PublicationFigure(figsize=(9.6, 2 * min(4.5, 3.0 * rows / cols) + 1.1), layout="constrained")
    grid = figure.subplots(2, 3)
    shown = quantity if quantity not in _SHOWN else "strain_xx"
    panels = [shown, *_SHOWN[1:]]
    show_picture(grid[0, 0], image)
    sigma = float(maps.attrs["mask_sigma"])
    radius = sigma * np.sqrt(2 * np.log(2))
    middle = 0.97 * cols - radius, 0.03 * rows + radius
    grid[0, 0].add_patch(Circle(middle, radius, fill=False, edgecolor="white", lw=1.5))
    scale_bar(grid[0, 0], (rows, cols), size, unit)
    grid[0, 0].set_title(_("Micrograph; circle: resolution"), fontsize=9)
    if len(region) == 4:
        row, col, height, width = region
        grid[0, 0].add_patch(Rectangle((col - 0.5, row - 0.5), width, height, fill=False, edgecolor="#E69F00", lw=1.5))
    for axes, name in zip((grid[0, 1], grid[0, 2], grid[1, 0], grid[1, 1]), panels, strict=True):
        alike = name == quantity or (name in _STRAINS and quantity in _STRAINS)
        _draw_map(axes, image, maps, name, names[name], limit if alike and limit else shared_limit(maps, name))
        if profile is not None:
            axes.plot(profile.col[[0, -1]], profile.row[[0, -1]], color="black", lw=1.2)
    if profile is not None:
        _draw_profile(grid[1, 2], profile, quantity, names[quantity], unit)
    else:
        _draw_values(grid[1, 2], maps, quantity, names[quantity])
    figure.supxlabel(fill(caption, 140), fontsize=8)
    return figure


def unit_of(quantity: str) -> str:
    """Return the unit of a map as it is printed."""
    return {"rotation": "°", "amplitude": ""}.get(quantity, "%")


def label_of(quantity: str, name: str) -> str:
    """Return the name of a map with its unit."""
    return f"{name} [{unit_of(quantity)}]" if unit_of(quantity) else name


def _draw_map(axes: Any, image: NDArray[Any], maps: xr.Dataset, quantity: str, name: str, limit: float) -> None:
    show_picture(axes, image)
    low = 0.0 if quantity == "amplitude" else -limit
    colors = "viridis" if quantity == "amplitude" else "RdBu_r"
    down, across = (_edges(maps[axis].values, float(maps.attrs["step"])) for axis in ("row", "col"))
    drawn = axes.pcolormesh(
        across, down, np.ma.masked_invalid(maps[quantity].values), cmap=colors, vmin=low, vmax=limit, rasterized=True
    )
    bar = axes.figure.colorbar(drawn, ax=axes, shrink=0.8, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    axes.set_title(label_of(quantity, name), fontsize=9)


def _edges(places: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    return np.concatenate([[places[0] - step / 2], (places[1:] + places[:-1]) / 2, [places[-1] + step / 2]])


def _draw_profile(axes: Any, profile: xr.Dataset, quantity: str, name: str, unit: str) -> None:
    distance, values = profile.distance.values, profile[quantity].values
    if f"{quantity}_error" in profile:
        error = profile[f"{quantity}_error"].values
        axes.fill_between(distance, values - error, values + error, color="#0072B2", alpha=0.25, lw=0)
    axes.plot(distance, values, color="#0072B2", lw=1.2)
    axes.set_xlabel(_("distance [{unit}]").format(unit=unit), fontsize=8)
    axes.set_ylabel(label_of(quantity, name), fontsize=8)
    _plain(axes)


def _draw_values(axes: Any, maps: xr.Dataset, quantity: str, name: str) -> None:
    values = maps[quantity].values
    axes.hist(values[np.isfinite(values)], bins=30, color="#0072B2")
    axes.set_xlabel(label_of(quantity, name), fontsize=8)
    axes.set_ylabel(_("places"), fontsize=8)
    _plain(axes)


def _plain(axes: Any) -> None:
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
