"""The publication figure of a map of the lattice: strain, rotation or amplitude over the picture, with units and resolution."""

from collections.abc import Callable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _
from lattice_widgets.views.figures.figure_parts import scale_bar, show_picture
from lattice_widgets.views.figures.grain_figure import draw_dislocations
from lattice_widgets.views.shared.numbers import true_minus

# xarray takes half a second to import, and a dataset brings it along
if TYPE_CHECKING:
    import xarray as xr

    from lattice_widgets.core.maps.dislocations import Dislocation

__all__ = [
    "MAPS",
    "MOIRE_MAPS",
    "color_range",
    "draw_map",
    "is_rising",
    "label_of",
    "name_of",
    "plot_strain",
    "unit_of",
]

#: the maps that can be drawn, what each is called, and its unit
MAPS: dict[str, tuple[str, str]] = {
    "strain_xx": (N_("strain xx"), "%"),
    "strain_yy": (N_("strain yy"), "%"),
    "strain_xy": (N_("strain xy"), "%"),
    "dilation": (N_("dilation"), "%"),
    "rotation": (N_("rotation"), "°"),
    "amplitude": (N_("amplitude"), ""),
}
#: those of the moire of two layers; the unit of lengths is that of the picture
MOIRE_MAPS: dict[str, str] = {
    "offset": N_("offset of the layers"),
    "twist": N_("twist of the layers"),
    "a": N_("moire period a"),
    "b": N_("moire period b"),
}
#: their colors rise from zero; those of others lie around zero, and those of the moire around its median
_RISING = ("amplitude", "offset")
#: these share a range of colors: what is redder is more strained
_STRAINS = ("strain_xx", "strain_yy", "strain_xy", "dilation")
#: share of the places whose values the colors tell apart; a bar of colors says by its arrows that there are others
_SHOWN = 0.99
#: letters of a title that fit over a panel
_TITLE = 34
#: and the colors reach at least so many errors to either side
_ERRORS = 4.0


def is_rising(quantity: str) -> bool:
    """Tell whether the colors of a map rise from zero; those of others lie to both sides of a middle."""
    return quantity in _RISING


def color_range(maps: "xr.Dataset", quantity: str, limit: float = 0.0) -> tuple[float, float]:
    """Return the values at the two ends of the colors of a map.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice` or `map_moire`.
    quantity : str
        A key of `MAPS` or `MOIRE_MAPS`.
    limit : float
        How far the colors reach from zero or from the middle; 0: as the map needs it.

    Returns
    -------
    low, high : float
        The same to both sides of zero, so that zero is white, or of the median of periods and twist of a moire; the same for
        all strains of a picture; from 0 for amplitude and offset. Beyond it lies at most one place of a hundred; rounded up to
        two digits.
    """
    names = [name for name in (_STRAINS if quantity in _STRAINS else (quantity,)) if name in maps]
    values = np.concatenate([maps[name].values.ravel() for name in names])
    values = values[np.isfinite(values)]
    middle = 0.0
    if quantity in MOIRE_MAPS and quantity not in _RISING and len(values):
        middle = float(np.median(values))
    high = limit or _reach(maps, names, np.abs(values - middle))
    return (0.0, high) if quantity in _RISING else (middle - high, middle + high)


def _reach(maps: "xr.Dataset", names: Sequence[str], values: NDArray[np.float64]) -> float:
    """Return how far the colors reach, by how far the values lie from the middle."""
    high = float(np.quantile(values, _SHOWN)) if len(values) else 0.0
    # where nothing is strained, the noise is not blown up to full color
    high = max(high, *(_ERRORS * _usual_error(maps, name) for name in names))
    if not high > 0:
        high = 1.0
    digit = 10.0 ** (np.floor(np.log10(high)) - 1)
    return float(f"{np.ceil(high / digit - 1e-9) * digit:.3g}")


def plot_strain(
    maps: "xr.Dataset",
    quantities: Sequence[str] = ("strain_xx", "strain_yy", "strain_xy", "rotation"),
    image: NDArray[Any] | None = None,
    *,
    opacity: float = 0.8,
    caption: str | None = None,
    dislocations: "Sequence[Dislocation]" = (),
) -> Any:
    """Return a Matplotlib figure of one or several maps.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice`.
    quantities : sequence of str
        Keys of `MAPS`, a panel each.
    image : ndarray, shape (rows, cols), optional
        The picture, shown in gray below the maps. Without it only the part that was mapped is shown.
    opacity : float
        Of the colors over the picture, 0 to 1.
    caption : str, optional
        Below; left out, it says reference and resolution.
    dislocations : sequence of Dislocation
        Drawn into each map, from `find_dislocations`.

    Raises
    ------
    ValueError
        If a quantity is none of `MAPS`.
    """
    from lattice_widgets.views.figures.publication import PublicationFigure

    unknown = [name for name in quantities if name not in MAPS or name not in maps]
    if unknown or not quantities:
        raise ValueError(
            _("There is no map {name}: choose of {names}.").format(
                name=", ".join(map(repr, unknown)), names=", ".join(MAPS)
            )
        )
    edges = _borders(maps)
    across = min(len(quantities), 2)
    down = -(-len(quantities) // across)
    rows, cols = image.shape if image is not None else (float(np.ptp(each)) for each in edges)
    width = 4.4 * across
    height = min(max(width / across * 0.78 * rows / cols, 1.6), 8.0) + 0.35
    figure = PublicationFigure(figsize=(width, height * down + 0.5), layout="constrained")
    for axes, name in zip(np.ravel(figure.subplots(down, across, squeeze=False)), quantities, strict=False):
        draw_map(axes, maps, name, image, opacity=opacity)
        draw_dislocations(axes, dislocations)
    for axes in figure.axes[len(quantities) : across * down]:
        axes.set_axis_off()
    figure.supxlabel(fill(true_minus(_describe(maps) if caption is None else caption), int(13 * width)), fontsize=8)
    return figure


def _describe(maps: "xr.Dataset") -> str:
    """Return what a map was measured against, and how fine it is, in two sentences."""
    nm = float(maps.attrs["pixel_size"])
    width = FWHM * (maps.attrs["mask_sigma_nm"] if nm else maps.attrs["mask_sigma"])
    return _(
        "Measured against {reference}. The circle is what one place averages over: {width} {unit} at half maximum. "
        "x points right, y down; positive rotation is counter-clockwise."
    ).format(reference=maps.attrs["reference"], width=f"{width:.3g}", unit="nm" if nm else "px")


def name_of(quantity: str) -> str:
    """Return the name of a map, translated."""
    return _(MOIRE_MAPS[quantity] if quantity in MOIRE_MAPS else MAPS[quantity][0])


def unit_of(quantity: str, maps: "xr.Dataset | None" = None) -> str:
    """Return the unit of a map; that of a length of a moire as its maps have it."""
    if quantity in MAPS:
        return MAPS[quantity][1]
    unit = "" if maps is None else str(maps[quantity].attrs["units"])
    return "°" if unit == "degrees" else unit


def label_of(quantity: str, maps: "xr.Dataset | None" = None) -> str:
    """Return the name of a map with its unit, translated."""
    unit = unit_of(quantity, maps)
    return f"{name_of(quantity)} [{unit}]" if unit else name_of(quantity)


def _borders(maps: "xr.Dataset") -> list[NDArray[np.float64]]:
    """Return the borders of the cells around the places, (rows + 1,) and (cols + 1,) [px]."""
    step, found = float(maps.attrs["step"]), []
    for axis in ("row", "col"):
        places = np.asarray(maps[axis].values, np.float64)
        found.append(np.concatenate([[places[0] - step / 2], (places[1:] + places[:-1]) / 2, [places[-1] + step / 2]]))
    return found


def draw_map(
    axes: Any,
    maps: "xr.Dataset",
    name: str,
    image: NDArray[Any] | None = None,
    *,
    limit: float | None = None,
    opacity: float = 0.8,
) -> None:
    """Draw a map with its bar of colors, a scale bar, and the circle that a place averages over.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where.
    maps : xarray.Dataset
        From `map_lattice` or `map_moire`.
    name : str
        A key of `MAPS` or `MOIRE_MAPS`.
    image : ndarray, shape (rows, cols), optional
        The picture below it.
    limit : float, optional
        As of `color_range`.
    opacity : float
        Of the colors over the picture, 0 to 1.
    """
    from matplotlib.patches import Circle
    from matplotlib.patheffects import withStroke

    label, unit = name_of(name), unit_of(name, maps)
    edges = _borders(maps)
    values = np.ma.masked_invalid(maps[name].values)
    low, high = color_range(maps, name, limit or 0.0)
    if image is not None:
        show_picture(axes, image)
        left, top, shape = -0.5, -0.5, image.shape
    else:
        left, top = edges[1][0], edges[0][0]
        shape = round(np.ptp(edges[0])), round(np.ptp(edges[1]))
        axes.set_facecolor("#bbbbbb")
    mesh = axes.pcolormesh(
        edges[1], edges[0], values, vmin=low, vmax=high, cmap="viridis" if name in _RISING else "RdBu_r",
        alpha=opacity if image is not None else 1.0, linewidth=0, rasterized=True,
    )  # fmt: skip
    axes.set(xlim=(left, left + shape[1]), ylim=(top + shape[0], top), xticks=[], yticks=[], aspect="equal")
    bar = axes.figure.colorbar(mesh, ax=axes, extend=_beyond(values, low, high), fraction=0.05, pad=0.02)
    bar.solids.set_alpha(1)
    bar.set_label(label_of(name, maps), fontsize=8)
    bar.ax.tick_params(labelsize=8)
    title = _title(maps, name, label, unit)
    axes.set_title(true_minus(fill(title, _TITLE) if name in MOIRE_MAPS else title), fontsize=9)
    known = float(maps.attrs["pixel_size"])
    _moved(axes, left + 0.5, top + 0.5, lambda: scale_bar(axes, shape, known or 1.0, "nm" if known else "px"))
    radius = FWHM / 2 * float(maps.attrs["mask_sigma"])
    margin = 0.04 * shape[1]
    around = (left + shape[1] - radius - margin, top + shape[0] - radius - margin)
    circle = Circle(around, radius, fill=False, ec="white", lw=1.2)
    circle.set_path_effects([withStroke(linewidth=2.6, foreground="black")])
    axes.add_patch(circle)


def _moved(axes: Any, left: float, top: float, draw: Callable[[], None]) -> None:
    """Draw what counts from the first pixel of a picture in a part of one."""
    lines, texts = len(axes.lines), len(axes.texts)
    draw()
    for line in axes.lines[lines:]:
        line.set_data(line.get_xdata() + left, np.asarray(line.get_ydata()) + top)
    for text in axes.texts[texts:]:
        x, y = text.get_position()
        text.set_position((x + left, y + top))


def _title(maps: "xr.Dataset", name: str, label: str, unit: str) -> str:
    if name in _RISING:
        return label
    mean = float(np.nanmean(maps[name])) if np.isfinite(maps[name]).any() else np.nan
    if not np.isfinite(mean):
        return _("{quantity}: no place shows the lattice").format(quantity=label)
    error, unit = _usual_error(maps, name), unit if unit == "°" else f" {unit}"
    return _("{quantity}: mean {mean}; error at one place {error}").format(
        quantity=label, mean=f"{with_error(mean, error).partition(' ')[0]}{unit}", error=f"{error:.1g}{unit}"
    )


def _usual_error(maps: "xr.Dataset", name: str) -> float:
    """Return the median of the standard deviations of a map, 0 if it has none."""
    errors = maps[f"{name}_error"].values if f"{name}_error" in maps else np.array([])
    errors = errors[np.isfinite(errors)]
    return float(np.median(errors)) if len(errors) else 0.0


def _beyond(values: Any, low: float, high: float) -> str:
    if not values.count():
        return "neither"
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(
        (bool(values.min() < low), bool(values.max() > high)), "neither"
    )
