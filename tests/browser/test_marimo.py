"""The views of the kit in marimo, which shows anywidgets and no boxes: a window is dragged, and cells follow."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page

from tests.patience import PATIENCE

from .gestures import canvas_digest, canvas_pixels, wait_until

NOTEBOOK = Path(__file__).parents[2] / "docs" / "elsewhere" / "marimo_lattice.py"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("marimo")
    folder = tmp_path_factory.mktemp("marimo")
    shutil.copy(NOTEBOOK, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "run", NOTEBOOK.name, "--headless", "--no-token", "--host", "127.0.0.1"]
    environment = {**os.environ, "HOME": str(folder), "MARIMO_SKIP_UPDATE_CHECK": "1"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*command, "--port", str(port)], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            end = time.monotonic() + PATIENCE
            while not _answers(f"http://127.0.0.1:{port}/health"):
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < end, "marimo does not answer"
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def said(page: Page) -> str:
    """What the last cell says: the name and the cell."""
    found = page.get_by_text("γ =")
    return found.first.inner_text() if found.count() else ""


def test_a_window_is_dragged_and_its_transform_and_name_follow(address: str, browser: BrowserContext) -> None:
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    outside: list[str] = []
    page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None)
    page.goto(address)
    wait_until(page, lambda: said(page).startswith("hexagonal"), "the name of the lattice")
    assert "a = 0.24" in said(page)
    canvases = page.locator("canvas.lw-pixels")
    wait_until(page, lambda: canvases.count() == 2, "two pictures")
    picture, transform = canvases.nth(0), canvases.nth(1)
    wait_until(page, lambda: np.ptp(canvas_pixels(picture)[..., :3]) > 100, "gray values")
    before, words = canvas_digest(transform), said(page)
    box = picture.bounding_box()
    assert box is not None
    # the window begins at row 40, column 40 of 256 and is 160 long: take it by its middle
    at = [box["x"] + box["width"] * 120 / 256, box["y"] + box["height"] * 120 / 256]
    page.mouse.move(*at)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(at[0] + 6 * step, at[1] + 4 * step)
        page.wait_for_timeout(30)
    page.mouse.up()
    wait_until(page, lambda: said(page) not in ("", words), "another name or cell")
    wait_until(page, lambda: canvas_digest(transform) != before, "another transform")
    assert said(page).startswith("hexagonal")
    page.get_by_label("crystal").select_option("SrTiO3 [001]")
    wait_until(page, lambda: said(page).startswith(("square", "square or")), "the name of another crystal")
    assert not problems
    assert not outside
    page.close()
