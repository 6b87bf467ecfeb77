"""Files that come with companions: who opens which other files, and where these may lie.

An upload is one file. A file on disk may have companions in its own folder, symbolic links resolved; a name that leads
anywhere else is refused before a reader sees it. What each reader opens was read in the sources of RosettaSciIO 0.15 and
tifffile 2026.3; HDF5 has :mod:`.hdf5_references`.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from xml.etree import ElementTree

from lattice_widgets.files.readers.stored import MicrographFileError

if TYPE_CHECKING:
    import tifffile


def last_part(name: str) -> str:
    """Last part of a path of any system, at most 60 characters: what a sentence may show of it."""
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2][:60] or name[:60]


def lies_beside(companion: Path, file: Path) -> bool:
    """Tell whether two files lie in the same folder, symbolic links resolved."""
    return companion.resolve().parent == file.resolve().parent


def refuse_another_file(name: str) -> NoReturn:
    """Refuse an upload that names another file."""
    raise MicrographFileError(f"it names another file ({last_part(name)!r}), and an upload is one file")


def refuse_outside(name: str) -> NoReturn:
    """Refuse a file on disk that names a file outside its folder."""
    raise MicrographFileError(f"it names a file outside its folder ({last_part(name)!r}), which is not opened")


def refuse_unless_beside(companions: Iterable[Path], file: Path) -> None:
    """Refuse a file where one of its companions lies outside its folder."""
    for companion in companions:
        if not lies_beside(companion, file):
            refuse_outside(companion.name)


def refuse_links_out_of(folder: Path) -> None:
    """Refuse a folder that is one picture (zarr) where a symbolic link in it leads out of it."""
    root = folder.resolve()
    waiting = [str(root)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
                    refuse_outside(entry.name)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


# --- RosettaSciIO -----------------------------------------------------------------------------------------------------


def _beside(*endings: str) -> Callable[[Path], list[Path]]:
    """Companions whose names are the file's own with other endings."""

    def companions(path: Path) -> list[Path]:
        pattern = glob.escape(str(path.with_suffix("")))
        return [Path(found) for ending in endings for found in glob.glob(pattern + ending)]

    return companions


def _empad(path: Path) -> list[Path]:
    from rsciio.empad import _api as empad

    return [path.parent / str(empad._parse_xml(str(path))[1]["raw_filename"])]


def _header_of_mib(path: Path) -> list[Path]:
    return [Path(str(path).replace(".mib", ".hdr"))]  # in the whole path, as the reader does


def _everything_of_one_day(path: Path) -> list[Path]:
    day = "_".join(path.name.split("_")[:2])  # a movie of Direct Electron: 20240131_00012_..._movie.mrc
    return [Path(found) for found in glob.glob(glob.escape(str(path.parent / day)) + "_*")]


def _next_parts(path: Path) -> list[Path]:
    return [Path(found) for found in glob.glob(glob.escape(str(path)[:-9]) + "*")]  # ..._000.tvips, ..._001.tvips


def _log_of_impulse(path: Path) -> list[Path]:
    return [Path("_".join(str(path).split("_")[:-1]) + "_Metadata.log")]


def _edax(path: Path) -> list[Path]:
    return list(path.parent.glob("*.[iI][pP][rR]")) + _beside(".spc", ".csv")(path)


def _metadata_of_arina(path: Path) -> list[Path]:
    return [Path(str(path).replace("_master.h5", "") + ".h5")]


# (reader, suffix; "" for all of its suffixes) -> the companions of a file that may exist
_COMPANIONS: dict[tuple[str, str], Callable[[Path], list[Path]]] = {
    ("EMPAD", ""): _empad,
    ("Ripple", ""): _beside(".raw", ".RAW"),
    ("QuantumDetector", ""): _header_of_mib,
    ("MRC", ""): _everything_of_one_day,
    ("TVIPS", ""): _next_parts,
    ("TIA", "emi"): _beside("_[0-9].ser"),
    ("EDAX", ""): _edax,
    ("Impulse", ""): _log_of_impulse,
    ("Arina", ""): _metadata_of_arina,
}
# These are nothing without their companions, or are parts of one recording. The others of the table also read a file
# that stands alone: an upload lies in a folder of its own under a name that leads to no companion.
_NOT_ALONE = {
    ("EMPAD", ""),
    ("Ripple", ""),
    ("TVIPS", ""),
    ("TIA", "emi"),
    ("EDAX", ""),
    ("Impulse", ""),
    ("JEOL", "asw"),
}


def needs_companions(reader: str, suffix: str) -> bool:
    """Tell whether a reader of RosettaSciIO opens companions of files with a suffix, so that it takes no uploads."""
    return bool({(reader, ""), (reader, suffix.lower())} & _NOT_ALONE)


def refuse_companions_elsewhere(reader: str, path: Path) -> None:
    """Refuse a file on disk of which a reader of RosettaSciIO would open a companion outside the file's folder.

    Raises
    ------
    MicrographFileError
        With the reason.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if (reader, suffix) == ("JEOL", "asw"):  # a list of paths in folders below
        raise MicrographFileError("it only names other files: open the .img, .map or .pts file itself")
    companions = _COMPANIONS.get((reader, "")) or _COMPANIONS.get((reader, suffix))
    if companions is not None:
        refuse_unless_beside((each for each in companions(path) if os.path.lexists(each)), path)


# --- TIFF -------------------------------------------------------------------------------------------------------------


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
