"""Simulated pictures against sums of Gaussians, brute-force scans, Poisson statistics and diffraction."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.integrate

from lattice_widgets.core.simulation.crystal import SCATTERED_FRACTION, Crystal, scattering_power
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import (
    SIGMA_PER_FWHM,
    Imperfections,
    Microscope,
    drift_matrix,
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


@pytest.mark.parametrize("microscope", [STM, STEM], ids=["STM", "STEM"])
@pytest.mark.parametrize("crystal", [ONE, TWO, CRYSTALS["Si [110]"]], ids=lambda crystal: crystal.name)
@pytest.mark.parametrize("rotation", [0.0, 33.0])
def test_the_picture_is_the_sum_of_its_atoms(microscope, crystal, rotation):
    picture = simulate_micrograph(crystal, microscope, rotation=rotation)
    positions, light = atoms_at(crystal, microscope, rotation)
    expected = sum_of_gaussians(positions, light, microscope, *pixel_places(microscope))
    if microscope.mode == "STEM":
        expected = SCATTERED_FRACTION * expected
    assert picture.image.shape == (72, 104)
    assert picture.image.dtype == np.float32
    assert picture.pixel_size == pytest.approx(2.6 / 104)
    np.testing.assert_allclose(picture.image, expected, atol=2e-3 * expected.max())


def test_an_atom_is_as_wide_and_as_high_as_asked_for():
    far = Crystal("far apart", 4.0, 4.0, 90)
    scan = replace(STM, rows=61, cols=91, field_of_view=0.91, tip_size=0.2, corrugation=0.05)
    image = simulate_micrograph(far, scan).image
    assert image.max() == pytest.approx(0.05, rel=1e-3)
    assert image[30, 45] == image.max()
    assert image[30, 35] == pytest.approx(0.025, rel=1e-3)  # half the height at half the width
    assert image[40, 45] == pytest.approx(0.025, rel=1e-3)
    assert pytest.approx(2 * np.sqrt(2 * np.log(2))) == 1 / SIGMA_PER_FWHM


def test_the_background_of_stem_and_the_unit_of_its_intensity():
    dark = simulate_micrograph(ONE, STEM).image
    bright = simulate_micrograph(ONE, replace(STEM, background=0.3)).image
    np.testing.assert_allclose(bright - dark, 0.3 * SCATTERED_FRACTION, rtol=1e-4)


def test_what_an_atom_scatters_is_the_integral_of_the_screened_rutherford_cross_section():
    kilovolts, inner, outer = 100, 0.060, 0.200

    def scatters(z: int) -> float:
        screening = 0.117 * z ** (1 / 3) / np.sqrt(kilovolts)
        per_angle = lambda angle: z**2 * np.sin(angle) / (np.sin(angle / 2) ** 2 + (screening / 2) ** 2) ** 2  # noqa: E731
        return scipy.integrate.quad(per_angle, inner, outer)[0]

    for z in (1, 6, 16, 42, 79):
        assert scattering_power(z) == pytest.approx(scatters(z) / scatters(74), rel=1e-6)


def test_a_dose_means_the_same_for_each_crystal():
    """What is detected is a matter of the atoms: little of a layer of carbon, 5 % of a foil in its brightest columns."""
    brightest = {}
    for name in ("graphene", "MoS2", "WS2", "SrTiO3 [001]"):
        microscope = Microscope(rows=64, cols=64, field_of_view=1.5, probe_size=0.06, dose=None, background=0.0)
        exact = simulate_micrograph(CRYSTALS[name], microscope, seed=1).image
        brightest[name] = exact.max()
        dose = CRYSTALS[name].dose_like_foil(2e6)
        counted = simulate_micrograph(CRYSTALS[name], replace(microscope, dose=dose), seed=1).image
        counts = counted * dose * microscope.pixel_size**2
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-3)
        # the same number of electrons in the brightest column, whatever it is made of
        expected = 2e6 * microscope.pixel_size**2 * SCATTERED_FRACTION
        assert exact.max() * dose * microscope.pixel_size**2 == pytest.approx(expected, rel=0.1)
        assert rms(counts - exact * dose * microscope.pixel_size**2) == pytest.approx(
            np.sqrt((exact * dose * microscope.pixel_size**2).mean()), rel=0.05
        )
    assert brightest["WS2"] / brightest["graphene"] == pytest.approx(98, rel=0.1)
    assert brightest["WS2"] / brightest["MoS2"] == pytest.approx(2.66, rel=0.1)
    assert brightest["SrTiO3 [001]"] == pytest.approx(SCATTERED_FRACTION, rel=0.1)


@pytest.mark.parametrize("rotation", [0.0, 17.0, -75.0])
@pytest.mark.parametrize("drift", [(0.0, 0.0), (0.15, 0.4), (-0.3, 0.2)])
def test_spots_lie_on_the_reciprocal_lattice_of_the_picture(rotation, drift):
    microscope = replace(STM, rows=150, cols=220, field_of_view=6.6, line_time=0.02)
    picture = simulate_micrograph(ONE, microscope, Imperfections(drift=drift), rotation=rotation)
    for true in picture.picture_lattice.reciprocal_points(2.6):
        steps = np.linspace(-0.04, 0.04, 33)
        around = true + np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
        heights = amplitude(picture.image, around, picture.pixel_size)
        found = around[heights.argmax()]
        assert np.hypot(*(found - true)) < 0.01  # a fifteenth of a frequency step of the shorter side
        assert heights.max() > 100 * amplitude(picture.image, 0.5 * true, picture.pixel_size)[0]
    drifts = drift != (0.0, 0.0)
    assert (rms(picture.picture_lattice.vectors - picture.crystal_lattice.vectors) > 1e-3) == drifts
    unturned = ONE.primitive_lattice("STM")
    np.testing.assert_allclose(picture.crystal_lattice.vectors, unturned.vectors @ turn(rotation).T, atol=1e-12)


@pytest.mark.parametrize("drift", [(0.25, 0.0), (0.0, -0.5), (-0.2, 0.35)])
def test_drift_is_what_a_scan_of_a_moving_sample_gives(drift):
    """Brute force: at each line the sample has moved on, and the picture is what lies under the tip right then."""
    microscope = replace(STM, line_time=0.015)
    picture = simulate_micrograph(TWO, microscope, Imperfections(drift=drift), rotation=12.0)
    positions, light = atoms_at(TWO, microscope, 12.0)
    rows, cols = pixel_places(microscope)
    # atoms drift, and the tip stays as wide as it is: each line is a row of a picture of the moved sample
    expected = np.empty(picture.image.shape)
    for line, row in enumerate(rows):
        seconds = (line - (microscope.rows - 1) / 2) * microscope.line_time
        moved = positions + np.array(drift) * seconds
        expected[line] = sum_of_gaussians(moved, light, microscope, np.array([row]), cols)[0]
    # the simulator moves the atoms but leaves each as round as it was, while the scan smears them a little as well
    still = simulate_micrograph(TWO, microscope, rotation=12.0).image
    assert rms(picture.image - expected) < 0.2 * rms(still - expected)
    # where the atoms are is exact: the spots of the scanned picture too lie on the lattice that the simulator names
    for true in picture.picture_lattice.reciprocal_points(2.5):
        steps = np.linspace(-0.1, 0.1, 41)
        around = true + np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
        found = around[amplitude(expected, around, picture.pixel_size).argmax()]
        assert np.hypot(*(found - true)) < 0.03  # a twentieth of a frequency step of the shorter side
    matrix = drift_matrix(microscope, drift)
    met = positions @ matrix.T
    seconds = met[:, 0] / microscope.pixel_size * microscope.line_time
    np.testing.assert_allclose(met, positions + np.array(drift) * seconds[:, None], atol=1e-9)
    np.testing.assert_allclose(picture.picture_lattice.vectors, picture.crystal_lattice.vectors @ matrix.T)


def test_no_drift_leaves_the_lattice_alone():
    np.testing.assert_array_equal(drift_matrix(STM, (0.0, 0.0)), np.eye(2))


@pytest.mark.parametrize("dose", [3e4, 1e6, 3e7])
def test_shot_noise_has_the_mean_and_the_variance_of_poisson(dose):
    """Doses where a pixel counts less than one, some, and hundreds of electrons."""
    microscope = replace(STEM, rows=120, cols=180, field_of_view=3.6, background=0.4)
    clean = simulate_micrograph(ONE, microscope).image.astype(float)
    noisy = [simulate_micrograph(ONE, replace(microscope, dose=dose), seed=seed).image for seed in range(30)]
    electrons = dose * microscope.pixel_size**2
    counts = np.array(noisy, dtype=np.float64) * electrons
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-3)
    expected = clean * electrons
    pulls = (counts - expected) / np.sqrt(expected)
    n = pulls.size
    assert abs(pulls.mean()) < 5 / np.sqrt(n)
    # the variance of a squared Poisson pull is 2 + 1 / mean
    assert abs((pulls**2).mean() - 1) < 5 * np.sqrt((2 + 1 / expected.min()) / n)
    # skewness tells Poisson from Gauss: 1 / sqrt(mean)
    assert (pulls**3).mean() == pytest.approx((1 / np.sqrt(expected)).mean(), abs=8 * np.sqrt(60 / n))
    # one pixel tells nothing of its neighbour, nor one seed of another
    assert abs((pulls[:, 1:] * pulls[:, :-1]).mean()) < 5 / np.sqrt(n)
    assert abs((pulls[1:] * pulls[:-1]).mean()) < 5 / np.sqrt(n)


def test_the_height_noise_of_stm():
    noisy = simulate_micrograph(ONE, replace(STM, height_noise=0.02), seed=3).image
    noise = noisy - simulate_micrograph(ONE, STM, seed=3).image
    assert noise.std() == pytest.approx(0.02, rel=5 / np.sqrt(2 * noise.size))
    assert abs(noise.mean()) < 5 * 0.02 / np.sqrt(noise.size)
