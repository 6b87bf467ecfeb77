"""Packings, color and unfinished files of the TIFF kind."""

import struct
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from micrograph_checks import COLOR, COLS, FRAMES, GRAY8, GRAY16, LUMINANCE, MOVIE, ROWS, assert_refused
from PIL import Image

from lattice_widgets.files import read_micrograph

WITHOUT = """
import sys
sys.modules["imagecodecs"] = None  # as Python itself marks what cannot be imported
from lattice_widgets.files import MicrographFileError, read_micrograph
try:
    print(read_micrograph(sys.argv[1]).shape)
except MicrographFileError as error:
    print(error)
"""


def write_packed(path, values: np.ndarray, bits: int) -> None:
    """Write an uncompressed tif with `bits` bits a pixel, each row beginning with a whole byte."""
    rows, cols = values.shape
    each = np.unpackbits(values.astype(">u2").view(np.uint8).reshape(rows, cols, 2), axis=-1)[..., 16 - bits :]
    content = np.packbits(each.reshape(rows, -1), axis=-1).tobytes()
    tags = [(256, 4, cols), (257, 4, rows), (258, 3, bits), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1)]
    tags += [(278, 4, rows), (279, 4, len(content))]
    entries = b"".join(
        struct.pack("<HHIHH" if kind == 3 else "<HHII", tag, kind, 1, *((value, 0) if kind == 3 else (value,)))
        for tag, kind, value in tags
    )
    path.write_bytes(
        struct.pack("<2sHI", b"II", 42, 8 + len(content)) + content + struct.pack("<H", len(tags)) + entries + bytes(4)
    )


def _pillow(path, values: np.ndarray, compression: str) -> None:
    Image.fromarray(values).save(path, compression=compression)


SMOOTH = np.add.outer(np.arange(ROWS) * 3, np.arange(COLS) * 2).astype(np.uint8)
PACKED = {
    "lzw": (GRAY8, lambda path: _pillow(path, GRAY8, "tiff_lzw")),
    "lzw 16 bit": (GRAY16, lambda path: _pillow(path, GRAY16, "tiff_lzw")),
    "zstd": (GRAY8, lambda path: _pillow(path, GRAY8, "zstd")),
    "jpeg": (SMOOTH, lambda path: _pillow(path, SMOOTH, "jpeg")),
    "ccitt": (GRAY8 > 127, lambda path: _pillow(path, GRAY8 > 127, "group4")),
    "12 bit": (GRAY16 >> 4, lambda path: write_packed(path, GRAY16 >> 4, 12)),
    "4 bit": (GRAY8 >> 4, lambda path: write_packed(path, GRAY8 >> 4, 4)),
}


@pytest.mark.parametrize("packing", PACKED)
def test_packings(tmp_path, packing):
    pytest.importorskip("imagecodecs")
    values, write = PACKED[packing]
    write(tmp_path / "a.tif")
    image = read_micrograph(tmp_path / "a.tif")
    np.testing.assert_allclose(image.values.astype(int), values.astype(int), atol=8 if packing == "jpeg" else 0)
    assert image.dtype == (np.uint8 if values.dtype == bool else values.dtype)


@pytest.mark.parametrize(
    ("packing", "words"),
    [
        ("lzw", "compressed (LZW)"),
        ("jpeg", "compressed (JPEG)"),
        ("zstd", "compressed (ZSTD)"),
        ("ccitt", "compressed (CCITTFAX4)"),
        ("12 bit", "packed in 12 bits"),
    ],
)
def test_without_imagecodecs_the_sentence_has_the_command(tmp_path, packing, words):
    PACKED[packing][1](tmp_path / "a.tif")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path / "a.tif")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    expected = f'its pixels are {words}, which imagecodecs unpacks: pip install "lattice-widgets[formats]".'
    assert done.stdout.strip() == f"a.tif cannot be read: {expected}", done.stderr


@pytest.mark.parametrize(("dtype", "scale"), [("f8", 1 / 255), ("u4", 1000), ("u2", 257), ("f4", 1 / 255), ("i4", 9)])
def test_color_of_any_number_type(tmp_path, dtype, scale):
    tifffile.imwrite(tmp_path / "c.tif", (COLOR.astype(float) * scale).astype(dtype), photometric="rgb")
    image = read_micrograph(tmp_path / "c.tif")
    np.testing.assert_allclose(image.values, LUMINANCE * scale, rtol=1e-5)
    assert image.dtype == np.float32


def _leave_unwritten(path, pages=(0,)) -> None:
    """Take the second half of the strips or tiles out, as a program leaves it that was ended while it wrote."""
    with tifffile.TiffFile(path, mode="r+") as tif:
        for number in pages:
            tags = tif.pages[number].tags
            for name in ("StripOffsets", "StripByteCounts", "TileOffsets", "TileByteCounts"):
                if name in tags:
                    value = list(tags[name].value)
                    tags[name].overwrite(value[: len(value) // 2] + [0] * (len(value) - len(value) // 2))


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("layout", [{"rowsperstrip": 5}, {"tile": (16, 16)}], ids=["strips", "tiles"])
def test_what_was_never_written_is_not_scanned(tmp_path, layout, compression):
    path = tmp_path / "a.tif"
    values = np.maximum(GRAY16, 1)
    tifffile.imwrite(path, values, compression=compression, **layout)
    np.testing.assert_array_equal(read_micrograph(path).values, values)
    _leave_unwritten(path)
    image = read_micrograph(path)
    half = 15 if "rowsperstrip" in layout else 16
    assert np.isnan(image.values[half:]).all()
    np.testing.assert_array_equal(image.values[:half], values[:half])
    share = round(100 * (ROWS - half) / ROWS)
    assert f"{share} % of its pixels were never written: they are not scanned (NaN)" in image.attrs["notes"]


def test_an_unfinished_frame_of_a_movie(tmp_path):
    path = tmp_path / "m.tif"
    with tifffile.TiffWriter(path) as tif:
        for frame in MOVIE:
            tif.write(frame, contiguous=False, rowsperstrip=5)
    _leave_unwritten(path, [FRAMES - 1])
    movie = read_micrograph(path)
    np.testing.assert_array_equal(movie.values[:-1], MOVIE[:-1])
    np.testing.assert_array_equal(movie.values[-1, :15], MOVIE[-1, :15])
    assert np.isnan(movie.values[-1, 15:]).all()
    assert np.isnan(read_micrograph(path, frames=-1).values[15:]).all()


def _ome(path, announced: object) -> None:
    description = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" '
        f'DimensionOrder="XYCZT" Type="uint16" SizeX="{COLS}" SizeY="{ROWS}" SizeC="1" SizeZ="1" SizeT="{announced}">'
        '<Channel ID="Channel:0:0" SamplesPerPixel="1"/><TiffData/></Pixels></Image></OME>'
    )
    tifffile.imwrite(path, MOVIE, description=description, metadata=None, photometric="minisblack")


def test_frames_that_ome_announces_and_nobody_wrote(tmp_path):
    path = tmp_path / "broken_off.ome.tif"
    _ome(path, FRAMES + 3)
    movie = read_micrograph(path)
    np.testing.assert_array_equal(movie.values[:FRAMES], MOVIE)
    assert np.isnan(movie.values[FRAMES:]).all()
    assert f"{100 * 3 / (FRAMES + 3):.0f} % of its pixels were never written" in movie.attrs["notes"]
    assert np.isnan(read_micrograph(path, frames=-1).values).all()
    _ome(path, FRAMES)
    assert read_micrograph(path).dtype == np.uint16


@pytest.mark.parametrize("announced", [50_000_000, 10**15, "9" * 5000])
def test_more_frames_than_a_file_can_hold(tmp_path, announced):
    _ome(tmp_path / "a.ome.tif", announced)
    assert_refused(tmp_path / "a.ome.tif", "announces", "more than it has bytes")


def test_a_circle_of_pages(tmp_path):
    path = tmp_path / "circle.tif"
    tifffile.imwrite(path, GRAY8)
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as tif:
        page = tif.pages[0]
        struct.pack_into("<I", content, page.offset + 2 + 12 * len(page.tags), page.offset)
    path.write_bytes(content)
    assert_refused(path, "circle")


def test_more_strips_than_a_file_can_hold(tmp_path):
    path = tmp_path / "tall.tif"
    tifffile.imwrite(path, GRAY8, rowsperstrip=1, compression="zlib")
    with tifffile.TiffFile(path, mode="r+") as tif:
        tif.pages[0].tags["ImageLength"].overwrite(2**30)
    assert_refused(path, "announces 1,073,741,824 strips or tiles, more than it has bytes")
