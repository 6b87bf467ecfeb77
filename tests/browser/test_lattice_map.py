"""The living map of lattices in a real JupyterLab: the dot and the simulator follow each other, marks and colors appear."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from .gestures import (
    canvas_digest,
    canvas_pixels,
    drag_slider,
    drawn,
    press,
    wait_until,
    wait_until_laid_out,
    wait_until_still,
)
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import lattice_widgets as lw
from IPython.display import display
simulator = lw.LatticeSimulator(rows=128, cols=128, field_of_view=3.0)
chart = lw.LatticeMap(simulator)
display(chart, simulator)
"""


def handle(page: Page) -> Locator:
    return page.locator(".lw-map-handle")


def ground(page: Page) -> Locator:
    return page.locator(".lw-map canvas.lw-pixels")


def middle(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def spot(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the map is on the screen: the margins are those of layoutOf in triangle_geometry.js."""
    box = ground(page).bounding_box()
    assert box
    side = box["width"] - 58
    return box["x"] + 40 + x * side, box["y"] + 34 + (1 - y) * 0.82 * side


def opened(lab: Lab, size: str = "laptop") -> Page:
    page = lab.open([CELL], size=size)
    lab.run_all()
    wait_until(page, lambda: handle(page).count() == 1 and handle(page).is_visible(), "the dot")
    wait_until(page, lambda: lab.python("simulator.image is not None"), "the first picture")
    return page


def test_dot_and_simulator_follow_each_other(lab: Lab) -> None:
    page = opened(lab)
    picture = page.locator(".lw-picture:not(.lw-map) canvas.lw-pixels").first
    wait_until(page, lambda: drawn(picture) > 0 and canvas_pixels(picture)[..., :3].std() > 5, "the picture")
    before = canvas_digest(picture)

    # by mouse: the dot stays under it, and crystal and pixels follow
    ground(page).scroll_into_view_if_needed()
    page.mouse.move(*middle(handle(page)))
    page.mouse.down()
    for step in range(1, 21):
        goal = spot(page, 0.25 * step / 20, 1 - 0.6 * step / 20)
        page.mouse.move(*goal)
    wait_until(page, lambda: np.allclose(middle(handle(page)), goal, atol=2), "the dot under the mouse")
    page.mouse.up()
    wait_until(page, lambda: lab.python("abs(chart.x - 0.25) + abs(chart.y - 0.4) < 0.02"), "the dot in Python")
    wait_until(page, lambda: canvas_digest(picture) != before, "other pixels")
    place = "lw.triangle_point(simulator.crystal_lattice)"
    wait_until(page, lambda: lab.python(f"{place} is not None and abs({place}[0] - chart.x) < 1e-6"), "the crystal")
    wait_until_still(page, lambda: drawn(picture))
    kept = lab.python("(simulator.a, simulator.b, simulator.gamma, chart.x, chart.y)")
    page.wait_for_timeout(400)  # neither pulls at the other once the hand is gone
    assert lab.python("(simulator.a, simulator.b, simulator.gamma, chart.x, chart.y)") == kept

    # a slider moves the dot
    at = middle(handle(page))
    drag_slider(page, "γ [°]", to=0.5, steps=10)
    wait_until(page, lambda: lab.python("abs(simulator.gamma - 90) < 3"), "the slider in Python")
    wait_until(page, lambda: np.hypot(*np.subtract(middle(handle(page)), at)) > 20, "the dot elsewhere")
    wait_until(
        page, lambda: np.allclose(middle(handle(page)), spot(page, *lab.python("chart._map.dot")), atol=2), "its place"
    )

    # keys, and an edge that they cannot leave
    press(handle(page), "s")
    wait_until(page, lambda: lab.python("(chart.x, chart.y)") == [0, 0], "square")
    assert lab.python("(simulator.gamma, simulator.a == simulator.b)") == [90, True]
    press(handle(page), "Shift+ArrowRight", 2)
    press(handle(page), "ArrowDown")
    wait_until(page, lambda: lab.python("(round(chart.x, 6), chart.y)") == [0.1, 0], "rectangular")
    assert "rectangular" in (handle(page).get_attribute("aria-valuetext") or "")
    page.keyboard.press("b")
    wait_until(page, lambda: ground(page).get_attribute("data-ground") == "geometry", "colors of geometry")
    assert lab.python("chart.background") == "geometry"
    colored = (canvas_pixels(ground(page))[..., 3] > 0).mean()
    assert 0.2 < colored < 0.5  # the triangle, and nothing beside it

    # hover tells strains
    page.mouse.move(*spot(page, 0.3, 0.3))
    wait_until(page, lambda: "strain to" in page.locator(".lw-map-there").inner_text(), "the strains under the mouse")

    # a lock of the simulator: the hand is not followed, in a sentence
    lab.execute("simulator.bravais_type = 'square'")
    page.mouse.click(*spot(page, 0.3, 0.3))
    wait_until(page, lambda: page.get_by_text("keeps its cell square").count() == 1, "the sentence")
    wait_until(page, lambda: np.allclose(middle(handle(page)), spot(page, 0, 0), atol=2), "the dot where it was")
    lab.execute("simulator.bravais_type = 'as the numbers say'")

    # what is measured appears, with the picture's lattice and a path
    front = page.locator(".lw-map canvas.lw-map-front")
    empty = canvas_digest(front)
    lab.execute("chart.measure(simulator.image, 'scan'); await chart.settled()")
    wait_until(page, lambda: canvas_digest(front) != empty, "a mark")
    page.mouse.move(*spot(page, *lab.python("(chart._map.marks[0]['x'], chart._map.marks[0]['y'])")))
    wait_until(page, lambda: "scan: a = " in page.locator(".lw-map-there").inner_text(), "what was measured")

    # the network's colors: coarse at first, and the user need not wait
    page.get_by_label("colors by").select_option("network")
    wait_until(page, lambda: ground(page).get_attribute("data-ground") == "network", "colors of the network")
    wait_until(page, lambda: lab.python("chart.survey.done >= 56"), "the coarse grid")
    assert page.get_by_text("has named").count() == 1
    page.get_by_role("button", name="stop").click()
    wait_until(page, lambda: lab.python("not chart.busy"), "an end")
    page.mouse.move(*spot(page, 0.2, 0.25))
    wait_until(page, lambda: "network:" in page.locator(".lw-map-there").inner_text(), "probabilities under the mouse")
    # its corner is square, which is green, however fine the grid was when it was stopped
    x, y = spot(page, 0.008, 0.008)
    box = ground(page).bounding_box()
    assert box
    red, green, blue, _ = canvas_pixels(ground(page))[round(y - box["y"]), round(x - box["x"])].tolist()
    assert green > red
    assert green > blue


@pytest.mark.parametrize(("size", "theme"), [("laptop", "dark"), ("phone", "light")])
def test_it_fits_the_page(lab: Lab, size: str, theme: str) -> None:
    page = opened(lab, size)
    lab.theme(theme)
    lab.execute(
        "chart.measure(simulator.image, 'scan'); chart.show_drift(0.2, 30); chart.background = 'geometry'\n"
        "simulator.drift_right = 0.05; await chart.settled()"
    )
    wait_until_laid_out(page)
    lab.screenshot(f"lattice-map-{size}-{theme}", page.locator(".lattice-widgets").first)
    box, widget = ground(page).bounding_box(), page.locator(".lattice-widgets").first.bounding_box()
    assert box
    assert widget
    assert box["width"] <= widget["width"] + 1
    assert box["width"] > 200
    lab.resize("phone")
    wait_until(page, lambda: (ground(page).bounding_box() or {"width": 999})["width"] < 390, "a narrower map")
