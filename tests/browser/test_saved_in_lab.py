"""A notebook as JupyterLab itself saves it: small, and with a picture of its widget."""

import base64
import io

import nbformat
import numpy as np
from PIL import Image

from .gestures import wait_until
from .lab import Lab
from .lab_server import LabServer

VIEW = "application/vnd.jupyter.widget-view+json"
CELL = """
import lattice_widgets as lw
simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=20.0)
simulator
"""
_SAVE = """() => { window.saved = null;
    jupyterapp.commands.execute("docmanager:save").then(() => { window.saved = true }) }"""


def test_jupyterlab_keeps_the_picture_and_little_else(lab: Lab, lab_server: LabServer) -> None:
    page = lab.open([CELL])
    path = max(lab_server.root.glob("cells-*.ipynb"), key=lambda path: path.stat().st_mtime)
    lab.run_all()
    wait_until(page, lambda: lab.python("simulator.image is not None"), "a picture")
    page.evaluate(_SAVE)
    wait_until(page, lambda: page.evaluate("window.saved"), "the end of saving")
    data = nbformat.read(path, as_version=4).cells[0].outputs[0].data
    assert VIEW in data
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")).astype(int)
    assert (np.ptp(picture, axis=2) > 60).sum() > 1000, "the spectrum has no colors: the picture came before its answer"
    assert path.stat().st_size < 300_000
