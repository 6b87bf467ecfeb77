"""Spots: known waves in, their frequency, amplitude and error out; what is no spot is left out."""

import numpy as np
import pytest

from lattice_widgets.core.geometry.spots import find_spots

ROWS, COLS = 120, 176


def waves(*frequencies: tuple[float, float], amplitude: float = 1.0) -> np.ndarray:
    """Density waves of (row, col) frequencies in 1/px."""
    row, col = np.mgrid[:ROWS, :COLS]
    return sum(amplitude * np.cos(2 * np.pi * (p * row + q * col) + 1.0) for p, q in frequencies)


def noise(seed: int, size: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, (ROWS, COLS))


def matches(found: np.ndarray, frequency: tuple[float, float]) -> np.ndarray:
    """Which rows of ``found`` are plus or minus this frequency, to a fifth of the resolution."""
    resolution = 0.2 / np.array([ROWS, COLS])
    either = [np.all(np.abs(found - sign * np.array(frequency)) < resolution, axis=1) for sign in (1, -1)]
    return either[0] | either[1]


@pytest.mark.parametrize("frequency", [(0.1, 0.137), (-0.213, 0.081), (0.0, 0.15), (0.2, 0.0), (0.3313, 0.2971)])
def test_frequency_and_amplitude_of_one_wave(frequency: tuple[float, float]) -> None:
    spots = find_spots(5 + waves(frequency, amplitude=3.0) + noise(1, 0.3))
    assert matches(spots.frequency[:1], frequency).all()
    assert spots.amplitude[0] == pytest.approx(3.0, rel=0.02)
    assert abs(spots.amplitude[0] - 3.0) < 5 * spots.amplitude_error[0] + 0.02
    assert (np.abs(np.abs(spots.frequency[0]) - np.abs(frequency)) < 5 * spots.frequency_error[0]).all()
    assert spots.d_spacing[0] == pytest.approx(1 / np.hypot(*frequency), rel=0.005)


def test_every_spot_once_the_strongest_first_in_physical_units() -> None:
    strong, weak = (0.11, 0.14), (-0.2, 0.06)
    pixels = find_spots(waves(strong, amplitude=4.0) + waves(weak) + noise(2, 0.5))
    assert matches(pixels.frequency, strong).tolist()[:2] == [True, False]
    assert matches(pixels.frequency, strong).sum() == matches(pixels.frequency, weak).sum() == 1
    nanometers = find_spots(waves(strong, amplitude=4.0) + waves(weak) + noise(2, 0.5), pixel_size=0.05)
    assert (pixels.unit, nanometers.unit) == ("1/px", "1/nm")
    np.testing.assert_allclose(nanometers.frequency, pixels.frequency / 0.05)
    np.testing.assert_allclose(nanometers.frequency_error, pixels.frequency_error / 0.05)
    np.testing.assert_allclose(nanometers.d_spacing, pixels.d_spacing * 0.05)


def test_errors_cover_the_truth_in_the_stated_share_of_repeats() -> None:
    frequency = (0.1234, 0.0876)
    deviations = []
    for seed in range(60):
        spots = find_spots(waves(frequency) + noise(seed, 3.0))
        nearest = spots.frequency[0] * np.sign(spots.frequency[0, 0])
        deviations.append((nearest - frequency) / spots.frequency_error[0])
    share = np.mean(np.abs(deviations) < 1)
    assert 0.56 < share < 0.88  # 0.68 of 120 numbers, and the floor that allows for interpolation
    assert np.mean(np.abs(deviations) < 2) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_noise_has_no_strong_spots(seed: int) -> None:
    assert (find_spots(noise(seed)).snr < 20).all()


def test_streaks_of_scan_lines_are_no_spots() -> None:
    rng = np.random.default_rng(3)
    lines = noise(4) + 5 * rng.normal(size=(ROWS, 1)) + waves((0.11, 0.14))
    spots = find_spots(lines)
    assert matches(spots.frequency[spots.snr > 25], (0.11, 0.14)).tolist() == [True]


def test_a_white_frame_is_disregarded() -> None:
    picture = waves((0.11, 0.14)) + noise(5, 0.3)
    framed = np.full((ROWS + 50, COLS + 30), 40.0)
    framed[20 : 20 + ROWS, 10 : 10 + COLS] = picture
    inside, outside = find_spots(picture), find_spots(framed)
    np.testing.assert_allclose(outside.frequency, inside.frequency, atol=1e-6)
    np.testing.assert_allclose(outside.amplitude, inside.amplitude, rtol=1e-4)


def test_counts_of_any_dtype_and_sign_of_contrast_give_the_same_spots() -> None:
    counts = np.round(100 * waves((0.11, 0.14), (-0.2, 0.06)) + noise(6, 20) + 1000)
    expected = find_spots(counts)
    for other in (counts.astype(np.uint16), (3000 - counts).astype(np.int32), counts.astype(np.float32) * 7):
        strong = find_spots(other).frequency[:2]
        np.testing.assert_allclose(strong, expected.frequency[:2], atol=1e-4)


def test_what_is_no_picture_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="two axes"):
        find_spots(np.zeros((3, 30, 40)))
    with pytest.raises(ValueError, match="positive length"):
        find_spots(waves((0.1, 0.1)), pixel_size=0)
