"""Widgets take a network of the user's own: the path of its model card, or the `Classifier` itself."""

import json
import shutil
from pathlib import Path

import ipywidgets as ipw
import numpy as np
import pytest
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.classifier.card import find_card
from lattice_widgets.widgets.parts.network import NetworkName
from tests.widget_parts import parts, words


@pytest.fixture(scope="module")
def own_card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of one's own: the bundled one of the paper under another name, elsewhere."""
    bundled, path = find_card("paper"), tmp_path_factory.mktemp("networks") / "mine.json"
    path.write_text(json.dumps(json.loads(bundled.read_text()) | {"name": "mine"}))
    shutil.copy(bundled.with_suffix(".npz"), path.with_suffix(".npz"))
    return path


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return lw.simulate_micrograph(lw.CRYSTALS["graphene"], lw.Microscope(rows=96, cols=112, dose=1e7), rotation=8).image


def network_of(widget: ipw.Widget) -> ipw.Dropdown:
    return next(one for one in parts(widget, ipw.Dropdown) if "paper" in dict(one.options).values())


async def test_the_explorer_asks_a_network_by_its_card_and_offers_it(own_card: Path, image: np.ndarray) -> None:
    explorer = lw.FFTExplorer(image)
    choice = network_of(explorer)
    assert [label for label, value in choice.options] == ["default", "paper"]
    await explorer.settled()
    before = explorer.probabilities
    explorer.classifier = own_card
    await explorer.settled()
    assert explorer.probabilities == pytest.approx(lw.load_classifier("paper").predict(image)[0], abs=1e-6)
    assert explorer.probabilities != pytest.approx(before, abs=1e-3)
    assert [label for label, value in choice.options] == ["default", "paper", "mine"]
    assert (choice.value, choice.label) == (str(own_card), "mine")
    assert repr(str(own_card)) in explorer.code()
    choice.value = "default"
    await explorer.settled()
    assert explorer.classifier == "default"
    assert explorer.probabilities == pytest.approx(before)
    choice.value = str(own_card)
    await explorer.settled()
    assert explorer.classifier == str(own_card)
    explorer.close()


async def test_simulator_and_panel_ask_a_classifier_that_was_given(own_card: Path) -> None:
    mine = lw.load_classifier(own_card)
    simulator = lw.LatticeSimulator(classifier=mine)
    panel = lw.ProbabilityPanel(simulator, classifier=mine, n_passes=20)
    await simulator.settled()
    await panel.settled()
    assert (simulator.error, panel.error) == ("", "")
    assert "mine" in words(simulator)
    assert panel.samples == pytest.approx(mine.sample(simulator.image, 20)[:, 0], abs=1e-5)
    for widget in (simulator, panel):
        assert (network_of(widget).value, network_of(widget).label) == (mine, "mine")
    panel.close()
    simulator.close()


def test_all_seven_widgets_take_one() -> None:
    takers = {
        name
        for name in lw.__all__
        if isinstance(getattr(lw, name), type) and issubclass(getattr(lw, name), ipw.Widget)
        if isinstance(getattr(lw, name).class_traits().get("classifier"), NetworkName)
    }
    assert takers >= {
        "EmbeddingViewer",
        "FFTExplorer",
        "LatticeSimulator",
        "MicrographReader",
        "MovieScrubber",
        "ProbabilityPanel",
        "Quiz",
    }


@pytest.mark.parametrize("wrong", ["nobody", "nowhere/mine.json", 3, None])
def test_what_is_no_network_is_refused_in_one_sentence(wrong: object) -> None:
    with pytest.raises(
        t.TraitError, match=r"There is no classifier .*: choose one of default, paper, or give the path"
    ):
        lw.ProbabilityPanel(classifier=wrong)


def test_a_file_that_is_no_card_is_refused(tmp_path: Path) -> None:
    (tmp_path / "else.json").write_text("{}")
    panel = lw.ProbabilityPanel()
    with pytest.raises(t.TraitError, match=r"else.json is not a model card"):
        panel.classifier = tmp_path / "else.json"
    assert panel.classifier == "default"
    assert network_of(panel).value == "default"
    panel.close()
