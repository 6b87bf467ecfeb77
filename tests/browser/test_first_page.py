"""The first page of ``lattice-widgets lab`` on a fresh profile: the lesson, and nothing over it or beside it."""

import json
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


def test_nobody_is_asked_for_news_and_the_list_of_files_is_closed(
    browser: BrowserContext, tmp_path: Path, data_mirror: str | None
) -> None:
    with LabServer(tmp_path / "fresh") as server:
        page = first_page(browser, server)
        assert page.url.endswith("/lab/tree/00_start.ipynb")
        assert page.evaluate("jupyterapp.shell.leftCollapsed"), "the list of files takes its width from the lesson"
        # what is asked is asked when the settings have come, after which JupyterLab says whether it shall ask
        settings = page.evaluate("""async () => {
            const { composite } = await jupyterapp.serviceManager.settings.fetch(
                "@jupyterlab/apputils-extension:notification").then(({ raw, schema }) => ({ composite: schema.properties }));
            return JSON.stringify(composite) }""")
        assert json.loads(settings)["fetchNews"]["default"] == "false"
        page.wait_for_timeout(4000)
        assert page.locator(".Toastify__toast").all_inner_texts() == []

        # who opens the list finds it open again
        page.evaluate("() => { jupyterapp.shell.expandLeft(); jupyterapp.shell.activateById('filebrowser') }")
        saved = server.folder / "jupyter_data_dir" / "lattice-widgets" / "workspaces"
        page.wait_for_function("() => !jupyterapp.shell.leftCollapsed", timeout=20_000)
        page.wait_for_timeout(1500)  # JupyterLab writes the layout a moment later
        page.close()
        assert any(
            '"collapsed": false' in file.read_text() or '"collapsed":false' in file.read_text()
            for file in saved.iterdir()
        )
