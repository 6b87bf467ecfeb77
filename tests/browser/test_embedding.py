"""The embedding viewer in a real JupyterLab: hover, lasso, colors, perplexity, keys, windows of one's own."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from .gestures import canvas_pixels, drag_slider, drawn, press, wait_until, wait_until_changed, wait_until_laid_out
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import numpy as np
import lattice_widgets as lw
viewer = lw.EmbeddingViewer()
await viewer.settled()
viewer
"""


@pytest.fixture
def page(lab: Lab) -> Page:
    page = lab.open([CELL])
    lab.run_all()
    cloud = page.locator(".lw-cloud canvas.lw-pixels")
    wait_until(
        page, lambda: cloud.count() == 1 and (canvas_pixels(cloud)[..., 3] > 0).sum() > 5000, "a thousand points"
    )
    return page


def stage(page: Page) -> Locator:
    return page.locator(".lw-cloud-stage")


def lasso(page: Page, left: float, top: float, right: float, bottom: float) -> None:
    """Draw a box of a line, in fractions of the map."""
    stage(page).scroll_into_view_if_needed()
    box = stage(page).bounding_box()
    assert box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def test_a_lasso_selects_in_python_and_shows_pictures(lab: Lab, page: Page) -> None:
    lasso(page, 0.02, 0.02, 0.5, 0.98)
    wait_until(page, lambda: lab.python("len(viewer.selection)") > 20, "a selection in Python")
    # all of them in the left half of the map, by their own places
    middle = "(viewer.points[:, 0].min() + viewer.points[:, 0].max()) / 2"
    assert lab.python(f"bool((viewer.points[list(viewer.selection), 0] < {middle} + 1).all())")
    montage = page.locator(".lw-picture:not(.lw-cloud) canvas.lw-pixels").locator("visible=true").first
    wait_until(page, lambda: canvas_pixels(montage)[..., :3].std() > 20, "thumbnails on the screen")
    assert page.get_by_text("selected:").or_(page.locator("b", has_text="selected")).count() >= 1
    stage(page).focus()
    page.keyboard.press("Escape")
    wait_until(page, lambda: lab.python("len(viewer.selection)") == 0, "nothing selected")


def test_hover_shows_the_picture_under_the_mouse(lab: Lab, page: Page) -> None:
    stage(page).scroll_into_view_if_needed()
    box = stage(page).bounding_box()
    assert box
    # over an inked pixel near the middle of the map
    inked = canvas_pixels(page.locator(".lw-cloud canvas.lw-pixels"))[..., 3] > 200
    rows, cols = np.nonzero(inked)
    nearest = np.argmin(np.hypot(rows - inked.shape[0] / 2, cols - inked.shape[1] / 2))
    scale = box["width"] / inked.shape[1]
    page.mouse.move(box["x"] + cols[nearest] * scale, box["y"] + rows[nearest] * scale)
    wait_until(page, lambda: lab.python("viewer._cloud.hovered") >= 0, "a point under the mouse")
    number = lab.python("viewer._cloud.hovered")
    wait_until(page, lambda: page.get_by_text(f"Picture {number}:").count() == 1, "its words")
    picture = page.locator(".lw-picture:not(.lw-cloud) canvas.lw-pixels").locator("visible=true").first
    wait_until(page, lambda: canvas_pixels(picture)[..., :3].std() > 5, "its picture")


def test_keys_go_from_point_to_point_and_select(lab: Lab, page: Page) -> None:
    press(stage(page), "ArrowRight", 3)
    wait_until(page, lambda: lab.python("viewer._cloud.hovered") >= 0, "a point by keyboard")
    page.keyboard.press("Enter")
    wait_until(page, lambda: lab.python("viewer.selection == (viewer._cloud.hovered,)"), "that point selected")
    page.keyboard.press("a")
    own = "viewer.content.classes[viewer._cloud.hovered]"
    wait_until(
        page,
        lambda: lab.python(f"len(viewer.selection) == int((viewer.content.classes == {own}).sum())"),
        "all of its class",
    )


def test_colors_and_the_legend(lab: Lab, page: Page) -> None:
    canvas = page.locator(".lw-cloud canvas.lw-pixels")
    before = canvas_pixels(canvas)
    page.get_by_label("color by").select_option("disorder")
    wait_until(page, lambda: lab.python("viewer.color_by") == "disorder", "the choice in Python")
    wait_until(page, lambda: not np.array_equal(canvas_pixels(canvas), before), "other colors")
    assert page.locator(".lw-cloud-scale").count() == 1
    inked = (canvas_pixels(canvas)[..., 3] > 0).sum()
    page.get_by_role("button", name="hexagonal").click()
    wait_until(page, lambda: lab.python("list(viewer._cloud.hidden)") == [4], "the class hidden")
    wait_until(page, lambda: (canvas_pixels(canvas)[..., 3] > 0).sum() < 0.97 * inked, "fewer points")


def test_another_perplexity_moves_the_points(lab: Lab, page: Page) -> None:
    canvas = page.locator(".lw-cloud canvas.lw-pixels")
    quality = lab.python("viewer.quality")
    count = drawn(canvas)
    drag_slider(page, "perplexity", to=0.6)
    wait_until_changed(page, lambda: drawn(canvas), count)
    wait_until(page, lambda: lab.python("not viewer.busy and viewer.perplexity > 20"), "a finished map")
    assert lab.python("viewer.quality") != quality
    assert drawn(canvas) > count + 5, "the points did not move on the way"


def test_a_picture_of_ones_own_and_its_windows(lab: Lab, page: Page) -> None:
    lab.execute(
        "image = lw.simulate_micrograph(lw.CRYSTALS['graphene'], lw.Microscope(rows=192, cols=256, dose=1e7)).image\n"
        "viewer.place(image, window_size=96, step=48); await viewer.settled()",
    )
    wait_until(page, lambda: page.get_by_text("windows on the map").count() == 1, "the words")
    lasso(page, 0.0, 0.0, 1.0, 1.0)
    wait_until(page, lambda: lab.python("len(viewer.marked)") == 15, "all windows marked")
    assert lab.python("len(viewer._windows.picture.boxes)") == 15


@pytest.mark.parametrize(("size", "theme"), [("laptop", "dark"), ("phone", "light")])
def test_it_fits_the_page(lab: Lab, size: str, theme: str) -> None:
    page = lab.open([CELL], size=size)
    lab.theme(theme)
    lab.run_all()
    wait_until(page, lambda: stage(page).count() == 1, "the map")
    lab.execute("viewer.selection = tuple(range(0, 60, 3)); viewer.color_by = 'disorder'")
    wait_until_laid_out(page)
    lab.screenshot(f"embedding-{size}-{theme}")
    box, widget = stage(page).bounding_box(), page.locator(".lattice-widgets").first.bounding_box()
    assert box
    assert widget
    assert box["width"] <= widget["width"] + 1
    assert box["width"] > 200
