"""A picture in, the same without the scale bar and the writing that were burnt into it out.

A scale bar is a filled rectangle of the very brightest or darkest value, lying, alone or almost. What else has that value
next to it is its writing. Both are painted over with the mean of what lies around them.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lattice_widgets.core.sentences import Sentence

#: smallest width of a scale bar as a fraction of the picture's, and in px; width over height
_NARROWEST, _SHORTEST, _ASPECT = 0.06, 12, 4.0
#: share of its bounding box that a bar fills
_FILLED = 0.95
#: a picture with a larger share of the extreme value is overexposed, not written on
_LARGEST_SHARE = 0.06
#: more rectangles than this are a pattern
_MOST = 2
#: how far around a label compression and smoothing reach [px]
_HALO = 2


def without_labels(image: NDArray) -> tuple[NDArray, tuple[Sentence, ...]]:
    """Paint over the scale bar of a picture and the writing next to it.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        Finite numbers.

    Returns
    -------
    values : ndarray, shape (rows, cols)
        The picture itself if it has no scale bar, else a copy.
    notes : tuple of Sentence
        What was painted over.
    """
    notes: list[Sentence] = []
    for extreme in (image.max(), image.min()):
        mask = image == extreme
        count = int(np.count_nonzero(mask))
        if count < 2 * _SHORTEST or count > _LARGEST_SHARE * image.size:
            continue
        box = _label_box(mask)
        if box is None:
            continue
        (top, bottom), (left, right) = (
            (max(part.start - _HALO, 0), min(part.stop + _HALO, n)) for part, n in zip(box, image.shape, strict=True)
        )
        reach = max(4, (bottom - top) // 2)
        around = image[max(top - reach, 0) : bottom + reach, max(left - reach, 0) : right + reach]
        image = image.copy()
        inside = image[top:bottom, left:right]
        outside = (around.sum(dtype=np.float64) - inside.sum(dtype=np.float64)) / max(around.size - inside.size, 1)
        image[top:bottom, left:right] = np.asarray(outside).astype(image.dtype)
        notes.append(
            Sentence(
                "A scale bar with its writing ({rows} x {cols} px) was left out.", rows=bottom - top, cols=right - left
            )
        )
    return image, tuple(notes)


def _label_box(mask: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    """Return the box around the scale bar and its writing among pixels of one extreme value."""
    rows, cols = mask.shape
    # a bar has many neighbors of its own value in its rows: most masks have no such row at all
    if np.count_nonzero(mask, axis=1).max() < max(_SHORTEST, _NARROWEST * cols):
        return None
    numbers, _ = ndimage.label(mask)
    boxes = ndimage.find_objects(numbers)
    areas = np.bincount(numbers.ravel())[1:]
    sizes = np.array([(box[0].stop - box[0].start, box[1].stop - box[1].start) for box in boxes])
    height, width = sizes.T
    bars = (width >= max(_SHORTEST, _NARROWEST * cols)) & (width >= _ASPECT * height) & (width < 0.8 * cols)
    bars &= (height >= 2) & (height < 0.1 * rows) & (areas >= _FILLED * height * width)
    if not 1 <= bars.sum() <= _MOST:
        return None
    bar = int(np.argmax(np.where(bars, areas, 0)))
    down, right = boxes[bar]
    reach = max(8 * int(height[bar]), round(0.1 * rows))
    top, bottom = down.start - reach, down.stop + reach
    left, far = right.start - reach, right.stop + reach
    near = [
        number
        for number, (one, other) in enumerate(boxes)
        if top <= one.start and one.stop <= bottom and left <= other.start and other.stop <= far
    ]
    # everything of this value lies there, or it is part of the picture as well
    if areas[near].sum() < 0.7 * areas.sum():
        near = [bar]
    return (
        slice(min(boxes[i][0].start for i in near), max(boxes[i][0].stop for i in near)),
        slice(min(boxes[i][1].start for i in near), max(boxes[i][1].stop for i in near)),
    )
