"""gwy, the own format of Gwyddion, through gwyfile: every channel with its lengths."""

from __future__ import annotations

import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.units import length_in_nm, not_a_length, told_pixel_size
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification
from lattice_widgets.files.readers.stored import MicrographFileError, StoredImage

SPECIFICATION = ReaderSpecification(
    title="gwy of Gwyddion (gwyfile, the extra ``stm``)",
    kinds=(Kind("gwy", (".gwy",), (b"GWYP",)),),
    uploads=True,
    companions=False,
    preloaded=("gwyfile",),
)

_INSTALL = 'pip install "lattice-widgets[stm]"'
_CHANNEL = re.compile(r"/(\d+)/data")


def stored_images(path: Path, stack: ExitStack, kind: str, upload_name: str | None) -> list[StoredImage]:
    """List the channels of a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stack : contextlib.ExitStack
        Not needed here, as the other two; every reader is given them.
    kind : str
        "gwy".
    upload_name : str or None
        The name that an upload had in the browser.

    Returns
    -------
    images : list of StoredImage
        One for each channel, by its title, in the order of their numbers: (rows, cols), float64 in the unit of the file
        (said in the notes).

    Raises
    ------
    MicrographFileError
        If gwyfile is not installed.
    """
    try:
        import gwyfile
    except ImportError:
        raise MicrographFileError(f"reading gwy files needs gwyfile: {_INSTALL}") from None
    content = gwyfile.load(str(path))
    numbers = sorted(int(found[1]) for found in map(_CHANNEL.fullmatch, content) if found)
    return [_image(content, number) for number in numbers]


def _image(content: Any, number: int) -> StoredImage:
    field = content[f"/{number}/data"]
    values = np.asarray(field.data)
    rows, cols = values.shape
    notes: list[str] = []
    unit = _unit(field, "si_unit_xy")
    factor = length_in_nm(unit)
    size = None
    if factor is not None and rows and cols:
        size = told_pixel_size(float(field.yreal) * factor / rows, float(field.xreal) * factor / cols, notes)
    elif unit:
        notes.append(not_a_length(unit))
    of_values = _unit(field, "si_unit_z")
    return StoredImage(
        name=str(content.get(f"/{number}/data/title") or f"channel {number}"),
        shape=(rows, cols),
        dtype=values.dtype,
        load=partial(_load, values),
        pixel_size=size,
        notes=(*notes, *([f"values in {of_values}"] if of_values else [])),
    )


def _load(values: NDArray, selected: slice) -> NDArray:
    return values


def _unit(field: Any, name: str) -> str:
    return str(getattr(getattr(field, name, None), "unitstr", "") or "")
