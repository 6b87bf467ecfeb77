"""Grains of pictures whose grains are known: how many, where, how large, and how they are turned."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets import GrainMap, Lattice, LatticeNotFound, find_grains
from lattice_widgets.core.maps.grains.region_fit import fit_region, smooth_region
from tests.drawn_atoms import draw_atoms, edge_dislocation

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from several_lattices import SINGLES, bicrystal, layers, single, turned

HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)
TWIST = 14.0
OTHER = turned(HEXAGONAL, TWIST)
SHAPE = (300, 480)


def noisy(image: np.ndarray, seed: int = 0) -> np.ndarray:
    return image + 0.15 * np.random.default_rng(seed).standard_normal(image.shape)


def off_from(found: GrainMap, twist: float) -> float:
    """Return by how much the angle of the one boundary is off, either way around."""
    ((angle, _, period),) = (boundary.misorientation for boundary in found.boundaries)
    return min(abs((sign * angle - twist + period / 2) % period - period / 2) for sign in (1, -1))


@pytest.mark.parametrize("seed", [0, 2, 4, 9, 15, 19])
def test_two_grains_have_their_places_and_the_angle_between_them(seed):
    pair = bicrystal(seed)
    found = find_grains(pair.picture)
    assert len(found.grains) == 2
    assert not found.layered
    assert off_from(found, pair.twist) < 0.1
    one = found.labels.values == 1
    first = pair.first if np.mean(one == pair.first) > 0.5 else ~pair.first
    (boundary,) = found.boundaries
    assert (one != first).sum() / boundary.length < found.mask_sigma / 2
    assert [grain.share for grain in found.grains] == pytest.approx([first.mean(), 1 - first.mean()], abs=0.05)
    assert [grain.area for grain in found.grains] == [(found.labels.values == number).sum() for number in (1, 2)]


@pytest.fixture(scope="module")
def sandwich():
    """Two grains of one lattice, 150 and 180 px wide, with one of another between them."""
    outer = draw_atoms(HEXAGONAL, SHAPE, keep=lambda p: (p[:, 1] < 150) | (p[:, 1] > 300))
    return noisy(outer + draw_atoms(OTHER, SHAPE, keep=lambda p: (p[:, 1] > 150) & (p[:, 1] < 300)))


def test_regions_of_one_lattice_that_are_apart_are_grains_of_their_own(sandwich):
    found = find_grains(np.pad(sandwich, ((40, 0), (0, 0)), constant_values=3.0), pixel_size=0.02)
    assert [grain.number for grain in found.grains] == [1, 2, 3]
    assert {grain.lattice_number for grain in found.grains} == {0, 1}
    largest, *_ = found.grains
    assert largest.col == pytest.approx(390, abs=5)
    assert largest.row == pytest.approx(40 + 149.5, abs=5)
    assert largest.area == pytest.approx(180 * 300 * 0.02**2, rel=0.03)
    assert largest.unit == "nm"
    assert largest.lattice.a == pytest.approx(0.22, rel=1e-3)
    assert largest.at_edge
    numbers = {grain.number: grain.lattice_number for grain in found.grains}
    assert len(found.boundaries) == 2, "the outer grains do not touch"
    for boundary in found.boundaries:
        assert numbers[boundary.first] != numbers[boundary.second]
        angle, error, period = boundary.misorientation
        assert abs(angle) == pytest.approx(TWIST, abs=0.1)
        assert 0 < error < 0.1
        assert period == 60
        assert boundary.length == pytest.approx(300 * 0.02, rel=0.06)
    assert found.labels.dims == ("row", "col")
    assert found.labels.shape == (340, 480)
    assert (found.labels[:40] == 0).all(), "the margin"
    assert float(found.labels.x[100]) == pytest.approx(2.0)
    for each in (*found.grains, *found.boundaries):
        assert json.loads(json.dumps(each.to_dict()))["unit"] == "nm"


def test_an_island_does_not_touch_the_edge():
    def inside(places):
        return np.hypot(places[:, 0] - 150, places[:, 1] - 240) < 100

    image = draw_atoms(HEXAGONAL, SHAPE, keep=lambda p: ~inside(p)) + draw_atoms(OTHER, SHAPE, keep=inside)
    outer, island = find_grains(noisy(image)).grains
    assert outer.at_edge
    assert not island.at_edge
    assert island.area == pytest.approx(np.pi * 100**2, rel=0.06)


def test_grains_on_both_sides_of_a_gap_do_not_touch():
    image = draw_atoms(HEXAGONAL, SHAPE, keep=lambda p: (p[:, 1] < 180) | (p[:, 1] > 300))
    found = find_grains(noisy(image))
    assert len(found.grains) == 2
    assert found.boundaries == ()
    assert (found.labels[:, 230:250] == 0).all()


@pytest.mark.parametrize("trouble", SINGLES)
def test_one_crystal_is_one_grain(trouble):
    assert len(find_grains(single(1, trouble)).grains) == 1


@pytest.mark.parametrize("seed", [2, 3, 8])
def test_lines_that_tremble_so_much_that_spots_dissolve_make_no_second_lattice(seed):
    assert len(find_grains(single(seed, "trembling")).grains) == 1


def test_a_crystal_that_dislocations_strain_is_one_grain():
    one, other = (
        edge_dislocation(place, sign * HEXAGONAL.vectors[0]) for place, sign in (((150, 130), 1), ((230, 300), -1))
    )
    image = draw_atoms(HEXAGONAL, (400, 460), move=lambda p: one(p) + other(p) - p)
    assert len(find_grains(noisy(image)).grains) == 1


def test_layers_lie_over_each_other():
    found = find_grains(layers(1).picture)
    assert found.layered
    assert [grain.share for grain in found.grains] == pytest.approx([1, 1], abs=0.1)
    assert found.boundaries == ()


def test_a_picture_without_a_lattice_is_said():
    with pytest.raises(LatticeNotFound):
        find_grains(np.random.default_rng(0).standard_normal((128, 160)))


def test_the_lattice_of_a_region_is_as_exact_as_its_errors_say():
    off = []
    region = np.add.outer(0.3 * np.arange(260), np.arange(280)) < 180
    indices = np.array([[1, 0], [0, 1], [1, 1], [1, -1], [2, 0]])
    for seed in range(20):
        rng = np.random.default_rng([3, seed])
        lattice = Lattice.from_parameters(11, 13, 101, rng.uniform(0, 180)).reduced()
        image = draw_atoms(lattice, region.shape) + 0.4 * rng.standard_normal(region.shape)
        weights = smooth_region(region, 20)
        start = lattice.reciprocal().vectors * 1.002
        found = fit_region(image - image.mean(), weights, indices, start)
        vectors, covariance = found.direct()
        away = (vectors - lattice.vectors).ravel()
        off.append(away @ np.linalg.solve(covariance, away))
        assert np.abs(away).max() < 0.02
    # the sum of 80 squares of one standard deviation each, if the errors are right; they may be a little too careful
    assert 0.4 < np.mean(off) / 4 < 1.4


def test_a_region_without_a_lattice_has_none():
    image = np.random.default_rng(0).standard_normal((120, 120))
    weights = smooth_region(np.ones((120, 120), bool), 20)
    assert fit_region(image, weights, np.array([[1, 0], [0, 1]]), HEXAGONAL.reciprocal().vectors) is None
