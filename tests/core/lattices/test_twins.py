"""Relations between grains: coincidences against counted points, twins against lattices that were mirrored."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.lattices.twins import coincidences, relation_between
from lattice_widgets.core.maps.grains.find import find_grains
from tests.drawn_atoms import draw_atoms

#: a cubic face-centered crystal along [110], its short rows 11 px long
FCC = Lattice([[11 * np.cos(np.deg2rad(54.7356)), s * 11 * np.sin(np.deg2rad(54.7356))] for s in (1, -1)])


def turn(degrees: float) -> np.ndarray:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]])  # counter-clockwise on the screen, of (row, col)


def mirrored(lattice: Lattice, direction: np.ndarray) -> Lattice:
    return lattice.transformed(2 * np.outer(direction, direction) / (direction @ direction) - np.eye(2))


@dataclass
class Measured:
    """A lattice that was measured with some error, as a grain is."""

    lattice: Lattice
    bravais_type: BravaisType
    sigma: float = 0.005
    covariance: np.ndarray = field(default_factory=lambda: np.zeros((4, 4)))

    def __post_init__(self) -> None:
        self.vectors = self.lattice.reduced().vectors
        self.covariance = self.sigma**2 * np.eye(4)


@pytest.mark.parametrize("kind", ["square", "hexagonal"])
def test_every_sigma_th_point_is_shared(kind: BravaisType) -> None:
    lattice = Lattice.from_parameters(1, 1, 90 if kind == "square" else 120)
    index = np.stack(np.meshgrid(*2 * [np.arange(-40, 41)], indexing="ij"), axis=-1).reshape(-1, 2)
    points = index @ lattice.vectors
    points = points[np.hypot(*points.T) < 30]
    assert coincidences(kind)
    for sigma, angle in coincidences(kind):
        back = points @ turn(-angle).T @ np.linalg.inv(lattice.vectors)
        shared = (np.abs(back - np.rint(back)).max(axis=1) < 1e-6).sum()
        assert len(points) / shared == pytest.approx(sigma, rel=0.1)


@pytest.mark.parametrize(
    ("kind", "angle", "name"),
    [
        ("square", 36.87, "Sigma 5"),
        ("square", 53.13, "Sigma 5"),
        ("square", -22.62, "Sigma 13"),
        ("square", 30.5, None),
        ("hexagonal", 21.79, "Sigma 7"),
        ("hexagonal", 38.21, "Sigma 7"),
        ("hexagonal", 32.2, "Sigma 13"),
        ("hexagonal", 25.0, None),
        ("hexagonal", 30.0, None),
    ],
)
def test_coincidences_are_named(kind: BravaisType, angle: float, name: str | None) -> None:
    lattice = Lattice.from_parameters(11, 11, 90 if kind == "square" else 120, 7)
    found = relation_between(Measured(lattice, kind), Measured(lattice.transformed(turn(angle)), kind))
    assert (found.name if found else None) == name
    if found:
        assert abs(found.off) < 0.02
        assert name in str(found.sentence)


def test_the_chance_is_how_often_random_angles_get_a_name() -> None:
    lattice = Lattice.from_parameters(11, 11, 120, 7)
    rng = np.random.default_rng(0)
    named = []
    for _ in range(400):
        other = Measured(lattice.transformed(turn(rng.uniform(0, 60))), "hexagonal", 0.01)
        named.append(relation_between(Measured(lattice, "hexagonal", 0.01), other))
    chances = [each.chance for each in named if each]
    assert np.mean([each is not None for each in named]) == pytest.approx(np.mean(chances), rel=0.35)


@pytest.mark.parametrize(
    ("lattice", "kind", "row", "name"),
    [
        (FCC, "centered rectangular", (1, 0), "Sigma 3"),
        (Lattice.from_parameters(10, 13, 101, 20), "oblique", (1, 1), "twin"),
        (Lattice.from_parameters(10, 13, 101, 20), "oblique", (0, 1), "twin"),
        (Lattice.from_parameters(10, 10.4, 90, 5), "rectangular", (1, 1), "twin"),
    ],
)
def test_twins_are_named(lattice: Lattice, kind: BravaisType, row: tuple[int, int], name: str) -> None:
    direction = np.array(row) @ lattice.reduced().vectors
    found = relation_between(Measured(lattice, kind), Measured(mirrored(lattice, direction), kind))
    assert found is not None
    assert found.name == name
    assert abs(found.off) < 0.02
    assert found.chance < 0.2
    # turned at random by as much they are none
    assert relation_between(Measured(lattice, kind), Measured(lattice.transformed(turn(13.3)), kind)) is None


def test_grains_of_different_cells_have_no_relation() -> None:
    one, other = Lattice.from_parameters(11, 11, 90), Lattice.from_parameters(12, 12, 90, 36.87)
    assert relation_between(Measured(one, "square"), Measured(other, "square")) is None
    assert relation_between(Measured(one, "square"), Measured(one, "rectangular")) is None


@pytest.mark.parametrize(
    ("lattice", "other", "name"),
    [
        (
            Lattice.from_parameters(11, 11, 90, 8),
            Lattice.from_parameters(11, 11, 90, 8 + np.rad2deg(np.arctan(3 / 4))),
            "Sigma 5",
        ),
        (Lattice.from_parameters(11, 11, 120, 4), Lattice.from_parameters(11, 11, 120, 25.787), "Sigma 7"),
        (FCC, mirrored(FCC, FCC.vectors[0]), "Sigma 3"),
        (Lattice.from_parameters(11, 11, 120, 4), Lattice.from_parameters(11, 11, 120, 4 + 25.1), None),
    ],
)
def test_boundaries_of_drawn_grains_say_what_they_are(lattice: Lattice, other: Lattice, name: str | None) -> None:
    shape = (320, 420)
    picture = draw_atoms(lattice, shape, keep=lambda p: p[:, 1] < 200)
    picture = picture + draw_atoms(other, shape, keep=lambda p: p[:, 1] >= 200)
    picture = picture + 0.15 * np.random.default_rng(0).standard_normal(shape)
    (boundary,) = find_grains(picture).boundaries
    assert (boundary.relation.name if boundary.relation else None) == name
    assert boundary.to_dict()["relation"] == name
