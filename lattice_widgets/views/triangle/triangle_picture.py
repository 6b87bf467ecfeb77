"""What the map of lattices looks like on paper, for notebooks that are opened without a kernel, where no canvas draws."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from lattice_widgets.views.saved.static_painters import INK, PAPER, font

__all__ = ["paint_triangle"]

#: drawn so much larger, and shrunk: Pillow draws jagged lines
_FINE = 2
_REGION, _ACCENT = "#a8d8f3", "#1976d2"

Place = Callable[[float, float], tuple[float, float]]


def paint_triangle(triangle: Any, width: int) -> Image.Image:
    """Return the map with its dot, marks and path, and the colors of its ground.

    Parameters
    ----------
    triangle : TriangleMap
        The view.
    width : int
        Of the picture [px].
    """
    left, right, top, bottom = 30, 16, 58, 34
    side = _FINE * (width - left - right)
    height = round(0.82 * side)
    picture = Image.new("RGB", (_FINE * width, height + _FINE * (top + bottom)), PAPER)
    draw = ImageDraw.Draw(picture)

    def at(x: float, y: float) -> tuple[float, float]:
        return _FINE * left + x * side, _FINE * top + (1 - y) * height

    _write(draw, (0, 0), triangle.title, bold=True)
    weights, steps = triangle.ground()
    if steps:
        _ground(draw, weights, steps, triangle.class_colors, at)
    for mark in triangle.marks:
        for polygon in mark["region"]:
            if len(polygon) > 2:
                draw.polygon([at(x, y) for x, y in polygon], fill=_REGION, outline=INK)
    _frame(draw, triangle, at)
    path = [at(x, y) for x, y in triangle.path]
    if path:
        draw.line(path, fill=INK, width=2 * _FINE)
        for (x, y), word in zip((path[0], path[-1]), triangle.path_ends, strict=True):
            _write(draw, (x + 8 * _FINE, y + 4 * _FINE), word)
    for mark in triangle.marks:
        x, y = at(mark["x"], mark["y"])
        reach = 7 * _FINE
        if mark["kind"] == "picture":
            corners = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y), (x, y - reach)]
            draw.line(corners, fill=INK, width=2 * _FINE)
        else:
            draw.line([x - reach, y, x + reach, y], fill=INK, width=2 * _FINE)
            draw.line([x, y - reach, x, y + reach], fill=INK, width=2 * _FINE)
        _write(draw, (x + 10 * _FINE, y - 16 * _FINE), mark["name"])
    dot = at(*triangle.dot)
    _circle(draw, dot, 7, _ACCENT)
    _write(draw, (dot[0] + 11 * _FINE, dot[1] + 4 * _FINE), triangle.dot_name, bold=True)
    return picture.resize((width, picture.height // _FINE), Image.Resampling.LANCZOS)


def _frame(draw: ImageDraw.ImageDraw, triangle: Any, at: Place) -> None:
    """Draw edges and corners in the colors of their types, and the names."""
    colors = list(triangle.class_colors)
    names = [f"{glyph} {name}" for glyph, name in zip(triangle.class_glyphs, triangle.class_names, strict=True)]
    square, hexagonal, thin = at(0, 0), at(0, 1), at(1, 0)
    draw.line([square, thin], fill=colors[1], width=3 * _FINE)
    draw.line([square, hexagonal, thin], fill=colors[2], width=3 * _FINE)
    reach = 6 * _FINE
    box = (square[0] - reach, square[1] - reach, square[0] + reach, square[1] + reach)
    draw.rectangle(box, fill=colors[3], outline=INK)
    _circle(draw, hexagonal, 7, colors[4])
    _circle(draw, thin, 4, PAPER)
    slope, inside = at(0.5, 0.5), at(0.2, 0.36)
    for text, place in (
        (names[4], (hexagonal[0] - reach, hexagonal[1] - 26 * _FINE)),
        (names[3], (square[0] - reach, square[1] + 12 * _FINE)),
        (names[1], (at(0.45, 0)[0], square[1] + 12 * _FINE)),
        (names[2], (slope[0] + 12 * _FINE, slope[1] - 18 * _FINE)),
        (names[0], inside),
    ):
        _write(draw, place, text)


def _write(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, bold: bool = False) -> None:
    draw.text(place, text, fill=INK, font=font(12 * _FINE, bold), stroke_width=2 * _FINE, stroke_fill=PAPER)


def _circle(draw: ImageDraw.ImageDraw, place: tuple[float, float], radius: int, color: str) -> None:
    reach = radius * _FINE
    box = (place[0] - reach, place[1] - reach, place[0] + reach, place[1] + reach)
    draw.ellipse(box, fill=color, outline=INK, width=2 * _FINE)


def _ground(
    draw: ImageDraw.ImageDraw, weights: NDArray[np.float32], steps: int, colors: Sequence[str], at: Place
) -> None:
    """Fill the cells of a grid with the colors of the classes, mixed by their weights."""
    palette = np.array([ImageColor.getrgb(color) for color in colors], dtype=np.float64)
    row_starts = [j * (steps + 1) - j * (j - 1) // 2 for j in range(steps + 2)]
    for j in range(steps):
        for i in range(steps - j):
            for corners in (((i, j), (i + 1, j), (i, j + 1)), ((i + 1, j + 1), (i, j + 1), (i + 1, j))):
                if sum(corners[0]) > steps:
                    continue
                mean = weights[[row_starts[row] + col for col, row in corners]].mean(axis=0)
                if np.isnan(mean).any():
                    continue
                red, green, blue = (0.6 * np.sqrt(mean @ palette**2) + 0.4 * 255).astype(int).tolist()
                draw.polygon([at(col / steps, row / steps) for col, row in corners], fill=(red, green, blue))
