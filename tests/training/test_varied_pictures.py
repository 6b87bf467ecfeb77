"""What the default network learns from: labels that are true, pictures that repeat, troubles that do not hide the lattice."""

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, CLASSES
from lattice_widgets.core.pictures.descriptor import Recipe
from lattice_widgets.training.picture_store import make_block, mirrored_at_random, open_store, whole
from lattice_widgets.training.pictures.broad import simulate_broad
from lattice_widgets.training.pictures.cells import draw_basis, draw_lattice, tells_its_cell
from lattice_widgets.training.pictures.no_lattice import draw_nothing
from lattice_widgets.training.pictures.scenes import draw_atoms, draw_scene
from lattice_widgets.training.pictures.troubles import add_accidents
from lattice_widgets.training.pictures.varied import simulate_varied

RECIPE = Recipe(size=32, destreaked=True, aligned=True)


@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_lattices_are_of_the_type_they_are_called(kind):
    rng = np.random.default_rng(1)
    for _ in range(40):
        lattice = draw_lattice(kind, rng)
        assert lattice.area == pytest.approx(1)
        # at most a few tenths of a percent of strain, as in real pictures
        assert lattice.strains().get(kind, 0) < 6
        if kind == "oblique":
            assert min(strain for other, strain in lattice.strains().items() if other != kind) > 1.4


def test_a_basis_that_halves_the_cell_is_noticed():
    positions = np.array([[0.0, 0.0], [0.5, 0.0]])
    assert not tells_its_cell(np.eye(2), positions, np.ones(2), 0.2)
    assert tells_its_cell(np.eye(2), positions, np.array([1.0, 0.5]), 0.2)


@pytest.mark.parametrize(("kind", "order"), [("square", 4), ("hexagonal", 3)])
def test_symmetric_bases_have_the_rotations_of_the_type(kind, order):
    rng = np.random.default_rng(8)
    turn = {"square": [[0, 1], [-1, 0]], "hexagonal": [[0, 1], [-1, -1]]}[kind]
    seen = 0
    for _ in range(300):
        positions, brightness = draw_basis(kind, rng)
        if len(positions) % order or len(positions) < 4:
            continue
        turned = positions @ np.array(turn, float)
        gaps = turned[:, None] - positions[None]
        gaps = np.abs(gaps - np.round(gaps)).max(axis=2)
        same = (gaps < 1e-9) & (np.abs(brightness[:, None] - brightness) < 1e-9)
        seen += bool(same.any(axis=1).all())
    assert seen > 10


def test_clean_pictures_are_named_right_by_the_spots():
    rng = np.random.default_rng(4)
    right = []
    for number in range(30):
        kind = BRAVAIS_TYPES[number % 5]
        scene = draw_scene(kind, rng)
        image = add_accidents(draw_atoms(scene, rng, trouble=0), rng, trouble=0)
        assert image.shape == scene.shape
        try:
            right.append(fit_lattice(image).bravais_type == kind)
        except ValueError:
            right.append(False)
    assert np.mean(right) > 0.75


def test_every_example_is_its_own_whatever_came_before():
    first = simulate_varied(3, 7)
    simulate_varied(3, 8)
    again = simulate_varied(3, 7)
    np.testing.assert_array_equal(first.image, again.image)
    assert not np.array_equal(simulate_varied(4, 7).image, first.image)


def test_all_classes_come_and_every_fifth_shows_nothing():
    examples = [simulate_varied(5, index) for index in range(60)]
    labels = np.array([example.label for example in examples])
    assert (labels[::5] == CLASSES.index("noise")).all()
    counts = np.bincount(labels, minlength=6)
    assert counts[:5].min() >= 8
    assert all(np.isfinite(example.image).all() and np.ptp(example.image) > 0 for example in examples)
    assert any(example.image.shape[0] != example.image.shape[1] for example in examples)


def test_what_shows_nothing_has_no_lattice_to_the_spots():
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(30):
        image, _ = draw_nothing(rng)
        try:
            fit_lattice(image)
            found += 1
        except ValueError:
            pass
    assert found <= 6


def test_a_store_makes_the_blocks_that_anybody_makes(tmp_path):
    with open_store(tmp_path / "store", RECIPE, 11, 6, 1) as store:
        halves, labels = store.take([1, 2])
    expected = [make_block(RECIPE, 11, number, 6) for number in (1, 2)]
    np.testing.assert_array_equal(halves, np.concatenate([block[0] for block in expected]))
    np.testing.assert_array_equal(labels, np.concatenate([block[1] for block in expected]))
    with (
        pytest.raises(ValueError, match="described in another way"),
        open_store(tmp_path / "store", Recipe(size=32), 11, 6, 1),
    ):
        pass


def test_halves_make_wholes_and_mirrors_keep_the_middle_row():
    halves = np.random.default_rng(0).random((8, 32, 18)).astype(np.float16)
    full = whole(halves)
    assert full.shape == (8, 32, 32, 1)
    np.testing.assert_array_equal(full[:, :, 14:, 0], halves)
    mirrored = mirrored_at_random(halves, np.random.default_rng(1))
    same = (mirrored == halves).all(axis=(1, 2))
    assert 0 < same.sum() < 8
    np.testing.assert_array_equal(mirrored[:, 16], halves[:, 16])
    np.testing.assert_array_equal(mirrored[~same][:, 1:], halves[~same][:, :0:-1])


def test_the_broad_stream_repeats_and_its_labels_are_what_the_spots_say():
    again = simulate_broad(3, 17)
    assert np.array_equal(simulate_broad(3, 17).image, again.image)
    right, labels = [], set()
    for index in range(60):
        example = simulate_broad(3, index)
        labels.add(CLASSES[example.label])
        try:
            right.append(fit_lattice(example.image).picture_type == CLASSES[example.label])
        except ValueError:
            right.append(CLASSES[example.label] == "noise")
    assert labels == set(CLASSES)
    # trouble, faint spots and borders between types are in it: most can be told, not all
    assert 0.6 < np.mean(right) < 1
