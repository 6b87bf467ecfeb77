"""Several lattices in one picture: grains, twins and layers are found, with where they are; one lattice stays one."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.several.find import find_lattices
from lattice_widgets.core.geometry.several.words import describe_lattices
from lattice_widgets.core.lattices.misorientation import misorientation
from lattice_widgets.files import read_micrograph

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from several_lattices import SINGLES, Pair, bicrystal, layers, single, twin


def check_cells(pair: Pair) -> None:
    """Check that there are two fits, each of one of the true cells."""
    fits = find_lattices(pair.picture)
    assert len(fits) == 2
    found, true = (
        sorted((fit.reduced().a, fit.reduced().b, fit.reduced().gamma) for fit in each)
        for each in ([fit.lattice for fit in fits], pair.lattices)
    )
    np.testing.assert_allclose(found, true, rtol=0.012)
    assert sum(fit.share for fit in fits) == pytest.approx(1)
    assert fits[0].share >= fits[1].share


@pytest.mark.parametrize("seed", [2, 4, 9])
def test_grains_are_told_apart_and_found_in_their_places(seed: int) -> None:
    pair = bicrystal(seed)
    check_cells(pair)
    fits = find_lattices(pair.picture)
    assert pair.first is not None
    places = [fit.mask for fit in fits]
    if np.mean(places[0] == pair.first) < 0.5:
        places.reverse()
    for mask, truth in zip(places, (pair.first, ~pair.first), strict=True):
        assert mask.shape == truth.shape
        assert np.mean(mask == truth) > 0.97


def test_a_single_lattice_is_that_of_fit_lattice() -> None:
    picture = single(3, SINGLES[0])
    (found,) = find_lattices(picture, 0.02)
    fit = fit_lattice(picture, 0.02)
    assert found.to_dict() == fit.to_dict()
    assert found.mask is not None
    assert found.mask.all()


def test_several_lattices_are_said_in_a_sentence() -> None:
    fits = find_lattices(bicrystal(2).picture)
    angle, error, _ = misorientation(*fits)
    said = str(describe_lattices(fits))
    pattern = r"Two lattices: ([a-z ]+) \((\d+) %\) and ([a-z ]+) turned by ([\d.]+) ± ([\d.]+) degrees \((\d+) %\)\."
    first, share, second, turned, off, rest = re.fullmatch(pattern, said).groups()
    assert (first, second) == tuple(fit.bravais_type for fit in fits)
    assert int(share) + int(rest) in (99, 100, 101)
    assert float(turned) == pytest.approx(abs(angle), abs=float(off))
    assert float(off) == pytest.approx(error, rel=0.5)
    more = str(describe_lattices([*fits, fits[0]]))
    assert more.startswith(
        f"3 lattices: {first} ({share} %), {second} turned by {turned} ± {off} degrees ({rest} %) and "
    )
    assert describe_lattices(fits[:1]) is None


@pytest.mark.parametrize("seed", [0, 4])
def test_twins_are_two_lattices(seed: int) -> None:
    check_cells(twin(seed))


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_layers_are_two_lattices_that_are_everywhere(seed: int) -> None:
    pair = layers(seed)
    check_cells(pair)
    assert all(fit.mask.all() for fit in find_lattices(pair.picture))


@pytest.mark.parametrize("trouble", SINGLES)
def test_one_lattice_stays_one(trouble: str) -> None:
    for seed in range(2):
        picture = single(seed, trouble)
        fits = find_lattices(picture, pixel_size=0.02)
        assert len(fits) == 1
        alone = fit_lattice(picture, pixel_size=0.02)
        assert (fits[0].a, fits[0].b, fits[0].gamma) == (alone.a, alone.b, alone.gamma)
        assert fits[0].share == 1
        assert fits[0].mask.all()


def test_a_superstructure_on_its_substrate_is_one_lattice() -> None:
    rows, cols = np.mgrid[:256, :256]
    substrate = np.cos(2 * np.pi * rows / 10) + np.cos(2 * np.pi * cols / 10)
    adsorbate = np.cos(2 * np.pi * rows / 20) * np.cos(2 * np.pi * cols / 20)
    noise = np.random.default_rng(0).normal(size=rows.shape)
    fits = find_lattices(substrate + 0.3 * adsorbate + 0.5 * noise)
    assert [(fit.bravais_type, round(fit.a, 1)) for fit in fits] == [("square", round(20 / np.sqrt(2), 1))]


def test_no_lattice_makes_an_empty_list() -> None:
    noise = np.random.default_rng(0).normal(size=(128, 160))
    assert find_lattices(noise) == []
    rows, cols = np.mgrid[:128, :160]
    assert find_lattices(np.cos((rows + 2 * cols) / 5) + 0.3 * noise) == []
    angles = np.pi * np.arange(4) / 4 + 0.2
    crystal = sum(np.cos((rows * np.sin(t) + cols * np.cos(t)) / 2) for t in angles)
    assert find_lattices(crystal + 0.3 * noise) == []
    with pytest.raises(ValueError, match="two axes"):
        find_lattices(np.zeros(30))


def test_masks_have_the_pixels_of_the_picture_margins_included() -> None:
    pair = bicrystal(9)
    picture = np.pad(pair.picture, ((20, 30), (40, 10)), constant_values=pair.picture.max())
    fits = find_lattices(picture)
    assert len(fits) == 2
    masks = np.array([fit.mask for fit in fits])
    assert masks.shape[1:] == picture.shape
    outside = (masks[:, :20], masks[:, -30:], masks[:, :, :40], masks[:, :, -10:])
    assert not any(part.any() for part in outside)
    assert max(np.mean(mask[20:-30, 40:-10] == pair.first) for mask in masks) > 0.95
    # every other row left out: pixels twice as long down the picture
    halved = find_lattices(pair.picture[::2], pixel_size=(0.04, 0.02))
    assert [fit.mask.shape for fit in halved] == [pair.picture[::2].shape] * 2
    assert halved[0].a == pytest.approx(0.02 * fits[0].a, rel=0.01)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("fe001_bicrystal_stem.npy", 2),
        ("graphene_stm.tif", 1),
        ("graphene_stem.npy", 1),
        ("si110_stem.png", 1),
        ("perovskite_stem.dm3", 1),
        ("ws2_beam_movie.gif", 1),
        ("carbon_stem.tif", 0),
    ],
)
def test_lattices_of_real_pictures(shared_picture: Callable[[str], Path], name: str, count: int) -> None:
    image = np.asarray(read_micrograph(shared_picture(name)))
    assert len(find_lattices(image if image.ndim == 2 else image[0])) == count


def test_the_angle_between_grains_is_within_its_error() -> None:
    pulls = []
    for pair in (bicrystal(406), bicrystal(412), bicrystal(418), layers(405), layers(414)):
        found = misorientation(*find_lattices(pair.picture))
        apart = [
            (found.angle + sign * pair.twist + found.period / 2) % found.period - found.period / 2 for sign in (1, -1)
        ]
        pulls.append(min(map(abs, apart)) / found.error)
        assert found.error < 0.2
    assert max(pulls) < 3
