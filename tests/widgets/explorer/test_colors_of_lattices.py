"""Several lattices in one window: each has its color, in the picture where it is and in the transform."""

import numpy as np
import pytest
from numpy.typing import NDArray

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer.marks import LATTICE_COLORS
from tests.widget_parts import parts, words

BORDER, SIDE = 170, 300


def crystal(gamma: float, rotation: float) -> NDArray[np.float64]:
    """Draw atoms 14 px apart, and some noise."""
    vectors = lw.Lattice.from_parameters(14, 14, gamma, rotation).vectors
    places = np.stack(np.meshgrid(*[np.arange(-60, 61)] * 2), axis=-1).reshape(-1, 2) @ vectors + SIDE / 2
    rows, cols = (np.exp(-((np.arange(SIDE) - at[:, None]) ** 2) / (2 * 2.2**2)) for at in places.T)
    return rows.T @ cols + 0.3 * np.random.default_rng(1).standard_normal((SIDE, SIDE))


@pytest.fixture(scope="module")
def two_grains() -> NDArray[np.float64]:
    left = np.arange(SIDE) < BORDER
    return np.where(left, crystal(90, 5), crystal(120, 37))


async def test_each_of_two_grains_has_its_color_in_the_picture_and_in_the_transform(two_grains: NDArray) -> None:
    explorer = lw.FFTExplorer(two_grains)
    await explorer.settled()
    found = lw.find_lattices(two_grains)
    assert [each.bravais_type for each in found] == ["square", "hexagonal"]
    canvas, fourier = list(parts(explorer, PictureCanvas))[:2]
    points = np.frombuffer(canvas.points, np.float32).reshape(-1, 2)
    colors = np.array(canvas.point_colors)
    assert len(colors) == len(points) > 300
    for color, (low, high) in zip(LATTICE_COLORS, [(0, BORDER), (BORDER, SIDE)], strict=False):
        cols = points[colors == color, 1]
        assert len(cols) > 100
        # the border is known to about a cell
        assert np.mean((cols > low - 14) & (cols < high + 14)) == 1
    # the atoms are bright: points lie on them
    whole = np.rint(points).astype(int)
    assert two_grains[tuple(whole[np.abs(points[:, 1] - BORDER) > 14].T)].mean() > 0.8
    spots = np.array(fourier.point_colors)
    drawn = ~np.array(fourier.faint_points)
    assert {*spots[drawn]} == {*LATTICE_COLORS[:2]}
    named = np.array(fourier.point_labels) != ""
    assert {*spots[named]} == {LATTICE_COLORS[0]}, "labels of both would lie over each other"
    notes = np.array(fourier.point_notes)
    assert all("of lattice 1" in note for note in notes[drawn & (spots == LATTICE_COLORS[0])])
    assert all("of lattice 2" in note for note in notes[drawn & (spots == LATTICE_COLORS[1])])
    assert all(f'<span style="color:{color}">●</span>' in words(explorer) for color in LATTICE_COLORS[:2])


async def test_one_lattice_after_two_has_one_color(two_grains: NDArray) -> None:
    explorer = lw.FFTExplorer(two_grains)
    await explorer.settled()
    canvas, fourier = list(parts(explorer, PictureCanvas))[:2]
    assert canvas.point_colors
    explorer.source = crystal(90, 5)
    await explorer.settled()
    assert len(canvas.points) > 0
    assert canvas.point_colors == fourier.point_colors == ()
    # the same picture again, in a window of one grain
    explorer.source = two_grains
    explorer.window = (20, 10, 140, 140)
    await explorer.settled()
    assert canvas.point_colors == ()
