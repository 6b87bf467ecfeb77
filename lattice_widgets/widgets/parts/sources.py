"""What a widget takes as its picture: a sample by name, a file, a file that came through the browser, or an array."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import traitlets as t
import xarray as xr

from lattice_widgets.core.pictures.square_pixels import square_pixels
from lattice_widgets.files import read_micrograph, read_micrograph_bytes
from lattice_widgets.files.axes import axes_of, label_array
from lattice_widgets.files.calibration import PixelSizeGiven, calibrate
from lattice_widgets.language import _
from lattice_widgets.samples.collection import list_samples, load_sample


class _ByIdentity(t.TraitType):
    """A trait that notices every other thing.

    traitlets compares by ``==`` and takes what that gives as true or false: for a whole dataset that is true whatever it is
    compared to, and the change would go unnoticed, after all that lies on the disk has been read to tell. Here texts and
    numbers are compared so, all else by what it is: an array that was changed in place is still the same.
    """

    def set(self, obj: Any, value: Any) -> None:
        """Set the trait, and tell its observers unless it is the same."""
        new = self._validate(obj, value)
        old = obj._trait_values.get(self.name, self.default_value)
        obj._trait_values[self.name] = new
        plain = str | int | float | Path | None
        same = new is old or (isinstance(new, plain) and isinstance(old, plain) and new == old)
        if not same:
            obj._notify_trait(self.name, old, new)


class Thing(_ByIdentity, t.Any):
    """A trait that holds anything."""


class ThingOf(_ByIdentity, t.Instance):
    """A trait that holds an object of a class: an array, a dataset."""


@dataclass(frozen=True, eq=False)
class Upload:
    """A file that came through the browser."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()


def identity(source: Any) -> tuple[Any, ...]:
    """Return what tells a source from others: a name or path, name and content of an upload, else the object itself.

    Sources must not be compared by ``==`` or ``in``: of an array that is an array.

    Examples
    --------
    >>> identity("graphene_stm") == identity(Path("graphene_stm"))
    True
    """
    if isinstance(source, Upload):
        return "upload", source.name, source.digest
    if isinstance(source, str | Path):
        return "name", str(source)
    return "object", id(source)


def name_source(source: Any) -> str:
    """Return what a source is called in a list: the name of its file, or of an array its name and size."""
    if isinstance(source, Upload):
        return source.name
    if isinstance(source, str | Path):
        return Path(source).name or repr(str(source))
    shape = getattr(source, "shape", ())
    if isinstance(source, list | tuple):
        try:
            shape = np.shape(source)
        except ValueError:  # rows of various lengths
            shape = ()
    size = " × ".join(map(str, shape))
    known = getattr(
        source, "attrs", {}
    )  # what `read_micrograph` and `load_sample` give is an array that knows its origin
    name = known.get("title") or known.get("file") or getattr(source, "name", None) or _("your array")
    return f"{name} ({size})" if size else str(name)


def load_source(source: Any, pixel_size: PixelSizeGiven | None = None) -> xr.DataArray:
    """Return a picture (row, col) or movie (frame, row, col) with square pixels; see `square_pixels`.

    Parameters
    ----------
    source : str, Path, Upload, xarray.DataArray or array_like
        Name of a sample, path of a file, an upload, or an array (rows, cols) or (frames, rows, cols); an array may
        also have colors or frames as its last axis, as one in an npy file.
    pixel_size : float, tuple or str, optional
        As for `calibration.parse_pixel_size`; wins over what the source says.

    Raises
    ------
    ValueError, OSError
        If it is none of these or cannot be read, in one sentence.
    """
    image = _labeled(source)
    return square_pixels(image if pixel_size is None else calibrate(image, pixel_size))


def _labeled(source: Any) -> xr.DataArray:
    if isinstance(source, Upload):
        return read_micrograph_bytes(source.name, source.content)
    if isinstance(source, str | Path):
        if not str(source).strip() or "\0" in str(source):
            raise ValueError(_("This is no name of a file: give the name of a sample or of a file."))
        if str(source) in {sample.name for sample in list_samples()}:
            return load_sample(str(source))
        return read_micrograph(source)
    if isinstance(source, xr.DataArray):
        return source
    if isinstance(source, xr.Dataset):
        names = ", ".join(map(str, source.data_vars))
        raise ValueError(_("This is a set of arrays: give one of them ({names}).").format(names=names))
    if np.ma.is_masked(source):
        raise ValueError(_("The picture has masked pixels: fill or crop them first."))
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
