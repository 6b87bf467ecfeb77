"""The rule for the Bravais type and the strains, of one lattice and of many at once."""

import numpy as np
import pytest

from lattice_widgets.core.lattices import lattice as lattice_module
from lattice_widgets.core.lattices import triangle as triangle_module
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.shape import (
    BRAVAIS_TYPES,
    HEXAGONAL,
    SQUARE,
    nearest_shape,
    shape_of_cells,
    shape_of_points,
    strains_of_points,
    strains_of_shapes,
    types_of_cells,
    types_of_points,
)
from lattice_widgets.core.lattices.triangle import triangle_lattice


def random_points(count: int, seed: int = 3) -> np.ndarray:
    points = np.random.default_rng(seed).dirichlet([0.6, 0.6, 0.6], 2 * count)[:, :2]
    return points[points.sum(axis=1) < 0.97][:count]


def test_one_lattice_and_a_map_of_them_are_judged_alike() -> None:
    points = random_points(800)
    lattices = [triangle_lattice(x, y) for x, y in points]
    for tolerance in (0.3, 1.0, 4.0):
        named = [BRAVAIS_TYPES[number] for number in types_of_points(points, tolerance)]
        assert named == [lattice.bravais_type(tolerance, tolerance) for lattice in lattices]
        assert set(named) >= {"oblique", "rectangular", "centered rectangular"}
    strains = strains_of_points(points)
    for found, lattice in zip(strains[:200], lattices, strict=False):
        truth = lattice.strains()
        np.testing.assert_allclose(found[1:], [truth[kind] for kind in BRAVAIS_TYPES[1:]], rtol=1e-6, atol=1e-6)


def test_python_has_one_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lattice asks the same function as the map does; neither has a rule of its own."""
    assert lattice_module.types_of_cells is types_of_cells
    assert lattice_module.strains_of_shapes is strains_of_shapes
    assert not {"types_of_points", "strains_of_points"} & set(vars(triangle_module))
    monkeypatch.setattr(lattice_module, "types_of_cells", lambda *cell: np.array(BRAVAIS_TYPES.index("square")))
    assert Lattice.from_parameters(1, 1.7, 101).bravais_type() == "square"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ((1, 1, 90), "square"),
        ((1, 1.009, 90.9), "square"),
        ((1, 1.011, 90.0), "rectangular"),
        ((1, 1.6, 89.1), "rectangular"),
        ((1, 1.6, 91.2), "oblique"),
        ((1, 1, 120), "hexagonal"),
        ((1, 1.005, 119.7), "hexagonal"),
        ((1, 1, 105), "centered rectangular"),
        ((1, 1.7, np.rad2deg(np.arccos(-0.5 / 1.7))), "centered rectangular"),
        # its sides are so long that both conditions hold within 1 %: the right angle is nearer
        ((1, 60, 90.1), "rectangular"),
        ((1, 60, 90.4), "centered rectangular"),
    ],
)
def test_the_rule_by_known_cells(cell: tuple[float, float, float], kind: str) -> None:
    a, b, gamma = cell
    lattice = Lattice.from_parameters(a, b, gamma, rotation=17)
    assert lattice.bravais_type() == kind
    reduced = lattice.reduced()
    third = float(np.hypot(*(reduced.vectors[0] + reduced.vectors[1])))
    one = types_of_cells(reduced.a, reduced.b, third, reduced.gamma)
    many = types_of_cells(*(np.full((2, 3), value) for value in (reduced.a, reduced.b, third, reduced.gamma)))
    assert one.shape == ()
    assert many.shape == (2, 3)
    assert (many == one).all()
    assert BRAVAIS_TYPES[int(one)] == kind


def test_strains_are_zero_at_home_and_the_stretch_elsewhere() -> None:
    square, hexagonal = strains_of_shapes([SQUARE, HEXAGONAL])
    assert dict(zip(BRAVAIS_TYPES, square, strict=True))["square"] == pytest.approx(0, abs=1e-6)
    assert dict(zip(BRAVAIS_TYPES, hexagonal, strict=True))["hexagonal"] == pytest.approx(0, abs=1e-6)
    stretched = strains_of_shapes(shape_of_cells(1.0, 1.05, 90.0))
    assert stretched[BRAVAIS_TYPES.index("square")] == pytest.approx(5.0)
    assert strains_of_shapes(np.full((4, 2), 0.2 + 1.3j)).shape == (4, 2, 5)


@pytest.mark.parametrize("kind", BRAVAIS_TYPES[1:])
def test_the_nearest_shape_is_of_its_type_and_as_far_as_the_strain_says(kind: str) -> None:
    number = BRAVAIS_TYPES.index(kind)
    for tau in shape_of_points(random_points(40, seed=9)).tolist():
        foot = nearest_shape(tau, kind)
        assert strains_of_shapes(foot)[number] == pytest.approx(0, abs=1e-4)
        distance = np.arccosh(1 + abs(tau - foot) ** 2 / (2 * tau.imag * foot.imag))
        assert 100 * np.expm1(distance) == pytest.approx(strains_of_shapes(tau)[number], rel=1e-5, abs=1e-4)
