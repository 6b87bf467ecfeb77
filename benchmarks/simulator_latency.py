"""From a slider's DOM event to changed pixels, in a real JupyterLab and a real Chromium.

Prints the median and the 95 % of the time until micrograph, spectrum and bars have all changed, for single steps by
keyboard; and for a drag by mouse at 60 events a second the updates a second, and how long after the release the last one
comes. Goals: 80 ms, 150 ms, 10 a second, nothing left over.
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
from tests.browser.gestures import slider, wait_until  # noqa: E402
from tests.browser.lab import Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

STEPS = 60
CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="graphene")
simulator
"""
RECORDER = """
() => {
    const record = window.record = { start: 0, times: {}, updates: [] };
    addEventListener("keydown", () => { record.start = performance.now(); record.times = {}; }, true);
    const note = name => {
        const now = performance.now();
        record.times[name] ??= now - record.start;
        record.updates.push([name, now]);
    };
    document.querySelectorAll("canvas.lw-pixels").forEach((canvas, number) =>
        new MutationObserver(() => note(number ? "spectrum" : "picture"))
            .observe(canvas, { attributes: true, attributeFilter: ["data-drawn"] }));
    new MutationObserver(() => note("bars"))
        .observe(document.querySelector(".lw-probability-bars"), { attributes: true, subtree: true,
            attributeFilter: ["width", "transform", "x"] });
}
"""


def measure_steps(page: Page) -> list[float]:
    """Return the milliseconds from each key press to the last of the three changes."""
    handle = slider(page, "γ [°]")
    handle.focus()
    times = []
    for number in range(STEPS + 5):
        handle.press("ArrowLeft" if number % 40 < 20 else "ArrowRight")
        page.wait_for_function("Object.keys(record.times).length == 3", timeout=5000)
        if number >= 5:  # warmed up
            times.append(max(page.evaluate("record.times").values()))
        page.wait_for_timeout(120)
    return times


def measure_drag(page: Page, seconds: float = 4.0) -> tuple[float, float]:
    """Return the updates a second while dragging, and the milliseconds from release to the last change."""
    box = slider(page, "rotation [°]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("record.updates = []")
    start = time.monotonic()
    step = 0
    while time.monotonic() - start < seconds:
        step += 1
        page.mouse.move(x + 50 * ((step / 60) % 1), y)
        time.sleep(max(0.0, start + step / 60 - time.monotonic()))
    took = time.monotonic() - start
    during = page.evaluate("record.updates.filter(([name]) => name == 'spectrum').length")
    page.mouse.up()
    released = page.evaluate("performance.now()")
    page.wait_for_timeout(2000)
    last = page.evaluate("record.updates.at(-1)[1]")
    return during / took, last - released


def main() -> None:
    program = find_chromium()
    if program is None:
        raise SystemExit("No Chromium: see 'make test'.")
    with (
        tempfile.TemporaryDirectory() as name,
        LabServer(Path(name) / "lab") as server,
        sync_playwright() as playwright,
    ):
        lab = Lab(launch(playwright, program, Path(name) / "chromium"), server)
        page = lab.open([CELL])
        lab.run_all()
        wait_until(page, lambda: lab.python("len(simulator.probabilities)") == 6, "the network")
        page.wait_for_timeout(3000)
        page.evaluate(RECORDER)
        times = measure_steps(page)
        rate, after = measure_drag(page)
        lab.close()
    ordered = sorted(times)
    print(f"slider step to picture, spectrum and bars: median {statistics.median(times):.0f} ms (goal 80), "
          f"95 % {ordered[int(0.95 * len(ordered))]:.0f} ms (goal 150), of {len(times)}")  # fmt: skip
    print(f"dragging: {rate:.1f} updates a second (goal 10); last change {after:.0f} ms after the release")


if __name__ == "__main__":
    main()
