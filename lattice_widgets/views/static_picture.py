"""A picture of a widget for notebooks that are opened without a kernel, where no canvas draws."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from lattice_widgets.views.picture_canvas import PictureCanvas

__all__ = ["png_of_pictures"]

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
