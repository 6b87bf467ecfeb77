"""The living map of lattices without a browser: the dot alone, and the simulator that follows it and leads it."""

import asyncio

import numpy as np
import pytest
import traitlets as t
from IPython.core.formatters import DisplayFormatter

from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map.widget import LatticeMap
from lattice_widgets.widgets.simulator.widget import FREE
from tests.widget_parts import part, words
from tests.widgets.lattice_map.hand_on_map import hand, place_of, release


async def test_alone_the_dot_is_a_lattice(alone):
    assert triangle_point(alone.lattice) == pytest.approx((0.25, 0.35))
    assert alone.lattice.area == pytest.approx(alone.area)
    alone.move_to(0.0, 1.0)
    assert alone.lattice.bravais_type() == "hexagonal"
    assert "hexagonal" in alone.message
    assert part(alone, TriangleMap).dot == (0.0, 1.0)
    hand(alone, 0.3, 0.0)
    assert (alone.x, alone.y) == (0.3, 0.0)
    assert alone.lattice.bravais_type() == "rectangular"
    release(alone)
    assert part(alone, TriangleMap).dot == (0.3, 0.0)
    alone.area = 0.2
    assert alone.lattice.area == pytest.approx(0.2)
    alone.x = 0.1
    assert part(alone, TriangleMap).dot == (0.1, 0.0)


async def test_places_that_are_none_are_refused_and_change_nothing(alone):
    for wrong in ({"x": 0.9}, {"y": -0.1}, {"x": np.nan}):
        with pytest.raises(t.TraitError):
            alone.set_trait(*next(iter(wrong.items())))
    with pytest.raises(ValueError, match="outside the map"):
        alone.move_to(0.7, 0.7)
    with pytest.raises(ValueError, match="no lattice at the corner"):
        alone.move_to(1.0, 0.0)
    assert (alone.x, alone.y) == (0.25, 0.35)
    with pytest.raises(TypeError, match="LatticeSimulator"):
        LatticeMap(3)
    with pytest.raises(TypeError, match=r"no setting 'backgruond'\. Did you mean 'background'"):
        LatticeMap(backgruond="geometry")


async def test_the_simulator_follows_the_dot_and_the_dot_the_sliders(pair):
    simulator, chart = pair
    assert (chart.x, chart.y) == pytest.approx((0, 1), abs=1e-9)
    area = simulator.request().crystal.cell.area
    for place in ((0.05, 0.8), (0.1, 0.6), (0.2, 0.3), (0.3, 0.0)):
        hand(chart, *place)
        assert place_of(simulator) == pytest.approx(place, abs=1e-6)
        assert (chart.x, chart.y) == place
        assert simulator.request().crystal.cell.area == pytest.approx(area)
        assert part(chart, TriangleMap).dot == place  # nothing pulls at the hand
        assert part(chart, TriangleMap).allowed == ()
    release(chart)
    await simulator.settled()
    assert simulator.crystal_lattice.bravais_type() == "rectangular"
    assert simulator.gamma == pytest.approx(90)
    simulator.gamma = 97.0
    assert (chart.x, chart.y) == pytest.approx(place_of(simulator))
    assert part(chart, TriangleMap).dot == (chart.x, chart.y)
    assert "oblique" in chart.message
    simulator.crystal = "SrTiO3 [001]"
    assert (chart.x, chart.y) == pytest.approx((0, 0), abs=1e-6)
    assert part(chart, TriangleMap).dot_name == "crystal"


async def test_neither_pushes_the_other_for_ever(pair):
    simulator, chart = pair
    moves = []
    simulator.observe(moves.append, ["a", "b", "gamma"])
    chart.observe(moves.append, ["x", "y"])
    hand(chart, 0.2, 0.4)
    assert len(moves) == 5
    release(chart)
    await asyncio.sleep(0.1)
    assert len(moves) == 5
    simulator.gamma = 100.0
    assert len(moves) == 8
    cell = (simulator.a, simulator.b, simulator.gamma)
    hand(chart, chart.x, chart.y)  # taken and put down at the same place
    release(chart)
    assert (simulator.a, simulator.b, simulator.gamma) == cell


async def test_a_cell_with_a_point_in_its_middle_is_followed_as_its_primitive_lattice(pair):
    simulator, chart = pair
    simulator.crystal = "Fe [001]"
    assert (chart.x, chart.y) == pytest.approx((0, 0), abs=1e-6)
    chart.move_to(0.1, 0.5)
    await simulator.settled()
    assert triangle_point(simulator.crystal_lattice) == pytest.approx((0.1, 0.5), abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "asked", "allowed"),
    [("square", (0.3, 0.3), (0, 0)), ("rectangular", (0.4, 0.3), (0.4, 0)), ("hexagonal", (0.2, 0.2), (0, 1))],
)
async def test_locks_of_the_simulator_hold_and_the_dot_says_so(pair, kind, asked, allowed):
    simulator, chart = pair
    simulator.bravais_type = kind
    hand(chart, *asked)
    assert (chart.x, chart.y) == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).allowed == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).dot == asked  # the hand is not pushed away
    assert f"keeps its cell {kind}" in words(chart)
    assert simulator.bravais_type == kind
    release(chart)
    assert part(chart, TriangleMap).dot == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).allowed == ()
    simulator.bravais_type = FREE
    hand(chart, *asked)
    assert (chart.x, chart.y) == asked
    assert "keeps its cell" not in words(chart)


async def test_where_the_sliders_do_not_reach_it_says_so(pair):
    simulator, chart = pair
    chart.move_to(0.83, 0.01)
    assert "made 1." in words(chart)
    assert min(simulator.a, simulator.b) >= 0.1
    assert place_of(simulator) == pytest.approx((0.83, 0.01), abs=1e-6)
    before = (simulator.a, simulator.b, simulator.gamma)
    chart.move_to(0.95, 0.01)
    assert "does not follow" in words(chart)
    assert (simulator.a, simulator.b, simulator.gamma) == before
    assert (chart.x, chart.y) == pytest.approx((0.83, 0.01), abs=1e-6)
    chart.move_to(0.1, 0.7)  # back to its size where that fits again
    assert simulator.request().crystal.cell.area == pytest.approx(0.2461**2 * np.sqrt(3) / 2)


async def test_drift_shows_crystal_and_picture_as_two(pair):
    simulator, chart = pair
    assert part(chart, TriangleMap).marks == []
    simulator.drift_right = 0.1
    await simulator.settled()
    (mark,) = part(chart, TriangleMap).marks
    assert mark["kind"] == "picture"
    assert (mark["x"], mark["y"]) == pytest.approx(triangle_point(simulator.picture_lattice))
    assert (chart.x, chart.y) == pytest.approx((0, 1), abs=1e-9)
    assert "The crystal is hexagonal" in chart.message
    assert "Drift makes the lattice of the picture" in chart.message
    simulator.drift_right = 0.0
    await simulator.settled()
    assert part(chart, TriangleMap).marks == []


async def test_the_map_asks_the_network_of_its_simulator(pair):
    simulator, chart = pair
    simulator.classifier = "paper"
    assert chart.classifier == "paper"
    other = LatticeMap(simulator, classifier="default")
    simulator.classifier = "default"
    assert chart.classifier == "default"
    simulator.classifier = "paper"
    assert other.classifier == "default", "who chose a network keeps it"
    other.close()
    simulator.classifier = "default"
    chart.classifier = "paper"
    for name in ("paper", "default"):
        simulator.classifier = name
        assert chart.classifier == "paper", "who chooses one later keeps it too"


async def test_closing_the_map_lets_the_simulator_go(pair):
    simulator, _ = pair
    other = LatticeMap(simulator, x=0.1, y=0.5)
    assert place_of(simulator) == pytest.approx((0.1, 0.5), abs=1e-6)
    other.close()
    simulator.gamma = 93.0
    assert (other.x, other.y) == (0.1, 0.5)


async def test_the_saved_notebook_shows_the_map(alone):
    bundle, _metadata = DisplayFormatter().format(alone)
    assert bundle["image/png"]
    assert alone.static_picture().startswith(b"\x89PNG")
