"""The site as visitors get it: made once, served as static files, opened in a real browser. Run by `make site-test`."""

import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.chromium import ADVICE, find_chromium, launch
from tests.site.lite import Lite
from tests.site.own_pyodide import fetch_pyodide

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))

import make_site  # noqa: E402


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("site")


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    folder = tmp_path_factory.mktemp("site") / "site"
    make_site.make(folder, fetch_pyodide(tmp_path_factory.mktemp("pyodide")))
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """Address of the site."""
    handler = partial(make_site.Handler, directory=str(site_folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """The browser."""
    program = find_chromium()
    if program is None:
        pytest.fail(ADVICE, pytrace=False)
    with sync_playwright() as driver:
        context = launch(driver, program, tmp_path_factory.mktemp("chromium"))
        yield context
        context.close()


@pytest.fixture
def lite(browser: BrowserContext, site: str) -> Iterator[Lite]:
    """Open notebooks of the site with ``lite.open(name)``; at the end no page may have asked another host for anything."""
    lite = Lite(browser, site)
    yield lite
    for page in browser.pages[1:]:  # the browser ends with its last page
        page.close()
    assert lite.hosts - {""} == {urlsplit(site).netloc}
