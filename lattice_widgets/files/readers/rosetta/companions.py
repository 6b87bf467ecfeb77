"""The files that readers of RosettaSciIO open beside the one they are given, as read in the sources of version 0.15."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable
from pathlib import Path

from lattice_widgets.files.companions import refuse_unless_beside
from lattice_widgets.files.readers.stored import MicrographFileError


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
