"""Pixel size and frame interval of tif files, as ImageJ, OME, Gatan and FEI write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lattice_widgets.core.units import (
    is_of_diffraction,
    length_in_nm,
    not_a_length,
    only_counts,
    pixel_size_or_none,
    time_in_s,
    told_pixel_size,
)

if TYPE_CHECKING:
    import tifffile

# Gatan DigitalMicrograph writes its calibration into private tags.
_GATAN_UNITS, _GATAN_SCALES = (65004, 65003), (65010, 65009)
_GATAN_STACK_UNIT, _GATAN_STACK_SCALE = 65005, 65011
# No printer reaches 25,400 dots per inch: a pixel below 1 µm is a microscope's.
_LARGEST_PHYSICAL_PIXEL = 1000.0


def calibration(
    tif: tifffile.TiffFile, index: int, notes: list[str]
) -> tuple[tuple[float, float] | None, float | None]:
    """Return the pixel size of a series and the time between its frames.

    Parameters
    ----------
    tif : tifffile.TiffFile
        The open file.
    index : int
        Which series.
    notes : list of str
        Grows by what the user must know of a scale that is no length.

    Returns
    -------
    pixel_size : tuple of float or None
        (row, col) in nm; None where the file does not know it.
    interval : float or None
        s; None where the file does not know it.
    """
    if tif.is_ome and tif.ome_metadata:
        return _ome(tif.ome_metadata, index, notes)
    page: Any = tif.series[index].keyframe
    tags = page.tags
    if all(code in tags for code in (*_GATAN_UNITS, *_GATAN_SCALES)):
        units = [tags[code].value for code in _GATAN_UNITS]
        if any(is_of_diffraction(unit) for unit in units):
            notes.append(not_a_length(units[0]))
            return None, None
        factors = [length_in_nm(unit) for unit in units]
        if None not in factors:
            height, width = (float(tags[code].value) * (f or 0) for code, f in zip(_GATAN_SCALES, factors, strict=True))
            return told_pixel_size(height, width, notes), _gatan_interval(tags)
    scan = (tif.fei_metadata or {}).get("Scan", {}) if tif.is_fei else {}
    if "PixelWidth" in scan and "PixelHeight" in scan:
        return told_pixel_size(float(scan["PixelHeight"]) * 1e9, float(scan["PixelWidth"]) * 1e9, notes), None
    per_unit = [_ratio(tags, name) for name in ("YResolution", "XResolution")]
    imagej = tif.imagej_metadata or {} if tif.is_imagej else {}
    interval = _imagej_interval(imagej)
    if not all(per_unit):
        return None, interval
    # ImageJ says the unit in its own words and sets ResolutionUnit to "none".
    factor = length_in_nm(imagej.get("unit"))
    if factor is not None:
        return told_pixel_size(factor / per_unit[0], factor / per_unit[1], notes), interval
    if not only_counts(imagej.get("unit")):
        notes.append(not_a_length(imagej["unit"]))
        return None, interval
    unit = int(getattr(page, "resolutionunit", 1) or 1)
    factor = {2: 2.54e7, 3: 1e7}.get(unit)
    sizes = [factor / value for value in per_unit] if factor else [np.inf, np.inf]
    return (pixel_size_or_none(*sizes) if max(sizes) < _LARGEST_PHYSICAL_PIXEL else None), interval


def _gatan_interval(tags: Any) -> float | None:
    """Return the step of the third axis of a stack, where that is a time."""
    if _GATAN_STACK_UNIT not in tags or _GATAN_STACK_SCALE not in tags:
        return None
    factor, step = time_in_s(tags[_GATAN_STACK_UNIT].value), tags[_GATAN_STACK_SCALE].value
    if factor is None or not isinstance(step, int | float):
        return None
    return factor * step if np.isfinite(step) and step > 0 else None


def _imagej_interval(imagej: dict[str, Any]) -> float | None:
    try:
        interval = float(imagej.get("finterval", 0)) * (time_in_s(imagej.get("tunit", "s")) or 1.0)
    except (TypeError, ValueError):
        return None
    return interval if np.isfinite(interval) and interval > 0 else None


def _ratio(tags: tifffile.TiffTags, name: str) -> float:
    value = tags.valueof(name, default=(0, 1))
    return float(value[0]) / float(value[1]) if value[1] else 0.0


def _ome(xml: str, index: int, notes: list[str]) -> tuple[tuple[float, float] | None, float | None]:
    import tifffile

    images = tifffile.xml2dict(xml)["OME"].get("Image", [])
    images = images if isinstance(images, list) else [images]
    if index >= len(images):
        return None, None
    pixels = images[index].get("Pixels", {})
    sizes = []
    for axis in "YX":
        factor = length_in_nm(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        sizes.append(float(pixels.get(f"PhysicalSize{axis}", 0)) * (factor or 0))
    seconds = float(pixels.get("TimeIncrement", 0)) * (time_in_s(pixels.get("TimeIncrementUnit", "s")) or 0)
    return told_pixel_size(sizes[0], sizes[1], notes), seconds or None
