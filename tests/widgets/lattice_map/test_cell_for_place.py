"""Which cell of a crystal a place on the map asks for."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.triangle import triangle_lattice, triangle_point
from lattice_widgets.core.simulation.cell_for_lattice import CellLimits, cell_for, nearest_allowed

WIDE = CellLimits((0.1, 1.5), (0.1, 1.5), (30, 150))


@pytest.mark.parametrize("name", ["graphene", "Si [110]", "Fe [001]", "Fe [110]", "ZrO2 [010], monoclinic"])
@pytest.mark.parametrize("mode", ["STEM", "STM"])
def test_the_cell_for_a_place_has_its_lattice_and_changes_slowly(name, mode):
    """On a round trip over the map, also for cells that hold several lattice points."""
    crystal, biggest = lw.CRYSTALS[name], 0.0
    area = crystal.primitive_lattice(mode).area
    for angle in np.linspace(0, 2 * np.pi, 60):
        place = (0.25 + 0.2 * np.cos(angle), 0.3 + 0.28 * np.sin(angle))
        cell = cell_for(triangle_lattice(*place, area=area), crystal, mode, WIDE)
        found = lw.Crystal(name, cell.a, cell.b, cell.gamma, crystal.basis)
        assert triangle_point(found.primitive_lattice(mode)) == pytest.approx(place, abs=1e-6)
        assert found.primitive_lattice(mode).area == pytest.approx(area)
        step = (
            abs(np.log(found.a / crystal.a)) + abs(np.log(found.b / crystal.b)) + abs(found.gamma - crystal.gamma) / 60
        )
        biggest = max(biggest, step if angle else 0.0)
        crystal = found
    assert biggest < 0.4


def test_rectangular_places_have_rectangles_for_cells():
    cell = cell_for(triangle_lattice(0.2, 0.0, area=0.06), lw.CRYSTALS["graphene"], "STEM", WIDE)
    assert cell.gamma == pytest.approx(90)
    assert cell.b / cell.a == pytest.approx(1.5)


def test_locked_cells_go_to_the_nearest_place_that_their_lock_allows():
    crystal = lw.CRYSTALS["graphene"]
    for gamma, equal, place, allowed in (
        (90.0, False, (0.4, 0.3), (0.4, 0.0)),
        (None, True, (0.05, 0.6), (0.0, 0.6)),
        (None, True, (0.25, 0.65), (0.3, 0.7)),
        (120.0, True, (0.3, 0.3), (0.0, 1.0)),
    ):
        cell = nearest_allowed(place, crystal, "STEM", WIDE, gamma, equal)
        found = lw.Crystal("", cell.a, cell.b, cell.gamma, crystal.basis)
        assert triangle_point(found.primitive_lattice()) == pytest.approx(allowed, abs=1e-4)
        assert found.cell.area == pytest.approx(crystal.cell.area)
