"""The map of lattices in the language of the tests: all that it says went through the catalog."""

from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map.widget import LatticeMap
from tests.pseudo_language import LANGUAGE, plain_words, write_pseudo_catalog
from tests.widget_parts import part
from tests.widgets.test_translated import assert_translated


@pytest.fixture(autouse=True)
def pseudo_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lw.load_classifier().load()
    monkeypatch.setenv("LATTICE_WIDGETS_LOCALE", str(write_pseudo_catalog(tmp_path)))
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", LANGUAGE)


async def test_the_map_says_nothing_that_is_not_in_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lattice_widgets.widgets.lattice_map.work.PLAN", ((2, 1),))
    simulator = lw.LatticeSimulator(rows=96, cols=112, field_of_view=2.5)
    chart = LatticeMap(simulator)
    await simulator.settled()
    assert_translated(chart)
    simulator.drift_right = 0.1
    await simulator.settled()
    chart.measure(simulator)
    chart.show_path([simulator.crystal_lattice] * 2)
    chart.background = "network"
    await chart.settled()
    assert chart.error == ""
    assert_translated(chart)
    view = part(chart, TriangleMap)
    for text in [*(mark["text"] for mark in view.marks), *(mark["name"] for mark in view.marks), *view.path_ends]:
        assert "⟦" in text
        assert not plain_words(text), text
    simulator.bravais_type = "rectangular"
    chart.move_to(0.2, 0.3)
    chart.background = "geometry"
    assert_translated(chart)
    simulator.bravais_type = "as the numbers say"
    for place in ((0.83, 0.01), (0.95, 0.01)):
        chart.move_to(*place)
        assert_translated(chart)
    chart.measure(np.random.default_rng(0).normal(size=(2, 64, 80)))
    await chart.settled()
    assert chart.error.startswith("⟦Nóné óf thé 2 frámés")
    assert not plain_words(chart.error), chart.error
    # an error of the core, which knows nothing of languages, is translated where it is shown
    chart.measure(np.random.default_rng(0).normal(size=(64, 80)))
    await chart.settled()
    assert chart.error.startswith("⟦")
    assert not plain_words(chart.error), chart.error
    chart.show_path([1])
    assert chart.error.startswith("⟦Á páth")
    chart.close()
    simulator.close()
