"""The living map of lattices without a browser: the dot, the simulator, what is measured, paths, colors, errors."""

import asyncio

import numpy as np
import pytest
import traitlets as t
import xarray as xr
from IPython.core.formatters import DisplayFormatter

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.lattices.shape import types_of_points
from lattice_widgets.core.lattices.triangle import triangle_grid, triangle_lattice, triangle_point
from lattice_widgets.core.simulation.cell_for_lattice import CellLimits, cell_for, nearest_allowed
from lattice_widgets.core.simulation.lattice_survey import Conditions, survey_lattices
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map.widget import LatticeMap
from lattice_widgets.widgets.simulator.widget import FREE, LatticeSimulator
from tests.patience import until
from tests.widget_parts import named, part, words

WIDE = CellLimits((0.1, 1.5), (0.1, 1.5), (30, 150))


@pytest.fixture
async def pair():
    """A simulator and the map that is linked to it."""
    simulator = LatticeSimulator(rows=64, cols=64, field_of_view=2.0)
    chart = LatticeMap(simulator)
    await simulator.settled()
    await chart.settled()
    yield simulator, chart
    chart.close()
    simulator.close()


@pytest.fixture
async def alone():
    made = LatticeMap(x=0.25, y=0.35)
    await made.settled()
    yield made
    made.close()


def hand(chart, x, y):
    """What the browser sends while a hand drags."""
    part(chart, TriangleMap).held = True
    part(chart, TriangleMap).dot = (x, y)


def release(chart):
    part(chart, TriangleMap).held = False


def place_of(simulator):
    return triangle_point(simulator.request().crystal.primitive_lattice(simulator.mode))


# ------------------------------------------------------------------ which cell a place asks for


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


# ------------------------------------------------------------------ the dot alone


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


# ------------------------------------------------------------------ the simulator


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
    simulator.lattice_type = kind
    hand(chart, *asked)
    assert (chart.x, chart.y) == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).allowed == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).dot == asked  # the hand is not pushed away
    assert f"keeps its cell {kind}" in words(chart)
    assert simulator.lattice_type == kind
    release(chart)
    assert part(chart, TriangleMap).dot == pytest.approx(allowed, abs=1e-4)
    assert part(chart, TriangleMap).allowed == ()
    simulator.lattice_type = FREE
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


# ------------------------------------------------------------------ what is measured


async def test_a_measured_picture_becomes_a_mark_whose_region_holds_the_truth(alone):
    truth = lw.Crystal("", 0.3, 0.36, 99)
    micrograph = lw.simulate_micrograph(truth, lw.Microscope(rows=160, cols=200, field_of_view=5.0), rotation=21)
    alone.measure(
        xr.DataArray(micrograph.image, dims=("row", "col"), attrs={"pixel_size": micrograph.pixel_size}), "scan"
    )
    await alone.settled()
    assert alone.error == ""
    fit = alone.measured["scan"]
    assert fit.a == pytest.approx(0.3, rel=0.01)
    (mark,) = part(alone, TriangleMap).marks
    assert (mark["x"], mark["y"]) == pytest.approx(triangle_point(truth.cell), abs=0.02)
    region = np.array(mark["region"][0])
    assert np.abs(region - [mark["x"], mark["y"]]).max() < 0.03
    assert f"scan: a = {lw.with_error(fit.a, fit.a_error, fit.unit)}" in mark["text"]
    assert "nm" in mark["text"]
    alone.measure(fit, "scan")  # the same name: the same mark
    alone.measure(micrograph.image)
    await alone.settled()
    assert list(alone.measured) == ["scan", "measured 2"]
    alone.forget("scan")
    assert [one["name"] for one in part(alone, TriangleMap).marks] == ["measured 2"]


async def test_widgets_and_samples_are_measured(alone, pair):
    simulator, chart = pair
    chart.measure(simulator, "its picture")
    explorer = lw.FFTExplorer(simulator.image)
    await explorer.settled()
    alone.measure(explorer, "the window")
    alone.measure("simulated_srtio3_stem", "sample")
    for widget in (alone, chart):
        await widget.settled()
    assert chart.error == alone.error == ""
    assert alone.measured["the window"] is explorer.fit
    assert alone.measured["sample"].lattice_type == "square"
    assert chart.measured["its picture"].lattice_type == "hexagonal"
    explorer.close()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("no such thing", "there is no file"),
        (np.random.default_rng(0).normal(size=(64, 80)), "shows no lattice"),
        (np.zeros((64, 80)), "constant"),
        (np.zeros(5), "two axes"),
        (np.random.default_rng(0).normal(size=(3, 64, 80)), "None of the 3 frames shows a lattice"),
        (None, "shows no picture yet"),
    ],
)
async def test_what_cannot_be_measured_ends_in_a_sentence(alone, source, sentence):
    alone.measure(source)
    await alone.settled()
    assert sentence in alone.error
    assert alone.measured == {}
    assert "lattice-widgets-error" in words(alone)


# ------------------------------------------------------------------ paths


async def test_a_movie_becomes_a_path_and_frames_without_lattice_are_counted(alone):
    rng = np.random.default_rng(1)
    frames = [
        lw.simulate_micrograph(lw.Crystal("", 0.3, 0.3, gamma), lw.Microscope(rows=96, cols=112), rotation=8).image
        for gamma in (90, 97, 104)
    ]
    frames.insert(1, rng.normal(size=frames[0].shape).astype(np.float32))
    alone.measure(np.array(frames))
    await alone.settled()
    assert alone.error == ""
    assert len(alone.path) == 3
    places = np.array(part(alone, TriangleMap).path)
    assert np.all(np.diff(places[:, 1]) > 0.1)  # from square towards hexagonal
    assert "1 frame shows no lattice" in words(alone)
    assert part(alone, TriangleMap).path_ends == ("0 frames", "3 frames")


async def test_paths_of_lattices_and_of_drift(pair):
    simulator, chart = pair
    walk = lw.lattice_walk(lw.Lattice.from_parameters(1, 1, 90), lw.Lattice.from_parameters(1, 1, 120), 7)
    chart.show_path(walk, times=np.arange(7) * 2.5)
    assert part(chart, TriangleMap).path_ends == ("0 s", "15 s")
    assert part(chart, TriangleMap).path_texts[1] == "2.5 s"
    np.testing.assert_allclose(part(chart, TriangleMap).path[-1], [0, 1], atol=1e-6)
    chart.show_path(walk)
    assert part(chart, TriangleMap).path_ends == ("start", "end")
    chart.show_drift(0.2, 30.0, steps=5)
    assert len(chart.path) == 5
    np.testing.assert_allclose(part(chart, TriangleMap).path[0], [chart.x, chart.y], atol=1e-6)
    simulator.drift_right, simulator.drift_down = 0.2 * np.cos(np.pi / 6), -0.1
    await simulator.settled()
    np.testing.assert_allclose(part(chart, TriangleMap).path[-1], triangle_point(simulator.picture_lattice), atol=1e-6)
    chart.show_path([])
    assert part(chart, TriangleMap).path == []
    assert chart.error == ""


@pytest.mark.parametrize(
    ("lattices", "times", "sentence"),
    [
        ([lw.Lattice.from_parameters(1, 1, 90)], [1, 2], "one time for each of the 1 lattices, not 2"),
        (["hexagonal"], None, "not of str"),
        (3, None, "not of int"),
        ([lw.Lattice.from_parameters(1, 1, 90)], ["noon"], "times of a path are numbers"),
        ([lw.Lattice.from_parameters(1, 1, 90)], [np.nan], "times of a path are numbers"),
    ],
)
async def test_what_is_no_path_ends_in_a_sentence(alone, lattices, times, sentence):
    alone.show_path(lattices, times)
    assert sentence in alone.error
    assert part(alone, TriangleMap).path == []


async def test_a_drift_that_is_too_fast_ends_in_a_sentence(alone):
    alone.show_drift(50.0, -90.0)
    assert "drifts as fast as the scan" in alone.error


# ------------------------------------------------------------------ who colors the map


def by_type(images):
    """A classifier that is sure, and knows nothing but how many pictures it got."""
    return np.tile(np.eye(len(CLASSES), dtype=np.float32)[3], (len(images), 1))


def test_a_survey_gets_finer_and_ends_with_every_place_named():
    conditions = Conditions(lw.CRYSTALS["graphene"], lw.Microscope(rows=32, cols=32, field_of_view=1.5), area=0.05)
    asked = []

    def classify(images):
        asked.append(len(images))
        return by_type(images)

    found = list(survey_lattices(classify, conditions, ((3, 1), (6, 1), (6, 2))))
    assert [survey.steps for survey in found] == sorted(survey.steps for survey in found)
    assert found[-1].complete
    assert found[-1].total == 2 * len(triangle_grid(6))
    assert not found[0].complete
    known = ~np.isnan(found[-1].probabilities[:, 0])
    # the cells near the corner (1, 0) are too long for the limits
    assert triangle_grid(6)[~known].sum(axis=1).min() > 0.9
    assert sum(asked) == 2 * known.sum()
    np.testing.assert_array_equal(found[-1].probabilities[known].argmax(axis=1), 3)
    np.testing.assert_allclose(found[-1].probabilities[known].sum(axis=1), 1)


def test_what_is_not_named_yet_lies_between_its_neighbors():
    """Probabilities that are linear over the map are kept so by the interpolation."""
    conditions = Conditions(lw.CRYSTALS["graphene"], lw.Microscope(rows=32, cols=32, field_of_view=1.5), area=0.05)
    grid = triangle_grid(4)
    order = iter(grid[~np.isclose(grid[:, 0], 1)])  # nothing is asked at the corner that is no lattice

    def classify(images):
        rows = []
        for _ in images:
            x, y = next(order)
            rows.append([x, y, 1 - x - y, 0, 0, 0])
        return np.array(rows, np.float32)

    wide = CellLimits((1e-6, 1e6), (1e-6, 1e6), (0, 180))
    conditions = Conditions(conditions.crystal, conditions.microscope, area=0.05, limits=wide)
    surveys = survey_lattices(classify, conditions, ((4, 1), (8, 1)))
    coarse = next(survey for survey in surveys if survey.done == len(grid))
    corner = np.isnan(coarse.probabilities[:, 0])
    assert corner.sum() == 1  # (1, 0) is no lattice
    order = iter(np.zeros((99, 2)))  # the next pictures say something else
    fine = next(surveys)
    places = triangle_grid(8)
    known = ~np.isnan(fine.probabilities[:, 0])
    guessed = known & (np.abs(fine.probabilities[:, 2] - 1) > 1e-6)
    assert guessed.sum() > 25
    expected = np.column_stack([places, 1 - places.sum(axis=1)])
    np.testing.assert_allclose(fine.probabilities[guessed][:, :3], expected[guessed], atol=1e-6)


def test_conditions_that_give_no_picture_anywhere_are_told():
    impossible = Conditions(lw.CRYSTALS["graphene"], lw.Microscope(field_of_view=4000.0), area=0.05)
    with pytest.raises(ValueError, match="atoms"):
        list(survey_lattices(by_type, impossible, ((2, 1),)))


async def test_the_network_colors_the_map_and_geometry_agrees_far_from_the_borders(pair, monkeypatch):
    monkeypatch.setattr("lattice_widgets.core.simulation.lattice_survey.PLAN", ((4, 1),))
    monkeypatch.setattr("lattice_widgets.widgets.lattice_map.work.PLAN", ((4, 1),))
    simulator, chart = pair
    simulator.rows = simulator.cols = 128
    simulator.field_of_view = 3.0
    chart.background = "network"
    await chart.settled()
    assert chart.error == ""
    assert chart.survey.complete
    assert part(chart, TriangleMap).network_steps == 4
    named = chart.survey.probabilities.argmax(axis=1)
    grid = triangle_grid(4)
    for corner, kind in (((0, 0), "square"), ((0, 1), "hexagonal"), ((0.25, 0), "rectangular")):
        n = int(np.hypot(*(grid - corner).T).argmin())
        assert CLASSES[named[n]] == kind
        assert types_of_points(grid[n]) == CLASSES.index(kind)
    assert "Colored by what the network (default) says" in words(chart)
    before = chart.survey
    chart.background = "none"
    chart.background = "network"
    await chart.settled()
    assert chart.survey is before  # nothing changed: nothing is asked again
    chart.move_to(0.1, 0.6)  # nor does the dot change anything
    await chart.settled()
    assert chart.survey is before
    simulator.dose = 2e3
    await chart.settled()
    assert chart.survey is not before
    assert not np.allclose(chart.survey.probabilities, before.probabilities, atol=0.05, equal_nan=True)


async def test_asking_the_network_can_be_stopped(pair):
    _, chart = pair
    chart.background = "network"
    await until(lambda: chart.survey is not None, "the first answers")
    assert "has named" in words(chart)
    assert named(chart, "stop").layout.display is None
    named(chart, "stop").click()
    await chart.settled()
    assert not chart.busy
    assert not chart.survey.complete
    assert "Stopped" in words(chart)
    assert named(chart, "stop").layout.display == "none"


async def test_geometry_needs_no_network(alone):
    alone.background, alone.tolerance = "geometry", 3.0
    assert "within 3 %" in words(alone)
    assert part(alone, TriangleMap).background == "geometry"
    assert part(alone, TriangleMap).tolerance == 3.0
    part(alone, TriangleMap).background = "none"  # by the key B
    assert alone.background == "none"
    assert "within 3 %" not in words(alone)


async def test_the_saved_notebook_shows_the_map(alone):
    bundle, _metadata = DisplayFormatter().format(alone)
    assert bundle["image/png"]
    assert alone.static_picture().startswith(b"\x89PNG")
