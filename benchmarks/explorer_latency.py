"""From a moving mouse to the changed Fourier transform of a dragged window, in a real JupyterLab and a real Chromium.

Prints, for pictures of several sizes, the median and the 95 % of the time from a single move of the mouse to the changed
transform; and for a drag at 60 moves a second the updates a second, and how long after the release the last one comes.
Goals: 50 ms, 100 ms, 15 a second.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find_chromium, launch  # noqa: E402
from tests.browser.gestures import wait_until  # noqa: E402
from tests.browser.lab import Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

STEPS = 60
#: rows and columns of the picture, side of the window [px]
CASES = ((512, 640, 256), (4096, 4096, 256), (4096, 4096, 2048))
CELL = """
import numpy as np
import lattice_widgets as lw
rows, cols = np.ogrid[:{rows}, :{cols}]
picture = np.cos(2 * np.pi * (rows / 14 + cols / 21)) + np.cos(2 * np.pi * (cols / 12 - rows / 33))
picture = (picture + np.random.default_rng(0).normal(size=picture.shape)).astype(np.float32)
explorer = lw.FFTExplorer(picture, window=({row}, {col}, {side}, {side}))
explorer
"""
RECORDER = """
() => {
    const record = window.record = { start: 0, took: null, updates: [] };
    addEventListener("pointermove", () => { record.start = performance.now(); record.took = null; }, true);
    new MutationObserver(() => {
        record.took ??= performance.now() - record.start;
        record.updates.push(performance.now());
    }).observe(document.querySelectorAll("canvas.lw-pixels")[1], { attributes: true, attributeFilter: ["data-drawn"] });
}
"""


def measure(page: Page, seconds: float = 4.0) -> tuple[list[float], float, float]:
    """Return the milliseconds of single moves, the updates a second of a drag, and the milliseconds it lags behind."""
    box = page.locator(".lw-window").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    times = []
    for number in range(STEPS + 5):
        page.mouse.move(x + 4 * (number % 10 + 1), y + 3 * (number % 7))
        page.wait_for_function("record.took !== null", timeout=10_000, polling=10)
        if number >= 5:  # warmed up
            times.append(page.evaluate("record.took"))
        page.wait_for_timeout(250)
    page.evaluate("record.updates = []")
    start = time.monotonic()
    step = 0
    while time.monotonic() - start < seconds:
        step += 1
        page.mouse.move(x + 60 * ((step / 90) % 1), y + 20 * ((step / 50) % 1))
        time.sleep(max(0.0, start + step / 60 - time.monotonic()))
    took = time.monotonic() - start
    rate = page.evaluate("record.updates.length") / took
    page.mouse.up()
    released = page.evaluate("performance.now()")
    page.wait_for_timeout(3000)
    return times, rate, page.evaluate("record.updates.at(-1)") - released


def main() -> None:
    program = find_chromium()
    if program is None:
        raise SystemExit("No Chromium: see 'make test'.")
    with (
        tempfile.TemporaryDirectory() as name,
        LabServer(Path(name) / "lab") as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, program, Path(name) / "chromium")
        for rows, cols, side in CASES:
            lab = Lab(browser, server)
            cell = CELL.format(rows=rows, cols=cols, side=side, row=(rows - side) // 2, col=(cols - side) // 2)
            page = lab.open([cell])
            lab.run_all()
            wait_until(page, lambda lab=lab: lab.python("len(explorer.probabilities)") == 6, "the network")
            page.wait_for_timeout(3000)
            page.evaluate(RECORDER)
            times, rate, after = measure(page)
            lab.close()
            ordered = sorted(times)
            print(f"{rows} x {cols} px, window {side} px: move to changed transform, "
                  f"median {statistics.median(times):.0f} ms (goal 50), "
                  f"95 % {ordered[int(0.95 * len(ordered))]:.0f} ms (goal 100); dragging {rate:.1f} updates a second "
                  f"(goal 15), the last {after:.0f} ms after the release", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
