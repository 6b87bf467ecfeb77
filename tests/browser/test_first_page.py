"""The first page of ``lattice-widgets lab`` on a fresh profile: the lesson, and nothing over it or beside it."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from .gestures import wait_until, wait_until_laid_out
from .lab import Lab
from .lab_server import LabServer

_OPEN = """() => { const widget = window.jupyterapp?.shell?.currentWidget;
    return widget?.context?.isReady && widget?.sessionContext?.isReady }"""
_SCROLLED = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
#: a laptop
WIDTH, HEIGHT = 1366, 768


def first_page(browser: BrowserContext, server: LabServer, path: str = "") -> Page:
    page = browser.new_page()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{server.url}{path}?token={server.token}")
    page.wait_for_function(_OPEN, timeout=90_000, polling=50)
    return page


def test_nobody_is_asked_for_news_and_the_list_of_files_is_closed(browser: BrowserContext, tmp_path: Path) -> None:
    with LabServer(tmp_path / "fresh") as server:
        page = first_page(browser, server)
        assert page.url.endswith("/lab/tree/00_start.ipynb")
        assert page.evaluate("jupyterapp.shell.leftCollapsed"), "the list of files takes its width from the lesson"
        page.wait_for_timeout(6000)  # the question comes once the settings are there, a moment after the notebook
        assert page.locator(".Toastify__toast").all_inner_texts() == []

        page.close()


def test_after_run_all_a_living_widget_stands_in_the_first_screen(lab: Lab) -> None:
    page = lab.open("notebooks/00_start.ipynb")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    lab.run_all()
    wait_until(page, lambda: lab.python("len(simulator.probabilities)") == 6, "the first answer of the network")
    wait_until_laid_out(page)
    assert page.evaluate(_SCROLLED) == 0, "Run All left the page at its end"
    simulator = page.locator(".lattice-widgets").first
    for part in (simulator.locator("canvas.lw-pixels").nth(0), simulator.locator("canvas.lw-pixels").nth(1)):
        box = part.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= HEIGHT
    said = simulator.get_by_text("The network (default) says hexagonal").bounding_box()
    assert said
    assert said["y"] + said["height"] <= HEIGHT
    # a hand that scrolls is let go where it wants
    page.mouse.move(WIDTH / 2, 200)
    page.mouse.wheel(0, 500)
    wait_until(page, lambda: page.evaluate(_SCROLLED) > 300, "a page that scrolls")
    page.wait_for_timeout(300)
    assert page.evaluate(_SCROLLED) > 300
    # what a cell prints ends where it is known
    printed = page.locator(".jp-OutputArea-output pre").all_inner_texts()
    assert any("hexagonal" in text for text in printed)
    for text in printed:
        assert "{" not in text
        assert not re.search(r"\d\.\d{5}", text), text
