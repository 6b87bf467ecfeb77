"""txt, what Gwyddion exports as "ASCII data matrix" with a header: one line of numbers for each row."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import pixel_size_or_none
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

SPECIFICATION = ReaderSpecification(
    title="txt of Gwyddion with a header (NumPy)",
    kinds=(Kind("txt", (".txt", ".asc"), (b"# Channel:",)),),
    uploads=True,
    companions=False,
)
_NANOMETERS = {"m": 1e9, "mm": 1e6, "µm": 1e3, "um": 1e3, "nm": 1.0, "pm": 1e-3, "Å": 0.1}


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
        For a file whose lines differ in length or hold something else than numbers.
    """
    header: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.startswith("#"):
                break
            name, _, value = line[1:].partition(":")
            header[name.strip()] = value.strip()
    try:
        values = np.loadtxt(path, dtype=np.float32, ndmin=2, encoding="utf-8")
    except ValueError:
        raise MicrographFileError("its lines are not numbers, as many in each line") from None
    rows, cols = values.shape
    height, width = (_nanometers(header.get(name, "")) for name in ("Height", "Width"))

    def load(selected: slice) -> NDArray:
        return values[selected]

    unit = header.get("Value units", "")
    return [
        StoredImage(
            name=header["Channel"],
            shape=values.shape,
            dtype=values.dtype,
            load=load,
            pixel_size=None if height is None or width is None else pixel_size_or_none(height / rows, width / cols),
            notes=(f"values in {unit}",) if unit else (),
        )
    ]


def _nanometers(length: str) -> float | None:
    """Return a length such as "3 µm" in nm; None where it is not one."""
    words = length.split()
    try:
        return float(words[0]) * _NANOMETERS[words[1]]
    except (IndexError, KeyError, ValueError):
        return None
