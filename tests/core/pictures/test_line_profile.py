"""Values along a line: a known wave and a known slope in, its spacing and its steps out."""

import numpy as np
import pytest

from lattice_widgets.core.pictures.profiles import line_profile


def test_along_a_wave_its_spacing_is_read() -> None:
    rows, cols = np.mgrid[:120, :200]
    wave = np.cos(2 * np.pi * (0.6 * rows + 0.8 * cols) / 12.5)  # a spacing of 12.5 px in the direction (0.6, 0.8)
    distance, value = line_profile(wave, (10.0, 20.0), (10.0 + 0.6 * 125, 20.0 + 0.8 * 125))
    assert distance[-1] == pytest.approx(125)
    assert np.diff(distance).max() <= 1
    expected = np.cos(2 * np.pi * ((0.6 * 10 + 0.8 * 20) + distance) / 12.5)
    assert np.abs(value - expected).max() < 0.07, "linear interpolation of 12.5 px a wave"
    crests = distance[1:-1][(value[1:-1] > value[:-2]) & (value[1:-1] >= value[2:])]
    assert np.diff(crests).mean() == pytest.approx(12.5, abs=0.1)


def test_lines_side_by_side_average_the_noise_and_keep_the_slope() -> None:
    noise = np.random.default_rng(1).normal(size=(90, 140))
    distance, one = line_profile(noise, (45, 10), (45, 130))
    _same, many = line_profile(noise, (45, 10), (45, 130), width=25)
    assert many.std() == pytest.approx(one.std() / 5, rel=0.3)
    rows = np.mgrid[:90, :140][0]
    assert line_profile(3.0 * rows, (45, 10), (45, 130), width=5)[1] == pytest.approx(np.full(len(distance), 135.0))
    assert line_profile(3.0 * rows, (10, 10), (30, 10), width=4)[1][[0, -1]].tolist() == pytest.approx([30, 90])


def test_what_is_no_line_is_refused() -> None:
    with pytest.raises(ValueError, match="two ends that differ"):
        line_profile(np.zeros((20, 30)), (3, 4), (3, 4))
    with pytest.raises(ValueError, match="one line or more"):
        line_profile(np.zeros((20, 30)), (3, 4), (3, 9), width=0)
