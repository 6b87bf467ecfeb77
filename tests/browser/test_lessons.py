"""A student walks through each lesson: does what the text tells, and what the text predicts really happens."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .gestures import wait_until, wait_until_laid_out
from .lab import ROOT, Lab
from .lab_server import LabServer
from .lesson_hands import predict, widget
from .walks_of_answers import a_real_micrograph, how_fast_it_grows, how_sure_is_the_network
from .walks_of_lattices import two_spaces, what_is_a_lattice, what_spoils_the_spots
from .walks_of_strain import where_is_it_strained

#: translated ones are held to the English ones by `tests/notebooks`
LESSONS = sorted(path for path in (ROOT / "notebooks").glob("1?_*.ipynb") if "." not in path.stem)
#: JupyterLab takes cells off the page that are out of view; a student scrolls, a test must find them
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""


WALKS: dict[str, Callable[[Lab, Page], None]] = {
    walk.__name__: walk
    for walk in (
        what_is_a_lattice,
        two_spaces,
        what_spoils_the_spots,
        how_sure_is_the_network,
        how_fast_it_grows,
        a_real_micrograph,
        where_is_it_strained,
    )
}


# Run once more than in tests/notebooks: here the widgets are on a page, where a hand moves them.
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_as_a_student_would(lab: Lab, lab_server: LabServer, path: Path) -> None:
    # a test of predictions may have been here before, without a name too
    shutil.rmtree(lab_server.root / "notebooks" / "answers", ignore_errors=True)
    page = lab.open(path.relative_to(ROOT))
    page.set_viewport_size({"width": 1280, "height": 720})  # a projector
    page.evaluate(_KEEP_ALL)
    lab.run_all()
    name = path.stem[3:]
    widgets = "{id(w): w for w in dict(globals()).values() if isinstance(w, lw.LatticeSimulator.__mro__[1])}.values()"
    shown = f"len([w for w in {widgets} if not isinstance(w, lw.Prediction)])"
    count = lab.python(shown)
    wait_until(page, lambda: widget(page, count - 1).count() == 1, "the last widget")

    # no code in the way, and none hidden from who wants it
    bars = page.locator(".jp-InputPlaceholder")
    cells = lab.python("len(In) - 1")
    assert bars.count() == cells
    assert page.locator(".jp-CodeCell .cm-content").locator("visible=true").count() == 0
    bars.last.click()
    wait_until(page, lambda: page.locator(".jp-CodeCell .cm-content").locator("visible=true").count() == 1, "the code")
    # an explanation waits for a prediction: before it one is led there; then it opens by a click, and is read as Markdown
    folds = page.locator("details:has(> summary:text-is('Explanation'))")
    assert folds.count() == page.locator(".lw-predict").count() >= 3
    folds.first.locator("summary").click()
    asked = page.locator(".lw-predict").first
    wait_until(page, lambda: "Choose a letter first" in asked.inner_text(), "what is missing")
    assert not any(fold.get_attribute("open") is not None for fold in folds.all())
    explanation = predict(page, 1, "b")
    assert explanation.locator("strong, em").count() > 0
    explanation.locator("summary").click()

    WALKS[name](lab, page)

    # neither on the projector nor on a phone is anything wider than the page
    _fits(page, 1280)
    lab.screenshot(f"lesson-{name}-projector")
    lab.resize("phone")
    wait_until(page, lambda: (widget(page, 0).bounding_box() or {"width": 999})["width"] < 390, "a narrow widget")
    wait_until_laid_out(page)
    _fits(page, 390)
    lab.screenshot(f"lesson-{name}-phone")


def _fits(page: Page, width: int) -> None:
    for each in page.locator(".jp-OutputArea-output .lattice-widgets, .jp-RenderedMarkdown table").all():
        box = each.bounding_box()
        if box and box["width"]:
            name = re.sub(r"\s+", " ", each.inner_text())[:60]
            assert box["x"] >= 0, name
            assert box["x"] + box["width"] <= width + 1, name
