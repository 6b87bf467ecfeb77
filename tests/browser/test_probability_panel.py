"""The panel in a real JupyterLab: it fills in live, can be stopped, follows the simulator, and tells bad input."""

import re

import pytest
from playwright.sync_api import Page

from .gestures import drag_slider, wait_until
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import numpy as np
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=20.0)
await simulator.settled()
panel = lw.ProbabilityPanel(simulator, n_passes=3000, seed=1)
display(panel)
simulator
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("panel.done") == 3000, "all the passes")
    return page


def test_the_answer_stands_in_bars_words_and_numbers(lab: Lab, page: Page) -> None:
    count = page.get_by_text(re.compile(r"3000/3000, ±0\.\d+"))
    wait_until(page, lambda: count.count() == 1, "the count of passes and the error")
    verdict = page.locator(".lattice-widgets-says").first
    assert "square" in verdict.inner_text()
    live = page.locator(".lattice-widgets-live[aria-live=polite]", has_text="square")
    assert live.count() >= 1, "a screen reader is told no answer"
    assert page.get_by_role("img", name=re.compile("because the passes contradict each other")).count() == 1
    assert page.get_by_text("were named right").count() == 1


def test_moving_the_simulator_starts_the_passes_anew(lab: Lab, page: Page) -> None:
    drag_slider(page, "γ [°]", to=0.75)
    wait_until(page, lambda: abs(lab.python("simulator.gamma") - 120) < 4, "gamma near 120 in Python")
    wait_until(page, lambda: lab.python("panel.done == 3000 and not panel.busy"), "all the passes again")
    assert lab.python("bool(np.array_equal(panel.image, simulator.image))")
    assert lab.python("panel.summary.mean[0].argmax() != 3"), "still square"


def test_the_passes_can_be_stopped_by_keyboard_and_by_mouse(lab: Lab, page: Page) -> None:
    stop = page.get_by_role("button", name="stop")
    wait_until(page, stop.is_disabled, "a button that waits for passes")
    lab.execute("panel.n_passes = 20_000")
    wait_until(page, stop.is_enabled, "a button that can be pressed")
    stop.focus()
    page.keyboard.press("Enter")
    wait_until(page, stop.is_disabled, "the end of the passes")
    assert 0 < lab.python("panel.done") <= 20_000
    assert lab.python("panel.busy") is False


def test_bad_input_is_told_on_the_page_and_the_panel_goes_on(lab: Lab, page: Page) -> None:
    error = page.locator(".lattice-widgets-error")
    lab.execute("panel.image = np.full((40, 50), np.nan)")
    wait_until(page, lambda: error.count() == 1, "a sentence that says what is wrong")
    assert "NaN" in error.inner_text()
    lab.execute("panel.image = simulator.image")
    wait_until(page, lambda: error.count() == 0 and lab.python("panel.done == 3000"), "the answer again")
