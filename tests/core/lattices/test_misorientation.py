"""The angle between two lattices: with its sign, less the turns of their symmetry, and with an error."""

from types import SimpleNamespace

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.lattices.misorientation import axis_direction, misorientation


def measured(kind: BravaisType, a: float, b: float, gamma: float, rotation: float) -> SimpleNamespace:
    vectors = Lattice.from_parameters(a, b, gamma, rotation).reduced().vectors
    return SimpleNamespace(vectors=vectors, covariance=1e-6 * np.eye(4), bravais_type=kind)


@pytest.mark.parametrize(
    ("one", "other", "angle", "period"),
    [
        (("hexagonal", 1, 1, 120, 5), ("hexagonal", 1, 1, 120, 105), -20, 60),
        (("square", 1, 1, 90, 80), ("square", 2, 2, 90, 10), 20, 90),
        (("square", 1, 1, 90, 3), ("hexagonal", 1, 1, 120, 20), -13, 30),
        (("rectangular", 1, 1.3, 90, 0), ("rectangular", 1, 1.3, 90, 110), -70, 180),
        (("oblique", 1, 1.3, 100, 0), ("oblique", 1, 1.3, 100, 60), 60, 180),
        (("centered rectangular", 1, 1, 104, 7), ("centered rectangular", 1, 1, 104, 47), 40, 180),
    ],
)
def test_angles_are_those_between_the_lattices(one: tuple, other: tuple, angle: float, period: int) -> None:
    found = misorientation(measured(*one), measured(*other))
    assert found.angle == pytest.approx(angle, abs=1e-6)
    assert found.period == period
    back = misorientation(measured(*other), measured(*one))
    assert back.angle == pytest.approx(-angle, abs=1e-6)
    assert back.error == pytest.approx(found.error)


def test_a_little_strain_turns_no_axis_by_much() -> None:
    strained = Lattice.from_parameters(1, 1.02, 119, 40)
    assert (axis_direction(strained, "hexagonal") - 40 + 30) % 60 - 30 == pytest.approx(0, abs=0.6)
    # the axes of a rhombus are its diagonals
    assert axis_direction(Lattice.from_parameters(1, 1, 100, 10), "centered rectangular") % 180 == pytest.approx(60)


@pytest.mark.parametrize("kind", ["square", "hexagonal", "oblique", "centered rectangular"])
def test_the_error_is_the_scatter_of_repeats(kind: BravaisType) -> None:
    cell = {
        "square": (1, 1, 90),
        "hexagonal": (1, 1, 120),
        "oblique": (1, 1.3, 100),
        "centered rectangular": (1, 1, 104),
    }
    true = measured(kind, *cell[kind], 12)
    rng = np.random.default_rng(0)
    angles = []
    for noise in rng.normal(scale=1e-3, size=(400, 2, 2)):
        other = SimpleNamespace(vectors=true.vectors + noise, covariance=0 * np.eye(4), bravais_type=kind)
        angles.append(misorientation(true, other).angle)
    assert np.std(angles) == pytest.approx(misorientation(true, true).error / np.sqrt(2), rel=0.12)
