"""Calibrations as programs write them: the right length, or a word of why there is none."""

import numpy as np
import pytest
import tifffile
from micrograph_checks import COLS, GRAY16, ROWS, assert_in_px
from microscope_files import write_dm3

from lattice_widgets.core.units import is_of_diffraction, length_in_nm, time_in_s
from lattice_widgets.files import read_micrograph, set_pixel_size

PIXEL = 6 / 256


def _berkeley(path, unit: str, scale: tuple[float, float]) -> None:
    """Write an EMD file of Berkeley's kind, columns first, with the positions of its pixels in `unit`."""
    h5py = pytest.importorskip("h5py")
    pytest.importorskip("rsciio")
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("data/picture")
        group.attrs["emd_group_type"] = 1
        group.create_dataset("data", data=GRAY16.T)
        for index, (name, size, step) in enumerate(zip("xy", (COLS, ROWS), scale[::-1], strict=True), 1):
            positions = group.create_dataset(f"dim{index}", data=np.arange(size) * step)
            positions.attrs["name"], positions.attrs["units"] = name, unit


@pytest.mark.parametrize(
    ("word", "nanometers"),
    [
        *(("nm", 1), ("NM", 1), ("n_m", 1), ("[n_m]", 1), ("[nm]", 1), ("nanometers", 1)),
        *(
            (word, 0.1)
            for word in (
                "Å",
                "\u212b",
                "A",
                "[A]",
                "Angstrom",
                "angstroms",
                "\\u00C5",
                "\\u00c5",
                "ångström",
                "Ångstrøm",
            )
        ),
        *((word, 1e3) for word in ("µm", "\u03bcm", "um", "u_m", "\\u00B5m", "\\u00b5m", "micron", "microns")),
        *((word, None) for word in ("", None, "pixel", "1/nm", "eV", "M", "a", "inchworm", 5)),
    ],
)
def test_the_words_for_lengths(word, nanometers):
    assert length_in_nm(word) == nanometers


def test_the_words_for_times():
    assert [time_in_s(word) for word in ("[s]", "[n_s]", "\\u00B5s", "frames", "S")] == [1, 1e-9, 1e-6, None, None]


@pytest.mark.parametrize(
    ("word", "diffraction"),
    [
        *(
            (word, True)
            for word in ("1/nm", "1 / nm", "nm^-1", "nm⁻¹", "1/Å", "1/A", "[n_m^-1]", "Å^{-1}", "mrad", "deg")
        ),
        *((word, False) for word in ("nm", "1/s", "Hz", "eV", "", None, "px", "-1")),
    ],
)
def test_the_words_for_diffraction(word, diffraction):
    assert is_of_diffraction(word) is diffraction


@pytest.mark.parametrize("difference", [1e-5, 2.4e-4, 3e-4])
def test_sides_that_hardly_differ_are_square(tmp_path, difference):
    size = (PIXEL * (1 + difference), PIXEL)
    np.savez(tmp_path / "a.npz", image=GRAY16, pixel_size_nm=size)
    image = read_micrograph(tmp_path / "a.npz")
    assert image.attrs["pixel_size"] == pytest.approx(PIXEL * (1 + difference / 2), rel=1e-6)
    assert (image.attrs["pixel_size_row"], image.attrs["pixel_size_col"]) == size
    np.testing.assert_allclose(image.row, np.arange(ROWS) * size[0])
    assert "pixel_size" not in set_pixel_size(image, (1.001, 1.0)).attrs


@pytest.mark.parametrize(
    ("unit", "nanometers"), [("n_m", 1), ("[n_m]", 1), ("[Å]", 0.1), ("A", 0.1), ("[A]", 0.1), ("[u_m]", 1e3)]
)
def test_emd_of_berkeley(tmp_path, unit, nanometers):
    _berkeley(tmp_path / "a.emd", unit, (PIXEL / nanometers, 2 * PIXEL / nanometers))
    image = read_micrograph(tmp_path / "a.emd")
    np.testing.assert_array_equal(image.values, GRAY16)
    assert image.attrs["pixel_size_row"] == pytest.approx(PIXEL, rel=1e-6)
    assert image.attrs["pixel_size_col"] == pytest.approx(2 * PIXEL, rel=1e-6)


@pytest.mark.parametrize(("unit", "nanometers"), [("\\u00C5", 0.1), ("\\u00B5m", 1e3), ("A", 0.1), ("angstrom", 0.1)])
def test_imagej_escapes_what_is_not_ascii(tmp_path, unit, nanometers):
    per_unit = nanometers / PIXEL
    tifffile.imwrite(tmp_path / "a.tif", GRAY16, imagej=True, resolution=(per_unit,) * 2, metadata={"unit": unit})
    assert read_micrograph(tmp_path / "a.tif").attrs["pixel_size"] == pytest.approx(PIXEL, rel=1e-6)


@pytest.mark.parametrize(("unit", "told"), [("lattices", True), ("pixel", False)])
def test_what_imagej_counts_in_is_told_where_it_is_no_length(tmp_path, unit, told):
    tifffile.imwrite(tmp_path / "a.tif", GRAY16, imagej=True, resolution=(50, 50), metadata={"unit": unit})
    image = read_micrograph(tmp_path / "a.tif")
    assert_in_px(image)
    assert (f"the scale is in '{unit}', not a length" in image.attrs.get("notes", "")) is told


def _gatan(path, unit: str, scale: float) -> None:
    tags = [(65003, "s", 0, unit, True), (65004, "s", 0, unit, True), (65009, "d", 1, scale, True)]
    tags.append((65010, "d", 1, scale, True))
    # the resolution is that of a printer that no pattern has
    tifffile.imwrite(path, GRAY16, extratags=tags, resolution=(1e8, 1e8), resolutionunit="CENTIMETER")


@pytest.mark.parametrize("unit", ["1/nm", "nm^-1", "mrad"])
def test_a_diffraction_pattern_says_that_it_is_one(tmp_path, unit):
    _gatan(tmp_path / "gatan.tif", unit, 0.02)
    metadata = {"unit": unit}
    tifffile.imwrite(tmp_path / "imagej.tif", GRAY16, imagej=True, resolution=(50, 50), metadata=metadata)
    _berkeley(tmp_path / "a.emd", f"[{unit}]", (0.02, 0.02))
    write_dm3(tmp_path / "a.dm3", GRAY16.astype(np.int32), (0.02, 0.02), unit)
    for name in ("gatan.tif", "imagej.tif", "a.emd", "a.dm3"):
        image = read_micrograph(tmp_path / name)
        assert_in_px(image)
        assert "this is a diffraction pattern: " in image.attrs["notes"], name
        assert "not a length" in image.attrs["notes"], name


def test_a_length_that_no_pixel_has_is_none(tmp_path):
    _gatan(tmp_path / "gatan.tif", "m", 4e7)
    write_dm3(tmp_path / "a.dm3", GRAY16.astype(np.int32), (4e7, 4e7), "m")
    for name in ("gatan.tif", "a.dm3"):
        image = read_micrograph(tmp_path / name)
        assert_in_px(image)
        assert "a pixel of 4e+16 nm x 4e+16 nm, as the file says, is none" in image.attrs["notes"], name
    for size in (4e16, 1e-9):
        with pytest.raises(ValueError, match="a pixel size must be positive"):
            set_pixel_size(image, size)
