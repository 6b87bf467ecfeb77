"""One cell: none that trembling scan lines pretend, and the one that a faint difference between atoms makes."""

import sys
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets.core.geometry.false_spots.streaks import streak_level
from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.superstructure import superlattices

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from supercells import doubled_row, trembling


@pytest.mark.parametrize("sigma", [0.3, 0.8, 2.0])
@pytest.mark.parametrize("correlated", [3, 10])
@pytest.mark.parametrize("spacing", [20.0, 40.0])
def test_scan_lines_that_tremble_make_no_larger_cell(spacing: float, correlated: int, sigma: float) -> None:
    areas = [fit_lattice(trembling(spacing, sigma, correlated, seed)).lattice.area for seed in range(4)]
    assert areas == pytest.approx([spacing**2] * 4, rel=0.05)


@pytest.mark.parametrize(
    ("contrast", "noise", "jitter"), [(0.05, 0.3, 0.0), (0.025, 0.3, 0.0), (0.05, 0.6, 0.0), (0.05, 0.3, 0.8)]
)
def test_atoms_that_differ_by_little_make_a_larger_cell(contrast: float, noise: float, jitter: float) -> None:
    for seed in range(3):
        fit = fit_lattice(doubled_row(contrast, noise, seed, jitter=jitter))
        assert (fit.a, fit.b) == pytest.approx((14 * np.sqrt(3), 28), rel=0.004)
        assert fit.gamma == pytest.approx(90, abs=0.3)


def test_all_larger_cells_are_listed_once() -> None:
    vectors = np.array([[20.0, 3.0], [-4.0, 17.0]])
    areas = [
        abs(np.linalg.det(finer)) / abs(np.linalg.det(vectors)) for finer, _ in superlattices(vectors, np.zeros((0, 2)))
    ]
    # a lattice has three sublattices of index two and four of index three
    assert sorted(np.round(1 / np.array(areas)).tolist()) == [2.0] * 3 + [3.0] * 4
    quarter = np.array([[0.25, 0.5], [0.75, 0.5], [0.25, 0.501]])
    told = [offsets for _, offsets in superlattices(vectors, quarter) if len(offsets) == 3]
    assert len(told) >= 1
    for finer, offsets in superlattices(vectors, quarter):
        assert abs(np.linalg.det(vectors)) / abs(np.linalg.det(finer)) == pytest.approx(len(offsets) + 1)
        inside = offsets @ vectors @ np.linalg.inv(finer)
        np.testing.assert_allclose(inside, np.round(inside), atol=1e-9)


def test_streaks_have_a_level_and_noise_has_none() -> None:
    rng = np.random.default_rng(3)
    rows, cols = np.mgrid[:256, :320].astype(float)
    waves = np.cos(2 * np.pi * (cols + 1.5 * rng.standard_normal((256, 1))) / 16)
    noise = 0.3 * rng.standard_normal(rows.shape)
    known, strength = np.array([[0.0, 20.0]]), np.array([1e12])
    places = np.array([[40.0, 20.0], [-33.0, 20.0]])
    own = np.ones(2)
    streaked = PowerMap(waves + noise)
    found = streak_level(streaked, places, own, known, strength)
    assert (found > 4 * streaked.noise_beside(places)).all()
    assert not streak_level(PowerMap(np.cos(2 * np.pi * cols / 16) + noise), places, own, known, strength).any()
