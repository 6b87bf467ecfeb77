"""Notebooks as they are saved: a picture of every widget for those who have no kernel, and nothing that makes them large."""

import base64
import io
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from numpy.typing import NDArray
from PIL import Image

from tests.notebooks.lesson_texts import TRANSLATIONS

FOLDER = Path(__file__).parents[2] / "notebooks"
# a translation has the code of its lesson, and is run by its own test
NOTEBOOKS = sorted(set(FOLDER.glob("*.ipynb")) - set(TRANSLATIONS))
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
#: the largest saved notebook, or state of its widgets, and the largest buffer in such a state [bytes]
LARGEST, LARGEST_BUFFER = 1_000_000, 20_000
#: of all live widgets of a notebook: most of it are layouts, 1.1 kB each, of which lesson 6 has some 420
LARGEST_STATE = 1_450_000

Execute = Callable[[Path], nbformat.NotebookNode]


def widget_outputs(notebook: nbformat.NotebookNode) -> list[dict[str, object]]:
    """Give the outputs that show one of our widgets."""
    return [
        output["data"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {}) and "run this cell to use the widget" in output["data"].get("text/plain", "")
    ]


def without_state(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Give a copy as JupyterLab saves it, unless it is told to keep the state of widgets."""
    copy = deepcopy(notebook)
    copy.metadata.pop("widgets", None)
    return copy


def picture_of(data: dict[str, object]) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(str(data["image/png"])))).convert("RGB"))


def pixels_like(picture: NDArray[np.uint8], color: str) -> int:
    """Count the pixels whose color differs by little: a drawing keeps only some colors."""
    wanted = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)])
    return int((np.abs(picture.astype(int) - wanted).max(axis=2) < 24).sum())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_widget_leaves_a_picture_and_little_else(path: Path, executed: Execute) -> None:
    notebook = executed(path)
    shown = widget_outputs(notebook)
    for number, data in enumerate(shown):
        assert data.get("image/png"), f"widget {number} of {path.name} leaves no picture"
        picture = picture_of(data)
        assert min(picture.shape[:2]) > 40
        colors = picture.astype(np.uint32) @ np.array([1, 256, 65536], np.uint32)
        assert len(np.unique(colors)) > 8, f"the picture of widget {number} is blank"
    assert len(nbformat.writes(without_state(notebook))) < LARGEST
    models = deepcopy(notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}))
    buffers = {model["model_name"]: len(part["data"]) for model in models.values() for part in model.get("buffers", [])}
    assert max(buffers.values(), default=0) < LARGEST_BUFFER, buffers
    for model in models.values():  # the code of the views is the same in each of them
        model["state"] = {name: value for name, value in model["state"].items() if name not in ("_esm", "_css")}
    assert len(json.dumps(models)) < LARGEST_STATE


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_without_a_kernel_shows_the_pictures(path: Path, executed: Execute) -> None:
    """As GitHub and nbviewer show what JupyterLab saves, which is without the state of widgets."""
    notebook = executed(path)
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(without_state(notebook))
    for data in widget_outputs(notebook):
        assert str(data["image/png"])[:200] in page.replace("\n", "")


@pytest.mark.xdist_group("notebooks 00_start")
def test_the_picture_shows_what_the_widget_shows(executed: Execute) -> None:
    """The simulator of the start notebook: an inferno spectrum beside a gray micrograph, and the bar of hexagonal."""
    picture = picture_of(widget_outputs(executed(FOLDER / "00_start.ipynb"))[0])
    assert pixels_like(picture, "#0072B2") > 500, "no bar of hexagonal graphene"
    assert pixels_like(picture, "#721f81") + pixels_like(picture, "#420a68") > 500, "no colors of the spectrum"
    gray = (np.ptp(picture.astype(int), axis=2) < 8) & (picture.mean(axis=2) > 60) & (picture.mean(axis=2) < 200)
    assert gray.sum() > 5000, "no micrograph"
