"""txt, asc and csv: one line of numbers for each row, as Gwyddion ("ASCII data matrix"), ImageJ and NumPy write them."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.pictures.checks import MIN_SIZE
from lattice_widgets.core.units import length_in_nm, pixel_size_or_none
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

SPECIFICATION = ReaderSpecification(
    title="txt, asc and csv: tables of numbers, also with the header of Gwyddion (NumPy)",
    kinds=(Kind("txt", (".txt", ".asc", ".csv"), (b"# Channel:",), text=True),),
    uploads=True,
    companions=False,
)


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the one picture of the file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed here, as the other two; every reader is given them.
    kind : str
        "txt".
    upload_name : str or None
        The name that an upload had in the browser.

    Returns
    -------
    images : list of StoredImage
        One, (rows, cols), float32 in the unit of the file (said in the notes).

    Raises
    ------
    MicrographFileError
        For a file whose lines differ in length or hold something else than numbers, and for a list of few columns.
    """
    header: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        line = lines.readline()
        while line and (line.startswith("#") or not line.strip()):
            name, _, value = line[1:].partition(":")
            header[name.strip()] = value.strip()
            line = lines.readline()
        if not line:
            raise MicrographFileError("it holds no numbers, so it is not a picture")
        values = _numbers(line, lines)
    rows, cols = values.shape
    if min(rows, cols) < MIN_SIZE and "Channel" not in header:
        raise MicrographFileError(f"it is a list of {rows} x {cols} numbers, not a picture")
    height, width = (_nanometers(header.get(name, "")) for name in ("Height", "Width"))

    def load(selected: slice) -> NDArray:
        return values[selected]

    unit = header.get("Value units", "")
    return [
        StoredImage(
            name=header.get("Channel", ""),
            shape=values.shape,
            dtype=values.dtype,
            load=load,
            pixel_size=None if height is None or width is None else pixel_size_or_none(height / rows, width / cols),
            notes=(f"values in {unit}",) if unit else (),
        )
    ]


def _numbers(first: str, others: TextIO) -> NDArray[np.float32]:
    """Return the numbers of lines; what stands between them is told from the first line, and so is a decimal comma."""
    apart = next((sign for sign in ";\t" if sign in first), None)
    if apart is None and "," in first and ("." in first or ", " in first or " " not in first.strip()):
        apart = ","
    lines = (line.rstrip("\n\t ;") for line in chain([first], others))
    if apart != "," and "," in first:
        lines = (line.replace(",", ".") for line in lines)
    try:
        return np.loadtxt(lines, dtype=np.float32, delimiter=apart, ndmin=2)
    except ValueError:
        raise MicrographFileError("its lines are not numbers, as many in each line") from None


def _nanometers(length: str) -> float | None:
    """Return a length such as "3 µm" in nm; None where it is not one."""
    number, _, unit = length.partition(" ")
    factor = length_in_nm(unit)
    try:
        return None if factor is None else float(number) * factor
    except ValueError:
        return None
