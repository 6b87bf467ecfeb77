"""The explorer in a real JupyterLab: the window is dragged, sized and typed, a spot is clicked, keys alone suffice."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import lattice_widgets as lw

from .gestures import canvas_digest, canvas_pixels, drag, drag_slider, press, wait_until, wait_until_changed
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import numpy as np
import lattice_widgets as lw
rows, cols = np.ogrid[:300, :400]
picture = np.cos(2 * np.pi * (rows / 14 + cols / 21)) + np.cos(2 * np.pi * (cols / 12 - rows / 33))
picture[:, 200:] = (np.cos(2 * np.pi * rows / 11) + np.cos(2 * np.pi * cols / 11))[:, 200:]
picture += 0.2 * np.random.default_rng(0).normal(size=picture.shape)
explorer = lw.FFTExplorer(picture, window=(60, 20, 150, 160))
explorer
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the first answer of the network")
    return page


def transform(page: Page) -> str:
    return canvas_digest(page.locator("canvas.lw-pixels").nth(1))


def said(page: Page) -> str:
    return page.locator(".lattice-widgets-live[aria-live=polite] .lattice-widgets-opinions").first.inner_text()


def test_a_dragged_window_changes_the_transform_and_both_opinions(lab: Lab, page: Page) -> None:
    before, words = transform(page), said(page)
    window = page.locator(".lw-window").first
    scale = page.locator(".lw-stage").first.bounding_box()["width"] / 400
    drag(window, right=200 * scale, steps=30, seconds=0.6)
    wait_until_changed(page, lambda: transform(page), before)
    wait_until(page, lambda: lab.python("explorer.window") == [60, 220, 150, 160], "the window in Python")
    wait_until(page, lambda: "square" in said(page), "the word square")
    assert said(page) != words
    assert lab.python("explorer.fit.lattice_type") == "square"
    assert lab.python("explorer.fit.a") == pytest.approx(11, rel=0.01)


def test_an_edge_sizes_the_window(lab: Lab, page: Page) -> None:
    before = transform(page)
    scale = page.locator(".lw-stage").first.bounding_box()["width"] / 400
    drag(page.locator(".lw-handle-se").first, right=20 * scale, down=-40 * scale, steps=10)
    wait_until_changed(page, lambda: transform(page), before)
    wait_until(page, lambda: lab.python("explorer.window") == [60, 20, 110, 180], "the window in Python")


def test_keys_alone_move_and_size_the_window(lab: Lab, page: Page) -> None:
    before = transform(page)
    window = page.locator(".lw-window").first
    press(window, "ArrowRight", times=5)
    press(window, "Alt+ArrowDown")
    press(window, "Shift+ArrowUp", times=3)
    wait_until(page, lambda: lab.python("explorer.window") == [73, 25, 144, 160], "the window in Python")
    wait_until_changed(page, lambda: transform(page), before)
    assert "144 by 160" in (window.get_attribute("aria-label") or "")


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
    curve = page.locator(".lw-profile-curve path.line").first
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


def test_arrow_keys_choose_in_a_list_and_do_not_leave_the_cell(lab: Lab, page: Page) -> None:
    taper = page.locator(".widget-dropdown", has_text="taper").locator("select")
    before = taper.input_value()
    press(taper, "ArrowDown")
    wait_until_changed(page, lambda: lab.python("explorer.taper"), before)
    assert taper.evaluate("each => document.activeElement === each")


def test_numbers_set_the_window(lab: Lab, page: Page) -> None:
    before = canvas_digest(page.locator("canvas.lw-overlay").first)
    field = page.get_by_label("height", exact=True)
    field.fill("90")
    field.press("Enter")
    wait_until(page, lambda: lab.python("explorer.window") == [60, 20, 90, 160], "the window in Python")
    wait_until_changed(page, lambda: canvas_digest(page.locator("canvas.lw-overlay").first), before)
    wait_until(page, lambda: "90 by 160" in (page.locator(".lw-window").first.get_attribute("aria-label") or ""), "it")


def test_a_clicked_spot_shows_its_ring_and_its_fringes(lab: Lab, page: Page) -> None:
    overlay = page.locator("canvas.lw-overlay").nth(1)
    before = canvas_digest(overlay)
    row, col, rows, cols = lab.python(
        "[*explorer.spectrum.pixel_of(explorer.fit.reciprocal_vectors[0])[0], *explorer.spectrum.magnitude.shape]"
    )
    box = page.locator(".lw-stage").nth(1).bounding_box()
    x, y = (col + 0.5) / cols * box["width"], (row + 0.5) / rows * box["height"]
    page.locator(".lw-stage").nth(1).click(position={"x": x, "y": y})
    wait_until(page, lambda: len(lab.python("explorer.spot")) == 2, "the spot in Python")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    spacing = lab.python("1 / float(np.hypot(*explorer.fit.reciprocal_vectors[0]))")
    wait_until(page, lambda: lab.python("explorer.d_spacing") == pytest.approx(spacing, rel=0.01), "its spacing")
    page.get_by_role("tab", name="Spot").click()
    fringes = page.locator("canvas.lw-pixels").nth(2)
    wait_until(page, lambda: fringes.is_visible() and int(fringes.get_attribute("data-drawn")) > 0, "its fringes")
    pixels, bars = transform(page), lab.python("explorer.probabilities")
    page.get_by_label("switch this spot off").check()
    wait_until_changed(page, lambda: transform(page), pixels)
    wait_until(page, lambda: lab.python("explorer.probabilities") != bars, "another answer of the network")


def test_a_typed_spacing_draws_its_ring(lab: Lab, page: Page) -> None:
    overlay = page.locator("canvas.lw-overlay").nth(1)
    before = canvas_digest(overlay)
    field = page.get_by_label("d [px]", exact=True)
    field.fill("12.5")
    field.press("Enter")
    wait_until(page, lambda: lab.python("explorer.d_spacing") == 12.5, "the spacing in Python")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    assert lab.python("explorer._pictures.fourier.rings") == [pytest.approx(0.08)]


def test_a_shear_slider_changes_the_transform_live(lab: Lab, page: Page) -> None:
    page.get_by_role("tab", name="Drift").click()
    before = transform(page)
    drag_slider(page, "shear [%]", to=0.6, steps=10)
    wait_until_changed(page, lambda: transform(page), before)
    wait_until(page, lambda: abs(lab.python("explorer.shear") - 12) < 2, "the shear in Python")
    page.get_by_role("button", name="as scanned").click()
    wait_until(page, lambda: transform(page) == before, "the transform as it was")


def test_pins_stand_in_the_table_and_on_the_picture(lab: Lab, page: Page) -> None:
    overlay = page.locator("canvas.lw-overlay").first
    before = canvas_digest(overlay)
    page.get_by_role("tab", name="Pins").click()
    page.get_by_placeholder("name", exact=True).fill("left half")
    page.get_by_role("button", name="pin this window").click()
    wait_until(page, lambda: page.get_by_role("cell", name="left half").count() == 1, "the pin in the table")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    assert lab.python("list(explorer.table().index)") == ["left half"]


def test_the_study_draws_its_curve_wherever_it_was_started(lab: Lab, page: Page) -> None:
    lab.execute("explorer.study()\nawait explorer.settled()")
    page.get_by_role("tab", name="Size").click()
    curve = page.locator(".lw-study-curve svg.svg-figure")
    wait_until(page, lambda: curve.count() == 1 and curve.is_visible(), "the curve")
    assert lab.python("len(explorer.studied)") >= 8
    before = lab.python("explorer.studied[0].window")
    lab.execute("first = explorer.studied")
    page.get_by_role("button", name="study the window size").click()
    wait_until(page, lambda: lab.python("explorer.studied is not first and len(explorer.studied) == len(first)"), "it")
    assert lab.python("explorer.studied[0].window") == before


def test_it_fits_a_phone(lab: Lab, page: Page) -> None:
    lab.resize("phone")
    stage = page.locator(".lw-stage").first
    wait_until(page, lambda: stage.bounding_box()["width"] < 340, "a picture as narrow as the page")
    page.locator(".lw-window").first.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= 391


TWO_PICTURES = """
import lattice_widgets as lw
explorer = lw.FFTExplorer("simulated_graphene_stm")
explorer
"""


def test_what_belongs_to_a_picture_goes_and_comes_back_with_it(lab: Lab) -> None:
    page = lab.open([TWO_PICTURES])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the first answer of the network")
    lab.execute("explorer.scale, explorer.shear = 12.0, 5.0")  # a correction that makes it oblique
    for name, value in (("height", 150), ("width", 160), ("row", 16)):
        field = page.get_by_label(name, exact=True)
        field.fill(str(value))
        field.press("Enter")
        # each number that is typed has arrived before the next one is
        wait_until(page, lambda value=value: value in lab.python("explorer.window"), f"{value} in Python")
    ring = page.get_by_label("d [nm]", exact=True)
    ring.fill("0.213")
    ring.press("Enter")
    wait_until(page, lambda: "drift correction on: stretch +12.0 %" in said(page), "the correction in the verdict")
    badge = page.locator(".lw-badge:visible").first
    assert badge.is_visible()
    assert badge.inner_text() == "drift correction on: stretch +12.0 %, shear +5.0 %"
    page.get_by_role("tab", name="Pins").click()
    page.get_by_placeholder("name", exact=True).fill("corner")
    page.get_by_role("button", name="pin this window").click()
    pinned = page.get_by_role("cell", name="corner")
    wait_until(page, lambda: pinned.count() == 1, "the pin in the table")
    window, words = lab.python("explorer.window"), said(page)

    # another picture: nothing of the first one is left
    pictures = page.get_by_label("picture", exact=True)
    pictures.select_option("simulated_srtio3_stem")
    wait_until(page, lambda: said(page).startswith("both: square"), "the verdict of the other picture")
    assert not badge.is_visible()
    assert pinned.count() == 0
    assert lab.python("[explorer.window, explorer.scale, explorer.shear, explorer.d_spacing]") == [
        [0, 0, 192, 256], 0, 0, 0,
    ]  # fmt: skip
    wait_until(page, lambda: float(ring.input_value()) == 0, "no ring")
    assert "nm" in page.locator(".lattice-widgets-says").filter(has_text="a = ").inner_text()

    # the first one again: all of it is back
    pictures.select_option("simulated_graphene_stm")
    wait_until(page, lambda: badge.is_visible() and said(page) == words, "the verdict of the first picture")
    wait_until(page, lambda: pinned.count() == 1, "its pin")
    wait_until(page, lambda: float(ring.input_value()) == 0.213, "its ring")
    assert lab.python("explorer.window") == window
    assert "150 by 160" in (page.locator(".lw-window").first.get_attribute("aria-label") or "")


def test_an_array_can_be_chosen_again_after_another_picture(lab: Lab, page: Page) -> None:
    pictures = page.get_by_label("picture", exact=True)
    chosen = "element => element.selectedOptions[0].textContent"
    assert pictures.evaluate(chosen).replace("\xa0", " ") == "your array (300 × 400)"
    before = transform(page)
    pictures.select_option("simulated_srtio3_stem")
    wait_until(page, lambda: said(page).startswith("both: square"), "the verdict of the sample")
    pictures.select_option(index=pictures.locator("option").count() - 1)
    wait_until(page, lambda: lab.python("explorer.source is picture"), "the array in Python")
    wait_until(page, lambda: transform(page) == before, "its transform")
    assert lab.python("explorer.window") == [60, 20, 150, 160]


def test_what_a_callback_raises_stands_in_the_widget(lab: Lab, page: Page) -> None:
    lab.execute("explorer.observe(lambda change: {}['middle'], 'd_spacing')")
    field = page.get_by_label("d [px]", exact=True)
    field.fill("12.5")
    field.press("Enter")
    alert = page.get_by_role("alert").filter(has_text="This should not have happened: KeyError: 'middle'")
    wait_until(page, lambda: alert.count() == 1, "the sentence in the widget")
    rings = "explorer._pictures.fourier.rings"
    wait_until(page, lambda: lab.python(rings) == [pytest.approx(0.08)], "the ring all the same")
    (problem,) = lab.problems()
    assert "KeyError: 'middle'" in problem, "the details are not in the log"


def choose(page: Page, picture: int, entry: str) -> None:
    """Choose from the menu of a picture, by keys alone."""
    page.locator(".lw-menu-button").nth(picture).focus()
    page.keyboard.press("Enter")
    item = page.locator(".lw-menu:popover-open").get_by_role("menuitem", name=entry, exact=True)
    while not item.evaluate("item => item === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".lw-menu:popover-open")).to_have_count(0)


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
