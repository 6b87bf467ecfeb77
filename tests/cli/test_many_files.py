"""Many files from the command line: a folder as a table, and a folder that a microscope writes into."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from lattice_widgets.cli import app
from tests.patience import PATIENCE

COMMAND = [sys.executable, "-m", "lattice_widgets.cli"]


def run(*arguments: str | Path) -> Result:
    answer = CliRunner().invoke(app, [*map(str, arguments)])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


def picture_bytes(seed: int = 0) -> bytes:
    y, x = np.mgrid[:64, :64]
    picture = np.cos(2 * np.pi * y / 8) + np.cos(2 * np.pi * x / 8)
    picture += 0.1 * np.random.default_rng(seed).normal(size=picture.shape)
    stream = io.BytesIO()
    Image.fromarray((60 * (picture + 2)).clip(0, 255).astype(np.uint8)).save(stream, "png")
    return stream.getvalue()


def lines_of(log: Path) -> list[dict]:
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def wait(until: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.05)


@contextmanager
def watching(folder: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "watch", str(folder), "--log", str(log), "--interval", "0.1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "microscope"
    (made / "day 2").mkdir(parents=True)
    (made / "a.png").write_bytes(picture_bytes(1))
    (made / "=b.png").write_bytes(b"this is no picture")
    (made / "day 2" / "c.png").write_bytes(picture_bytes(2))
    (made / "readme.txt").write_text("no picture")
    return made


def test_a_folder_becomes_a_table(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.csv"
    answer = run("classify", folder, "-r", "--out", out)
    assert answer.exit_code == 1, "one file is no picture"
    rows = {Path(row["file"]).name: row for row in csv.DictReader(out.open(encoding="utf-8"))}
    assert set(rows) == {"a.png", "=b.png", "c.png"}
    assert rows["a.png"]["class"] == rows["a.png"]["geometry"] == "square"
    assert float(rows["c.png"]["a"]) == pytest.approx(8, abs=0.05)
    assert rows["c.png"]["unit"] == "px"
    assert "no picture" in rows["=b.png"]["error"] or "not a png" in rows["=b.png"]["error"]
    assert rows["=b.png"]["class"] == ""
    assert "c.png" not in run("classify", folder).stdout, "only with -r"
    (tmp_path / "empty").mkdir()
    nothing = run("classify", tmp_path / "empty", "--out", out)
    assert nothing.exit_code == 1
    assert "holds no picture" in nothing.stderr


def test_a_movie_with_a_lost_frame_has_a_line_for_each_frame(tmp_path: Path) -> None:
    made, log = tmp_path / "microscope", tmp_path / "answers.jsonl"
    made.mkdir()
    picture = np.asarray(Image.open(io.BytesIO(picture_bytes())))
    np.save(made / "movie.npy", np.stack([picture, np.zeros_like(picture), picture]))
    answer = run("watch", made, "--log", log, "--once")
    assert answer.exit_code == 0
    assert "movie.npy frame 1: The picture is constant" in answer.stderr
    assert ["error" in line for line in lines_of(log)] == [False, True, False]


def test_a_file_that_appears_slowly_is_answered_when_it_is_whole(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "answers.jsonl"
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    with watching(folder, log) as process:
        wait(lambda: {line["name"] for line in lines_of(log)} >= {"a.png"}, process)
        content = picture_bytes(3)
        with (folder / "slow.png").open("wb") as stream:  # in two parts, with a pause longer than a file rests
            stream.write(content[: len(content) // 2])
            stream.flush()
            time.sleep(1.5)
            assert not [line for line in lines_of(log) if line["name"] == "slow.png"]
            stream.write(content[len(content) // 2 :])
        wait(lambda: any(line["name"] == "slow.png" for line in lines_of(log)), process)
        (said,) = [line for line in lines_of(log) if line["name"] == "slow.png"]
        assert said["lattice_fit"]["type"] == "square"
        assert "error" not in said
        process.send_signal(signal.SIGINT)
        _out, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert "Stopped: 2 files answered" in errors
        assert "Traceback" not in errors
    # a line that was cut off when the computer stopped is no answer, and the next ones stand on lines of their own
    whole = log.read_text(encoding="utf-8")
    log.write_text(whole + '{"name": "a.pn', encoding="utf-8")
    (folder / "next.png").write_bytes(picture_bytes(4))
    with watching(folder, log) as process:
        wait(lambda: '"next.png"' in log.read_text(encoding="utf-8"), process)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    names = [json.loads(line)["name"] for line in log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    assert sorted(names) == ["a.png", "next.png", "slow.png"], "nothing is answered twice"
    after = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    assert after == sorted([*before, Path("slow.png"), Path("next.png")]), "something was written into the folder"


def test_the_log_may_not_lie_in_the_folder(folder: Path) -> None:
    link = folder.parent / "link"
    os.symlink(folder, link)
    for log in (folder / "answers.jsonl", link / "day 2" / "answers.jsonl"):
        answer = run("watch", folder, "--log", log)
        assert answer.exit_code == 1
        assert "into which nothing is written" in answer.stderr
    assert not list(folder.rglob("*.jsonl*"))
    answer = run("watch", folder / "nowhere", "--log", folder.parent / "log.jsonl")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("There is no folder")
