"""Frames whose pixels are not square, made square one by one when they are read."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.pixel_size import Sides
from lattice_widgets.core.pictures.square_pixels import finer_spacing, resample


@dataclass(frozen=True, eq=False)
class SquareFrames:
    """A source of frames that resamples each to square pixels; see `square_pixels.square_pixels`.

    Parameters
    ----------
    source : object
        Gives a stored frame as ``source[number]``.
    stored_shape : tuple of int
        (frames, rows, cols) of the source.
    sides : tuple of float
        Height and width of a stored pixel, in any one unit.

    Attributes
    ----------
    shape : tuple of int
        (frames, rows, cols) of what is given.
    """

    source: Any = field(repr=False)
    stored_shape: tuple[int, int, int]
    sides: Sides

    @property
    def ratio(self) -> tuple[float, float]:
        """Stored spacing over the finer one, along rows and columns."""
        finer = finer_spacing(self.sides)
        return self.sides[0] / finer, self.sides[1] / finer

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows and columns."""
        count, *stored = self.stored_shape
        rows, cols = (int(length * r + 1e-6) for length, r in zip(stored, self.ratio, strict=True))
        return count, rows, cols

    def __getitem__(self, number: int) -> NDArray[Any]:
        frame = np.asarray(self.source[number])
        # a frame of another size, or of no real numbers, is left for the check to find
        real = frame.shape == self.stored_shape[1:] and frame.dtype.kind in "biuf"
        return resample(frame, self.ratio) if real else frame
