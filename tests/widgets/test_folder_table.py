"""The table of a folder: a line a file, sorted, filtered, opened, and true while a microscope writes."""

import asyncio
import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import traitlets as t
from PIL import Image

import lattice_widgets as lw
from lattice_widgets.views.table.file_list import FileList
from lattice_widgets.views.table.thumbnail import thumbnail_of
from tests.patience import PATIENCE
from tests.widget_parts import parts, receive


def png(period: float = 8.0, side: int = 64) -> bytes:
    y, x = np.mgrid[:side, :side]
    picture = np.cos(2 * np.pi * y / period) + np.cos(2 * np.pi * x / period)
    picture += 0.1 * np.random.default_rng(int(period)).normal(size=picture.shape)
    stream = io.BytesIO()
    Image.fromarray((60 * (picture + 2)).clip(0, 255).astype(np.uint8)).save(stream, "png")
    return stream.getvalue()


async def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "microscope"
    (made / "day 2").mkdir(parents=True)
    (made / "a.png").write_bytes(png())
    (made / "<b>.png").write_bytes(b"this is no picture")
    (made / "day 2" / "c.png").write_bytes(png(10.0))
    old = time.time() - 1000
    for path in made.rglob("*.png"):
        os.utime(path, (old, old))
    return made


def listed(table: lw.FolderTable) -> FileList:
    (found,) = parts(table, FileList)
    return found


async def test_a_line_for_each_file_and_a_table_with_all_numbers(folder: Path, tmp_path: Path) -> None:
    table = lw.FolderTable(folder, recursive=True, follow=False, pixel_size="20 pm")
    await wait(lambda: len(listed(table).rows) == 3)
    rows = {row["name"]: row for row in listed(table).rows}
    assert rows["a.png"]["cells"]["class"] == "square"
    assert rows["a.png"]["cells"]["a"].startswith("0.1")
    assert "nm" in rows["a.png"]["cells"]["a"]
    assert rows["a.png"]["sort"]["a"] == pytest.approx(0.16, rel=0.01)
    assert rows["<b>.png"]["kind"] == "unreadable"
    assert "<b>.png" in rows["<b>.png"]["note"]
    frame = table.table()
    assert set(frame.index) == {"a.png", "<b>.png", "day 2/c.png"}
    assert frame.loc["day 2/c.png", "a"] == pytest.approx(0.2, rel=0.01)
    assert frame.loc["day 2/c.png", "calibration"] == "by hand"
    written = table.save_table(tmp_path / "table.csv")
    assert written.read_text(encoding="utf-8").count("\n") == 4
    with pytest.raises(ValueError, match="Nothing is written into the folder"):
        table.save_table(folder / "day 2" / "table.csv")
    json.dumps(listed(table).rows)
    table.close()


async def test_the_page_gets_the_small_pictures_that_it_asks_for(folder: Path) -> None:
    table = lw.FolderTable(folder, follow=False)
    await wait(lambda: len(listed(table).rows) == 2)
    view = listed(table)
    sent: list[tuple[dict, list[bytes]]] = []
    view.send = lambda content, buffers=None: sent.append((content, buffers))
    receive(view, {"act": "want", "names": ["a.png", "nothing", 5]})
    ((content, buffers),) = sent
    assert content == {"names": ["a.png"]}
    with Image.open(io.BytesIO(buffers[0])) as small:
        assert max(small.size) <= 72
    receive(view, {"act": "open", "name": "a.png"})
    assert table.chosen == "a.png"
    assert table.explorer is not None
    await table.explorer.settled()
    assert table.explorer.fit is not None
    assert table.explorer.fit.bravais_type == "square"
    receive(view, {"act": "open", "name": "../secret.png"})
    assert "has no picture ../secret.png" in table.error
    table.close()


async def test_it_follows_a_file_that_is_written_in_two_parts(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    table = lw.FolderTable(folder)
    await wait(lambda: len(listed(table).rows) == 2)
    content = png(9.0)
    with (folder / "slow.png").open("wb") as stream:
        stream.write(content[:500])
        stream.flush()
        await asyncio.sleep(1.5)  # longer than a file rests: it is looked at, and cannot be read yet
        assert len(listed(table).rows) == 2
        stream.write(content[500:])
    await wait(lambda: len(listed(table).rows) == 3)
    assert table.table().loc["slow.png", "a"] == pytest.approx(9, rel=0.01)
    (folder / "a.png").unlink()
    await wait(lambda: len(listed(table).rows) == 2)
    assert "a.png" not in table.table().index
    assert set(folder.rglob("*")) ^ set(before) == {folder / "slow.png", folder / "a.png"}, "something was written"
    table.close()


async def test_it_rests_when_all_is_answered(folder: Path) -> None:
    table = lw.FolderTable(folder, recursive=True)
    await wait(lambda: len(listed(table).rows) == 3)
    await table.settled()
    asked = []
    table.observe(lambda change: asked.append(change["new"]), "busy")
    await asyncio.sleep(1.2)  # two looks into the folder
    assert asked == [], "it computes although nothing has changed"
    assert not table.busy
    table.close()


async def test_other_settings_begin_anew_and_a_wrong_folder_is_told(folder: Path) -> None:
    table = lw.FolderTable(folder, follow=False)
    await wait(lambda: len(listed(table).rows) == 2)
    table.pixel_size = 0.1
    assert listed(table).rows == [], "nothing stale"
    await wait(lambda: len(listed(table).rows) == 2)
    assert table.table().loc["a.png", "unit"] == "nm"
    table.folder = str(folder / "nowhere")
    assert table.error == "There is no folder nowhere: check its name."
    assert listed(table).rows == []
    table.folder = folder / "day 2"
    await wait(lambda: len(listed(table).rows) == 1)
    assert table.error == ""
    with pytest.raises(t.TraitError):
        table.pixel_size = "banana"
    table.close()


def test_a_small_picture_of_any_picture() -> None:
    for shape in ((16, 16), (20, 3000), (700, 513)):
        with Image.open(io.BytesIO(thumbnail_of(np.random.default_rng(0).normal(size=shape)))) as small:
            assert max(small.size) <= 72
    with Image.open(io.BytesIO(thumbnail_of(np.full((64, 64), 5)))) as flat:
        assert flat.getextrema() == (0, 0)
