"""What is being computed anew is dimmed, so that no old number looks valid."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import pytest
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.explorer import window_result
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.parts.controls import answer
from tests.patience import PATIENCE

WAITING = "lattice-widgets-waiting"


@dataclass(frozen=True)
class Request:
    number: int
    gate: threading.Event


class Doubler(LatticeWidget):
    """Says twice a number, once its gate is open."""

    number = t.Int(1).tag(request=True)

    def __init__(self) -> None:
        self.gate = threading.Event()
        super().__init__()

    def request(self) -> Request:
        return Request(self.number, self.gate)

    @staticmethod
    def compute(request: Request) -> Iterator[int]:
        assert request.gate.wait(PATIENCE)
        yield 2 * request.number

    def apply(self, answer: Any) -> None:
        self.says.value = str(answer)

    def build_views(self) -> Sequence[ipw.Widget]:
        self.says = answer(ipw.HTML())
        return [self.says]


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def test_an_old_answer_is_dimmed_until_the_new_one_is_there() -> None:
    widget = Doubler()
    widget.gate.set()
    await widget.settled()
    assert (widget.says.value, WAITING in widget._dom_classes) == ("2", False)
    widget.gate.clear()
    widget.number = 5
    await until(lambda: WAITING in widget._dom_classes)
    assert widget.says.value == "2"
    assert "computing" in widget._status.value
    widget.gate.set()
    await widget.settled()
    assert (widget.says.value, WAITING in widget._dom_classes, widget._status.value) == ("10", False, "")
    widget.close()


async def test_an_error_leaves_nothing_dimmed() -> None:
    simulator = lw.LatticeSimulator(rows=64, cols=64, line_time=0.2, field_of_view=0.5)
    await simulator.settled()
    simulator.drift_down = 0.5
    await simulator.settled()
    assert simulator.error
    assert WAITING not in simulator._dom_classes
    simulator.close()


async def test_what_was_said_of_the_window_before_is_dimmed_while_the_next_one_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    explorer = lw.FFTExplorer("simulated_srtio3_stem")
    await explorer.settled()
    words = explorer._opinions.words
    assert "lattice-widgets-measured" in words._dom_classes
    gate, measure = threading.Event(), window_result.measure

    def wait_and_measure(*asked: Any) -> WindowResult:
        gate.wait(PATIENCE)
        return measure(*asked)

    monkeypatch.setattr(window_result, "measure", wait_and_measure)
    before = words.value
    explorer.window = (20, 30, 96, 128)
    await until(lambda: "lattice-widgets-measuring" in explorer._dom_classes)
    assert words.value == before
    gate.set()
    await explorer.settled()
    assert "lattice-widgets-measuring" not in explorer._dom_classes
    assert words.value != before
    explorer.close()


def test_side_by_side_takes_widgets_of_the_kit_and_leaves_a_picture() -> None:
    with pytest.raises(TypeError, match="needs widgets"):
        lw.side_by_side()
    with pytest.raises(TypeError, match="not HTML"):
        lw.side_by_side(ipw.HTML())  # type: ignore[arg-type]
    simulator = lw.LatticeSimulator(rows=64, cols=64)
    chart = lw.LatticeMap(simulator)
    row = lw.side_by_side(chart, simulator)
    data = row._repr_mimebundle_()
    assert len(data["image/png"]) > 1000
    assert data["text/plain"] == "LatticeMap, LatticeSimulator: run this cell to use the widget"
    for widget in (chart, simulator):
        widget.close()
