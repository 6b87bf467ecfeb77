"""A page so busy that anywidget gives its widgets up: they hear their kernel all the same."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from .gestures import canvas_digest, canvas_pixels, press, slider, wait_until, wait_until_changed, wait_until_still
from .lab import GIVEN_UP, Lab

pytestmark = pytest.mark.one_kernel

SIMULATOR = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]")
simulator
"""
MOVIE = """
movie = lw.simulate_beam_damage(6, (96, 112), field_of_view=3.2, growth=(0.0, 0.03, 0.06), seed=4)
scrubber = lw.MovieScrubber(movie, window_size=48, step=16, n_passes=8)
scrubber
"""
#: the two seconds are over at once
NO_TIME = """() => {
    window.ownTimeout = AbortSignal.timeout;
    AbortSignal.timeout = () => {
        const soon = new AbortController();
        Promise.resolve().then(() => soon.abort());
        return soon.signal;
    } }"""


@pytest.fixture
def page(lab: Lab) -> Iterator[Page]:
    page = lab.open([SIMULATOR, MOVIE])
    page.evaluate(NO_TIME)
    yield page
    page.evaluate("AbortSignal.timeout = window.ownTimeout")


def test_widgets_that_were_given_up_show_what_comes_later(lab: Lab, page: Page) -> None:
    with page.expect_event("pageerror", lambda error: GIVEN_UP in error.message):
        lab.run_all()
    lab.execute("await simulator.settled()")
    picture = page.locator("canvas.lw-pixels").first
    # by hand, and by a script
    for turn in (
        lambda: press(slider(page, "rotation [°]"), "ArrowRight", times=8),
        lambda: lab.execute("simulator.rotation = 33.0"),
    ):
        wait_until_still(page, lambda: canvas_digest(picture))
        before = canvas_digest(picture)
        turn()
        wait_until_changed(page, lambda: canvas_digest(picture), before)
    # a movie, which is sent once, unasked
    shown = page.locator(".lw-movie canvas.lw-pixels")
    shown.scroll_into_view_if_needed()
    for frame in (2, 4):
        lab.execute(f"scrubber.frame = {frame}")
        wait_until(page, lambda frame=frame: shown.get_attribute("data-frame") == str(frame), f"frame {frame}")
        wait_until(page, lambda: np.ptp(canvas_pixels(shown)[..., :3]) > 50, "its gray values")
