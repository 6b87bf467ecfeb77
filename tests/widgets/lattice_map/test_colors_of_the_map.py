"""Who colors the map of lattices: a survey of the network, which gets finer, or geometry."""

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.lattices.shape import types_of_points
from lattice_widgets.core.lattices.triangle import triangle_grid
from lattice_widgets.core.simulation.cell_for_lattice import CellLimits
from lattice_widgets.core.simulation.lattice_survey import Conditions, survey_lattices
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from tests.patience import until
from tests.widget_parts import named, part, words


def by_type(images):
    """A classifier that is sure, and knows nothing but how many pictures it got."""
    return np.tile(np.eye(len(CLASSES), dtype=np.float32)[3], (len(images), 1))


def test_a_survey_gets_finer_and_ends_with_every_place_named():
    conditions = Conditions(
        lw.CRYSTALS["graphene"], lw.Microscope(rows=32, cols=32, field_of_view=1.5, dose=1e7), area=0.05
    )
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
    conditions = Conditions(
        lw.CRYSTALS["graphene"], lw.Microscope(rows=32, cols=32, field_of_view=1.5, dose=1e7), area=0.05
    )
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
