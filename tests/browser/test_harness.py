"""The harness itself: it moves real widgets, and what goes wrong does not escape it."""

import pytest
from playwright.sync_api import BrowserContext

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


def test_a_cell_that_raises_is_reported(lab: Lab) -> None:
    lab.open(["x = 1", "1 / (x - 1)", "x = 2"])
    with pytest.raises(KernelError, match=r"(?s)cell 1.*ZeroDivisionError"):
        lab.run_all()
    assert lab.python("x") == 1, "the cells after it did not run"
    with pytest.raises(KernelError, match="NameError"):
        lab.python("no_such_name")
    with pytest.raises(KernelError, match="ZeroDivisionError"):
        lab.execute("1 / 0")


def test_an_error_in_a_callback_is_reported(lab: Lab) -> None:
    page = lab.open([SLIDER, "steps.observe(lambda change: 1 / 0, 'value')"])
    lab.run_all()
    press(slider(page, "Steps"), "ArrowRight")
    found: list[str] = []
    wait_until(page, lambda: found.extend(lab.problems()) or found, "a report of the callback's error")
    assert "ZeroDivisionError" in "".join(found)


def test_an_error_in_the_page_is_reported(lab: Lab, lab_server: LabServer) -> None:
    page = lab.open(["print('hello')"])
    page.evaluate("console.error('first trouble')")
    page.evaluate("setTimeout(() => { throw new Error('second trouble') })")
    page.evaluate("url => { fetch(url) }", f"{lab_server.url}no/third-trouble")
    found: list[str] = []
    for trouble in ("console: first trouble", "second trouble", "third-trouble: HTTP 404"):
        wait_until(page, lambda t=trouble: found.extend(lab.problems()) or t in "\n".join(found), trouble)
    assert lab.problems() == [], "what was reported is known then"


def test_an_error_in_a_thread_is_reported(lab: Lab) -> None:
    page = lab.open(["import threading"])
    lab.run_all()
    lab.execute("threading.Thread(target=lambda: 1 / 0).start()")
    found: list[str] = []
    wait_until(page, lambda: found.extend(lab.problems()) or found, "a report of the thread's error")
    assert "ZeroDivisionError" in "".join(found)


def test_an_error_in_the_server_is_reported(lab: Lab) -> None:
    page = lab.open(["1"])
    page.evaluate("() => { jupyterapp.serviceManager.kernels.startNew({ name: 'nobody' }).catch(() => {}) }")
    found: list[str] = []
    for trouble in ("HTTP 500", "ServerApp] 500 POST"):  # the last line that the server logs of it
        wait_until(page, lambda t=trouble: found.extend(lab.problems()) or t in "\n".join(found), trouble)
    assert "nobody" in "\n".join(found)


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


def test_a_kernel_ends_with_its_notebook(browser: BrowserContext, lab_server: LabServer) -> None:
    lab = Lab(browser, lab_server)
    lab.open(["x = 1"])
    assert len(lab_server.api("kernels")) == 1
    assert lab.close() == []
    assert lab_server.api("kernels") == []


def test_a_browser_that_does_not_start_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "no-browser"))
    with pytest.raises(FileNotFoundError, match=r"no-browser is not a browser that starts"):
        find_chromium()
