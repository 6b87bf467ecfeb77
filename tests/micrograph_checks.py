"""Pictures with numbers that cannot be mistaken, and what the tests of the file readers say of them."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from lattice_widgets.files import MicrographFileError, read_micrograph

ROWS, COLS, FRAMES = 30, 44, 5
RNG = np.random.default_rng(11)
GRAY8 = RNG.integers(0, 256, (ROWS, COLS), dtype=np.uint8)
GRAY16 = RNG.integers(0, 65536, (ROWS, COLS), dtype=np.uint16)
COLOR = RNG.integers(0, 256, (ROWS, COLS, 3), dtype=np.uint8)
MOVIE = RNG.integers(0, 65536, (FRAMES, ROWS, COLS), dtype=np.uint16)
LUMINANCE = COLOR.astype(float) @ [0.2125, 0.7154, 0.0721]


def assert_refused(path: Path, *words: str, **options: object) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(MicrographFileError) as caught:
        read_micrograph(path, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for word in words:
        assert word in text, text
    return text


def assert_in_px(image: xr.DataArray) -> None:
    assert image.row.units == image.col.units == "px"
    assert image.row.values[-1] == image.sizes["row"] - 1
    assert not any(name.startswith("pixel_size") for name in image.attrs)
