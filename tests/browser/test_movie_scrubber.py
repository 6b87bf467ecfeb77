"""The movie scrubber in a real JupyterLab: it plays, scrubs, fits a dragged span, opens a window, and shows all of it."""

import pytest
from playwright.sync_api import Locator, Page

from .gestures import (
    canvas_digest,
    canvas_pixels,
    press,
    wait_until,
    wait_until_changed,
    wait_until_looks_still,
    wait_until_still,
)
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
movie = lw.simulate_beam_damage(16, (192, 224), field_of_view=6.4, growth=(0.0, 0.03, 0.06), seed=4)
scrubber = lw.MovieScrubber(movie, window_size=96, step=32, n_passes=8)
scrubber.analyze()
scrubber
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    root = page.locator(".lw-movie")
    wait_until(page, lambda: root.count() == 1 and root.get_attribute("data-overlays") == "16", "an analysis")
    wait_until(page, lambda: lab.python("scrubber.fit is not None and scrubber.dataset is not None"), "a fit")
    return page


def picture(page: Page) -> Locator:
    return page.locator(".lw-movie canvas.lw-pixels")


def shown(page: Page) -> int:
    return int(picture(page).get_attribute("data-frame") or -1)


def cursor(page: Page) -> float:
    return float(page.locator(".lw-chart").get_attribute("data-cursor") or -1)


def along_chart(page: Page, *fractions: float) -> None:
    """Press at the first fraction of the width, and let go at the last."""
    box = page.locator(".lw-chart").bounding_box()
    assert box
    left, right = box["x"] + 46, box["x"] + box["width"] - 10
    y = box["y"] + 0.75 * box["height"]
    page.mouse.move(left + fractions[0] * (right - left), y)
    page.mouse.down()
    for fraction in fractions[1:]:
        page.mouse.move(left + fraction * (right - left), y, steps=8)
    page.mouse.up()


def test_scrubbing_shows_the_frame_that_the_kernel_knows(lab: Lab, page: Page) -> None:
    slider = page.locator(".lw-scrub")
    before = canvas_digest(picture(page)), cursor(page)
    slider.focus()
    press(slider, "End")
    wait_until(page, lambda: shown(page) == 15, "the last frame")
    wait_until(page, lambda: lab.python("scrubber.frame") == 15, "the frame in Python")
    assert canvas_digest(picture(page)) != before[0]
    assert cursor(page) > before[1] + 100
    # the pixels are those of the frame: dark where its hole is
    pixels = canvas_pixels(picture(page))[..., :3].mean(axis=2)
    scale = pixels.shape[0] / 192
    row, col = lab.python(
        "[float(x) for x in __import__('scipy.ndimage').ndimage.center_of_mass(movie.hole_labels(15) == 1)]"
    )
    inside = pixels[int(row * scale) - 15 : int(row * scale) + 15, int(col * scale) - 15 : int(col * scale) + 15]
    assert inside.mean() < 0.5 * pixels.mean()
    # and the other way round
    lab.execute("scrubber.frame = 4")
    wait_until(page, lambda: shown(page) == 4, "the frame that Python asked for")


def test_it_plays_and_stops_without_the_kernel(lab: Lab, page: Page) -> None:
    stage = page.locator(".lw-movie-stage")
    page.locator("select[title='Frames in a second']").select_option("60")
    lab.execute("import time")
    stage.focus()
    page.keyboard.press(" ")
    wait_until(page, lambda: page.locator(".lw-play").get_attribute("title") == "Stop (space)", "it plays")
    seen = set()
    wait_until(page, lambda: seen.add(shown(page)) or len(seen) > 8, "many frames")
    page.keyboard.press(" ")
    last = wait_until_still(page, lambda: shown(page))
    wait_until(page, lambda: lab.python("scrubber.frame") == last and not lab.python("scrubber.playing"), "in Python")
    # once through without beginning again
    page.get_by_title("Begin again at the end").locator("input").uncheck()
    stage.focus()
    press(stage, "Home")
    wait_until(page, lambda: shown(page) == 0, "the first frame")
    page.keyboard.press(" ")
    wait_until(page, lambda: shown(page) == 15 and not lab.python("scrubber.playing"), "the end")


def test_a_dragged_span_is_fitted(lab: Lab, page: Page) -> None:
    chart = page.locator(".lw-chart canvas")
    whole = lab.python("scrubber.fit.rate")
    before = canvas_digest(chart)
    along_chart(page, 0.2, 0.6, 0.95)
    wait_until(page, lambda: len(lab.python("list(scrubber.span)")) == 2, "a span in Python")
    low, high = lab.python("list(scrubber.span)")
    assert 0.15 * 33.75 < low < 0.25 * 33.75
    assert 0.9 * 33.75 < high < 33.75
    wait_until(page, lambda: lab.python("float(scrubber.fit.time.min())") >= low, "the fit of the span")
    assert lab.python("scrubber.fit.rate") != whole
    wait_until_changed(page, lambda: canvas_digest(chart), before)
    page.locator(".lw-chart").focus()
    page.keyboard.press("Escape")
    wait_until(page, lambda: lab.python("list(scrubber.span)") == [], "no span")
    wait_until(page, lambda: lab.python("len(scrubber.fit.time)") == 16, "the fit of all")
    # a click is no span: it goes to the frame
    along_chart(page, 0.5)
    wait_until(page, lambda: shown(page) in (7, 8), "the frame of the point")


def test_a_clicked_window_opens(lab: Lab, page: Page) -> None:
    stage = page.locator(".lw-movie-stage")
    box = stage.bounding_box()
    assert box
    stage.click(position={"x": 0.93 * box["width"], "y": 0.1 * box["height"]})
    wait_until(page, lambda: lab.python("list(scrubber.window)") == [0, 4], "the window in Python")
    spectrum = page.locator(".lw-picture:not(.lw-movie) canvas.lw-pixels").locator("visible=true").first
    wait_until(page, lambda: canvas_pixels(spectrum)[..., :3].max() > 100, "a spectrum")
    wait_until(page, lambda: page.get_by_text("Frame 0, window of 96 px").count() == 1, "which window it is")
    assert lab.python("scrubber._windows._bars.mean[4]") > 0.8
    # the same window of another frame, and another window, by keys
    stage.focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, lambda: page.get_by_text("Frame 1, window of 96 px").count() == 1, "the next frame")
    page.keyboard.press("Shift+ArrowDown")
    wait_until(page, lambda: lab.python("list(scrubber.window)") == [1, 4], "the window below")
    page.keyboard.press("Escape")
    wait_until(page, lambda: lab.python("list(scrubber.window)") == [], "no window")


def test_overlays_and_phone_width_and_dark(lab: Lab, page: Page) -> None:
    overlay = page.locator(".lw-movie canvas.lw-overlay")
    choose = page.locator("select[title='What is laid over the movie']")
    looks = set()
    for name in ("classes", "none", "noise", "entropy"):
        choose.select_option(name)
        wait_until(page, lambda name=name: lab.python("scrubber.overlay") == name, "the overlay in Python")
        wait_until_looks_still(overlay, "canvas => canvas.toDataURL()")
        looks.add(canvas_digest(overlay))
    assert len(looks) == 4
    plain = canvas_digest(picture(page))
    page.get_by_title("Outlines of the holes by threshold").locator("input").uncheck()
    wait_until_changed(page, lambda: canvas_digest(picture(page)), plain)
    lab.theme("dark")
    lab.resize("phone")
    wait_until(
        page, lambda: (page.locator(".lw-movie-stage").bounding_box() or {"width": 999})["width"] < 330, "it fits"
    )
    wait_until_still(page, lambda: page.locator(".lw-chart").bounding_box())
    chart = page.locator(".lw-chart").bounding_box()
    assert chart
    assert chart["x"] + chart["width"] <= 391


def test_contrast_colors_and_zoom_are_those_of_pictures(lab: Lab, page: Page) -> None:
    plain = canvas_digest(picture(page))
    page.get_by_role("button", name="Display").first.click()
    page.locator(".lw-movie .lw-toolbar select").first.select_option("viridis")
    wait_until_changed(page, lambda: canvas_digest(picture(page)), plain)
    pixels = canvas_pixels(picture(page))[..., :3].astype(int)
    assert abs(pixels[..., 0] - pixels[..., 1]).max() > 50  # no longer gray
    colored = canvas_digest(picture(page))
    stage = page.locator(".lw-movie-stage")
    stage.focus()
    page.keyboard.press("+")
    wait_until(page, lambda: len(lab.python("list(scrubber._view.view)")) == 4, "a part of the frame")
    wait_until_changed(page, lambda: canvas_digest(picture(page)), colored)
    # the middle of what is shown is the middle of the frame
    box = stage.bounding_box()
    assert box
    stage.click(position={"x": 0.5 * box["width"], "y": 0.5 * box["height"]})
    wait_until(page, lambda: lab.python("list(scrubber.window)") in ([1, 2], [2, 2]), "the window in the middle")
    stage.focus()
    page.keyboard.press("0")
    wait_until(page, lambda: lab.python("list(scrubber._view.view)") == [], "all of the frame")
