"""tif and tiff through tifffile, with the calibration of ImageJ, OME, Gatan and FEI files."""

from __future__ import annotations

import struct
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from lattice_widgets.files.companions import open_tiff
from lattice_widgets.files.readers.stored import (
    MicrographFileError,
    StoredImage,
    length_in_nm,
    pixel_size_or_none,
    time_in_s,
)

# Gatan DigitalMicrograph writes its calibration into private tags.
_GATAN_UNITS, _GATAN_SCALES = (65004, 65003), (65010, 65009)
# No printer reaches 25,400 dots per inch: a pixel below 1 µm is a microscope's.
_LARGEST_PHYSICAL_PIXEL = 1000.0


def stored_images(path: Path, stack: ExitStack, upload_name: str | None = None) -> list[StoredImage]:
    """The series of a TIFF file; several pages of one size are the frames of one movie.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.
    upload_name : str or None
        The name that an upload had in the browser; None for a file on disk.

    Returns
    -------
    images : list of StoredImage
        One per series. Resolution tags count as a pixel size where they are a physical length: with ImageJ's or OME's
        unit, Gatan's or FEI's tags, or below 1 µm per pixel; dots per inch for printing do not.

    Raises
    ------
    MicrographFileError
        For a file that is cut off (tifffile itself returns the first page of such a file), and for one that names
        files that must not be opened.
    """
    _refuse_cut_off(path)
    tif = stack.enter_context(open_tiff(path, upload_name))
    images = [_series(path, tif, index) for index in range(len(tif.series))]
    first = images[0]
    # Programs that write page by page leave one series per page; equal single pages are the frames of a movie.
    if len(images) > 1 and all(
        len(image.shape) == 2
        and (image.shape, image.dtype, image.channels) == (first.shape, first.dtype, first.channels)
        for image in images
    ):
        return [_pages_as_frames(images)]
    return images


def _pages_as_frames(pages: list[StoredImage]) -> StoredImage:
    first = pages[0]
    return replace(
        first,
        name="pages",
        shape=(len(pages), *first.shape),
        load=lambda selected: np.stack([page.load(slice(None)) for page in pages[selected]]),
        notes=(*first.notes, f"{len(pages)} pages of one size are its frames"),
    )


def _series(path: Path, tif: tifffile.TiffFile, index: int) -> StoredImage:
    series = tif.series[index]
    for page in series.pages:
        ends = (
            [offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)]
            if page
            else []
        )
        if page and ends and max(ends) > page.parent.filehandle.size:
            raise MicrographFileError("it is cut off: some of its pixels lie behind the end of the file")
    axes, shape = series.axes, series.shape
    channels = shape[axes.index("S")] if "S" in axes else 1
    frame_axes = [(axis, size) for axis, size in zip(axes, shape, strict=True) if axis not in "YXS"]
    spatial = tuple(size for axis, size in zip(axes, shape, strict=True) if axis in "YX")
    notes = []
    if frame_axes and frame_axes[0][0] in "CZ" and len(frame_axes) == 1:
        notes.append(f"the file calls its frames {'channels' if frame_axes[0][0] == 'C' else 'slices (z)'}")
    pixel_size, interval = _calibration(tif, index)
    times = np.arange(frame_axes[0][1], dtype=np.float64) * interval if interval and len(frame_axes) == 1 else None

    def load(selected: slice) -> NDArray:
        if frame_axes and channels == 1:
            if series.dataoffset is not None and not series.is_multifile:
                # not tifffile.memmap, which would open the file anew, with all that it names
                stored = np.dtype(tif.byteorder + series.dtype.char)
                return np.array(np.memmap(path, stored, "r", series.dataoffset, series.shape)[selected])
            if len(series.pages) == shape[0]:
                # A list, not a slice: one selected page must stay a stack of one.
                pages = list(range(shape[0])[selected])
                return np.asarray(tif.asarray(key=pages, series=index)).reshape(len(pages), *shape[1:])
        values = series.asarray()
        if channels > 1:
            values = np.moveaxis(values, axes.index("S"), -1)
        return values[selected]

    return StoredImage(
        name=series.name or f"series {index}",
        shape=(*(size for _, size in frame_axes), *spatial),
        dtype=series.dtype,
        load=load,
        channels=channels,
        pixel_size=pixel_size,
        frame_times=times,
        notes=tuple(notes),
    )


def _calibration(tif: tifffile.TiffFile, index: int) -> tuple[tuple[float, float] | None, float | None]:
    """Pixel size in nm, (row, col), and frame interval in s, each None where the file does not know it."""
    if tif.is_ome and tif.ome_metadata:
        return _ome(tif.ome_metadata, index)
    page: Any = tif.series[index].keyframe
    tags = page.tags
    if all(code in tags for code in (*_GATAN_UNITS, *_GATAN_SCALES)):
        factors = [length_in_nm(tags[code].value) for code in _GATAN_UNITS]
        if None not in factors:
            sizes = [float(tags[code].value) * (f or 0) for code, f in zip(_GATAN_SCALES, factors, strict=True)]
            return pixel_size_or_none(*sizes), None
    scan = (tif.fei_metadata or {}).get("Scan", {}) if tif.is_fei else {}
    if "PixelWidth" in scan and "PixelHeight" in scan:
        return pixel_size_or_none(float(scan["PixelHeight"]) * 1e9, float(scan["PixelWidth"]) * 1e9), None
    per_unit = [_ratio(tags, name) for name in ("YResolution", "XResolution")]
    imagej = tif.imagej_metadata or {} if tif.is_imagej else {}
    interval = _imagej_interval(imagej)
    if not all(per_unit):
        return None, interval
    # ImageJ says the unit in its own words and sets ResolutionUnit to "none".
    factor = length_in_nm(imagej.get("unit"))
    if factor is not None:
        return pixel_size_or_none(*(factor / value for value in per_unit)), interval
    unit = int(getattr(page, "resolutionunit", 1) or 1)
    factor = {2: 2.54e7, 3: 1e7}.get(unit)
    sizes = [factor / value for value in per_unit] if factor else [np.inf, np.inf]
    return (pixel_size_or_none(*sizes) if max(sizes) < _LARGEST_PHYSICAL_PIXEL else None), interval


def _imagej_interval(imagej: dict[str, Any]) -> float | None:
    try:
        interval = float(imagej.get("finterval", 0)) * (time_in_s(imagej.get("tunit", "s")) or 1.0)
    except (TypeError, ValueError):
        return None
    return interval if np.isfinite(interval) and interval > 0 else None


def _ratio(tags: tifffile.TiffTags, name: str) -> float:
    value = tags.valueof(name, default=(0, 1))
    return float(value[0]) / float(value[1]) if value[1] else 0.0


def _ome(xml: str, index: int) -> tuple[tuple[float, float] | None, float | None]:
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
    return pixel_size_or_none(*sizes), seconds or None


def _refuse_cut_off(path: Path) -> None:
    """Follow the chain of pages to its end: the last one must say that nothing follows."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(16)
        order = "<" if head[:2] == b"II" else ">"
        big = head[2:4] in (b"+\0", b"\0+")
        count_format, entry_bytes, offset_format = (
            (f"{order}Q", 20, f"{order}Q") if big else (f"{order}H", 12, f"{order}I")
        )
        width = struct.calcsize(offset_format)
        try:
            (offset,) = struct.unpack_from(offset_format, head, 8 if big else 4)
            seen: set[int] = set()
            while offset and offset not in seen:
                seen.add(offset)
                stream.seek(offset)
                (count,) = struct.unpack(count_format, stream.read(struct.calcsize(count_format)))
                stream.seek(offset + struct.calcsize(count_format) + count * entry_bytes)
                (offset,) = struct.unpack(offset_format, stream.read(width))
                if offset >= size:
                    raise MicrographFileError("it is cut off: pages that it announces are missing")
        except struct.error:
            raise MicrographFileError("it is cut off: its list of pages ends too early") from None
