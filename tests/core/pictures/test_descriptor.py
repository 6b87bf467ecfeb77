"""What the network sees: the same of a lattice at any scale, in any unit, in any shape and type of picture."""

from dataclasses import replace

import numpy as np
import pytest

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.pictures.descriptor import Recipe, descriptor, make_descriptor, turned
from lattice_widgets.core.pictures.scale import find_scale, power_spectrum
from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.micrograph import Imperfections, Micrograph, Microscope, simulate_micrograph

RECIPE = Recipe()
CELLS = {
    "oblique": (1.0, 1.25, 103),
    "rectangular": (1.0, 1.3, 90),
    "centered rectangular": (1.0, 1.0, 105),
    "square": (1.0, 1.0, 90),
    "hexagonal": (1.0, 1.0, 120),
}


def picture(
    kind: str, spacing: float, rows: int = 256, cols: int = 320, rotation: float = 17.0, seed: int = 0, **wrong: float
) -> Micrograph:
    """A lattice of a type, its shortest vector so many pixels long."""
    microscope = Microscope(
        rows=rows, cols=cols, field_of_view=cols / spacing, probe_size=0.45, dose=None, background=0.0
    )
    crystal = Crystal(kind, *CELLS[kind])
    return simulate_micrograph(crystal, microscope, Imperfections(**wrong), rotation=rotation, seed=seed)


def likeness(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), two.ravel())[0, 1])


def values_at(values: np.ndarray, frequencies: np.ndarray, step: float) -> np.ndarray:
    """The values nearest to (row, col) frequencies [1/px]."""
    rows, cols = (np.round(frequencies / step).astype(int) + values.shape[0] // 2).T
    return values[rows, cols]


@pytest.mark.parametrize("spacing", [4, 6, 9, 15, 24, 40, 60])
@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_the_scale_is_found_from_4_to_60_px(kind, spacing):
    found = picture(kind, spacing)
    power = power_spectrum(found.image[None])
    scale = find_scale(power, 320)[0]
    lengths = np.sort(np.hypot(*found.picture_lattice.reciprocal_points(3).T))[::2] * found.pixel_size
    if kind in ("square", "hexagonal"):
        assert scale == pytest.approx(lengths[0], rel=0.03)  # all strong spots are equally far out
    else:
        assert 0.97 * lengths[0] < scale < 1.03 * lengths[2]  # a mean of the strong spots
    # and that is where the descriptor draws it
    assert descriptor(found.image).frequency_step[0] == pytest.approx(scale / (RECIPE.radius * RECIPE.size / 2))


@pytest.mark.parametrize("spacing", [4, 6, 9, 15, 24, 40, 60])
@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
def test_the_spots_lie_where_the_reciprocal_lattice_says(kind, spacing):
    found = picture(kind, spacing)
    seen = descriptor(found.image)
    points = found.picture_lattice.reciprocal_points(4) * found.pixel_size
    order = np.argsort(np.hypot(*points.T))
    first = points[order[:4]]  # the two shortest and their opposites
    step = seen.frequency_step[0]
    bright = values_at(seen.values[0], first, step)
    between = values_at(seen.values[0], 0.5 * first, step)
    assert bright.min() > 0.2
    # four or six cells side by side have spots as wide as half their distance
    assert (between < (0.1 if spacing < 30 else 0.8) * bright).all()
    # the strongest pixel of all is a spot, to a pixel and a half
    place = np.array(np.unravel_index(seen.values[0].argmax(), seen.values[0].shape)) - 32
    assert np.hypot(*(points / step - place).T).min() < 1.5


@pytest.mark.parametrize("kind", ["square", "hexagonal"])
@pytest.mark.parametrize("spacing", [4, 6, 8, 20])
def test_a_lattice_looks_the_same_at_any_scale(kind, spacing):
    reference = descriptor(picture(kind, 12).image).values
    assert likeness(descriptor(picture(kind, spacing).image).values, reference) > 0.95


def test_a_few_cells_look_like_many_but_blurred():
    """Four cells of 60 px have spots as wide as four cells must have, in the same places."""
    for kind in ("square", "hexagonal"):
        few, many = (descriptor(picture(kind, spacing).image).values for spacing in (60, 12))
        other = descriptor(picture(kind, 12, rotation=45 + 17 if kind == "square" else 30 + 17).image).values
        assert likeness(few, many) > 0.6
        assert likeness(few, many) > 2 * likeness(few, other)


def test_different_lattices_do_not_look_alike():
    seen = [descriptor(picture(kind, 12).image).values for kind in BRAVAIS_TYPES]
    for i, one in enumerate(seen):
        for two in seen[:i]:
            assert likeness(one, two) < 0.7


@pytest.mark.parametrize("kind", BRAVAIS_TYPES)
@pytest.mark.parametrize("size", [128, 129])
def test_a_quarter_turn_of_the_picture_turns_the_descriptor(kind, size):
    image = picture(kind, 9, size, size).image
    seen = descriptor(image).values[0]
    other = descriptor(np.ascontiguousarray(np.rot90(image))).values[0]
    # less the first row and column, which have no partner
    np.testing.assert_allclose(np.rot90(seen[1:, 1:]), other[1:, 1:], atol=2e-3)
    np.testing.assert_allclose(seen.T, descriptor(image.T.copy()).values[0], atol=2e-3)
    assert likeness(seen, other) < 0.9 or kind == "square"


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3, -1])
def test_a_turned_descriptor_is_that_of_the_turned_picture(quarter_turns, mirrored):
    images = np.stack([picture(kind, 7, 120, 120).image for kind in ("oblique", "hexagonal")])
    flipped = images[:, :, ::-1] if mirrored else images
    expected = make_descriptor(np.rot90(flipped, quarter_turns, axes=(1, 2))).values
    seen = make_descriptor(images).values
    answer = turned(seen, quarter_turns, mirrored)
    assert answer.dtype == seen.dtype
    assert not np.shares_memory(answer, seen)
    # the first row and column included, but for the one corner that no descriptor holds the partner of
    answer[:, 0, 0] = expected[:, 0, 0]
    np.testing.assert_allclose(answer, expected, atol=2e-3)


@pytest.mark.parametrize("shape", [(96, 128), (97, 128), (96, 131), (101, 77), (32, 48), (17, 40)])
def test_values_and_symmetry(shape):
    image = picture("oblique", 5, *shape, disorder=0.1).image
    seen = descriptor(image)
    values = seen.values[0]
    assert seen.values.shape == (1, 64, 64)
    assert seen.values.dtype == np.float32
    assert seen.frequency_step.shape == (1,)
    assert values.min() == 0
    assert values.max() == 1
    across = np.abs(values[1:, 1:] - values[1:, 1:][::-1, ::-1])
    across[:, 31] -= 0.02  # where the smoothing of one half reaches into the other it ends after four deviations
    assert across.max() < 1e-6


@pytest.mark.parametrize("size", [32, 48, 96])
def test_another_recipe(size):
    found = picture("hexagonal", 9)
    seen = descriptor(found.image, Recipe(size=size, radius=0.5))
    assert seen.values.shape == (1, size, size)
    points = found.picture_lattice.reciprocal_points(1.3) * found.pixel_size
    assert len(points) == 6
    np.testing.assert_allclose(np.hypot(*points.T) / seen.frequency_step[0], 0.5 * size / 2, rtol=0.03)
    assert values_at(seen.values[0], points, seen.frequency_step[0]).min() > 0.3


def test_nothing_is_drawn_beyond_the_nyquist_frequency():
    """A lattice of 3 px: the corners of the descriptor would be finer than two pixels."""
    seen = descriptor(picture("square", 3.0).image)
    rows, cols = (np.mgrid[:64, :64] - 32) * seen.frequency_step[0]
    beyond = np.hypot(rows, cols) > 0.5
    assert beyond.any()
    assert (seen.values[0][beyond] == 0).all()


def test_gain_offset_and_inverted_contrast_change_nothing():
    image = picture("oblique", 9, 128, 160, disorder=0.05).image.astype(np.float64)
    expected = descriptor(image).values
    np.testing.assert_array_equal(descriptor(-image).values, expected)
    for same in (1e3 * image + 5, image + 100 * image.max(), 1e-30 * image, 1e30 * image, 2 - image / image.max()):
        np.testing.assert_allclose(descriptor(same).values, expected, atol=2e-3)


def test_a_background_plane_changes_nothing():
    image = picture("oblique", 9, 128, 160, disorder=0.05).image
    rows, cols = np.mgrid[-1:1:128j, -1:1:160j]
    tilted = image + image.max() * (3 * rows - 2 * cols).astype(np.float32)
    np.testing.assert_allclose(descriptor(tilted).values, descriptor(image).values, atol=2e-3)


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int16", "int32", "uint32", "int64", "float16", "float32", "float64"]
)
def test_every_type_of_number_is_seen_alike(dtype):
    image = picture("oblique", 9, 128, 160, disorder=0.05).image
    gray = np.round(255 * (image - image.min()) / np.ptp(image))
    expected = descriptor(gray).values
    np.testing.assert_allclose(descriptor(gray.astype(dtype)).values, expected, atol=1e-5)
    # 256 shades are enough to see what is there
    np.testing.assert_allclose(expected, descriptor(image).values, atol=0.02)


def test_16_bit_counts_are_8_bit_counts_at_a_higher_gain():
    image = picture("hexagonal", 9, 128, 160).image
    gray = np.round(255 * (image - image.min()) / np.ptp(image)).astype(np.uint16)
    np.testing.assert_allclose(descriptor(257 * gray).values, descriptor(gray.astype(np.uint8)).values, atol=1e-5)


def test_black_and_white_is_enough():
    for kind in ("square", "hexagonal"):
        image = picture(kind, 12).image
        black_and_white = descriptor(image > np.median(image))
        assert black_and_white.frequency_step[0] == pytest.approx(descriptor(image).frequency_step[0], rel=0.03)
        assert likeness(black_and_white.values, descriptor(image).values) > 0.75


@pytest.mark.parametrize("shape", [(128, 320), (320, 128), (131, 257), (96, 512)])
def test_long_pictures_have_the_same_frequency_scale_both_ways(shape):
    """Not squeezed into a square: the six spots of a hexagonal lattice stay on a circle, 60 degrees apart."""
    found = picture("hexagonal", 9, *shape)
    seen = descriptor(found.image)
    points = found.picture_lattice.reciprocal_points(1.3) * found.pixel_size
    assert len(points) == 6
    np.testing.assert_allclose(np.hypot(*points.T) / seen.frequency_step[0], RECIPE.radius * 32, rtol=0.03)
    assert values_at(seen.values[0], points, seen.frequency_step[0]).min() > 0.4
    assert likeness(seen.values, descriptor(picture("hexagonal", 9).image).values) > 0.8


def test_a_batch_is_its_pictures_one_by_one():
    images = [picture("oblique", 9, 96, 128, seed=seed, disorder=0.1).image for seed in range(3)]
    images += [picture("square", 14, 96, 128).image, picture("hexagonal", 5, 96, 128).image]
    together = make_descriptor(np.stack(images))
    assert together.values.shape == (5, 64, 64)
    for index, image in enumerate(images):
        alone = descriptor(image)
        np.testing.assert_allclose(together.values[index], alone.values[0], atol=1e-5)
        assert together.frequency_step[index] == pytest.approx(alone.frequency_step[0], rel=1e-6)


def test_a_scale_of_ones_own():
    """A window may be drawn at the scale of the whole picture."""
    image = picture("square", 10).image
    seen = make_descriptor(image[None], scale=[0.2])
    assert seen.frequency_step[0] == pytest.approx(0.2 / (RECIPE.radius * 32))
    # spots of 0.1 1/px at half the radius
    points = picture("square", 10).picture_lattice.reciprocal_points(1.1) / 10
    assert values_at(seen.values[0], points, seen.frequency_step[0]).min() > 0.3
    found = find_scale(power_spectrum(image[None]), 320)
    np.testing.assert_array_equal(make_descriptor(image[None], scale=found).values, descriptor(image).values)


def test_power_spectra_are_those_of_the_flattened_and_faded_picture():
    image = np.random.default_rng(3).standard_normal((40, 55))
    power = power_spectrum(image[None])[0]
    assert power.shape == (40, 28)
    # up to the gain that brings the largest value to one
    rows, cols = np.mgrid[-1:1:40j, -1:1:55j]
    design = np.column_stack([np.ones(image.size), rows.ravel(), cols.ravel()])
    flat = image - (design @ np.linalg.lstsq(design, image.ravel(), rcond=None)[0]).reshape(image.shape)
    fade = np.sin(np.pi * (np.arange(40) + 0.5) / 40)[:, None] ** 2 * np.sin(np.pi * (np.arange(55) + 0.5) / 55) ** 2
    expected = np.fft.fftshift(np.abs(np.fft.fft2(flat * fade * 8 / 3)) ** 2, axes=0)[:, :28]
    np.testing.assert_allclose(
        power * np.abs(image - image.mean()).max() ** 2, expected, rtol=1e-3, atol=1e-4 * expected.max()
    )


def test_scan_lines_do_not_set_the_scale():
    clean = descriptor(picture("hexagonal", 12).image)
    noisy = descriptor(picture("hexagonal", 12, line_noise=0.8, seed=4).image)
    assert noisy.frequency_step[0] == pytest.approx(clean.frequency_step[0], rel=0.05)


def test_a_blank_window_among_others_is_blank():
    images = np.stack([picture("square", 9, 96, 128).image, np.zeros((96, 128), dtype=np.float32)])
    seen = make_descriptor(images)
    assert np.isfinite(seen.values).all()
    assert (seen.values[1] == 0).all()
    np.testing.assert_allclose(seen.values[0], descriptor(images[0]).values[0], atol=1e-5)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.full((40, 50), 3), "is constant"),
        (np.where(np.eye(40, 50) > 0, np.nan, 1.0), "NaN or infinite"),
        (np.random.default_rng(0).random((15, 50)), "too small"),
        (np.random.default_rng(0).random((40, 50)) * 1j, "must hold real numbers, not complex128"),
        (np.zeros((2, 40, 50)), "must have two axes"),
        ([[1, 2], [3]], "not a regular array"),
    ],
)
def test_what_is_no_picture(image, sentence):
    with pytest.raises(ValueError, match=sentence):
        descriptor(image)


def test_the_taper_of_the_recipe_is_used():
    image = picture("oblique", 9, 96, 128).image
    seen = {taper: descriptor(image, replace(RECIPE, taper=taper)).values for taper in ("none", "hann", "blackman")}
    assert likeness(seen["hann"], seen["blackman"]) > likeness(seen["none"], seen["blackman"])
    with pytest.raises(ValueError, match="Unknown taper 'kaiser'"):
        descriptor(image, replace(RECIPE, taper="kaiser"))  # type: ignore[arg-type]
