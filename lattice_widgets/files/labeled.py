"""Plain numbers in, a labeled array out: the axes, units and attributes that every micrograph carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from numpy.typing import NDArray

from lattice_widgets.core.pictures.pixel_size import positions, set_pixel_size

# xarray takes half a second to import, and the process that reads an upload returns plain numbers.
if TYPE_CHECKING:
    import xarray as xr


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
    datasets : tuple of str
        By which names the pictures of the file are asked for, if it has several.
    calibration : str
        Where the pixel size comes from.
    """

    values: NDArray
    format: str
    dataset: str
    notes: str
    pixel_size: tuple[float, float] | None = None
    frame_positions: NDArray | None = None
    frame_unit: str = "frame"
    single: bool = False
    datasets: tuple[str, ...] = ()
    calibration: str = "file"


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
    import pandas as pd
    import xarray as xr

    values = picture.values
    dims: tuple[str, ...] = ("row", "col")
    coordinates = {axis: positions(axis, size) for axis, size in zip(dims, values.shape[-2:], strict=True)}
    if values.ndim == 3:
        dims = ("frame", *dims)
        attributes = {
            "units": picture.frame_unit,
            "long_name": "frame number" if picture.frame_unit == "frame" else "time",
        }
        coordinates["frame"] = xr.Variable("frame", pd.Index(picture.frame_positions), attributes)
    intensity = xr.Variable(dims, values, fastpath=True)  # as in `positions`: nobody asks for dask
    array = xr.DataArray(intensity, coords=coordinates, name="intensity")
    if picture.single and values.ndim == 3:
        array = array.isel(frame=0)
    array.attrs = {"file": name, "format": picture.format, "dataset": picture.dataset, "notes": picture.notes}
    if len(picture.datasets) > 1:
        array.attrs["datasets"] = list(picture.datasets)
    return array if picture.pixel_size is None else set_pixel_size(array, picture.pixel_size, picture.calibration)
