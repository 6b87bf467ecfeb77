"""What STEM and STM make of real crystals, against answers derived by hand from their structures."""

import itertools

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.cell_for_lattice import CellLimits, cell_for
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS

#: crystal -> type and reduced a, b [nm] of the picture by STEM, which sees columns, and by STM, which sees the upper plane
PICTURES = {
    "graphene": (("hexagonal", 0.2461, 0.2461), ("hexagonal", 0.2461, 0.2461)),
    "h-BN": (("hexagonal", 0.2504, 0.2504), ("hexagonal", 0.2504, 0.2504)),
    "WS2": (("hexagonal", 0.3153, 0.3153), ("hexagonal", 0.3153, 0.3153)),
    "MoS2": (("hexagonal", 0.3160, 0.3160), ("hexagonal", 0.3160, 0.3160)),
    "SrTiO3 [001]": (("square", 0.3905, 0.3905), ("square", 0.3905, 0.3905)),
    "SrTiO3 [110]": (("rectangular", 0.3905 / np.sqrt(2), 0.3905), ("rectangular", 0.3905 / np.sqrt(2), 0.3905)),
    # fcc along [110]: a / sqrt 2 x a, centered by the next plane; (110) planes hold one rectangle each
    "Si [110]": (
        ("centered rectangular", *2 * (np.hypot(0.5431, 0.5431 / np.sqrt(2)) / 2,)),
        ("rectangular", 0.5431 / np.sqrt(2), 0.5431),
    ),
    "Cu(110)": (
        ("centered rectangular", *2 * (np.hypot(0.2556, 0.3615) / 2,)),
        ("rectangular", 0.2556, 0.3615),
    ),
    # bcc along [001]: squares of side a, the next plane in their middle
    "Fe [001]": (("square", 0.28665 / np.sqrt(2), 0.28665 / np.sqrt(2)), ("square", 0.28665, 0.28665)),
    # bcc along [110]: planes of centered rectangles a sqrt 2 x a; the next plane halves both sides
    "Fe [110]": (
        ("rectangular", 0.28665 / 2, 0.28665 / np.sqrt(2)),
        ("centered rectangular", 0.28665 * np.sqrt(3) / 2, 0.28665 * np.sqrt(3) / 2),
    ),
    # the four columns of one layer are related by a centering; its upper two by a glide line only
    "black phosphorus": (
        ("centered rectangular", *2 * (np.hypot(0.33136, 0.43763) / 2,)),
        ("rectangular", 0.33136, 0.43763),
    ),
    "ZrO2 [010], monoclinic": (("oblique", 0.53173 / 2, 0.51505), ("oblique", 0.53173 / 2, 0.51505)),
}


def test_every_preset_has_a_hand_derived_answer_and_a_source():
    assert set(PICTURES) == set(CRYSTALS)
    for name, crystal in CRYSTALS.items():
        assert crystal.name == name
        assert any(character.isdigit() for character in crystal.source)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("mode", ["STEM", "STM"])
def test_the_lattice_of_the_picture(name, mode):
    kind, a, b = PICTURES[name][mode == "STM"]
    lattice = CRYSTALS[name].primitive_lattice(mode)
    assert CRYSTALS[name].bravais_type(mode) == kind
    assert lattice.bravais_type() == kind
    assert (lattice.a, lattice.b) == pytest.approx((a, b), rel=1e-3)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("mode", ["STEM", "STM"])
def test_the_lattice_repeats_the_picture_and_no_smaller_one_does(name, mode):
    """Look at the sharp picture itself, on a fine grid of shifts: it repeats at the points of the lattice only."""
    crystal = CRYSTALS[name]
    light = crystal.brightness(mode)
    places = np.array([(atom.u, atom.v) for atom in crystal.basis])
    orders = np.array(list(itertools.product(range(-8, 9), repeat=2)))
    amplitudes = np.exp(-2j * np.pi * orders @ places.T) @ light  # the Fourier coefficients of the cell
    lattice = crystal.primitive_lattice(mode)
    shifts = np.array(list(itertools.product(np.arange(24) / 24, repeat=2)))
    changed = np.abs(amplitudes * (np.exp(-2j * np.pi * shifts @ orders.T) - 1)).max(axis=1) / light.sum()
    repeats = (shifts @ crystal.cell.vectors) @ np.linalg.inv(lattice.vectors)
    at_point = np.abs(repeats - np.round(repeats)).max(axis=1) < 1e-6
    assert at_point.any()
    # brightness may differ by what STM sees of a lower plane: far more than rounding
    assert changed[at_point].max() < 1e-6
    assert changed[~at_point].min() > 1e-3
    # the points lie on the grid of shifts, all of them
    assert at_point.sum() == round(crystal.cell.area / lattice.area)


def test_z_contrast():
    tungsten, sulfur = CRYSTALS["WS2"].basis
    ratio = tungsten.brightness("STEM") / sulfur.brightness("STEM")
    assert ratio == pytest.approx((74 / 16) ** 1.7 / 2)  # two sulfur atoms in a column
    np.testing.assert_allclose(CRYSTALS["WS2"].brightness("STEM"), [1, 1 / ratio])


def test_the_tunneling_current_falls_by_about_ten_for_each_angstrom():
    """The rule of thumb of STM: for a work function of 4 to 5 eV an angstrom makes one order of magnitude."""
    upper, lower = Atom("Au", 79, 0, 0), Atom("Au", 79, 0, 0, depth=0.1)
    assert 6 < upper.brightness("STM") / lower.brightness("STM") < 12
    # depth is nothing to STEM, Z nothing to STM
    assert upper.brightness("STEM") == lower.brightness("STEM")
    assert Atom("Li", 3, 0, 0).brightness("STM") == upper.brightness("STM")


@pytest.mark.parametrize(
    ("name", "first", "second", "length"),
    [
        ("graphene", 0, 1, 0.142),  # C-C bond
        ("h-BN", 0, 1, 0.1446),  # B-N bond
        ("SrTiO3 [001]", 1, 2, 0.1953),  # Ti-O bond, in the plane of the picture
        ("Si [110]", 0, 3, 0.1358),  # the famous dumbbell
        ("black phosphorus", 0, 2, 2 * 0.08056 * 0.43763),
        ("ZrO2 [010], monoclinic", 0, 1, None),
    ],
)
def test_distances_between_columns(name, first, second, length):
    crystal = CRYSTALS[name]
    one, two = crystal.basis[first], crystal.basis[second]
    shifts = np.array(list(itertools.product((-1, 0, 1), repeat=2)))
    vectors = (np.array([two.u - one.u, two.v - one.v]) + shifts) @ crystal.cell.vectors
    distance = np.hypot(*vectors.T).min()
    if length is None:  # 2 (x, z) of the inversion pair, z doubled in the halved cell
        step = Lattice.from_parameters(0.51505, 0.53173, 99.23).vectors
        length = np.hypot(*(np.array([1 - 2 * 0.2754, -2 * 0.2083]) @ step + np.array([0, 0.5]) @ step))
    assert distance == pytest.approx(length, rel=5e-3)


@pytest.mark.parametrize(
    ("name", "upper", "lower", "length"),
    [
        ("WS2", 1, 0, 0.2405),  # W-S bond
        ("MoS2", 1, 0, 0.2417),  # Mo-S bond
        ("Si [110]", 0, 2, 0.3840),  # second neighbours, a / sqrt 2
        ("Si [110]", 0, 3, 0.2352),  # the bond
        ("Cu(110)", 0, 1, 0.2556),  # nearest neighbours
        ("Fe [001]", 0, 1, 0.2482),  # nearest neighbours
        ("Fe [110]", 0, 2, 0.28665),  # second neighbours, a
        ("Fe [110]", 0, 3, 0.2482),
        ("black phosphorus", 0, 2, 0.2244),  # the bond between the halves of a layer
        ("SrTiO3 [001]", 1, 0, 0.3905 * np.sqrt(3) / 2),  # Ti to Sr
    ],
)
def test_depths_make_the_right_distances_in_space(name, upper, lower, length):
    crystal = CRYSTALS[name]
    one, two = crystal.basis[upper], crystal.basis[lower]
    shifts = np.array(list(itertools.product((-1, 0, 1), repeat=2)))
    vectors = (np.array([two.u - one.u, two.v - one.v]) + shifts) @ crystal.cell.vectors
    distance = np.hypot(np.hypot(*vectors.T).min(), two.depth - one.depth)
    assert distance == pytest.approx(length, rel=0.01)


def test_a_supercell_has_the_lattice_of_its_cell():
    atoms = tuple(Atom("C", 6, (i + 0.2) / 3, (j + 0.1) / 2) for i in range(3) for j in range(2))
    lattice = Crystal("supercell", 0.9, 1.0, 75, atoms).primitive_lattice()
    np.testing.assert_allclose(lattice.area, Crystal("cell", 0.3, 0.5, 75).cell.area)
    assert (lattice.a, lattice.b, lattice.gamma) == pytest.approx((0.3, 0.5, 105))
    # one atom of another element in it: the whole cell again
    other = (Atom("N", 7, atoms[0].u, atoms[0].v), *atoms[1:])
    assert Crystal("doped", 0.9, 1.0, 75, other).primitive_lattice().area == pytest.approx(6 * lattice.area)


def test_an_unknown_mode():
    with pytest.raises(ValueError, match=r"^Unknown mode 'TEM': choose one of STEM, STM\.$"):
        CRYSTALS["graphene"].primitive_lattice("TEM")  # type: ignore[arg-type]


def test_a_basis_may_be_a_list():
    """What is kept for a crystal finds it by its hash: a list has none, and might change."""
    atoms = [Atom("C", 6, 0.0, 0.0), Atom("C", 6, 1 / 3, 2 / 3)]
    crystal = Crystal("of a user", 0.246, 0.246, 120, atoms)
    atoms.clear()
    assert len(crystal.basis) == 2
    wide = CellLimits((0.1, 1.5), (0.1, 1.5), (30, 150))
    cell = cell_for(Lattice.from_parameters(0.3, 0.3, 90), crystal, "STEM", wide)
    assert cell is not None
    assert (cell.a, cell.b) == pytest.approx((0.3, 0.3))
