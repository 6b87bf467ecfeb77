"""A notebook as JupyterLab itself saves it: small, and with a picture of its widget."""

import base64
import io

import nbformat
import numpy as np
from PIL import Image

from .gestures import wait_until
from .lab import Lab

VIEW = "application/vnd.jupyter.widget-view+json"
CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=20.0)
simulator
"""
_SAVE = """() => { window.saved = null;
    jupyterapp.commands.execute("docmanager:save").then(() => { window.saved = true }) }"""


def test_jupyterlab_keeps_the_picture_and_shows_it_until_the_cell_is_run(lab: Lab) -> None:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("simulator.image is not None"), "a picture")
    page.evaluate(_SAVE)
    wait_until(page, lambda: page.evaluate("window.saved"), "the end of saving")
    # the picture, and little else
    data = nbformat.read(lab.path, as_version=4).cells[0].outputs[0].data
    assert VIEW in data
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")).astype(int)
    assert (np.ptp(picture, axis=2) > 60).sum() > 1000, "the spectrum has no colors: the picture came before its answer"
    assert lab.path.stat().st_size < 300_000
    # opened anew without its kernel
    saved = lab.path.read_bytes()
    problems = lab.close()
    assert not problems
    lab.path.write_bytes(saved)
    page = lab.open_file(lab.path.name)
    output = page.locator(".jp-OutputArea-output")
    picture = output.locator("img")
    picture.wait_for()
    page.wait_for_timeout(4000)  # JupyterLab looks for the widget for two seconds before it says that there is none
    assert "run this cell to use the widget" in output.inner_text()
    assert "not found" not in output.inner_text()
    assert picture.evaluate("each => each.complete && each.naturalWidth") > 300
    assert output.locator("canvas").count() == 0
    lab.screenshot("saved-opened-anew")
    lab.run_all()
    output.locator("canvas").first.wait_for()
    assert output.locator("img").count() == 0, "the saved picture still stands there"
    # the page is loaded again while the kernel lives: the widget itself comes back
    page.evaluate("window.saved = null")
    page.evaluate(_SAVE)
    wait_until(page, lambda: page.evaluate("window.saved"), "the end of saving")
    lab.reload()
    output.locator("canvas").first.wait_for()
