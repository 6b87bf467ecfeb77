"""Bytes of an upload are read as a file with their name is, and refused in a sentence."""

import io

import numpy as np
import pytest
import tifffile
from micrograph_checks import MOVIE

from lattice_widgets.files import MicrographFileError, read_micrograph_bytes


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_an_upload(kind):
    stream = io.BytesIO()
    tifffile.imwrite(stream, MOVIE, imagej=True, resolution=(2.0, 2.0), metadata={"unit": "nm", "axes": "TYX"})
    movie = read_micrograph_bytes("C:\\fakepath\\my movie.tif", kind(stream.getvalue()))
    np.testing.assert_array_equal(movie.values, MOVIE)
    assert movie.attrs["file"] == "my movie.tif"
    assert movie.attrs["pixel_size"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("../../etc/a.png", b"", "a.png is empty"),
        ("a.png", b"hello " * 20, "text file"),
        ("", b"hello " * 20, "upload"),
        ("a.tif", b"II*\0" + b"\xff" * 60, "cut off"),
    ],
)
def test_bytes_that_are_no_picture(name, content, words):
    with pytest.raises(MicrographFileError, match=words) as caught:
        read_micrograph_bytes(name, content)
    assert "lattice_widgets_" not in str(caught.value)  # the folder it passed through is nobody's business


def test_bytes_above_the_limit():
    with pytest.raises(MicrographFileError, match="max_bytes=1000"):
        read_micrograph_bytes("a.npy", bytes(1000), max_bytes=999)
