"""A movie of 100 frames of 512 x 512 px in a real JupyterLab and a real Chromium: scrubbing and playing.

Prints the median and the 95 % of the time from moving the slider to the drawn frame, and the frames a second that are drawn
while the movie plays at 60 a second, with overlay and hole outlines, the kernel idle and busy with something else.
Goals: 20 ms, 60 frames a second.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find_chromium, launch  # noqa: E402
from tests.browser.gestures import wait_until  # noqa: E402
from tests.browser.lab import Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

STEPS = 100
CELL = """
import lattice_widgets as lw
movie = lw.simulate_beam_damage(100, frame_interval=2.0)
scrubber = lw.MovieScrubber(movie, analysis=lw.analyze_movie(movie, step=64, n_passes=0))
scrubber
"""
# what is drawn is known when the canvas says so, and on the screen with the animation frame after it
SCRUB = """
async (steps) => {
    const [slider, canvas] = [".lw-scrub", ".lw-movie canvas.lw-pixels"].map((name) => document.querySelector(name));
    const times = [];
    for (let step = 0; step < steps; step++) {
        const wanted = (37 * (step + 1)) % 100;
        const drawn = new Promise((resolve) => {
            const watch = new MutationObserver(() => {
                if (Number(canvas.dataset.frame) !== wanted) return;
                watch.disconnect();
                resolve(performance.now());
            });
            watch.observe(canvas, { attributes: true, attributeFilter: ["data-frame"] });
        });
        const start = performance.now();
        slider.value = wanted;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        times.push((await drawn) - start);
        await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return times;
}
"""
PLAY = """
async (seconds) => {
    const canvas = document.querySelector(".lw-movie canvas.lw-pixels");
    let drawn = 0, screens = 0, run = true;
    const watch = new MutationObserver(() => drawn++);
    watch.observe(canvas, { attributes: true, attributeFilter: ["data-frame"] });
    (function count() { screens++; if (run) requestAnimationFrame(count); })();
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    run = false;
    watch.disconnect();
    return [drawn / seconds, screens / seconds];
}
"""


def measure(page: Page, lab: Lab) -> None:
    root = page.locator(".lw-movie")
    wait_until(page, lambda: root.get_attribute("data-overlays") == "100", "the analysis in the browser")
    page.evaluate(SCRUB, 20)
    times = page.evaluate(SCRUB, STEPS)
    print(
        f"scrubbing: median {statistics.median(times):.1f} ms, 95 % {sorted(times)[int(0.95 * STEPS)]:.1f} ms (goal 20)"
    )
    page.locator("select[title='Frames in a second']").select_option("60")
    page.locator(".lw-movie-stage").focus()
    for what, busy in (("idle", False), ("busy", True)):
        if busy:
            page.evaluate("""() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
                { code: "import time; time.sleep(8)" }) }""")
        page.keyboard.press(" ")
        page.wait_for_timeout(1000)
        drawn, screens = page.evaluate(PLAY, 4)
        page.keyboard.press(" ")
        print(
            f"playing at 60 a second, kernel {what}: {drawn:.1f} frames a second drawn (goal 60); the browser paints "
            f"{screens:.1f} times a second"
        )
        page.wait_for_timeout(500)
    page.wait_for_timeout(5000)  # a kernel that sleeps cannot be shut down in peace


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
        measure(page, lab)
        problems = lab.close()
        assert not problems, problems


if __name__ == "__main__":
    main()
