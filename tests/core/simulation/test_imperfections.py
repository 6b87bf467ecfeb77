"""Each imperfection of a simulated picture does what it says, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from lattice_widgets.core.simulation.crystal import SCATTERED_FRACTION, Crystal
from lattice_widgets.core.simulation.micrograph import (
    SIGMA_PER_FWHM,
    Imperfections,
    simulate_micrograph,
)
from tests.core.simulation.by_definition import (
    ONE,
    STEM,
    STM,
    TWO,
    amplitude,
    atoms_at,
    pixel_places,
    rms,
    sum_of_gaussians,
    turn,
)


def test_disorder_damps_the_spots_as_debye_and_waller_say():
    microscope = replace(STM, rows=300, cols=400, field_of_view=20.0, tip_size=0.15)
    disorder = 0.06
    spacing = ONE.primitive_lattice("STM").reduced().a
    perfect = simulate_micrograph(ONE, microscope)
    points = perfect.picture_lattice.reciprocal_points(4.5)
    before = amplitude(perfect.image, points, perfect.pixel_size)
    shaken = [
        amplitude(simulate_micrograph(ONE, microscope, Imperfections(disorder=disorder), seed=seed).image, points, 0.05)
        for seed in range(6)
    ]
    damping = np.mean(shaken, axis=0) / before
    expected = np.exp(-2 * np.pi**2 * np.hypot(*points.T) ** 2 * (disorder * spacing) ** 2)
    assert len(points) >= 10
    assert expected.min() < 0.85  # there is something to see
    np.testing.assert_allclose(damping, expected, atol=0.02)


def test_vacancies_take_their_share_of_the_light():
    microscope = replace(STM, rows=300, cols=400, field_of_view=20.0)
    whole = simulate_micrograph(TWO, microscope).image
    atoms = 20.0 * 15.0 / TWO.cell.area * 2
    for fraction in (0.1, 0.5):
        holes = simulate_micrograph(TWO, microscope, Imperfections(vacancies=fraction), seed=4).image
        assert 1 - holes.mean() / whole.mean() == pytest.approx(fraction, abs=5 * np.sqrt(0.25 / atoms))
        # what is taken away is atoms: nowhere more light than before
        assert (holes - whole).max() < 1e-3
    empty = simulate_micrograph(TWO, microscope, Imperfections(vacancies=1.0)).image
    assert np.abs(empty).max() < 1e-6


def test_more_vacancies_keep_those_that_were_there():
    few = simulate_micrograph(ONE, STM, Imperfections(vacancies=0.1), seed=5).image
    more = simulate_micrograph(ONE, STM, Imperfections(vacancies=0.2), seed=5).image
    assert rms(few - more) > 0
    assert (more - few).max() < 1e-3


def test_the_ghost_of_a_double_tip():
    far = Crystal("far apart", 9.0, 9.0, 90)
    scan = replace(STM, rows=81, cols=121, field_of_view=2.42, double_tip=0.4, double_tip_offset=(0.3, -0.5))
    image = simulate_micrograph(far, scan).image
    single = simulate_micrograph(far, replace(scan, double_tip=0.0)).image
    assert np.unravel_index(single.argmax(), single.shape) == (40, 60)
    ghost = image - single
    assert np.unravel_index(ghost.argmax(), ghost.shape) == (40 + 15, 60 - 25)
    assert ghost.max() == pytest.approx(0.4, rel=1e-3)
    np.testing.assert_allclose(ghost[15:, :-25], 0.4 * single[:-15, 25:], atol=1e-3)
    # electrons have one probe: to STEM all this is nothing
    stem = replace(scan, mode="STEM", dose=None)
    np.testing.assert_array_equal(
        simulate_micrograph(far, stem).image, simulate_micrograph(far, replace(stem, double_tip=0.0)).image
    )


def test_the_ghost_of_a_lattice_reaches_up_to_the_edges():
    """Atoms outside the picture have ghosts inside it."""
    scan = replace(STM, double_tip=0.5, double_tip_offset=(0.5, -0.7))
    positions, light = atoms_at(TWO, scan, 20.0)
    both = np.concatenate([positions, positions + np.array([0.5, -0.7])])
    expected = sum_of_gaussians(both, np.concatenate([light, 0.5 * light]), scan, *pixel_places(scan))
    image = simulate_micrograph(TWO, scan, rotation=20.0).image
    np.testing.assert_allclose(image, expected, atol=2e-3 * expected.max())


def test_jitter_moves_each_line_along_itself_only():
    microscope = replace(STM, rows=240, cols=320, field_of_view=8.0)
    jitter = 0.03
    still = simulate_micrograph(ONE, microscope).image.astype(float)
    moved = simulate_micrograph(ONE, microscope, Imperfections(jitter=jitter), seed=6).image.astype(float)
    shifts = []
    candidates = np.linspace(-5, 5, 401)  # px
    frequency = np.fft.rfftfreq(320)
    fade = np.hanning(320)
    for line, original in zip(moved, still, strict=True):
        correlation = np.fft.rfft(line * fade) * np.fft.rfft(original * fade).conj()
        match = (np.exp(2j * np.pi * candidates[:, None] * frequency) @ correlation).real
        shifts.append(candidates[match.argmax()])
        back = np.fft.irfft(np.fft.rfft(line) * np.exp(2j * np.pi * frequency * shifts[-1]), 320)
        np.testing.assert_allclose(back[30:-30], original[30:-30], atol=0.06)
    shifts_nm = np.array(shifts) * microscope.pixel_size
    assert shifts_nm.std() == pytest.approx(jitter, rel=5 / np.sqrt(2 * 240))
    assert abs(np.corrcoef(shifts_nm[1:], shifts_nm[:-1])[0, 1]) < 5 / np.sqrt(240)


@pytest.mark.parametrize(("microscope", "contrast"), [(STM, 1.0), (STEM, SCATTERED_FRACTION)], ids=["STM", "STEM"])
def test_tilt_is_a_plane(microscope, contrast):
    tilted = simulate_micrograph(ONE, microscope, Imperfections(tilt=(0.4, -0.2))).image
    plane = (tilted - simulate_micrograph(ONE, microscope).image) / contrast
    assert plane[-1].mean() - plane[0].mean() == pytest.approx(0.4, abs=1e-4)
    assert plane[:, -1].mean() - plane[:, 0].mean() == pytest.approx(-0.2, abs=1e-4)
    assert plane.mean() == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(np.diff(plane, n=2, axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.diff(plane, n=2, axis=1), 0, atol=1e-4)


@pytest.mark.parametrize(("microscope", "contrast"), [(STM, 1.0), (STEM, SCATTERED_FRACTION)], ids=["STM", "STEM"])
def test_line_noise_is_one_number_for_each_line(microscope, contrast):
    microscope = replace(microscope, rows=400)
    noisy = simulate_micrograph(ONE, microscope, Imperfections(line_noise=0.3), seed=7).image
    lines = (noisy - simulate_micrograph(ONE, microscope).image) / contrast
    np.testing.assert_allclose(lines, np.broadcast_to(lines[:, :1], lines.shape), atol=1e-4)
    assert lines[:, 0].std() == pytest.approx(0.3, rel=5 / np.sqrt(2 * 400))
    assert abs(np.corrcoef(lines[1:, 0], lines[:-1, 0])[0, 1]) < 5 / np.sqrt(400)


def test_the_second_layer_has_its_own_turned_and_larger_lattice():
    microscope = replace(STEM, rows=240, cols=320, field_of_view=9.6)
    twisted = Imperfections(layer=0.5, layer_twist=11.0, layer_mismatch=4.0)
    picture = simulate_micrograph(ONE, microscope, twisted, rotation=5.0)
    single = simulate_micrograph(ONE, microscope, rotation=5.0)
    first = picture.picture_lattice.reciprocal_points(3.0)
    below = picture.picture_lattice.transformed(turn(11.0) * 1.04)
    second = below.reciprocal_points(3.0)
    np.testing.assert_allclose(amplitude(picture.image, first, 0.03), amplitude(single.image, first, 0.03), atol=2e-5)
    alone = amplitude(single.image, second, 0.03)
    both = amplitude(picture.image, second, 0.03)
    assert both.min() > 50 * alone.max()
    # as bright as asked for: half the light for each atom, on 1.04^2 the area (the probe damps by frequency)
    sigma = microscope.probe_size * SIGMA_PER_FWHM
    expected = 0.5 * SCATTERED_FRACTION * 2 * np.pi * sigma**2 / below.area
    expected = expected * np.exp(-2 * (np.pi * sigma * np.hypot(*second.T)) ** 2)
    np.testing.assert_allclose(both, expected, rtol=0.01)
    np.testing.assert_array_equal(picture.picture_lattice.vectors, single.picture_lattice.vectors)


def test_two_layers_beat_in_stm_only():
    """The moire of STM: a spot at the difference of the two lattices, which a mere sum of the layers does not have."""
    strengths = []
    for microscope in (STM, STEM):
        microscope = replace(microscope, rows=240, cols=320, field_of_view=9.6, tip_size=0.15, probe_size=0.15)
        picture = simulate_micrograph(ONE, microscope, Imperfections(layer=0.8, layer_twist=8.0))
        lattice = picture.picture_lattice
        moire = lattice.reciprocal().vectors - lattice.transformed(turn(8.0)).reciprocal().vectors
        strengths.append(amplitude(picture.image, moire, 0.03).min() / picture.image.std())
    assert strengths[0] > 10 * strengths[1]
