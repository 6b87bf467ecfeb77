"""The files of microscopes: dm3, sxm, hspy and emd."""

import importlib.util
import struct
import sys

import numpy as np
import pytest
from micrograph_checks import COLOR, COLS, FRAMES, GRAY8, GRAY16, LUMINANCE, MOVIE, ROWS, assert_in_px, assert_refused
from microscope_files import hyperspy_signal, write_dm3, write_sxm

from lattice_widgets.files import read_micrograph


@pytest.mark.parametrize("direction", ["up", "down"])
def test_sxm(tmp_path, direction):
    z = np.stack([GRAY8, GRAY8[::-1]]).astype(np.float32)
    field = (ROWS * 2e-11, COLS * 1e-11)
    write_sxm(tmp_path / "scan.sxm", {"Z": z, "Current": z + 1}, field, direction)
    image = read_micrograph(tmp_path / "scan.sxm")
    np.testing.assert_array_equal(image.values, z[0])
    assert image.attrs["dataset"] == "Z forward"
    assert image.attrs["pixel_size_row"] == pytest.approx(0.02)
    assert image.attrs["pixel_size_col"] == pytest.approx(0.01)
    backward = read_micrograph(tmp_path / "scan.sxm", dataset="Current backward")
    np.testing.assert_array_equal(backward.values, z[1] + 1)
    whole = (tmp_path / "scan.sxm").read_bytes()
    for size in (60, 300, len(whole) - 4):
        (tmp_path / "cut.sxm").write_bytes(whole[:size])
        assert_refused(tmp_path / "cut.sxm", "cut off")


@pytest.mark.parametrize(("units", "nanometers"), [("nm", 1), ("Å", 0.1), ("µm", 1e3), ("m", 1e9)])
def test_dm3_with_its_calibration(tmp_path, units, nanometers):
    pytest.importorskip("rsciio")
    write_dm3(tmp_path / "haadf.dm3", GRAY16.astype(np.int32), (0.5, 0.25), units)
    image = read_micrograph(tmp_path / "haadf.dm3")
    np.testing.assert_array_equal(image.values, GRAY16)
    assert image.dtype == np.int32
    assert image.attrs["dataset"] == "HAADF"
    np.testing.assert_allclose(image.row.values, np.arange(ROWS) * 0.5 * nanometers)
    np.testing.assert_allclose(image.col.values, np.arange(COLS) * 0.25 * nanometers)


@pytest.mark.parametrize("units", ["1/nm", "eV", ""])
def test_dm3_in_what_is_not_a_length(tmp_path, units):
    pytest.importorskip("rsciio")
    write_dm3(tmp_path / "pattern.dm3", GRAY16.astype(np.int32), (0.5, 0.25), units)
    image = read_micrograph(tmp_path / "pattern.dm3")
    assert_in_px(image)
    assert ("not a length" in image.attrs["notes"]) == bool(units)


@pytest.mark.parametrize("suffix", ["hspy", "emd"])
def test_hspy_and_emd_movies(tmp_path, suffix):
    writer = pytest.importorskip(f"rsciio.{suffix}")
    pytest.importorskip("h5py")
    axes = [("t", 500.0, "ms", True), ("y", 0.2, "Å", False), ("x", 0.2, "Å", False)]
    path = tmp_path / f"m.{suffix}"
    writer.file_writer(str(path), hyperspy_signal(MOVIE, axes))
    movie = read_micrograph(path)
    np.testing.assert_array_equal(movie.values, MOVIE)
    assert movie.dtype == np.uint16
    assert movie.attrs["pixel_size"] == pytest.approx(0.02)
    np.testing.assert_allclose(movie.frame.values, np.arange(FRAMES) * 0.5)
    np.testing.assert_array_equal(read_micrograph(path, frames=slice(2, 4)).values, MOVIE[2:4])
    content = path.read_bytes()
    (tmp_path / f"cut.{suffix}").write_bytes(content[: len(content) // 2])
    assert_refused(tmp_path / f"cut.{suffix}", "cut off")


@pytest.mark.parametrize("shape", [(2, 2, 2, 6, 8), (2, 3, 6, 8), (50,)], ids=str)
def test_hspy_of_other_dimensions(tmp_path, shape):
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    axes = [(f"a{index}", 1.0, "nm", index < len(shape) - 2) for index in range(len(shape))]
    writer.file_writer(str(tmp_path / "m.hspy"), hyperspy_signal(np.zeros(shape), axes))
    assert_refused(tmp_path / "m.hspy", "dimensional")


def test_hspy_spectrum_image_is_no_movie(tmp_path):
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    axes = [("y", 1.0, "nm", True), ("x", 1.0, "nm", True), ("E", 1.0, "eV", False)]
    writer.file_writer(str(tmp_path / "m.hspy"), hyperspy_signal(np.zeros((6, 8, 100)), axes))
    assert_refused(tmp_path / "m.hspy", "spectra")


def test_without_rosettasciio_the_sentence_has_the_command(tmp_path, monkeypatch):
    write_dm3(tmp_path / "a.dm3", GRAY16.astype(np.int32), (0.5, 0.25), "nm")
    monkeypatch.setitem(sys.modules, "rsciio", None)  # as Python itself marks what cannot be imported
    assert_refused(tmp_path / "a.dm3", 'pip install "lattice-widgets[formats]"')


def test_a_netcdf_file_cannot_run_what_it_says(tmp_path):
    """RosettaSciIO's netCDF reader evaluates an attribute of the file as Python: it is not used."""
    (tmp_path / "a.nc").write_bytes(b"CDF\x01" + bytes(200))
    assert_refused(tmp_path / "a.nc", "no reader")


def test_real_dm3(shared_picture):
    """Its calibration is empty (scale 1, no unit), so it stays in px: no length is made up."""
    pytest.importorskip("rsciio")
    image = read_micrograph(shared_picture("perovskite_stem.dm3"))
    assert (image.shape, image.dtype) == ((512, 512), np.uint32)
    assert image.values.max() > image.values.min() > 0
    assert_in_px(image)


def test_dm3_in_color(tmp_path):
    pytest.importorskip("rsciio")
    write_dm3(tmp_path / "a.dm3", COLOR, (0.5, 0.25), "nm")
    image = read_micrograph(tmp_path / "a.dm3")
    np.testing.assert_allclose(image.values, LUMINANCE, rtol=1e-5)
    assert image.attrs["pixel_size_row"] == pytest.approx(0.5)


@pytest.mark.parametrize("name", ["a.h5", "none.png", "a.tif", "a.npz", "a.dm3"])
def test_no_sentence_shows_a_folder(tmp_path, name):
    pytest.importorskip("rsciio")
    if name == "a.h5":
        h5py = pytest.importorskip("h5py")
        with h5py.File(tmp_path / name, "w") as file:
            file["energy"] = GRAY8[0]
    elif name != "none.png":
        head = {"a.tif": b"II*\0", "a.npz": b"PK\x03\x04", "a.dm3": b"\0\0\0\x03" + bytes(7) + b"\1"}[name]
        (tmp_path / name).write_bytes(head + b"\xff" * 60)
    text = assert_refused(tmp_path / name, name)
    assert str(tmp_path) not in text
    assert tmp_path.name not in text


@pytest.mark.parametrize(
    ("name", "units"),
    [("Energy loss", "eV"), ("E", "keV"), ("Wavelength", "nm"), ("Raman shift", "1/cm"), ("Channel", "")],
)
def test_an_axis_of_a_spectrum_is_no_time(tmp_path, name, units):
    """As EELS maps of DigitalMicrograph come: energies first, so that each of them looks like a frame."""
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    axes = [(name, 0.5, units, True), ("y", 1.0, "nm", False), ("x", 1.0, "nm", False)]
    writer.file_writer(str(tmp_path / "m.hspy"), hyperspy_signal(MOVIE, axes))
    assert_refused(tmp_path / "m.hspy", "m.hspy holds spectra (5 x 30 x 44), not a picture or a movie")


def test_a_line_of_spectra_is_named_with_its_own_shape(tmp_path):
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    writer.file_writer(
        str(tmp_path / "m.hspy"), hyperspy_signal(GRAY16, [("x", 1.0, "nm", True), ("E", 1.0, "eV", False)])
    )
    assert_refused(tmp_path / "m.hspy", "m.hspy holds spectra (30 x 44), not")


def test_slices_of_a_depth_are_frames_without_times(tmp_path):
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    axes = [("z", 2.0, "nm", True), ("y", 1.0, "nm", False), ("x", 1.0, "nm", False)]
    writer.file_writer(str(tmp_path / "m.hspy"), hyperspy_signal(MOVIE, axes))
    movie = read_micrograph(tmp_path / "m.hspy")
    assert movie.frame.units == "frame"
    assert "orders its frames by z in nm, which is no time" in movie.attrs["notes"]


def test_the_second_reader_of_a_suffix_is_asked(tmp_path):
    """JEOL's reader is the first for img files, and takes one of Hamamatsu's for an empty one."""
    pytest.importorskip("rsciio")
    scaling = ",".join(f'Scaling{axis}Type=1,Scaling{axis}Unit="px",Scaling{axis}ScalingFile=""' for axis in "XY")
    comment = (
        '[Application],Date="01/02/2024",Time="10:00:00"\r\n[Acquisition],NrExposure=1,AcqMode=2\r\n'
        f"[Scaling],{scaling}\r\n"
    ).encode()
    header = struct.pack("<2s6hi2hd34x", b"IM", len(comment), COLS, ROWS, 0, 0, 2, 1, 0, 0, 0.0)
    (tmp_path / "a.img").write_bytes(header + comment + GRAY16.astype("<u2").tobytes())
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.img").values, GRAY16)


def test_a_reader_without_its_package_names_it(tmp_path):
    """A file of Velox with spectra needs the package sparse, which is not among those of the kit."""
    pytest.importorskip("rsciio")
    if importlib.util.find_spec("sparse"):
        pytest.skip("sparse is installed")
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.emd", "w") as file:
        file.create_group("Data/Image")
        file.create_group("Data/SpectrumImage")
        file["Version"] = [b'{"format": "Velox", "version": "10"}']
        file.create_group("Presentation/Displays/ImageDisplay")
    assert "damaged" not in assert_refused(tmp_path / "a.emd", "needs a package", "'sparse'")
