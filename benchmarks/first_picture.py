"""From *Run All* in a real JupyterLab to the first picture and to the first name, for the start page and each lesson.

Each notebook is opened with a kernel that has just started, at 1366 x 768, and all cells are run. Goals on two quiet cores: the
first picture within 3 s, the first name of a lattice within 5 s; of a movie and of a map of strain no name is said.

    python benchmarks/first_picture.py              # the start page and all lessons
    python benchmarks/first_picture.py 10 15        # some of them
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import find_chromium, launch  # noqa: E402
from tests.browser.lab import Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

GOALS = (3.0, 5.0)
_TYPES = "hexagonal|square|rectangular|oblique|no lattice|noise"
#: a canvas that shows something, not one that says what it waits for; words of a widget that name a lattice or the lack of one
WATCH = f"""() => {{
    window.seen = {{ began: performance.now(), picture: null, name: null }};
    const small = Object.assign(document.createElement("canvas"), {{ width: 24, height: 24 }}).getContext(
        "2d", {{ willReadFrequently: true }});
    const shows = canvas => {{
        if (canvas.width < 50 || canvas.dataset.drawn === "0") return false;
        small.clearRect(0, 0, 24, 24);
        small.drawImage(canvas, 0, 0, 24, 24);
        return new Set(small.getImageData(0, 0, 24, 24).data.filter((_, n) => n % 4 === 1)).size > 8;
    }};
    const look = () => {{
        const widgets = [...document.querySelectorAll(".lattice-widgets")];
        const drawn = window.seen.picture !== null || widgets.some(each => [...each.querySelectorAll("canvas")].some(shows));
        if (drawn) window.seen.picture ??= (performance.now() - window.seen.began) / 1000;
        const said = widgets.flatMap(each => [...each.querySelectorAll(".lattice-widgets-live")]).map(each => each.innerText);
        if (said.some(text => /{_TYPES}/.test(text))) window.seen.name ??= (performance.now() - window.seen.began) / 1000;
        // ten times a second: looking at pixels is work, too
        if (window.seen.name === null || window.seen.picture === null) setTimeout(look, 100);
    }};
    look();
}}"""


def measure(lab: Lab, notebook: Path) -> tuple[float | None, float | None]:
    """Return the seconds to the first picture and to the first name; None if there is none within 30 s."""
    page = lab.open(notebook)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.evaluate(WATCH)
    lab.start_all()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        seen = page.evaluate("window.seen")
        if seen["picture"] is not None and seen["name"] is not None:
            break
        page.wait_for_timeout(100)
    lab.finish_all()
    lab.end()
    return seen["picture"], seen["name"]


def main() -> None:
    """Measure, and print a line a notebook."""
    chosen = tuple(sys.argv[1:]) or ("00", "1")
    names = sorted(path for path in (ROOT / "notebooks").glob("*.ipynb") if path.name.startswith(chosen))
    program = find_chromium()
    if program is None:
        sys.exit("Needs a Chromium: see tests/browser/chromium.py.")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; goals {GOALS[0]:.0f} s and {GOALS[1]:.0f} s")
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "lab") as server,
        sync_playwright() as driver,
    ):
        browser = launch(driver, program, Path(folder) / "profile")
        lab = Lab(browser, server)
        for number, path in enumerate([names[0], *names]):
            times = measure(lab, path.relative_to(ROOT))
            if number:  # the first time JupyterLab itself is being loaded
                told = ["  none" if each is None else f"{each:5.1f} s" for each in times]
                missed = times[0] is None or any(
                    each is not None and each > goal for each, goal in zip(times, GOALS, strict=True)
                )
                print(f"{path.stem:34} picture {told[0]}, name {told[1]}{'  missed' if missed else ''}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
