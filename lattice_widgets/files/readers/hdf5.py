"""Plain HDF5 through h5py: any data set in it that is a picture or a movie; EMD and HyperSpy files under such a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import length_in_nm, not_a_length, time_in_s, told_pixel_size
from lattice_widgets.files.axes import axes_of
from lattice_widgets.files.readers import rosetta
from lattice_widgets.files.readers.arrays import FRAME_INTERVAL_KEY, PIXEL_SIZE_KEY
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

_SIGNATURE = b"\x89HDF\r\n\x1a\n"

SPECIFICATION = ReaderSpecification(
    title="h5, hdf5: any picture or movie in it (h5py, the extra ``formats``)",
    kinds=(
        Kind("hdf5", (".h5", ".hdf5", ".hdf"), (_SIGNATURE,), shared=True),
        Kind("emd", (".emd",), (_SIGNATURE,), shared=True),
    ),
    uploads=True,
    companions=False,
    preloaded=("h5py", "rsciio", "dask.array"),
)

#: data sets that are listed, and objects that are looked at
_MOST, _MOST_LOOKED_AT = 500, 20_000
_INSTALL = 'pip install "lattice-widgets[formats]"'


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the pictures and movies of an HDF5 file, by their paths in it; a frame is read when it is asked for.

    Parameters
    ----------
    path : pathlib.Path
        The file; that it names no other has been made sure of.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.
    kind : str
        "hdf5" or "emd"; which of the two it is the content tells.
    upload_name : str or None
        Handed on.

    Returns
    -------
    images : list of StoredImage
        Of all data sets with two to four axes. Lengths come from dimension scales with a unit, from the attribute
        ``element_size_um`` of Fiji, or from ``pixel_size_nm`` (a number, or two: row, col); times from a scale or from
        ``frame_interval_s``.

    Raises
    ------
    MicrographFileError
        If h5py is not installed.
    """
    try:
        import h5py
    except ImportError:
        raise MicrographFileError(f"reading HDF5 files needs h5py: {_INSTALL}") from None
    file = stack.enter_context(h5py.File(path, "r"))
    special = _special(file)
    if special:
        return rosetta.stored_images(path, stack, special, upload_name)
    found: list[Any] = []
    looked_at = 0

    def look(name: str, part: Any) -> bool | None:
        nonlocal looked_at
        looked_at += 1
        if isinstance(part, h5py.Dataset) and 2 <= part.ndim <= 4 and part.size:
            found.append(part)
        return True if len(found) >= _MOST or looked_at >= _MOST_LOOKED_AT else None

    file.visititems(look)
    return [_image(part) for part in found]


def _special(file: Any) -> str:
    """Tell a file whose own reader knows more of it: "emd" or "hspy"; empty for any other."""
    if str(_attribute(file, "file_format")).lower().startswith("hyperspy"):
        return "hspy"
    if "version_major" in file.attrs and "version_minor" in file.attrs:
        return "emd"
    if any(_attribute(part, "emd_group_type") is not None for part in _first_groups(file)):
        return "emd"
    # Velox says its version in a data set; the one of py4DSTEM has no pictures that its reader finds
    return "emd" if "Version" in file and "Data" in file else ""


def _first_groups(file: Any) -> Iterator[Any]:
    """Yield the groups of a file and the groups in these."""
    for group in islice((part for part in file.values() if hasattr(part, "values")), _MOST):
        yield group
        yield from islice((part for part in group.values() if hasattr(part, "values")), _MOST)


def _attribute(part: Any, name: str) -> Any:
    try:
        value = part.attrs.get(name)
    except (OSError, TypeError, ValueError):  # of a type that h5py does not know
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _image(part: Any) -> StoredImage:
    shape = tuple(map(int, part.shape))
    axes = axes_of(shape)
    straight = not (axes.frames_last or axes.one_channel)
    notes = list(axes.notes)
    pixel_size, times = None, None
    if axes.shape == shape and len(shape) in (2, 3):
        pixel_size = _pixel_size(part, notes)
        times = _times(part) if len(shape) == 3 else None
    if pixel_size is None:
        sides = _numbers(part, PIXEL_SIZE_KEY)
        pixel_size = told_pixel_size(sides[0], sides[-1], notes) if 1 <= len(sides) <= 2 else None
    interval = _numbers(part, FRAME_INTERVAL_KEY)
    if times is None and len(axes.shape) == 3 and len(interval) == 1 and 0 < interval[0] < np.inf:
        times = np.arange(axes.shape[0], dtype=np.float64) * interval[0]
    return StoredImage(
        name=part.name.lstrip("/"),
        shape=axes.shape,
        dtype=np.dtype(part.dtype),
        load=partial(_load, part, axes, straight),
        channels=axes.channels,
        pixel_size=pixel_size,
        frame_times=times,
        notes=tuple(notes),
        whole=not straight,
    )


def _numbers(part: Any, name: str) -> list[float]:
    """Return the numbers of an attribute of a data set; none if it has other values."""
    value = np.ravel(_attribute(part, name))
    return [float(number) for number in value[:3]] if value.dtype.kind in "iuf" else []


def _load(part: Any, axes: Any, straight: bool, selected: slice) -> NDArray:
    if straight:
        return np.asarray(part[selected])
    return np.array(axes.arranged(np.asarray(part[...]))[selected])


def _pixel_size(part: Any, notes: list[str]) -> tuple[float, float] | None:
    element = _attribute(part, "element_size_um")
    if element is not None and np.size(element) >= 2:
        sizes = np.ravel(element)[-2:]
        if sizes.dtype.kind in "iuf":
            return told_pixel_size(float(sizes[0]) * 1e3, float(sizes[1]) * 1e3, notes)
    steps = []
    for axis in (part.ndim - 2, part.ndim - 1):
        step, unit = _scale(part, axis)
        factor = length_in_nm(unit)
        if step is None or factor is None:
            if step is not None and unit:
                notes.append(not_a_length(unit, str(axis)))
            return None
        steps.append(step * factor)
    return told_pixel_size(steps[0], steps[1], notes)


def _times(part: Any) -> NDArray[np.float64] | None:
    step, unit = _scale(part, 0)
    factor = time_in_s(unit)
    return np.arange(part.shape[0]) * step * factor if step and factor else None


def _scale(part: Any, axis: int) -> tuple[float | None, str]:
    """Return the step and the unit of the dimension scale of an axis; None if it has none with even steps."""
    try:
        scales = part.dims[axis]
        scale = scales[0] if len(scales) else None
    except (KeyError, OSError, RuntimeError):
        return None, ""
    if scale is None or scale.shape != (part.shape[axis],) or scale.size < 2 or scale.dtype.kind not in "iuf":
        return None, ""
    steps = np.diff(np.asarray(scale, np.float64))
    even = np.isfinite(steps).all() and steps[0] and np.allclose(steps, steps[0], rtol=1e-3, atol=0)
    return (float(steps.mean()) if even else None), str(_attribute(scale, "units") or "")
