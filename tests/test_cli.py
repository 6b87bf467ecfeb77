"""The command line, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lattice_widgets.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "sto.npy"
    microscope = lw.Microscope(rows=120, cols=160, field_of_view=3)
    np.save(path, lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], microscope, rotation=25).image)
    return path


def test_classify_prints_a_line_a_picture(picture: Path) -> None:
    answer = run("classify", picture, "--classifier", "paper")
    assert answer.returncode == 0
    assert answer.stderr == ""
    assert answer.stdout.startswith(f"{picture}: square ")


def test_classify_as_json_and_goes_on_after_a_bad_file(picture: Path, tmp_path: Path) -> None:
    bad, movie = tmp_path / "bad.png", tmp_path / "movie.npy"
    bad.write_bytes(b"no picture")
    np.save(movie, np.random.default_rng(0).normal(size=(2, 40, 50)))
    answer = run("classify", bad, picture, movie, "--json")
    assert answer.returncode == 1
    first, second, *frames = [json.loads(line) for line in answer.stdout.splitlines()]
    assert set(first) == {"file", "error"}
    assert second["file"] == str(picture)
    assert second["classes"] == list(lw.CLASSES)
    assert sum(second["probability"]) == pytest.approx(1, abs=1e-4)
    assert second["seconds"] > 0
    assert [frame["frame"] for frame in frames] == [0, 1]
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.stderr


def test_the_real_graphene_picture(shared_picture: Callable[[str], Path]) -> None:
    answer = run("classify", shared_picture("graphene_stm.tif"), "--classifier", "paper", "--json")
    said = json.loads(answer.stdout)
    assert said["classes"][int(np.argmax(said["probability"]))] == "oblique"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["classify", "nowhere.png"], "nowhere.png"),
        (["classify", "nowhere.png", "--classifier", "nonsense"], "There is no classifier 'nonsense'"),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], sentence: str) -> None:
    answer = run(*arguments)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_version_and_help() -> None:
    assert run("--version").stdout.strip() == lw.__version__
    for word in ("classify", "train"):
        assert word in run("--help").stdout
