"""On the picture: a ruler with the values along it, and the unit cell of what was measured or is simulated."""

import csv
import io

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.chart_menu import ChartMenu
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.widgets.parts.ruler import Ruler
from tests.widget_parts import parts, words


def canvas_of(widget: ipw.Widget) -> PictureCanvas:
    return next(part for part in parts(widget, PictureCanvas) if part.title == "Micrograph")


def crystal_picture(vectors: np.ndarray, shape: tuple[int, int] = (160, 200)) -> np.ndarray:
    """Waves whose crests are the points of a lattice [px], one of them at row 80, column 100."""
    rows, cols = np.mgrid[: shape[0], : shape[1]] - np.array([80, 100])[:, None, None]
    waves = np.linalg.inv(vectors).T
    third = -waves.sum(axis=0)
    return sum(np.cos(2 * np.pi * (g[0] * rows + g[1] * cols)) for g in (*waves, third))


@pytest.mark.parametrize("reduced", [1, 2])
async def test_the_ruler_reads_length_direction_and_the_values_along_it(reduced: int) -> None:
    rows, cols = np.mgrid[:100, :1100] if reduced == 2 else np.mgrid[:100, :140]
    picture = 7.0 + np.cos(2 * np.pi * cols / 20) + 0.001 * rows
    explorer = lw.FFTExplorer(picture, pixel_size=0.05)
    await explorer.settled()
    canvas = canvas_of(explorer)
    (ruler,) = parts(explorer, Ruler)
    assert not ruler.panel.children
    ruler.draw_line.value = True
    assert ruler.panel.children
    canvas.ruler = tuple(part / reduced for part in (90.5, 20.5, 60.5, 60.5))
    assert "2.5 nm long (50 px), 36.9° from the horizontal" in words(explorer)
    (chart,) = parts(ruler.panel, ProfileCurve)
    (menu,) = parts(ruler.panel, ChartMenu)
    lines = list(csv.reader(io.StringIO(menu.table())))
    assert lines[0] == ["distance [nm]", "gray value"]
    distance, value = np.array(lines[1:], float).T
    assert (distance[0], distance[-1]) == pytest.approx((0, 2.5))
    along = distance / 2.5
    expected = 7.0 + np.cos(2 * np.pi * (20 + 40 * along) / 20) + 0.001 * (90 - 30 * along)
    assert np.abs(value - expected).max() < 0.03
    # along the crests more lines change what is read, as these go up and down beside it
    canvas.ruler = tuple(part / reduced for part in (20.5, 20.5, 80.5, 20.5))
    (width,) = parts(ruler.panel, ipw.BoundedIntText)
    assert np.asarray(chart.values).mean() == pytest.approx(8.05, abs=0.01)
    width.value = 20
    assert np.asarray(chart.values).mean() == pytest.approx(7.05, abs=0.01), "one whole wave is averaged"
    explorer.pixel_size = None
    await explorer.settled()
    assert canvas.ruler == (), "another calibration: the line is gone, and its profile with it"
    with pytest.raises(ValueError, match="no profile"):
        menu.table()
    explorer.close()


async def test_the_ruler_shows_the_picture_as_it_was_scanned() -> None:
    explorer = lw.FFTExplorer(crystal_picture(np.array([[0.0, 16.0], [-14.0, 3.0]])), scale=5.0)
    await explorer.settled()
    (ruler,) = parts(explorer, Ruler)
    assert explorer.show_corrected
    ruler.draw_line.value = True
    assert not explorer.show_corrected
    explorer.show_corrected = True
    assert not ruler.draw_line.value
    explorer.close()


@pytest.mark.parametrize("shear", [0.0, 12.0])
async def test_the_cell_of_the_fit_lies_on_the_picture(shear: float) -> None:
    vectors = np.array([[0.0, 16.0], [-14.0, 3.0]])
    explorer = lw.FFTExplorer(crystal_picture(vectors), shear=shear)
    await explorer.settled()
    canvas = canvas_of(explorer)
    assert explorer.fit is not None
    (cell,) = canvas.cells
    index = np.reshape(cell[2:], (2, 2)) @ np.linalg.inv(vectors)
    assert index == pytest.approx(np.rint(index), abs=0.02), "both sides go from one lattice point to another"
    assert abs(np.linalg.det(index)) == pytest.approx(1, abs=0.02), "and nothing else lies in the cell"
    corner = (np.array(cell[:2]) - [80, 100]) @ np.linalg.inv(vectors)
    assert corner == pytest.approx(np.rint(corner), abs=0.05), "its corner is a lattice point"
    assert not canvas.cell_handles
    explorer.show_cell = False
    assert not canvas.show_cells
    explorer.close()


async def test_the_conventional_cell_is_drawn_where_it_is_another() -> None:
    vectors = np.array([[-15.0, 7.0], [15.0, 7.0]])  # a rectangle of 14 x 30 with a point in its middle
    explorer = lw.FFTExplorer(crystal_picture(vectors))
    await explorer.settled()
    assert explorer.fit is not None
    assert explorer.fit.bravais_type == "centered rectangular"
    primitive, conventional = (np.reshape(cell[2:], (2, 2)) for cell in canvas_of(explorer).cells)
    assert sorted(np.hypot(*conventional.T)) == pytest.approx([14, 30], rel=0.01)
    assert abs(np.linalg.det(conventional)) == pytest.approx(2 * abs(np.linalg.det(primitive)), rel=0.01)
    explorer.source = np.random.default_rng(2).normal(size=(120, 150))
    await explorer.settled()
    assert canvas_of(explorer).cells == (), "no lattice, no cell"
    explorer.close()


def drag(canvas: PictureCanvas, vector: int, to: tuple[float, float]) -> None:
    """Set what the browser sets when the end of a vector is dragged to (row, col) from the corner [px]."""
    cell = list(canvas.cells[0])
    cell[2 + 2 * vector : 4 + 2 * vector] = to
    with canvas.hold_trait_notifications():
        canvas.cell_grip = vector, canvas.cell_grip[1] + 1
        canvas.cells = (tuple(cell),)


async def test_sliders_follow_the_dragged_cell() -> None:
    simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=0.0, show_cell=True, field_of_view=6.4)
    await simulator.settled()
    canvas, pixel = canvas_of(simulator), 6.4 / 256
    assert canvas.cell_handles
    assert canvas.show_cells
    row, col, *sides = canvas.cells[0]
    assert (row, col) == (127.5, 127.5)
    assert np.array(sides) * pixel == pytest.approx([0, 0.3905, -0.3905, 0], abs=1e-9)
    drag(canvas, 0, (-0.3 / pixel, 0.4 / pixel))
    await simulator.settled()
    assert (simulator.a, simulator.b) == (0.5, 0.3905)
    assert simulator.rotation == pytest.approx(36.9)
    assert simulator.gamma == pytest.approx(53.1), "b stays where it was"
    assert simulator.picture_lattice is not None
    drawn = np.reshape(canvas.cells[0][2:], (2, 2)) * pixel
    assert drawn == pytest.approx(np.array([[-0.3, 0.4], [-0.3905, 0]]), abs=2e-3)
    assert simulator.crystal == "SrTiO3 [001]"
    simulator.undo()
    assert (simulator.a, simulator.gamma, simulator.rotation) == (0.3905, 90.0, 0.0)
    simulator.close()


async def test_a_hand_that_goes_where_no_cell_is_gets_the_cell_as_it_is() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", rotation=0.0, show_cell=True)
    await simulator.settled()
    canvas, longest = canvas_of(simulator), simulator.traits()["b"].max
    pixel = simulator.field_of_view / 256
    for row in (-1.5, -2.0):
        drag(canvas, 1, (row * longest / pixel, 0.0))
        await simulator.settled()
        assert simulator.b == longest
        assert np.hypot(*canvas.cells[0][4:]) * pixel == pytest.approx(longest)
        assert canvas.cells_know == canvas.cell_grip[1]
    simulator.close()


async def test_a_dragged_cell_keeps_to_its_type_and_to_the_range_of_the_sliders() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", bravais_type="hexagonal", rotation=0.0)
    await simulator.settled()
    canvas, pixel = canvas_of(simulator), simulator.field_of_view / 256
    drag(canvas, 1, (-0.3 / pixel, 0.0))
    await simulator.settled()
    assert (simulator.a, simulator.b, simulator.gamma) == (0.3, 0.3, 120.0)
    assert simulator.rotation == pytest.approx(-30.0)
    simulator.bravais_type = "as the numbers say"
    drag(canvas, 0, (0.0, 5.0 / pixel))
    await simulator.settled()
    assert (simulator.a, simulator.gamma) == (1.5, 90.0)
    drag(canvas, 1, (-0.02 / pixel, 0.5 / pixel))
    await simulator.settled()
    assert simulator.gamma == 30.0
    assert not simulator.error
    simulator.close()


async def test_under_drift_the_cell_is_that_of_the_picture() -> None:
    simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=0.0, drift_right=0.2, drift_down=0.05)
    await simulator.settled()
    canvas, pixel = canvas_of(simulator), simulator.field_of_view / 256
    drawn = Lattice(np.reshape(canvas.cells[0][2:], (2, 2)) * pixel).reduced()
    assert simulator.picture_lattice is not None
    shown = simulator.picture_lattice.reduced()
    assert (drawn.a, drawn.b, drawn.gamma) == pytest.approx((shown.a, shown.b, shown.gamma))
    assert drawn.gamma > 90.5
    same = tuple(canvas.cells[0][4:6])
    drag(canvas, 1, (same[0] * 1.2, same[1] * 1.2))
    await simulator.settled()
    assert (simulator.a, simulator.gamma, simulator.rotation) == pytest.approx((0.3905, 90.0, 0.0), abs=0.06)
    assert simulator.b == pytest.approx(1.2 * 0.3905, abs=1e-4)
    simulator.close()


async def test_the_ruler_of_the_simulator_stays_while_the_crystal_changes() -> None:
    simulator = lw.LatticeSimulator(crystal="SrTiO3 [001]", rotation=0.0)
    await simulator.settled()
    (ruler,) = parts(simulator, Ruler)
    ruler.draw_line.value = True
    canvas = canvas_of(simulator)
    canvas.ruler = (128.0, 20.0, 128.0, 230.0)
    (chart,) = parts(ruler.panel, ProfileCurve)
    before = np.array(chart.values)
    simulator.a = 0.5
    await simulator.settled()
    assert canvas.ruler == (128.0, 20.0, 128.0, 230.0)
    assert not np.array_equal(before, chart.values)
    simulator.rows = 192
    await simulator.settled()
    assert canvas.ruler == ()
    assert not ruler.draw_line.value
    simulator.close()


@pytest.mark.parametrize("crystal", ["graphene", "SrTiO3 [001]", "WS2", "Si [110]"])
@pytest.mark.parametrize("drift", [0.0, 0.2])
async def test_the_atoms_of_the_cell_are_where_the_micrograph_has_them(crystal: str, drift: float) -> None:
    simulator = lw.LatticeSimulator(
        crystal=crystal, rotation=7.0, drift_right=drift, field_of_view=3.0, probe_size=0.05, dose=1e8, background=0.0
    )
    await simulator.settled()
    canvas = canvas_of(simulator)
    assert canvas.cell_atoms == ()
    simulator.show_basis = True
    assert simulator.show_cell, "without the cell nobody knows which atoms these are"
    basis = lw.CRYSTALS[crystal].basis
    assert [name for _u, _v, name in canvas.cell_atoms] == [atom.element for atom in basis]
    row, col, *sides = canvas.cells[0]
    vectors = np.reshape(sides, (2, 2))
    image = simulator.image
    middle = np.median(image)
    for u, v, _name in canvas.cell_atoms:
        place = np.array([row, col]) + [u, v] @ vectors
        near = tuple(slice(round(at) - 1, round(at) + 2) for at in place)
        assert image[near].max() > middle + 0.02 * (image.max() - middle), (place, _name)
    # an atom that is off by a third of the cell would lie in the dark
    heavy = max(zip(canvas.cell_atoms, basis, strict=True), key=lambda pair: pair[1].atomic_number)[0]
    peak = np.array([row, col]) + np.array(heavy[:2]) @ vectors
    rows, cols = np.mgrid[-3:4, -3:4]
    part = image[round(peak[0]) - 3 : round(peak[0]) + 4, round(peak[1]) - 3 : round(peak[1]) + 4].astype(float)
    part = np.clip(part - middle, 0, None)
    found = np.round(peak) + np.array([(rows * part).sum(), (cols * part).sum()]) / part.sum()
    assert found == pytest.approx(peak, abs=0.7), "the brightest atom lies where its mark is [px]"
    simulator.show_basis = False
    assert canvas.cell_atoms == ()
    simulator.close()


async def test_another_crystal_brings_its_atoms() -> None:
    simulator = lw.LatticeSimulator(crystal="graphene", show_basis=True)
    await simulator.settled()
    canvas = canvas_of(simulator)
    assert [name for _u, _v, name in canvas.cell_atoms] == ["C", "C"]
    simulator.crystal = "SrTiO3 [001]"
    await simulator.settled()
    assert {"Sr", "Ti"} <= {name for _u, _v, name in canvas.cell_atoms}
    before = simulator.static_picture()
    simulator.show_basis = False
    assert simulator.static_picture() != before
    simulator.close()
