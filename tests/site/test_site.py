"""The same package in the visitor's browser, without a server: lesson 1 runs, a slider moves it, the network answers."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import BrowserContext, Page

import lattice_widgets as lw
from tests.browser.gestures import drag_slider, slider
from tests.patience import LONG_PATIENCE

#: asks the network for the bundled sample, where it runs
ASK = """
import json, sys
import lattice_widgets as lw
picture = lw.load_sample("simulated_graphene_stm").values
print(json.dumps([sys.platform, lw.load_classifier().predict(picture)[0].tolist()]))
"""
RUN_ALL = """
async () => {
  const panel = window.jupyterapp.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  await window.jupyterapp.commands.execute("notebook:run-all-cells");
  return panel.content.widgets.filter((cell) => cell.model.type === "code").map((cell) => ({
    count: cell.model.executionCount, outputs: cell.model.outputs.toJSON(),
  }));
}
"""
EXECUTE = """
async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code });
  let text = "";
  future.onIOPub = (message) => {
    if (message.header.msg_type === "stream") text += message.content.text;
    if (message.header.msg_type === "error") text += message.content.traceback.join("\\n");
  };
  await future.done;
  return text;
}
"""
PIXELS = """(canvas) => canvas.toDataURL()"""


def open_notebook(browser: BrowserContext, site: str, name: str, hosts: set[str]) -> Page:
    page = browser.new_page()
    page.set_default_timeout(1000 * LONG_PATIENCE)
    page.set_viewport_size({"width": 1500, "height": 1100})
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{site}/lab/index.html?path={name}")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
    return page


def test_lesson_1_lives_in_the_browser(browser: BrowserContext, site: str) -> None:
    hosts: set[str] = set()
    page = open_notebook(browser, site, "10_what_is_a_lattice.ipynb", hosts)
    cells = page.evaluate(RUN_ALL)
    lesson = json.loads(
        (Path(__file__).parents[2] / "notebooks" / "10_what_is_a_lattice.ipynb").read_text(encoding="utf-8")
    )
    # and before them one that installs the kit in the browser
    assert len(cells) == 1 + sum(cell["cell_type"] == "code" for cell in lesson["cells"]) > 4
    for cell in cells:
        assert cell["count"], cell
        assert not [output for output in cell["outputs"] if output["output_type"] == "error"], cell["outputs"]

    # a slider is dragged, and the picture changes
    bench = page.locator(".jp-OutputArea .lattice-widgets:not(.lattice-prediction)").nth(0)
    bench.scroll_into_view_if_needed()
    slider(bench, "rotation [°]").wait_for()
    canvas = bench.locator("canvas").first
    bench.get_by_text("no picture yet").first.wait_for(state="hidden")
    before = canvas.evaluate(PIXELS)
    drag_slider(bench, "rotation [°]", 0.8)
    page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas.element_handle(), before])
    assert bench.locator(".lattice-widgets-error").count() == 0

    platform, there = json.loads(page.evaluate(EXECUTE, ASK))
    assert platform == "emscripten"
    here = lw.load_classifier().predict(lw.load_sample("simulated_graphene_stm").values)[0]
    np.testing.assert_allclose(there, here, atol=1e-4)

    # data: and blob: addresses have no host
    assert hosts - {""} == {urlsplit(site).netloc}
