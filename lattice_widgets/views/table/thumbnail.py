"""Small pictures of large ones, for the lines of a table."""

import io

import numpy as np
from numpy.typing import NDArray

__all__ = ["thumbnail_of"]

#: longest side [px]
_SIDE = 72


def thumbnail_of(image: NDArray) -> bytes:
    """Return a small picture as PNG, gray, its darkest and brightest pixels cut off.

    Parameters
    ----------
    image : ndarray, shape (rows, cols), any real dtype
        The picture.
    """
    from PIL import Image

    rows, cols = image.shape
    step = -(-max(rows, cols) // _SIDE)
    down, right = max(1, rows // step), max(1, cols // step)
    # means of blocks: single pixels of a lattice would show a moiré
    block = np.asarray(image[: down * min(step, rows), : right * min(step, cols)], np.float64)
    small = block.reshape(down, block.shape[0] // down, right, block.shape[1] // right).mean(axis=(1, 3))
    finite = small[np.isfinite(small)]
    low, high = np.percentile(finite, (1, 99)) if finite.size else (0.0, 1.0)
    gray = np.nan_to_num((small - low) / ((high - low) or 1.0), nan=0.0).clip(0, 1)
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * gray).astype(np.uint8)).save(buffer, "png")
    return buffer.getvalue()
