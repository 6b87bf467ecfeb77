"""sxm, the scan file of Nanonis STM controllers: a text header, then big-endian float32 channels."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage, pixel_size_or_none

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
    cols, rows = (int(word) for word in fields["SCAN_PIXELS"].split())
    width, height = (float(word) * 1e9 for word in fields["SCAN_RANGE"].split())
    pixel_size = pixel_size_or_none(height / rows, width / cols) if rows and cols else None
    upward = fields.get("SCAN_DIR", "down") == "up"
    images = []
    offset = start + len(_MARK)
    for name, unit, backward in _channels(fields["DATA_INFO"]):
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
                notes=(f"values in {unit}",),
            )
        )
        offset += 4 * rows * cols
    return images


def _fields(header: str) -> dict[str, str]:
    """Header as a table: a line ``:NAME:`` and the lines below it."""
    fields: dict[str, str] = {}
    name = ""
    for line in header.splitlines():
        if line.startswith(":") and line.rstrip().endswith(":"):
            name = line.strip().strip(":")
            fields[name] = ""
        elif name:
            fields[name] = f"{fields[name]}\n{line}" if fields[name] else line.strip()
    return fields


def _channels(table: str) -> list[tuple[str, str, bool]]:
    """Name, unit and direction of every stored picture, in the order of storage."""
    lines = [line.split() for line in table.splitlines() if line.strip()]
    columns = lines[0]
    name, unit, direction = columns.index("Name"), columns.index("Unit"), columns.index("Direction")
    channels = []
    for words in lines[1:]:
        for backward in {"both": (False, True), "forward": (False,), "backward": (True,)}[words[direction].lower()]:
            channels.append((words[name].replace("_", " "), words[unit], backward))
    return channels
