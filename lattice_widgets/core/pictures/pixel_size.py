"""How large a pixel is along rows and along columns: one rule, coordinates first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.checks import check_pixel_size
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.units import length_in_nm, pixel_size_or_none

# xarray takes half a second to import, and the process that reads an upload returns plain numbers.
if TYPE_CHECKING:
    import xarray as xr

Sides = tuple[float, float]

#: sides of a pixel that differ by less than this share of themselves make it square
_SQUARE = 5e-4
#: coordinates and attribute agree to this share; then the attribute is exact, and the coordinates are rounded sums
_AGREE = 1e-6
#: steps of a coordinate that differ by less than this share of themselves are even: files round positions
_EVEN = 0.02


def square_side(size: Sides) -> float | None:
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


def set_pixel_size(image: xr.DataArray, pixel_size: float | Sides, calibration: str = "by hand") -> xr.DataArray:
    """Give a micrograph a pixel size: a new array over the same values with ``row`` and ``col`` in nm.

    Parameters
    ----------
    image : xarray.DataArray
        Dimensions (..., "row", "col").
    pixel_size : float or tuple of float
        nm per pixel, or (row, col) where pixels are not square. From 1e-6 nm to 1 m.
    calibration : str
        Where it comes from: "file", "by hand", "graphene 10"; goes into ``attrs["calibration"]``.

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
        {axis: positions(axis, image.sizes[axis], s) for axis, s in zip(image.dims[-2:], size, strict=True)}
    )
    image = with_attributes(image, size)
    image.attrs["calibration"] = calibration
    return image


def with_attributes(image: xr.DataArray, size: Sides) -> xr.DataArray:
    """Say the pixel size (row, col) [nm] in the attributes of a new array over the same values."""
    image = image.copy(deep=False)
    image.attrs = {name: value for name, value in image.attrs.items() if not name.startswith("pixel_size")}
    image.attrs["pixel_size_row"], image.attrs["pixel_size_col"] = size
    side = square_side(size)
    if side is not None:
        image.attrs["pixel_size"] = side
    return image


def positions(axis: Any, count: int, pixel_size: float | None = None) -> xr.Variable:
    """Return the coordinate of an axis: distances from the middle of the first pixel.

    Parameters
    ----------
    axis : str
        Name of the dimension.
    count : int
        Pixels along it.
    pixel_size : float or None
        [nm/px]; None gives numbers of pixels.

    Returns
    -------
    xarray.Variable
        With ``attrs["units"]``: "nm" or "px".
    """
    import pandas as pd
    import xarray as xr

    units = "px" if pixel_size is None else "nm"
    # from an array of NumPy xarray would look for those of dask and pint, and import both: half a second
    marks = pd.Index(np.arange(count) * (pixel_size or 1))
    return xr.Variable(axis, marks, {"units": units, "long_name": str(axis)})


def sides_of(image: xr.DataArray) -> tuple[Sides, bool]:
    """Tell the height and width of a pixel from the coordinates; attributes count only where these say nothing.

    A slice or a mean of blocks changes the coordinates of an array and leaves its attributes as they were, so the
    coordinates are right where the two differ.

    Parameters
    ----------
    image : xarray.DataArray
        Dimensions (..., row, col), whatever they are called.

    Returns
    -------
    sides : tuple of float
        Along rows and along columns (row, col) [nm]; [px] if no length is known, and then only their ratio says something.
    known : bool
        Whether they are lengths in nm.

    Raises
    ------
    ValueError
        If a coordinate in nm or px has uneven steps.

    Examples
    --------
    >>> import xarray as xr
    >>> image = set_pixel_size(xr.DataArray(np.zeros((4, 6)), dims=("row", "col")), 0.5)
    >>> sides_of(image[::2, ::2]), sides_of(image[::2])
    (((1.0, 1.0), True), ((1.0, 0.5), True))
    """
    lengths, steps = zip(*(_side(image, axis) for axis in image.dims[-2:]), strict=True)
    if None not in lengths:
        return lengths, True
    if lengths != (None, None):  # a length along one axis and pixels along the other have no ratio
        return (1.0, 1.0), False
    return (steps if None not in steps else (1.0, 1.0)), False


def _side(image: xr.DataArray, axis: Any) -> tuple[float | None, float | None]:
    """Return the length of a step along an axis [nm], None if it is not known, and the step itself [px]."""
    said = image.attrs.get(f"pixel_size_{axis}", image.attrs.get("pixel_size"))
    check_pixel_size(said if not isinstance(said, tuple) else float("nan"))
    known = float(said) if said is not None else None
    if axis not in image.coords:
        return known, 1.0
    coordinate = image.coords[axis]
    unit = coordinate.attrs.get("units", "")
    factor = length_in_nm(unit)
    if (factor is None and unit != "px") or coordinate.dtype.kind not in "iuf" or coordinate.size < 2:
        return known, 1.0
    step = _even_step(coordinate.values, str(axis)) * (factor or 1.0)
    if factor is None:  # the attribute is the length of one of the pixels that the coordinate counts
        return (known * step if known is not None else None), step
    return (known if known is not None and np.isclose(step, known, rtol=_AGREE, atol=0) else step), step


def _even_step(values: NDArray, axis: str) -> float:
    steps = np.diff(np.asarray(values, np.float64))
    steps = steps[np.isfinite(steps)]
    mean = float(steps.mean()) if steps.size else 0.0
    if mean == 0 or np.abs(steps - mean).max() > _EVEN * abs(mean):
        raise ValueError(
            Sentence("The coordinate {axis} has uneven steps: interpolate the picture to even ones first.", axis=axis)
        )
    return abs(mean)


def pixel_size_of(image: Any) -> float | Sides | None:
    """Tell the pixel size of a labeled picture; see `sides_of` for how.

    Parameters
    ----------
    image : array_like or xarray.DataArray
        The picture; a plain array knows nothing.

    Returns
    -------
    pixel_size : float, tuple of float or None
        One number [nm/px] for square pixels, else (row, col); None if it is not known.

    Raises
    ------
    ValueError
        If a coordinate has uneven steps.
    """
    if not is_labeled(image):
        return None
    sides, known = sides_of(image)
    return (square_side(sides) or sides) if known else None


def is_labeled(image: Any) -> bool:
    """Tell whether a picture or movie is an xarray.DataArray, without importing xarray."""
    return all(hasattr(image, name) for name in ("dims", "coords", "attrs")) and len(image.dims) in (2, 3)


def calibration_of(image: xr.DataArray) -> str:
    """Tell where the pixel size of a picture comes from.

    Parameters
    ----------
    image : xarray.DataArray
        Dimensions (..., row, col).

    Returns
    -------
    calibration : str
        "file", "by hand", a crystal and a spot, "array" for an array that brought it along; "" if it is not known.
    """
    return str(image.attrs.get("calibration", "array")) if sides_of(image)[1] else ""
