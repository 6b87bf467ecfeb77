"""Broken, wrong, dangerous and huge files: each is refused with one sentence."""

import builtins
import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import tifffile
from micrograph_checks import (
    COLOR,
    COLS,
    FRAMES,
    GRAY8,
    GRAY16,
    MOVIE,
    RNG,
    ROWS,
    assert_refused,
)
from PIL import Image

from lattice_widgets.files import read_micrograph


def test_missing_folder_and_empty(tmp_path):
    assert_refused(tmp_path / "none.png", "no file")
    assert_refused(tmp_path, "folder")
    for suffix in ("png", "tif", "npy", "npz", "dm3", "hspy", "xyz"):
        (tmp_path / f"empty.{suffix}").touch()
        assert_refused(tmp_path / f"empty.{suffix}", "is empty")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tif", "npy", "npz", "sxm", "dm3", "hspy", "emd", "xyz", ""])
@pytest.mark.parametrize(
    "content",
    [b"one, two, three\n" * 50, "Grüße, Å\n".encode() * 40, b"\0" * 500, b"<html><body>404", RNG.bytes(500)],
    ids=["text", "utf-8", "zeros", "html", "noise"],
)
def test_a_file_of_another_kind(tmp_path, suffix, content):
    path = tmp_path / (f"wrong.{suffix}" if suffix else "wrong")
    path.write_bytes(content)
    assert_refused(path, "wrong")


def test_the_sentence_names_what_the_file_looks_like(tmp_path):
    (tmp_path / "notes.png").write_text("dear diary\n" * 20)
    assert_refused(tmp_path / "notes.png", "not a png file", "a text file")
    (tmp_path / "page.tif").write_text("<!DOCTYPE html><html>" * 9)
    assert_refused(tmp_path / "page.tif", "a web page")


def _whole_files(folder: Path) -> dict[str, Path]:
    Image.fromarray(GRAY16).save(folder / "a.png")
    Image.fromarray(COLOR).save(folder / "a.jpg")
    frames = [Image.fromarray(GRAY8 // (k + 1)) for k in range(FRAMES)]
    frames[0].save(folder / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    np.save(folder / "a.npy", MOVIE)
    np.savez(folder / "a.npz", image=MOVIE)
    tifffile.imwrite(folder / "plain.tif", MOVIE)
    tifffile.imwrite(folder / "imagej.tif", MOVIE, imagej=True)
    tifffile.imwrite(folder / "packed.tif", MOVIE, compression="zlib")
    with tifffile.TiffWriter(folder / "pages.tif") as tif:
        for page in MOVIE:
            tif.write(page, contiguous=False)
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.5, 0.7, 0.9])
def test_a_cut_off_file_is_never_read_as_a_whole_one(tmp_path, fraction):
    for name, path in _whole_files(tmp_path).items():
        read_micrograph(path)  # whole, it is fine
        content = path.read_bytes()
        (tmp_path / f"cut {name}").write_bytes(content[: int(len(content) * fraction)])
        assert_refused(tmp_path / f"cut {name}", f"cut {name}")


class _Bomb:
    """Unpickling this would show: it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return builtins.open, (self.path, "w")


@pytest.mark.parametrize("kind", ["object npy", "object npz", "bare pickle", "pickle in npz"])
def test_pickles_are_never_opened(tmp_path, kind):
    went_off = tmp_path / "went off"
    path = tmp_path / ("bomb.npz" if "npz" in kind else "bomb.npy")
    bomb = np.empty((2, 3), dtype=object)
    bomb[:] = [[_Bomb(went_off)] * 3] * 2
    if kind == "object npy":
        np.save(path, bomb, allow_pickle=True)
    elif kind == "object npz":
        np.savez(path, image=bomb)
    elif kind == "bare pickle":
        path.write_bytes(pickle.dumps(_Bomb(went_off)) + bytes(100))
    else:
        np.savez(path, image=GRAY8, pixel_size_nm=bomb)
    assert_refused(path, *(["pickled"] if kind.startswith("object") else []))
    assert not went_off.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((ROWS, COLS), complex), "complex"),
        (np.zeros(ROWS), "1-dimensional"),
        (np.zeros((2, 3, 4, 5)), "4-dimensional"),
        (np.zeros((1, 2, 3, 4, 5)), "5-dimensional"),
        (np.array(3.0), "0-dimensional"),
        (np.zeros((0, COLS)), "without values"),
        (np.zeros((3, ROWS, 0)), "without values"),
        (np.full((ROWS, COLS), "word"), "not numbers"),
        (np.zeros((ROWS, COLS), "M8[s]"), "not numbers"),
        (np.zeros((ROWS, COLS), [("a", "f4"), ("b", "f4")]), "not numbers"),
    ],
    ids=["complex", "1D", "4D", "5D", "0D", "no rows", "no cols", "words", "dates", "records"],
)
def test_arrays_that_are_no_micrographs(tmp_path, values, words):
    np.save(tmp_path / "a.npy", values)
    assert_refused(tmp_path / "a.npy", words)
    np.savez(tmp_path / "a.npz", only=values)
    assert_refused(tmp_path / "a.npz", words)


def test_an_npz_without_arrays(tmp_path):
    np.savez(tmp_path / "a.npz")
    assert_refused(tmp_path / "a.npz", "no picture")


def test_ten_gigabytes_are_refused_before_they_are_read(tmp_path):
    with (tmp_path / "huge.tif").open("wb") as stream:
        stream.write(b"II*\0")
        stream.truncate(10_000_000_000)
    assert_refused(tmp_path / "huge.tif", "10 GB", "max_bytes=10000000000")


def test_an_array_is_judged_before_it_is_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "bomb.npz", image=np.zeros((100, 300, 400), np.uint8))
    assert (tmp_path / "bomb.npz").stat().st_size < 100_000
    assert_refused(tmp_path / "bomb.npz", "frames=slice", "max_bytes=12000000", max_bytes=100_000)
    Image.new("L", (4000, 3000)).save(tmp_path / "bomb.png")
    assert_refused(tmp_path / "bomb.png", "max_bytes=12000000", max_bytes=100_000)
    assert read_micrograph(tmp_path / "bomb.png", max_bytes=12_000_000).shape == (3000, 4000)


def test_a_header_that_promises_more_than_the_file_has(tmp_path):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)})
    (tmp_path / "a.npy").write_bytes(stream.getvalue() + bytes(100))
    assert_refused(tmp_path / "a.npy", "cut off", max_bytes=10**15)
