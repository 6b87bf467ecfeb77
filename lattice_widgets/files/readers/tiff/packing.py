"""How the pixels of a tif file are packed, and what unpacks them."""

from __future__ import annotations

import importlib.util
from typing import Any

from lattice_widgets.files.readers.stored import MicrographFileError

_INSTALL = 'pip install "lattice-widgets[formats]"'
# What tifffile unpacks alone: none, deflate (two numbers), PackBits, LZMA.
_UNPACKED_ALONE = (1, 8, 32946, 32773, 34925)
_WHOLE_NUMBERS = (1, 8, 16, 32, 64)


def refuse_without_imagecodecs(page: Any) -> None:
    """Refuse pixels that only imagecodecs unpacks where it is not installed.

    Parameters
    ----------
    page : tifffile.TiffPage
        One of the file's pages.

    Raises
    ------
    MicrographFileError
        With the packing and the command that installs imagecodecs.
    """
    if importlib.util.find_spec("imagecodecs") is not None:
        return
    if int(page.compression) not in _UNPACKED_ALONE:
        packing = f"compressed ({getattr(page.compression, 'name', page.compression)})"
    elif page.bitspersample not in _WHOLE_NUMBERS:
        packing = f"packed in {page.bitspersample} bits"
    else:
        return
    raise MicrographFileError(f"its pixels are {packing}, which imagecodecs unpacks: {_INSTALL}")
