"""sxm, the scan file of Nanonis STM controllers: a text header, then big-endian float32 channels."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import pixel_size_or_none
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

SPECIFICATION = ReaderSpecification(
    title="sxm of Nanonis, STM (NumPy)",
    kinds=(Kind("sxm", (".sxm",), (b":NANONIS_VERSION:",)),),
    uploads=True,
    companions=False,
)

_END = b":SCANIT_END:"
_MARK = b"\x1a\x04"
_LONGEST_HEADER = 1 << 20


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the channels of a Nanonis scan, forward and backward.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed here, as the other two; every reader is given them.
    kind : str
        "sxm".
    upload_name : str or None
        The name that an upload had in the browser.

    Returns
    -------
    images : list of StoredImage
        Named like "Z forward" and "Z backward", (rows, cols), float32 in the channel's own unit (said in the notes).
        Row 0 is the top of the scan and column 0 its left, whatever the directions of the scan were. Lines that were
        never scanned are NaN.

    Raises
    ------
    MicrographFileError
        For a file that is cut off or of another number format.
    """
    with path.open("rb") as stream:
        head = stream.read(_LONGEST_HEADER)
    end = head.find(_END)
    start = head.find(_MARK, end)
    if end < 0 or start < 0:
        raise MicrographFileError("it is cut off: its header has no end")
    fields = _fields(head[:end].decode("latin-1"))
    if fields.get("SCANIT_TYPE", "FLOAT MSBFIRST").split() != ["FLOAT", "MSBFIRST"]:
        raise MicrographFileError(f"its numbers are stored as {fields['SCANIT_TYPE']!r}, not as FLOAT MSBFIRST")
    cols, rows = (int(number) for number in _two_numbers(fields, "SCAN_PIXELS"))
    if cols < 1 or rows < 1:
        raise MicrographFileError(f"its header says that it has {rows} lines of {cols} pixels")
    width, height = (number * 1e9 for number in _two_numbers(fields, "SCAN_RANGE"))
    pixel_size = pixel_size_or_none(height / rows, width / cols)
    upward = fields.get("SCAN_DIR", "down") == "up"
    images = []
    offset = start + len(_MARK)
    for name, unit, backward in _channels(fields.get("DATA_INFO", "")):
        if offset + 4 * rows * cols > path.stat().st_size:
            raise MicrographFileError("it is cut off: some of its pixels lie behind the end of the file")

        def load(selected: slice, offset: int = offset, backward: bool = backward) -> NDArray:
            values = np.fromfile(path, dtype=">f4", count=rows * cols, offset=offset).reshape(rows, cols)
            return values[:: -1 if upward else 1, :: -1 if backward else 1][selected]

        images.append(
            StoredImage(
                name=f"{name} {'backward' if backward else 'forward'}",
                shape=(rows, cols),
                dtype=np.dtype("f4"),
                load=load,
                pixel_size=pixel_size,
                notes=(f"values in {unit}",) if unit else (),
            )
        )
        offset += 4 * rows * cols
    return images


def _fields(header: str) -> dict[str, str]:
    """Return the header as a table: a line ``:NAME:`` and the lines below it.

    A name that comes again is a line of a comment: the controller writes each once.
    """
    lines: dict[str, list[str]] = {}
    below: list[str] = []
    for line in header.splitlines():
        name = line.strip().strip(":")
        if line.startswith(":") and line.rstrip().endswith(":") and name not in lines:
            below = lines[name] = []
        else:
            below.append(line)
    return {name: "\n".join(each).strip() for name, each in lines.items()}


def _two_numbers(fields: dict[str, str], name: str) -> tuple[float, float]:
    words = fields.get(name, "").split()
    try:
        first, second = (float(word) for word in words)
        if not np.isfinite([first, second]).all():
            raise ValueError
    except ValueError:
        raise MicrographFileError(f"its header needs two numbers for {name}, not {' '.join(words)[:60]!r}") from None
    return first, second


def _channels(table: str) -> list[tuple[str, str, bool]]:
    """Return name, unit and direction of every stored picture, in the order of storage.

    Columns are set apart by tabs, so that a unit may be empty, or have blanks as a name may.
    """
    tab = "\t" if "\t" in table else None
    lines = [[word.strip() for word in line.strip().split(tab)] for line in table.splitlines() if line.strip()]
    columns = lines[0] if lines else []
    if not {"Name", "Unit", "Direction"} <= set(columns):
        raise MicrographFileError("its header has no table of channels")
    name, unit, direction = columns.index("Name"), columns.index("Unit"), columns.index("Direction")
    channels = []
    for words in lines[1:]:
        directions = {"both": (False, True), "forward": (False,), "backward": (True,)}
        scans = directions.get(words[direction].lower()) if len(words) > direction else None
        if scans is None:
            raise MicrographFileError(
                f"its table of channels has a line that is not understood: {' '.join(words)[:60]!r}"
            )
        channels += [(words[name].replace("_", " "), words[unit], backward) for backward in scans]
    return channels
