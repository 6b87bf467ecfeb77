"""The first page of ``lattice-widgets lab`` on a fresh profile: the lesson, and nothing over it or beside it."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from .lab_server import LabServer

_OPEN = """() => { const widget = window.jupyterapp?.shell?.currentWidget;
    return widget?.context?.isReady && widget?.sessionContext?.isReady }"""


def first_page(browser: BrowserContext, server: LabServer, path: str = "") -> Page:
    page = browser.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
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
