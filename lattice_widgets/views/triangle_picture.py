"""A picture of the map of lattices for notebooks that are opened without a kernel, where no canvas draws."""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from lattice_widgets.views.triangle_map import TriangleMap

__all__ = ["png_of_triangle"]

_SIDE, _LEFT, _TOP, _BOTTOM = 440, 24, 40, 40


def png_of_triangle(triangle: TriangleMap) -> bytes:
    """Return the map with its dot, marks and path, and the network's colors where they are shown.

    Parameters
    ----------
    triangle : TriangleMap
        The view.

    Returns
    -------
    bytes
        A PNG, 500 px wide.
    """
    height = round(0.82 * _SIDE)
    picture = Image.new("RGB", (_SIDE + 2 * _LEFT + 12, height + _TOP + _BOTTOM), "#ffffff")
    draw = ImageDraw.Draw(picture)

    def at(x: float, y: float) -> tuple[float, float]:
        return _LEFT + x * _SIDE, _TOP + (1 - y) * height

    colors, names = list(triangle.class_colors), list(triangle.class_names)
    if triangle.background == "network" and triangle.network_steps:
        _ground(draw, triangle, at)
    for mark in triangle.marks:
        for polygon in mark["region"]:
            draw.polygon([at(x, y) for x, y in polygon], fill="#a8d8f3", outline="#303030")
    draw.line([at(0, 0), at(1, 0)], fill=colors[1], width=4)
    draw.line([at(0, 0), at(0, 1), at(1, 0)], fill=colors[2], width=4)
    square, hexagonal = at(0, 0), at(0, 1)
    draw.rectangle([square[0] - 7, square[1] - 7, square[0] + 7, square[1] + 7], fill=colors[3], outline="#000000")
    _circle(draw, hexagonal, 8, colors[4])
    for text, (left, top) in (
        (names[4], (hexagonal[0] + 4, hexagonal[1] - 26)),
        (names[3], (square[0] - 4, square[1] + 14)),
        (names[1], (at(0.5, 0)[0], square[1] + 14)),
        (names[2], (at(0.5, 0.5)[0] + 14, at(0.5, 0.5)[1] - 16)),
        (names[0], at(0.25, 0.32)),
    ):
        draw.text((left, top), text, fill="#202020")
    path: list[tuple[float, float]] = [(x, y) for x, y in triangle.path or ()]  # type: ignore[misc]
    if path:
        draw.line([at(x, y) for x, y in path], fill="#202020", width=2)
        ends = [path[0], path[-1]]
        for (x, y), word in zip(ends, triangle.path_ends, strict=True):
            draw.text((at(x, y)[0] + 6, at(x, y)[1] + 6), word, fill="#202020")
    for mark in triangle.marks:
        left, top = at(mark["x"], mark["y"])
        draw.line([left - 8, top, left + 8, top], fill="#000000", width=2)
        draw.line([left, top - 8, left, top + 8], fill="#000000", width=2)
        draw.text((left + 10, top - 16), mark["name"], fill="#000000")
    _circle(draw, at(*triangle.dot), 8, "#1976d2")
    draw.text((at(*triangle.dot)[0] + 12, at(*triangle.dot)[1] + 4), triangle.dot_name, fill="#000000")
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _circle(draw: ImageDraw.ImageDraw, place: tuple[float, float], radius: float, color: str) -> None:
    left, top = place
    draw.ellipse([left - radius, top - radius, left + radius, top + radius], fill=color, outline="#000000", width=2)


def _ground(
    draw: ImageDraw.ImageDraw, triangle: TriangleMap, at: Callable[[float, float], tuple[float, float]]
) -> None:
    """Fill the cells of the network's grid with its colors, mixed by probability."""
    steps = triangle.network_steps
    palette = np.array([ImageColor.getrgb(color) for color in triangle.class_colors], dtype=np.float64)
    row_starts = [j * (steps + 1) - j * (j - 1) // 2 for j in range(steps + 2)]
    for j in range(steps):
        for i in range(steps - j):
            for corners in (((i, j), (i + 1, j), (i, j + 1)), ((i + 1, j + 1), (i, j + 1), (i + 1, j))):
                if sum(corners[0]) > steps:
                    continue
                numbers = [row_starts[row] + col for col, row in corners]
                weights = triangle.network_values[numbers].mean(axis=0)
                if np.isnan(weights).any():
                    continue
                color = 0.6 * np.sqrt(weights @ palette**2) + 0.4 * 255
                points = [at(col / steps, row / steps) for col, row in corners]
                draw.polygon(points, fill=tuple(int(part) for part in color))
