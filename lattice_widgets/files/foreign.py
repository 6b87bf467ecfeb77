"""Pictures of other packages as they are in memory: HyperSpy, pyxem, sidpy (SciFiReaders), py4DSTEM.

They are known by what they have, and nothing is imported for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lattice_widgets.files.labeled import PlainPicture, label
from lattice_widgets.files.readers.rosetta.signals import image_of
from lattice_widgets.files.readers.stored import StoredImage, gray_values
from lattice_widgets.files.selection import refuse_unless_picture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["foreign_picture"]


def foreign_picture(source: Any) -> xr.DataArray | None:
    """Return a picture or movie of another package with the lengths and times that it knows.

    Parameters
    ----------
    source : object
        A HyperSpy or pyxem signal, a sidpy data set, a py4DSTEM array; or anything else.

    Returns
    -------
    image : xarray.DataArray or None
        As from `read_micrograph`; None if it is of none of these packages.

    Raises
    ------
    ValueError
        If it is of one of them and no picture: spectra, four dimensions, complex numbers; in one sentence.
    """
    signal = _of_hyperspy(source) or _of_sidpy(source) or _of_py4dstem(source)
    if signal is None:
        return None
    image: StoredImage = image_of(signal, 0)
    name = str(signal["metadata"]["General"]["title"]) or "the signal"
    refuse_unless_picture(image, name)
    values, converted = gray_values(np.asarray(image.load(slice(None))), image.channels)
    times = image.frame_times if image.frame_times is not None else np.arange(values.shape[0])
    picture = PlainPicture(
        values,
        signal["package"],
        name,
        "; ".join([*image.notes, *converted]),
        image.pixel_size,
        times if values.ndim == 3 else None,
        "frame" if image.frame_times is None else "s",
    )
    return label(picture, name)


def _signal(package: str, data: Any, title: Any, axes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"package": package, "data": data, "axes": axes, "metadata": {"General": {"title": str(title or "")}}}


def _of_hyperspy(source: Any) -> dict[str, Any] | None:
    manager = getattr(source, "axes_manager", None)
    if manager is None or not hasattr(source, "data") or not hasattr(manager, "_axes"):
        return None
    axes = []
    for place, axis in enumerate(manager._axes):
        known = {
            "name": _word(axis.name), "units": _word(getattr(axis, "units", "")), "size": int(axis.size),
            "offset": float(getattr(axis, "offset", 0.0)), "navigate": bool(axis.navigate), "index_in_array": place,
        }  # fmt: skip
        if getattr(axis, "scale", None) is not None:  # an axis with uneven steps has none
            known["scale"] = float(axis.scale)
        axes.append(known)
    title = getattr(getattr(getattr(source, "metadata", None), "General", None), "title", "")
    return _signal("hyperspy", source.data, title, axes)


def _of_sidpy(source: Any) -> dict[str, Any] | None:
    dimensions = getattr(source, "_axes", None)
    if not isinstance(dimensions, dict) or not hasattr(source, "data_type") or not hasattr(source, "quantity"):
        return None
    axes = []
    for place in range(source.ndim):
        values = np.asarray(dimensions[place])
        kind = str(getattr(dimensions[place], "dimension_type", "")).lower()
        axes.append(_axis(dimensions[place].name, dimensions[place].units, values, place, "spectral" in kind))
    # dask's own array: a sidpy data set computes more than numbers
    data = source.compute() if hasattr(source, "compute") else source
    return _signal("sidpy", np.asarray(data), getattr(source, "title", ""), axes)


def _of_py4dstem(source: Any) -> dict[str, Any] | None:
    dims, units, names = (getattr(source, name, None) for name in ("dims", "dim_units", "dim_names"))
    data: Any = getattr(source, "data", None)
    if dims is None or units is None or names is None or len(dims) != getattr(data, "ndim", -1):
        return None
    axes = [
        _axis(name, unit, np.asarray(values), place)
        for place, (name, unit, values) in enumerate(zip(names, units, dims, strict=True))
    ]
    return _signal("py4DSTEM", np.asarray(data), getattr(source, "name", ""), axes)


def _axis(name: Any, unit: Any, values: np.ndarray, place: int, spectral: bool = False) -> dict[str, Any]:
    known: dict[str, Any] = {
        "name": "energy" if spectral else _word(name), "units": _word(unit), "size": len(values), "navigate": True,
        "index_in_array": place,
    }  # fmt: skip
    steps = np.diff(values.astype(np.float64)) if values.dtype.kind in "iuf" and len(values) > 1 else np.zeros(0)
    if len(steps) and np.allclose(steps, steps[0], rtol=1e-3, atol=0) and steps[0]:
        known |= {"scale": float(steps.mean()), "offset": float(values[0])}
    return known


def _word(text: Any) -> str:
    return text if isinstance(text, str) else ""
