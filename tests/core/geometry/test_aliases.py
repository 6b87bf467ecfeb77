"""Waves too fine for the pixels: they are told from spots of the lattice, of a larger cell and of a second lattice."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.geometry.false_spots.aliases import aliases_among
from lattice_widgets.core.geometry.indexing import index_spots, spot_weights
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.spots import measure_spots
from lattice_widgets.core.lattices.lattice import Lattice

INPUTS = Path(__file__).parents[4] / "shared" / "inputs"


def sharp_atoms(lattice: Lattice, size: int, seed: int, decay: float = 0.45, doubled: float = 0.0) -> np.ndarray:
    """Waves of a lattice [px] up to the fourth order, each order ``decay`` times as high; a faint double cell if asked for."""
    rng = np.random.default_rng(seed)
    first, second = lattice.reciprocal().reduced().vectors
    y, x = np.mgrid[:size, :size]
    picture = 0.05 * rng.standard_normal((size, size))
    for h in range(5):
        for k in range(-4, 5):
            if h > 0 or k > 0:
                f = h * first + k * second
                picture += decay ** np.hypot(h, k) * np.cos(2 * np.pi * (f[0] * y + f[1] * x))
    if doubled:
        for h, k in ((0.5, 0), (0.5, 1), (1.5, 0), (0.5, -1), (1.5, 1)):
            f = h * first + k * second
            picture += doubled * np.cos(2 * np.pi * (f[0] * y + f[1] * x))
    return picture


@pytest.mark.parametrize("spacing", [4.3, 5.2, 6.1])
def test_a_picture_with_few_pixels_an_atom_keeps_its_cell(spacing: float) -> None:
    for seed in range(8):
        rotation = 3.7 + 7.1 * seed
        fit = lw.fit_lattice(sharp_atoms(Lattice.from_parameters(spacing, spacing, 120, rotation), 160, seed))
        assert fit.bravais_type == "hexagonal"
        assert fit.lattice.area == pytest.approx(spacing**2 * np.sin(np.deg2rad(120)), rel=2e-3)
        assert (
            len(lw.find_lattices(sharp_atoms(Lattice.from_parameters(spacing, spacing, 120, rotation), 160, seed))) == 1
        )


def test_the_errors_hold_beside_aliases() -> None:
    pulls = []
    for seed in range(24):
        fit = lw.fit_lattice(sharp_atoms(Lattice.from_parameters(5.2, 5.2, 120, 1.3 + 2.3 * seed), 128, seed))
        pulls.append([(fit.a - 5.2) / fit.a_error, (fit.gamma - 120) / fit.gamma_error])
    assert np.sqrt(np.mean(np.square(pulls))) < 1.5


@pytest.mark.parametrize("spacing", [7.5, 7.31])
def test_a_double_cell_is_still_seen_whether_or_not_it_lies_on_aliases(spacing: float) -> None:
    """With 7.5 px the aliases of high orders fall half-way between the nodes, where a double cell has its spots."""
    for seed in range(6):
        lattice = Lattice.from_parameters(spacing, spacing, 90, 0 if spacing == 7.5 else 4.0 * seed)
        single = lw.fit_lattice(sharp_atoms(lattice, 160, seed, decay=0.3))
        double = lw.fit_lattice(sharp_atoms(lattice, 160, seed, decay=0.3, doubled=0.05))
        assert single.lattice.area == pytest.approx(spacing**2, rel=5e-3)
        assert double.lattice.area == pytest.approx(2 * spacing**2, rel=5e-3)


def test_lines_of_half_the_density_fold_at_their_own_frequency() -> None:
    picture = sharp_atoms(Lattice.from_parameters(5.2, 5.2, 120, 11), 128, 0)[::2]
    fit = lw.fit_lattice(picture, (2.0, 1.0))
    assert fit.bravais_type == "hexagonal"
    assert fit.a == pytest.approx(5.2, abs=0.02)
    assert len(lw.find_lattices(picture, (2.0, 1.0))) == 1


def test_spots_that_a_lattice_does_not_predict_are_no_aliases() -> None:
    picture = sharp_atoms(Lattice.from_parameters(9, 9, 90, 4), 200, 0)
    rows, cols = np.mgrid[:200, :200]
    picture += 0.3 * np.cos(2 * np.pi * (0.31 * rows + 0.17 * cols))
    power = PowerMap(picture)
    spots = measure_spots(power)
    error, weight = (
        power.position_error(spots.bins, spots.power),
        spot_weights(spots.power, spots.snr, power.power.size),
    )
    lattice = index_spots(spots.bins, error, weight)[0]
    alias = aliases_among(power, lattice, spots)
    stray = np.hypot(*(spots.bins - [62, 34]).T).argmin()
    assert not lattice.indexed[stray]
    assert not alias[stray]
    assert not (alias & lattice.indexed).any()


@pytest.mark.skipif(not INPUTS.is_dir(), reason=f"{INPUTS.name}: the program that makes the hard cases is not here")
def test_the_hard_cases_beside_this_repository() -> None:
    made = importlib.util.spec_from_file_location("hard_cases", INPUTS / "hard_cases.py")
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        made.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    pictures = {name: picture.astype(np.float32) for name, _, picture in module.cases()}
    cells = {
        "hexagonal_few_large_cells_framed": (53, 53, 120, "hexagonal"), "doubled_row": (24.25, 28, 90, "rectangular"),
        "seven_atoms": (38, 44, 104, "oblique"), "five_cells_framed": (70, 90, 90, "rectangular"),
    }  # fmt: skip
    for name, (a, b, gamma, kind) in cells.items():
        fit = lw.fit_lattice(pictures[name])
        assert (fit.a, fit.b, fit.gamma) == pytest.approx((a, b, gamma), rel=3e-3), name
        assert fit.bravais_type == kind, name
    for name, types, angle in (
        ("two_grains", ["square", "square"], 32), ("two_layers", ["hexagonal", "hexagonal"], 9),
        ("square_over_hexagonal", ["hexagonal", "square"], None),
    ):  # fmt: skip
        found = lw.find_lattices(pictures[name])
        assert sorted(fit.bravais_type for fit in found) == types, name
        if angle is not None:
            symmetry = 90 if types[0] == "square" else 60
            turn = (found[1].rotation - found[0].rotation - angle + symmetry / 2) % symmetry - symmetry / 2
            turned_back = (found[0].rotation - found[1].rotation - angle + symmetry / 2) % symmetry - symmetry / 2
            assert min(abs(turn), abs(turned_back)) < 0.3, name
    dislocation = lw.name_lattice(pictures["edge_dislocation"])
    assert dislocation.confidence < 0.95
    assert len(dislocation.classes) != 1
    with pytest.raises(lw.LatticeNotFound):
        lw.fit_lattice(pictures["staircase"])
    assert lw.name_lattice(pictures["staircase"]).classes[0] == "noise"
