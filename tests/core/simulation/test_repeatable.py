"""Simulated pictures are repeatable, change little by little, and refuse numbers that make no picture."""

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import (
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
    rms,
)

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
        ({"field_of_view": np.nan}, {}, "field_of_view must be a finite number"),
        ({"probe_size": 0.0}, {}, "must be positive lengths in nm"),
        ({"mode": "STM", "tip_size": 0.0}, {}, "must be positive lengths in nm"),
        ({"dose": 0.0}, {}, "The dose must be positive, in electrons per nm"),
        ({"dose": -1.0}, {}, "dose must not be negative"),
        ({"mode": "STM", "height_noise": -0.1}, {}, "height_noise must not be negative"),
        ({"mode": "STM", "corrugation": -0.1}, {}, "corrugation must not be negative"),
        ({"background": -0.1}, {}, "background must not be negative"),
        ({"mode": "STM", "double_tip": -0.1}, {}, "double_tip must not be negative"),
        ({"mode": "stem"}, {}, "Unknown mode 'stem': choose one of STEM, STM"),
        ({"field_of_view": 300.0, "rows": 512, "cols": 512}, {}, "more than 400,000 atoms: make it smaller"),
        ({}, {"vacancies": 1.1}, "vacancies are a fraction: between 0 and 1"),
        ({}, {"vacancies": -0.1}, "vacancies must not be negative"),
        ({}, {"disorder": -0.1}, "must not be negative"),
        ({}, {"disorder": np.nan}, "disorder must be a finite number"),
        ({}, {"jitter": -0.1}, "must not be negative"),
        ({}, {"line_noise": -0.1}, "must not be negative"),
        ({}, {"layer": -0.1}, "must not be negative"),
        ({}, {"layer": 0.5, "layer_mismatch": -100.0}, "must be above -100 %"),
        ({}, {"drift": (1.6, 0.0)}, "drifts as fast as the scan goes"),
        ({}, {"drift": (np.nan, 0.0)}, "drift must be a finite number"),
        ({}, {"tilt": (np.inf, 0.0)}, "tilt must be a finite number"),
    ],
)
def test_numbers_that_make_no_picture(microscope, imperfections, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        simulate_micrograph(CRYSTALS["graphene"], Microscope(**microscope), Imperfections(**imperfections))
    assert "\n" not in str(caught.value)


NUMBERS = [
    (kind, field.name)
    for kind in (Microscope, Imperfections)
    for field in fields(kind)
    if not isinstance(field.default, str)
]
each_number = pytest.mark.parametrize(
    ("kind", "name"), NUMBERS, ids=lambda value: value if isinstance(value, str) else ""
)


def with_number(kind, name, value, mode="STEM"):
    """The picture of `TWO` with everything that can go wrong, and one setting changed."""
    scan = replace(STM if mode == "STM" else STEM, double_tip=0.2, double_tip_offset=(0.05, 0.1), line_time=0.01)
    wrong = EVERYTHING
    if kind is Microscope:
        scan = replace(scan, **{name: value(getattr(scan, name))})
    else:
        wrong = replace(wrong, **{name: value(getattr(wrong, name))})
    return simulate_micrograph(TWO, scan, wrong, seed=8).image


@each_number
def test_every_number_changes_the_picture(kind, name):
    """A setting that is declared and forgotten where the picture is made would be a slider that does nothing."""

    def changed(value):
        if isinstance(value, int):
            return value + 8
        return tuple(1.2 * each for each in value) if isinstance(value, tuple) else 1.2 * (value or 1e4) + 0.01

    for mode in ("STM", "STEM"):
        before, after = with_number(kind, name, lambda value: value, mode), with_number(kind, name, changed, mode)
        if before.shape != after.shape or not np.array_equal(before, after):
            return
    pytest.fail(f"{name} changes nothing: see exposure.py and detection.py")


@each_number
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_every_number_must_be_finite(kind, name, bad):
    with pytest.raises(ValueError, match=f"{name} must be a finite number"):
        with_number(kind, name, lambda value: (bad, 0.1) if isinstance(value, tuple) else bad)


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
