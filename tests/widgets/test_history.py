"""Every widget with settings has a way back: undo, twenty steps, and reset."""

import asyncio
import json
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from tests.patience import PATIENCE
from tests.widget_parts import part, receive

SMALL: dict[str, Any] = {"rows": 64, "cols": 64}
CASES = [
    (lw.LatticeSimulator, SMALL, "gamma", 100.0),
    (lw.MicrographReader, {"source": "simulated_srtio3_stem"}, "taper", "none"),
    (lw.FFTExplorer, {"source": "simulated_srtio3_stem"}, "shear", 4.0),
    (lw.LatticeMap, {"x": 0.0, "y": 0.5}, "tolerance", 3.0),
    (lw.ProbabilityPanel, {"image": "simulated_srtio3_stem", "n_passes": 20}, "seed", 3),
    (lw.EmbeddingViewer, {"features": np.random.default_rng(1).normal(size=(60, 8))}, "perplexity", 5.0),
    (lw.MovieScrubber, {"source": np.random.default_rng(1).normal(size=(3, 64, 64))}, "step", 32),
    (lw.BeamEnergy, {}, "voltage", 80.0),
    (lw.TrainingPanel, {}, "seed", 3),
    (lw.StrainMap, {"source": np.cos(np.indices((128, 128)) * 0.8).sum(axis=0)}, "quantity", "rotation"),
]


def button(widget: Any, name: str) -> ipw.Button:
    (found,) = [each for each in widget.history.buttons.children if each.description == name]
    return found


async def tick() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("kind", "settings", "name", "value"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_a_setting_comes_back(kind: Any, settings: dict[str, Any], name: str, value: Any) -> None:
    widget = kind(**settings)
    await widget.settled()
    before = getattr(widget, name)
    assert (widget.history.steps, button(widget, "undo").disabled) == (0, True), "nothing was done yet"
    setattr(widget, name, value)
    await tick()
    assert (widget.history.steps, button(widget, "undo").disabled) == (1, False)
    await widget.settled()
    button(widget, "undo").click()
    assert getattr(widget, name) == before
    assert widget.history.steps == 0
    setattr(widget, name, value)
    await tick()
    button(widget, "reset").click()
    assert getattr(widget, name) == before
    button(widget, "undo").click()
    assert getattr(widget, name) == value, "a reset can be undone"
    await widget.settled()
    assert widget.error == ""
    widget.close()


async def test_twenty_steps_are_kept() -> None:
    beam = lw.BeamEnergy()
    await beam.settled()
    for step in range(25):
        # by turns, so that no two of them are one drag
        if step % 2:
            beam.voltage = 100.0 + step
        else:
            beam.element = ("Se", "Te")[step // 2 % 2]
        await tick()
    assert beam.history.steps == 20
    for _ in range(30):
        beam.undo()
    assert beam.history.steps == 0
    assert beam.voltage == 103.0
    beam.close()


async def test_a_drag_is_one_step() -> None:
    simulator = lw.LatticeSimulator(**SMALL)
    await simulator.settled()
    start = simulator.gamma
    async with asyncio.timeout(PATIENCE):
        # a machine that stops for a second makes two steps of it: then try again
        while True:
            for gamma in (110.0, 105.0, 100.0, 95.0):
                simulator.gamma = gamma
                await tick()
            if simulator.history.steps == 1:
                break
            simulator.history.reset()
            simulator.history._steps.clear()
    simulator.undo()
    assert simulator.gamma == start
    simulator.close()


async def test_a_crystal_comes_and_goes_with_its_cell() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", **SMALL)
    await simulator.settled()
    simulator.crystal = "SrTiO3 [001]"
    await tick()
    assert (simulator.a, simulator.gamma) == (pytest.approx(0.3905), 90.0)
    simulator.undo()
    assert (simulator.crystal, simulator.gamma, simulator.a) == ("graphene", 120.0, pytest.approx(0.2461))
    simulator.close()


async def test_a_crystal_brings_the_electrons_that_show_it_until_somebody_chooses_the_dose() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", **SMALL)
    await simulator.settled()
    assert simulator.dose == 1e8  # one atom of carbon scatters a hundredth of what a foil does
    simulator.crystal = "WS2"
    await tick()
    assert simulator.dose == 1e6
    simulator.undo()
    assert (simulator.crystal, simulator.dose) == ("graphene", 1e8)
    simulator.dose = 5e7
    simulator.crystal = "MoS2"
    assert simulator.dose == 5e7
    assert lw.LatticeSimulator(crystal="graphene", dose=1e6, **SMALL).dose == 1e6
    simulator.close()


async def test_graphene_that_was_changed_is_called_so_and_can_be_chosen_again() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", **SMALL)
    (choice,) = [part for part in _parts(simulator) if isinstance(part, ipw.Dropdown) and part.description == "crystal"]
    assert choice.label == "graphene"
    simulator.gamma = 100.0
    assert choice.label == "graphene, changed"
    assert simulator.crystal == "graphene"
    choice.value = "graphene"
    assert (simulator.a, simulator.b, simulator.gamma) == (pytest.approx(0.2461), pytest.approx(0.2461), 120.0)
    assert choice.label == "graphene"
    assert "graphene, changed" not in [label for label, _value in choice.options]
    # one atom a cell is what one makes of it
    simulator.crystal = "one atom a cell"
    simulator.gamma = 95.0
    assert choice.label == "one atom a cell"
    simulator.close()


async def test_what_another_picture_brings_is_one_step() -> None:
    explorer = lw.FFTExplorer("simulated_srtio3_stem")
    await explorer.settled()
    explorer.window = (20, 30, 96, 128)
    await tick()
    explorer.source = "simulated_graphene_stm"
    await explorer.settled()
    assert explorer.history.steps == 2
    explorer.undo()
    await explorer.settled()
    assert (explorer.source, explorer.window) == ("simulated_srtio3_stem", (20, 30, 96, 128))
    explorer.undo()
    await explorer.settled()
    assert explorer.window == (0, 0, *explorer.image.shape)
    explorer.close()


def _parts(widget: ipw.Widget) -> list[ipw.Widget]:
    return [part for child in getattr(widget, "children", ()) for part in (child, *_parts(child))]


async def test_a_page_keeps_what_was_changed_and_brings_it_to_the_next_widget() -> None:
    first = lw.FFTExplorer("simulated_srtio3_stem")
    await first.settled()
    assert frame_of(first).settings == {}
    first.window, first.taper = (8, 16, 120, 130), "hamming"
    await first.settled()
    await tick()
    kept = json.loads(json.dumps(frame_of(first).settings))
    assert kept == {"window": [8, 16, 120, 130], "taper": "hamming"}
    second = lw.FFTExplorer("simulated_srtio3_stem")
    await second.settled()
    assert frame_of(second).birth != frame_of(first).birth
    hostile = {"_runner": 1, "error": "no", "taper": "banana", "frame": "x", "fit": None, "layout": {}, "unknown": 3}
    receive(frame_of(second), {"restore": {**kept, **hostile, "taper": "hamming"}})
    await second.settled()
    assert (second.window, second.taper, second.error) == (first.window, "hamming", "")
    second.undo()
    await second.settled()
    assert second.taper == "hann", "it is one step that can be taken back"
    for nothing in ({"restore": 7}, {"restore": {"taper": "banana"}}, {"restore": {}}):
        receive(frame_of(second), nothing)
    assert (second.taper, second.error) == ("hann", "")
    for widget in (first, second):
        widget.close()


async def test_no_page_makes_the_kernel_open_or_write_a_file(tmp_path: Path) -> None:
    """The page of a dashboard is in a stranger's hand: a setting that it brings must not name a file of the server."""
    np.save(tmp_path / "secret.npy", np.cos(np.indices((64, 64)) * 0.8).sum(axis=0))
    (tmp_path / "card.json").write_text("{}")
    secret, card = str(tmp_path / "secret.npy"), str(tmp_path / "card.json")
    for kind in (lw.FFTExplorer, lw.StrainMap, lw.MicrographReader):
        widget = kind(source="simulated_srtio3_stem")
        await widget.settled()
        receive(frame_of(widget), {"restore": {"source": secret, "classifier": card}})
        await widget.settled()
        assert widget.source == "simulated_srtio3_stem"
        assert getattr(widget, "classifier", "default") == "default"
        widget.close()
    scrubber = lw.MovieScrubber(np.random.default_rng(1).normal(size=(3, 64, 64)))
    await scrubber.settled()
    before = (scrubber.source, scrubber.analysis, scrubber.store)
    receive(
        frame_of(scrubber), {"restore": {"source": secret, "analysis": secret, "store": str(tmp_path / "new.zarr")}}
    )
    await scrubber.settled()
    assert (scrubber.source, scrubber.analysis, scrubber.store) == before
    scrubber.close()


async def test_a_window_does_not_come_without_its_picture(tmp_path: Path) -> None:
    np.save(tmp_path / "mine.npy", np.cos(np.indices((128, 128)) * 0.8).sum(axis=0))
    explorer = lw.FFTExplorer("simulated_srtio3_stem")
    await explorer.settled()
    explorer.source = str(tmp_path / "mine.npy")
    await explorer.settled()
    explorer.window = (8, 16, 70, 80)
    await explorer.settled()
    await tick()
    assert not {"source", "window"} & set(frame_of(explorer).settings)
    explorer.close()


async def test_arrays_are_nothing_that_a_page_keeps() -> None:
    explorer = lw.FFTExplorer("simulated_srtio3_stem")
    await explorer.settled()
    explorer.source = np.cos(np.indices((128, 128)) * 0.8).sum(axis=0)
    await explorer.settled()
    await tick()
    assert "source" not in frame_of(explorer).settings
    explorer.close()


def test_the_frame_answers_a_page_that_asks_whether_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = WidgetFrame(title="Explorer")
    sent: list[Any] = []
    monkeypatch.setattr(frame, "send", sent.append)
    receive(frame, {"ping": 7})
    receive(frame, {"other": 7})
    assert sent == [{"pong": 7}]


def frame_of(widget: Any) -> WidgetFrame:
    return part(widget, WidgetFrame)
