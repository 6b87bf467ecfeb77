"""What is read off the pictures of the explorer, by ruler and contrast, and what is taken out of them: files and copies."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page

import lattice_widgets as lw

from .explorer_page import open_explorer
from .gestures import canvas_digest, canvas_pixels, drag, press, wait_until, wait_until_changed
from .lab import Lab

pytestmark = pytest.mark.one_kernel


@pytest.fixture
def page(lab: Lab) -> Page:
    return open_explorer(lab)


def test_a_line_over_a_scale_bar_calibrates_by_hand_and_by_keys(lab: Lab, page: Page) -> None:
    page.locator(".lattice-widgets-ruler").click()
    ends = page.locator(".lw-ruler-end")
    ends.first.wait_for()
    scale = page.locator(".lw-stage").first.bounding_box()["width"] / 400
    drag(ends.nth(1), right=50 * scale, down=1 * scale, steps=10)
    press(ends.nth(0), "Alt+ArrowRight", 2)
    wait_until(page, lambda: "130 px" in page.content(), "a line of 130 px")
    lab.screenshot("scale-bar-line")
    page.locator(".lattice-widgets-ruler-length input").fill("13 nm")
    page.get_by_role("button", name="set", exact=True).click()
    wait_until(page, lambda: lab.python("explorer.image.attrs.get('pixel_size')") == pytest.approx(0.1), "0.1 nm")
    assert lab.python("explorer.image.attrs['calibration']").startswith("by hand: 13 nm over 130")
    wait_until(page, lambda: ends.first.is_hidden(), "the line gone")


def test_a_ruler_reads_a_length_and_the_values_along_it(lab: Lab, page: Page) -> None:
    page.locator(".lattice-widgets-ruler").click()
    ends = page.locator(".lw-ruler-end")
    ends.first.wait_for()
    scale = page.locator(".lw-stage").first.bounding_box()["width"] / 400
    curve = page.locator(".lw-profile-curve path.line:visible").first
    curve.wait_for()
    before = curve.get_attribute("d")
    page.keyboard.down("Shift")
    drag(ends.nth(1), right=20 * scale, down=-118 * scale, steps=10)  # 44.5 degrees: with Shift 45
    page.keyboard.up("Shift")
    label = page.locator(".lw-ruler-label").first
    wait_until(page, lambda: "45.0° from the horizontal" in page.content(), "a direction of 45 degrees")
    length = float(label.inner_text().removesuffix(" px"))
    assert length == pytest.approx(np.hypot(120, 118), abs=2)
    wait_until_changed(page, lambda: curve.get_attribute("d"), before)
    # the line itself moves, and keeps its length
    start = ends.nth(0).bounding_box()
    drag(page.locator(".lw-ruler").first, right=30 * scale, down=-20 * scale, steps=10)
    moved = ends.nth(0).bounding_box()
    assert (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((30 * scale, -20 * scale), abs=1.5)
    assert float(label.inner_text().removesuffix(" px")) == pytest.approx(length, rel=1e-3)
    lab.screenshot("ruler")
    page.locator(".lattice-widgets-ruler").click()
    wait_until(page, lambda: label.is_hidden() and not curve.is_visible(), "the line and its profile gone")


def test_the_histogram_limits_the_contrast(lab: Lab, page: Page) -> None:
    picture = page.locator("canvas.lw-pixels").first
    before = canvas_digest(picture)
    page.get_by_role("button", name="Display", exact=True).first.click()
    bars = page.locator(".lw-histogram").first
    wait_until(page, lambda: canvas_pixels(bars)[..., 3].any(), "the histogram")
    counted = canvas_pixels(bars)[..., 3].astype(bool).sum(axis=0)
    assert counted.argmax() not in (0, len(counted) - 1), "most pixels of two crossed waves are neither dark nor bright"
    box = bars.bounding_box()
    bars.click(position={"x": 0.25 * box["width"], "y": 5})
    after = wait_until_changed(page, lambda: canvas_digest(picture), before)
    low = page.get_by_label("Low", exact=True).first
    assert float(low.input_value()) == pytest.approx(0.25, abs=0.01)
    assert low.evaluate("each => document.activeElement === each")
    press(low, "ArrowRight", 10)
    wait_until_changed(page, lambda: canvas_digest(picture), after)
    assert float(low.input_value()) == pytest.approx(0.3, abs=0.015)
    lab.screenshot("histogram")


def choose(page: Page, picture: int, entry: str) -> None:
    """Choose from the menu of a picture, by keys alone."""
    page.locator(".lw-menu-button").nth(picture).focus()
    page.keyboard.press("Enter")
    item = page.locator(".lw-menu:popover-open").get_by_role("menuitem", name=entry, exact=True)
    while not item.evaluate("item => item === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said = page.locator(".lw-menu:popover-open .lw-menu-said")

    def closed() -> bool:
        words = said.all_inner_texts()
        # where something goes wrong it stays open, and says what
        assert set(words) <= {"", "Copied."}, words
        return not words

    wait_until(page, closed, "the menu closes")


def test_pictures_and_charts_can_be_taken_out(lab: Lab, page: Page, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def saved(picture: int, entry: str) -> Path:
        with page.expect_download() as download:
            choose(page, picture, entry)
        target = tmp_path / download.value.suggested_filename
        download.value.save_as(target)
        return target

    values = np.loadtxt(saved(0, "Save the values as CSV"), delimiter=",")
    assert values.shape == (300, 400)
    assert values == pytest.approx(np.array(lab.python("picture")), rel=1e-6)
    with Image.open(saved(0, "Save as PNG")) as picture:
        assert min(picture.size) >= 300
        assert len(picture.convert("RGB").getcolors(2**24)) > 100
    choose(page, 0, "Copy the code")
    wait_until(page, lambda: "lw.fit_lattice(" in page.evaluate("() => navigator.clipboard.readText()"), "the code")
    choose(page, 1, "Copy the picture")
    kinds = "async () => (await navigator.clipboard.read())[0].types"
    wait_until(page, lambda: page.evaluate(kinds) == ["image/png"], "the picture in the clipboard")
    choose(page, 1, "Full screen")
    wait_until(page, lambda: page.evaluate("() => !!document.fullscreenElement"), "the full screen")
    choose(page, 1, "Leave the full screen")
    wait_until(page, lambda: page.evaluate("() => !document.fullscreenElement"), "the page again")
    # the bars of the network: the first chart
    chart = saved(2, "Save as SVG")
    drawing = ElementTree.parse(chart).getroot()
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "oblique (mp)" in texts, texts
    numbers = pd.read_csv(saved(2, "Save the values as CSV"))
    assert dict(zip(numbers["class"], numbers["probability"], strict=True)) == pytest.approx(
        dict(zip(lw.CLASSES, lab.python("explorer.probabilities"), strict=True))
    )


def test_numbers_are_copied_with_their_errors(lab: Lab, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".lattice-widgets-copy").first.click()
    wait_until(page, lambda: "γ = " in page.evaluate("() => navigator.clipboard.readText()"), "the numbers")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert lab.python("explorer.message") in copied
    assert "±" in copied
