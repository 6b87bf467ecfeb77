"""The type of a measured lattice: of the picture within its errors, of the crystal presumably; its conventional cell."""

import numpy as np
import pytest

from lattice_widgets.core.lattices.bravais_weights import bravais_weights, sigmas_to, strain_covariance
from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.lattices.measured_lattice import SYSTEMATIC_STRAIN, MeasuredLattice


def measured(lattice: Lattice, error: float, kind: BravaisType | None = None) -> MeasuredLattice:
    """A lattice whose four components have an error each; of the type that its weights say."""
    found = MeasuredLattice()
    found.vectors = lattice.reduced().vectors
    found.covariance = error**2 * np.eye(4)
    weights = bravais_weights(lattice.reduced(), strain_covariance(found.vectors, found.covariance))
    found.bravais_type = kind or max(weights, key=lambda each: weights[each])
    return found


HEXAGONAL = Lattice.from_parameters(1, 1, 120, 17)


@pytest.mark.parametrize("error", [1e-7, 1e-4, 5e-4])
def test_a_sheared_hexagonal_lattice_is_not_hexagonal_in_the_picture(error: float) -> None:
    sheared = measured(HEXAGONAL.transformed([[1, 0], [0.04, 1]]), error, "hexagonal")
    assert sheared.picture_type != "hexagonal"
    assert sheared.picture_weights["hexagonal"] < 1e-6
    assert sheared.strain == pytest.approx(4, abs=0.15)
    # the strain, 4 %, over the error of a strain
    single = np.sqrt(strain_covariance(HEXAGONAL.vectors, error**2 * np.eye(4))[0, 0] + SYSTEMATIC_STRAIN**2)
    assert sheared.strain_sigmas == pytest.approx(0.04 / single, rel=0.05)
    said = str(sheared.type_sentence)
    assert f"presumably hexagonal, strained by {sheared.strain:.2f} % ({sheared.strain_sigmas:.0f} sigma)" in said
    assert said.startswith(f"The lattice of the picture is {sheared.picture_type};")


def test_an_angle_of_91_degrees_is_right_only_within_errors_that_allow_it() -> None:
    lattice = Lattice.from_parameters(1, 1.3, 91, 5)
    # errors of gamma of about 0.02, 0.4 and 1.5 degrees
    assert measured(lattice, 3e-4).picture_type == "oblique"
    assert measured(lattice, 3e-4).picture_weights["rectangular"] < 1e-6
    assert measured(lattice, 2e-2).picture_type == "rectangular"


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("square", (1, 1, 90)),
        ("hexagonal", (1, 1, 120)),
        ("rectangular", (1, 1.3, 90)),
        ("centered rectangular", (1, 1, 104)),
        ("oblique", (1, 1.3, 101)),
    ],
)
@pytest.mark.parametrize("error", [1e-5, 3e-4, 3e-3])
def test_the_type_is_kept_within_the_errors(kind: BravaisType, cell: tuple[float, float, float], error: float) -> None:
    exact = Lattice.from_parameters(*cell, 33).reduced()
    rng = np.random.default_rng(1)
    kept = 0
    for noise in rng.normal(scale=error, size=(60, 2, 2)):
        found = measured(Lattice(exact.vectors + noise), error)
        kept += found.picture_type == kind
        if found.picture_type == found.bravais_type != "oblique":
            assert str(found.type_sentence) == f"The lattice of the picture is {kind} within its errors."
        assert sum(found.picture_weights.values()) == pytest.approx(1)
    assert kept >= 57


def test_what_is_chance_is_not_called_a_strain() -> None:
    near = measured(Lattice.from_parameters(1, 1.3, 91), 2e-2, "oblique")
    assert near.strain == near.strain_sigmas == 0
    assert "may be chance: oblique is as likely" in str(near.type_sentence)


@pytest.mark.parametrize("kind", ["square", "hexagonal", "rectangular", "centered rectangular"])
def test_sigmas_follow_the_scatter(kind: BravaisType) -> None:
    cells = {
        "square": (1, 1, 90),
        "hexagonal": (1, 1, 120),
        "rectangular": (1, 1.3, 90),
        "centered rectangular": (1, 1, 104),
    }
    exact = Lattice.from_parameters(*cells[kind], 12)
    error = 1e-3
    covariance = strain_covariance(exact.vectors, error**2 * np.eye(4))
    rng = np.random.default_rng(2)
    sigmas = [
        sigmas_to(Lattice(exact.vectors + noise), covariance, kind)
        for noise in rng.normal(scale=error, size=(800, 2, 2))
    ]
    # the mean square of a distance is the number of conditions that the type sets
    assert np.mean(np.square(sigmas)) == pytest.approx(2 if kind in ("square", "hexagonal") else 1, rel=0.15)


@pytest.mark.parametrize(
    "rectangle",
    # the two equal vectors of the primitive cell are the shortest, the longest, or all three are nearly equal
    [(2.0, 3.0), (1.0, 2.6), (0.3, 0.51)],
)
def test_conventional_cell_of_a_centered_rectangular_lattice_has_the_errors_of_repeats(
    rectangle: tuple[float, float],
) -> None:
    a, b = rectangle
    exact = Lattice([[0, a], [b / 2, a / 2]]).transformed([[0.8, -0.6], [0.6, 0.8]]).reduced()
    error = 1e-3 * a
    rng = np.random.default_rng(3)
    cells = []
    for noise in rng.normal(scale=error, size=(400, 2, 2)):
        found = measured(exact, error, "centered rectangular")
        found.vectors = exact.vectors + noise
        cells.append(found.conventional_cell)
    numbers = np.array(cells)
    assert numbers[:, 0].mean() == pytest.approx(a, rel=1e-3)
    assert numbers[:, 1].mean() == pytest.approx(b, rel=1e-3)
    # the obtuse angle is named
    assert np.sqrt(((numbers[:, 2] - 90) ** 2).mean()) == pytest.approx(numbers[:, 5].mean(), rel=0.12)
    assert numbers[:, 0].std() == pytest.approx(numbers[:, 3].mean(), rel=0.12)
    assert numbers[:, 1].std() == pytest.approx(numbers[:, 4].mean(), rel=0.12)


def test_conventional_cell_of_other_lattices_is_the_primitive_one() -> None:
    found = measured(Lattice.from_parameters(1, 1.3, 101, 40), 1e-3, "oblique")
    assert found.conventional_cell[:3] == pytest.approx((1, 1.3, 101))
    # by the same rule as that of a lattice without errors
    rhombus = measured(Lattice([[1.5, 1], [-1.5, 1]]), 1e-3, "centered rectangular")
    assert rhombus.conventional_cell[:3] == pytest.approx(rhombus.lattice.conventional())
