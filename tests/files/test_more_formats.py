"""Plain HDF5, zarr and OME-Zarr, videos, folders of pictures, Gwyddion's png, home folders: lengths and times come along."""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from micrograph_checks import assert_refused
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import lattice_widgets as lw
from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes
from lattice_widgets.files.movies import open_movie
from lattice_widgets.files.readers.rosetta import NOT_READ

RNG = np.random.default_rng(5)
MOVIE = RNG.integers(0, 255, (4, 20, 24)).astype(np.uint16)


# ------------------------------------------------------------------ HDF5


def test_plain_hdf5_gives_the_largest_picture_or_the_chosen_one(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w") as file:
        file["scan/current"] = MOVIE[0].astype(np.float32)
        file["scan/movie"] = MOVIE
        file["energy"] = np.linspace(0, 1, 2000)
        file["name"] = "graphene"
        scale = file.create_dataset("rows", data=np.arange(20) * 0.05)
        scale.attrs["units"] = "nm"
        other = file.create_dataset("cols", data=np.arange(24) * 20.0)
        other.attrs["units"] = "pm"
        for axis, found in ((0, scale), (1, other)):
            found.make_scale()
            file["scan/current"].dims[axis].attach_scale(found)
    movie = read_micrograph(path)
    assert np.array_equal(movie, MOVIE)
    assert movie.attrs["dataset"] == "scan/movie"
    assert "'scan/current'" in movie.attrs["notes"], "the others are listed"
    assert np.array_equal(read_micrograph(path, frames=2), MOVIE[2])
    picture = read_micrograph(path, dataset="current")
    assert picture.attrs["pixel_size_row"] == pytest.approx(0.05)
    assert picture.attrs["pixel_size_col"] == pytest.approx(0.02)
    assert read_micrograph_bytes(path.name, path.read_bytes(), dataset="current").attrs["pixel_size_col"] == (
        pytest.approx(0.02)
    )
    assert_refused(path, "has no data set 'banana'", dataset="banana")


def test_attributes_of_hdf5_tell_lengths_and_times(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "plain.h5"
    for given, sides in ((0.05, (0.05, 0.05)), ([0.05, 0.02], (0.05, 0.02))):
        for values in (MOVIE, np.moveaxis(np.concatenate([MOVIE, MOVIE]), 0, -1)):
            with h5py.File(path, "w") as file:
                file["movie"] = values
                file["movie"].attrs.update({"pixel_size_nm": given, "frame_interval_s": 0.5})
            movie = read_micrograph(path)
            assert (movie.attrs["pixel_size_row"], movie.attrs["pixel_size_col"]) == pytest.approx(sides)
            assert movie.frame.values[:4].tolist() == [0.0, 0.5, 1.0, 1.5]
    with h5py.File(path, "w") as file:
        file["movie"] = MOVIE
        file["movie"].attrs.update({"pixel_size_nm": "small", "frame_interval_s": -1.0})
    movie = read_micrograph(path)
    assert "pixel_size_row" not in movie.attrs
    assert movie.frame.attrs["units"] == "frame"


def test_plain_hdf5_under_the_name_of_emd(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "plain.emd", "w") as file:
        file["image"] = MOVIE[0]
    picture = read_micrograph(tmp_path / "plain.emd")
    assert np.array_equal(picture, MOVIE[0])
    assert (picture.attrs["format"], picture.attrs["dataset"]) == ("emd", "image")


def test_hdf5_of_fiji_and_hdf5_without_a_picture(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "fiji.h5", "w") as file:
        file["image"] = MOVIE[0]
        file["image"].attrs["element_size_um"] = [1.0, 3e-5, 3e-5]
    assert read_micrograph(tmp_path / "fiji.h5").attrs["pixel_size"] == pytest.approx(0.03)
    with h5py.File(tmp_path / "none.h5", "w") as file:
        file["energy"] = np.arange(100.0)
    assert_refused(tmp_path / "none.h5", "holds no picture")


def test_emd_under_the_name_h5(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    pytest.importorskip("rsciio")
    path = tmp_path / "berkeley.h5"
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        group = file.create_group("experimental/science_data/image")
        group.attrs["emd_group_type"] = 1
        group["data"] = MOVIE[0]
        for number, (name, length) in enumerate((("y", 20), ("x", 24)), start=1):
            dim = group.create_dataset(f"dim{number}", data=np.arange(length) * 0.25)
            dim.attrs["name"], dim.attrs["units"] = name, "[n_m]"
    picture = read_micrograph(path)
    assert sorted(picture.shape) == [20, 24]
    assert picture.attrs["pixel_size"] == pytest.approx(0.25)


def test_hdf5_that_names_another_file_is_refused_under_this_name_too(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    (tmp_path / "far").mkdir()
    with h5py.File(tmp_path / "far" / "secret.h5", "w") as file:
        file["image"] = MOVIE[0]
    evil = tmp_path / "evil.h5"
    with h5py.File(evil, "w") as file:
        file["image"] = h5py.ExternalLink("far/secret.h5", "/image")
        file["mine"] = MOVIE[0]
    for read in (lambda: read_micrograph(evil), lambda: read_micrograph_bytes("evil.h5", evil.read_bytes())):
        with pytest.raises(MicrographFileError, match=r"names (a file outside its folder|another file)"):
            read()


# ------------------------------------------------------------------ zarr


def test_zarr_folders_are_pictures_and_movies(tmp_path: Path) -> None:
    import zarr

    zarr.save_array(str(tmp_path / "plain.zarr"), MOVIE)
    assert np.array_equal(read_micrograph(tmp_path / "plain.zarr"), MOVIE)
    assert np.array_equal(read_micrograph(tmp_path / "plain.zarr", frames=3), MOVIE[3])
    group = zarr.open_group(str(tmp_path / "group.zarr"), mode="w")
    group.create_array("topography", data=MOVIE[0])
    group.create_array("current", data=MOVIE[1])
    chosen = read_micrograph(tmp_path / "group.zarr", dataset="current")
    assert np.array_equal(chosen, MOVIE[1])
    with pytest.raises(MicrographFileError, match=r"has no data set 'x'; it has '(current|topography)'"):
        read_micrograph(tmp_path / "group.zarr", dataset="x")
    movies = zarr.open_group(str(tmp_path / "movies.zarr"), mode="w")
    for name, values in (("first", MOVIE), ("second", MOVIE[:3])):
        movies.create_array(name, data=values)
    frames = open_movie(tmp_path / "movies.zarr")
    assert (frames.dataset, sorted(frames.datasets)) == ("first", ["first", "second"])
    assert "the largest was taken: 'first'" in " ".join(frames.notes)
    assert open_movie(tmp_path / "movies.zarr", "second").shape == (3, 20, 24)


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
@pytest.mark.parametrize("version", [2, 3])
def test_what_xarray_wrote_keeps_its_coordinates(version: int, tmp_path: Path) -> None:
    coords = {
        "frame": ("frame", np.arange(4) * 250.0, {"units": "ms"}), "y": ("y", np.arange(20) * 0.05, {"units": "nm"}),
        "x": ("x", np.arange(24) * 0.2, {"units": "Å"}),
    }  # fmt: skip
    for name, dims in (("movie", ("frame", "y", "x")), ("picture", ("y", "x"))):
        values = MOVIE if name == "movie" else MOVIE[0]
        array = xr.DataArray(values, dims=dims, coords={dim: coords[dim] for dim in dims}, name=name)
        array.to_dataset().to_zarr(str(tmp_path / f"{name}.zarr"), mode="w", zarr_format=version)
        image = read_micrograph(tmp_path / f"{name}.zarr")
        assert np.array_equal(image, values)
        assert (image.attrs["pixel_size_row"], image.attrs["pixel_size_col"]) == pytest.approx((0.05, 0.02))
    frames = open_movie(tmp_path / "movie.zarr")
    assert frames.frame_interval == pytest.approx(0.25)
    assert frames.pixel_size == pytest.approx(0.02)
    assert frames.shape == (4, 50, 24), "pixels that are not square are resampled"


@pytest.mark.parametrize("version", [2, 3])
def test_ome_zarr_has_lengths_times_and_channels(version: int, tmp_path: Path) -> None:
    import zarr

    path = tmp_path / "ome.zarr"
    values = RNG.integers(0, 255, (4, 2, 1, 20, 24)).astype(np.uint8)
    group = zarr.open_group(str(path), mode="w", zarr_format=version)
    group.create_array("0", data=values)
    group.create_array("1", data=values[..., ::2, ::2])
    units = (("t", "time", "millisecond"), ("c", "channel", None), ("z", "space", "nanometer"), ("y", "space", "nanometer"),
             ("x", "space", "angstrom"))  # fmt: skip
    axes = [{"name": name, "type": kind, **({"unit": unit} if unit else {})} for name, kind, unit in units]
    scale = {"type": "scale", "scale": [500.0, 1.0, 1.0, 0.05, 0.5]}
    datasets = [{"path": name, "coordinateTransformations": [scale]} for name in ("0", "1")]
    scales = [{"axes": axes, "datasets": datasets, "version": "0.4"}]
    group.attrs.update({"multiscales": scales} if version == 2 else {"ome": {"version": "0.5", "multiscales": scales}})
    first = read_micrograph(path)
    assert np.array_equal(first, values[:, 0, 0])
    assert first.attrs["pixel_size"] == pytest.approx(0.05)
    assert first.frame.values.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert first.frame.attrs["units"] == "s"
    assert np.array_equal(read_micrograph(path, dataset="channel 1", frames=2), values[2, 1, 0])
    frames = open_movie(path, dataset="channel 1")
    assert frames.pixel_size == pytest.approx(0.05)
    assert np.array_equal(frames[3], values[3, 1, 0])


def test_zarr_never_unpickles_and_never_leaves_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "evil.zarr"
    path.mkdir()
    known = {
        "zarr_format": 2, "shape": [20, 24], "chunks": [20, 24], "dtype": "<f8", "compressor": None, "fill_value": 0,
        "order": "C", "filters": [{"id": "pickle", "protocol": 5}],
    }  # fmt: skip
    (path / ".zarray").write_text(json.dumps(known))
    (path / "0.0").write_bytes(b"cos\nsystem\n(S'touch pwned'\ntR.")
    for read in (lambda: read_micrograph(path), lambda: open_movie(path)):
        with pytest.raises(MicrographFileError, match=r"evil\.zarr"):
            read()
    assert not (tmp_path / "pwned").exists()
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "0").write_bytes(b"secret")
    (path / ".zarray").write_text(json.dumps({**known, "filters": None}))
    (path / "0.0").unlink()
    (path / "0.0").symlink_to(tmp_path / "far" / "0")
    with pytest.raises(MicrographFileError, match="outside its folder"):
        read_micrograph(path)


# ------------------------------------------------------------------ videos and folders


@pytest.mark.parametrize("suffix", ["mp4", "avi"])
def test_videos_have_their_frames_in_order(suffix: str, tmp_path: Path) -> None:
    imageio = pytest.importorskip("imageio.v2")
    path = tmp_path / f"movie.{suffix}"
    frames = [np.full((64, 80, 3), 20 * number, np.uint8) for number in range(10)]
    codec = {"codec": "mjpeg"} if suffix == "avi" else {}
    imageio.mimwrite(path, frames, fps=4, macro_block_size=1, **codec)
    movie = read_micrograph(path)
    assert movie.shape == (10, 64, 80)
    assert np.allclose(movie.mean(("row", "col")), 20 * np.arange(10), atol=4)
    assert movie.frame.values[3] == pytest.approx(0.75)
    assert "compressed" in movie.attrs["notes"]
    single = read_micrograph(path, frames=7)
    assert float(single.mean()) == pytest.approx(140, abs=4)
    assert np.allclose(read_micrograph(path, frames=slice(1, 8, 3)).mean(("row", "col")), [20, 80, 140], atol=4)
    with pytest.raises(MicrographFileError, match="cannot be uploaded"):
        read_micrograph_bytes(path.name, path.read_bytes())
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(path.read_bytes()[:600])
    assert_refused(cut, "cut")


def test_a_folder_of_pictures_is_a_movie(tmp_path: Path) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in (0, 1, 2, 10):
        Image.fromarray(np.full((20, 24), number, np.uint8)).save(folder / f"frame{number}.png")
    (folder / "notes.txt").write_text("no picture")
    movie = read_micrograph(folder)
    assert movie.shape == (4, 20, 24)
    assert movie.mean(("row", "col")).values.tolist() == [0, 1, 2, 10], "frame 10 comes last"
    assert "4 .png files" in movie.attrs["notes"]
    assert float(read_micrograph(folder, frames=3).mean()) == 10
    assert len(open_movie(folder, frame_interval=2.0)) == 4
    Image.fromarray(np.zeros((10, 12), np.uint8)).save(folder / "frame3.png")
    (folder / "frame4.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    movie = read_micrograph(folder)
    assert np.isnan(movie.values[3:5]).all(), "bad frames are blank, and the others are there"
    assert movie.mean(("row", "col")).values[[0, 1, 2, 5]].tolist() == [0, 1, 2, 10]
    assert "frame3.png in it has 10 x 12 px, the others 20 x 24: its frame is left blank" in movie.attrs["notes"]
    assert "frame4.png cannot be read" in movie.attrs["notes"]
    frames = open_movie(folder)
    for _time in range(2):  # a movie is read more than once, and says of a frame what is wrong once
        assert [number for number, _frame in frames.usable(range(len(frames)))] == [0, 1, 2, 5]
    assert sum("frame3.png" in note for note in frames.notes) == 1
    alone = read_micrograph(folder, frames=3)
    assert np.isnan(alone).all()
    assert "frame3.png in it has 10 x 12 px" in alone.attrs["notes"]
    Image.fromarray(np.zeros((10, 12), np.uint8)).save(folder / "frame0.png")
    assert read_micrograph(folder).shape == (6, 20, 24), "the first frame may be the bad one"
    (tmp_path / "empty").mkdir()
    assert_refused(tmp_path / "empty", "folder without pictures")


# ------------------------------------------------------------------ lengths of Gwyddion, home folders


def test_png_of_gwyddion_knows_its_lengths(tmp_path: Path) -> None:
    texts = PngInfo()
    for key, value in (("XReal", "4.8e-09"), ("YReal", "2e-09"), ("XYUnit", "m"), ("ZUnit", "A")):
        texts.add_text(f"Gwy::{key}", value)
    Image.fromarray(MOVIE[0]).save(tmp_path / "gwyddion.png", pnginfo=texts)
    picture = read_micrograph(tmp_path / "gwyddion.png")
    assert picture.dtype == np.uint16
    assert picture.attrs["pixel_size_col"] == pytest.approx(0.2, rel=1e-6)
    assert picture.attrs["pixel_size_row"] == pytest.approx(0.1, rel=1e-6)
    Image.fromarray(MOVIE[0]).save(tmp_path / "plain.png")
    assert "pixel_size" not in read_micrograph(tmp_path / "plain.png").attrs


def test_gwy_has_all_channels_with_their_lengths(tmp_path: Path) -> None:
    objects = pytest.importorskip("gwyfile.objects")
    path = tmp_path / "graphene.gwy"
    content = objects.GwyContainer()
    for number, (title, values) in enumerate((("Z forward", MOVIE[0]), ("Current", MOVIE[1]))):
        field = objects.GwyDataField(values.astype(float), xreal=4.8e-9, yreal=2e-9, si_unit_xy="m", si_unit_z="A")
        content[f"/{number}/data"], content[f"/{number}/data/title"] = field, title
    content.tofile(str(path))
    for picture in (read_micrograph(path), read_micrograph_bytes("mine.gwy", path.read_bytes(), dataset="forward")):
        assert np.array_equal(picture, MOVIE[0])
        assert picture.attrs["pixel_size_col"] == pytest.approx(0.2, rel=1e-6)
        assert picture.attrs["pixel_size_row"] == pytest.approx(0.1, rel=1e-6)
        assert picture.attrs["datasets"] == ["Z forward", "Current"]
    assert np.array_equal(read_micrograph(path, dataset="current"), MOVIE[1])
    (tmp_path / "cut.gwy").write_bytes(path.read_bytes()[:300])
    assert_refused(tmp_path / "cut.gwy", "cut.gwy")


@pytest.mark.parametrize("name", [*(f"a.{suffix}" for suffix in NOT_READ), "a.Z_mtrx"])
def test_what_is_not_read_says_how_to_export_it(name: str, tmp_path: Path) -> None:
    pytest.importorskip("rsciio")
    (tmp_path / name).write_bytes(RNG.bytes(500))
    assert_refused(tmp_path / name, "open it in Gwyddion")
    if "_" in name:  # the name of an upload keeps what tells its kind
        with pytest.raises(MicrographFileError, match="open it in Gwyddion"):
            read_micrograph_bytes(name, (tmp_path / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "begins", "said"),
    [
        ("a.stp", b"WSxM file copyright UAM\r\nSxM Image file\r\n", "a file of WSxM"),
        ("a.ch1", b"WSxM file copyright UAM\r\nSxM Image file\r\n", "a file of WSxM"),
        ("a.001", b"\\*File list\r\n\\Version: 0x09400103\r\n", "a file of Bruker NanoScope"),
        ("a--1_1.Z_mtrx", b"ONTMATRX0101TLKB", "a file of Omicron Matrix"),
        ("a.dat", b"[Paramco32]\r\nTitle / Titel=\r\n", "a file of Createc, which"),
        ("a.dat", b"Experiment\tbias spectroscopy\t\r\n", "a spectrum of Nanonis, not a picture"),
        ("a.3ds", b'Grid dim="8 x 8"\r\n', "a grid of spectra of Nanonis, not a picture"),
    ],
)
def test_what_is_not_read_is_told_by_how_it_begins(name: str, begins: bytes, said: str, tmp_path: Path) -> None:
    pytest.importorskip("rsciio")
    (tmp_path / name).write_bytes(begins + RNG.bytes(500))
    assert_refused(tmp_path / name, said)


def test_a_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    np.save(tmp_path / "mine.npy", MOVIE)
    assert lw.read_micrograph("~/mine.npy").shape == MOVIE.shape
    assert len(open_movie("~/mine.npy")) == len(MOVIE)
    with pytest.raises(MicrographFileError, match=r"there is no file other\.npy"):
        lw.read_micrograph("~nobody-of-this-name/other.npy")
