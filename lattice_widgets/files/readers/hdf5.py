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

from lattice_widgets.core.units import (
    is_of_spectrum,
    length_in_nm,
    not_a_length,
    not_a_time,
    time_in_s,
    told_pixel_size,
)
from lattice_widgets.files.axes import Axes, axes_of, single_axes
from lattice_widgets.files.readers import rosetta
from lattice_widgets.files.readers.arrays import FRAME_INTERVAL_KEY, PIXEL_SIZE_KEY, pixel_size_by, times_by
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
        if isinstance(part, h5py.Dataset) and part.size and 2 <= part.ndim - len(single_axes(part.shape)) <= 4:
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
    notes = list(axes.notes)
    pixel_size, times, spectra = None, None, False
    kept = [place for place in range(len(shape)) if place not in axes.single]
    if axes.channels == 1 and len(kept) == 3:
        spectra = any(is_of_spectrum(_scale(part, place)[1], _name(part, place)) for place in kept)
    if axes.channels == 1 and not axes.frames_last and len(kept) in (2, 3):
        pixel_size = _pixel_size(part, kept[-2:], notes)
        times = _times(part, kept[0], notes) if len(kept) == 3 else None
    if pixel_size is None:
        pixel_size = pixel_size_by(_attribute(part, PIXEL_SIZE_KEY), notes)
    if times is None and len(axes.shape) == 3:
        times = times_by(_attribute(part, FRAME_INTERVAL_KEY), axes.shape[0])
    return StoredImage(
        name=part.name.lstrip("/"),
        shape=axes.shape,
        dtype=np.dtype(part.dtype),
        load=partial(_load, part, axes),
        channels=axes.channels,
        pixel_size=pixel_size,
        frame_times=times,
        notes=tuple(notes),
        whole=not axes.straight,
        instead="spectra" if spectra else "",
    )


def _load(part: Any, axes: Axes, selected: slice) -> NDArray:
    if axes.straight:
        return np.asarray(part[selected])
    return np.array(axes.arranged(np.asarray(part[...]))[selected])


def _pixel_size(part: Any, places: list[int], notes: list[str]) -> tuple[float, float] | None:
    element = _attribute(part, "element_size_um")
    if element is not None and np.size(element) >= 2:
        sizes = np.ravel(element)[-2:]
        if sizes.dtype.kind in "iuf":
            return told_pixel_size(float(sizes[0]) * 1e3, float(sizes[1]) * 1e3, notes)
    steps = []
    for axis in places:
        step, unit = _scale(part, axis)
        factor = length_in_nm(unit)
        if step is None or factor is None:
            if step is not None and unit:
                notes.append(not_a_length(unit, str(axis)))
            return None
        steps.append(step * factor)
    return told_pixel_size(steps[0], steps[1], notes)


def _times(part: Any, place: int, notes: list[str]) -> NDArray[np.float64] | None:
    step, unit = _scale(part, place)
    factor = time_in_s(unit)
    notes += filter(None, [not_a_time(unit, _name(part, place))])
    return np.arange(part.shape[place]) * step * factor if step and factor else None


def _name(part: Any, axis: int) -> str:
    """Return what an axis is called: its label, or the last part of the name of its scale."""
    try:
        scales = part.dims[axis]
        name = scales.label or (scales[0].name if len(scales) else "")
    except (KeyError, OSError, RuntimeError):
        return ""
    return str(name or "").rpartition("/")[2]


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
