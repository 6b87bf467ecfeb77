"""What a chart of bqplot looks like on paper: it cannot be asked for a picture without a browser, so Matplotlib draws it."""

import re
from collections.abc import Sequence
from typing import Any

import bqplot
import numpy as np
from PIL import Image

from lattice_widgets.views.saved.static_painters import INK, PALE
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["paint_figure"]

#: pixels of the picture in an inch, and points in a pixel
_DPI, _POINT = 100, 0.72
_MARKERS = {style.marker: style.matplotlib_marker for style in CLASS_STYLES.values()}
_DASHES = {"dashed": "--", "dotted": ":", "dash_dotted": "-."}


def paint_figure(figure: bqplot.Figure, width: int) -> Image.Image:
    """Return a chart of bqplot: its lines, points, bars, words and axes, on linear and logarithmic scales.

    Matplotlib is loaded here and not before: a widget without a chart does without it.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = re.match(r"(\d+)px", figure.layout.height or "")
    height = int(found[1]) if found else 240
    margin = {"top": 10, "bottom": 30, "left": 40, "right": 10, **figure.fig_margin}
    paper = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
    canvas = FigureCanvasAgg(paper)
    area = (
        margin["left"] / width,
        margin["bottom"] / height,
        max(1, width - margin["left"] - margin["right"]) / width,
        max(1, height - margin["top"] - margin["bottom"]) / height,
    )
    marks = [mark for mark in figure.marks if getattr(mark, "visible", True) and {"x", "y"} <= set(mark.scales)]
    drawn: dict[tuple[int, int], Any] = {}
    for mark in marks:
        axes = _axes_of(paper, area, mark, marks, drawn)
        for kind, draw in _DRAW.items():
            if isinstance(mark, kind):
                draw(axes, mark)
                break
    for line in figure.axes:
        along = 1 if line.orientation == "vertical" else 0
        for scales, axes in drawn.items():
            if scales[along] == id(line.scale):
                _draw_axis(axes, line, along == 1)
                break
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def _axes_of(paper: Any, area: Any, mark: Any, marks: Sequence[Any], drawn: dict[tuple[int, int], Any]) -> Any:
    """Return the Matplotlib axes of the pair of scales that a mark has; all pairs lie over each other."""
    lying = isinstance(mark, bqplot.Bars) and mark.orientation == "horizontal"
    across, up = (mark.scales["y"], mark.scales["x"]) if lying else (mark.scales["x"], mark.scales["y"])
    key = (id(across), id(up))
    if key not in drawn:
        axes = paper.add_axes(area, label=str(len(drawn)), facecolor="none")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        for scale, direction in ((across, "x"), (up, "y")):
            if isinstance(scale, bqplot.LogScale):
                getattr(axes, f"set_{direction}scale")("log")
            getattr(axes, f"set_{direction}lim")(*_ends(scale, marks))
            getattr(axes, f"{direction}axis").set_tick_params(which="both", length=0, labelsize=0, labelcolor="none")
        drawn[key] = axes
    return drawn[key]


def _ends(scale: Any, marks: Sequence[Any]) -> tuple[float, float]:
    """Return the values at the ends of a scale: its own, or those of what is drawn along it."""
    values = [
        np.ravel(np.asarray(getattr(mark, name), float))
        for mark in marks
        for name in ("x", "y")
        if mark.scales[name] is scale and not isinstance(mark, bqplot.Label)
    ]
    flat = np.concatenate(values or [np.zeros(0)])
    flat = flat[np.isfinite(flat) & ((flat > 0) | (not isinstance(scale, bqplot.LogScale)))]
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.1, 1.0)
    low = low if scale.min is None else scale.min
    high = high if scale.max is None else scale.max
    if high <= low:
        high = 10 * low if isinstance(scale, bqplot.LogScale) else low + 1.0
    return (high, low) if scale.reverse else (low, high)


def _draw_axis(axes: Any, line: Any, vertical: bool) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis = axes.yaxis if vertical else axes.xaxis
    labels, percent = line.tick_labels or {}, "%" in (line.tick_format or "")

    def name(value: float, place: Any = None) -> str:
        return labels.get(f"{value:g}", f"{100 * value:.0f} %" if percent else f"{value:g}")

    if line.tick_values is not None:
        axis.set_major_locator(FixedLocator(np.asarray(line.tick_values, float).tolist()))
    elif isinstance(line.scale, bqplot.LogScale):
        from matplotlib.ticker import LogLocator

        axis.set_major_locator(LogLocator(numticks=8))
    else:
        from matplotlib.ticker import MaxNLocator

        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(name))
    axis.set_tick_params(length=4 * _POINT, color=PALE, labelcolor=INK, labelsize=10 * _POINT)
    spine = axes.spines["left" if vertical else "bottom"]
    spine.set(visible=True, color=PALE)
    if line.label:
        axis.set_label_text(line.label, color=INK, fontsize=10 * _POINT)
        axis.labelpad = 2


def _color(colors: Sequence[Any] | None, number: int) -> str:
    """Return the color of the n-th part; colors of the page's theme become ink."""
    from matplotlib.colors import is_color_like

    name = colors[number % len(colors)] if colors else "#0072B2"
    return name if is_color_like(name) else INK


def _draw_bars(axes: Any, mark: bqplot.Bars) -> None:
    places, ends = np.asarray(mark.x, float), np.atleast_2d(np.asarray(mark.y, float))[-1]
    thick = (1 - mark.padding) * (abs(float(np.diff(places[:2])[0])) if len(places) > 1 else 1.0)
    draw = axes.barh if mark.orientation == "horizontal" else axes.bar
    draw(places, ends, thick, color=[_color(mark.colors, number) for number in range(len(places))], clip_on=False)


def _draw_words(axes: Any, mark: bqplot.Label) -> None:
    side = {"start": "left", "middle": "center", "end": "right"}[mark.align]
    for number, (x, y, text) in enumerate(zip(np.atleast_1d(mark.x), np.atleast_1d(mark.y), mark.text, strict=False)):
        axes.annotate(
            str(text).replace("$", r"\$"),
            (float(x), float(y)),
            (mark.x_offset, -mark.y_offset),
            textcoords="offset pixels",
            color=_color(mark.colors, number),
            fontsize=0.92 * mark.default_size * _POINT,
            ha=side,
            va="center",
            annotation_clip=False,
        )


def _draw_points(axes: Any, mark: bqplot.Scatter) -> None:
    x, y = np.asarray(mark.x, float), np.asarray(mark.y, float)
    count = min(len(x), len(y))
    axes.scatter(
        x[:count],
        y[:count],
        s=max(7.0, mark.default_size) * 1.27 * _POINT**2,
        c=[_color(mark.colors, number) for number in range(count)],
        marker=_MARKERS.get(mark.marker, "o"),
        alpha=mark.opacities[0] if len(mark.opacities or ()) else 1.0,
        linewidths=0,
        clip_on=False,
    )


def _draw_lines(axes: Any, mark: bqplot.Lines) -> None:
    across, up = np.broadcast_arrays(np.atleast_2d(mark.x), np.atleast_2d(mark.y))
    if mark.fill == "between":
        shade, thin = _color(mark.fill_colors, 0), mark.fill_opacities[0]
        axes.fill_between(across[0].astype(float), *up[:2].astype(float), color=shade, alpha=thin, linewidth=0)
        return
    for number, (x, y) in enumerate(zip(across.astype(float), up.astype(float), strict=True)):
        axes.plot(
            x,
            y,
            color=_color(mark.colors, number),
            linewidth=mark.stroke_width * _POINT,
            linestyle=_DASHES.get(mark.line_style, "-"),
            marker=_MARKERS.get(mark.marker, "o") if mark.marker else None,
            markersize=5 * _POINT,
            clip_on=bool(mark.apply_clip),
        )


_DRAW: dict[Any, Any] = {
    bqplot.Bars: _draw_bars,
    bqplot.Label: _draw_words,
    bqplot.Scatter: _draw_points,
    bqplot.Lines: _draw_lines,
}
