"""Which crystal could a measured lattice be?"""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import periodictable
import pytest

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.lattices.known.candidates import candidates
from lattice_widgets.core.lattices.known.comparison import compare, strain_errors
from lattice_widgets.core.lattices.known.table import CELL_KINDS, known_cells
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.crystal import MODES
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Microscope, simulate_micrograph

ROOT = Path(__file__).parents[4]


def fit_of(name: str, factor: float = 1.0, seed: int = 0) -> LatticeFit:
    crystal = CRYSTALS[name]
    seen = Microscope(field_of_view=10 * crystal.b, rows=256, cols=256, dose=crystal.dose_like_foil(1e5))
    taken = simulate_micrograph(crystal, seen, rotation=27, seed=seed)
    return fit_lattice(taken.image, factor * taken.pixel_size)


def test_the_table_is_large_cited_and_reduced():
    cells = known_cells()
    assert len(cells) >= 150
    assert {cell.kind for cell in cells.values()} == set(CELL_KINDS)
    for name, cell in cells.items():
        assert name == cell.name
        assert cell.source, name
        assert cell.elements, name
        reduced = cell.lattice.reduced()
        assert (reduced.a, reduced.b, reduced.gamma) == pytest.approx((cell.a, cell.b, cell.gamma), rel=1e-3), name


def test_the_table_is_what_its_tool_makes_of_the_lattice_constants():
    made = runpy.run_path(str(ROOT / "tools" / "make_cells.py"))
    rows = [*made["sheet_cells"](), *made["bulk_cells"]()]
    assert len({row[0] for row in rows}) == len(rows)
    stored = known_cells()
    assert len(rows) == len(stored)
    for name, kind, formula, *sides, crystal, source in rows:
        cell = stored[name]
        assert (cell.kind, cell.formula, cell.crystal, cell.source) == (kind, formula, crystal, source)
        assert [cell.a, cell.b, cell.gamma] == [float(side) for side in sides]


def test_elements_have_the_lattice_constants_of_another_table():
    """Those of Ashcroft & Mermin, which periodictable brings along, with three digits."""
    made = runpy.run_path(str(ROOT / "tools" / "make_cells.py"))
    compared = 0
    for row in made["rows_of"](made["HERE"] / "bulk.csv"):
        known = getattr(getattr(periodictable, row["formula"], None), "crystal_structure", None)
        if row["name"].startswith("C60") or row["family"] not in ("fcc", "bcc", "hcp", "diamond") or not known:
            continue
        assert known["symmetry"].lower() == row["family"], row["name"]
        assert 10 * float(row["a"]) == pytest.approx(known["a"], rel=0.003), row["name"]
        if row["c"]:
            assert float(row["c"]) / float(row["a"]) == pytest.approx(known["c/a"], rel=0.003), row["name"]
        compared += 1
    assert compared >= 25


@pytest.mark.parametrize(
    ("name", "a", "b", "gamma"),
    [
        ("Au(111)", 0.40782 / np.sqrt(2), 0.40782 / np.sqrt(2), 120),
        ("Au [111]", 0.40782 / np.sqrt(6), 0.40782 / np.sqrt(6), 120),
        ("Fe [111]", 0.28665 * np.sqrt(2 / 3), 0.28665 * np.sqrt(2 / 3), 120),
        ("Si [001]", 0.54310 / np.sqrt(8), 0.54310 / np.sqrt(8), 90),
        ("Mg [2-1-10]", 0.32093 * np.sqrt(3) / 2, 0.52107, 90),
        ("TiO2 rutile (110)", 0.2959, 0.4594 * np.sqrt(2), 90),
        ("Al2O3 [0001]", 0.4759 / np.sqrt(3), 0.4759 / np.sqrt(3), 120),
        ("Fe [110]", 0.28665 / 2, 0.28665 / np.sqrt(2), 90),
        ("W(110)", 0.31652 * np.sqrt(3) / 2, 0.31652 * np.sqrt(3) / 2, 109.4712),
        ("Si [110]", 0.54310 * np.sqrt(3 / 8), 0.54310 * np.sqrt(3 / 8), 109.4712),
        ("Si [112]", 0.54310 / np.sqrt(8), 0.54310 / np.sqrt(3), 90),
        ("MgO [001]", 0.42112 / 2, 0.42112 / 2, 90),
        ("SrTiO3 [111]", 0.3905 * np.sqrt(2 / 3), 0.3905 * np.sqrt(2 / 3), 120),
        ("ZnO(10-10)", 0.3250, 0.5207, 90),
        # what International Tables, vol. A, call a', b' of the special projections: halved by glide planes across the beam
        ("TiO2 anatase [001]", 0.3785 / 2, 0.3785 / 2, 90),
        ("MgAl2O4 [001]", 0.8081 / np.sqrt(8), 0.8081 / np.sqrt(8), 90),
        ("TiO2 rutile [100]", np.hypot(0.4594, 0.2959) / 2, np.hypot(0.4594, 0.2959) / 2, 114.429),
        ("ZrO2 [010], monoclinic", 0.53173 / 2, 0.51505, 99.23),
        ("CuO [010], tenorite", 0.46837 / 2, 0.51288 / 2, 99.54),
    ],
)
def test_projections_and_surfaces_by_hand(name: str, a: float, b: float, gamma: float):
    cell = known_cells()[name]
    assert (cell.a, cell.b, cell.gamma) == pytest.approx((a, b, gamma), abs=2e-5, rel=1e-5)


@pytest.mark.parametrize("name", CRYSTALS)
def test_the_crystals_of_the_simulator_have_the_same_cells(name: str):
    known = known_cells()[name].lattice.vectors
    seen = [compare(known, CRYSTALS[name].primitive_lattice(mode).vectors[None]).strains for mode in MODES]
    assert min(np.abs(strains).max(axis=-1).min() for strains in seen) < 1e-3


def test_a_strained_and_turned_lattice_tells_its_strain():
    rng = np.random.default_rng(5)
    for _ in range(50):
        known = Lattice(rng.normal(0, 1, (2, 2)) + 2 * np.eye(2)).reduced().vectors
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        size, shear = rng.normal(0, 0.01, 2), rng.normal(0, 0.01)
        strain = np.array([[size[0], shear / 2], [shear / 2, size[1]]])
        measured = Lattice(known @ turn.T @ (np.eye(2) + strain).T).reduced().vectors
        found = compare(measured, known[None])
        # of the bases of the known lattice the one that was measured
        best = int(np.abs(found.strains[0] - [*size, shear]).sum(axis=-1).argmin())
        assert found.strains[0, best] == pytest.approx([*size, shear], abs=4e-4)
        # what is turned is the known lattice itself
        assert abs(np.linalg.det(found.vectors[0, best])) == pytest.approx(abs(np.linalg.det(known)))
        assert found.vectors[0, best] @ (np.eye(2) + strain).T == pytest.approx(measured, abs=5e-3)


def test_the_errors_of_the_strain_are_those_of_drawn_vectors():
    vectors = Lattice.from_parameters(0.3, 0.45, 100, 20).reduced().vectors
    rng = np.random.default_rng(1)
    root = rng.normal(0, 3e-4, (4, 4))
    drawn = vectors + (rng.normal(size=(4000, 4)) @ root.T).reshape(-1, 2, 2)
    strains = []
    for each in drawn:
        found = compare(each, vectors[None]).strains[0]
        strains.append(found[np.abs(found).sum(axis=-1).argmin()])
    stated = strain_errors(vectors, root @ root.T)
    assert np.cov(np.array(strains).T) == pytest.approx(stated, abs=0.1 * np.abs(stated).max())


def test_the_crystal_and_the_scale_are_found():
    for seed, factor in enumerate((0.98, 1.0, 1.03)):
        found = candidates(fit_of("SrTiO3 [110]", factor, seed), elements="Sr Ti O Ba")
        assert found[0].name == "SrTiO3 [110]"
        assert found[0].scale == pytest.approx(1 / factor, abs=3 * found[0].scale_error)
        assert sum(each.probability for each in found) == pytest.approx(1)
        assert found[0].lattice.reduced().a == pytest.approx(0.3905 / np.sqrt(2), rel=1e-3)
    assert "3 %" in str(found.sentence)


def test_the_candidate_lies_as_the_picture_does():
    fit = fit_of("Cu(110)")
    best = candidates(fit, elements=["Cu"])[0]
    turned = abs(np.linalg.det([fit.vectors[0], best.vectors[0]])) / (fit.a * np.hypot(*best.vectors[0]))
    assert turned < 0.02


def test_without_a_pixel_size_only_the_shape_counts_and_it_says_so():
    fit = fit_of("SrTiO3 [110]")
    known_size = fit.pixel_size
    assert known_size
    pixels = replace(fit, vectors=fit.vectors / known_size, covariance=fit.covariance / known_size**2, unit="px")
    found = candidates(pixels, elements="Sr Ti O")
    assert found[0].name == "SrTiO3 [110]"
    assert found[0].scale == pytest.approx(known_size, rel=0.03)  # nm for each px
    assert "only the ratio" in str(found.sentence)
    again = candidates(fit, elements="Sr Ti O", calibration_error=None)
    assert {each.name: each.probability for each in again} == pytest.approx(
        {each.name: each.probability for each in found}
    )
    assert "left out of account" in str(again.sentence)


def test_a_lattice_that_no_cell_fits_is_said_not_to_fit():
    fit = fit_of("ZrO2 [010], monoclinic")
    found = candidates(fit, elements="Au")
    assert found[0].sigmas > 3
    assert "No cell of the table fits" in str(found.sentence)
    assert "No cell" not in str(candidates(fit).sentence)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"calibration_error": 0}, "positive fraction"),
        ({"calibration_error": float("nan")}, "positive fraction"),
        ({"kinds": ("crystal",)}, "kinds of cells"),
        ({"elements": "Xx"}, "no cell of Xx alone"),
    ],
)
def test_wrong_settings_are_refused_in_one_sentence(settings: dict, words: str):
    with pytest.raises(ValueError, match=words):
        candidates(fit_of("graphene"), **settings)


def test_with_the_elements_known_the_truth_is_among_the_first_three():
    rng = np.random.default_rng(8)
    hits = 0
    for seed, name in enumerate([*CRYSTALS] * 2):
        if name in ("Cu(110)", "black phosphorus"):  # a tip sees these
            continue
        cell = known_cells()[name]
        found = candidates(fit_of(name, np.exp(rng.normal(0, 0.03)), seed), elements=cell.elements)
        hits += name in [each.name for each in found[:3]]
    assert hits >= 18  # of 20
