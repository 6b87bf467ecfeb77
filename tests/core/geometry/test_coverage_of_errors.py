"""The stated errors cover the truth as often as they say, also where the noise follows the signal."""

import sys
from pathlib import Path

import numpy as np

from lattice_widgets.core.geometry.evenness import stretch_by_filling
from lattice_widgets.core.geometry.joint_fit import fit_jointly
from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.spots import measure_spots
from lattice_widgets.core.lattices.lattice import Lattice

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
from coverage_of_errors import picture, repeats

#: noise that follows the signal and noise that goes together from row to row
KINDS = ("counting", "disorder", "jitter", "correlated jitter")


def test_errors_cover_the_truth_whatever_makes_the_noise() -> None:
    """Of 240 pictures three numbers each: a coverage of 0.90 would come out above 0.93 about twice in a hundred times."""
    shares = {}
    for kind in KINDS:
        pulls = np.array(list(repeats(kind, 60, first=1000)))
        assert len(pulls) >= 58
        shares[kind] = float((np.abs(pulls[:, :3]) < 1.96).mean())
    assert 0.93 < np.mean(list(shares.values())) < 0.98, shares
    assert min(shares.values()) > 0.85, shares


def test_a_picture_that_is_half_empty_has_larger_errors() -> None:
    """The border of a crystal pulls all its spots inward; the errors say by how much that may be."""
    pulls = np.array(list(repeats("half empty", 30, first=1000)))
    assert (np.abs(pulls[:, :3]) < 1.96).mean() > 0.85
    stretches = []
    for kind in ("half empty", "vacancies", "white"):
        power = PowerMap(picture(kind, 3)[0])
        spots = measure_spots(power)
        stretches.append(stretch_by_filling(power.flattened, spots.bins, np.sqrt(spots.power)))
    assert stretches[0] > 0
    assert stretches[1:] == [0, 0]


def test_neighbors_do_not_pull_at_each_other() -> None:
    """Without noise all that shifts a spot are the others: fitted together, none does."""
    rows, cols = np.mgrid[:200, :230].astype(float)
    known = Lattice.from_parameters(21, 26, 97, rotation=13)
    waves = np.zeros(rows.shape)
    for h, k, weight in ((1, 0, 1.0), (0, 1, 0.8), (1, 1, 0.5), (1, -1, 0.4), (2, 0, 0.2)):
        row, col = h * known.reciprocal().vectors[0] + k * known.reciprocal().vectors[1]
        waves += weight * np.cos(2 * np.pi * (row * rows + col * cols) + h + 0.3 * k)
    fit = fit_lattice(waves)
    np.testing.assert_allclose([fit.a, fit.b, fit.gamma], [21, 26, 97], rtol=1e-4)


def test_a_fit_that_leaves_its_start_is_not_trusted() -> None:
    rows, cols = np.mgrid[:128, :160].astype(float)
    noise = 0.2 * np.random.default_rng(0).normal(size=rows.shape)
    power = PowerMap(np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 10) + noise)
    indices, error = np.eye(2), np.full((2, 2), 0.01)
    right = fit_jointly(power, np.array([[16.05, 0.0], [0.0, 16.0]]), indices, error)
    assert right is not None
    np.testing.assert_allclose(right[0], [[16, 0], [0, 16]], atol=0.02)
    assert (np.linalg.eigvalsh(right[1]) > 0).all()
    assert fit_jointly(power, np.array([[16.9, 0.0], [0.0, 16.0]]), indices, error) is None
    assert fit_jointly(power, right[0], np.array([[1.0, 0.0], [2.0, 0.0]]), error) is None
