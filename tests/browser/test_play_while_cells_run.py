"""Hands do not wait for the kernel: what is moved while a cell runs arrives, and everything goes on answering."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from .gestures import canvas_digest, press, slider, wait_until, wait_until_changed
from .lab import Lab
from .lab_server import LabServer

PLAIN = """
import asyncio, pathlib, time
import ipywidgets
import lattice_widgets as lw
plain = ipywidgets.IntSlider(description="plain")
plain
"""
OURS = """
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rows=64, cols=80)
simulator
"""
MOVIE = """
import asyncio, pathlib, time
import numpy as np
import lattice_widgets as lw
frames = np.random.default_rng(3).normal(size=(40, 512, 512)).astype(np.float32)
scrubber = lw.MovieScrubber(frames, frame_interval=1.0)
scrubber
"""
# the cell ends when the test has played, however slow the machine is
RUNNING = """
print("running now")
while not pathlib.Path({file!r}).exists():
    {wait}
"""


@pytest.fixture
def go(lab_server: LabServer) -> Path:
    """The file for which the running cell looks."""
    file = lab_server.root / "go-on"
    file.unlink(missing_ok=True)
    return file


@pytest.mark.one_kernel
@pytest.mark.parametrize("wait", ["await asyncio.sleep(0.05)", "time.sleep(0.05)"], ids=["awaits", "computes"])
def test_widgets_used_while_a_cell_runs_stay_alive(lab: Lab, go: Path, wait: str) -> None:
    page = lab.open([PLAIN, OURS, RUNNING.format(file=str(go), wait=wait)])
    lab.start_all()
    page.get_by_text("running now", exact=True).wait_for(timeout=90_000)
    plain, ours = slider(page, "plain"), slider(page, "γ [°]")
    for _ in range(3):  # one after the other, as a hand does: only the first of them used to arrive
        for handle in (plain, ours):
            press(handle, "ArrowRight")
        page.wait_for_timeout(300)
    assert page.evaluate("window.runAll") is None, "the cell ended before anybody played"
    go.touch()
    lab.finish_all()

    wait_until(page, lambda: lab.python("plain.value") == 3, "what was moved meanwhile, in Python")
    gamma = wait_until_arrived(lab, page, "simulator.gamma", "γ [°]")
    picture = page.locator("canvas.lw-pixels").first
    before = canvas_digest(picture)
    for handle in (plain, ours):
        press(handle, "ArrowRight", times=2)
    wait_until(page, lambda: lab.python("plain.value") == 5, "what was moved afterwards, in Python")
    wait_until(page, lambda: lab.python("simulator.gamma") > gamma, "another angle in Python")
    assert wait_until_arrived(lab, page, "simulator.gamma", "γ [°]") > gamma
    wait_until_changed(page, lambda: canvas_digest(picture), before)


@pytest.mark.one_kernel
def test_a_movie_is_whole_while_a_cell_runs(lab: Lab, go: Path) -> None:
    """Its page cannot ask for frames then: they come by themselves."""
    page = lab.open([MOVIE, RUNNING.format(file=str(go), wait="await asyncio.sleep(0.05)")])
    lab.start_all()
    page.get_by_text("running now", exact=True).wait_for(timeout=90_000)
    movie = page.locator(".lw-movie")
    wait_until(page, lambda: movie.get_attribute("data-frames") == "40", "all frames")
    press(movie.locator(".lw-scrub"), "End")
    wait_until(page, lambda: movie.locator(".lw-pixels").get_attribute("data-frame") == "39", "the last frame")
    assert page.evaluate("window.runAll") is None, "the cell ended before anybody played"
    go.touch()
    lab.finish_all()
    wait_until(page, lambda: lab.python("scrubber.frame") == 39, "the frame that was chosen meanwhile, in Python")


def wait_until_arrived(lab: Lab, page: Page, name: str, label: str) -> float:
    """Wait until Python knows what the slider shows, and give it."""
    readout = page.locator(f'.widget-slider:has(label:text-is("{label}")) .widget-readout')
    wait_until(page, lambda: lab.python(name) == float(readout.inner_text()), f"what the slider {label!r} shows")
    return float(readout.inner_text())


def test_lesson_five_is_played_at_once(lab: Lab) -> None:
    """*Run All*, and play as soon as there is a picture: the analysis and the cells below it still run."""
    page = lab.open("notebooks/14_how_fast_it_grows.ipynb")
    lab.start_all()
    movie, chart = page.locator(".lw-movie").first, page.locator(".lw-movie .lw-chart").first
    scrub = movie.locator(".lw-scrub")
    wait_until(page, lambda: scrub.count() and scrub.get_attribute("max") == "23", "a movie")
    for _ in range(3):  # by mouse: while cells run JupyterLab takes the keyboard to each of them
        movie.get_by_role("button", name="One frame on (right)").click()
        page.wait_for_timeout(200)
    lab.finish_all(300)
    wait_until(page, lambda: lab.python("scrubber.frame") == 3, "the frame that was chosen meanwhile, in Python")

    wait_until(page, lambda: movie.get_attribute("data-overlays") == "24", "the end of the analysis")
    press(scrub, "End")
    wait_until(page, lambda: lab.python("scrubber.frame") == 23, "the last frame, in Python")
    box = chart.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 0.7 * box["height"])
    wait_until(page, lambda: 8 < lab.python("scrubber.frame") < 16, "the frame that was clicked in the chart")
