"""A picture of a widget for notebooks that are opened without a kernel, where no canvas draws."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lattice_widgets.views.palette import CLASS_STYLES
from lattice_widgets.views.picture_canvas import PictureCanvas

__all__ = ["png_of_pictures", "png_of_points"]

_HEIGHT, _GAP = 300, 12


def png_of_pictures(canvases: Sequence[PictureCanvas]) -> bytes:
    """Return what canvases show, in gray, beside each other.

    Parameters
    ----------
    canvases : sequence of PictureCanvas
        Those that show nothing yet are left out.

    Returns
    -------
    bytes
        A PNG, 300 px high; empty if no canvas shows anything.
    """
    parts = []
    for canvas in canvases:
        if not canvas.pixels:
            continue
        pixels = np.frombuffer(canvas.pixels, np.uint8).reshape(canvas.rows, canvas.cols)
        picture = Image.fromarray(pixels)
        width = max(1, round(_HEIGHT * canvas.cols / canvas.rows))
        parts.append(picture.resize((width, _HEIGHT), Image.Resampling.BILINEAR))
    if not parts:
        return b""
    whole = Image.new("L", (sum(part.width for part in parts) + _GAP * (len(parts) - 1), _HEIGHT), 255)
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width + _GAP
    buffer = io.BytesIO()
    whole.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def png_of_points(points: NDArray[np.float32], classes: NDArray[np.int64]) -> bytes:
    """Return a map of points in the colors of their classes.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Places (x to the right, y up).
    classes : ndarray of int, shape (n,)
        Class of each.

    Returns
    -------
    bytes
        A PNG of 400 x 400 px.
    """
    side, room, radius = 400, 16, 3
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (side - 2 * room) / max(float((high - low).max()), 1e-12)
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    colors = [style.color for style in CLASS_STYLES.values()]
    for (x, y), kind in zip((points - (low + high) / 2) * scale + side / 2, classes, strict=True):
        pen.ellipse((x - radius, side - y - radius, x + radius, side - y + radius), fill=colors[kind])
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
