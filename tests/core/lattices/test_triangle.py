"""The map of lattices: where the five types lie, that it knows a lattice from its shape alone, and its errors."""

import matplotlib.path
import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.lattices.shape import strains_of_points
from lattice_widgets.core.lattices.triangle import (
    TYPE_LINES,
    conorms,
    handedness,
    nearest_points,
    reduced_conorms,
    superbase,
    triangle_grid,
    triangle_lattice,
    triangle_point,
)
from lattice_widgets.core.lattices.triangle_errors import error_region, triangle_covariance
from lattice_widgets.core.lattices.walk import lattice_walk
from lattice_widgets.core.simulation.drift_path import drift_path
from lattice_widgets.core.simulation.microscope import Microscope, drift_matrix


def random_lattices(count, seed=0):
    rng = np.random.default_rng(seed)
    return [
        Lattice.from_parameters(*rng.uniform(0.1, 0.6, 2), rng.uniform(35, 145), rng.uniform(0, 360))
        for _ in range(count)
    ]


def random_points(count, seed=1):
    """Places all over the map, many near its edges."""
    points = np.random.default_rng(seed).dirichlet([0.6, 0.6, 0.6], 2 * count)[:, :2]
    return points[points.sum(axis=1) < 0.97][:count]


# ------------------------------------------------------------------ where lattices are


def test_the_five_types_are_corners_edges_and_the_inside():
    assert triangle_point(Lattice.from_parameters(0.39, 0.39, 90, 33)) == pytest.approx((0, 0), abs=1e-7)
    assert triangle_point(Lattice.from_parameters(0.246, 0.246, 60, 10)) == pytest.approx((0, 1), abs=1e-9)
    for ratio in (1.2, 2.5, 4):
        # a rectangle has the roots 0, a, b
        place = triangle_point(Lattice.from_parameters(1, ratio, 90, 20))
        assert place == pytest.approx(((ratio - 1) / (ratio + 1), 0), abs=1e-6)
    for gamma in (95, 110, 119):  # a rhombus fatter than the hexagonal one: the two shortest vectors equal
        x, y = triangle_point(Lattice.from_parameters(1, 1, gamma, 5))
        assert x == pytest.approx(0, abs=1e-9)
        assert 0 < y < 1
    for gamma in (125, 150, 50, 30):  # a thinner one: the two longest equal
        x, y = triangle_point(Lattice.from_parameters(1, 1, gamma, 5))
        assert x + y == pytest.approx(1, abs=1e-9)
        assert 0 < y < 1
    x, y = triangle_point(Lattice.from_parameters(1, 1.3, 103))
    assert min(x, y, 1 - x - y) > 0.05


def test_each_line_of_a_type_holds_lattices_of_that_type():
    for kind, lines in TYPE_LINES.items():
        for line in lines:
            for fraction in (0.2, 0.5, 0.8) if len(line) > 1 else (0,):
                x, y = (1 - fraction) * np.array(line[0]) + fraction * np.array(line[-1])
                assert triangle_lattice(x, y).bravais_type(1e-6, 1e-6) == kind


def test_the_way_there_and_back_over_random_lattices():
    for lattice in random_lattices(300):
        x, y = triangle_point(lattice)
        assert x >= 0
        assert y >= 0
        assert x + y <= 1 + 1e-12
        back = triangle_lattice(x, y, area=lattice.area)
        cell = lattice.reduced()
        np.testing.assert_allclose([back.a, back.b, back.gamma], [cell.a, cell.b, cell.gamma], rtol=1e-7)
        np.testing.assert_allclose(triangle_lattice(x, y, spacing=0.3).reduced().a, 0.3)


def test_a_place_is_that_of_the_shape_alone():
    """Rotation, size, the choice of basis and mirroring change nothing."""
    rng = np.random.default_rng(2)
    for lattice in random_lattices(100, seed=3):
        place = triangle_point(lattice)
        turn = np.deg2rad(rng.uniform(0, 360))
        turned = lattice.transformed([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        other_basis = Lattice(np.array([[2, 3], [1, 2]]) @ lattice.vectors)
        sheared_basis = Lattice(np.array([[1, -int(rng.integers(1, 9))], [0, 1]]) @ lattice.vectors)
        mirrored = lattice.transformed([[1, 0], [0, -1]])
        for same in (turned, lattice.transformed(7.3 * np.eye(2)), other_basis, sheared_basis, mirrored):
            assert triangle_point(same) == pytest.approx(place, abs=1e-9)


def test_mirror_images_differ_by_handedness_alone():
    for lattice in random_lattices(50, seed=4):
        mirrored = lattice.transformed([[-1, 0], [0, 1]])
        assert handedness(lattice) == -handedness(mirrored)
        assert abs(handedness(lattice)) == 1
        assert handedness(Lattice(np.array([[2, 3], [1, 2]]) @ lattice.vectors)) == handedness(lattice)
    for kind in BRAVAIS_TYPES[1:]:
        assert handedness(Lattice.from_parameters(1, 1.3, 103).nearest(kind), tolerance=1e-6) == 0


def test_the_map_is_continuous_where_the_reduced_cell_jumps():
    """Along a shear that goes through many reduced cells no step is longer than its strain allows."""
    shears = np.linspace(0, 3, 60_001)
    start = Lattice.from_parameters(1, 1.1, 90)
    places = np.array([triangle_point(start.transformed([[1, 0], [s, 1]])) for s in shears[::20]])
    steps = np.hypot(*np.diff(places, axis=0).T)
    # at the lower edge it is the root of the step that counts
    assert steps.max() < 3 * np.sqrt(shears[20])
    off_edge = np.minimum(places[1:, 1], places[:-1, 1]) > 0.2
    assert steps[off_edge].max() < 10 * shears[20]
    assert off_edge.sum() > 1000


def test_the_angle_of_a_square_moves_it_by_the_root():
    one, four = (triangle_point(Lattice.from_parameters(1, 1, 90 + angle))[1] for angle in (0.01, 0.04))
    assert four / one == pytest.approx(2, rel=0.02)


def test_conorms_are_those_of_any_obtuse_superbase():
    for lattice in random_lattices(30, seed=5):
        base = superbase(lattice)
        values = conorms(base)
        assert (values >= 0).all()
        assert (np.diff(values) >= -1e-12).all()
        np.testing.assert_allclose(base.sum(axis=0), 0, atol=1e-12)
        for basis in ([[2, 3], [1, 2]], [[1, -7], [0, 1]], [[1, 0], [0, -1]]):
            a, b = np.array(basis) @ lattice.vectors
            np.testing.assert_allclose(reduced_conorms(conorms([a, b, -a - b])), values, atol=1e-12)
        # Selling: the area from the conorms
        p, q, r = values
        assert np.sqrt(p * q + p * r + q * r) == pytest.approx(lattice.area)


# ------------------------------------------------------------------ many places at once


def test_the_nearest_places_lie_on_their_lines_and_are_that_far():
    for x, y in random_points(60, seed=6):
        lattice = triangle_lattice(x, y)
        places, strains = nearest_points(lattice), lattice.strains()
        for kind, place in places.items():
            here = strains_of_points(place)[BRAVAIS_TYPES.index(kind)]
            assert here == pytest.approx(0, abs=1e-4)
            # nothing on the lines of this type is nearer, by the strain between the two shapes
            tau, foot = lattice.shape_parameter(), triangle_lattice(*place).shape_parameter()
            distance = np.arccosh(1 + abs(tau - foot) ** 2 / (2 * tau.imag * foot.imag))
            assert 100 * np.expm1(distance) == pytest.approx(strains[kind], rel=1e-4, abs=1e-3)


def test_a_grid_covers_the_map():
    grid = triangle_grid(12)
    assert grid.shape == (13 * 14 // 2, 2)
    assert grid.min() == 0
    assert grid.sum(axis=1).max() == pytest.approx(1)
    assert len(np.unique(grid.round(9), axis=0)) == len(grid)


@pytest.mark.parametrize(
    ("place", "size", "sentence"),
    [
        ((-0.1, 0.5), {}, "outside the map"),
        ((0.6, 0.6), {}, "outside the map"),
        ((np.nan, 0.5), {}, "outside the map"),
        ((1.0, 0.0), {}, "no lattice at the corner"),
        ((0.2, 0.2), {"area": -1}, "positive"),
        ((0.2, 0.2), {"area": 1, "spacing": 1}, "not both"),
    ],
)
def test_what_is_no_lattice_is_refused(place, size, sentence):
    with pytest.raises(ValueError, match=sentence):
        triangle_lattice(*place, **size)


# ------------------------------------------------------------------ errors and drift


def inside(region, points):
    """Which points lie in one of the polygons, their edges included."""
    found = np.zeros(len(points), bool)
    for polygon in region:
        outline = matplotlib.path.Path(polygon)
        for radius in (1e-9, -1e-9):  # its sign means inside or outside by the direction of the outline
            found |= outline.contains_points(points, radius=radius)
    return found


def drawn(lattice, covariance, count, seed):
    """Places of lattices measured again and again."""
    rng = np.random.default_rng(seed)
    vectors = rng.multivariate_normal(lattice.vectors.ravel(), covariance, count).reshape(-1, 2, 2)
    return np.array([triangle_point(Lattice(pair)) for pair in vectors])


@pytest.fixture(scope="module")
def covariance():
    part = np.random.default_rng(7).normal(size=(4, 4)) * 0.003
    return part @ part.T


def test_the_ellipse_inside_the_map_is_that_of_repeated_measurements(covariance):
    oblique = Lattice.from_parameters(1, 1.3, 105, 20)
    places = drawn(oblique, covariance, 4000, 8)
    found = triangle_covariance(oblique, covariance)
    np.testing.assert_allclose(found, np.cov(places.T), rtol=0.1)
    for sigmas in (1.0, 2.0):
        (region,) = error_region(oblique, covariance, sigmas)
        share = inside([region], places).mean()
        assert share == pytest.approx(1 - np.exp(-(sigmas**2) / 2), abs=0.02)
    # and its area is that of the ellipse, to first order
    x, y = region.T
    area = 0.5 * abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))
    assert area == pytest.approx(4 * np.pi * np.sqrt(np.linalg.det(found)), rel=0.05)


@pytest.mark.parametrize(
    ("cell", "copies"),
    [((1, 1, 90), 4), ((1, 1, 120), 6), ((1, 1.2, 90), 2), ((1, 1.2, 90.3), 2), ((1, 1, 100), 2), ((1, 1, 150), 2)],
)
def test_at_edges_and_corners_the_region_is_folded_and_still_holds_the_truth(covariance, cell, copies):
    lattice = Lattice.from_parameters(*cell, 20)
    region = error_region(lattice, covariance)
    assert len(region) == copies
    everything = np.concatenate(region)
    assert everything.min() >= -1e-9
    assert everything.sum(axis=1).max() <= 1 + 1e-9
    share = inside(region, drawn(lattice, covariance, 2000, 9)).mean()
    assert 1 - np.exp(-2) - 0.02 < share < 0.97


def test_a_first_order_does_not_exist_on_the_lower_edge(covariance):
    with pytest.raises(ValueError, match="error_region"):
        triangle_covariance(Lattice.from_parameters(1, 1.2, 90), covariance)


def test_huge_and_no_errors_end():
    lattice = Lattice.from_parameters(1, 1.3, 105)
    assert len(error_region(lattice, 0.5 * np.eye(4))) > 3
    (point,) = error_region(lattice, np.zeros((4, 4)))
    np.testing.assert_allclose(point, np.broadcast_to(triangle_point(lattice), point.shape), atol=1e-9)


def test_drift_takes_a_lattice_away_and_a_walk_goes_straight():
    graphene = Lattice.from_parameters(0.246, 0.246, 120, 10)
    microscope = Microscope(line_time=0.02)
    path = drift_path(graphene, [0, 0.05, 0.1], 30.0, microscope)
    assert triangle_point(path[0]) == pytest.approx((0, 1), abs=1e-9)
    expected = graphene.transformed(drift_matrix(microscope, (-0.05, 0.1 * np.sqrt(3) / 2)))
    np.testing.assert_allclose(path[2].vectors, expected.vectors)
    strains = [step.strains()["hexagonal"] for step in path]
    assert strains == sorted(strains)
    square = Lattice.from_parameters(1, 1, 90)
    assert all(triangle_point(step)[0] == pytest.approx(0, abs=1e-6) for step in lattice_walk(square, graphene, 9))
    with pytest.raises(ValueError, match="finite"):
        drift_path(graphene, [np.nan])
