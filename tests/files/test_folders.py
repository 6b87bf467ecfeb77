"""Folders of pictures: what is taken for one, and when a file that is being written is whole."""

import os
import time
from pathlib import Path

import pytest

from lattice_widgets.files.folders.pictures import FolderWatch, Stamp, pictures_in


def touch(path: Path, content: bytes = b"x", age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if age:
        os.utime(path, (time.time() - age, time.time() - age))
    return path


def look_until(watch: FolderWatch, wanted: list[Path]) -> None:
    """Look again and again until these files are whole; only a hang fails."""
    end = time.monotonic() + 60
    while watch.look() != wanted:
        assert time.monotonic() < end, "the files were never taken for whole"
        time.sleep(0.02)


def test_pictures_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.tif", "a.PNG", "in/c.npy", "in/deep/d.sxm", ".hidden.png", "notes.txt", "table.csv", "log.jsonl"):
        touch(tmp_path / name)
    (tmp_path / "movie.zarr").mkdir()
    touch(tmp_path / "movie.zarr" / ".zarray")
    touch(tmp_path / "movie.zarr" / "0.png")
    names = [path.relative_to(tmp_path).as_posix() for path in pictures_in(tmp_path)]
    assert names == ["a.PNG", "b.tif"]
    names = [path.relative_to(tmp_path).as_posix() for path in pictures_in(tmp_path, recursive=True)]
    assert names == ["a.PNG", "b.tif", "in/c.npy", "in/deep/d.sxm"]
    with pytest.raises(OSError, match="nowhere"):
        pictures_in(tmp_path / "nowhere")


def test_a_file_that_grows_is_not_whole_until_it_rests(tmp_path: Path) -> None:
    old = touch(tmp_path / "old.png", age=100)
    watch = FolderWatch(tmp_path, settle=0.15)
    assert watch.look() == [old], "what is old need not be waited for"
    watch.answered(old)
    new = tmp_path / "new.png"
    with new.open("wb") as stream:
        for _ in range(5):
            stream.write(b"part")
            stream.flush()
            assert watch.look() == []
    look_until(watch, [new])
    watch.answered(new)
    assert watch.look() == []
    assert not watch.waiting
    touch(old, b"written anew")
    look_until(watch, [old])
    assert watch.waiting
    old.unlink()
    assert watch.look() == []


def test_what_cannot_be_read_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    half = touch(tmp_path / "half.png")
    watch = FolderWatch(tmp_path, settle=0.05, patience=0.3)
    look_until(watch, [half])
    assert watch.failed(half), "it may still be written"
    assert watch.look() == [], "not at once"
    look_until(watch, [half])
    assert not watch.failed(half), "its patience is over"
    assert not watch.waiting
    broken = touch(tmp_path / "broken.png", age=1000)
    later = FolderWatch(tmp_path, patience=0.3)
    assert broken in later.look()
    assert not later.failed(broken), "what is old will not become better"


def test_what_is_known_is_not_answered_again(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.png", age=50)
    status = path.stat()
    assert FolderWatch(tmp_path, known={"a.png": Stamp(status.st_size, status.st_mtime_ns)}).look() == []
    assert FolderWatch(tmp_path, known={"a.png": Stamp(status.st_size + 1, status.st_mtime_ns)}).look() == [path]


def test_a_folder_that_is_away_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    path = touch(folder / "a.png", age=50)
    watch = FolderWatch(folder)
    assert watch.look() == [path]
    folder.rename(tmp_path / "away")
    with pytest.raises(OSError, match="drive"):
        watch.look()
    (tmp_path / "away").rename(folder)
    assert watch.look() == [path]
