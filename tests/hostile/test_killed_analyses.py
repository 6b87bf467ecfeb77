"""Analyses that are killed at random moments: taken up again, each equals the unbroken one in every array and file."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.analysis.movie_analysis import open_analysis
from tests.hostile.campaign import many, record
from tests.patience import PATIENCE

#: how often one analysis is killed before it may end
_KILLS = 5
#: the command line; all that it imports is there before it begins, so that no kill is wasted on that
_PROGRAM = """
import sys
import lattice_widgets.analysis.movie_analysis, lattice_widgets.analysis.report, matplotlib.figure, zarr
from lattice_widgets.classifier import load_classifier
from lattice_widgets.cli import app
load_classifier("default").load()
print("ready", flush=True)
sys.stdin.readline()
app(sys.argv[1:])
"""
_SAME_FILES = ("fractions.csv", "definitions.csv", "kinetics.json", "recipe.json")


def start(movie: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """Begin an analysis, or go on with it."""
    words = [
        "analyze",
        str(movie),
        "--out",
        str(out),
        "--window-size",
        "64",
        "--step",
        "32",
        "--passes",
        "4",
        "--align",
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *words, "--json", *more],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def finish(process: subprocess.Popen[str]) -> tuple[int, str, float]:
    """Let it run to its end; return its status, what it said of errors, and how long it took [s]."""
    before = time.monotonic()
    _, said = process.communicate("\n", timeout=PATIENCE)
    return process.returncode, said, time.monotonic() - before


def kill_after(process: subprocess.Popen[str], seconds: float) -> bool:
    """Let it run so long; return whether it was killed before its end."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    return process.returncode != 0


def differences(whole: Path, out: Path) -> list[str]:
    """Name the arrays and files of an analysis that are not those of the unbroken one."""
    expected, found = open_analysis(whole / "analysis.zarr").load(), open_analysis(out / "analysis.zarr").load()
    assert set(expected.variables) == set(found.variables)
    others = [
        str(name)
        for name in expected.variables
        if expected[name].values.tobytes() != found[name].values.tobytes()
        and not np.array_equal(expected[name].values, found[name].values)
    ]
    return others + [name for name in _SAME_FILES if (whole / name).read_bytes() != (out / name).read_bytes()]


def test_killed_at_random_moments(tmp_path: Path) -> None:
    simulated = lw.simulate_beam_damage(6, (96, 96), field_of_view=3.2, growth=(0.0, 0.05, 0.1), seed=1)
    movie = tmp_path / "movie.npy"
    np.save(movie, np.stack([np.asarray(simulated[number]) for number in range(6)]))
    whole = tmp_path / "whole"
    status, said, seconds = finish(start(movie, whole))
    assert status == 0, said
    numbers = random.Random(21)
    wrong: list[str] = []
    kills = begun_anew = 0
    for analysis in range(many(1, 24)):
        out = tmp_path / str(analysis)
        moments = []
        for _ in range(many(2, _KILLS)):
            moments.append(numbers.random() * seconds)
            kills += kill_after(start(movie, out), moments[-1])
        status, said, _ = finish(start(movie, out))
        if status and "hardly begun" in said:  # killed before it wrote what it is: said, and nothing is lost
            begun_anew += 1
            status, said, _ = finish(start(movie, out, "--restart"))
        told = f"killed after {', '.join(f'{moment:.2f}' for moment in moments)} s"
        wrong += [f"{told}: {said}"] if status else [f"{told}: another {name}" for name in differences(whole, out)]
        shutil.rmtree(out, ignore_errors=True)
    record("silent numbers: analyses that were killed", len(wrong), 0, kills)
    record("killed before it wrote what it is, and begun anew", begun_anew, None, kills)
    assert wrong == []
    if not kills:
        pytest.skip("each analysis had ended before it was killed")
