"""The strain map in a real JupyterLab: a region is dragged, a place is read, a profile is drawn, files are written."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Locator, Page

from .gestures import canvas_digest, canvas_pixels, drag, press, wait_until, wait_until_changed
from .lab import Lab

pytestmark = pytest.mark.one_kernel

#: 2 % longer along x from column 140 on
CELL = """
import tempfile
from pathlib import Path
import numpy as np
import lattice_widgets as lw
rows, cols = np.ogrid[:160, :280]
along = np.where(cols < 140, cols, 140 + (cols - 140) / 1.02)
picture = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * along / 8)
picture = picture + 0.1 * np.random.default_rng(0).normal(size=picture.shape)
strain = lw.StrainMap(picture, pixel_size=0.05, window_size=91)
folder = Path(tempfile.mkdtemp())
strain
"""


#: two grains, 20 degrees apart, each atom a Gaussian
GRAINS = """
def atoms(lattice):
    index = np.indices((81, 81)).reshape(2, -1).T - 40
    centers = index @ lattice.vectors + [80.3, 140.7]
    centers = centers[((centers > -10) & (centers < [170, 290])).all(axis=1)]
    y, x = (np.exp(-0.5 * ((np.arange(n) - centers[:, [axis]]) / 1.8) ** 2) for axis, n in enumerate((160, 280)))
    return y.T @ x
first, second = (atoms(lw.Lattice.from_parameters(9, 9, 120, rotation=angle)) for angle in (0, 20))
strain.source = np.where(np.arange(280) < 160, first, second) + 0.05 * np.random.default_rng(1).normal(size=(160, 280))
"""

#: one line of atoms more above the middle than below
DISLOCATION = """
rows, cols = np.mgrid[:160, :160]
extra = np.arctan2(79.5 - rows, cols - 79.5)
strain.source = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8 - extra)
"""


#: two square lattices over each other, 10 degrees apart
LAYERS = """
def square(degrees):
    y, x = np.mgrid[:280, :280]
    turn = np.deg2rad(degrees)
    down, right = y * np.cos(turn) + x * np.sin(turn), x * np.cos(turn) - y * np.sin(turn)
    return np.cos(2 * np.pi * down / 8) + np.cos(2 * np.pi * right / 8)
strain.window_size = 0
strain.source = square(0) + 0.7 * square(10) + 0.1 * np.random.default_rng(0).normal(size=(280, 280))
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: page.locator(".lw-layer-bar:visible").count() == 1, "the color bar of the map")
    return page


def stage(page: Page) -> Locator:
    return page.locator(".lw-stage").first


def scale(page: Page) -> float:
    box = stage(page).bounding_box()
    assert box
    return float(box["width"]) / 280


def click(page: Page, row: float, col: float) -> None:
    stage(page).click(position={"x": (col + 0.5) * scale(page), "y": (row + 0.5) * scale(page)})


def colors(page: Page, row: float, col: float) -> np.ndarray:
    """The color of the map alone at a pixel: red, green, blue, opacity."""
    pixels = canvas_pixels(page.locator("canvas.lw-overlay").first)
    factor = pixels.shape[1] / 280
    return pixels[int((row + 0.5) * factor), int((col + 0.5) * factor)].astype(int)


def test_colors_are_blue_below_zero_red_above_and_none_in_the_margin(lab: Lab, page: Page) -> None:
    lab.execute("strain.place = (60, 140)")
    wait_until(page, lambda: colors(page, 100, 220)[0] > colors(page, 100, 220)[2] + 60, "red on the right")
    left, right, margin = colors(page, 100, 60), colors(page, 100, 220), colors(page, 10, 60)
    assert left[2] > left[0] + 60, "blue on the left, below the mean"
    assert right[3] == pytest.approx(255 * 0.65, abs=3)
    assert margin[3] == 0
    lab.execute("strain.opacity = 0.2")
    wait_until(page, lambda: abs(colors(page, 100, 220)[3] - 255 * 0.2) < 3, "less of it")
    lab.execute("strain.opacity = 0.65")
    bar = page.locator(".lw-layer-bar").first
    ends = bar.locator("span").all_inner_texts()
    assert ends[0].startswith("−")
    assert ends[0][1:] == ends[2][1:]
    assert ends[1] == "strain xx"


def test_a_dragged_region_is_the_reference_and_a_click_reads_against_it(lab: Lab, page: Page) -> None:
    page.locator(".lattice-widgets-reference select").select_option("region")
    window = page.locator(".lw-window").first
    wait_until(page, lambda: window.is_visible(), "the region")
    before = lab.python("strain.reference")
    seen = canvas_digest(page.locator("canvas.lw-overlay").first)
    drag(window, right=-1000, steps=20, seconds=0.4)
    wait_until(page, lambda: lab.python("strain.reference")[1] == 0, "the region in Python")
    assert lab.python("strain.reference")[0] == pytest.approx(before[0], abs=2)
    wait_until_changed(page, lambda: canvas_digest(page.locator("canvas.lw-overlay").first), seen)
    wait_until(page, lambda: lab.python("not strain.busy and strain.maps is not None"), "the map against it")
    click(page, 60, 230)
    wait_until(page, lambda: "column 23" in page.locator(".lattice-widgets-place").inner_text(), "the place")
    told = page.locator(".lattice-widgets-place").inner_text()
    value = lab.python("strain.reading.strain_xx.item()")
    assert value == pytest.approx(2, abs=0.1)
    assert lab.python("lw.with_error(strain.reading.strain_xx.item(), strain.reading.strain_xx_error.item())") in told
    # inside of the region too
    click(page, 80, 60)
    wait_until(page, lambda: lab.python("abs(strain.reading.strain_xx.item())") < 0.1, "a place inside of the region")
    # what the mouse is over is read as well
    box = stage(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 230.5 * scale(page), box["y"] + 60.5 * scale(page))
    wait_until(page, lambda: "strain xx" in page.locator(".lw-readout").first.inner_text(), "the value under the mouse")
    assert "±" in page.locator(".lw-readout").first.inner_text()


def test_a_place_is_read_by_keys(lab: Lab, page: Page) -> None:
    lab.execute("strain.place = ()")
    stage(page).focus()
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    wait_until(page, lambda: lab.python("len(strain.place)") == 2, "the place in Python")
    assert lab.python("strain.reading is not None")


def test_a_profile_is_drawn_dragged_and_moved_by_keys(lab: Lab, page: Page) -> None:
    page.locator(".lattice-widgets-profile").click()
    curve = page.locator(".lw-profile-curve")
    wait_until(page, lambda: curve.is_visible(), "the profile")
    wait_until(page, lambda: curve.locator("path.line").count() > 0, "its curve")
    row, left, _row, right = lab.python("list(strain.profile)")
    assert right > left
    end = page.locator(".lw-ruler-end").nth(1)
    drag(end, right=-40 * scale(page), down=20 * scale(page), steps=10)
    wait_until(page, lambda: lab.python("strain.profile[3]") == pytest.approx(right - 40, abs=3), "the end in Python")
    assert lab.python("strain.profile[2]") == pytest.approx(row + 20, abs=3)
    press(end, "Alt+ArrowUp", times=2)
    wait_until(page, lambda: lab.python("strain.profile[2]") == pytest.approx(row, abs=4), "moved by keys")
    length = lab.python("float(strain.profile_values().distance[-1])")
    assert length == pytest.approx(0.05 * (right - 40 - left), rel=0.1)
    assert lab.python("bool(np.isfinite(strain.profile_values().strain_xx_error).any())")


def test_pages_and_files(lab: Lab, page: Page) -> None:
    page.get_by_role("tab", name="Histogram").click()
    wait_until(page, lambda: page.locator(".lw-value-histogram rect.bar").count() >= 40, "the histogram")
    lab.execute("strain.reference = None")
    wait_until(page, lambda: lab.python("not strain.busy and strain.maps is not None"), "the map against the mean")
    wait_until(page, lambda: colors(page, 100, 60)[3] > 100, "colors on the left")
    press(page.locator(".lattice-widgets-value-range .noUi-handle-lower"), "PageUp", times=6)
    wait_until(page, lambda: lab.python("len(strain.selection)") == 2, "the range in Python")
    wait_until(page, lambda: colors(page, 100, 60)[3] == 0, "no color below the range")
    assert colors(page, 100, 220)[3] > 100
    lab.execute("strain.selection = ()")
    page.get_by_role("tab", name="Code").click()
    assert "lw.map_lattice" in page.locator(".lattice-widgets-code textarea").input_value()
    page.get_by_role("tab", name="Export").click()
    folder = Path(lab.python("str(folder)"))
    field = page.locator(".lattice-widgets input[list]")
    field.fill(str(folder / "mine.csv"))
    field.press("Tab")
    page.locator(".lattice-widgets-write").click()
    wait_until(page, lambda: (folder / "mine.csv").exists(), "the table")
    table = pd.read_csv(folder / "mine.csv")
    assert len(table) == lab.python("strain.maps.strain_xx.size")
    menu = page.locator(".lw-picture .lw-menu-button").first
    menu.click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Save as PNG").first.click()
    picture = saved.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    page.locator(".lattice-widgets-figure").click()
    wait_until(page, lambda: page.locator(".jupyter-matplotlib-canvas-container canvas").count() > 0, "the figure")
    page.locator(".lattice-widgets-figure-close").click()
    wait_until(page, lambda: page.locator(".jupyter-matplotlib-canvas-container").count() == 0, "the figure is gone")
    assert lab.python("strain.error") == ""


def test_a_grain_is_selected_in_the_list_and_in_the_picture(lab: Lab, page: Page) -> None:
    lab.execute(GRAINS)
    wait_until(page, lambda: lab.python("not strain.busy and strain.maps is not None"), "the map of another picture")
    page.get_by_role("tab", name="Grains").click()
    page.locator(".lattice-widgets-find-grains").click()
    choice = page.locator(".lattice-widgets-grains select")
    wait_until(page, lambda: choice.locator("option").count() == 2, "two grains")
    overlay = page.locator("canvas.lw-overlay").first
    before = canvas_digest(overlay)
    choice.select_option(index=0)
    wait_until(page, lambda: lab.python("strain.grain") == 1, "the grain in Python")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    before = canvas_digest(overlay)
    box = stage(page).bounding_box()
    assert box
    stage(page).click(position={"x": 0.9 * box["width"], "y": 0.5 * box["height"]})
    wait_until(page, lambda: lab.python("strain.grain") == 2, "the grain under the mouse")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    assert "to grain 1" in page.locator(".lattice-widgets-panels").inner_text()


def test_a_place_goes_to_the_simulator_and_to_the_map_of_examples(lab: Lab, page: Page) -> None:
    lab.execute("strain.place = (80, 220)")
    page.get_by_role("button", name="draw it in the simulator").click()
    below = page.locator(".lattice-widgets .lattice-widgets").first
    wait_until(page, lambda: below.get_by_text("keep it").count() == 1, "the simulator")
    simulator = "strain.neighbors.simulator"
    wait_until(page, lambda: lab.python(f"{simulator}.image is not None"), "its picture")
    # a square lattice of 8 px of 0.05 nm, 2 % longer along x
    assert sorted(lab.python(f"[{simulator}.a, {simulator}.b]")) == pytest.approx([0.4, 0.408], abs=0.002)
    wait_until(
        page, lambda: int(below.locator("canvas.lw-pixels").first.get_attribute("data-drawn") or 0) > 0, "it draws"
    )
    page.get_by_role("button", name="lay it on the map of examples").click()
    viewer = "strain.neighbors.viewer"
    wait_until(
        page, lambda: lab.python(f"{viewer} is not None and {viewer}.placed is not None"), "the place on the map"
    )
    assert lab.python(f"len({viewer}.placed.points)") == 1
    first = page.locator(".lattice-widgets .lattice-widgets").first
    wait_until(page, lambda: first.get_by_text("your picture").count() > 0, "the map of examples, first below")
    lab.screenshot("strain-neighbors")


def test_a_scan_is_mended_and_a_dislocation_is_drawn(lab: Lab, page: Page) -> None:
    lab.execute(DISLOCATION)
    wait_until(page, lambda: lab.python("not strain.busy and strain.maps is not None"), "the map of another picture")
    said = page.locator(".lattice-widgets-presumed")
    assert said.count() == 0
    page.locator(".lattice-widgets-undistort select").select_option("taken out, presuming an even lattice")
    wait_until(page, lambda: said.count() == 1, "what was presumed, beside the picture")
    assert "Presumed: the lattice is the same everywhere" in said.inner_text()
    badge = page.locator(".lw-badge").first
    wait_until(page, lambda: badge.is_visible() and "taken out" in badge.inner_text(), "the badge on the picture")
    page.locator(".lattice-widgets-undistort select").select_option("left in: the picture as scanned")
    wait_until(page, lambda: said.count() == 0, "the picture as scanned")
    wait_until(page, lambda: lab.python("not strain.busy and strain.maps is not None"), "its map")
    page.get_by_role("tab", name="Dislocations").click()
    overlay = page.locator("canvas.lw-overlay").first
    before = canvas_digest(overlay)
    page.locator(".lattice-widgets-find-dislocations").click()
    choice = page.locator(".lattice-widgets-dislocations select")
    wait_until(page, lambda: choice.locator("option").count() == 1, "the dislocation in the list")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    before = canvas_digest(overlay)
    choice.select_option(index=0)
    wait_until(page, lambda: lab.python("strain.dislocation") == 1, "the dislocation in Python")
    wait_until_changed(page, lambda: canvas_digest(overlay), before)
    assert "Burgers vector" in page.locator(".lattice-widgets-panels").inner_text()
    lab.screenshot("strain-dislocation")


def test_two_layers_offer_their_moire(lab: Lab, page: Page) -> None:
    chosen, bar = page.locator(".lattice-widgets-quantity select"), page.locator(".lw-layer-bar")
    moire = chosen.locator("option", has_text="offset of the layers")
    assert moire.count() == 0
    lab.execute(LAYERS)
    wait_until(page, lambda: moire.count() == 1, "the maps of the moire in the list")
    chosen.select_option(label="offset of the layers")
    wait_until(page, lambda: "offset of the layers" in bar.inner_text(), "the map of the offset")
    # 8 px / sqrt(2) is the farthest that a point of a square lattice lies from the nearest one of another; one place of a
    # hundred may lie beyond the colors
    assert bar.locator(".lw-layer-low").inner_text() == "0 px"
    assert 5.0 <= float(bar.locator(".lw-layer-high").inner_text().removesuffix(" px")) <= 5.7
    place = page.locator(".lattice-widgets-place")
    wait_until(page, lambda: "twist of the layers" in place.inner_text(), "the twist at a place")
