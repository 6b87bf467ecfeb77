"""Pictures of real numbers as bytes: what the bytes stand for, and what cannot be shown."""

import numpy as np
import pytest

from lattice_widgets.views.canvas.picture_bytes import encode_picture

ROWS, COLS = 48, 64


@pytest.fixture
def micrograph():
    """Noise over a ramp, shape (48, 64), float64, values of both signs."""
    return np.linspace(-3, 5, COLS) + np.random.default_rng(1).normal(size=(ROWS, COLS))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int16, np.int32, np.uint8, np.bool_])
def test_values_survive_the_bytes_to_half_a_step(micrograph, dtype):
    image = (
        (micrograph > 0) if dtype == np.bool_ else (micrograph * (10 if dtype != np.uint8 else 1) + 40).astype(dtype)
    )
    encoded = encode_picture(image)
    assert encoded.pixels.shape == (ROWS, COLS)
    assert encoded.pixels.dtype == np.uint8
    assert encoded.clipped == (False, False)
    step = (encoded.high - encoded.low) / 255
    np.testing.assert_allclose(encoded.values(), image.astype(np.float64), atol=0.501 * step)


def test_a_byte_picture_of_full_range_is_sent_as_it_is():
    image = np.arange(512, dtype=np.uint16).reshape(16, 32) // 2
    np.testing.assert_array_equal(encode_picture(image.astype(np.uint8)).pixels, image)


def test_a_logarithmic_scale_keeps_ratios_over_decades():
    image = np.geomspace(1e-2, 1e3, ROWS * COLS).reshape(ROWS, COLS)
    encoded = encode_picture(image, scale="log")
    half_step = 0.5 * np.log(1e5) / 255
    np.testing.assert_allclose(np.log(encoded.values()), np.log(image), atol=1.01 * half_step)
    # zeros have no logarithm: they get the lowest byte, and the picture says that it clips
    image[0, 0] = 0
    assert encode_picture(image, scale="log").clipped == (True, False)


def test_limits_and_percentiles_clip_and_say_so(micrograph):
    encoded = encode_picture(micrograph, low=-1, high=2)
    np.testing.assert_allclose(encoded.values(), np.clip(micrograph, -1, 2), atol=0.51 * 3 / 255)
    assert encoded.clipped == (True, True)
    encoded = encode_picture(micrograph, percentiles=(0, 90))
    assert encoded.clipped == (False, True)
    assert np.mean(encoded.pixels == 255) == pytest.approx(0.1, abs=0.02)


def test_missing_pixels_are_no_values(micrograph):
    micrograph[3, 5] = np.nan
    micrograph[4, 6] = np.inf
    encoded = encode_picture(micrograph)
    holes = np.isnan(encoded.values())
    np.testing.assert_array_equal(holes, ~np.isfinite(micrograph))
    np.testing.assert_allclose(
        encoded.values()[~holes], micrograph[~holes], atol=0.51 * np.ptp(micrograph[~holes]) / 254
    )


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_constant_picture_is_one_even_tone(scale):
    encoded = encode_picture(np.full((ROWS, COLS), 7.5), scale=scale)
    assert np.unique(encoded.pixels).size == 1
    np.testing.assert_allclose(encoded.values(), 7.5)


@pytest.mark.parametrize(
    ("image", "keywords", "sentence"),
    [
        (np.zeros((4, 5, 3)), {}, r"two axes \(rows, cols\).*average its channels"),
        (np.zeros((7, 4, 5)), {}, r"two axes \(rows, cols\).*\(7, 4, 5\)"),
        (np.zeros(5), {}, "two axes"),
        (np.zeros((0, 5)), {}, "empty"),
        (np.full((4, 5), np.nan), {}, "no finite value"),
        (np.ones((4, 5), complex), {}, "complex"),
        (np.full((4, 5), "a"), {}, "holds numbers"),
        (np.eye(4, 5), {"low": 2, "high": 1}, "not below"),
        (np.eye(4, 5), {"percentiles": (60, 40)}, "ascending"),
        (-np.eye(4, 5), {"scale": "log"}, "positive values"),
        (np.eye(4, 5), {"scale": "sqrt"}, '"linear" or "log"'),
    ],
)
def test_what_cannot_be_shown_is_said(image, keywords, sentence):
    with pytest.raises(ValueError, match=sentence):
        encode_picture(image, **keywords)
