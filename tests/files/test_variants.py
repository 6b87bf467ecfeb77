"""Kinds of files that once were read in one shape only: axes of one value, axes of spectra, attributes, channels of folders."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from micrograph_checks import assert_refused
from microscope_files import hyperspy_signal, write_sxm

import lattice_widgets as lw
from lattice_widgets.core.pictures.pixel_size import sides_of
from lattice_widgets.files.movies import take_movie
from lattice_widgets.files.reading import read_micrograph
from lattice_widgets.samples.sources import load_source

PICTURE = np.random.default_rng(5).normal(size=(30, 44)).astype(np.float32)
MOVIE = np.stack([PICTURE + number for number in range(5)])
#: how an array may lie in a file, and what it is
SHAPES = [
    (PICTURE[:, :, None, None, None], PICTURE), (PICTURE[None, None], PICTURE), (PICTURE[None, None, ..., None], PICTURE),
    (MOVIE[..., None, None], MOVIE), (MOVIE[:, None], MOVIE), (MOVIE[None, None], MOVIE), (PICTURE[None], PICTURE[None]),
    (np.stack([PICTURE] * 3, -1)[None, None], PICTURE),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "right"), SHAPES, ids=lambda values: "x".join(map(str, values.shape)))
def test_axes_with_one_value_say_nothing(tmp_path: Path, stored: np.ndarray, right: np.ndarray) -> None:
    h5py, zarr = pytest.importorskip("h5py"), pytest.importorskip("zarr")
    np.save(tmp_path / "a.npy", stored)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = stored
    zarr.save_array(str(tmp_path / "a.zarr"), stored)
    for name in ("a.npy", "a.h5", "a.zarr"):
        np.testing.assert_array_equal(read_micrograph(tmp_path / name), right, err_msg=name)
    np.testing.assert_array_equal(load_source(stored), right)


@pytest.mark.parametrize("shape", [(67, 133, 1, 1, 1), (1, 1, 67, 133), (1, 67, 133, 1)], ids=str)
def test_axes_with_one_value_of_a_signal_keep_the_lengths_of_the_others(tmp_path: Path, shape: tuple[int, ...]) -> None:
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    steps = {67: 0.02, 133: 0.04, 1: 7.0}
    axes = [(f"a{place}", steps[size], "nm", False) for place, size in enumerate(shape)]
    writer.file_writer(str(tmp_path / "a.hspy"), hyperspy_signal(np.ones(shape), axes))
    image = read_micrograph(tmp_path / "a.hspy")
    assert image.shape == (67, 133)
    assert sides_of(image) == ((pytest.approx(0.02), pytest.approx(0.04)), True)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("energy", "eV"), ("e", "keV"), ("lambda", "nm"), ("shift", "cm^{-1}"), ("shift", "cm-1"), ("mass", "")],
)
def test_an_axis_of_a_spectrum_is_no_time_in_any_container(tmp_path: Path, name: str, unit: str) -> None:
    h5py, zarr = pytest.importorskip("h5py"), pytest.importorskip("zarr")
    assert zarr
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["movie"] = MOVIE
        for place, axis in enumerate((name, "y", "x")):
            scale = file.create_dataset(axis, data=np.arange(MOVIE.shape[place]) * 0.5)
            scale.make_scale(axis)
            scale.attrs["units"] = "nm" if place else unit
            file["movie"].dims[place].attach_scale(scale)
    labels = {axis: (axis, np.arange(n) * 0.5, {"units": "nm"}) for axis, n in zip("yx", PICTURE.shape, strict=True)}
    labels[name] = (name, np.arange(len(MOVIE)) * 0.5, {"units": unit})
    array = xr.DataArray(MOVIE, dims=(name, "y", "x"), coords=labels, name="movie")
    array.to_dataset().to_zarr(tmp_path / "a.zarr", consolidated=False)
    for stored in ("a.h5", "a.zarr"):
        assert_refused(tmp_path / stored, "holds spectra")


def test_frames_along_a_voltage_are_told(tmp_path: Path) -> None:
    writer = pytest.importorskip("rsciio.hspy")
    pytest.importorskip("h5py")
    axes = [("bias", 0.1, "mV", True), ("y", 0.1, "nm", False), ("x", 0.1, "nm", False)]
    writer.file_writer(str(tmp_path / "a.hspy"), hyperspy_signal(MOVIE, axes))
    movie = read_micrograph(tmp_path / "a.hspy")
    assert movie.frame.units == "frame"
    assert "orders its frames by bias in mV, which is no time" in movie.attrs["notes"]


def test_attributes_of_a_zarr_array_are_those_of_hdf5(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    for version in (2, 3):
        path = tmp_path / f"{version}.zarr"
        array = zarr.create_array(str(path), shape=MOVIE.shape, dtype="f4", zarr_format=version)
        array[:] = MOVIE
        array.attrs.update(pixel_size_nm=[0.02, 0.04], frame_interval_s=0.5)
        movie = read_micrograph(path)
        assert sides_of(movie) == ((pytest.approx(0.02), pytest.approx(0.04)), True)
        np.testing.assert_allclose(movie.frame, np.arange(5) * 0.5)
        array.attrs["pixel_size_nm"] = 0.02
        frames = take_movie(path)
        assert (frames.pixel_size, frames.frame_interval, frames.calibration) == (pytest.approx(0.02), 0.5, "file")


def test_a_channel_is_chosen_in_a_folder_of_scans(tmp_path: Path) -> None:
    for number in range(3):
        channels = {name: np.stack([sign * MOVIE[number]] * 2) for name, sign in (("Z", 1), ("Current", -1))}
        write_sxm(tmp_path / f"s{number}.sxm", channels, (3e-9, 4.4e-9))
    listed = ["Z forward", "Z backward", "Current forward", "Current backward"]
    first, chosen = read_micrograph(tmp_path), read_micrograph(tmp_path, dataset="Current forward")
    np.testing.assert_array_equal(first, MOVIE[:3])
    np.testing.assert_array_equal(chosen, -MOVIE[:3])
    assert first.attrs["datasets"] == chosen.attrs["datasets"] == listed
    assert sides_of(chosen) == ((pytest.approx(0.1), pytest.approx(0.1)), True)
    np.testing.assert_array_equal(take_movie(tmp_path, None, "Current forward").source, -MOVIE[:3])


def test_a_length_along_one_axis_alone_is_none() -> None:
    places = {"row": ("row", np.arange(30) * 0.02, {"units": "nm"}), "col": np.arange(44) * 0.02}
    image = xr.DataArray(PICTURE, dims=("row", "col"), coords=places)
    assert sides_of(image) == ((1.0, 1.0), False)


def test_a_pixel_size_may_be_an_array(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", PICTURE)
    for given, right in ((np.array([0.02, 0.04]), (0.02, 0.04)), (np.array(0.02), (0.02, 0.02))):
        assert sides_of(lw.read_micrograph(tmp_path / "a.npy", pixel_size=given)) == (right, True)


@pytest.mark.parametrize(("width", "right"), [("60 Å", 6), ("6 nanometers", 6), ("0.006 micron", 6), ("6 V", None)])
def test_lengths_of_a_table_are_read_by_the_rule_of_all_files(tmp_path: Path, width: str, right: float | None) -> None:
    text = "\n".join(" ".join(map(str, row)) for row in PICTURE)
    head = f"# Channel: Z\n# Width: {width}\n# Height: {width}\n# Value units: m\n"
    (tmp_path / "a.txt").write_text(head + text, encoding="utf-8")
    sides, known = sides_of(read_micrograph(tmp_path / "a.txt"))
    assert known == (right is not None)
    if right:
        assert sides == pytest.approx((right / 30, right / 44))
