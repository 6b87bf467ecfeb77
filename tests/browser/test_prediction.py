"""Predictions in a real JupyterLab: the explanation waits for one click, by mouse or keys, and what was chosen stays."""

import json
import shutil

import nbformat
from playwright.sync_api import Locator, Page

from .axe import violations
from .gestures import wait_until, wait_until_laid_out
from .lab import ROOT, Lab
from .lab_server import LabServer

LESSON = ROOT / "notebooks" / "11_two_spaces.ipynb"
_KEEP_ALL = """() => { const { content } = jupyterapp.shell.currentWidget;
    content.notebookConfig = { ...content.notebookConfig, windowingMode: "none" } }"""


def predictions_alone(server: LabServer) -> str:
    """Put the lesson into the server's folder without what else is to be looked at there, and give its path."""
    lesson = nbformat.read(LESSON, as_version=4)
    lesson.cells = [cell for cell in lesson.cells if cell.cell_type == "markdown" or "lw.Prediction" in cell.source]
    nbformat.write(lesson, server.root / LESSON.name)
    return LESSON.name


def card(page: Page, step: int) -> Locator:
    return page.locator(".lw-predict").nth(step - 1)


def explanation(page: Page, step: int) -> Locator:
    return page.locator(f"details.lw-explains-two_spaces-{step}")


def is_unfolded(page: Page, step: int) -> bool:
    return explanation(page, step).locator("p").first.is_visible()


def note(page: Page, step: int) -> str:
    """What stands behind the word Explanation."""
    return explanation(page, step).locator("summary").evaluate("e => getComputedStyle(e, '::after').content")


def test_an_explanation_waits_for_the_prediction_of_its_step(lab: Lab, lab_server: LabServer) -> None:
    # who walked through the lesson before has predicted without a name
    folder = lab_server.root / "answers"
    shutil.rmtree(folder, ignore_errors=True)
    page = lab.open_file(predictions_alone(lab_server))
    page.evaluate(_KEEP_ALL)
    lab.run_all()
    wait_until(page, lambda: page.locator(".lw-predict").count() == 4, "four predictions")
    wait_until(page, lambda: card(page, 1).get_by_role("button", name="Skip").is_enabled(), "an open choice")

    # ---- by mouse: too early, then a letter
    assert "after your prediction" in note(page, 1)
    explanation(page, 1).locator("summary").click()
    wait_until(page, lambda: "Choose a letter first" in card(page, 1).inner_text(), "what is missing")
    assert not is_unfolded(page, 1)
    assert page.evaluate("document.activeElement.dataset.letter") == "a"
    card(page, 1).get_by_role("button", name="I predict b").click()
    wait_until(page, lambda: "You predicted b." in card(page, 1).inner_text(), "what was predicted")
    assert "you predicted b" in note(page, 1)
    assert card(page, 1).get_by_role("button", name="b, your prediction").get_attribute("aria-pressed") == "true"
    assert not is_unfolded(page, 1), "who has predicted looks first"
    explanation(page, 1).locator("summary").click()
    assert is_unfolded(page, 1)
    assert "after your prediction" in note(page, 2), "each step has a prediction of its own"

    # ---- by keys: skip, and open
    skip = card(page, 2).get_by_role("button", name="Skip")
    skip.focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: "Skipped." in card(page, 2).inner_text(), "that it was skipped")
    summary = explanation(page, 2).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: is_unfolded(page, 2), "the explanation")
    summary = explanation(page, 3).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    wait_until(page, lambda: page.evaluate("document.activeElement.dataset.letter") == "a", "the focus on a letter")
    assert not is_unfolded(page, 3)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    wait_until(page, lambda: "You predicted b." in card(page, 3).inner_text(), "what was predicted")

    # ---- the name, typed once, is that of all, and what was predicted goes along
    name = page.locator(".lattice-prediction").first.get_by_label("your name")
    name.fill("Ada")
    name.press("Enter")

    def kept() -> list[tuple[int, str]]:
        hers = list(folder.glob("predictions-two_spaces-ada-*.json"))
        return [(one["step"], one["chosen"]) for each in hers for one in json.loads(each.read_text())["predictions"]]

    wait_until(page, lambda: kept() == [(1, "b"), (2, ""), (3, "b")], "all that she has predicted")
    assert "You predicted b." in card(page, 1).inner_text()

    # ---- in both themes and on a phone it fits, and axe finds nothing
    for size, theme in (("laptop", "dark"), ("phone", "light"), ("phone", "dark")):
        lab.resize(size)
        lab.theme(theme)
        wait_until_laid_out(page)
        card(page, 1).scroll_into_view_if_needed()
        lab.screenshot(f"prediction-{size}-{theme}")
        assert violations(page, ".lattice-prediction") == []
        for step in (1, 4):
            box, width = card(page, step).bounding_box(), page.viewport_size["width"]
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
    lab.resize("laptop")

    # ---- opened again, with another kernel: what she chose is there under her name, and the rest waits
    page.evaluate("""() => { window.restarted = false;
        jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => { window.restarted = true }) }""")
    page.wait_for_function("() => window.restarted", polling=50)
    lab.wait_ready()
    lab.run_all()
    wait_until(page, lambda: "You predicted b." in card(page, 1).inner_text(), "what was predicted without a name")
    name = page.locator(".lattice-prediction").first.get_by_label("your name")
    name.fill("Ada")
    name.press("Enter")
    wait_until(page, lambda: "Skipped." in card(page, 2).inner_text(), "what she skipped")
    assert "after your prediction" in note(page, 4)
