"""The files that OME, NDTiff and Micro-Manager files name, as read in the sources of tifffile 2026.3."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from lattice_widgets.files.companions import (
    last_part,
    lies_beside,
    refuse_another_file,
    refuse_outside,
    refuse_pipe,
    refuse_unless_beside,
)
from lattice_widgets.files.readers.stored import MicrographFileError

if TYPE_CHECKING:
    import tifffile

#: planes that are looked for whatever the size of the file: those of several files may be told in one
_MOST_PLANES, _MOST_DIGITS = 100_000, 20


def open_tiff(path: Path, upload_name: str | None) -> tifffile.TiffFile:
    """Open a TIFF file of which every companion was looked at: OME, NDTiff and Micro-Manager files name some.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    upload_name : str or None
        The name that an upload had in the browser; None for a file on disk.

    Returns
    -------
    tif : tifffile.TiffFile
        Open; the caller closes it. For an upload it can open no other file.

    Raises
    ------
    MicrographFileError
        For an upload that names another file, and for a file on disk with a companion that is missing or lies
        outside its folder.
    """
    import tifffile

    tif = tifffile.TiffFile(path)
    try:
        if tif.is_ome:
            _refuse_too_many_planes(_parsed(tif.ome_metadata or ""), path.stat().st_size)
        if upload_name is not None:
            xml = _without_names(tif.ome_metadata or "", upload_name) if tif.is_ome else ""
            tif.close()
            return tifffile.TiffFile(path, omexml=xml or None, is_ndtiff=False)
        if tif.is_ome:
            for name in _named_in_ome(_parsed(tif.ome_metadata or ""), path.name):
                companion = path.parent / name
                if not lies_beside(companion, path):
                    refuse_outside(name)
                if not companion.exists():
                    raise MicrographFileError(f"it needs the file {last_part(name)!r}, which is not in its folder")
                refuse_pipe(companion)
        if tif.is_mmstack:
            refuse_unless_beside(path.parent.glob("*_MMStack*.tif"), path)
        if tif.is_ndtiff:
            index = path.parent / "NDTiff.index"
            refuse_unless_beside([index], path)
            names = {fields[1] for fields in tifffile.read_ndtiff_index(index)}
            refuse_unless_beside((path.parent / name for name in names), path)
    except BaseException:
        tif.close()
        raise
    return tif


def _refuse_too_many_planes(root: ElementTree.Element | None, n_bytes: int) -> None:
    """Refuse OME metadata that announces more planes than the file has bytes: tifffile makes a list of them all."""
    for each in root.iter() if root is not None else ():
        sizes = [each.attrib.get(f"Size{axis}", "1") for axis in "CZT"] if each.tag.endswith("Pixels") else []
        planes = math.prod(int(size) for size in sizes if size.isdecimal() and len(size) < _MOST_DIGITS)
        if planes > max(_MOST_PLANES, n_bytes) or any(len(size) >= _MOST_DIGITS for size in sizes):
            raise MicrographFileError(f"its OME metadata announces {' x '.join(sizes)} frames, more than it has bytes")


def _parsed(xml: str) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return None  # tifffile, which parses it in the same way, then takes the pages as they are


def _named_in_ome(root: ElementTree.Element | None, own_name: str) -> list[str]:
    """Names of other files in OME metadata; a file tells itself by its UUID, or by its name where it has none."""
    if root is None:
        return []
    own_uuid = root.attrib.get("UUID")
    named = [(each.text, each.attrib.get("FileName", "")) for each in root.iter() if each.tag.endswith("UUID")]
    if own_uuid is None:
        own_uuid = next((uuid for uuid, name in named if name.lower() == own_name.lower()), None)
    return [name for uuid, name in named if uuid != own_uuid or uuid is None]


def _without_names(xml: str, own_name: str) -> str:
    """Return OME metadata of an upload without the names of files, so that tifffile has none to open."""
    root = _parsed(xml)
    for name in _named_in_ome(root, own_name):
        refuse_another_file(name)
    if root is None:
        return ""
    for plane in list(root.iter()):
        for uuid in [child for child in plane if child.tag.endswith("UUID")]:
            plane.remove(uuid)
    return ElementTree.tostring(root, encoding="unicode")
