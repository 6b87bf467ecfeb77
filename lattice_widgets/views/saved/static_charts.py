"""What a chart of bqplot looks like on paper, drawn with Pillow: it cannot be asked for a picture without a browser."""

import re
from collections.abc import Sequence
from typing import Any

import bqplot
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from lattice_widgets.views.saved.static_painters import INK, PALE, PAPER, font

__all__ = ["paint_figure"]


class _Axis:
    """From a number to a place along one side of a chart."""

    def __init__(self, scale: Any, values: list[NDArray[Any]], start: float, end: float) -> None:
        self.start, self.end, self.logarithmic = start, end, isinstance(scale, bqplot.LogScale)
        flat = np.concatenate([np.ravel(part).astype(float) for part in values] or [np.zeros(0)])
        flat = flat[np.isfinite(flat) & ((flat > 0) | (not self.logarithmic))]
        low, high = (flat.min(), flat.max()) if flat.size else (0.0, 1.0)
        self.low = low if getattr(scale, "min", None) is None else scale.min
        self.high = high if getattr(scale, "max", None) is None else scale.max
        if self.high <= self.low:
            self.high = self.low + 1.0
        if getattr(scale, "reverse", False):
            self.start, self.end = end, start

    def place(self, values: Any) -> NDArray[np.float64]:
        array = np.asarray(values, float)
        if self.logarithmic:
            with np.errstate(divide="ignore", invalid="ignore"):
                part = np.log(array / self.low) / np.log(self.high / self.low)
        else:
            part = (array - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self) -> NDArray[np.float64]:
        if self.logarithmic:
            return 10.0 ** np.arange(np.ceil(np.log10(self.low) - 1e-9), np.floor(np.log10(self.high) + 1e-9) + 1)
        step = 10.0 ** np.floor(np.log10((self.high - self.low) / 2))
        step *= next(part for part in (1, 2, 5, 10) if (self.high - self.low) / (part * step) < 6)
        return step * np.arange(np.ceil(self.low / step - 1e-9), np.floor(self.high / step + 1e-9) + 1)


def paint_figure(figure: bqplot.Figure, width: int) -> Image.Image:
    """Return a chart of bqplot: its lines, points, bars, words and axes, on linear and logarithmic scales."""
    found = re.match(r"(\d+)px", figure.layout.height or "")
    height = int(found[1]) if found else 240
    margin = {"top": 10, "bottom": 30, "left": 40, "right": 10, **figure.fig_margin}
    picture = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(picture)
    area = (margin["left"], margin["top"], width - margin["right"], height - margin["bottom"])
    marks = [mark for mark in figure.marks if getattr(mark, "visible", True)]
    axes: dict[int, _Axis] = {}

    def axis(scale: Any, vertical: bool) -> _Axis:
        if id(scale) not in axes:
            values = [
                np.asarray(getattr(mark, name))
                for mark in marks
                for name in ("x", "y")
                if mark.scales.get(name) is scale and not isinstance(mark, bqplot.Label)
            ]
            ends = (area[3], area[1]) if vertical else (area[0], area[2])
            axes[id(scale)] = _Axis(scale, values, *map(float, ends))
        return axes[id(scale)]

    for line in figure.axes:
        _paint_axis(picture, line, axis(line.scale, line.orientation == "vertical"), area)
    for mark in marks:
        if isinstance(mark, bqplot.Bars):
            _paint_bars(pen, mark, axis)
            continue
        if "x" not in mark.scales or "y" not in mark.scales:
            continue
        x, y = axis(mark.scales["x"], False).place(mark.x), axis(mark.scales["y"], True).place(mark.y)
        if isinstance(mark, bqplot.Label):
            _paint_words(pen, mark, x, y)
        elif isinstance(mark, bqplot.Scatter):
            _paint_points(pen, mark, x, y)
        elif isinstance(mark, bqplot.Lines):
            _paint_lines(pen, mark, x, y)
    return picture


def _paint_axis(picture: Image.Image, line: Any, axis: _Axis, area: tuple[int, int, int, int]) -> None:
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = area
    vertical = line.orientation == "vertical"
    pen.line((left, top, left, bottom) if vertical else (left, bottom, right, bottom), PALE)
    values = axis.ticks() if line.tick_values is None else np.asarray(line.tick_values, float)
    labels = line.tick_labels or {}
    for value, place in zip(values, axis.place(values), strict=True):
        percent = "%" in (line.tick_format or "")
        text = labels.get(f"{value:g}", f"{100 * value:.0f} %" if percent else f"{value:g}")
        if vertical:
            pen.line((left - 4, place, left, place), PALE)
            pen.text((left - 7, place), text, INK, font(10), anchor="rm")
        else:
            pen.line((place, bottom, place, bottom + 4), PALE)
            pen.text((place, bottom + 6), text, INK, font(10), anchor="ma")
    if not line.label:
        return
    if vertical:
        label = Image.new("RGB", (round(pen.textlength(line.label, font(10))) + 2, 14), PAPER)
        ImageDraw.Draw(label).text((0, 0), line.label, INK, font(10))
        turned = label.rotate(90, expand=True)
        picture.paste(turned, (0, max(0, round((top + bottom - turned.height) / 2))))
    else:
        pen.text(((left + right) / 2, bottom + 20), line.label, INK, font(10), anchor="ma")


def _color(colors: Sequence[Any] | None, number: int, opacity: float = 1.0) -> str:
    """Return the color of the n-th part, mixed with the paper; colors of the theme become ink."""
    name = colors[number % len(colors)] if colors else "#0072B2"
    try:
        rgb = ImageColor.getrgb(name)
    except (ValueError, AttributeError):
        rgb = ImageColor.getrgb(INK)
    return "#" + "".join(f"{round(opacity * part + (1 - opacity) * 255):02x}" for part in rgb[:3])


def _paint_bars(pen: ImageDraw.ImageDraw, mark: bqplot.Bars, axis: Any) -> None:
    lying = mark.orientation == "horizontal"
    along, value = axis(mark.scales["x"], lying), axis(mark.scales["y"], not lying)
    places, ends = along.place(mark.x), value.place(np.atleast_2d(mark.y)[-1])
    base = float(value.place(max(0.0, value.low)))
    spacing = abs(float(np.diff(places[:2])[0])) if len(places) > 1 else 40.0
    half = spacing * (1 - mark.padding) / 2
    for number, (place, end) in enumerate(zip(places, ends, strict=True)):
        start, stop = sorted((base, float(end)))
        box = (start, place - half, stop, place + half) if lying else (place - half, start, place + half, stop)
        if stop - start >= 0.5:
            pen.rectangle(box, fill=_color(mark.colors, number))


def _paint_words(pen: ImageDraw.ImageDraw, mark: bqplot.Label, x: Any, y: Any) -> None:
    anchor = {"start": "lm", "middle": "mm", "end": "rm"}[mark.align]
    for number, (across, down, text) in enumerate(zip(np.atleast_1d(x), np.atleast_1d(y), mark.text, strict=False)):
        at = (across + mark.x_offset, down + mark.y_offset)
        pen.text(at, str(text), _color(mark.colors, number), font(round(0.92 * mark.default_size)), anchor=anchor)


def _paint_points(pen: ImageDraw.ImageDraw, mark: bqplot.Scatter, x: Any, y: Any) -> None:
    radius = max(1.5, (mark.default_size / np.pi) ** 0.5)
    opacity = mark.opacities[0] if len(mark.opacities or ()) else 1.0
    shapes = {"square": 4, "diamond": 4, "triangle-up": 3, "triangle-down": 3}
    for number, (across, down) in enumerate(zip(x, y, strict=False)):
        if not (np.isfinite(across) and np.isfinite(down)):
            continue
        color = _color(mark.colors, number, opacity)
        if mark.marker in shapes:
            turn = {"diamond": 45, "triangle-down": 180}.get(mark.marker, 0)
            pen.regular_polygon((across, down, 1.2 * radius), shapes[mark.marker], turn, fill=color)
        else:
            pen.ellipse((across - radius, down - radius, across + radius, down + radius), fill=color)


def _paint_lines(pen: ImageDraw.ImageDraw, mark: bqplot.Lines, x: Any, y: Any) -> None:
    across, down = np.broadcast_arrays(np.atleast_2d(x), np.atleast_2d(y))
    dashed = mark.line_style in ("dashed", "dotted", "dash_dotted")
    for number, (xs, ys) in enumerate(zip(across, down, strict=True)):
        points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True) if np.isfinite(a) and np.isfinite(b)]
        color, thick = _color(mark.colors, number), max(1, round(mark.stroke_width))
        if dashed and len(points) > 1:
            for part in _dashes(points):
                pen.line(part, color, thick)
        elif len(points) > 1:
            pen.line(points, color, thick, joint="curve")
        if mark.marker:
            for a, b in points:
                pen.ellipse((a - 2.5, b - 2.5, a + 2.5, b + 2.5), fill=color)


def _dashes(points: list[tuple[float, float]], dash: float = 6.0) -> list[list[tuple[float, float]]]:
    """Cut a line into dashes."""
    corners = np.array(points)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    starts = np.arange(0, way[-1], 2 * dash)
    cut = [np.stack([np.interp(s + np.array([0, dash]), way, corners[:, k]) for k in range(2)], 1) for s in starts]
    return [[(float(a), float(b)) for a, b in part] for part in cut]
