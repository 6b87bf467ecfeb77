"""Folders that are one picture or movie: zarr, and OME-Zarr with its axes, lengths and times."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import is_of_spectrum, length_in_nm, time_in_s, told_pixel_size
from lattice_widgets.files.axes import axes_of
from lattice_widgets.files.companions import refuse_links_out_of
from lattice_widgets.files.readers.arrays import FRAME_INTERVAL_KEY, PIXEL_SIZE_KEY, pixel_size_by, times_by
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage
from lattice_widgets.needed import needed

__all__ = ["is_ome", "refuse_pickles", "stored_images"]

#: arrays that are looked at in one folder, and pictures that one OME array is offered as
_MOST_ARRAYS, _MOST_PICTURES = 500, 1000
#: numbers of a coordinate that are read
_LONGEST = 100_000
#: a codec that runs what it reads
_PICKLE = "pickle"


def is_ome(folder: Path) -> bool:
    """Tell whether a zarr folder says its axes as OME-Zarr does."""
    return bool(_multiscales(folder))


def _multiscales(folder: Path) -> list[dict[str, Any]]:
    for name, within in ((".zattrs", ()), ("zarr.json", ("attributes",))):
        try:
            known = json.loads((folder / name).read_text(encoding="utf-8"))
            for key in within:
                known = known[key]
            found = known.get("ome", known).get("multiscales")
        except (OSError, ValueError, KeyError, AttributeError, RecursionError):
            continue
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return found
    return []


def stored_images(path: Path, stack: ExitStack) -> list[StoredImage]:
    """List the pictures and movies of a zarr folder; a frame is read when it is asked for.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    stack : contextlib.ExitStack
        Not needed: nothing stays open.

    Returns
    -------
    images : list of StoredImage
        One for each array; of OME-Zarr one for each channel and plane of the largest resolution.

    Raises
    ------
    MicrographFileError
        If links in it lead out of it, or zarr cannot open it.
    """
    with needed("zarr", "Opening a zarr folder"):
        import zarr

    refuse_links_out_of(path)
    try:
        opened: Any = zarr.open(str(path), mode="r")
        scales = _multiscales(path)
        if scales:
            place = str(scales[0]["datasets"][0]["path"])
            return list(_ome_images(refuse_pickles(opened[place]), scales[0]))
        group = isinstance(opened, zarr.Group)
        arrays = list(_arrays_in(opened)) if group else [("", opened)]
        coordinates = {name: _axis_of(array) for name, array in arrays if group and len(array.shape) == 1}
    except MicrographFileError:
        raise
    except Exception as error:  # zarr has no common exception
        raise MicrographFileError(f"it holds no zarr array that can be opened ({type(error).__name__})") from error
    pictures = [(name, refuse_pickles(array)) for name, array in arrays if name not in coordinates]
    return [_plain_image(name, array, coordinates) for name, array in pictures]


def _arrays_in(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, array in islice(group.arrays(), _MOST_ARRAYS):
        yield f"{before}{name}", array
    for name, inside in group.groups():
        yield from _arrays_in(inside, f"{before}{name}/")


def refuse_pickles(array: Any) -> Any:
    """Refuse an array whose values would be unpickled."""
    codecs = [*(getattr(array, "filters", None) or ()), *(getattr(array, "compressors", None) or ())]
    names = {str(getattr(codec, "codec_id", getattr(codec, "codec_name", ""))).rpartition(".")[2] for codec in codecs}
    if array.dtype.hasobject or _PICKLE in names:
        raise MicrographFileError("it holds pickled Python objects, which are never opened: save plain numbers instead")
    return array


def _axis_of(array: Any) -> tuple[float, str]:
    """Return the step and the unit of a coordinate that xarray stored; 0 if its steps are uneven."""
    if array.dtype.kind not in "iuf" or not 1 < array.shape[0] <= _LONGEST:
        return 0.0, ""
    steps = np.diff(np.asarray(array[...], np.float64))
    even = np.isfinite(steps).all() and np.allclose(steps, steps[0], rtol=1e-3, atol=0)
    return (float(steps.mean()) if even else 0.0), str(array.attrs.get("units", ""))


def _plain_image(name: str, array: Any, coordinates: Mapping[str, tuple[float, str]]) -> StoredImage:
    axes = axes_of(tuple(map(int, array.shape)))
    notes, pixel_size, times, spectra = list(axes.notes), None, None, False
    # as xarray names the axes: in the attributes of the old format, in the metadata of the new one
    named = array.attrs.get("_ARRAY_DIMENSIONS") or getattr(array.metadata, "dimension_names", None) or ()
    place = name.rpartition("/")[0]
    known = [coordinates.get(f"{place}/{axis}" if place else str(axis), (0.0, "")) for axis in named]
    if len(known) == len(array.shape):
        spectra = any(is_of_spectrum(unit, axis) for axis, (_step, unit) in zip(named, known, strict=True))
        known = [axis for number, axis in enumerate(known) if number not in axes.single]
    if len(known) == len(axes.shape) and axes.channels == 1 and not axes.frames_last and len(known) in (2, 3):
        pixel_size = _known_sides(known[-2:], notes)
        step, unit = known[0]
        seconds = time_in_s(unit)
        times = (
            np.arange(axes.shape[0], dtype=np.float64) * (step * seconds)
            if len(known) == 3 and seconds and step > 0
            else None
        )
    if pixel_size is None:
        pixel_size = pixel_size_by(array.attrs.get(PIXEL_SIZE_KEY), notes)
    if times is None and len(axes.shape) == 3:
        times = times_by(array.attrs.get(FRAME_INTERVAL_KEY), axes.shape[0])

    def load(selected: slice) -> NDArray:
        if axes.straight:
            return np.asarray(array[selected])
        return np.array(axes.arranged(np.asarray(array[...]))[selected])

    return StoredImage(
        name=name, shape=axes.shape, dtype=np.dtype(array.dtype), load=load, channels=axes.channels, notes=tuple(notes),
        whole=not axes.straight, pixel_size=pixel_size, frame_times=times,
        instead="spectra" if spectra and len(axes.shape) > 2 else "",
    )  # fmt: skip


def _known_sides(axes: list[tuple[float, str]], notes: list[str]) -> tuple[float, float] | None:
    factors = [length_in_nm(unit) for _step, unit in axes]
    if None in factors or not all(step for step, _unit in axes):
        return None
    height, width = (step * (factor or 0.0) for (step, _unit), factor in zip(axes, factors, strict=True))
    return told_pixel_size(height, width, notes)


def _ome_images(array: Any, scales: dict[str, Any]) -> Iterator[StoredImage]:
    """Yield a picture or movie for each channel and plane; the axes of OME are named t, c, z, y, x."""
    axes = scales.get("axes") or [{"name": name} for name in "tczyx"[-array.ndim :]]
    axes = [axis if isinstance(axis, dict) else {"name": axis} for axis in axes]
    names = [str(axis.get("name", "")).lower() for axis in axes]
    if len(names) != array.ndim or names[-2:] != ["y", "x"]:
        yield _plain_image("", array, {})
        return
    steps = _steps(scales, array.ndim)
    notes: list[str] = []
    factors = [length_in_nm(axis.get("unit")) for axis in axes[-2:]]
    pixel_size = None
    if None not in factors:
        pixel_size = told_pixel_size(steps[-2] * factors[0], steps[-1] * factors[1], notes)  # type: ignore[operator]
    time = names.index("t") if "t" in names and array.shape[names.index("t")] > 1 else None
    times = None
    if time is not None:
        unit = time_in_s(axes[time].get("unit"))
        times = np.arange(array.shape[time]) * steps[time] * unit if unit else None
    others = [place for place in range(array.ndim - 2) if place != time]
    ways = product(*(range(array.shape[place]) for place in others))
    for number, chosen in enumerate(ways):
        if number == _MOST_PICTURES:
            return
        several = [(names[place], at) for place, at in zip(others, chosen, strict=True) if array.shape[place] > 1]
        words = {"c": "channel", "z": "plane"}
        name = ", ".join(f"{words.get(axis, axis)} {at}" for axis, at in several)
        shape = (array.shape[time],) * (time is not None) + tuple(array.shape[-2:])
        yield StoredImage(
            name=name, shape=tuple(map(int, shape)), dtype=np.dtype(array.dtype),
            load=partial(_load, array, dict(zip(others, chosen, strict=True)), time), pixel_size=pixel_size,
            frame_times=times, notes=tuple(notes),
        )  # fmt: skip


def _load(array: Any, chosen: dict[int, int], time: int | None, selected: slice) -> NDArray:
    index = tuple(selected if place == time else chosen.get(place, 0) for place in range(array.ndim - 2))
    return np.asarray(array[index])


def _steps(scales: dict[str, Any], count: int) -> list[float]:
    """Return the steps along all axes: those of the largest resolution times those of all."""
    steps = np.ones(count)
    for told in (scales["datasets"][0].get("coordinateTransformations"), scales.get("coordinateTransformations")):
        for change in told or ():
            factors = change.get("scale") if isinstance(change, dict) else None
            if isinstance(factors, list) and len(factors) == count:
                steps *= np.asarray(factors, float)
    return [float(step) for step in steps]
