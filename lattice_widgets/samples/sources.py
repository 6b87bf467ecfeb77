"""What a picture may come from: a sample by its name, a file, a file that came through the browser, or an array."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.files import read_micrograph, read_micrograph_bytes
from lattice_widgets.files.axes import axes_of, label_array
from lattice_widgets.files.calibration import PixelSizeGiven, calibrate
from lattice_widgets.files.foreign import foreign_picture
from lattice_widgets.language import _
from lattice_widgets.samples.collection import list_samples, load_sample

__all__ = ["Upload", "label_source", "load_source"]


@dataclass(frozen=True, eq=False)
class Upload:
    """A file that came through the browser."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()


def load_source(
    source: Any, pixel_size: PixelSizeGiven | None = None, dataset: str | int | None = None
) -> xr.DataArray:
    """Return a picture (row, col) or movie (frame, row, col) with square pixels; see `square_pixels`.

    Parameters
    ----------
    source : str, Path, Upload, xarray.DataArray or array_like
        Name of a sample, path of a file, an upload, or an array (rows, cols) or (frames, rows, cols); an array may
        also have colors or frames as its last axis, as one in an npy file.
    pixel_size : float, tuple or str, optional
        As for `calibration.parse_pixel_size`; wins over what the source says.
    dataset : str or int, optional
        Which data set of a file that has several, as for `read_micrograph`; nothing to others.

    Raises
    ------
    ValueError, OSError
        If it is none of these or cannot be read, in one sentence.
    """
    image = label_source(source, dataset)
    return square_pixels(image if pixel_size is None else calibrate(image, pixel_size))


def label_source(source: Any, dataset: str | int | None = None) -> xr.DataArray:
    """Return a picture or movie as it is stored, with what is known of its lengths; see `load_source`."""
    if isinstance(source, Upload):
        return read_micrograph_bytes(source.name, source.content, dataset=dataset)
    if isinstance(source, str | Path):
        if not str(source).strip() or "\0" in str(source):
            raise ValueError(_("This is no name of a file: give the name of a sample or of a file."))
        if str(source) in {sample.name for sample in list_samples()}:
            return load_sample(str(source))
        return read_micrograph(source, dataset=dataset)
    if isinstance(source, xr.DataArray):
        return source
    if isinstance(source, xr.Dataset):
        names = ", ".join(map(str, source.data_vars))
        raise ValueError(_("This is a set of arrays: give one of them ({names}).").format(names=names))
    known = foreign_picture(source)
    if known is not None:
        return known
    if np.ma.is_masked(source):
        raise ValueError(_("The picture has masked pixels: fill them first, each from its neighbors."))
    try:
        array = np.asarray(source)
    except ValueError as error:
        raise ValueError(_("These pictures differ in size: give one picture, or frames of one size.")) from error
    if array.ndim not in (2, 3) and len(axes_of(array.shape).shape) not in (2, 3):
        words = _("A picture has two axes (rows, columns), a movie three; this array has {count}.")
        raise ValueError(words.format(count=array.ndim))
    if array.size == 0:
        raise ValueError(_("There is no picture: the array is empty."))
    if array.shape == axes_of(array.shape).shape or array.dtype.kind not in "biuf":
        return xr.DataArray(array, dims=("frame", "row", "col")[-array.ndim :])
    return label_array(array)
