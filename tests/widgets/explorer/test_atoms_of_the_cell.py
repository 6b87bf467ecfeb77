"""On demand the explorer marks the atoms of the cell, in the picture it shows and in no other."""

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from tests.widget_parts import part, parts, words


@pytest.fixture(scope="module")
def two_atoms() -> np.ndarray:
    """MoS2 seen from above: molybdenum, and two sulfur atoms over each other."""
    return lw.simulate_micrograph(lw.CRYSTALS["MoS2"], rotation=10).image


def count(canvas: PictureCanvas) -> int:
    return len(np.frombuffer(canvas.points, np.float32)) // 2


async def test_atoms_are_marked_where_they_are_and_their_numbers_told(two_atoms: np.ndarray) -> None:
    size = 4.0 / 256
    explorer = lw.FFTExplorer(two_atoms, pixel_size=size)
    await explorer.settled()
    canvas = part(explorer, PictureCanvas)
    alone = count(canvas)
    assert canvas.cell_atoms == ()
    explorer.show_cell = False
    explorer.show_basis = True
    await explorer.settled()
    assert explorer.show_cell, "nobody would know of which cell"
    (u, v, first), (u2, v2, second) = canvas.cell_atoms
    assert (first, second) == ("1", "2")
    cell = canvas.cells[0]
    way = np.array([(u2 - u + 0.5) % 1 - 0.5, (v2 - v + 0.5) % 1 - 0.5]) @ np.reshape(cell[2:], (2, 2))
    # Mo - S, seen from above: a / sqrt(3)
    assert np.hypot(*way) * size == pytest.approx(0.316 / np.sqrt(3), abs=0.006)
    assert count(canvas) == 2 * alone
    told = words(explorer)
    assert "2 bright places" in told
    assert "nm" in told
    code = explorer.code()
    assert "cell = lw.mean_cell(window, fit.lattice, pixel_size)" in code
    explorer.show_basis = False
    await explorer.settled()
    assert canvas.cell_atoms == ()
    assert count(canvas) == alone
    assert "2 bright places" not in words(explorer)
    explorer.close()


async def test_the_next_picture_has_its_own_or_none(two_atoms: np.ndarray) -> None:
    explorer = lw.FFTExplorer(two_atoms, show_basis=True)
    await explorer.settled()
    canvas = part(explorer, PictureCanvas)
    assert len(canvas.cell_atoms) == 2
    explorer.source = np.random.default_rng(0).normal(size=(128, 128))
    await explorer.settled()
    assert canvas.cell_atoms == ()
    assert "No lattice is found" in words(explorer)
    explorer.source = lw.load_sample("simulated_srtio3_stem").values
    await explorer.settled()
    assert len(canvas.cell_atoms) == 2
    explorer.correct()
    await explorer.settled()
    corrected = [each for each in parts(explorer, PictureCanvas) if each.title == "The window, corrected"]
    assert len(corrected[0].cell_atoms) == 2 if corrected else not (explorer.scale or explorer.shear)
    explorer.close()


async def test_both_switches_are_one(two_atoms: np.ndarray) -> None:
    explorer = lw.FFTExplorer(two_atoms)
    await explorer.settled()
    switches = [each for each in parts(explorer, ipw.Checkbox) if each.description == "atoms of the cell"]
    assert len(switches) == 2
    switches[0].value = True
    assert explorer.show_basis
    assert switches[1].value
    explorer.close()
