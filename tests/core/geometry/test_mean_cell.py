"""The mean cell: atoms drawn at known places of a known lattice in, their places, distances and brightness out."""

import numpy as np
import pytest
from numpy.typing import NDArray

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from tests.drawn_atoms import draw_atoms

SHAPE = 200, 230
ORIGIN = -2.7, -4.2
#: where an atom lies [px]
ATOM = 97.3, 110.8


def drawn(
    lattice: Lattice, *basis: tuple[float, float, float], sigma: float = 2.0, noise: float = 0.3, seed: int = 0
) -> NDArray:
    """Gaussian atoms (u, v, height) in every cell, and white noise."""
    picture = draw_atoms(lattice, SHAPE, basis=basis, sigma=sigma, origin=ORIGIN)
    return picture + np.random.default_rng(seed).normal(0, noise, SHAPE)


@pytest.mark.parametrize(
    ("lattice", "way"),
    [
        (Lattice.from_parameters(14, 14, 120, rotation=8).reduced(), (1 / 3, 2 / 3)),
        (Lattice.from_parameters(13, 17, 90, rotation=-25).reduced(), (0.5, 0.5)),
        (Lattice.from_parameters(16, 18, 101, rotation=40).reduced(), (0.4, 0.27)),
    ],
)
def test_two_atoms_lie_where_they_were_drawn(lattice: Lattice, way: tuple[float, float]) -> None:
    cell = lw.mean_cell(drawn(lattice, (0, 0, 1.0), (*way, 0.5)), lattice)
    first, second = cell.places
    assert first.shift == (0, 0)
    off = (np.array(second.shift) - way + 0.5) % 1 - 0.5
    assert np.abs(off).max() < 0.012
    assert 0 < max(second.shift_error) < 0.012
    assert second.brightness == pytest.approx(0.5, abs=0.04)
    near = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]) + way
    shortest = np.hypot(*(near @ lattice.vectors).T).min()
    length, error = cell.distance(second)
    assert length == pytest.approx(shortest, abs=0.2)
    assert 0 < error < 0.2


def test_the_corner_decides_only_where_the_cell_is() -> None:
    lattice = Lattice.from_parameters(15, 15, 90, rotation=10).reduced()
    image = drawn(lattice, (0, 0, 1.0))
    (here,) = lw.mean_cell(image, lattice, corner=ATOM).places
    assert np.abs((np.array([here.u, here.v]) + 0.5) % 1 - 0.5).max() < 0.01
    (there,) = lw.mean_cell(image, lattice, corner=tuple(ATOM - lattice.vectors.T @ [0.3, 0.6])).places
    assert (there.u, there.v) == pytest.approx((0.3, 0.6), abs=0.01)


def test_a_weak_neighbor_is_not_drawn_toward_the_strong_one() -> None:
    """The top of the sum of both peaks would lie nearer."""
    lattice = Lattice.from_parameters(16, 16, 90).reduced()
    image = drawn(lattice, (0, 0, 1.0), (0, 0.45, 0.5), sigma=2.0, noise=0.05)
    cell = lw.mean_cell(image, lattice)
    assert max(np.abs(cell.places[1].shift)) == pytest.approx(0.45, abs=0.004)


def test_errors_are_those_of_many_pictures() -> None:
    lattice = Lattice.from_parameters(14, 15, 97, rotation=12).reduced()
    cells = [
        lw.mean_cell(drawn(lattice, (0, 0, 1.0), (0.5, 0.45, 0.6), noise=0.8, seed=seed), lattice) for seed in range(16)
    ]
    ways = np.array([cell.places[1].shift for cell in cells]) % 1
    stated = np.sqrt(np.mean([np.square(cell.places[1].shift_error) for cell in cells], axis=0))
    assert np.std(ways, axis=0, ddof=1) / stated == pytest.approx([1, 1], abs=0.5)
    assert np.mean(ways, axis=0) == pytest.approx([0.5, 0.45], abs=0.004)


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_bright_place(seed: int) -> None:
    image = np.random.default_rng(seed).normal(size=SHAPE)
    assert lw.mean_cell(image, Lattice.from_parameters(14, 16, 100)).places == ()


def test_lengths_have_the_unit_of_the_lattice() -> None:
    lattice = Lattice.from_parameters(14, 14, 120, rotation=8).reduced()
    image = drawn(lattice, (0, 0, 1.0), (1 / 3, 2 / 3, 0.9))
    in_px = lw.mean_cell(image, lattice)
    in_nm = lw.mean_cell(image, Lattice(lattice.vectors * 0.02), 0.02)
    assert in_nm.places[1].shift == pytest.approx(in_px.places[1].shift)
    assert in_nm.distance(in_nm.places[1])[0] == pytest.approx(0.02 * in_px.distance(in_px.places[1])[0])


def test_too_few_cells_are_refused_in_a_sentence() -> None:
    image = np.random.default_rng(0).normal(size=(64, 64))
    with pytest.raises(ValueError, match="about 4 cells: too few"):
        lw.mean_cell(image, Lattice.from_parameters(30, 30, 90))
