"""On a laptop of 1366 x 768, and with half of that: what belongs together is seen together."""

import pytest
from playwright.sync_api import Locator, Page

from .gestures import wait_until, wait_until_laid_out
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELLS = [
    "import lattice_widgets as lw\nsimulator = lw.LatticeSimulator(crystal='graphene')\nsimulator",
    "explorer = lw.FFTExplorer('simulated_srtio3_stem')\nexplorer",
    "bench = lw.LatticeSimulator(crystal='WS2')\nlw.side_by_side(lw.LatticeMap(bench), bench)",
    "import numpy as np\nrows, cols = np.mgrid[:400, :400] / 12\n"
    "strain = lw.StrainMap(np.cos(2 * np.pi * rows) + np.cos(2 * np.pi * cols), pixel_size=0.02)\nstrain",
]
#: JupyterLab does not draw cells that are out of view
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""


def box(of: Locator) -> dict[str, float]:
    found = of.bounding_box()
    assert found, "it is not on the page"
    return {**found, "right": found["x"] + found["width"], "bottom": found["y"] + found["height"]}


@pytest.fixture
def page(lab: Lab) -> Page:
    """The widgets, as the test before left them: it has looked at them in a page of another size."""
    page = lab.look_at(CELLS)
    page.evaluate(_KEEP_ALL)
    wait_until(page, lambda: lab.python("len(simulator.probabilities)") == 6, "the first answer of the network")
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "both opinions")
    wait_until(page, lambda: page.locator(".lw-map-handle").count() == 1, "the map")
    wait_until(page, lambda: page.locator(".lw-layer-bar:visible").count() == 1, "the colors of the strain map")
    return page


@pytest.mark.parametrize("width", [1366, 1000, 820])
def test_two_pictures_stand_beside_each_other(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    wait_until_laid_out(page)
    for number in (0, 1):
        widget = page.locator(".jp-OutputArea-output .lattice-widgets").nth(number)
        first, second = (box(widget.locator("canvas.lw-pixels").nth(k)) for k in (0, 1))
        assert abs(first["y"] - second["y"]) < 2
        assert second["x"] >= first["right"]
        assert min(first["width"], second["width"]) > 230
        assert second["right"] <= box(widget)["right"] + 1


def test_picture_transform_and_verdict_fit_into_one_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    wait_until_laid_out(page)
    for number, words in ((0, "The network (default) says"), (1, "both: square")):
        widget = page.locator(".jp-OutputArea-output .lattice-widgets").nth(number)
        said = box(widget.get_by_text(words))
        pictures = [box(widget.locator("canvas.lw-pixels").nth(k)) for k in (0, 1)]
        bars = widget.locator(".lw-probability-bars").all()
        assert said["bottom"] <= pictures[0]["y"], "the verdict is not above the picture"
        seen = [said, *pictures, *map(box, bars)]
        # the bar of JupyterLab's window is as high as this
        assert max(part["bottom"] for part in seen) - min(part["y"] for part in seen) < 768 - 110
    # with the list of files open: all that says something, below JupyterLab's bars and a cell of two lines
    page.set_viewport_size({"width": 1366 - 252, "height": 768})
    wait_until_laid_out(page)
    bars = page.locator(".jp-OutputArea-output .lattice-widgets").nth(1).locator(".lw-probability-bars").all()
    assert max(box(part)["bottom"] for part in bars) - box(widget)["y"] < 768 - 180


def test_the_map_and_its_simulator_share_a_row(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    wait_until_laid_out(page)
    chart, simulator = (page.locator(".jp-OutputArea-output .lattice-widgets").nth(k) for k in (2, 3))
    assert box(simulator)["x"] >= box(chart)["right"]
    assert abs(box(chart)["y"] - box(simulator)["y"]) < 2
    handle = box(chart.locator(".lw-map-handle"))
    pictures = [box(simulator.locator("canvas.lw-pixels").nth(k)) for k in (0, 1)]
    assert max(part["bottom"] for part in (handle, *pictures)) - box(chart)["y"] < 560


def test_the_strain_map_its_words_and_its_choices_fit_into_one_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    wait_until_laid_out(page)
    widget = page.locator(".jp-OutputArea-output .lattice-widgets").nth(4)
    choices = [
        box(widget.locator(f".lattice-widgets-{name} select")) for name in ("quantity", "reference", "undistort")
    ]
    assert max(choice["y"] for choice in choices) - min(choice["y"] for choice in choices) < 2, "they share no row"
    picture, place = box(widget.locator("canvas.lw-pixels").first), box(widget.locator(".lattice-widgets-place"))
    assert max(picture["bottom"], place["bottom"]) - box(widget)["y"] < 768 - 130
    assert place["x"] >= picture["right"]


def test_nothing_of_the_strain_map_is_cut_off_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until_laid_out(page)
    widget = page.locator(".jp-OutputArea-output .lattice-widgets").nth(4)
    right = box(widget)["right"] + 1
    for part in widget.locator("select:visible, input:visible, button:visible, canvas.lw-pixels:visible").all():
        assert box(part)["right"] <= right, part.evaluate("part => part.outerHTML")


def test_a_sentence_that_is_wrapped_moves_nothing(lab: Lab) -> None:
    page = lab.open(CELLS[:1])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(simulator.probabilities)") == 6, "the first answer of the network")
    page.set_viewport_size({"width": 1366, "height": 768})
    wait_until_laid_out(page)
    picture = page.locator("canvas.lw-pixels").first
    before = box(picture)["y"] - box(page.locator(".lattice-widgets").first)["y"]
    lab.execute("simulator.drift_right = 0.1; await simulator.settled()")
    wait_until(page, lambda: "Drift makes" in page.locator(".lattice-widgets").first.inner_text(), "a longer sentence")
    wait_until_laid_out(page)
    assert box(picture)["y"] - box(page.locator(".lattice-widgets").first)["y"] == pytest.approx(before, abs=1)
