"""The rings of a half plane of frequencies, which the descriptor and the spot finder share."""

import numpy as np
import pytest
import scipy.fft

from lattice_widgets.core.pictures.half_plane import Rings, ring_numbers, ring_places


def half_plane(rows: int, cols: int) -> np.ndarray:
    return np.hypot(scipy.fft.fftfreq(rows)[:, None], scipy.fft.rfftfreq(cols))


@pytest.mark.parametrize("shape", [(48, 64), (65, 33), (40, 97)])
def test_a_ring_is_two_frequencies_of_the_shorter_side_wide(shape: tuple[int, int]) -> None:
    radius = half_plane(*shape)
    numbers = ring_numbers(ring_places(radius, shape), shape)
    step = 2 / min(shape)
    last = min(shape) // 4
    for number in range(last):
        assert radius[numbers == number].min() >= number * step - 1e-12
        assert radius[numbers == number].max() < (number + 1) * step + 1e-12
    assert (radius[numbers == last] >= last * step - 1e-12).all()
    assert np.bincount(numbers.ravel()).min() > 0


def test_the_level_of_a_ring_is_that_of_its_noise_whatever_spots_stand_on_it() -> None:
    shape = (96, 128)
    numbers = ring_numbers(ring_places(half_plane(*shape), shape), shape)
    rings = Rings.of(numbers)
    power = np.random.default_rng(2).exponential(3.0, numbers.shape)
    # of exponential noise the mean of power ** -0.5 is the square root of pi over its mean
    level = np.pi * rings.harmonic_squares(1 / np.sqrt(power).ravel())
    assert level[5:20].mean() == pytest.approx(3.0, rel=0.1)
    spotted = power.copy()
    spotted.ravel()[rings.order[rings.starts[10] + np.arange(3)]] = 1e6
    changed = np.pi * rings.harmonic_squares(1 / np.sqrt(spotted).ravel())
    assert changed[10] < 1.2 * level[10]
    np.testing.assert_array_equal(np.delete(changed, 10), np.delete(level, 10))


def test_a_stack_has_the_levels_of_its_pictures() -> None:
    shape = (32, 48)
    rings = Rings.of(ring_numbers(ring_places(half_plane(*shape), shape), shape))
    inverse = np.random.default_rng(0).random((3, rings.counts.sum()))
    together = rings.harmonic_squares(inverse)
    assert together.shape == (3, len(rings.counts))
    for one, alone in zip(together, inverse, strict=True):
        np.testing.assert_array_equal(one, rings.harmonic_squares(alone))
