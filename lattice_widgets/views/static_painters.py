"""What a picture, a chart and a map of points look like on paper: Pillow draws what the browser's canvas would show.

Not pixel for pixel: small, readable, in the same colors. Sizes are in pixels of the drawing.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import bqplot
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from lattice_widgets.views.picture_canvas import PictureCanvas

__all__ = ["INK", "PALE", "PAPER", "font", "paint_figure", "paint_picture"]

INK, PALE, PAPER = "#333333", "#bbbbbb", "#ffffff"
_HALO = "#000000"
#: as in color_maps.js: three decades
_LOG_STRENGTH = 999
_TITLE = 20


@lru_cache(maxsize=8)
def font(size: int = 12, bold: bool = False) -> Any:
    """Return the font that Matplotlib brings along, which has Greek letters and the glyphs of the classes."""
    spec = find_spec("matplotlib")  # found, not imported: that would take half a second
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / f"DejaVuSans{'-Bold' if bold else ''}.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)


@lru_cache(maxsize=8)
def _color_table(name: str) -> NDArray[np.uint8]:
    """Colors of a map, (256, 3), from the tables that the browser uses."""
    source = (Path(__file__).parent / "color_maps.js").read_text(encoding="utf-8")
    block = source[source.index("COLOR_TABLES = {") : source.index("};")]
    tables = {
        key: "".join(re.findall(r'"([0-9a-f]+)"', body)) for key, body in re.findall(r"(\w+):((?:[^,])*),", block)
    }
    anchors = np.frombuffer(bytes.fromhex(tables[name.removesuffix("_r")]), np.uint8).reshape(-1, 3)
    places = np.linspace(0, len(anchors) - 1, 256)[:: -1 if name.endswith("_r") else 1]
    return (
        np.stack([np.interp(places, np.arange(len(anchors)), anchors[:, k]) for k in range(3)], 1)
        .round()
        .astype(np.uint8)
    )


def _display_table(canvas: PictureCanvas, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Color of each byte, (256, 3), through scale, contrast and gamma as color_maps.js does it."""
    lowest = 1 if canvas.missing else 0
    part = np.clip((np.arange(256) - lowest) / (255 - lowest), 0, 1)
    low, high = canvas.value_low, canvas.value_high
    if canvas.value_scale == "log" and low > 0:
        part = (low * (high / low) ** part - low) / (high - low) if high > low else part
    if canvas.log:
        part = np.log1p(_LOG_STRENGTH * part) / np.log1p(_LOG_STRENGTH)
    darkest, brightest = canvas.low, canvas.high
    if canvas.contrast_cut > 0:
        darkest, brightest = np.percentile(part[pixels], [canvas.contrast_cut, 100 - canvas.contrast_cut])
    bright = np.clip((part - darkest) / max(brightest - darkest, 1e-6), 0, 1) ** canvas.gamma
    table = _color_table(canvas.color_map)[np.rint(255 * bright).astype(int)].copy()
    if canvas.missing:
        table[0] = 200
    return table


def paint_picture(canvas: PictureCanvas, width: int) -> Image.Image | None:
    """Return a picture with its title, overlays and scale bar; None if there is no picture yet."""
    if not canvas.pixels:
        return None
    pixels = np.frombuffer(canvas.pixels, np.uint8).reshape(canvas.rows, canvas.cols)
    top, left, tall, wide = canvas.view or (0.0, 0.0, float(canvas.rows), float(canvas.cols))
    known = min(canvas.pixel_size) > 0
    size_row, size_col = canvas.pixel_size if known else (1.0, 1.0)
    width = min(width, canvas.display_width)
    height = max(1, round(width * tall * size_row / (wide * size_col)))
    if height > 1.4 * width:
        width, height = max(1, round(1.4 * width * width / height)), round(1.4 * width)
    colored = Image.fromarray(_display_table(canvas, pixels)[pixels])
    smooth = canvas.smooth or width < wide
    way = Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST
    shown = colored.resize((width, height), way, box=(left, top, left + wide, top + tall))
    pen = ImageDraw.Draw(shown)

    def place(row: float, col: float) -> tuple[float, float]:
        return (col - left) / wide * width, (row - top) / tall * height

    for ring in canvas.rings:
        x, y = place(canvas.rows // 2 + 0.5, canvas.cols // 2 + 0.5)
        across, down = ring / size_col / wide * width, ring / size_row / tall * height
        _ellipse(pen, (x - across, y - down, x + across, y + down), "#E69F00")
    if canvas.show_points:
        radius = 0.75 * canvas.point_size
        for row, col in np.frombuffer(canvas.points, np.float32).reshape(-1, 2):
            x, y = place(row + 0.5, col + 0.5)
            _ellipse(pen, (x - radius, y - radius, x + radius, y + radius), canvas.point_color)
    boxes = [*canvas.boxes]
    if canvas.window:
        boxes.append({**dict(zip(("row", "col", "height", "width"), canvas.window, strict=True)), "color": "#F0E442"})
    for box in boxes:
        corners = (*place(box["row"], box["col"]), *place(box["row"] + box["height"], box["col"] + box["width"]))
        pen.rectangle(corners, outline=_HALO, width=4)
        pen.rectangle(corners, outline=box.get("color") or "#ffffff", width=2)
        if box.get("label"):
            pen.text(
                (corners[0] + 3, corners[1] + 2), box["label"], "#ffffff", font(11), stroke_width=2, stroke_fill=_HALO
            )
    if canvas.scale_bar:
        _scale_bar(pen, wide * size_col / width, canvas.unit if known else "px", width, height)
    return _below(canvas.title, shown)


def _ellipse(pen: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], color: str) -> None:
    pen.ellipse(tuple(c + d for c, d in zip(corners, (-1, -1, 1, 1), strict=True)), outline=_HALO, width=3)
    pen.ellipse(corners, outline=color, width=2)


def _scale_bar(pen: ImageDraw.ImageDraw, unit_per_px: float, unit: str, width: int, height: int) -> None:
    limit = unit_per_px * 0.3 * width
    if not 0 < limit < np.inf or width < 80:
        return
    decade = 10.0 ** np.floor(np.log10(limit) + 1e-9)
    value = next(step for step in (5, 2, 1) if step * decade <= limit * (1 + 1e-9)) * decade
    name = f"{unit[2:]}⁻¹" if unit.startswith("1/") else unit
    label, length = f"{value:.4g} {name}", value / unit_per_px
    room = max(length, pen.textlength(label, font(11))) + 12
    pen.rectangle((6, height - 34, 6 + room, height - 6), fill="#202020")
    pen.text((6 + room / 2, height - 26), label, "#ffffff", font(11), anchor="mm")
    pen.rectangle((6 + (room - length) / 2, height - 15, 6 + (room + length) / 2, height - 12), fill="#ffffff")


def _below(title: str, picture: Image.Image) -> Image.Image:
    if not title:
        return picture
    whole = Image.new("RGB", (picture.width, picture.height + _TITLE), PAPER)
    whole.paste(picture, (0, _TITLE))
    while font(12, bold=True).getlength(title) > picture.width and len(title) > 2:
        title = title[:-2] + "…"
    ImageDraw.Draw(whole).text((0, 2), title, INK, font(12, bold=True))
    return whole


# ---- charts


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
        _paint_axis(pen, line, axis(line.scale, line.orientation == "vertical"), area)
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


def _paint_axis(pen: ImageDraw.ImageDraw, line: Any, axis: _Axis, area: tuple[int, int, int, int]) -> None:
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
        pen._image.paste(turned, (0, max(0, round((top + bottom - turned.height) / 2))))  # type: ignore[attr-defined]
    else:
        pen.text(((left + right) / 2, bottom + 20), line.label, INK, font(10), anchor="ma")


def _color(colors: Sequence[Any] | None, number: int, opacity: float = 1.0) -> str:
    """Return the color of the n-th part, mixed with the paper; colors of the theme become ink."""
    name = colors[number % len(colors)] if colors else "#0072B2"
    try:
        rgb = ImageColor.getrgb(name)[:3]
    except (ValueError, AttributeError):
        rgb = ImageColor.getrgb(INK)
    return "#" + "".join(f"{round(opacity * part + (1 - opacity) * 255):02x}" for part in rgb)


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
