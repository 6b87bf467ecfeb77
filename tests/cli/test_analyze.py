"""``lattice-widgets analyze``: results, going on, a cluster, and one sentence for what is no movie."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

import lattice_widgets as lw
from tests.cli import commands
from tests.cli.commands import Answer, Argument

_SMALL = ("--window-size", 96, "--step", 32, "--passes", 10)


def run(*arguments: Argument) -> Answer:
    return commands.run("analyze", *arguments)


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movie") / "movie.npy"
    np.save(path, lw.simulate_beam_damage(10, (192, 224), field_of_view=6.4, growth=(0.0, 0.05, 0.06), seed=4).frames)
    return path


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return lw.simulate_beam_damage(10, (192, 224), field_of_view=6.4, growth=(0.0, 0.05, 0.06), seed=4).hole_fraction


def test_all_that_it_writes(movie: Path, truth: np.ndarray, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = run(movie, *_SMALL, "--frame-interval", 2.25, "--pixel-size", 6.4 / 224, "--out", out)
    assert answer.returncode == 0, answer.stderr
    assert "10 frames of 192 x 224 px, 20.25 s, 4 x 5 windows each" in answer.stdout
    assert "Holes grow" in answer.stdout
    assert {path.name for path in out.iterdir()} == {
        "analysis.zarr", "fractions.csv", "definitions.csv", "kinetics.json", "figure.svg", "recipe.json",
    }  # fmt: skip
    rows = list(csv.DictReader((out / "fractions.csv").open()))
    assert list(rows[0]) == ["frame", "time", *lw.CLASSES, "hole_fraction"]
    assert [float(row["time"]) for row in rows] == pytest.approx(list(2.25 * np.arange(10)))
    for column, tolerance in (("hole_fraction", 0.015), ("noise", 0.03)):
        assert np.abs(np.array([float(row[column]) for row in rows]) - truth).max() < tolerance
    kinetics = json.loads((out / "kinetics.json").read_text())
    assert kinetics["rate"] == pytest.approx(0.06, rel=0.25)
    assert 0 < kinetics["rate_error"] < 0.02
    recipe = json.loads((out / "recipe.json").read_text())
    assert recipe["movie"] == "movie.npy"
    assert len(recipe["movie_sha256"]) == 64
    assert lw.open_analysis(out / "analysis.zarr").sizes["frame"] == 10
    # once more: all of it is there, and as JSON
    again = run(movie, *_SMALL, "--frame-interval", 2.25, "--pixel-size", 6.4 / 224, "--out", out, "--json")
    assert again.returncode == 0
    assert "10 of 10 frames are there already" in again.stderr
    assert json.loads(again.stdout)["rate"] == kinetics["rate"]
    # another seed does not mix with it
    other = run(movie, *_SMALL, "--seed", 5, "--frame-interval", 2.25, "--out", out)
    assert other.returncode == 1
    assert "another analysis" in other.stderr
    assert other.stderr.count("\n") == 1


def test_on_a_cluster(movie: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        answer = run(movie, *_SMALL, "--out", tmp_path / "out", "--json", "--scheduler", cluster.scheduler_address)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["frames"] == 10


def _broken(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.npy"
    rng = np.random.default_rng(0)
    if kind == "cut off":
        np.save(path, rng.random((4, 128, 140)))
        path.write_bytes(path.read_bytes()[:200_000])
    elif kind == "blank":
        np.save(path, np.zeros((3, 128, 140), np.uint8))
    elif kind == "small":
        np.save(path, rng.random((3, 64, 72)))
    elif kind == "not finite":
        frames = rng.random((3, 128, 140))
        frames[:, 5, 5] = np.nan
        np.save(path, frames)
    elif kind == "picture":
        path = folder / "sizes.tif"
        with tifffile.TiffWriter(path) as writer:
            for size in (128, 140):
                writer.write(rng.integers(0, 255, (size, size), np.uint8))
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("cut off", "cut off"),
        ("blank", "All frames of this movie are blank"),
        ("small", "The window (96 px) is larger than the picture (64 px)"),
        ("not finite", "Frame 0 holds pixels that are not finite"),
        ("absent", "there is no file"),
    ],
)
def test_one_sentence_each(kind: str, said: str, tmp_path: Path) -> None:
    answer = run(_broken(tmp_path, kind), *_SMALL, "--out", tmp_path / "out")
    assert answer.returncode == 1
    assert said in answer.stderr
    assert answer.stderr.strip().count("\n") == 0
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "out" / "fractions.csv").exists()


def test_a_single_frame_and_pages_of_many_sizes_are_told_as_what_they_are(movie: Path, tmp_path: Path) -> None:
    single = tmp_path / "single.npy"
    np.save(single, np.load(movie)[0])
    for path in (single, _broken(tmp_path, "picture")):
        answer = run(path, *_SMALL, "--out", tmp_path / path.stem)
        assert answer.returncode == 0, answer.stderr
        assert "1 frames" not in answer.stdout
        assert "1 frame of" in answer.stdout
        assert "One frame is too few for a law of growth" in answer.stdout
    assert "2 data sets" in answer.stdout or "other" in answer.stdout


def test_a_movie_with_a_bad_frame_and_nothing_that_changes(movie: Path, tmp_path: Path) -> None:
    frames = np.repeat(np.load(movie)[:1], 10, axis=0).astype(np.float32)
    frames[4, 150:] = np.nan
    np.save(tmp_path / "still.npy", frames)
    # the old name of the option goes on working
    settings = ("--window-size", 96, "--step", 64, "--samples", 0, "--json")
    answer = run(tmp_path / "still.npy", *settings, "--out", tmp_path / "out")
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    assert report["rate"] == 0
    assert report["sentence"].startswith("No growth can be seen")
    assert report["left_out"] == [{"frame": 4, "reason": "not finite"}]
    assert json.loads((tmp_path / "out" / "recipe.json").read_text())["n_passes"] == 0
    again = run(tmp_path / "still.npy", *settings[:-1], "--out", tmp_path / "out")
    assert "Frame 4 was left out: some pixels are not finite (NaN or infinity)." in again.stdout
    assert (tmp_path / "out" / "fractions.csv").read_text().splitlines()[5] == "4,4,,,,,,,"


def _imported_by(*arguments: str) -> set[str]:
    """Return the modules of this package that a command imports in a fresh process."""
    code = (
        "import sys\nfrom lattice_widgets.cli import app\n"
        f"app({list(arguments)!r}, standalone_mode=False)\n"
        "print(*(name for name in sys.modules if name.startswith('lattice_widgets')), sep='\\n')"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    return {line for line in answer.stdout.splitlines() if line.startswith("lattice_widgets")}


def test_a_command_imports_what_it_needs() -> None:
    analyze = _imported_by("analyze", "--help")
    assert "lattice_widgets.cli.analyze" in analyze
    others = ("core.quiz", "core.embedding", "training", "widgets", "samples")
    commands = tuple(f"cli.{name}" for name in ("grade", "classify", "train", "evaluate", "lab"))
    for part in (*others, *commands):
        assert not [name for name in analyze if name.startswith(f"lattice_widgets.{part}")], part
    # the help of all commands tells of each
    assert {f"lattice_widgets.{part}" for part in ("cli.analyze", *commands)} <= _imported_by("--help")


def test_the_help_is_complete() -> None:
    command = [sys.executable, "-m", "lattice_widgets.cli", "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    for name in ("classify", "analyze", "grade", "train", "evaluate", "lab"):
        assert any(line.split()[1:2] == [name] and len(line.split()) > 4 for line in answer.stdout.splitlines()), name
    assert "--version" in answer.stdout
    wrong = subprocess.run([*command[:-1], "analise"], capture_output=True, text=True, timeout=600, check=False)
    assert wrong.returncode == 2
    assert "No such command 'analise'" in wrong.stderr
