"""Every widget of the kit, one at a time, with its answers; and what of one is clipped."""

from playwright.sync_api import Page

from .gestures import wait_until
from .lab import Lab

CELL = """
import asyncio
import tempfile
from pathlib import Path
import numpy as np
import ipywidgets as ipw
import lattice_widgets as lw
lw.load_classifier().load()
picture = lw.load_sample("simulated_srtio3_stem")
folder = Path(tempfile.mkdtemp()) / "micrographs"
folder.mkdir()
np.save(folder / "srtio3.npy", picture.values)
waves = np.add.outer(np.cos(2 * np.pi * np.arange(80) / 8), np.cos(2 * np.pi * np.arange(80) / 8))
movie = lw.simulate_beam_damage(8, (128, 160), field_of_view=4.3, seed=4)
make = {
    "simulator": lambda: lw.LatticeSimulator(rows=128, cols=160),
    "panel": lambda: lw.ProbabilityPanel(picture, n_passes=250),
    "explorer": lambda: lw.FFTExplorer(picture),
    "reader": lambda: lw.MicrographReader(source="simulated_srtio3_stem"),
    "viewer": lambda: lw.EmbeddingViewer(),
    "movie": lambda: lw.MovieScrubber(movie, window_size=64, step=32, n_passes=4),
    "beam": lambda: lw.BeamEnergy(),
    "trainer": lambda: lw.TrainingPanel(count=60, epochs=2),
    "map": lambda: lw.LatticeMap(background="geometry"),
    "quiz": lambda: lw.Quiz("lattice", seed=5, n_questions=2, folder=tempfile.mkdtemp()),
    "prediction": lambda: lw.Prediction("two_spaces", 1, folder=tempfile.mkdtemp()),
    "files": lambda: lw.FolderTable(folder, follow=False),
    "strain": lambda: lw.StrainMap(np.tile(waves, (2, 2)), reference=(20, 20, 60, 60)),
}
stage, shown = ipw.VBox(), None
async def use(name, shown):
    await shown.settled()
    if name == "files":
        while len(shown.table()) < 1:
            await asyncio.sleep(0.1)
    if name == "explorer":
        shown.ask_spot(shown.fit.spots.frequency[0])
        shown._opinions.bars[0].selected_index = 0  # the list of crystals
        shown.candidate = "SrTiO3 [001]"
    if name == "viewer":
        shown.selection = (3, 5, 8)
        shown.walk(lw.Lattice.from_parameters(1, 1, 90), lw.Lattice.from_parameters(1, 1, 120), count=4)
    if name == "movie":
        shown.analyze()
    if name == "trainer":
        shown.train()
        await shown.finished()
    if name == "map":
        shown.measure(picture, name="a picture")
    if name == "strain":
        shown.find_grains()
        await shown.settled()
        shown.grain = 1
        shown._pages.tabs.selected_index = 2
    if name == "quiz":
        shown.answer("oblique", confidence=0.8)
    await shown.settled()
async def show(name):
    global shown
    if shown is not None:
        shown.close()
    shown = make[name]()
    stage.children = (shown,)
    await use(name, shown)
async def show_all():
    for name, made in make.items():  # one after another: what anywidget has not set up within 2 s is an error of the page
        each = made()
        stage.children = (*stage.children, each)
        if name != "trainer":  # it takes long, and says little more than before
            await use(name, each)
stage
"""
NAMES = (
    "simulator",
    "panel",
    "explorer",
    "reader",
    "viewer",
    "movie",
    "beam",
    "trainer",
    "map",
    "quiz",
    "prediction",
    "files",
    "strain",
)

# What sticks out of the widget, or holds more than it shows; the handles of a window may stand on its picture's edge, and
# bqplot does not always lay a figure out again when its page is made narrow: out of view never, in view not every time.
CLIPPED = """() => Array.from(document.querySelectorAll(".lattice-widgets")).flatMap(root => {
    const edge = root.getBoundingClientRect().right + 1;
    const wide = e => e.scrollWidth > e.clientWidth + 1 && ["hidden", "clip"].includes(getComputedStyle(e).overflowX);
    const right = e => e.getBoundingClientRect().right;
    const widest = e => Array.from(e.querySelectorAll("*")).reduce((one, other) => right(other) > right(one) ? other : one, e);
    const start = e => e.outerHTML.slice(0, 120);
    return Array.from(root.querySelectorAll("*"))
        .filter(e => !e.closest("svg, .bqplot canvas, .lattice-widgets-spoken, .lw-stage, select, [style*='clip-path']"))
        .filter(e => e.getBoundingClientRect().width > 2 && (right(e) > edge || wide(e)))
        .map(e => [e, widest(e)].map(one => `${start(one)} … ends at ${right(one)}`).join(", ") + `, not ${edge}`)
        .concat(Array.from(root.querySelectorAll(".lw-chart-host .bqplot"), e => [e, e.querySelector("canvas")])
            .filter(([e]) => wide(e.closest(".lw-chart-host")))
            .map(([e, c]) => `a chart ${e.clientWidth} px wide holds ${e.scrollWidth} px, its canvas ${c?.width}`)) })"""


def show(lab: Lab, page: Page, name: str) -> None:
    """Show a widget alone, with its answers, and with the display settings of its pictures unfolded."""
    lab.execute(f"await show({name!r})")
    wait_until(page, lambda: page.locator(".lattice-widgets[role=group]").count() == 1, "the name of the widget")
    for button in page.locator(".lw-buttons [aria-expanded=false]").all():
        if button.is_visible():
            button.click()
