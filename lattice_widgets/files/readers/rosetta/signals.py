"""What RosettaSciIO's readers return, as pictures and movies: axes, units, times, colors."""

from __future__ import annotations

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
from lattice_widgets.files.axes import single_axes
from lattice_widgets.files.readers.stored import StoredImage

_COLORS = ("R", "G", "B")


def image_of(signal: dict[str, Any], index: int) -> StoredImage:
    """Describe a data set.

    Parameters
    ----------
    signal : dict
        As RosettaSciIO's readers return it: data, axes, metadata.
    index : int
        Its number in the file, which is its name if it has none.

    Returns
    -------
    image : StoredImage
        For spectra, with the word for them instead of a picture.
    """
    data, axes = signal["data"], signal.get("axes", [])
    axes = sorted(
        (axis for axis in axes if "size" in axis or "axis" in axis), key=lambda axis: axis.get("index_in_array") or 0
    )
    single = single_axes(data.shape)
    if single:
        data = data.squeeze(single)
        axes = [axis for axis in axes if axis.get("index_in_array") not in single]
    title = str(signal.get("metadata", {}).get("General", {}).get("title", "")) or f"data set {index}"
    dtype, channels, convert = data.dtype, 1, _same
    if dtype.names and set(_COLORS) <= set(dtype.names):
        dtype, channels, convert = dtype[_COLORS[0]], 3, _color
    notes: list[str] = []
    pixel_size, times = None, None
    if len(axes) == data.ndim and data.ndim in (2, 3):
        pixel_size = _pixel_size(axes[-2], axes[-1], notes)
        if data.ndim == 3:
            times = _times(axes[0])
            if times is None:
                notes += filter(None, [not_a_time(axes[0].get("units"), axes[0].get("name"))])
    # One signal axis is a spectrum in each pixel: such a data set has no picture to show, whatever its shape.
    spectra = data.ndim > 1 and sum(not axis.get("navigate", True) for axis in axes) == 1
    spectra = spectra or (data.ndim > 2 and any(_is_spectral(axis) for axis in axes))
    return StoredImage(
        name=title,
        shape=tuple(int(size) for size in data.shape),
        dtype=np.dtype(dtype),
        load=lambda selected: convert(_compute(data[selected])),
        channels=channels,
        pixel_size=pixel_size,
        frame_times=times,
        notes=tuple(notes),
        instead="spectra" if spectra else "",
    )


def _is_spectral(axis: dict[str, Any]) -> bool:
    return is_of_spectrum(axis.get("units"), axis.get("name"))


def _compute(values: Any) -> NDArray:
    # Threads are the runner's: one scheduler in the calling thread.
    return np.array(values.compute(scheduler="synchronous") if hasattr(values, "compute") else values)


def _same(values: NDArray) -> NDArray:
    return values


def _color(values: NDArray) -> NDArray:
    return np.stack([values[name] for name in _COLORS], axis=-1)


def _pixel_size(row: dict[str, Any], col: dict[str, Any], notes: list[str]) -> tuple[float, float] | None:
    sizes = []
    for axis in (row, col):
        unit = axis.get("units")
        factor = length_in_nm(unit)
        if factor is None or "scale" not in axis or _is_spectral(axis):
            if isinstance(unit, str) and unit.strip() and unit != "<undefined>":
                notes.append(not_a_length(unit, str(axis.get("name") or "?")))
            return None
        sizes.append(float(axis["scale"]) * factor)
    return told_pixel_size(sizes[0], sizes[1], notes)


def _times(axis: dict[str, Any]) -> NDArray[np.float64] | None:
    factor = time_in_s(axis.get("units"))
    if factor is None or "scale" not in axis:
        return None
    return (
        float(axis.get("offset", 0.0)) + np.arange(int(axis["size"]), dtype=np.float64) * float(axis["scale"])
    ) * factor
