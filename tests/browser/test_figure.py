"""The figure for print in a real JupyterLab: a button opens it live with ipympl below the widget."""

import pytest

from .gestures import wait_until
from .lab import Lab

pytestmark = pytest.mark.one_kernel

CELL = """
import numpy as np
import lattice_widgets as lw
rows, cols = np.ogrid[:160, :200]
picture = np.cos(2 * np.pi * rows / 11) + np.cos(2 * np.pi * cols / 11)
picture += 0.2 * np.random.default_rng(0).normal(size=picture.shape)
explorer = lw.FFTExplorer(picture)
explorer
"""

#: how many pixels of the canvas have the color of the square lattice
COUNT = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
        count += data[i] === 0 && data[i + 1] === 0x9e && data[i + 2] === 0x73 && data[i + 3] === 255;
    return count;
}"""


def test_the_button_opens_the_figure_live_and_takes_it_away(lab: Lab) -> None:
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the first answer of the network")
    page.locator(".lattice-widgets-figure").click()
    canvas = page.locator(".jupyter-matplotlib-canvas-container canvas").first
    canvas.wait_for()
    wait_until(page, lambda: canvas.evaluate(COUNT) > 200, "a bar of the square lattice in the live figure")
    lab.screenshot("live-figure")
    page.locator(".lattice-widgets-figure-close").click()
    wait_until(page, lambda: page.locator(".jupyter-matplotlib-canvas-container").count() == 0, "the figure gone")
    assert lab.problems() == []
