"""Phase fractions by every definition, and the part of a place that lattice fills, against what was put in."""

import tracemalloc

import numpy as np
import pytest

from lattice_widgets.core.geometry.coverage import lattice_coverage
from lattice_widgets.core.movies.phases import (
    PhaseCount,
    cell_edges,
    covered_probability,
    phase_fractions,
    window_weights,
)
from lattice_widgets.core.simulation.beam_damage import simulate_beam_damage
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Microscope, simulate_micrograph


def test_windows_share_the_frame() -> None:
    weights = window_weights((100, 140), [31.5, 47.5, 67.5], [31.5, 107.5])
    assert weights.shape == (3, 2)
    assert weights.sum() == pytest.approx(1)
    # the first row of windows stands for the upper 40 of 100 rows, the left one for half of the columns
    assert weights[0, 0] == pytest.approx(0.4 * 0.5)
    assert cell_edges(100, [49.5]).tolist() == [-0.5, 99.5]


def test_the_definitions_differ_as_they_should() -> None:
    samples = np.zeros((2, 3, 6), np.float32)
    samples[:, 0, 4] = 1
    samples[0, 1], samples[1, 1] = [0, 0, 0, 0.7, 0.3, 0], [0, 0, 0, 0.5, 0.5, 0]
    samples[:, 2, 5] = 1
    found = phase_fractions(samples, [True, False, True], [1, 1, 0.5], [0.5, 0.25, 0.25])
    by_coverage, mean, likely, sure = found.fraction
    assert mean[[3, 4, 5]] == pytest.approx([0.15, 0.6, 0.25])
    assert by_coverage == pytest.approx(mean)  # noise stays noise, however little is there
    assert likely[[3, 4, 5]] == pytest.approx([0.25, 0.5, 0.25])
    assert sure[[3, 4, 5]] == pytest.approx([0, 2 / 3, 1 / 3])
    assert found.fraction.sum(axis=1) == pytest.approx(1)
    # the two passes differ by 0.2 in a quarter of the frame
    assert found.error[1, 3] == pytest.approx(0.025)


def test_nothing_sure_has_no_fraction() -> None:
    found = phase_fractions(np.full((1, 2, 6), 1 / 6), [False, False], [1, 1], [1, 1])
    assert np.isnan(found.fraction[3]).all()
    assert np.isfinite(found.fraction[:3]).all()


def test_windows_that_come_in_parts_count_as_one() -> None:
    rng = np.random.default_rng(5)
    samples = rng.dirichlet(np.ones(6), (7, 30)).astype(np.float32)
    rest = rng.random(30) < 0.6, rng.random(30), rng.random(30), rng.random(30)
    whole, counted = phase_fractions(samples, *rest), PhaseCount()
    for part in (slice(0, 11), slice(11, 12), slice(12, 30)):
        counted.add(samples[:, part], *(values[part] for values in rest))
    parts = counted.fractions()
    assert parts.fraction == pytest.approx(whole.fraction, abs=1e-6)
    assert parts.error == pytest.approx(whole.error, abs=1e-6)
    with pytest.raises(ValueError, match="5 passes and 6 classes, those before with 7 and 6"):
        counted.add(samples[:5], *rest)
    with pytest.raises(ValueError, match="at least one window"):
        PhaseCount().fractions()


def test_a_hole_is_noise_in_part() -> None:
    mixed = covered_probability([[0, 0, 0, 0, 0.8, 0.2]], [0.25])
    assert mixed[0, 4:] == pytest.approx([0.2, 0.8])


def test_coverage_of_a_large_frame_takes_the_memory_of_a_few() -> None:
    frame = simulate_beam_damage(1, (2048, 2048), field_of_view=59.0, growth=(0.0, 1e-3, 0.0)).frame(0)
    lattice_coverage(frame)  # keeps the geometry of its frequencies
    tracemalloc.start()
    try:
        lattice_coverage(frame)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5 * frame.nbytes


def test_a_large_frame_is_searched_everywhere() -> None:
    # a lattice in the middles of the four edges, and noise elsewhere
    rows, cols = np.mgrid[:2560, :2560].astype(np.float32)
    waves = sum(np.cos(2 * np.pi / 12 * (np.cos(a) * rows + np.sin(a) * cols)) for a in np.deg2rad([0, 60, 120]))
    middle = [np.abs(x - 1280) < 250 for x in (rows, cols)]
    frame = np.where(middle[0] ^ middle[1], waves, 0) + np.random.default_rng(3).normal(0, 0.5, rows.shape)
    frame[1024:1536, 1024:1536] = 0.0
    found = lattice_coverage(frame.astype(np.float32))
    there = found.values[np.ix_(np.abs(found.row - 1280) < 150, found.col < 900)]
    nowhere = found.values[np.ix_(found.row < 900, found.col < 900)]
    assert there.mean() > 0.9
    assert nowhere.mean() < 0.3


_WHOLE = np.array([-0.5, 511.5])


@pytest.mark.parametrize(
    "how", [{"seed": 11}, {"seed": 12, "dose": 2e4}, {"seed": 13, "disorder": 0.04, "contamination": 0.3}]
)
def test_coverage_finds_the_holes_of_a_movie(how: dict) -> None:
    movie = simulate_beam_damage(**how)
    for number in (0, 30, 60, 80, 89):
        empty = 1 - lattice_coverage(movie.frame(number)).cell_means(_WHOLE, _WHOLE)[0, 0]
        assert empty == pytest.approx(movie.hole_fraction[number], abs=0.025)


def test_coverage_of_two_lattices_side_by_side() -> None:
    # a square and a hexagonal crystal of the same contrast, and a corner of neither
    scope = Microscope(rows=256, cols=320, field_of_view=8.0, dose=None)
    left = simulate_micrograph(CRYSTALS["SrTiO3 [001]"], scope, rotation=10).image
    right = simulate_micrograph(CRYSTALS["graphene"], scope, rotation=25).image
    picture = np.where(np.arange(320) < 160, left / left.std(), right / right.std())
    picture[150:, 220:] = picture.mean()
    covered = lattice_coverage(picture)
    quarters = covered.cell_means(np.array([-0.5, 120, 255.5]), np.array([-0.5, 160, 240, 319.5]))
    assert quarters[0, 0] > 0.85
    assert quarters[0, 2] > 0.85
    assert quarters[1, 2] < 0.35


def test_noise_counts_as_covered() -> None:
    # nothing to measure an amplitude of: what it is, the classifier says
    picture = np.random.default_rng(1).normal(size=(120, 150))
    assert lattice_coverage(picture).values.min() == 1
