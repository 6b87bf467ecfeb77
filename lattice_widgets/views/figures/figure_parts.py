"""What the publication figures are made of: pictures with scale bars, bars of the classes, numbers with errors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["class_bars", "round_length", "scale_bar", "show_picture"]


def show_picture(
    axes: Any, image: NDArray[Any], *, color_map: str = "gray", percentiles: tuple[float, float] = (0.5, 99.5)
) -> None:
    """Show a picture (rows, cols), its darkest and brightest pixels cut off, without ticks."""
    low, high = np.nanpercentile(image, percentiles)
    rows, cols = image.shape
    axes.imshow(image, cmap=color_map, vmin=low, vmax=high if high > low else low + 1, interpolation="antialiased")
    axes.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])


def scale_bar(axes: Any, shape: tuple[int, int], pixel_size: float, unit: str) -> None:
    """Draw a scale bar of a round length, about a quarter of the picture wide; ``pixel_size`` in ``unit`` a pixel."""
    from matplotlib.patheffects import withStroke

    rows, cols = shape
    length = round_length(cols * pixel_size / 4)
    width = length / pixel_size
    axes.plot(
        [0.05 * cols, 0.05 * cols + width], [0.94 * rows] * 2, color="white", lw=3, solid_capstyle="butt",
        path_effects=[withStroke(linewidth=4, foreground="black")],
    )  # fmt: skip
    axes.text(
        0.05 * cols + width / 2, 0.91 * rows, f"{length:g} {unit}", color="white", ha="center", va="bottom",
        fontsize=8, bbox={"facecolor": "black", "alpha": 0.6, "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip


def round_length(length: float) -> float:
    """Return the largest of 1, 2, 5, 10, ... that is not longer.

    Examples
    --------
    >>> round_length(0.37), round_length(7.9)
    (0.2, 5.0)
    """
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step for step in (1, 2, 5) if step * power <= length * (1 + 1e-9)) * power)


def class_bars(
    axes: Any, classes: Sequence[str], values: ArrayLike, errors: ArrayLike | None = None, title: str = ""
) -> None:
    """Draw a bar for each class, 0 to 1, in its color and with its marker; ``errors`` are one standard deviation."""
    places = np.arange(len(classes))
    styles = [CLASS_STYLES[name] for name in classes]
    axes.barh(places, values, 0.7, color=[style.color for style in styles])
    if errors is not None:
        axes.errorbar(values, places, xerr=errors, fmt="none", ecolor="#333333", elinewidth=1, capsize=3)
    for place, style in zip(places, styles, strict=True):
        axes.plot(
            -0.05, place, style.matplotlib_marker, color=style.color, ms=6, clip_on=False,
            transform=axes.get_yaxis_transform(),
        )  # fmt: skip
    axes.set_yticks(places, [style.label for style in styles], fontsize=8)
    axes.tick_params(axis="y", length=0, pad=16)
    axes.tick_params(axis="x", labelsize=8)
    axes.set(xlim=(0, 1), ylim=(len(classes) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(lambda value, place: f"{100 * value:.0f} %")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, fontsize=9)
