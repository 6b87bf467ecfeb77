"""Pictures and arrays that the tests write themselves, read back; the real pictures where they are at hand."""

import os
import struct
import zlib

import numpy as np
import pytest
import tifffile
from micrograph_checks import COLOR, COLS, FRAMES, GRAY8, GRAY16, LUMINANCE, MOVIE, ROWS, assert_in_px, assert_refused
from PIL import Image

from lattice_widgets.files import read_micrograph, set_pixel_size
from lattice_widgets.files.movies import StoredMovie, open_movie


@pytest.mark.parametrize("values", [GRAY8, GRAY16, GRAY8 > 127], ids=["8 bit", "16 bit", "1 bit"])
def test_gray_png_keeps_its_numbers(tmp_path, values):
    Image.fromarray(values).save(tmp_path / "gray.png")
    image = read_micrograph(tmp_path / "gray.png")
    np.testing.assert_array_equal(image.values, values)
    assert image.dims == ("row", "col")
    assert image.dtype == (np.uint8 if values.dtype == bool else values.dtype)
    assert image.attrs["file"] == "gray.png"
    assert image.attrs["format"] == "png"
    assert_in_px(image)


def test_color_becomes_luminance_and_says_so(tmp_path):
    Image.fromarray(COLOR).save(tmp_path / "color.png")
    image = read_micrograph(tmp_path / "color.png")
    assert image.dtype == np.float32
    np.testing.assert_allclose(image.values, LUMINANCE, rtol=1e-5)
    assert "luminance" in image.attrs["notes"]


def test_gray_stored_as_color_keeps_its_integers(tmp_path):
    Image.fromarray(np.dstack([GRAY8] * 3)).save(tmp_path / "gray.png")
    image = read_micrograph(tmp_path / "gray.png")
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image.values, GRAY8)
    assert "equal channels" in image.attrs["notes"]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_left_out_and_said(tmp_path, mode):
    alpha = np.full((ROWS, COLS), 7, dtype=np.uint8)
    values = np.dstack([GRAY8, alpha]) if mode == "LA" else np.dstack([COLOR, alpha])
    Image.fromarray(values, mode=mode).save(tmp_path / "alpha.png")
    image = read_micrograph(tmp_path / "alpha.png")
    np.testing.assert_allclose(image.values, GRAY8 if mode == "LA" else LUMINANCE, rtol=1e-5)
    assert "alpha" in image.attrs["notes"]


def test_a_palette_is_applied(tmp_path):
    picture = Image.fromarray(GRAY8 % 4).convert("P")
    picture.putpalette([10, 10, 10, 250, 250, 250, 80, 80, 80, 40, 40, 40])
    picture.save(tmp_path / "palette.png")
    image = read_micrograph(tmp_path / "palette.png")
    np.testing.assert_array_equal(image.values, np.array([10, 250, 80, 40], np.uint8)[GRAY8 % 4])


def test_16_bit_color_png_says_what_is_lost(tmp_path):
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    lines = b"".join(b"\0" + line.tobytes() for line in (COLOR.astype(">u2") << 8).astype(">u2"))
    header = struct.pack(">IIBBBBB", COLS, ROWS, 16, 2, 0, 0, 0)
    (tmp_path / "deep.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    )
    image = read_micrograph(tmp_path / "deep.png")
    np.testing.assert_allclose(image.values, LUMINANCE, rtol=1e-5)
    assert "upper 8 bits" in image.attrs["notes"]


@pytest.mark.parametrize("name", ["photo.jpg", "photo.JPEG", "photo.bmp"])
def test_jpg_and_bmp(tmp_path, name):
    smooth = np.add.outer(np.arange(ROWS) * 3, np.arange(COLS) * 2).astype(np.uint8)
    Image.fromarray(smooth).save(tmp_path / name)
    image = read_micrograph(tmp_path / name)
    assert image.dtype == np.uint8
    np.testing.assert_allclose(image.values.astype(int), smooth, atol=6)


def test_dots_per_inch_are_no_pixel_size(tmp_path):
    Image.fromarray(GRAY8).save(tmp_path / "printed.png", dpi=(300, 300))
    tifffile.imwrite(tmp_path / "printed.tif", GRAY8, resolution=(300, 300), resolutionunit="INCH")
    assert_in_px(read_micrograph(tmp_path / "printed.png"))
    assert_in_px(read_micrograph(tmp_path / "printed.tif"))


def test_gif_frames_have_times(tmp_path):
    frames = [Image.fromarray(GRAY8 // (k + 1)) for k in range(FRAMES)]
    frames[0].save(tmp_path / "movie.gif", save_all=True, append_images=frames[1:], duration=[100, 200, 100, 50, 50])
    movie = read_micrograph(tmp_path / "movie.gif")
    assert movie.dims == ("frame", "row", "col")
    assert movie.dtype == np.uint8
    np.testing.assert_array_equal(movie.values[2], GRAY8 // 3)
    np.testing.assert_allclose(movie.frame.values, [0, 0.1, 0.3, 0.4, 0.45])
    assert movie.frame.units == "s"
    one = read_micrograph(tmp_path / "movie.gif", frames=2)
    assert one.dims == ("row", "col")
    assert float(one.frame) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("unit", "nanometers"), [("nm", 1), ("micron", 1e3), ("\\u00B5m", 1e3), ("um", 1e3), ("A", 0.1), ("mm", 1e6)]
)
def test_imagej_tif_with_a_unit_and_pixels_that_are_not_square(tmp_path, unit, nanometers):
    metadata = {"unit": unit, "finterval": 2.25, "axes": "TYX"}
    tifffile.imwrite(tmp_path / "m.tif", MOVIE, imagej=True, resolution=(4.0, 2.0), metadata=metadata)
    movie = read_micrograph(tmp_path / "m.tif")
    np.testing.assert_array_equal(movie.values, MOVIE)
    assert movie.dtype == np.uint16
    assert movie.row.units == "nm"
    np.testing.assert_allclose(movie.row.values, np.arange(ROWS) * 0.5 * nanometers)
    np.testing.assert_allclose(movie.col.values, np.arange(COLS) * 0.25 * nanometers)
    np.testing.assert_allclose(movie.frame.values, np.arange(FRAMES) * 2.25)
    assert movie.attrs["pixel_size_row"] == pytest.approx(0.5 * nanometers)
    assert "pixel_size" not in movie.attrs


def test_imagej_tif_without_a_length(tmp_path):
    tifffile.imwrite(tmp_path / "m.tif", GRAY16, imagej=True, resolution=(2.0, 2.0), metadata={"unit": "pixel"})
    assert_in_px(read_micrograph(tmp_path / "m.tif"))


def test_ome_tif(tmp_path):
    metadata = {
        "axes": "TYX",
        "PhysicalSizeX": 0.3,
        "PhysicalSizeXUnit": "Å",
        "PhysicalSizeY": 0.3,
        "PhysicalSizeYUnit": "Å",
        "TimeIncrement": 40,
        "TimeIncrementUnit": "ms",
    }
    tifffile.imwrite(tmp_path / "m.ome.tif", MOVIE, ome=True, metadata=metadata)
    movie = read_micrograph(tmp_path / "m.ome.tif")
    np.testing.assert_array_equal(movie.values, MOVIE)
    assert movie.attrs["pixel_size"] == pytest.approx(0.03)
    np.testing.assert_allclose(movie.frame.values, np.arange(FRAMES) * 0.04)


def test_tif_with_a_microscopes_resolution_in_cm(tmp_path):
    tifffile.imwrite(tmp_path / "m.tif", GRAY16, resolution=(1e8, 1e8), resolutionunit="CENTIMETER")
    assert read_micrograph(tmp_path / "m.tif").attrs["pixel_size"] == pytest.approx(0.1)


def test_gatan_tif(tmp_path):
    tags = [
        (65003, "s", 0, "nm", True),
        (65004, "s", 0, "nm", True),
        (65009, "d", 1, 0.02, True),
        (65010, "d", 1, 0.03, True),
    ]
    tifffile.imwrite(tmp_path / "m.tif", GRAY16, extratags=tags)
    image = read_micrograph(tmp_path / "m.tif")
    assert image.attrs["pixel_size_col"] == pytest.approx(0.02)
    assert image.attrs["pixel_size_row"] == pytest.approx(0.03)


@pytest.mark.parametrize(("unit", "interval"), [("s", 0.25), ("ms", 2.5e-4), ("eV", None), ("", None)])
def test_a_stack_of_gatan_has_its_frame_times(tmp_path, unit, interval):
    tags = [(65003, "s", 0, "nm", True), (65004, "s", 0, "nm", True), (65005, "s", 0, unit, True)]
    tags += [(code, "d", 1, value, True) for code, value in ((65009, 0.02), (65010, 0.02), (65011, 0.25))]
    tifffile.imwrite(tmp_path / "m.tif", MOVIE, extratags=tags, metadata=None)
    movie = read_micrograph(tmp_path / "m.tif")
    assert movie.attrs["pixel_size"] == pytest.approx(0.02)
    if interval is None:
        assert movie.frame.units == "frame"
    else:
        assert movie.frame.units == "s"
        np.testing.assert_allclose(movie.frame.values, np.arange(len(MOVIE)) * interval)


@pytest.mark.parametrize("options", [{}, {"bigtiff": True}, {"compression": "zlib"}, {"byteorder": ">"}], ids=str)
def test_pages_of_a_tif_are_frames(tmp_path, options):
    write = {key: options.get(key) for key in ("bigtiff", "byteorder") if key in options}
    with tifffile.TiffWriter(tmp_path / "pages.tif", **write) as tif:
        for page in MOVIE:
            tif.write(page, contiguous=False, compression=options.get("compression"))
    movie = read_micrograph(tmp_path / "pages.tif")
    np.testing.assert_array_equal(movie.values, MOVIE)
    assert movie.dtype.isnative
    assert movie.frame.units == "frame"
    np.testing.assert_array_equal(read_micrograph(tmp_path / "pages.tif", frames=slice(1, None, 2)).values, MOVIE[1::2])
    np.testing.assert_array_equal(read_micrograph(tmp_path / "pages.tif", frames=-1).values, MOVIE[-1])


def test_a_page_of_another_size_is_a_blank_frame(tmp_path, monkeypatch):
    with tifffile.TiffWriter(tmp_path / "pages.tif") as tif:
        for page in (*MOVIE[:3], MOVIE[3, :-4], MOVIE[4]):
            tif.write(page, contiguous=False)
    movie = read_micrograph(tmp_path / "pages.tif")
    np.testing.assert_array_equal(movie.values[[0, 1, 2, 4]], MOVIE[[0, 1, 2, 4]])
    assert np.isnan(movie.values[3]).all()
    assert f"page 3 has {ROWS - 4} x {COLS} px, the others {ROWS} x {COLS}: its frame is left blank" in movie.notes
    monkeypatch.setattr("lattice_widgets.files.movies._SMALL", 0)
    frames = open_movie(tmp_path / "pages.tif")
    assert isinstance(frames.source, StoredMovie)
    assert [number for number, _frame in frames.usable(range(5))] == [0, 1, 2, 4]


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_color_tif(tmp_path, planar):
    values = COLOR if planar == "contig" else np.moveaxis(COLOR, -1, 0)
    tifffile.imwrite(tmp_path / "color.tif", values, photometric="rgb", planarconfig=planar)
    np.testing.assert_allclose(read_micrograph(tmp_path / "color.tif").values, LUMINANCE, rtol=1e-5)


@pytest.mark.parametrize("dtype", ["u1", "<i2", ">u2", "<f4", ">f8", "f2", "<i8", "?"])
def test_npy_keeps_its_dtype(tmp_path, dtype):
    values = (GRAY8 % 120).astype(dtype)
    np.save(tmp_path / "a.npy", np.asfortranarray(values))
    image = read_micrograph(tmp_path / "a.npy")
    np.testing.assert_array_equal(image.values, values)
    assert image.dtype == (np.uint8 if dtype == "?" else np.dtype(dtype).newbyteorder("="))
    assert_in_px(image)


def test_nan_and_infinity_stay(tmp_path):
    values = GRAY8.astype(float)
    values[3, 5], values[4, 6] = np.nan, -np.inf
    np.save(tmp_path / "a.npy", values)
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.npy").values, values)


def test_npy_movie_and_the_choice_of_frames(tmp_path):
    np.save(tmp_path / "m.npy", MOVIE)
    movie = read_micrograph(tmp_path / "m.npy", frames=slice(1, 4))
    np.testing.assert_array_equal(movie.values, MOVIE[1:4])
    np.testing.assert_array_equal(movie.frame.values, [1, 2, 3])
    movie.values[:] = 0  # the file is neither locked nor changed
    np.testing.assert_array_equal(np.load(tmp_path / "m.npy"), MOVIE)
    assert_refused(tmp_path / "m.npy", "5 frames", frames=9)
    assert_refused(tmp_path / "m.npy", "5 frames", frames=slice(7, 9))
    np.save(tmp_path / "a.npy", GRAY8)
    assert_refused(tmp_path / "a.npy", "single picture", frames=0)


def test_npy_with_color(tmp_path):
    np.save(tmp_path / "c.npy", COLOR)
    image = read_micrograph(tmp_path / "c.npy")
    np.testing.assert_allclose(image.values, LUMINANCE, rtol=1e-5)
    assert "luminance" in image.attrs["notes"]


def test_npz_takes_the_largest_picture_and_says_so(tmp_path):
    np.savez(tmp_path / "a.npz", small=GRAY8[:5], line=np.arange(5000), movie=MOVIE, label=np.array("x"))
    image = read_micrograph(tmp_path / "a.npz")
    np.testing.assert_array_equal(image.values, MOVIE)
    assert image.attrs["dataset"] == "movie"
    assert "'small'" in image.attrs["notes"]
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.npz", dataset="small").values, GRAY8[:5])
    assert_refused(tmp_path / "a.npz", "no data set 'other'", "'movie'", dataset="other")


def test_npz_calibration(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", image=MOVIE, pixel_size_nm=[0.2, 0.1], frame_interval_s=1.5)
    movie = read_micrograph(tmp_path / "a.npz")
    assert (movie.attrs["pixel_size_row"], movie.attrs["pixel_size_col"]) == (0.2, 0.1)
    assert movie.frame.values[2] == 3.0
    np.savez(tmp_path / "b.npz", image=GRAY8, pixel_size_nm=np.zeros(70))
    assert_refused(tmp_path / "b.npz", "pixel_size_nm")


def test_content_counts_not_the_name(tmp_path):
    Image.fromarray(GRAY16).save(tmp_path / "really.png")
    os.rename(tmp_path / "really.png", tmp_path / "named.tif")
    image = read_micrograph(tmp_path / "named.tif")
    np.testing.assert_array_equal(image.values, GRAY16)
    assert image.attrs["format"] == "png"
    assert ".tif" in image.attrs["notes"]


def test_set_pixel_size_shares_the_values_and_refuses_nonsense(tmp_path):
    np.save(tmp_path / "a.npy", GRAY8)
    image = read_micrograph(tmp_path / "a.npy")
    scaled = set_pixel_size(image, (0.2, 0.1))
    assert np.shares_memory(scaled.values, image.values)
    assert scaled.row.values[2] == pytest.approx(0.4)
    assert_in_px(image)
    again = set_pixel_size(scaled, 0.3)
    assert again.attrs["pixel_size"] == 0.3
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="positive"):
            set_pixel_size(image, wrong)


def test_real_graphene_stm(shared_picture):
    image = read_micrograph(shared_picture("graphene_stm.tif"))
    assert (image.shape, image.dtype) == ((319, 329), np.uint8)
    assert_in_px(image)  # its 72 dots per inch are for printing


def test_real_movie(shared_picture):
    movie = read_micrograph(shared_picture("ws2_beam_movie.gif"), frames=slice(90, None))
    assert movie.dims == ("frame", "row", "col")
    assert movie.shape == (10, 180, 180)
    np.testing.assert_allclose(np.diff(movie.frame.values), 0.14)
