"""The same package in the visitor's browser, without a server: notebooks run, widgets answer, and nobody else is asked."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lattice_widgets as lw
from tests.browser.gestures import canvas_digest, drag_slider, slider, wait_until, wait_until_changed
from tests.browser.lesson_hands import answer, says, widget
from tests.site.lite import Lite

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LARGEST = 90e6
#: what the widgets of a notebook say is wrong, by the name of the widget; nothing where it is not here
SAID = {"00_start.ipynb": {"reader": "graphene_stm.tif does not come with this page."}}
#: what the bars of a simulator show
SIMULATE = """
import json, sys
import lattice_widgets as lw
print(json.dumps(lw.LatticeSimulator(**json.loads(sys.argv[1])).probabilities))
"""


def run_notebook(lite: Lite, name: str) -> list[dict[str, Any]]:
    """Open a notebook, run it, and see that nothing went wrong in its cells and in its widgets."""
    lite.open(name)
    cells = lite.run_all()
    notebook = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))
    # and before them one that installs the kit in the browser
    assert len(cells) == 1 + sum(cell["cell_type"] == "code" for cell in notebook["cells"]) > 3
    for cell in cells:
        assert cell["count"], cell
        for output in cell["outputs"]:
            assert output["output_type"] != "error", output
            assert output.get("name") != "stderr", output["text"]
    said = lite.errors()
    expected = SAID.get(name, {})
    assert said.keys() == expected.keys(), said
    for widget_name, words in expected.items():
        assert words in said[widget_name]
    return cells


def compare_bars(lite: Lite, name: str) -> None:
    """See that a simulator shows the probabilities that CPython finds for the same settings."""
    lite.execute(f"await {name}.settled()")
    settings = f"{{name: getattr({name}, name) for name in ('crystal', *{name}.traits(request=True))}}"
    # in a process of its own: Playwright's event loop runs in this thread, and a widget would wait for it
    command = [sys.executable, "-c", SIMULATE, json.dumps(lite.python(settings))]
    here = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    np.testing.assert_allclose(lite.python(f"{name}.probabilities"), here, atol=1e-4)


def test_the_site_is_small(site_folder: Path) -> None:
    size = sum(path.stat().st_size for path in site_folder.rglob("*") if path.is_file())
    assert size <= LARGEST, f"{size / 1e6:.1f} MB"


def test_no_browser_asks_the_host_for_an_icon(site_folder: Path) -> None:
    pages = list(site_folder.rglob("index.html"))
    assert pages
    for page in pages:
        link = re.search(r'<link rel="icon"[^>]*href="([^"]+)"', page.read_text(encoding="utf-8"))
        assert link, page
        assert (page.parent / link[1]).is_file(), page


def test_start_page_with_a_picture_of_the_visitor(lite: Lite, tmp_path: Path) -> None:
    cells = run_notebook(lite, "00_start.ipynb")
    page = lite.page
    assert "centered rectangular" in cells[-1]["outputs"][0]["text"]
    reader = lite.reach(widget(page, 1))
    says(page, reader, "Download it from https://")

    own = np.add.outer(np.cos(np.arange(96) / 3), np.sin(np.arange(128) / 5))
    own = np.round(255 * (own + 2) / 4).astype(np.uint8)
    Image.fromarray(own).save(tmp_path / "mine.png")
    with page.expect_file_chooser() as chooser:
        reader.get_by_role("button", name="open a file").click()
    chooser.value.set_files(tmp_path / "mine.png")
    wait_until(
        page, lambda: lite.python("reader.image is not None and reader.image.values.tolist()") == own.tolist(), "it"
    )
    picture = reader.locator("canvas.lw-pixels").first
    wait_until(page, lambda: int(picture.get_attribute("data-drawn") or 0) > 0, "the picture on the screen")
    assert not lite.errors()


def test_lesson_1_a_slider_the_bars_and_a_quiz_that_outlives_the_page(lite: Lite) -> None:
    name = "10_what_is_a_lattice.ipynb"
    run_notebook(lite, name)
    page = lite.page
    assert lite.python("__import__('sys').platform") == "emscripten"

    # the bars, before and after a slider is dragged, are those of CPython
    compare_bars(lite, "atoms")
    atoms = lite.reach(widget(page, 0))
    picture = atoms.locator("canvas.lw-pixels").first
    before = canvas_digest(picture)
    drag_slider(atoms, "rotation [°]", 0.8)
    wait_until_changed(page, lambda: canvas_digest(picture), before)
    turned = lite.python("atoms.rotation")
    assert turned > 20
    # and so do the arrow keys, which JupyterLab has other uses for
    slider(atoms, "rotation [°]").press("ArrowRight")
    wait_until(page, lambda: lite.python("atoms.rotation") > turned, "a step further")
    compare_bars(lite, "atoms")
    sample = lite.python("lw.load_sample('simulated_graphene_stm').values")
    there = lite.python("lw.load_classifier().predict(lw.load_sample('simulated_graphene_stm').values)[0]")
    np.testing.assert_allclose(there, lw.load_classifier().predict(np.array(sample))[0], atol=1e-4)

    # a quiz is answered, and after the page was loaded anew the answer is still there
    cells = lite.reach(widget(page, 4))
    answer(page, lite, cells, "cells")
    given = lite.python("[cells.answers[0].given, cells.answers[0].confidence]")
    lite.load(name)
    lite.run_all()
    assert lite.python("[[each.given, each.confidence] for each in cells.answers]") == [given]
    says(page, widget(page, 4), "Answers are saved in")


@pytest.mark.parametrize(
    "name", ["11_two_spaces.ipynb", "12_what_spoils_the_spots.ipynb", "15_a_real_micrograph.ipynb"]
)
def test_lessons_run(lite: Lite, name: str) -> None:
    run_notebook(lite, name)
    drawn = lite.page.locator("canvas.lw-pixels:not([data-drawn='0'])")
    wait_until(lite.page, lambda: drawn.count() >= 2, "pictures on the screen")
