"""Simulated pictures against sums of Gaussians, brute-force scans, Poisson statistics and diffraction."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.crystals import CRYSTALS, Atom, Crystal
from lattice_widgets.core.simulation.micrograph import (
    SCATTERED_FRACTION,
    SIGMA_PER_FWHM,
    Imperfections,
    Microscope,
    drift_matrix,
    simulate_micrograph,
)

#: no noise of any kind: brightness itself
STM = Microscope(mode="STM", rows=72, cols=104, field_of_view=2.6, tip_size=0.12, corrugation=1.0, height_noise=0.0)
STEM = Microscope(rows=72, cols=104, field_of_view=2.6, probe_size=0.12, dose=None, background=0.0)
ONE = Crystal("one atom a cell", 0.40, 0.52, 82, (Atom("C", 6, 0.0, 0.0),))
TWO = Crystal("two atoms a cell", 0.46, 0.55, 97, (Atom("W", 74, 0.1, 0.2), Atom("S", 16, 0.6, 0.5, depth=0.03)))


def rms(image: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.asarray(image, dtype=np.float64) ** 2)))


def turn(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def atoms_at(crystal: Crystal, microscope: Microscope, rotation: float) -> tuple[np.ndarray, np.ndarray]:
    """(row, col) of every atom [nm from the middle of the picture], the middle of the basis at the origin; brightness."""
    vectors = crystal.cell.vectors @ turn(rotation).T
    reach = np.arange(-14, 15)
    cells = np.stack(np.meshgrid(reach, reach, indexing="ij"), axis=-1).reshape(-1, 2)
    places = np.array([(atom.u, atom.v) for atom in crystal.basis])
    all_places = (cells[:, None] + places - places.mean(axis=0)).reshape(-1, 2)
    return all_places @ vectors, np.tile(crystal.brightness(microscope.mode), len(cells))


def sum_of_gaussians(
    positions: np.ndarray, light: np.ndarray, microscope: Microscope, rows: np.ndarray, cols: np.ndarray
) -> np.ndarray:
    """The picture by its definition, in nm: at each (row, col) [nm] the Gaussians of all atoms."""
    stem = microscope.mode == "STEM"
    sigma = (microscope.probe_size if stem else microscope.tip_size) / 2.354820045
    down = np.exp(-((rows[:, None] - positions[:, 0]) ** 2) / (2 * sigma**2))
    right = np.exp(-((cols[:, None] - positions[:, 1]) ** 2) / (2 * sigma**2))
    return (down * light) @ right.T


def pixel_places(microscope: Microscope) -> tuple[np.ndarray, np.ndarray]:
    rows = (np.arange(microscope.rows) - (microscope.rows - 1) / 2) * microscope.pixel_size
    cols = (np.arange(microscope.cols) - (microscope.cols - 1) / 2) * microscope.pixel_size
    return rows, cols


def amplitude(image: np.ndarray, frequencies: np.ndarray, pixel_size: float) -> np.ndarray:
    """Fourier amplitude of the picture at any frequency [1/nm], its edges faded out: 1 for exp(2 pi i g x)."""
    rows, cols = (np.arange(n) * pixel_size for n in image.shape)
    fade = np.hanning(image.shape[0])[:, None] * np.hanning(image.shape[1])
    frequencies = np.atleast_2d(frequencies)
    waves_down = np.exp(-2j * np.pi * frequencies[:, :1] * rows)
    waves_right = np.exp(-2j * np.pi * frequencies[:, 1:] * cols)
    faded = (image - image.mean()) * fade
    return np.abs(((waves_down @ faded) * waves_right).sum(axis=1)) / fade.sum()


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


EVERYTHING = Imperfections(
    disorder=0.05, vacancies=0.05, drift=(0.05, 0.1), jitter=0.01, line_noise=0.05, tilt=(0.1, 0.1), layer=0.3
)


@pytest.mark.parametrize(
    "microscope", [replace(STM, height_noise=0.05, double_tip=0.2), replace(STEM, dose=1e6)], ids=["STM", "STEM"]
)
def test_the_same_seed_is_the_same_picture_and_another_another(microscope):
    first = simulate_micrograph(TWO, microscope, EVERYTHING, rotation=7.0, seed=11).image
    again = simulate_micrograph(TWO, microscope, EVERYTHING, rotation=7.0, seed=11).image
    other = simulate_micrograph(TWO, microscope, EVERYTHING, rotation=7.0, seed=12).image
    np.testing.assert_array_equal(first, again)
    assert rms(first - other) > 0.1 * first.std()


@pytest.mark.parametrize("draw", ["disorder", "vacancies", "jitter", "line_noise"])
def test_each_random_thing_follows_the_seed(draw):
    imperfections = Imperfections(**{draw: 0.1})
    one, two = (simulate_micrograph(ONE, STM, imperfections, seed=seed).image for seed in (1, 2))
    assert rms(one - two) > 0.05 * one.std()


STEPS = {
    "disorder": 1e-4,
    "vacancies": 1e-5,
    "jitter": 1e-5,
    "line_noise": 1e-4,
    "layer": 1e-4,
    "layer_twist": 1e-3,
    "layer_mismatch": 1e-3,
    "probe_size": 1e-5,
    "tip_size": 1e-5,
    "dose": 10.0,
    "background": 1e-5,
    "corrugation": 1e-4,
    "height_noise": 1e-5,
    "double_tip": 1e-4,
    "line_time": 1e-6,
    "field_of_view": 1e-4,
    "rotation": 1e-3,
    "a": 1e-5,
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("mode", ["STM", "STEM"])
def test_a_small_step_of_one_number_changes_the_picture_a_little(name, mode):
    """No atom, line or pixel draws another random number because something moved."""
    microscope = Microscope(
        mode=mode, rows=72, cols=104, field_of_view=2.6, dose=1e6, height_noise=0.01, double_tip=0.2, line_time=0.01
    )
    largest = 0.0
    previous = None
    reshuffled = None
    for step in range(11):
        crystal, scan, wrong, rotation = TWO, microscope, EVERYTHING, 7.0
        if name == "a":
            crystal = replace(TWO, a=TWO.a + step * STEPS[name])
        elif name == "rotation":
            rotation += step * STEPS[name]
        elif hasattr(wrong, name):
            wrong = replace(wrong, **{name: getattr(wrong, name) + step * STEPS[name]})
        else:
            scan = replace(scan, **{name: getattr(scan, name) + step * STEPS[name]})
        image = simulate_micrograph(crystal, scan, wrong, rotation=rotation, seed=8).image
        if previous is not None:
            largest = max(largest, rms(image - previous))
        else:
            reshuffled = rms(image - simulate_micrograph(crystal, scan, wrong, rotation=rotation, seed=9).image)
        previous = image
    assert largest < 0.1 * reshuffled


@pytest.mark.parametrize("name", ["jitter", "tip_size", "double_tip_offset"])
def test_more_room_around_the_picture_reshuffles_no_line(name):
    """Coarser steps that surely change the room: the lines keep their own random shifts."""
    wrong = Imperfections(jitter=0.02)
    images = []
    for value in np.linspace(0.0, 0.02, 9):
        scan, these = replace(STM, double_tip=1e-6), wrong
        if name == "jitter":
            these = replace(wrong, jitter=0.02 + value)
        elif name == "tip_size":
            scan = replace(scan, tip_size=0.12 + 2 * value)
        else:
            scan = replace(scan, double_tip_offset=(0.0, 0.1 + 5 * value))
        images.append(simulate_micrograph(ONE, scan, these, seed=10).image)
    steps = [rms(one - two) / one.std() for one, two in pairwise(images)]
    reshuffled = rms(images[0] - simulate_micrograph(ONE, STM, wrong, seed=11).image) / images[0].std()
    assert max(steps) < 0.25 * reshuffled


def test_the_same_atoms_whatever_the_field_of_view():
    """Disorder belongs to the atom: a wider field shows the same middle."""
    wrong = Imperfections(disorder=0.1, vacancies=0.1)
    narrow = simulate_micrograph(ONE, replace(STM, rows=72, cols=104, field_of_view=2.6), wrong, seed=12).image
    wide = simulate_micrograph(ONE, replace(STM, rows=144, cols=208, field_of_view=5.2), wrong, seed=12).image
    np.testing.assert_allclose(wide[36:-36, 52:-52], narrow, atol=1e-3)


def test_a_finer_picture_of_the_same_field():
    coarse = simulate_micrograph(ONE, replace(STM, rows=75, cols=105, field_of_view=2.1)).image
    fine = simulate_micrograph(ONE, replace(STM, rows=225, cols=315, field_of_view=2.1)).image
    np.testing.assert_allclose(fine[1::3, 1::3], coarse, atol=2e-3)


@pytest.mark.parametrize("rows_cols", [(8, 8), (9, 300), (301, 8)])
def test_small_and_long_pictures(rows_cols):
    rows, cols = rows_cols
    image = simulate_micrograph(ONE, Microscope(rows=rows, cols=cols, field_of_view=0.03 * cols), EVERYTHING).image
    assert image.shape == rows_cols
    assert np.isfinite(image).all()


@pytest.mark.parametrize(
    ("microscope", "imperfections", "sentence"),
    [
        ({"rows": 7}, {}, "at least 8 rows and 8 columns"),
        ({"cols": 7}, {}, "at least 8 rows and 8 columns"),
        ({"field_of_view": 0.0}, {}, "must be positive lengths in nm"),
        ({"field_of_view": np.nan}, {}, "must be positive lengths in nm"),
        ({"probe_size": -0.1}, {}, "must be positive lengths in nm"),
        ({"mode": "STM", "tip_size": 0.0}, {}, "must be positive lengths in nm"),
        ({"dose": 0.0}, {}, "The dose must be positive, in electrons per nm"),
        ({"dose": -1.0}, {}, "The dose must be positive"),
        ({"mode": "STM", "height_noise": -0.1}, {}, "corrugation, the height noise and the line time must not be"),
        ({"mode": "STM", "corrugation": -0.1}, {}, "corrugation, the height noise and the line time must not be"),
        ({"background": -0.1}, {}, "are fractions: they must not be negative"),
        ({"mode": "STM", "double_tip": -0.1}, {}, "are fractions: they must not be negative"),
        ({"mode": "stem"}, {}, "Unknown mode 'stem': choose one of STEM, STM"),
        ({"field_of_view": 300.0, "rows": 512, "cols": 512}, {}, "more than 400,000 atoms: make it smaller"),
        ({}, {"vacancies": 1.1}, "vacancies are a fraction: between 0 and 1"),
        ({}, {"vacancies": -0.1}, "vacancies are a fraction: between 0 and 1"),
        ({}, {"disorder": -0.1}, "must not be negative"),
        ({}, {"disorder": np.nan}, "must not be negative"),
        ({}, {"jitter": -0.1}, "must not be negative"),
        ({}, {"line_noise": -0.1}, "must not be negative"),
        ({}, {"layer": -0.1}, "must not be negative"),
        ({}, {"layer": 0.5, "layer_mismatch": -100.0}, "must be above -100 %"),
        ({}, {"drift": (1.6, 0.0)}, "drifts as fast as the scan goes"),
        ({}, {"drift": (np.nan, 0.0)}, "must be finite numbers"),
        ({}, {"tilt": (np.inf, 0.0)}, "must be finite numbers"),
    ],
)
def test_numbers_that_make_no_picture(microscope, imperfections, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        simulate_micrograph(CRYSTALS["graphene"], Microscope(**microscope), Imperfections(**imperfections))
    assert "\n" not in str(caught.value)


def test_the_limit_of_the_drift_is_the_speed_of_the_scan():
    """0.0156 nm every 0.01 s: the scan goes down at 1.56 nm/s."""
    microscope = Microscope()
    speed = microscope.pixel_size / microscope.line_time
    assert drift_matrix(microscope, (0.9 * speed, 0.0))[0, 0] == pytest.approx(10)
    assert drift_matrix(microscope, (-speed, 0.0))[0, 0] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="drifts as fast as the scan goes"):
        drift_matrix(microscope, (0.97 * speed, 0.0))


def test_graphene_under_drift_is_an_oblique_picture_of_a_hexagonal_crystal():
    picture = simulate_micrograph(
        CRYSTALS["graphene"], replace(STM, line_time=0.02), Imperfections(drift=(0.06, 0.12)), rotation=10.0
    )
    assert picture.crystal_lattice.bravais_type() == "hexagonal"
    assert picture.picture_lattice.bravais_type() == "oblique"
    assert isinstance(picture.picture_lattice, Lattice)
