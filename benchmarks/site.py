"""The site without a server, in a real Chromium: how large it is, how long a first visit takes, how fast it answers.

It is made with a Pyodide of its own, as `make site-test` does, which needs the environment of `make site`; without that
nothing is measured. Goals on two idle cores: 90 MB; 45 s from the first visit to a slider that moves a picture; slider to
pixels 250 ms and to bars 500 ms; the fit of a window 1 s; 100 moves of a slider, and nothing left over.

A folder on the command line is a site that is there already.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(Path(__file__).parent)]
VARIABLE, PYTHON = "LATTICE_WIDGETS_SITE_PYTHON", ROOT / "build" / "site-environment" / "bin" / "python"
if PYTHON.exists():
    os.environ.setdefault(VARIABLE, str(PYTHON))

import make_site  # noqa: E402
from simulator_latency import RECORDER  # noqa: E402

from tests.browser.chromium import find_chromium, launch  # noqa: E402
from tests.browser.gestures import slider, wait_until  # noqa: E402
from tests.site.lite import Lite  # noqa: E402
from tests.site.own_pyodide import fetch_pyodide  # noqa: E402

STEPS, MOVES = 40, 100
#: a window of the sample, fitted five times
FIT = """
import json, time
values = lw.load_sample("simulated_srtio3_stem").values
lw.fit_lattice(values[:{size}, :{size}])
times = []
for _ in range(5):
    begun = time.perf_counter()
    lw.fit_lattice(values[:{size}, :{size}])
    times.append(time.perf_counter() - begun)
print(json.dumps(sorted(times)[2]))
"""
#: the longest time in which the page drew nothing
WATCH = """() => { window.gap = 0; let last = performance.now();
    const draw = now => { window.gap = Math.max(window.gap, now - last); last = now; requestAnimationFrame(draw) };
    requestAnimationFrame(draw) }"""


def sizes(folder: Path) -> str:
    """Return how large the site is and what it consists of."""
    size = dict.fromkeys(("static/pyodide", "pypi", ""), 0)
    for path in folder.rglob("*"):
        if path.is_file():
            place = path.relative_to(folder).as_posix()
            size[next(start for start in size if place.startswith(start))] += path.stat().st_size
    pyodide, wheels, rest = (part / 1e6 for part in size.values())
    return (
        f"site: {pyodide + wheels + rest:.0f} MB (goal 90): {pyodide:.0f} of Pyodide and its packages, {wheels:.0f} of wheels, "
        f"{rest:.0f} of JupyterLite; without a Pyodide of its own {wheels + rest:.0f} MB"
    )


def first_visit(browser: BrowserContext, site: str) -> Lite:
    """Print how long a first visit takes until a slider moves a picture, and what that consists of."""
    begun, lite = time.monotonic(), Lite(browser, site)
    page = lite.open("00_start.ipynb")
    opened = time.monotonic() - begun
    page.evaluate("""() => { const { content, sessionContext } = jupyterapp.shell.currentWidget;
        const first = content.widgets.findIndex(cell => cell.model.type === "code");
        content.activeCellIndex = first;
        sessionContext.session.kernel.info.then(() => { window.python = true;
            jupyterapp.commands.execute("notebook:run-cell").then(() => { window.packages = true }) }) }""")
    page.wait_for_function("() => window.python", polling=50)
    python = time.monotonic() - begun
    page.wait_for_function("() => window.packages", polling=50)
    packages = time.monotonic() - begun
    page.evaluate("""() => { const { content } = jupyterapp.shell.currentWidget;
        const codes = content.widgets.flatMap((cell, number) => cell.model.type === "code" ? [number] : []);
        content.activeCellIndex = codes[1];
        jupyterapp.commands.execute("notebook:run-cell").then(() => { window.ran = true }) }""")
    picture = page.locator("canvas.lw-pixels").first
    wait_until(page, lambda: picture.count() and picture.get_attribute("data-drawn") != "0", "a picture")
    shown = time.monotonic() - begun
    page.wait_for_function("() => window.ran", polling=50)  # then JupyterLab takes the focus
    handle = slider(page, "γ [°]")
    handle.focus()
    before = picture.get_attribute("data-drawn")
    handle.press("ArrowLeft")
    wait_until(page, lambda: picture.get_attribute("data-drawn") != before, "the picture that a slider makes")
    moved = time.monotonic() - begun
    print(f"first visit to a moving slider: {moved:.1f} s (goal 45): JupyterLite {opened:.1f} s, "
          f"Python {python - opened:.1f} s, packages {packages - python:.1f} s, first widget with its picture "
          f"{shown - packages:.1f} s, the slider {moved - shown:.1f} s")  # fmt: skip
    return lite


def steps(page: Page) -> None:
    """Print the times from keys on a slider to the changed picture and the changed bars."""
    page.evaluate(RECORDER)
    handle = slider(page, "γ [°]")
    handle.focus()
    pixels, bars = [], []
    for number in range(STEPS + 5):
        handle.press("ArrowLeft" if number % 40 < 20 else "ArrowRight")
        page.wait_for_function("record.times.picture && record.times.spectrum && record.times.bars", polling=10)
        if number >= 5:  # warmed up
            times = page.evaluate("record.times")
            pixels.append(max(times["picture"], times["spectrum"]))
            bars.append(times["bars"])
        page.wait_for_timeout(150)
    for name, times, goal in (("pixels", pixels, 250), ("bars", bars, 500)):
        print(f"slider to {name}: median {statistics.median(times):.0f} ms, 95 % {sorted(times)[int(0.95 * STEPS)]:.0f} ms "
              f"(goal {goal}), of {STEPS}")  # fmt: skip


def moves(lite: Lite) -> None:
    """Print what 100 moves of a slider leave behind."""
    page = lite.page
    box = slider(page, "rotation [°]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("record.updates = []")
    page.evaluate(WATCH)
    for number in range(MOVES):
        page.mouse.move(x + 60 * (number % 25) / 25, y)
        page.wait_for_timeout(16)
    page.mouse.up()
    released = page.evaluate("performance.now()")
    lite.execute("await simulator.settled()")
    page.wait_for_timeout(2000)
    updates, last, gap = page.evaluate("[record.updates.length, record.updates.at(-1)[1], gap]")
    print(f"{MOVES} moves of a slider: {updates} pictures, spectra and bars, the last {last - released:.0f} ms after the "
          f"release; the page never stood still longer than {gap:.0f} ms")  # fmt: skip


def measure(folder: Path, work: Path) -> None:
    """Print what is measured of a site."""
    program = find_chromium()
    if program is None:
        raise SystemExit("No Chromium: see 'make test'.")
    print(sizes(folder))
    handler = partial(make_site.Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as driver:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = launch(driver, program, work / "chromium")
        lite = first_visit(browser, f"http://127.0.0.1:{server.server_port}")
        lite.execute("await simulator.settled()")
        steps(lite.page)
        moves(lite)
        for size in (128, 256):
            print(f"fit of a window of {size} x {size} px: {float(lite.execute(FIT.format(size=size))):.2f} s (goal 1)")
        browser.close()
        server.shutdown()


def main() -> None:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    if VARIABLE not in os.environ:
        print("The site is not measured: 'make site' makes the environment that it needs.")
        return
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        if len(sys.argv) > 1:
            measure(Path(sys.argv[1]), work)
            return
        (work / "fetched").mkdir()
        make_site.make(work / "site", fetch_pyodide(work / "fetched"))
        measure(work / "site", work)


if __name__ == "__main__":
    main()
