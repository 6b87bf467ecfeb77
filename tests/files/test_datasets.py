"""A file with more than one picture or movie: channel, direction, slice; which one is taken is said, and can be chosen."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from microscope_files import write_sxm

from lattice_widgets.files import MicrographFileError, read_micrograph, read_micrograph_bytes
from lattice_widgets.files import movies as files_movies
from lattice_widgets.files.movies import take_movie

#: (time, slice, channel, row, col)
STACK = np.random.default_rng(4).integers(0, 60_000, (3, 2, 2, 40, 50), dtype=np.uint16)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.sxm"
    channels = {name: STACK[number, 0].astype(np.float32) for number, name in enumerate(("Z", "Current"))}
    write_sxm(path, channels, (5e-9, 5e-9))
    return path


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Current backward", "Current backward"),
        ("current FORWARD", "Current forward"),
        ("z b", "Z backward"),
        (3, "Current backward"),
        (-1, "Current backward"),
        ("1", "Z backward"),
    ],
)
def test_channel_and_direction_of_a_scan(scan: Path, asked: str | int, name: str) -> None:
    image = read_micrograph(scan, dataset=asked)
    assert image.attrs["dataset"] == name
    channel, direction = name.split()
    np.testing.assert_array_equal(image, STACK[int(channel == "Current"), 0, int(direction == "backward")])
    assert read_micrograph_bytes("scan.sxm", scan.read_bytes(), dataset=asked).attrs["dataset"] == name


@pytest.mark.parametrize("asked", ["Q", "backward", 4, -5, ""])
def test_what_is_not_there_or_not_one_is_told_with_the_list(scan: Path, asked: str | int) -> None:
    listed = "it has 'Z forward', 'Z backward', 'Current forward', 'Current backward'"
    with pytest.raises(MicrographFileError, match=listed):
        read_micrograph(scan, dataset=asked)
    assert "'Current backward'" in read_micrograph(scan).attrs["notes"]


def test_the_old_name_still_works_and_says_so(scan: Path) -> None:
    with pytest.warns(DeprecationWarning, match="key is called dataset now"):
        assert read_micrograph(scan, key="Z backward").attrs["dataset"] == "Z backward"


def _imagej(path: Path, axes: str, values: np.ndarray, **options: object) -> None:
    metadata = {"axes": axes, "finterval": 0.5, "unit": "nm"}
    tifffile.imwrite(path, values, imagej=True, metadata=metadata, resolution=(50, 50), **options)


def _ome(path: Path, axes: str, values: np.ndarray, **options: object) -> None:
    metadata = {"axes": axes, "TimeIncrement": 0.5, "PhysicalSizeX": 0.02, "PhysicalSizeXUnit": "nm"}
    metadata |= {"PhysicalSizeY": 0.02, "PhysicalSizeYUnit": "nm"}
    tifffile.imwrite(path, values, ome=True, metadata=metadata, **options)


@pytest.mark.parametrize(
    "write", [_imagej, _ome, lambda *how: _ome(*how, compression="zlib")], ids=["ij", "ome", "zip"]
)
def test_channel_and_slice_of_a_hyperstack(tmp_path: Path, write) -> None:
    path = tmp_path / "stack.ome.tif"
    write(path, "TZCYX", STACK)
    for z in (0, 1):
        for c in (0, 1):
            movie = read_micrograph(path, dataset=f"slice {z}, channel {c}")
            np.testing.assert_array_equal(movie, STACK[:, z, c])
            assert movie.frame.values.tolist() == [0, 0.5, 1]
            assert movie.attrs["pixel_size"] == pytest.approx(0.02)
            last = read_micrograph(path, dataset=f"slice {z}, channel {c}", frames=-1)
            np.testing.assert_array_equal(last, STACK[-1, z, c])
    first = read_micrograph(path)
    np.testing.assert_array_equal(first, STACK[:, 0, 0])
    assert "of 4 data sets ('slice 0, channel 0', " in first.attrs["notes"]


@pytest.mark.parametrize(
    ("axes", "values", "dataset", "right"),
    [
        ("CYX", STACK[0, 0], "channel 1", STACK[0, 0, 1]),
        ("TCYX", STACK[:, 0], "channel 1", STACK[:, 0, 1]),
        ("ZCYX", STACK[0], "channel 0", STACK[0, :, 0]),
        ("TZYX", STACK[:, :, 0], "slice 1", STACK[:, 1, 0]),
        ("TYX", STACK[:, 0, 0], "0", STACK[:, 0, 0]),
    ],
    ids=["C", "TC", "ZC", "TZ", "T"],
)
@pytest.mark.parametrize("write", [_imagej, _ome])
def test_hyperstacks_of_fewer_axes(tmp_path: Path, write, axes, values, dataset, right) -> None:
    path = tmp_path / "stack.ome.tif"
    write(path, axes, values)
    image = read_micrograph(path, dataset=dataset)
    np.testing.assert_array_equal(image, right)


def test_a_movie_is_chosen_too_also_one_that_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "stack.tif"
    _imagej(path, "TCYX", STACK[:, 0])
    for largest in (files_movies._SMALL, 100):
        monkeypatch.setattr(files_movies, "_SMALL", largest)
        frames = take_movie(path, None, "channel 1")
        assert (frames.shape, frames.pixel_size, frames.frame_interval) == ((3, 40, 50), pytest.approx(0.02), 0.5)
        assert frames.calibration == "file"
        assert (frames.datasets, frames.dataset) == (("channel 0", "channel 1"), "channel 1")
        assert "of 2 data sets ('channel 0', 'channel 1') the largest was taken" in " ".join(take_movie(path).notes)
        np.testing.assert_array_equal(frames[2], STACK[2, 0, 1])
    with pytest.raises(ValueError, match="this movie is in memory"):
        take_movie(STACK[:, 0, 0], None, "channel 1")
