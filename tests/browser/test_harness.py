"""The harness itself: it moves real widgets, and what goes wrong does not escape it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Error

from .chromium import VARIABLE, find_chromium
from .gestures import (
    canvas_digest,
    canvas_pixels,
    drag_slider,
    drawn,
    press,
    slider,
    wait_until,
    wait_until_changed,
    wait_until_still,
)
from .lab import KernelError, Lab
from .lab_server import LabServer

SLIDER = """
import ipywidgets
seen = []
steps = ipywidgets.IntSlider(value=20, max=100, description="Steps")
steps.observe(lambda change: seen.append(change.new), "value")
steps
"""


@pytest.mark.one_kernel
def test_a_slider_moves_by_mouse_and_by_keyboard(lab: Lab) -> None:
    page = lab.open([SLIDER])
    lab.run_all()
    assert lab.python("steps.value") == 20

    drag_slider(page, "Steps", to=0.8)
    wait_until(page, lambda: lab.python("steps.value") == 80, "the value 80 in Python")

    press(slider(page, "Steps"), "ArrowRight", times=3)
    wait_until(page, lambda: lab.python("steps.value") == 83, "the value 83 in Python")
    seen = lab.python("seen")
    assert seen[-1] == 83
    assert seen == sorted(seen), "the values came in another order than they were set in"

    lab.execute("import asyncio\nawait asyncio.sleep(0)\nsteps.value = 7")
    wait_until(page, lambda: page.locator(".widget-readout").inner_text() == "7", "the readout 7")


DRAWING = """
import anywidget, traitlets
class Square(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
        const canvas = document.createElement("canvas");
        canvas.width = 30; canvas.height = 20; canvas.dataset.drawn = 0;
        el.append(canvas);
        const draw = () => {
            const context = canvas.getContext("2d");
            context.clearRect(0, 0, 30, 20);
            context.fillStyle = "rgb(255, 0, 0)";
            context.fillRect(model.get("col"), 5, 2, 3);
            canvas.dataset.drawn++;
        };
        model.on("change:col", draw);
        draw();
    } }'''
    col = traitlets.Int(4).tag(sync=True)
square = Square()
square
"""


@pytest.mark.one_kernel
def test_pixels_of_a_canvas_are_read_back(lab: Lab) -> None:
    page = lab.open([DRAWING])
    lab.run_all()
    canvas = page.locator("canvas[data-drawn]")
    pixels = canvas_pixels(canvas)
    assert pixels.shape == (20, 30, 4)
    assert {tuple(position) for position in zip(*pixels[..., 0].nonzero(), strict=True)} == {
        (row, col) for row in (5, 6, 7) for col in (4, 5)
    }
    assert drawn(canvas) == 1
    before = canvas_digest(canvas)
    lab.execute("square.col = 9")
    wait_until_changed(page, lambda: canvas_digest(canvas), before)
    assert wait_until_still(page, lambda: drawn(canvas)) == 2
    assert canvas_pixels(canvas)[6, 9].tolist() == [255, 0, 0, 255]


@pytest.mark.one_kernel
def test_a_cell_that_raises_is_reported(lab: Lab) -> None:
    lab.open(["x = 1", "1 / (x - 1)", "x = 2"])
    with pytest.raises(KernelError, match=r"(?s)cell 1.*ZeroDivisionError"):
        lab.run_all()
    assert lab.python("x") == 1, "the cells after it did not run"
    with pytest.raises(KernelError, match="NameError"):
        lab.python("no_such_name")
    with pytest.raises(KernelError, match="ZeroDivisionError"):
        lab.execute("1 / 0")


@pytest.mark.one_kernel
def test_an_error_in_a_callback_is_reported(lab: Lab) -> None:
    page = lab.open([SLIDER, "steps.observe(lambda change: 1 / 0, 'value')"])
    lab.run_all()
    press(slider(page, "Steps"), "ArrowRight")
    found: list[str] = []
    wait_until(page, lambda: found.extend(lab.problems()) or found, "a report of the callback's error")
    assert "ZeroDivisionError" in "".join(found)


@pytest.mark.one_kernel
def test_an_error_in_the_page_is_reported(lab: Lab, lab_server: LabServer) -> None:
    page = lab.open(["print('hello')"])
    page.evaluate("console.error('first trouble')")
    page.evaluate("setTimeout(() => { throw new Error('second trouble') })")
    page.evaluate("url => { fetch(url) }", f"{lab_server.url}no/third-trouble")
    found: list[str] = []
    for trouble in ("console: first trouble", "second trouble", "third-trouble: HTTP 404"):
        wait_until(page, lambda t=trouble: found.extend(lab.problems()) or t in "\n".join(found), trouble)
    assert lab.problems() == [], "what was reported is known then"


@pytest.mark.one_kernel
def test_an_error_in_a_thread_is_reported(lab: Lab) -> None:
    page = lab.open(["import threading"])
    lab.run_all()
    lab.execute("threading.Thread(target=lambda: 1 / 0).start()")
    found: list[str] = []
    wait_until(page, lambda: found.extend(lab.problems()) or found, "a report of the thread's error")
    assert "ZeroDivisionError" in "".join(found)


@pytest.mark.one_kernel
def test_an_error_in_the_server_is_reported(lab: Lab) -> None:
    page = lab.open(["1"])
    page.evaluate("() => { jupyterapp.serviceManager.kernels.startNew({ name: 'nobody' }).catch(() => {}) }")
    found: list[str] = []
    for trouble in ("HTTP 500", "ServerApp] 500 POST"):  # the last line that the server logs of it
        wait_until(page, lambda t=trouble: found.extend(lab.problems()) or t in "\n".join(found), trouble)
    assert "nobody" in "\n".join(found)


@pytest.mark.one_kernel
def test_two_themes_and_a_phone(lab: Lab) -> None:
    page = lab.open(["print('one')", SLIDER, "print('three')"], size="phone")
    lab.run_all()
    light = page.locator("body").evaluate("body => getComputedStyle(body).getPropertyValue('--jp-layout-color0')")
    lab.theme("dark")
    dark = page.locator("body").evaluate("body => getComputedStyle(body).getPropertyValue('--jp-layout-color0')")
    assert light != dark
    handle = slider(page, "Steps")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    assert 0 <= box["x"] <= 390, "the slider is within a phone's width"
    assert lab.screenshot("harness-phone-dark").stat().st_size > 5000


def kernels(server: LabServer) -> set[str]:
    return {kernel["id"] for kernel in server.api("kernels")}


def test_a_kernel_ends_with_its_notebook(browser: BrowserContext, lab_server: LabServer) -> None:
    before = kernels(lab_server)  # that of the tests which share one may be there
    lab = Lab(browser, lab_server)
    lab.open(["x = 1"])
    assert len(kernels(lab_server) - before) == 1
    assert lab.close() == []
    assert kernels(lab_server) == before


#: what a test may leave behind
LEFT = """
import os
import ipywidgets
import matplotlib.pyplot as plt
plt.rcParams["font.size"] = 31
plt.switch_backend("agg")
figure = plt.figure()
os.environ["LATTICE_WIDGETS_LANGUAGE"] = "de"
os.environ["LATTICE_WIDGETS_OWN"] = "1"
os.chdir("/")
ipywidgets.VBox([ipywidgets.IntSlider(description="Nameless")])
"""
FOUND = """[sorted(name for name in globals() if not name.startswith("_")), len(In),
    list(__import__("ipywidgets").widgets.widget._instances), __import__("matplotlib.pyplot").pyplot.get_fignums(),
    __import__("matplotlib").get_backend(), __import__("matplotlib").rcParams["font.size"] == 31,
    {name: value for name, value in __import__("os").environ.items() if name.startswith("LATTICE_WIDGETS_")},
    __import__("os").getcwd()]"""
SEEN = """() => { const { content } = jupyterapp.shell.currentWidget;
    return [innerWidth, document.body.dataset.jpThemeName, matchMedia("(prefers-reduced-motion: reduce)").matches,
        content.notebookConfig.windowingMode, content.activeCellIndex, content.mode, !!document.fullscreenElement,
        document.querySelector(".jp-WindowedPanel-outer").scrollTop, sessionStorage.getItem("lattice-widgets left"),
        document.querySelectorAll(".jp-OutputArea-output").length,
        Array.from(content.model.cells, cell => [cell.sharedModel.getSource(), cell.executionCount])] }"""
LEAVE = """async () => { const { content } = jupyterapp.shell.currentWidget;
    sessionStorage.setItem("lattice-widgets left", "1");
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" };
    content.activeCellIndex = 3; content.mode = "edit";
    await document.querySelector(".jp-Notebook").requestFullscreen() }"""


@pytest.fixture
def keeping_lab(browser: BrowserContext, lab_server: LabServer) -> Iterator[Lab]:
    lab = Lab(browser, lab_server, keeps_kernel=True)
    yield lab
    lab.end()


def test_what_is_kept_is_as_good_as_new(keeping_lab: Lab, lab_server: LabServer) -> None:
    lab, before = keeping_lab, kernels(lab_server)
    cells = ["x = 1", "print('two')"]
    page = lab.open(cells)
    new = lab.python(FOUND), page.evaluate(SEEN)
    kernel = kernels(lab_server) - before
    assert lab.close() == []
    assert kernels(lab_server) == before | kernel, "it was not kept"

    assert lab.open([LEFT, *["print('much\\n' * 40)"] * 20]) is page, "another page"
    lab.run_all()
    page.get_by_text("Nameless", exact=True).wait_for()
    lab.resize("phone")
    lab.theme("dark")
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(LEAVE)
    scrolled = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop += 50"
    wait_until(page, lambda: page.evaluate(scrolled) > 300, "a page that is scrolled")
    left = lab.python(FOUND), page.evaluate(SEEN)
    for one, other in zip([*left[0], *left[1]], [*new[0], *new[1]], strict=True):
        assert one != other, "this would say nothing of what is put back"
    assert lab.close() == []
    assert lab.open(cells) is page
    assert (lab.python(FOUND), page.evaluate(SEEN)) == new
    lab.run_all()
    assert lab.python("x") == 1

    # what a test left that failed, and a page that is no more, is for nobody
    assert lab.close(failed=True) == []
    assert kernels(lab_server) == before
    page = lab.open(cells)
    assert (lab.python(FOUND), page.evaluate(SEEN)) == new
    with pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")
    assert "the kernel did not shut down" in "".join(lab.close())
    assert kernels(lab_server) == before


def test_a_browser_that_does_not_start_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no-browser"))
    with pytest.raises(FileNotFoundError, match=r"no-browser is not a browser that starts"):
        find_chromium()
