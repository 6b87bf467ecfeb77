"""What once ended in a traceback: one sentence each, and the widget lives on."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.files import read_micrograph
from lattice_widgets.files.movies import open_movie
from lattice_widgets.files.readers.stored import MicrographFileError

PICTURE = np.add.outer(np.arange(64.0) % 7, np.arange(64.0) % 5)


@pytest.mark.parametrize(
    "images", [5, object(), "x", [1], np.zeros(3), {"a": 1}], ids=lambda images: type(images).__name__
)
async def test_pictures_that_are_none(images: object) -> None:
    viewer = lw.EmbeddingViewer(images=images)
    await viewer.settled()
    assert viewer.error.endswith(".")
    assert "should not" not in viewer.error
    viewer.images = None
    await viewer.settled()
    assert viewer.error == ""
    viewer.close()


async def test_spots_that_are_none() -> None:
    explorer = lw.FFTExplorer(PICTURE)
    await explorer.settled()
    for spot in ([1], (1, 2, 3), ("a", "b"), (None, 1), (float("nan"), 0), ((1,), 2), (10**400, 1)):
        with pytest.raises(t.TraitError, match=r"two finite numbers"):
            explorer.spot = spot
    explorer.spot = [0.1, 0.2]
    await explorer.settled()
    assert explorer.error == ""
    explorer.close()


@pytest.mark.parametrize("name", ["\ud800", "Ada\x00"])
def test_names_that_cannot_be_written(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(t.TraitError, match=r"student has .*\."):
        lw.Quiz(student=name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_length_and_no_place_is_refused() -> None:
    class Rude:
        def __array__(self, *_: object) -> np.ndarray:
            raise RuntimeError("rude")

    explorer = lw.FFTExplorer(PICTURE)
    before = explorer.window
    with pytest.raises(t.TraitError, match=r"pixel_size is not understood.*\."):
        explorer.pixel_size = (0.1, Rude())
    with pytest.raises(t.TraitError, match=r"four whole numbers"):
        explorer.window = (0j, 0, 20, 20)
    assert explorer.pixel_size is None
    assert explorer.window == before
    explorer.close()


@pytest.mark.parametrize("name", ["sort_by", "text", "kind"])
def test_words_of_a_table_that_no_page_can_be_sent(name: str) -> None:
    table = lw.FolderTable()
    before = getattr(table, name)
    with pytest.raises(t.TraitError, match=rf"{name} has .*\."):
        setattr(table, name, "\ud800")
    assert getattr(table, name) == before
    table.close()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lw.BeamEnergy, "voltage"), (lw.LatticeMap, "x"), (lw.LatticeMap, "tolerance"), (lw.LatticeMap, "area"),
        (lw.EmbeddingViewer, "perplexity"), (lambda: lw.FFTExplorer(PICTURE), "spot_width"),
        (lw.LatticeSimulator, "field_of_view"), (lambda: lw.MovieScrubber(np.stack([PICTURE] * 2)), "pixel_size"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_numbers_are_finite(make, name: str) -> None:
    widget = make()
    before = getattr(widget, name)
    for value in (float("nan"), float("inf"), -float("inf"), 10**400):
        with pytest.raises(t.TraitError):
            setattr(widget, name, value)
    assert getattr(widget, name) == before
    widget.close()


@pytest.mark.parametrize(
    "value", [np.array(["a", "b"]), [1], {}, object(), np.ma.masked_all(3)], ids=lambda value: type(value).__name__
)
def test_an_array_is_no_choice(value: object) -> None:
    simulator = lw.LatticeSimulator()
    with pytest.raises(t.TraitError, match="crystal is one of"):
        simulator.crystal = value
    assert simulator.crystal == "graphene"
    simulator.close()


@pytest.mark.parametrize(
    ("tag", "value"), [(258, 0), (258, 65535), (277, 65535), (257, 0), (278, 0), (259, 8), (259, 5)]
)
def test_tags_of_a_tif_that_lie(tag: int, value: int, tmp_path: Path) -> None:
    path = tmp_path / "lie.tif"
    tifffile.imwrite(path, np.zeros((64, 64), np.uint16))
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages[0].tags[tag].overwrite(value)
    with pytest.raises(MicrographFileError, match=r"lie\.tif cannot be read.*\.$"):
        read_micrograph(path)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("    1,", "    0,"),
        ("<f4", "|O"),
        ("    64,", "    -64,"),
        ("    4,", "    9999999999999,"),
        ("{", "["),
        ("blosc", "x"),
    ],
)
def test_records_of_a_zarr_movie_that_lie(was: str, now: str, tmp_path: Path) -> None:
    import zarr

    folder = tmp_path / "movie.zarr"
    array = zarr.open_array(str(folder), mode="w", shape=(4, 64, 64), chunks=(1, 64, 64), dtype="f4", zarr_format=2)
    array[...] = np.stack([PICTURE] * 4)
    (folder / ".zarray").write_text((folder / ".zarray").read_text().replace(was, now, 1))
    try:
        frames = open_movie(folder)
        values = np.asarray(frames[1])
    except ValueError as refused:
        said = str(refused)
    else:
        said = ""
        assert np.array_equal(values, PICTURE)
    assert not said or (said.endswith(".") and "movie.zarr" in said)


def test_a_chunk_that_does_not_unpack(tmp_path: Path) -> None:
    import zarr

    folder = tmp_path / "movie.zarr"
    array = zarr.open_array(str(folder), mode="w", shape=(4, 64, 64), chunks=(1, 64, 64), dtype="f4", zarr_format=2)
    array[...] = np.stack([PICTURE] * 4)
    (folder / "1.0.0").write_bytes(b"no chunk")
    frames = open_movie(folder)
    assert np.array_equal(frames[0], PICTURE.astype(np.float32))
    with pytest.raises(MicrographFileError, match=r"Frame 1 of movie\.zarr cannot be read"):
        frames[1]
    shutil.rmtree(folder)
