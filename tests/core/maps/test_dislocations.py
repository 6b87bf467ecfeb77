"""Edge dislocations: found where atoms were moved around one, and nowhere else."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets import Lattice, LatticeNotFound, find_dislocations
from tests.drawn_atoms import draw_atoms, edge_dislocation

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from several_lattices import SINGLES, single

CELLS = ((11.0, 11.0, 120), (12.0, 12.0, 90), (11.0, 13.0, 101), (10.0, 15.0, 90), (11.0, 11.0, 105))
HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)
SHAPE = (400, 420)


def noisy(image: np.ndarray, seed: int = 0, level: float = 0.15) -> np.ndarray:
    return image + level * np.random.default_rng(seed).standard_normal(image.shape)


@pytest.mark.parametrize("seed", range(10))
def test_one_dislocation_is_found_with_its_burgers_vector(seed):
    rng = np.random.default_rng([1, seed])
    lattice = Lattice.from_parameters(*CELLS[seed % len(CELLS)], rng.uniform(0, 180)).reduced()
    basis = ((0, 0, 1),) if seed % 2 else ((0, 0, 1), (0.4, 0.3, 0.6))
    place = np.array([240, 250]) + rng.uniform(-40, 40, 2)
    burgers = rng.choice([-1, 1]) * lattice.vectors[rng.integers(2)]
    image = draw_atoms(lattice, (480, 500), move=edge_dislocation(tuple(place), burgers), basis=basis)
    (found,) = find_dislocations(noisy(image, seed, 0.25))
    assert np.hypot(found.row - place[0], found.col - place[1]) < 2 * lattice.a
    np.testing.assert_allclose(found.burgers, burgers, atol=0.15)
    assert 0.1 < found.place_error < lattice.b


def test_of_two_dislocations_each_has_its_own_place_and_sign():
    burgers = HEXAGONAL.vectors[0]
    one, other = edge_dislocation((150, 130), burgers), edge_dislocation((250, 300), -burgers)
    image = draw_atoms(HEXAGONAL, SHAPE, move=lambda p: one(p) + other(p) - p)
    above, below = find_dislocations(noisy(image), pixel_size=0.02)
    assert np.hypot(above.row - 150, above.col - 130) < 22
    assert np.hypot(below.row - 250, below.col - 300) < 22
    np.testing.assert_allclose(above.burgers, 0.02 * burgers, atol=0.004)
    np.testing.assert_allclose(below.burgers, -0.02 * burgers, atol=0.004)
    assert above.unit == "nm"
    assert above.length == pytest.approx(0.22, rel=0.03)  # in the mean lattice, which a pair strains as a whole
    turned = (above.direction - below.direction) % 360
    assert turned == pytest.approx(180)
    line = json.loads(json.dumps(above.to_dict()))
    assert line["x"] == pytest.approx(0.02 * line["col"])
    assert (line["m"], line["n"]) == above.indices


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_extra_half_plane_ends_at_the_dislocation(sign):
    """By counting: columns of atoms that cross a line above the dislocation, and one below it."""
    square = Lattice.from_parameters(12.0, 12.0, 90, 0)
    move = edge_dislocation((200.0, 210.0), np.array([0.0, 12.0 * sign]))
    image = draw_atoms(square, SHAPE, move=move, origin=(0.3, 6.0))
    (found,) = find_dislocations(noisy(image))
    # up to a column where no atom comes in from the side at either height
    profiles = [image[row - 5 : row + 6, :414].mean(axis=0) - image.mean() for row in (100, 300)]
    above, below = (int((np.diff(np.sign(profile)) > 0).sum()) for profile in profiles)
    assert above - below == np.sign(found.burgers[1]) == sign, (above, below)


@pytest.mark.parametrize("trouble", SINGLES)
def test_none_is_invented_in_one_crystal(trouble):
    for seed in range(2):
        try:
            assert find_dislocations(single(seed, trouble)) == [], seed
        except ValueError as error:  # a picture of few cells has no room
            assert "too small" in str(error)  # noqa: PT017


def test_places_are_those_of_the_picture_with_its_margin():
    image = draw_atoms(HEXAGONAL, SHAPE, move=edge_dislocation((200, 210), HEXAGONAL.vectors[1]))
    (found,) = find_dislocations(np.pad(noisy(image), ((30, 0), (50, 0)), constant_values=2.0))
    assert np.hypot(found.row - 230, found.col - 260) < 22


def test_what_cannot_be_searched_is_said():
    with pytest.raises(LatticeNotFound):
        find_dislocations(np.random.default_rng(0).standard_normal((128, 160)))
    with pytest.raises(ValueError, match="too small for a map"):
        find_dislocations(draw_atoms(Lattice.from_parameters(14, 14, 90), (90, 400)))
    with pytest.raises(ValueError, match="A window of 20 px does not fit"):
        find_dislocations(draw_atoms(HEXAGONAL, (200, 200)), window_size=20)
