"""A picture with what is known about it: its pixels, their size, the unit of their values, its number in a movie."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

from numpy.typing import NDArray

from lattice_widgets.core.pictures.content.scanned import Box, scanned_box
from lattice_widgets.core.pictures.square_pixels import square_values
from lattice_widgets.core.sentences import Sentence


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that has been checked: two axes, real numbers, at least 16 x 16 px that were scanned, not constant.

    Parameters
    ----------
    values : array_like, shape (rows, cols), any real dtype
        The pixels, as they were stored; resampled if they are not square (see `square_pixels.square_values`).
    pixel_size : float, optional
        Side of a pixel [nm/px]; None if it is not known. (row, col) may be given if they are not square.
    unit : str
        Unit of the values, such as "nm"; empty if it is not known.
    frame : int
        Number of the picture in its movie, from 0.

    Raises
    ------
    ValueError
        If the values are not a picture (see `checks.check_image`), or the pixel size is not a positive length.

    Examples
    --------
    >>> import numpy as np
    >>> rows, cols = np.mgrid[:64, :96]
    >>> picture = Picture(np.cos(rows / 3), pixel_size=0.02)
    >>> picture.shape, picture.frequency_unit
    ((64, 96), '1/nm')
    """

    values: NDArray
    pixel_size: float | None = None
    unit: str = ""
    frame: int = 0

    def __post_init__(self) -> None:
        values, size, _ = square_values(self.values, self.pixel_size)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "pixel_size", size)

    @classmethod
    def of(cls, stack: Any, frame: int = 0) -> Self:
        """Take a picture, or one frame of a movie, with the pixel size and unit that it carries.

        Parameters
        ----------
        stack : xarray.DataArray, dimensions (row, col) or (frame, row, col)
            As from `read_micrograph`. The pixel size is that of its coordinates (see `pixel_size.sides_of`); its
            ``attrs`` hold the unit of the values ("units"), if it is known.
        frame : int
            Number of the frame, from 0; a single picture has only frame 0.

        Returns
        -------
        Picture
            Only this frame is read. Pixels that are not square are made square (see `square_pixels.square_pixels`).

        Raises
        ------
        ValueError
            If there is no such frame, or it is not a picture.
        """
        count = len(stack) if stack.ndim == 3 else 1
        if not 0 <= frame < count:
            raise ValueError(
                Sentence("There is no frame {number}: the last one is number {last}.", number=frame, last=count - 1)
            )
        image = stack[frame] if stack.ndim == 3 else stack
        return cls(image, unit=str(image.attrs.get("units", "")), frame=frame)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns [px]."""
        rows, cols = self.values.shape
        return rows, cols

    @cached_property
    def scanned(self) -> Box:
        """The part with finite values (row, col, height, width) [px]: all of it but for a scan that was stopped."""
        box = scanned_box(self.values)
        assert box is not None  # as it has been checked
        return box

    @property
    def frequency_unit(self) -> Literal["1/nm", "1/px"]:
        """Unit of its spatial frequencies: "1/px" if the pixel size is not known."""
        return "1/px" if self.pixel_size is None else "1/nm"
