"""Plain numbers in, a labeled array out: the axes, units and attributes that every micrograph carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.units import pixel_size_or_none

# xarray takes half a second to import, and the process that reads an upload returns plain numbers.
if TYPE_CHECKING:
    import xarray as xr

#: sides of a pixel that differ by less than this share of themselves make it square
_SQUARE = 5e-4


@dataclass(frozen=True)
class PlainPicture:
    """What was read from a file, as plain numbers and words.

    Parameters
    ----------
    values : numpy.ndarray
        (rows, cols) or (frames, rows, cols).
    format, dataset, notes : str
        The attributes of the same names.
    pixel_size : tuple of float or None
        Height and width of a pixel in nm, None where the file does not know it.
    frame_positions : numpy.ndarray or None
        Time in s, or number, of each frame; None for a single picture.
    frame_unit : str
        "s" or "frame".
    single : bool
        Whether one frame was asked for by its number, so that the frame axis of length 1 is dropped.
    """

    values: NDArray
    format: str
    dataset: str
    notes: str
    pixel_size: tuple[float, float] | None = None
    frame_positions: NDArray | None = None
    frame_unit: str = "frame"
    single: bool = False


def label(picture: PlainPicture, name: str) -> xr.DataArray:
    """Give plain numbers named axes: in nm where the pixel size is known, else in px; in s or frame numbers.

    Parameters
    ----------
    picture : PlainPicture
        The numbers and what is known of them.
    name : str
        Name of the file.

    Returns
    -------
    image : xarray.DataArray
        As from `read_micrograph`.
    """
    import xarray as xr

    values = picture.values
    dims: tuple[str, ...] = ("row", "col")
    coordinates = {axis: _positions(axis, size) for axis, size in zip(dims, values.shape[-2:], strict=True)}
    if values.ndim == 3:
        dims = ("frame", *dims)
        attributes = {
            "units": picture.frame_unit,
            "long_name": "frame number" if picture.frame_unit == "frame" else "time",
        }
        coordinates["frame"] = xr.Variable("frame", picture.frame_positions, attributes)
    array = xr.DataArray(values, dims=dims, coords=coordinates, name="intensity")
    if picture.single and values.ndim == 3:
        array = array.isel(frame=0)
    array.attrs = {"file": name, "format": picture.format, "dataset": picture.dataset, "notes": picture.notes}
    return array if picture.pixel_size is None else set_pixel_size(array, picture.pixel_size)


def set_pixel_size(image: xr.DataArray, pixel_size: float | tuple[float, float]) -> xr.DataArray:
    """Give a micrograph a pixel size: a new array over the same values with ``row`` and ``col`` in nm.

    Parameters
    ----------
    image : xarray.DataArray
        Dimensions (..., "row", "col").
    pixel_size : float or tuple of float
        nm per pixel, or (row, col) where pixels are not square. From 1e-6 nm to 1 m.

    Returns
    -------
    image : xarray.DataArray
        The same values, not copied. ``attrs["pixel_size"]`` is there where the two sides differ by less than 5e-4 of
        themselves, and is then the square root of their product.

    Raises
    ------
    ValueError
        For a pixel size that is none.

    Examples
    --------
    >>> import xarray as xr
    >>> image = set_pixel_size(xr.DataArray(np.zeros((2, 3)), dims=("row", "col")), 0.5)
    >>> image.col.values.tolist(), image.col.units, image.pixel_size
    ([0.0, 0.5, 1.0], 'nm', 0.5)
    """
    size = pixel_size_or_none(*(pixel_size if isinstance(pixel_size, tuple) else (pixel_size, pixel_size)))
    if size is None or min(np.ravel(pixel_size)) < 0:
        raise ValueError(f"a pixel size must be positive, in nm, from 1e-6 nm to 1 m, not {pixel_size!r}")
    image = image.assign_coords(
        {axis: _positions(axis, image.sizes[axis], s) for axis, s in zip(("row", "col"), size, strict=True)}
    )
    image.attrs = {name: value for name, value in image.attrs.items() if not name.startswith("pixel_size")}
    image.attrs["pixel_size_row"], image.attrs["pixel_size_col"] = size
    side = square_side(size)
    if side is not None:
        image.attrs["pixel_size"] = side
    return image


def square_side(size: tuple[float, float]) -> float | None:
    """Return the side of a pixel if it is square, to 5e-4 of itself.

    Drift-corrected pictures of some cameras have sides that differ by 2.4e-4: no fit tells that from a square pixel.

    Parameters
    ----------
    size : tuple of float
        Height and width of the pixel, nm.

    Returns
    -------
    side : float or None
        Square root of the product, nm; None if the pixel is not square.
    """
    if size[0] == size[1]:
        return size[1]
    return float(np.sqrt(size[0] * size[1])) if np.isclose(*size, rtol=_SQUARE, atol=0) else None


def _positions(axis: str, count: int, pixel_size: float | None = None) -> xr.Variable:
    import xarray as xr

    units = "px" if pixel_size is None else "nm"
    return xr.Variable(axis, np.arange(count) * (pixel_size or 1), {"units": units, "long_name": axis})
