"""How quickly a map forms, takes new points, and is drawn: in Python, and in a real JupyterLab with a real Chromium.

Goals on two cores: 1000 points finished within 6 s with a state every 0.3 s at most, 625 windows placed within 2 s, 20,000
points drawn within 1 s and recolored within 0.2 s, and a hover that answers within a frame or two.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lattice_widgets.classifier.example_map import load_example_map  # noqa: E402
from lattice_widgets.core.embedding.tsne import embed_steps, warm_up  # noqa: E402
from tests.browser.chromium import find_chromium, launch  # noqa: E402
from tests.browser.lab import Lab  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

CELL = """
import numpy as np
from lattice_widgets.views.cloud.point_cloud import PointCloud
rng = np.random.default_rng(0)
classes = rng.integers(0, 6, 20_000)
points = rng.normal(0, 1, (20_000, 2)) + 3 * np.array([np.cos(classes), np.sin(classes)]).T
cloud = PointCloud(title="20,000 points")
cloud.show(points[:10], classes[:10])
cloud
"""
WATCH = """() => {
    window.record = { last: 0 };
    for (const canvas of document.querySelectorAll(".lw-cloud canvas"))
        new MutationObserver(() => { record.last = performance.now(); record.count = (record.count ?? 0) + 1 })
            .observe(canvas, { attributes: true, attributeFilter: ["data-drawn"] });
}"""


def in_python() -> None:
    warm_up()
    features = load_example_map("default").features
    start = last = time.perf_counter()
    gaps = []
    for embedding in embed_steps(features, 10, seed=1):  # noqa: B007
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
    print(
        f"1000 points: {last - start:.2f} s (goal 6), first state {gaps[0]:.3f} s, longest gap {max(gaps):.3f} s (goal 0.3)"
    )
    embedding.place(features[:1])
    start = time.perf_counter()
    embedding.place(features[:625] + 0.01)
    print(f"625 windows placed: {time.perf_counter() - start:.2f} s (goal 2)")
    many = np.repeat(features, 20, axis=0) + np.random.default_rng(0).normal(0, 0.02, (20_000, features.shape[1]))
    start = last = time.perf_counter()
    gaps = []
    for number, _ in enumerate(embed_steps(many, 10, seed=1)):
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
        if number == 30:
            break
    print(
        f"20,000 points: neighbors found after {gaps[1]:.1f} s, then a state every {statistics.median(gaps[2:]):.2f} s"
    )


def in_the_browser() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "lab") as server,
        sync_playwright() as playwright,
    ):
        lab = Lab(launch(playwright, find_chromium(), Path(folder) / "chromium"), server)
        page = lab.open([CELL])
        lab.run_all()
        page.wait_for_selector(".lw-cloud-stage")
        page.evaluate(WATCH)
        for what, statement, goal in (
            ("drawn", "cloud.show(points, classes)", 1.0),
            ("recolored", "cloud.color_by('x', points[:, 0])", 0.2),
            ("moved", "cloud.move(points * 1.1)", 0.2),
        ):
            page.evaluate("() => { record.count = 0; record.start = performance.now() }")
            lab.execute(statement)
            page.wait_for_function("record.count > 0", polling=10)
            page.wait_for_timeout(1500)
            took = page.evaluate("record.last - record.start") / 1000
            print(f"20,000 points {what}: {took:.2f} s from the statement to the last repaint (goal {goal})")
        page.locator(".lw-cloud-stage").scroll_into_view_if_needed()
        box = page.locator(".lw-cloud-stage").bounding_box()
        assert box is not None
        times = []
        for number in range(60):
            page.evaluate("() => { record.count = 0; record.start = performance.now() }")
            page.mouse.move(
                box["x"] + box["width"] / 2 - 150 + 5 * number, box["y"] + box["height"] / 2 - 120 + 4 * number
            )
            page.wait_for_timeout(60)
            if page.evaluate("record.count"):
                times.append(page.evaluate("record.last - record.start"))
        if times:
            print(f"hover over 20,000 points: {statistics.median(times):.0f} ms median, {max(times):.0f} ms at most")
        lab.close()


if __name__ == "__main__":
    in_python()
    in_the_browser()
