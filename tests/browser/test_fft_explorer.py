"""The explorer in a real JupyterLab: the window is dragged, sized and typed, a spot is clicked, keys alone suffice."""

import pytest
from playwright.sync_api import Page

from .explorer_page import open_explorer, said, transform
from .gestures import canvas_digest, drag, drag_slider, press, wait_until, wait_until_changed
from .lab import Lab

pytestmark = pytest.mark.one_kernel


@pytest.fixture
def page(lab: Lab) -> Page:
    return open_explorer(lab)


def test_a_dragged_window_changes_the_transform_and_both_opinions(lab: Lab, page: Page) -> None:
    before, words = transform(page), said(page)
    window = page.locator(".lw-window").first
    scale = page.locator(".lw-stage").first.bounding_box()["width"] / 400
    drag(window, right=200 * scale, steps=30, seconds=0.6)
    wait_until_changed(page, lambda: transform(page), before)
    wait_until(page, lambda: lab.python("explorer.window") == [60, 220, 150, 160], "the window in Python")
    wait_until(page, lambda: "square" in said(page), "the word square")
    assert said(page) != words
    assert lab.python("explorer.fit.bravais_type") == "square"
    assert lab.python("explorer.fit.a") == pytest.approx(11, rel=0.01)


def test_a_large_picture_is_told_in_its_own_pixels(lab: Lab, page: Page) -> None:
    lab.execute("noise = np.random.default_rng(0).normal(size=(2403, 1802))")
    lab.execute("explorer.source = 99 * (np.cos(np.arange(2403) / 2)[:, None] + np.cos(np.arange(1802) / 2) + noise)")
    size = page.locator(".lw-window-size").first
    wait_until(page, lambda: size.inner_text() == "2403 × 1802 px", "the size of the window")
    assert page.locator(".lw-readout").first.inner_text() == "2403 × 1802 px"
    named = page.locator(".lw-window").first.get_attribute("aria-label")
    assert named == "Window at row 0, column 0, 2403 by 1802 pixels"
    curve = page.locator(".lw-radial-curve")
    wait_until(page, lambda: "\n1M" in curve.inner_text(), "magnitudes in few letters")


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


def test_arrow_keys_choose_in_a_list_and_do_not_leave_the_cell(lab: Lab, page: Page) -> None:
    taper = page.locator(".widget-dropdown", has_text="taper").locator("select")
    before = taper.input_value()
    press(taper, "ArrowDown")
    wait_until_changed(page, lambda: lab.python("explorer.taper"), before)
    assert taper.evaluate("each => document.activeElement === each")


def test_the_list_of_crystals_is_opened_by_keys(page: Page) -> None:
    page.locator(".widget-dropdown", has_text="network").locator("select").focus()
    page.keyboard.press("Tab")
    bar = page.get_by_role("button", name="Which crystal could it be?")
    assert bar.evaluate("bar => document.activeElement === bar")
    elements = page.get_by_label("elements")
    for key, is_open in (("Enter", True), ("Space", False), ("Space", True)):
        assert bar.get_attribute("aria-expanded") == str(not is_open).lower()
        page.keyboard.press(key)
        wait_until(page, lambda is_open=is_open: elements.is_visible() == is_open, "the list opened or closed")
    page.keyboard.press("Tab")
    assert elements.evaluate("field => document.activeElement === field")
    bar.click()


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


def test_a_crystal_is_laid_over_the_pictures_and_calibrates_them(lab: Lab, page: Page) -> None:
    page.get_by_text("Which crystal could it be?").click()
    lines = page.locator(".lattice-widgets-candidates select")
    wait_until(page, lambda: lines.locator("option").count() == 10, "ten lines")
    overlays = [page.locator("canvas.lw-overlay").nth(number) for number in (0, 1)]
    # on a screen of a laptop the list and the pictures are seen together
    page.set_viewport_size({"width": 1366, "height": 768})
    overlays[1].scroll_into_view_if_needed()
    box, picture = lines.bounding_box(), overlays[1].bounding_box()
    assert box
    assert picture
    assert box["y"] < picture["y"] + picture["height"]
    before = [canvas_digest(each) for each in overlays]
    lines.select_option(index=0)
    wait_until(page, lambda: lab.python("explorer.candidate != ''"), "the crystal in Python")
    for overlay, old in zip(overlays, before, strict=True):
        wait_until_changed(page, lambda overlay=overlay: canvas_digest(overlay), old)
    page.get_by_role("button", name="make it the calibration").click()
    wait_until(page, lambda: lab.python("explorer.fit is not None and explorer.fit.unit == 'nm'"), "lengths in nm")
    assert lab.python("explorer.pixel_size.startswith(explorer.candidate + ': ')")
    assert page.locator(".lattice-widgets-error").count() == 0
