"""Dashboards in a real Voila server: no code, no other server, and two users beside each other."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from .chromium import launch
from .gestures import canvas_digest, drag_slider, wait_until, wait_until_changed, wait_until_still
from .lab import GIVEN_UP, RESULTS
from .voila_server import VoilaServer

CELLS = [
    "# Two users",
    "import lattice_widgets as lw\nsimulator = lw.LatticeSimulator(crystal='graphene', rows=64, cols=80)\nsimulator",
    "lw.load_sample('no such picture')",
    "%matplotlib widget\nimport matplotlib.pyplot as plt\nplt.close('all')\nplt.plot([1, 2, 4])\nplt.show()",
    "upload = __import__('ipywidgets').FileUpload(description='a file')\nupload",
    "lw.Quiz('lattice', level=1, seed=5, n_questions=3)",
    "print('the', 'end')",
]
#: what those need who come more than once
SHORT = ["# One user", CELLS[1], CELLS[5], CELLS[6]]
#: parts of the page that scroll by themselves
_SCROLLERS = """() => [...document.body.querySelectorAll("*")].filter(part =>
    part.scrollHeight > part.clientHeight + 2 && /auto|scroll/.test(getComputedStyle(part).overflowY)
).map(part => part.id || part.className)"""
_KERNEL = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory, data_mirror: str | None) -> Iterator[VoilaServer]:
    environment = {"LATTICE_WIDGETS_DATA_URL": data_mirror} if data_mirror else {}
    with VoilaServer(tmp_path_factory.mktemp("voila") / "server", environment) as server:
        for name, (title, *cells) in (("users", CELLS), ("short", SHORT)):
            made = [nbformat.v4.new_markdown_cell(title), *map(nbformat.v4.new_code_cell, cells)]
            notebook = nbformat.v4.new_notebook(cells=made)
            notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
            nbformat.write(notebook, server.root / "lessons" / f"{name}.ipynb")
        yield server


@pytest.fixture
def second_browser(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[BrowserContext]:
    """Another user's browser: its own cookies, storage and cache."""
    context = launch(playwright, chromium, tmp_path / "second")
    yield context
    context.close()


def open_page(browser: BrowserContext, server: VoilaServer, address: str, troubles: list[str]) -> Page:
    page = browser.new_page()
    page.set_viewport_size({"width": 1400, "height": 1800})
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: GIVEN_UP in str(error) or troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(f"{request.url}: {request.failure}"))
    page.on("request", lambda request: _note_foreign(request.url, server.url, troubles))
    page.goto(address, wait_until="commit")
    return page


def _note_foreign(url: str, own: str, troubles: list[str]) -> None:
    if not url.startswith((own, own.replace("http", "ws", 1), "data:", "blob:")):
        troubles.append(f"asked another server: {url}")


def digest(page: Page) -> str:
    return canvas_digest(page.locator("canvas.lw-pixels").first)


def is_drawn(page: Page) -> bool:
    canvas = page.locator("canvas.lw-pixels").first
    return canvas.count() == 1 and int(canvas.get_attribute("data-drawn") or 0) > 0


def test_two_users_beside_each_other(
    browser: BrowserContext, second_browser: BrowserContext, voila: VoilaServer
) -> None:
    troubles: list[str] = []
    pages = [open_page(each, voila, voila.lesson("users.ipynb"), troubles) for each in (browser, second_browser)]
    first, second = pages
    wait_until(first, lambda: first.locator("#loading_text").count() or is_drawn(first), "a word at once")
    for page in pages:
        wait_until(page, lambda page=page: is_drawn(page), "a picture")
        wait_until(page, lambda page=page: page.get_by_text("the end").count() == 1, "the last cell")
        wait_until_still(page, lambda page=page: digest(page))
    assert first.evaluate(_KERNEL) != second.evaluate(_KERNEL)
    start = digest(first)
    assert digest(second) == start, "the same notebook starts in the same way"

    drag_slider(first, "γ [°]", to=0.4)
    wait_until_changed(first, lambda: digest(first), start)
    moved = wait_until_still(first, lambda: digest(first))
    assert wait_until_still(second, lambda: digest(second), quiet=1.0) == start, "one user moved the other's picture"
    drag_slider(second, "rotation [°]", to=0.9)
    wait_until_changed(second, lambda: digest(second), start)
    assert wait_until_still(second, lambda: digest(second)) != moved
    assert wait_until_still(first, lambda: digest(first), quiet=1.0) == moved, "one user moved the other's picture"

    # what is not there: code, walls of tracebacks, anything from another server
    assert first.locator(".cm-editor, .jp-InputArea-editor, .highlight").count() == 0
    assert "LatticeSimulator(" not in first.content()
    above = "cells => cells.findIndex(cell => cell.innerText.includes('Two users'))"
    shown = first.locator("#rendered_cells .jp-Cell")
    assert not "".join(shown.all_inner_texts()[: shown.evaluate_all(above)]).strip(), "something above the title"
    errors = [text for text in first.locator(".jp-OutputArea-output pre").all_inner_texts() if "Error" in text]
    assert len(errors) == 1
    assert "there is no sample 'no such picture'" in errors[0]
    assert len(errors[0].strip().splitlines()) == 1
    assert first.locator(".jupyter-matplotlib").count() >= 1, "no live figure"
    icon = first.locator(".fa-upload").first
    font = icon.evaluate("icon => getComputedStyle(icon, '::before').fontFamily")
    loaded = """names => [...document.fonts].some(
        font => font.status === "loaded" && names.includes(font.family.replace(/["']/g, "")))"""
    wait_until(first, lambda: first.evaluate(loaded, font), f"the icons' font, {font}")
    RESULTS.mkdir(exist_ok=True)
    first.screenshot(path=RESULTS / "voila-laptop.png")

    assert troubles == []
    # who leaves takes the kernel along: thirty that stay behind would fill the memory
    before = kernels(voila)
    first.goto(voila.url)
    wait_until(first, lambda: kernels(voila) == before - 1, "the end of the kernel of a page that was left")
    for page in pages:
        page.close()


def kernels(server: VoilaServer) -> int:
    """How many kernels the server runs."""
    return len(pids(server))


def pids(server: VoilaServer) -> list[int]:
    """The processes of the kernels that the server runs."""
    found = []
    for child in psutil.Process(server.pid).children(recursive=True):
        with suppress(psutil.Error):  # one that ends meanwhile
            if "ipykernel_launcher" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def test_a_page_whose_kernel_ended_says_so_and_has_its_settings_after_loading_it_again(
    browser: BrowserContext, voila: VoilaServer
) -> None:
    others = set(pids(voila))
    page = open_page(browser, voila, voila.lesson("short.ipynb"), [])
    wait_until(page, lambda: page.get_by_text("the end").count() == 1, "the last cell")
    wait_until(page, lambda: is_drawn(page), "a picture")
    start = wait_until_still(page, lambda: digest(page))
    drag_slider(page, "γ [°]", to=0.4)
    wait_until_changed(page, lambda: digest(page), start)
    moved = wait_until_still(page, lambda: digest(page))
    (own,) = set(pids(voila)) - others
    os.kill(own, signal.SIGKILL)
    line = page.locator(".lattice-widgets-kernel")
    drag_slider(page, "γ [°]", to=0.6)
    line.first.wait_for()
    assert "load the dashboard again" in line.first.inner_text()
    page.reload()
    wait_until(page, lambda: page.get_by_text("the end").count() == 1, "the last cell")
    page.get_by_role("button", name="bring my settings back").first.click()
    wait_until(page, lambda: is_drawn(page) and digest(page) == moved, "the picture of before")
    page.close()
    assert own not in pids(voila), "the kernel did not end"


def answer_first_choice(page: Page) -> None:
    quiz = page.locator(".lattice-quiz")
    wait_until(page, lambda: quiz.locator(".lw-quiz-choice").count() == 6, "six choices")
    following = quiz.get_by_role("button", name="Next question")
    if following.is_visible():
        following.click()
    wait_until(page, lambda: quiz.locator(".lw-quiz-choice input").first.is_enabled(), "an open question")
    quiz.locator(".lw-quiz-choice").first.click()
    quiz.get_by_role("button", name="Commit").click()
    wait_until(page, lambda: quiz.locator(".lw-quiz-said").inner_text() != "", "what is right")


def test_answers_stay_with_who_gave_them(
    browser: BrowserContext, second_browser: BrowserContext, voila: VoilaServer
) -> None:
    """Two users without names: each has a file, and finds it again after closing the page."""

    def answers() -> list[int]:
        files = (voila.root / "lessons" / "answers").glob("*.json")
        return sorted(len(json.loads(path.read_text())["answers"]) for path in files)

    troubles: list[str] = []
    for visit, expected in ((browser, [1]), (second_browser, [1, 1]), (browser, [1, 2])):
        page = open_page(visit, voila, voila.lesson("short.ipynb"), troubles)
        wait_until(page, lambda page=page: page.get_by_text("the end").count() == 1, "the last cell")
        answer_first_choice(page)
        wait_until(page, lambda expected=expected: answers() == expected, f"{expected} answers in files")
        page.close()
    assert troubles == []


def test_all_notebooks_are_a_click_away_in_both_themes(browser: BrowserContext, voila: VoilaServer) -> None:
    troubles: list[str] = []
    page = open_page(browser, voila, voila.url, troubles)
    shipped = sorted(path.name for path in (voila.root / "lessons").glob("*.ipynb"))
    links = page.locator("main a")
    wait_until(page, lambda: links.count() == len(shipped), "a link for each notebook")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Two users").click()
    wait_until(page, lambda: is_drawn(page), "a picture")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"
    assert page.evaluate(_SCROLLERS) == [], "a page in the page: a finger gets caught in it"
    # with a slider on the screen, what it changes can be read
    slider = page.locator(".widget-slider:visible").last
    slider.evaluate("slider => slider.scrollIntoView({ block: 'center' })")
    box = page.locator(".lattice-widgets-heading").bounding_box()
    assert box
    assert -1 <= box["y"] < 100

    menu = page.get_by_text("All notebooks")
    menu.focus()
    page.keyboard.press("Enter")
    entries = page.get_by_role("navigation").get_by_role("listitem").get_by_role("link")
    assert entries.count() == len(shipped)
    assert entries.filter(has_text="Two users").get_attribute("aria-current") == "page"
    box = entries.first.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390

    page.evaluate("window.stays = true")
    page.get_by_role("link", name="Dark theme").click()
    wait_until(page, lambda: page.locator("body.theme-dark").count() == 1 and is_drawn(page), "a dark page")
    assert page.evaluate("window.stays"), "the page was loaded anew: what a student has done is lost"
    assert page.evaluate("location.search") == "?theme=dark"
    assert page.get_by_role("link", name="Light theme").is_visible()
    brightness = page.locator("#rendered_cells").evaluate("""part => {
        for (; part; part = part.parentElement) {
            const color = getComputedStyle(part).backgroundColor.match(/[\\d.]+/g).map(Number);
            if (color.length < 4 || color[3] > 0) return Math.max(...color.slice(0, 3)); }
        return 255 }""")
    assert brightness < 60
    assert page.get_by_role("navigation").get_by_role("link", name="Start page").get_attribute("href").endswith("dark")
    page.screenshot(path=RESULTS / "voila-phone-dark.png")
    page.close()
    # leaving a page while its cells still run breaks off what it was loading
    assert [trouble for trouble in troubles if "ERR_ABORTED" not in trouble] == []
