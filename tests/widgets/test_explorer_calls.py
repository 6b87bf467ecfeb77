"""How often the explorer computes what: each thing once."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.classifier.card import find_card
from lattice_widgets.core.geometry.several import find
from lattice_widgets.core.pictures import checks
from lattice_widgets.widgets.explorer import window_result, work
from tests.widgets.explorer.waves import waves


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the functions of the core are called that cost something."""
    counted: Counter[str] = Counter()

    def counting(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            counted[name] += 1
            return act(*arguments, **named)

        return call

    places = {"spectrum": work, "open_picture": work, "radial_profile": window_result}
    # what fits a lattice, whoever asks for it: here the geometry of the window
    places |= {"fit_power_map": find, "measure_spots": find}
    for name, place in places.items():
        monkeypatch.setattr(place, name, counting(name, getattr(place, name)))
    check = checks.check_image
    for module in list(sys.modules.values()):
        if module.__name__.startswith("lattice_widgets") and getattr(module, "check_image", None) is check:
            monkeypatch.setattr(module, "check_image", counting("check_image", check))
    return counted


@pytest.fixture
def unloaded(tmp_path: Path) -> Path:
    """A network that nobody has loaded yet."""
    bundled, path = find_card("default"), tmp_path / "fresh.json"
    path.write_text(json.dumps(json.loads(bundled.read_text()) | {"name": "fresh"}))
    shutil.copy(bundled.with_suffix(".npz"), path.with_suffix(".npz"))
    return path


@pytest.fixture(scope="module")
def honeycomb() -> np.ndarray:
    return waves(lw.Lattice.from_parameters(14, 14, 120, rotation=8))


async def test_a_network_that_is_loaded_later_is_asked_and_nothing_else_is_done_again(
    calls: Counter[str], unloaded: Path, honeycomb: np.ndarray
) -> None:
    submitted = []
    slow = lw.load_classifier(unloaded, backend="keras")
    explorer = lw.FFTExplorer(honeycomb, classifier=slow)
    explorer.observe(lambda change: submitted.append(change["new"]), "spectrum")
    seen: list[tuple[bool, bool]] = []
    explorer.observe(lambda change: seen.append((explorer.fit is not None, bool(explorer.probabilities))), "message")
    assert not slow.ready
    await explorer.settled()
    assert slow.ready
    assert explorer.probabilities == pytest.approx(lw.load_classifier().predict(honeycomb)[0], abs=1e-5)
    assert seen[0] == (True, False), "the geometry did not wait for the network"
    assert seen[-1] == (True, True)
    assert len(submitted) == 1
    assert (calls["open_picture"], calls["spectrum"], calls["radial_profile"]) == (1, 1, 1)
    assert (calls["measure_spots"], calls["fit_power_map"]) == (1, 1)
    before = Counter(calls)
    explorer.classifier = "paper"
    await explorer.settled()
    assert explorer.probabilities == pytest.approx(lw.load_classifier("paper").predict(honeycomb)[0], abs=1e-6)
    assert {name: calls[name] - before[name] for name in ("spectrum", "fit_power_map")} == {
        "spectrum": 0,
        "fit_power_map": 0,
    }
    explorer.close()


async def test_the_runtime_is_asked_at_once(unloaded: Path, honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, classifier=unloaded)
    seen: list[bool] = []
    explorer.observe(lambda change: seen.append(bool(explorer.probabilities)), "message")
    await explorer.settled()
    assert seen == [True], "nothing was shown that still waited for the network"
    explorer.close()


async def test_a_picture_is_checked_a_few_times(calls: Counter[str], unloaded: Path, honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, classifier=unloaded)
    await explorer.settled()
    assert 1 <= calls["check_image"] <= 8  # public functions of the core check what they are given: 13 before
    explorer.close()


async def test_the_next_picture_costs_as_much_as_the_first(calls: Counter[str], honeycomb: np.ndarray) -> None:
    lw.load_classifier().load()
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    explorer.source = honeycomb[:150, :200]
    await explorer.settled()
    assert explorer.window == (0, 0, 150, 200)
    assert (calls["open_picture"], calls["spectrum"], calls["fit_power_map"]) == (2, 2, 2)
    explorer.window = (0, 0, 100, 100)
    await explorer.settled()
    assert (calls["open_picture"], calls["spectrum"], calls["fit_power_map"]) == (2, 3, 3)
    explorer.close()
