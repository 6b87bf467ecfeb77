"""What a hand does with a widget, and what an eye sees of it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Locator, Page

from tests.patience import PATIENCE, slowdown

Value = TypeVar("Value")


def slider(page: Page | Locator, label: str) -> Locator:
    """Give the handle of the ipywidgets slider whose label is exactly this: drag it, or focus it and press keys."""
    return page.locator(f'.widget-slider:has(label:text-is("{label}")) .noUi-handle')


def drag(handle: Locator, right: float, down: float = 0, *, steps: int = 20, seconds: float = 0) -> None:
    """Press the mouse on the middle of an element, move it by (right, down) CSS pixels in so many steps, release."""
    page = handle.page
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box, "the element is not visible"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(x + right * step / steps, y + down * step / steps)
        if seconds:
            page.wait_for_timeout(1000 * seconds / steps)
    page.mouse.up()


def drag_slider(page: Page | Locator, label: str, to: float, *, steps: int = 20, seconds: float = 0) -> None:
    """Drag a horizontal ipywidgets slider to a fraction of its track: 0 is its left end, 1 its right end."""
    handle = slider(page, label)
    handle.scroll_into_view_if_needed()
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-base')]").bounding_box()
    box = handle.bounding_box()
    assert track, f"the slider {label!r} is not visible"
    assert box, f"the slider {label!r} has no visible handle"
    drag(handle, track["x"] + to * track["width"] - (box["x"] + box["width"] / 2), steps=steps, seconds=seconds)


def press(element: Locator, key: str, times: int = 1) -> None:
    """Give an element the focus and press a key, such as "ArrowRight"."""
    element.focus()
    for _ in range(times):
        element.page.keyboard.press(key)


def canvas_pixels(canvas: Locator) -> npt.NDArray[np.uint8]:
    """Read back what a 2D canvas shows: (rows, cols, 4) uint8, red, green, blue and opacity."""
    rows, cols, data = canvas.evaluate("""canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const parts = [];
        for (let i = 0; i < data.length; i += 32768) parts.push(String.fromCharCode(...data.subarray(i, i + 32768)));
        return [canvas.height, canvas.width, btoa(parts.join(""))];
    }""")
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(rows, cols, 4)


def canvas_digest(canvas: Locator) -> str:
    """Give a short text that is another one when a 2D canvas shows something else."""
    # in the page: pixels that travel cost a hundred times as much, and tests ask for this again and again
    return canvas.evaluate("""canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const words = new Uint32Array(data.buffer);
        let [one, other] = [2166136261, 0];
        for (let i = 0; i < words.length; i++) {
            one = Math.imul(one ^ words[i], 16777619);
            other = (Math.imul(other, 31) + words[i]) | 0;
        }
        return [canvas.width, canvas.height, one >>> 0, other >>> 0].join(" ");
    }""")


def drawn(view: Locator) -> int:
    """Give how often a view has drawn, from the counter that it keeps in its attribute ``data-drawn``."""
    count = view.get_attribute("data-drawn")
    assert count is not None, "the view keeps no counter data-drawn"
    return int(count)


def _looking(page: Page, what: str) -> Iterator[None]:
    """Yield at once, and then ever more seldom: to look is work too, in the page and in the kernel, which have other work."""
    start = time.monotonic()
    while (passed := time.monotonic() - start) < PATIENCE:
        yield
        # not sleep(): the browser's messages must come in meanwhile
        page.wait_for_timeout(1000 * min(max(passed / 10, 0.02), 0.2))
    raise AssertionError(f"{what}: not within {PATIENCE:.0f} s")


def wait_until_changed(page: Page, read: Callable[[], Value], before: Value) -> Value:
    """Wait until `read` gives something else than `before`, and give it."""
    return next(value for _ in _looking(page, f"another than {before!r}") if (value := read()) != before)


def wait_until(page: Page, condition: Callable[[], object], what: str) -> None:
    """Wait until the condition holds; fail, saying that `what` did not come, when it never does."""
    next(None for _ in _looking(page, what) if condition())


# the page has drawn, and has nothing else to do: what a busy machine had put off is done
_RESTED = """() => new Promise(done =>
    requestAnimationFrame(() => requestIdleCallback(done, { timeout: 2000 })))"""


def wait_until_still(page: Page, read: Callable[[], Value], quiet: float = 0.5) -> Value:
    """Wait until `read` has given the same for `quiet` seconds, twice as long on a busy machine, and give it.

    It is asked ten times in between, each time after the page has drawn, and at last when the page rests: a page that is
    slow is waited for.
    """
    deadline = time.monotonic() + PATIENCE
    value, since, asked = read(), time.monotonic(), 0
    while True:
        enough = time.monotonic() - since >= quiet * min(slowdown(), 2) and asked >= 10
        assert time.monotonic() < deadline, f"still changing after {PATIENCE:.0f} s: {value!r}"
        page.wait_for_timeout(1000 * quiet / 10)
        page.evaluate(_RESTED if enough else "() => new Promise(requestAnimationFrame)")
        asked += 1
        if (newer := read()) != value:
            value, since, asked = newer, time.monotonic(), 0
        elif enough:
            return value


# as `wait_until_still`, but for what the page itself can look at: nothing goes to and fro, and its clock is the one by which
# it puts things off; a frame takes 16 ms
_STILL = """async (part, [look, quiet, patience]) => {
    const read = (0, eval)(look), end = performance.now() + patience;
    let value = read(part), since = performance.now(), asked = 0;
    while (performance.now() < end) {
        const enough = performance.now() - since >= quiet && asked >= 10;
        if (quiet > 160) await new Promise(done => setTimeout(done, quiet / 10 - 16));
        await new Promise(done => requestAnimationFrame(() => enough ? requestIdleCallback(done, { timeout: 2000 }) : done()));
        asked++;
        const newer = read(part);
        if (newer !== value) [value, since, asked] = [newer, performance.now(), 0];
        else if (enough) return [true, value] }
    return [false, value] }"""
#: bqplot puts off for 300 ms to draw a chart anew
_PUT_OFF = 0.4


def wait_until_looks_still(where: Page | Locator, look: str, quiet: float = _PUT_OFF) -> str | float:
    """Wait until a function of JavaScript has given the same text or number for so many seconds, and give it.

    It is called with the element, each time after the page has drawn, ten times at least, and at last when the page rests.
    """
    page, part = (where, where.locator("body")) if isinstance(where, Page) else (where.page, where)
    still, value = part.evaluate(_STILL, [look, 1000 * quiet, 1000 * PATIENCE])
    assert still, f"still changing on {page.url} after {PATIENCE:.0f} s: {value!r}"
    return value


_LAYOUT = """() => Array.from(document.querySelectorAll(".lattice-widgets, .lattice-widgets *"), part => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return [x, y, width, height].map(Math.round).join() }).join(" ")"""


def wait_until_laid_out(page: Page, quiet: float = _PUT_OFF) -> None:
    """Wait until no part of a widget on the page has moved or changed its size for so many seconds.

    Where the page changed its size, that is long enough for the charts too.
    """
    wait_until_looks_still(page, _LAYOUT, quiet)
