"""Training from the command line: a small run learns, and what it writes can be used."""

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.cli import app
from lattice_widgets.core.simulation.examples import simulate_example


def test_a_small_training_learns_and_its_classifier_works(tmp_path: Path) -> None:
    command = ["train", "paper", "--count", "360", "--epochs", "5", "--seed", "3", "--out", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    card = json.loads((tmp_path / "paper.json").read_text())
    accuracy = card["history"]["accuracy"]
    assert len(accuracy) == 5
    assert accuracy[-1] > max(accuracy[0], 0.4)  # one in six by chance
    assert (card["data"]["training"], card["data"]["validation"]) == (288, 72)
    assert np.sum(card["results"]["test"]["confusion"]) == card["data"]["test"] == 360
    assert "confusion" in result.output
    classifier = lw.load_classifier(tmp_path / "paper.json")
    noise = simulate_example(1, 5).image
    assert classifier.classes[classifier.predict(noise)[0].argmax()] == "noise"


def test_an_unknown_network_is_told() -> None:
    result = CliRunner().invoke(app, ["train", "alexnet"])
    assert result.exit_code == 1
    assert "no recipe to train 'alexnet'" in result.output
