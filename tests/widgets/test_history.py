"""Every widget with settings has a way back: undo, twenty steps, and reset."""

import asyncio
from typing import Any

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from tests.patience import PATIENCE

SMALL: dict[str, Any] = {"rows": 64, "cols": 64}
CASES = [
    (lw.LatticeSimulator, SMALL, "gamma", 100.0),
    (lw.MicrographReader, {"source": "simulated_srtio3_stem"}, "taper", "none"),
    (lw.FFTExplorer, {"source": "simulated_srtio3_stem"}, "shear", 4.0),
    (lw.LatticeMap, {"x": 0.0, "y": 0.5}, "tolerance", 3.0),
    (lw.ProbabilityPanel, {"image": "simulated_srtio3_stem", "n_samples": 20}, "seed", 3),
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
