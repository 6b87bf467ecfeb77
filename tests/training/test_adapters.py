"""lattice-bench: functions of others sit the same examination, and what they may get wrong is said in a sentence."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.cli import app
from lattice_widgets.training.adapters import Adapter, AdapterError, load_adapter

BENCH = Path(__file__).parents[2] / "lattice-bench"
PICTURE = np.zeros((32, 32))


def test_geometry_as_an_adapter_answers_as_the_geometry_of_the_kit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BENCH)
    name, out = "adapters.geometry:classify", tmp_path / "geometry.json"
    asked = ["evaluate", "--adapter", name, "--classifier", "paper", "--scale", "0.01", "--out", str(out)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert done.output.count("| paper | adapters.geometry:classify | geometry |") == 1
    suites = json.loads(out.read_text())["suites"]
    assert len(suites) == 8
    for rows in suites.values():
        theirs, ours = rows[name], rows["geometry"]
        assert theirs.keys() == ours.keys()
        assert theirs["count"] == ours["count"] > 0
        assert (theirs["accuracy"], theirs["sure"]) == (ours["accuracy"], ours["sure"])
        assert theirs["ece"] == pytest.approx(ours["ece"], abs=1e-3)


def test_an_adapter_answers_alone_and_what_it_answers_wrongly_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(
        "def noise(image, pixel_size):\n    assert pixel_size is None and image.ndim == 2\n    return {'noise': 1}\n"
        "def sure(image, pixel_size):\n    return [2, 0, 0, 0, 0, 0]\n"
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["evaluate", "--adapter", "mine:noise", "--scale", "0.01", "--out", "noise.json"])
    assert done.exit_code == 0, done.output
    suites = json.loads((tmp_path / "noise.json").read_text())["suites"]
    assert all(set(rows) == {"mine:noise"} for rows in suites.values())
    assert suites["nothing there"]["mine:noise"]["accuracy"] == 1
    assert suites["well-separated lattices"]["mine:noise"]["accuracy"] == 0
    failed = CliRunner().invoke(app, ["evaluate", "--adapter", "mine:sure", "--scale", "0.01"])
    assert failed.exit_code == 1
    assert "positive and add up to 1" in failed.output


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([1, 0], "answers \\[1, 0\\], not the probabilities of oblique"),
        (None, "answers None"),
        ({"tetragonal": 1.0}, "'tetragonal', which is none of the classes"),
        ([np.nan, 0, 0, 0, 0, 1], "positive and add up to 1"),
        ([1.2, -0.2, 0, 0, 0, 0], "positive and add up to 1"),
    ],
)
def test_what_is_no_probability_is_refused(answer: object, says: str) -> None:
    with pytest.raises(AdapterError, match=says):
        Adapter("one", lambda image, pixel_size: answer).predict(PICTURE)


def test_probabilities_come_in_the_order_of_the_classes() -> None:
    halves = Adapter("one", lambda image, pixel_size: {"noise": np.float32(0.5), "square": 0.5}).predict(PICTURE)
    assert dict(zip(lw.CLASSES, halves[0], strict=True)) == dict.fromkeys(lw.CLASSES, 0.0) | {
        "noise": 0.5,
        "square": 0.5,
    }


@pytest.mark.parametrize(
    ("name", "says"),
    [("geometry", "write module:function"), ("no.such:classify", "cannot be loaded"), ("json:classify", "no function")],
)
def test_a_name_that_leads_nowhere_is_told(name: str, says: str) -> None:
    with pytest.raises(AdapterError, match=says):
        load_adapter(name)


def test_the_instructions_show_the_adapter_and_all_results() -> None:
    specification = importlib.util.spec_from_file_location("make_table", BENCH / "make_table.py")
    assert specification
    assert specification.loader
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    text = tool.README.read_text(encoding="utf-8")
    assert text == tool.with_results(text), "run python lattice-bench/make_table.py"
    (shown,) = re.findall(r"```py\n(.*?)```", text, re.DOTALL)
    assert (BENCH / "adapters" / "geometry.py").read_text(encoding="utf-8").endswith(shown)
    counts = {suite: str(rows["geometry"]["count"]) for suite, rows in tool.all_results().items()}
    recipes = dict(re.findall(r"^\| ([^|]+) \| [^|]*(?:training|the |noise)[^|]* \| (\d+) \|$", text, re.MULTILINE))
    assert recipes == {suite: count for suite, count in counts.items() if not suite.startswith("real")}
