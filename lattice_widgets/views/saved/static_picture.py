"""A picture of a widget for notebooks that are opened without a kernel, where no canvas draws."""

import html
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import bqplot
import ipywidgets as ipw
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.saved.static_charts import paint_figure
from lattice_widgets.views.saved.static_painters import INK, PALE, PAPER, font, paint_picture
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["png_of_image", "png_of_pictures", "png_of_points", "png_of_widget"]

#: width of the whole [px], and how much smaller than on the screen its parts are
_WIDTH, _SHRINK, _GAP = 1000, 0.85, 8
_LINE = 17
#: width of each of two pictures beside each other, as on the screen [px]
_PICTURE = 350
#: enough for two color maps and ink; noise, which micrographs are full of, costs bytes for each color more
_COLORS = 96
#: never rounded: what stands for a class must look the same everywhere
_TRUE = (PAPER, INK, PALE, "#F0E442", "#56B4E9", *(style.color for style in CLASS_STYLES.values()))

Painter = Callable[[Any, int], Image.Image | None]


def png_of_widget(widget: ipw.Widget, title: str = "") -> bytes:
    """Return what a widget shows: pictures with their overlays, charts, controls and words, where they are on the screen.

    Parameters
    ----------
    widget : ipywidgets.Widget
        A box of views, controls and boxes. What it hides, or has behind another tab, is left out. A view of any other
        class that has a method ``paint(width)``, which returns a Pillow image or None, is asked for it.
    title : str
        Line above it.

    Returns
    -------
    bytes
        A PNG of at most 1000 px width; empty if the widget shows nothing yet.

    Examples
    --------
    >>> png_of_widget(ipw.VBox([ipw.Label("hexagonal")]))[1:4]
    b'PNG'
    >>> png_of_widget(ipw.VBox())
    b''
    """
    shown = _paint(widget, _WIDTH)
    if shown is None:
        return b""
    whole = _stack([_words(f"<b>{in_html(title)}</b>", _WIDTH), shown]) if title else shown
    return b"" if whole is None else png_of_image(whole)


def png_of_pictures(canvases: Sequence[PictureCanvas]) -> bytes:
    """Return what canvases show beside each other; empty if no canvas shows anything.

    Parameters
    ----------
    canvases : sequence of PictureCanvas
        Those that show nothing yet are left out.

    Returns
    -------
    bytes
        A PNG.
    """
    whole = _row([paint_picture(canvas, round(370 * _SHRINK)) for canvas in canvases], _WIDTH)
    return b"" if whole is None else png_of_image(whole)


def png_of_points(points: NDArray[np.float32], classes: NDArray[np.int64]) -> bytes:
    """Return a map of points in the colors of their classes, with a legend of those that are there.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Places (x to the right, y up).
    classes : ndarray of int, shape (n,)
        Class of each.

    Returns
    -------
    bytes
        A PNG.
    """
    side, room, legend = 420, 16, 190
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (side - 2 * room) / max(float((high - low).max()), 1e-12)
    picture = Image.new("RGB", (side + legend, side), PAPER)
    pen = ImageDraw.Draw(picture)
    styles = list(CLASS_STYLES.values())
    for (x, y), kind in zip((points - (low + high) / 2) * scale + side / 2, classes, strict=True):
        pen.text((x, side - y), styles[kind].glyph, styles[kind].color, font(9), anchor="mm")
    for line, kind in enumerate(np.unique(classes).tolist()):
        pen.text((side + 8, room + line * 20), styles[kind].glyph, styles[kind].color, font(13), anchor="lm")
        pen.text((side + 26, room + line * 20), styles[kind].name, INK, font(12), anchor="lm")
    return png_of_image(picture)


def png_of_image(picture: Image.Image, colors: int = _COLORS) -> bytes:
    """Return a PNG with few colors, which is small even where a picture is full of noise; those of the classes are true."""
    pixels = picture.convert("RGB")
    few = pixels.quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    table = (few.getpalette("RGB") or [])[: 3 * colors]
    places = np.array(few)
    values = np.asarray(pixels).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    for color in _TRUE:
        places[values == int(color[1:], 16)] = len(table) // 3
        table += ImageColor.getrgb(color)
    exact = Image.fromarray(places, "P")
    exact.putpalette(table)
    buffer = io.BytesIO()
    exact.save(buffer, format="PNG", compress_level=9)
    return buffer.getvalue()


# ---- boxes


def _paint(widget: Any, width: int) -> Image.Image | None:
    """Return a widget as a picture of at most that width; None where there is nothing to see."""
    layout = getattr(widget, "layout", None)
    if layout is not None and (layout.display == "none" or layout.visibility == "hidden"):
        return None
    own = getattr(widget, "paint", None)
    if callable(own):
        painted: Image.Image | None = own(width)
        return painted
    for kind, painter in _PAINTERS:
        if isinstance(widget, kind):
            return painter(widget, width)
    return None


def _paint_box(box: ipw.Box, width: int) -> Image.Image | None:
    flow = box.layout.flex_flow or ("row" if isinstance(box, ipw.HBox) or type(box) is ipw.Box else "column")
    if not flow.startswith("row") or isinstance(box, ipw.VBox):
        return _stack([_paint(child, width) for child in box.children])
    if "lattice-widgets-pair" in box._dom_classes:
        return _row([_paint(child, (width - 2 * _GAP) // 2) for child in box.children], width)
    return _row([_paint(child, min(width, _basis(child, width))) for child in box.children], width)


def _basis(widget: Any, width: int) -> int:
    """Width that a part of a row asks for."""
    if "lattice-widgets-pair" in getattr(widget, "_dom_classes", ()):
        return round(2 * _PICTURE * _SHRINK)
    layout = getattr(widget, "layout", None)
    for wish in (getattr(layout, "flex", None), getattr(layout, "width", None)):
        found = re.search(r"(\d+)px", wish or "")
        if found:
            return round(int(found[1]) * _SHRINK)
    return min(width, round(400 * _SHRINK))


def _paint_tab(tab: ipw.Tab, width: int) -> Image.Image | None:
    chosen = tab.selected_index  # None: all of them are folded up
    if not tab.children or (chosen or 0) >= len(tab.children):
        return None
    titles = [tab.get_title(number) or str(number + 1) for number in range(len(tab.children))]
    head = " · ".join(f"[{in_html(t)}]" if n == chosen else in_html(t) for n, t in enumerate(titles))
    return _stack([_words(head, width), None if chosen is None else _paint(tab.children[chosen], width)])


def _stack(parts: Sequence[Image.Image | None]) -> Image.Image | None:
    there = [part for part in parts if part is not None]
    if len(there) < 2:
        return there[0] if there else None
    whole = Image.new(
        "RGB", (max(part.width for part in there), sum(p.height for p in there) + 4 * (len(there) - 1)), PAPER
    )
    top = 0
    for part in there:
        whole.paste(part, (0, top))
        top += part.height + 4
    return whole


def _row(parts: Sequence[Image.Image | None], width: int) -> Image.Image | None:
    """Put parts beside each other, and go on below where the width is used up."""
    lines: list[list[Image.Image]] = [[]]
    for part in parts:
        if part is None:
            continue
        if lines[-1] and sum(p.width + 2 * _GAP for p in lines[-1]) + part.width > width:
            lines.append([])
        lines[-1].append(part)
    drawn = []
    for line in lines:
        if not line:
            continue
        whole = Image.new(
            "RGB", (sum(p.width for p in line) + 2 * _GAP * (len(line) - 1), max(p.height for p in line)), PAPER
        )
        left = 0
        for part in line:
            whole.paste(part, (left, 0))
            left += part.width + 2 * _GAP
        drawn.append(whole)
    return _stack(drawn)


# ---- words and controls


def _words(source: str, width: int) -> Image.Image | None:
    """Return HTML as lines of text, bold where all of a line is."""
    source = re.sub(r"<(style|script)\b.*?</\1>", "", source, flags=re.DOTALL)
    # words for screen readers alone
    source = re.sub(r"<(\w+)[^>]*clip-path:\s*inset[^>]*>.*?</\1>", "", source, flags=re.DOTALL)
    source = re.sub(r"<br\s*/?>|</(p|div|tr|li|h\d|caption)>", "\n", source)
    source = re.sub(r"</t[dh]>", "   ", source)
    lines: list[tuple[str, bool]] = []
    for piece in source.split("\n"):
        bold = bool(re.fullmatch(r"\s*(<[^>]*>)*\s*<b>[^<]*</b>\s*(<[^>]*>)*\s*", piece))
        text = " ".join(html.unescape(re.sub(r"<[^>]*>", "", piece)).split())
        lines += [(line, bold) for line in _wrap(text, width, bold)]
    if not lines:
        return None
    widest = max(font(12, bold).getlength(line) for line, bold in lines)
    picture = Image.new("RGB", (min(width, int(widest) + 2), _LINE * len(lines)), PAPER)
    pen = ImageDraw.Draw(picture)
    for number, (line, bold) in enumerate(lines):
        pen.text((0, number * _LINE + 1), line, INK, font(12, bold))
    return picture


def _wrap(text: str, width: int, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(12, bold).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _paint_slider(slider: Any, width: int) -> Image.Image:
    picture = Image.new("RGB", (min(width, 280), _LINE), PAPER)
    pen = ImageDraw.Draw(picture)
    low, high, value = slider.min, slider.max, slider.value
    if isinstance(slider, ipw.FloatLogSlider):
        value = float(np.log10(max(value, 1e-300)))
    start, end = 108, picture.width - 62
    at = start + (end - start) * (value - low) / (high - low) if high > low else start
    pen.text((100, _LINE / 2), slider.description, INK, font(11), anchor="rm")
    pen.line((start, _LINE / 2, end, _LINE / 2), PALE, 2)
    pen.ellipse((at - 4, _LINE / 2 - 4, at + 4, _LINE / 2 + 4), fill=PAPER, outline=INK)
    pen.text((end + 8, _LINE / 2), f"{slider.value:.4g}", INK, font(11), anchor="lm")
    return picture


def _paint_progress(bar: Any, width: int) -> Image.Image:
    picture = Image.new("RGB", (min(width, 120), _LINE), PAPER)
    part = (bar.value - bar.min) / (bar.max - bar.min) if bar.max > bar.min else 0.0
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 4, picture.width - 1, 12), outline=PALE)
    pen.rectangle((0, 4, max(0, part * (picture.width - 1)), 12), fill="#0072B2")
    return picture


def _paint_choice(control: Any, width: int) -> Image.Image | None:
    value = getattr(control, "label", None) or control.value
    return _words(in_html(f"{control.description}: {value}" if control.description else str(value)), width)


def _paint_image(image: ipw.Image, width: int) -> Image.Image | None:
    try:
        shown = Image.open(io.BytesIO(image.value)).convert("RGB")
    except OSError:
        return None
    shown.thumbnail((width, width))
    return shown


_PAINTERS: tuple[tuple[Any, Painter], ...] = (
    (PictureCanvas, paint_picture),
    (bqplot.Figure, paint_figure),
    ((ipw.Tab, ipw.Accordion), _paint_tab),
    (ipw.Box, _paint_box),
    (ipw.Image, _paint_image),
    ((ipw.HTML, ipw.HTMLMath, ipw.Label), lambda words, width: _words(words.value, width)),
    ((ipw.FloatSlider, ipw.IntSlider, ipw.FloatLogSlider), _paint_slider),
    (ipw.Checkbox, lambda box, width: _words(f"{'☑' if box.value else '☐'} {in_html(box.description)}", width)),
    ((ipw.IntProgress, ipw.FloatProgress), _paint_progress),
    ((ipw.Dropdown, ipw.BoundedIntText, ipw.BoundedFloatText, ipw.Text, ipw.RadioButtons), _paint_choice),
)
