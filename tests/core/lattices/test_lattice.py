"""Known lattices in, known answers out: cells, reciprocal lattices, types and the strains between them."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, CLASSES, Lattice

HIGHER = BRAVAIS_TYPES[1:]


def random_lattices(count: int, seed: int) -> list[Lattice]:
    rng = np.random.default_rng(seed)
    return [
        Lattice.from_parameters(rng.uniform(0.2, 1), rng.uniform(0.2, 1), rng.uniform(25, 155), rng.uniform(-180, 180))
        for _ in range(count)
    ]


def random_unimodular(rng: np.random.Generator) -> np.ndarray:
    """Another basis of the same lattice: a product of shears by whole numbers, swaps and mirrors."""
    matrix = np.eye(2, dtype=int)
    for _ in range(4):
        matrix = np.array([[1, rng.integers(-3, 4)], [0, 1]]) @ matrix
        matrix = np.array([[0, 1], [1, 0]]) @ matrix
    return matrix * rng.choice([-1, 1], size=(2, 1))


def exact(kind: str, rng: np.random.Generator) -> Lattice:
    """A lattice that is exactly of a type and well away from any other, in a basis that does not show it."""
    a, rotation = rng.uniform(0.2, 2), rng.uniform(0, 360)
    b, gamma = {
        "square": (a, 90),
        "hexagonal": (a, 60),
        "rectangular": (a * rng.uniform(1.2, 2), 90),
        "centered rectangular": (a, rng.uniform(68, 82)),
        "oblique": (a * rng.uniform(1.25, 1.4), rng.uniform(99, 105)),
    }[kind]
    return Lattice(random_unimodular(rng) @ Lattice.from_parameters(a, b, gamma, rotation).vectors)


def singular_ratio(lattice: Lattice, other: Lattice) -> float:
    values = np.linalg.svd(np.linalg.solve(lattice.vectors, other.vectors), compute_uv=False)
    return values[0] / values[1]


def test_the_classes_are_the_types_and_noise():
    assert (*BRAVAIS_TYPES, "noise") == CLASSES


def test_angles_turn_counter_clockwise_on_the_screen():
    lattice = Lattice.from_parameters(2, 3, 90, rotation=0)
    np.testing.assert_allclose(lattice.vectors, [[0, 2], [-3, 0]], atol=1e-12)  # right, and up: rows grow downwards
    np.testing.assert_allclose(Lattice.from_parameters(2, 3, 90, 90).vectors, [[-2, 0], [0, -3]], atol=1e-12)


@pytest.mark.parametrize(("a", "b", "gamma", "rotation"), [(0.3, 0.7, 77, 12), (2, 1, 150, -140), (1, 1, 60, 179)])
def test_parameters_come_back(a, b, gamma, rotation):
    lattice = Lattice.from_parameters(a, b, gamma, rotation)
    assert (lattice.a, lattice.b, lattice.gamma, lattice.rotation) == pytest.approx((a, b, gamma, rotation))
    assert lattice.area == pytest.approx(a * b * np.sin(np.deg2rad(gamma)))


def test_a_lattice_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        Lattice(np.eye(2)).vectors[0, 0] = 2


@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_any_basis_has_the_same_reduced_cell(kind):
    rng = np.random.default_rng(1)
    for _ in range(20):
        lattice = exact(kind, rng)
        other = Lattice(random_unimodular(rng) @ lattice.vectors)
        one, two = lattice.reduced(), other.reduced()
        assert (one.a, one.b, one.gamma) == pytest.approx((two.a, two.b, two.gamma), rel=1e-8)
        assert one.area == pytest.approx(lattice.area)
        assert other.shape_parameter() == pytest.approx(lattice.shape_parameter(), abs=1e-7)
        assert other.strains() == pytest.approx(lattice.strains(), abs=1e-4)


def test_the_reduced_cell_holds_the_shortest_vectors():
    for lattice in random_lattices(60, seed=2):
        cell = lattice.reduced()
        index = np.array(list(itertools.product(range(-12, 13), repeat=2)))
        index = index[np.any(index != 0, axis=1)]
        lengths = np.hypot(*(index @ lattice.vectors).T)
        order = np.argsort(lengths)
        shortest = index[order[0]]
        independent = next(i for i in order if abs(np.linalg.det([shortest, index[i]])) > 0.5)
        assert (cell.a, cell.b) == pytest.approx((lengths[order[0]], lengths[independent]))
        assert 90 - 1e-9 <= cell.gamma <= 120 + 1e-9
        whole = cell.vectors @ np.linalg.inv(lattice.vectors)
        np.testing.assert_allclose(whole, np.round(whole), atol=1e-9)
        assert abs(np.linalg.det(whole)) == pytest.approx(1)


def test_reciprocal_times_direct_is_one():
    for lattice in random_lattices(20, seed=3):
        np.testing.assert_allclose(lattice.reciprocal().vectors @ lattice.vectors.T, np.eye(2), atol=1e-12)
        np.testing.assert_allclose(lattice.reciprocal().reciprocal().vectors, lattice.vectors, atol=1e-12)
        assert lattice.reciprocal().area == pytest.approx(1 / lattice.area)


def test_reciprocal_points_are_all_points_within_the_limit():
    for lattice in [*random_lattices(20, seed=4), Lattice.from_parameters(0.3, 0.3, 120, 11)]:
        limit = 10.02 * lattice.reciprocal().reduced().a
        points = lattice.reciprocal_points(limit)
        orders = points @ lattice.vectors.T
        np.testing.assert_allclose(orders, np.round(orders), atol=1e-9)
        lengths = np.hypot(*points.T)
        assert lengths.min() > 0
        assert lengths.max() <= limit
        found = {tuple(order) for order in np.round(orders).astype(int)}
        assert len(found) == len(points)
        index = np.array(list(itertools.product(range(-40, 41), repeat=2)))
        inside = np.hypot(*(index @ lattice.reciprocal().vectors).T) <= limit * (1 - 1e-9)
        assert {tuple(i) for i in index[inside]} - {(0, 0)} <= found


def test_the_largest_d_spacings():
    a, b = 1.0, 7.0
    # every order of the long axis before the first of the short one
    assert Lattice.from_parameters(a, b, 90).d_spacings(7) == pytest.approx([7, 7 / 2, 7 / 3, 7 / 4, 7 / 5, 7 / 6, 1.0])
    assert Lattice.from_parameters(0.1, b, 90).d_spacings(30) == pytest.approx([7 / n for n in range(1, 31)])
    root = np.sqrt(3) / 2
    assert Lattice.from_parameters(1, 1, 120).d_spacings(4) == pytest.approx([root / np.sqrt(n) for n in (1, 3, 4, 7)])


def test_a_rotation_turns_and_nothing_else():
    lattice = Lattice.from_parameters(0.3, 0.5, 80, 10)
    angle = np.deg2rad(25)
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    turned = lattice.transformed(turn)
    assert (turned.a, turned.b, turned.gamma, turned.rotation) == pytest.approx((0.3, 0.5, 80, 35))


@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_the_type_whatever_the_basis(kind):
    rng = np.random.default_rng(5)
    for _ in range(40):
        lattice = exact(kind, rng)
        assert lattice.bravais_type() == kind
        assert lattice.bravais_type(1e-6, 1e-6) == kind


def test_the_tolerances_are_percent_and_degrees():
    assert Lattice.from_parameters(1, 1.009, 90).bravais_type() == "square"
    assert Lattice.from_parameters(1, 1.011, 90).bravais_type() == "rectangular"
    assert Lattice.from_parameters(1, 1.04, 90).bravais_type(length_tolerance=5) == "square"
    assert Lattice.from_parameters(1, 1.5, 90.9).bravais_type() == "rectangular"
    assert Lattice.from_parameters(1, 1.4, 91.1).bravais_type() == "oblique"
    assert Lattice.from_parameters(1, 1.4, 93).bravais_type(angle_tolerance=4) == "rectangular"
    assert Lattice.from_parameters(1, 1, 119.5).bravais_type() == "hexagonal"
    assert Lattice.from_parameters(1, 1, 118).bravais_type() == "centered rectangular"
    # a long rectangle with a point in its middle
    assert Lattice([[0, 1], [2, 0.5]]).bravais_type() == "centered rectangular"


@pytest.mark.parametrize("kind", HIGHER)
def test_the_nearest_lattice_is_of_its_type_and_as_far_as_the_strain_says(kind):
    for lattice in random_lattices(40, seed=6):
        nearest = lattice.nearest(kind)
        assert nearest.strains()[kind] == pytest.approx(0, abs=1e-4)
        assert nearest.area == pytest.approx(lattice.area)
        reduced = lattice.reduced()
        change = np.linalg.solve(reduced.vectors, nearest.vectors)
        np.testing.assert_allclose(change, change.T, atol=1e-9)  # a stretch, no rotation
        assert singular_ratio(reduced, nearest) - 1 == pytest.approx(lattice.strains()[kind] / 100, abs=1e-6)


@pytest.mark.parametrize("kind", HIGHER)
def test_no_lattice_of_the_type_is_nearer(kind):
    """Search over all lattices of the type, in several bases: none is reached by a smaller stretch."""
    bases = [np.array(m).reshape(2, 2) for m in itertools.product((-2, -1, 0, 1, 2), repeat=4)]
    bases = np.array([m for m in bases if abs(np.linalg.det(m)) == 1])

    def ratio(cell: np.ndarray, start: np.ndarray) -> float:
        change = np.linalg.inv(start) @ (bases @ cell)
        values = np.linalg.svd(change, compute_uv=False)
        return float((values[:, 0] / values[:, 1]).min())

    def cell(x: float) -> np.ndarray:
        if kind == "square":
            return np.eye(2)
        if kind == "hexagonal":
            return np.array([[1, 0], [-0.5, np.sqrt(0.75)]])
        if kind == "rectangular":
            return np.diag([1, np.exp(x)])
        return np.array([[np.exp(x), 1], [-np.exp(x), 1]]) / 2

    def away(x: np.ndarray, start: np.ndarray) -> float:
        return ratio(cell(x[0]), start)

    for lattice in random_lattices(6, seed=7):
        start = lattice.reduced().vectors
        found = min(
            minimize(away, [guess], args=(start,), method="Nelder-Mead", options={"xatol": 1e-7}).fun
            for guess in (-1.0, -0.3, 0.3, 1.0)
        )
        assert 100 * (found - 1) == pytest.approx(lattice.strains()[kind], rel=1e-4, abs=1e-3)


def test_strains_of_known_distortions():
    square, hexagon = Lattice(np.eye(2)), Lattice.from_parameters(1, 1, 120)
    stretched = square.transformed(np.diag([1.04, 1])).strains()
    assert stretched["square"] == pytest.approx(4)
    assert stretched["rectangular"] == pytest.approx(0, abs=1e-6)
    # along the diagonal a stretched square keeps the symmetry of the rhombus
    diagonal = np.eye(2) + 0.04 * np.full((2, 2), 0.5)
    assert square.transformed(diagonal).strains()["square"] == pytest.approx(4)
    assert square.transformed(diagonal).strains()["centered rectangular"] == pytest.approx(0, abs=1e-6)
    assert hexagon.transformed(np.diag([1.03, 1])).strains()["hexagonal"] == pytest.approx(3)
    assert hexagon.transformed(np.diag([1.03, 1])).strains()["centered rectangular"] == pytest.approx(0, abs=1e-5)
    sheared = square.transformed([[1, 0], [0.001, 1]]).strains()
    assert sheared["square"] == pytest.approx(0.1, rel=1e-3)


def test_the_conventional_cell():
    assert Lattice([[1.5, 1], [-1.5, 1]]).conventional() == pytest.approx((2, 3, 90))
    assert Lattice([[0, 1], [4, 0.5]]).conventional() == pytest.approx((1, 8, 90))
    assert Lattice.from_parameters(1, 1, 60).conventional() == pytest.approx((1, 1, 120))
    assert Lattice.from_parameters(2, 1, 90).conventional() == pytest.approx((1, 2, 90))
    rng = np.random.default_rng(8)
    for _ in range(20):
        lattice = exact("centered rectangular", rng)
        a, b, gamma = lattice.conventional()
        assert a <= b
        assert a * b == pytest.approx(2 * lattice.area)
        # the diagonal of that rectangle is twice a lattice vector
        half = np.hypot(a, b) / 2
        index = np.array(list(itertools.product(range(-4, 5), repeat=2)))
        lengths = np.hypot(*(index @ lattice.reduced().vectors).T)
        for length in (a, b, half):
            assert np.abs(lengths - length).min() < 1e-9 * length + 1e-9
        assert gamma == 90


@pytest.mark.parametrize(
    "vectors",
    [[[1, 0], [0, np.nan]], [[1, 0], [0, np.inf]], [1, 2], np.eye(3), [[1, 2], [3]], [["a", "b"], ["c", "d"]], None],
)
def test_what_is_no_lattice(vectors):
    with pytest.raises(ValueError, match=r"^A lattice takes two finite vectors of two components each\.$"):
        Lattice(vectors)


@pytest.mark.parametrize("vectors", [[[1, 2], [2, 4]], [[0, 0], [1, 0]], np.zeros((2, 2))])
def test_parallel_vectors(vectors):
    with pytest.raises(ValueError, match="must not be parallel or zero"):
        Lattice(vectors)


@pytest.mark.parametrize("parameters", [(0, 1, 90), (1, -1, 90), (1, 1, 0), (1, 1, 180), (np.nan, 1, 90)])
def test_impossible_parameters(parameters):
    with pytest.raises(ValueError, match="A lattice needs a > 0, b > 0 and 0 < gamma < 180"):
        Lattice.from_parameters(*parameters)


def test_an_unknown_type():
    with pytest.raises(ValueError, match="Unknown Bravais type 'cubic': choose one of oblique, rectangular"):
        Lattice(np.eye(2)).nearest("cubic")  # type: ignore[arg-type]
