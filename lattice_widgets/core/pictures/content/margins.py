"""A picture in, the part of it that shows something out: without margins, frames, unscanned rows, burnt-in scale bars.

A saved figure has a margin, a scan that was stopped has rows that were never scanned, a published picture has a scale bar.
None of it belongs to the lattice, and all of it shows in the Fourier transform. It is found here, in one place, for the fit,
for the spectrum that a network sees, and for windows; each use says what was left out (`Content.notes`).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.checks import MIN_SIZE
from lattice_widgets.core.pictures.content.burnt_in import without_labels
from lattice_widgets.core.pictures.content.scanned import scanned_box
from lattice_widgets.core.pictures.content.staircase import why_bare_surface
from lattice_widgets.core.sentences import Sentence

#: share of a line of a margin that has the margin's very value, and share of one that compression has touched
_EXACT, _TOUCHED = 0.9, 0.9
#: how far compression moves the gray values of a margin next to the picture, as a fraction of the range, and its reach [px]
_RINGING, _BLOCK = 0.03, 8
#: share of a line of a margin that labels leave free
_LABELED = 0.5
#: share of a line of the picture that may have the value of a margin with labels, half of the lines taken
_INSIDE = 0.4
#: a margin around a frame around a margin ...
_LAYERS = 4


@dataclass(frozen=True, eq=False)
class Content:
    """What a picture shows, and what of it was left out.

    Attributes
    ----------
    values : ndarray, shape (rows, cols)
        The part that counts, of the picture's own dtype: a view unless labels were painted over.
    top, left : int
        Its first row and column in the picture [px].
    notes : tuple of Sentence
        What was left out, one sentence each; empty if all of the picture counts.
    nothing : Sentence or None
        Why the picture shows nothing but a smooth surface, if so.
    """

    values: NDArray
    top: int = 0
    left: int = 0
    notes: tuple[Sentence, ...] = ()
    nothing: Sentence | None = None


def content_of(image: NDArray, keep_all: bool = False) -> Content:
    """Find the part of a picture that shows something.

    A margin is a run of lines of one single value at an edge; it counts if no run as long lies inside the picture, where
    the same value fills the gaps between atoms.

    Parameters
    ----------
    image : ndarray, shape (rows, cols)
        The picture. What holds NaN or infinity was not scanned, and is always left out.
    keep_all : bool
        Whether to use all the rest, whatever it looks like.

    Returns
    -------
    Content
        With all pixels of the picture if nothing was found.

    Examples
    --------
    >>> rows, cols = np.mgrid[:64, :96]
    >>> figure = np.pad(np.cos(rows / 3) + np.cos(cols / 2), 20, constant_values=3.0)
    >>> found = content_of(figure)
    >>> found.values.shape, found.top, str(found.notes[0])
    ((64, 96), 20, 'A white margin of 20 px was left out.')
    """
    found = _scanned(image)
    if keep_all:
        return found
    values = found.values
    top, bottom, left, right, value = _box(values)
    if (bottom - top, right - left) != values.shape:
        inner = values[top:bottom, left:right]
        note = _margin_note(values.shape, (top, bottom, left, right), inner, value)
        found = Content(inner, found.top + top, found.left + left, (*found.notes, note))
        values = inner
    values, labels = without_labels(values)
    if labels:
        found = replace(found, values=values, notes=(*found.notes, *labels))
    return replace(found, nothing=why_bare_surface(values))


def _scanned(image: NDArray) -> Content:
    """Return the part of a picture that was scanned."""
    if image.dtype.kind != "f" or (np.isfinite(image.min()) and np.isfinite(image.max())):
        return Content(image)
    box = scanned_box(image)
    if box is None:
        raise ValueError("The picture holds NaN or infinite values: fill them first, each from its neighbors.")
    top, left, height, width = box
    words = "What was not scanned was left out: {height} x {width} px from row {top}, column {left} are used."
    note = Sentence(words, height=height, width=width, top=top, left=left)
    return Content(image[top : top + height, left : left + width], top, left, (note,))


def _box(image: NDArray) -> tuple[int, int, int, int, float]:
    """Return first and last row and column of what is inside the margins, and the value of the outermost margin."""
    rows, cols = image.shape
    top, bottom, left, right = 0, rows, 0, cols
    outermost = np.nan
    for layer in range(_LAYERS):
        before = (top, bottom, left, right)
        for side in ("top", "bottom", "left", "right"):
            part = image[top:bottom, left:right]
            if side in ("left", "right"):
                part = part.T
            if side in ("bottom", "right"):
                part = part[::-1]
            width, value = _margin(part, thin=layer > 0)
            if not width:
                continue
            outermost = value if np.isnan(outermost) else outermost
            top, bottom = top + width * (side == "top"), bottom - width * (side == "bottom")
            left, right = left + width * (side == "left"), right - width * (side == "right")
        if (top, bottom, left, right) == before:
            break
    inner = image[top:bottom, left:right]
    if inner.min() == inner.max():
        return 0, rows, 0, cols, np.nan
    return top, bottom, left, right, float(outermost)


def _margin(part: NDArray, thin: bool) -> tuple[int, float]:
    """Return how many of the first lines are a margin, and its value.

    Within a margin that was found already a line of one value is a frame, however thin.
    """
    lines, length = part.shape
    value = part[0, length // 2]
    if np.count_nonzero(part[0] == value) < _EXACT * length:
        return 0, np.nan
    if lines <= MIN_SIZE:
        return 0, np.nan
    share = np.count_nonzero(part == value, axis=1) / length
    # where the picture itself is made of this value, as at low doses, only lines without any other count
    clean = share >= (_EXACT if np.median(share) < _INSIDE else 1.0)
    if not clean[0]:
        return 0, np.nan
    width = int(np.argmin(clean)) if not clean.all() else lines
    # labels stand in the margin: go on to its last clean line
    free = share[: lines // 3] >= _LABELED
    reach = int(np.argmin(free)) if not free.all() else len(free)
    beyond = np.flatnonzero(clean[:reach])
    if len(beyond) and beyond[-1] >= width and np.median(share[reach:]) < _INSIDE:
        width = int(beyond[-1]) + 1
    other_edge = lines - (int(np.argmin(clean[::-1])) if not clean.all() else 0)
    inside = _longest_run(clean[width:other_edge])
    if not (width > 1.2 * inside + 2 or (thin and width > inside) or (not inside and (width > 1 or share[0] == 1))):
        return 0, np.nan
    # next to the picture lossy compression has moved its values
    span = float(part.max()) - float(part.min())
    for line in range(width, min(width + _BLOCK, lines - MIN_SIZE)):
        apart = np.abs(part[line].astype(np.float64) - float(value))
        if np.count_nonzero(apart <= _RINGING * span) < _TOUCHED * length:
            break
        if width < 3:
            break
        width = line + 1
    return (width, float(value)) if lines - width >= MIN_SIZE else (0, np.nan)


def _longest_run(flags: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _margin_note(shape: tuple[int, ...], box: tuple[int, int, int, int], inner: NDArray, value: float) -> Sentence:
    """Say what was left out around a picture."""
    top, bottom, left, right = box[0], shape[0] - box[1], box[2], shape[1] - box[3]
    if not (left or right) and not (top and bottom) and not inner.max() <= value:
        if top:
            return Sentence("{count} rows of one single value at the top were left out.", count=top)
        return Sentence("{count} rows of one single value at the bottom were left out.", count=bottom)
    widths = {"top": top, "bottom": bottom, "left": left, "right": right}
    if top == bottom == left == right:
        if value >= inner.max():
            return Sentence("A white margin of {width} px was left out.", width=top)
        if value <= inner.min():
            return Sentence("A black margin of {width} px was left out.", width=top)
        return Sentence("A margin of one single value, {width} px wide, was left out.", width=top)
    if value >= inner.max():
        return Sentence(
            "A white margin was left out: {top} px at the top, {bottom} px at the bottom, {left} px on the left, "
            "{right} px on the right.",
            **widths,
        )
    if value <= inner.min():
        return Sentence(
            "A black margin was left out: {top} px at the top, {bottom} px at the bottom, {left} px on the left, "
            "{right} px on the right.",
            **widths,
        )
    return Sentence(
        "A margin of one single value was left out: {top} px at the top, {bottom} px at the bottom, {left} px on the left, "
        "{right} px on the right.",
        **widths,
    )
