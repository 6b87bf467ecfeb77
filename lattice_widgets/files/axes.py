"""Which axis of an array is which: rows, columns, frames, colors, the same for an array in a file and one in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.labeled import PlainPicture, label
from lattice_widgets.files.readers.stored import gray_values

if TYPE_CHECKING:
    import xarray as xr

# No picture of a lattice is narrower than this.
_NARROW = 16


@dataclass(frozen=True)
class Axes:
    """How an array is taken.

    Parameters
    ----------
    shape : tuple of int
        (rows, cols) or (frames, rows, cols), without colors; as it is if it is neither.
    channels : int
        3 or 4 for colors, which are then the last axis; else 1.
    frames_last : bool
        Whether the frames are the array's last axis.
    single : tuple of int
        Axes of the array with one value, which are left out.
    notes : tuple of str
        What was taken for what, where it is not the usual order.
    """

    shape: tuple[int, ...]
    channels: int = 1
    frames_last: bool = False
    single: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def straight(self) -> bool:
        """Whether the array is in the order of `shape` as it is stored."""
        return not (self.frames_last or self.single)

    def arranged(self, values: NDArray) -> NDArray:
        """Return the array in the order of `shape`, colors last: a view, without a copy.

        Parameters
        ----------
        values : numpy.ndarray
            The array as it is stored.

        Returns
        -------
        values : numpy.ndarray
            Shape as `shape`, with the channels behind where there are some.
        """
        if self.single:
            values = values.squeeze(self.single)
        return np.moveaxis(values, -1, 0) if self.frames_last else values


def axes_of(shape: tuple[int, ...]) -> Axes:
    """Tell the axes of an array from their lengths.

    Parameters
    ----------
    shape : tuple of int
        Of the array. A last axis of 3 or 4 is one of colors; axes of 1 say nothing where there are more than three or the
        last one is one; a short last one is one of frames, as MATLAB stores movies, and so is one behind square pictures
        that is shorter than they are.

    Returns
    -------
    axes : Axes
        What is taken for what.

    Examples
    --------
    >>> axes_of((256, 256, 3)).channels, axes_of((256, 256, 1)).shape, axes_of((256, 256, 9)).shape
    (3, (256, 256), (9, 256, 256))
    """
    single = single_axes(shape)
    if single:
        rest = axes_of(tuple(size for place, size in enumerate(shape) if place not in single))
        note = (
            "its last axis has one value" if len(single) == 1 and single[0] == len(shape) - 1 else "axes with one value"
        )
        return replace(rest, single=single, notes=(f"{note}: left out", *rest.notes))
    if len(shape) not in (3, 4) or min(shape[-3:-1]) <= 4:
        return Axes(shape)
    *front, rows, cols, last = shape
    if last in (3, 4):
        return Axes((*front, rows, cols), last)
    short = last < _NARROW < min(rows, cols)
    if len(shape) == 3 and last and (short or (rows == cols > _NARROW and last < rows)):
        return Axes(
            (last, rows, cols), frames_last=True, notes=(f"its axes are taken as rows, columns, {last} frames",)
        )
    return Axes(shape)


def single_axes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """List the axes of an array that have one value and say nothing.

    Parameters
    ----------
    shape : tuple of int
        Of the array.

    Returns
    -------
    single : tuple of int
        Their places, where the array has more than three axes (colors not counted) and is a picture or a movie without
        them, or where the only one is the last of three; else none. A movie of one frame keeps its first axis.

    Examples
    --------
    >>> single_axes((67, 1336, 1, 1, 1)), single_axes((1, 64, 64)), single_axes((64, 64, 1)), single_axes((1, 2, 3, 4, 5))
    ((2, 3, 4), (), (2,), ())
    """
    ones = tuple(place for place, size in enumerate(shape) if size == 1)
    colors = len(shape) > 3 and shape[-1] in (3, 4)
    if len(shape) > 3 + colors:
        return ones if len(shape) - len(ones) - colors in (2, 3) else ()
    return ones if ones == (2,) and len(shape) == 3 and min(shape[:2]) > 4 else ()


def label_array(values: NDArray) -> xr.DataArray:
    """Label an array in memory as `read_micrograph` labels one in an npy file.

    Parameters
    ----------
    values : numpy.ndarray
        A picture (rows, cols) or movie (frames, rows, cols), also with colors behind, or frames last; numbers.

    Returns
    -------
    image : xarray.DataArray
        ("row", "col") or ("frame", "row", "col") with coordinates in px and frame numbers; ``attrs["notes"]`` says what
        was done. Gray values are not copied.

    Raises
    ------
    ValueError
        If the array is neither a picture nor a movie.
    """
    axes = axes_of(values.shape)
    if len(axes.shape) not in (2, 3):
        raise ValueError(f"an array with {values.ndim} axes is neither a picture nor a movie")
    gray, converted = gray_values(axes.arranged(values), axes.channels)
    positions = np.arange(gray.shape[0]) if gray.ndim == 3 else None
    return label(PlainPicture(gray, "array", "", "; ".join([*axes.notes, *converted]), frame_positions=positions), "")
