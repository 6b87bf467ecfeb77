"""A page with the explorer in it: the cell that shows it, its transform, and what it says."""

from playwright.sync_api import Page

from .gestures import canvas_digest, wait_until
from .lab import Lab

CELL = """
import numpy as np
import lattice_widgets as lw
rows, cols = np.ogrid[:300, :400]
picture = np.cos(2 * np.pi * (rows / 14 + cols / 21)) + np.cos(2 * np.pi * (cols / 12 - rows / 33))
picture[:, 200:] = (np.cos(2 * np.pi * rows / 11) + np.cos(2 * np.pi * cols / 11))[:, 200:]
picture += 0.2 * np.random.default_rng(0).normal(size=picture.shape)
explorer = lw.FFTExplorer(picture, window=(60, 20, 150, 160))
explorer
"""


def open_explorer(lab: Lab) -> Page:
    """Show the explorer, and wait until it has answered."""
    page = lab.open([CELL])
    lab.run_all()
    wait_until(page, lambda: lab.python("len(explorer.probabilities)") == 6, "the first answer of the network")
    return page


def transform(page: Page) -> str:
    return canvas_digest(page.locator("canvas.lw-pixels").nth(1))


def said(page: Page) -> str:
    return page.locator(".lattice-widgets-live[aria-live=polite] .lattice-widgets-opinions").first.inner_text()
