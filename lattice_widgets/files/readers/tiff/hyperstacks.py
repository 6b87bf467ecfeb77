"""TIFF series with more axes than a movie, as ImageJ and OME write them: time, channel and slice; a movie for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

#: axes by the letters of tifffile
_WORDS = {"T": "time", "C": "channel", "Z": "slice", "S": "sample", "P": "position", "R": "tile"}


@dataclass(frozen=True)
class Part:
    """A movie or picture in a hyperstack.

    Parameters
    ----------
    name : str
        "channel 1, slice 0", counted from 0; empty for the whole of a picture or movie.
    sizes : tuple of int
        Lengths of all axes before rows and columns.
    place : tuple of int or None
        Where it lies along each of them; None along the axis of its frames.
    axis : str
        The letter of that axis; empty for a single picture.
    """

    name: str
    sizes: tuple[int, ...]
    place: tuple[int | None, ...]
    axis: str

    @property
    def frames(self) -> tuple[int, ...]:
        """(number of frames,); () for a single picture."""
        return tuple(size for size, index in zip(self.sizes, self.place, strict=True) if index is None)

    def pages(self, selected: slice) -> list[int]:
        """List the numbers of the pages of some of its frames, in the order of the series."""
        return self.of(np.arange(int(np.prod(self.sizes))).reshape(self.sizes), selected).ravel().tolist()

    def of(self, values: NDArray, selected: slice) -> NDArray:
        """Return some of its frames from the whole series, whose first axes are those of `sizes`."""
        return values[tuple(selected if index is None else index for index in self.place)]


def parts_of(axes: Sequence[tuple[str, int]]) -> list[Part]:
    """List the movies of a series.

    Parameters
    ----------
    axes : sequence of (str, int)
        Letter and length of each axis before rows and columns.

    Returns
    -------
    parts : list of Part
        The frames lie along time, without it along the longest axis that is not one of channels; there is a part for
        each place along the others.

    Examples
    --------
    >>> [(part.name, part.frames) for part in parts_of([("T", 3), ("C", 2)])]
    [('channel 0', (3,)), ('channel 1', (3,))]
    """
    sizes = tuple(size for _, size in axes)
    long = [number for number, (letter, size) in enumerate(axes) if size > 1 and letter != "C"]
    if len(axes) == 1 and axes[0][0] != "C":
        long = [0]
    times = [number for number in long if axes[number][0] == "T"]
    frames = times[0] if times else max(long, key=lambda number: sizes[number], default=None)
    parts = []
    for place in product(*(range(1 if number == frames else size) for number, size in enumerate(sizes))):
        words = [
            f"{_WORDS.get(letter, f'axis {number}')} {index}"
            for number, ((letter, size), index) in enumerate(zip(axes, place, strict=True))
            if number != frames and size > 1
        ]
        where = tuple(None if number == frames else index for number, index in enumerate(place))
        parts.append(Part(", ".join(words), sizes, where, "" if frames is None else axes[frames][0]))
    return parts
