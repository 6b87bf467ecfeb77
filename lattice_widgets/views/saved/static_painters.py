"""What a picture looks like on paper: Pillow draws what the browser's canvas would show.

Not pixel for pixel: small, readable, in the same colors. Sizes are in pixels of the drawing.
"""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from lattice_widgets.views.canvas.picture_canvas import PictureCanvas

__all__ = ["INK", "PALE", "PAPER", "color_table", "font", "paint_picture"]

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
def color_table(name: str) -> NDArray[np.uint8]:
    """Colors of a map, (256, 3), from the tables that the browser uses."""
    path = Path(__file__).parents[1] / "shared" / "color_tables.json"
    tables = json.loads(path.read_text(encoding="utf-8"))
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
    table = color_table(canvas.color_map)[np.rint(255 * bright).astype(int)].copy()
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
        places = np.frombuffer(canvas.points, np.float32).reshape(-1, 2)
        faints = canvas.faint_points or [False] * len(places)
        colors = canvas.point_colors or [canvas.point_color] * len(places)
        for (row, col), faint, color in zip(places, faints, colors, strict=True):
            x, y = place(row + 0.5, col + 0.5)
            reach = 1 if faint else radius
            _ellipse(pen, (x - reach, y - reach, x + reach, y + reach), color)
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
    for number, (row, col, *sides) in enumerate(canvas.cells if canvas.show_cells else ()):
        a, b = np.reshape(sides, (2, 2))
        corner = np.array([row + 0.5, col + 0.5])
        outline = [place(*point) for point in (corner, corner + a, corner + a + b, corner + b, corner)]
        for color, width_ in ((_HALO, 4), ("#ffffff", 1 if number else 2)):
            pen.line(outline, color, width_, joint="curve")
        for u, v, name in () if number else canvas.cell_atoms:
            x, y = place(*(corner + (u % 1) * a + (v % 1) * b))
            _ellipse(pen, (x - 4, y - 4, x + 4, y + 4), "#E69F00")
            pen.text((x + 6, y - 12), name, "#ffffff", font(11), stroke_width=2, stroke_fill=_HALO)
    if canvas.ruler:
        pen.line((*place(*canvas.ruler[:2]), *place(*canvas.ruler[2:])), "#E69F00", 3)
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
