"""tif and tiff through tifffile, with the calibration of ImageJ, OME, Gatan and FEI files."""

from __future__ import annotations

import struct
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, with_blanks
from lattice_widgets.files.readers.tiff.calibration import calibration
from lattice_widgets.files.readers.tiff.companions import open_tiff
from lattice_widgets.files.readers.tiff.hyperstacks import Part, parts_of
from lattice_widgets.files.readers.tiff.packing import refuse_without_imagecodecs
from lattice_widgets.files.readers.tiff.unwritten import share_of, unwritten, with_holes

if TYPE_CHECKING:
    import tifffile

SPECIFICATION = ReaderSpecification(
    title="tif, tiff with ImageJ, OME, Gatan and FEI calibration (tifffile)",
    kinds=(Kind("tif", (".tif", ".tiff"), (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),),
    uploads=True,
    companions=True,
)


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the series of a TIFF file; several pages of one size are the frames of one movie.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Closes the file when the caller is done.
    kind : str
        "tif".
    upload_name : str or None
        The name that an upload had in the browser; None for a file on disk.

    Returns
    -------
    images : list of StoredImage
        One per series, and of a hyperstack one per channel and slice.
        Resolution tags count as a pixel size where they are a physical length: with ImageJ's or OME's
        unit, Gatan's or FEI's tags, or below 1 µm per pixel; dots per inch for printing do not.

    Raises
    ------
    MicrographFileError
        For a file that is cut off (tifffile itself returns the first page of such a file), and for one that names
        files that must not be opened.
    """
    _refuse_cut_off(path)
    tif = stack.enter_context(open_tiff(path, upload_name))
    found = [_series(path, tif, index) for index in range(len(tif.series))]
    images = [image for parts in found for image in parts]
    # Programs that write page by page leave one series per page; equal single pages are the frames of a movie. Their
    # numbers are those stored: a page that was not written to its end has others in memory.
    alike = {(parts[0].shape, series.dtype, parts[0].channels) for parts, series in zip(found, tif.series, strict=True)}
    single = len(images) == len(found) > 1 and all(len(image.shape) == 2 for image in images)
    if single and len(alike) == 1:
        return [_pages_as_frames(images, images[0].shape)]
    shapes = [image.shape for image in images]
    usual = max(shapes, key=shapes.count, default=())
    # a movie with a page that is cut off: three frames at least and more than half of all pages, of one type
    of_one_type = len({(dtype, channels) for _shape, dtype, channels in alike}) == 1
    if single and of_one_type and shapes.count(usual) > max(2, len(shapes) / 2):
        return [_pages_as_frames(images, usual)]
    return images


def _pages_as_frames(pages: list[StoredImage], shape: tuple[int, ...]) -> StoredImage:
    """Return pages of one shape as the frames of a movie; those of another one are blank (NaN)."""
    good = [page for page in pages if page.shape == shape]
    dtype = np.result_type(*(page.dtype for page in good), *([] if len(good) == len(pages) else [np.float32]))

    def load(selected: slice) -> NDArray:
        frames = [page.load(slice(None)) if page.shape == shape else None for page in pages[selected]]
        return with_blanks(frames, shape, dtype)

    said = dict.fromkeys(note for page in good for note in page.notes)  # each once
    frames = f"{len(good)} pages of one size are its frames"
    size = "{0[0]} x {0[1]}".format
    others = [
        f"page {number} has {size(page.shape)} px, the others {size(shape)}: its frame is left blank"
        for number, page in enumerate(pages)
        if page.shape != shape
    ]
    return replace(
        good[0], name="pages", shape=(len(pages), *shape), dtype=dtype, load=load, notes=(*said, frames, *others[:5])
    )


def _series(path: Path, tif: tifffile.TiffFile, index: int) -> list[StoredImage]:
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
    notes: list[str] = []
    if [axis for axis, _ in frame_axes] == ["Z"]:
        notes.append("the file calls its frames slices (z)")
    pixel_size, interval = calibration(tif, index, notes)

    def decoded(part: Part, selected: slice) -> NDArray:
        if frame_axes and channels == 1:
            if series.dataoffset is not None and not series.is_multifile:
                # not tifffile.memmap, which would open the file anew, with all that it names
                stored = np.dtype(tif.byteorder + series.dtype.char)
                return np.array(part.of(np.memmap(path, stored, "r", series.dataoffset, series.shape), selected))
            pages = part.pages(selected)
            if len(series.pages) == np.prod(part.sizes):
                return _pages(tif, index, pages).reshape(*([len(pages)] if part.frames else []), *spatial)
        values = series.asarray()
        if channels > 1:
            values = np.moveaxis(values, axes.index("S"), -1)
        return part.of(values, selected) if frame_axes else values

    holes = unwritten(series)
    dtype = np.dtype(series.dtype)
    if holes:
        dtype = dtype if dtype.kind in "fc" else np.dtype("f4" if dtype.itemsize < 4 else "f8")
        notes.append(
            f"{100 * share_of(holes, series):.0f} % of its pixels were never written: they are not scanned (NaN)"
        )

    def load(part: Part, selected: slice) -> NDArray:
        try:
            values = decoded(part, selected)
        except (ValueError, ImportError, NotImplementedError):
            refuse_without_imagecodecs(series.keyframe)
            raise
        return with_holes(values, holes, dtype, part.pages(selected) if frame_axes else None)

    def image_of(part: Part) -> StoredImage:
        timed = interval and part.frames and part.axis in ("T" if len(frame_axes) > 1 else part.axis)
        whole = series.name or f"series {index}"
        return StoredImage(
            name=f"{whole}, {part.name}" if part.name and len(tif.series) > 1 else part.name or whole,
            shape=(*part.frames, *spatial),
            dtype=dtype,
            load=partial(load, part),
            channels=channels,
            pixel_size=pixel_size,
            frame_times=np.arange(part.frames[0], dtype=np.float64) * interval if timed and interval else None,
            notes=tuple(notes),
        )

    return [image_of(part) for part in parts_of(frame_axes)]


def _pages(tif: tifffile.TiffFile, index: int, numbers: list[int]) -> NDArray:
    """Return some pages of a series, shape (pages, ...); those that nobody wrote are 0."""
    series = tif.series[index]
    there = [number for number in numbers if series.pages[number] is not None]
    # A list, not a slice: one selected page must stay a stack of one.
    if len(there) == len(numbers):
        return np.asarray(tif.asarray(key=numbers, series=index))
    values = np.zeros((len(numbers), *series.keyframe.shape), series.dtype)
    if there:
        values[[numbers.index(number) for number in there]] = tif.asarray(key=there, series=index)
    return values


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
            while offset:
                if offset in seen:
                    raise MicrographFileError("it is damaged: its list of pages leads in a circle")
                seen.add(offset)
                stream.seek(offset)
                (count,) = struct.unpack(count_format, stream.read(struct.calcsize(count_format)))
                stream.seek(offset + struct.calcsize(count_format) + count * entry_bytes)
                (offset,) = struct.unpack(offset_format, stream.read(width))
                if offset >= size:
                    raise MicrographFileError("it is cut off: pages that it announces are missing")
        except struct.error:
            raise MicrographFileError("it is cut off: its list of pages ends too early") from None
