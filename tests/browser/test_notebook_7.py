"""Notebook 7, the plain interface of one document: the widgets live there too, beside JupyterLab on the kit's own server."""

import nbformat
from playwright.sync_api import BrowserContext

from .gestures import canvas_digest, drag_slider, wait_until, wait_until_changed
from .lab import GIVEN_UP
from .lab_server import LabServer

CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="graphene", rows=96, cols=96)
simulator
"""
#: Where errors of Notebook 7.6 come from that it throws without the kit too: the settings of an extension that only JupyterLab
#: has, and a command that another of its parts registers a moment later.
_NOISE_OF_NOTEBOOK = "/static/notebook/notebook_core."
_READY = """() => { const context = window.jupyterapp?.shell?.currentWidget?.context;
    const session = context?.sessionContext?.session;
    return context?.isReady && session?.kernel?.connectionStatus === "connected" && session.kernel.status === "idle" }"""

_SHUT_DOWN = """() => { window.isShut = false;
    jupyterapp.shell.currentWidget.sessionContext.shutdown().finally(() => { window.isShut = true }) }"""


def test_a_slider_moves_the_picture_and_the_answer(lab_server: LabServer, browser: BrowserContext) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, lab_server.root / "seven.ipynb")
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: GIVEN_UP in str(error) or wrong.append(error.stack or str(error)))
    try:
        page.set_viewport_size({"width": 1366, "height": 1600})
        page.goto(f"{lab_server.url}notebooks/seven.ipynb?token={lab_server.token}")
        page.wait_for_function(_READY, polling=50)
        assert page.locator("#top-panel").is_visible(), "this is not Notebook 7"
        page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells') }")
        simulator = page.locator(".lattice-widgets").first
        simulator.get_by_text("The network (default) says hexagonal").wait_for()
        picture = simulator.locator("canvas.lw-pixels").first
        wait_until(page, lambda: picture.get_attribute("data-drawn") != "0", "a picture")
        before = canvas_digest(picture)
        drag_slider(simulator, "rotation [°]", 0.7)
        wait_until_changed(page, lambda: canvas_digest(picture), before)
        assert [each for each in wrong if _NOISE_OF_NOTEBOOK not in each] == []
    finally:
        page.evaluate(_SHUT_DOWN)
        page.wait_for_function("() => window.isShut", polling=50)
        page.close()
