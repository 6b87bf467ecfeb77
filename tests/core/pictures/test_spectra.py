"""Tapers, planes and Fourier magnitudes, against sums that can be done by hand."""

import numpy as np
import pytest

from lattice_widgets.core.pictures.checks import MIN_SIZE, check_image, remove_plane
from lattice_widgets.core.pictures.spectra import spectrum
from lattice_widgets.core.pictures.tapers import TAPERS, taper_window


def picture(rows: int = 48, cols: int = 70, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, cols))


@pytest.mark.parametrize("kind", TAPERS)
@pytest.mark.parametrize("length", [16, 17, 64, 101])
def test_tapers_are_symmetric_and_keep_the_power(kind, length):
    weights = taper_window(length, kind)
    assert weights.shape == (length,)
    assert weights.dtype == np.float32
    assert np.mean(weights.astype(float) ** 2) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(weights, weights[::-1], atol=1e-6)
    assert (weights > 0).all()
    assert (np.diff(weights[: length // 2]) >= -1e-6).all()  # never falls before the middle


def test_each_taper_is_the_one_it_is_called():
    """Their shapes over the whole width x = 0..1, to a common factor."""
    x = (np.arange(200) + 0.5) / 200
    expected = {
        "none": np.ones(200),
        "hann": np.sin(np.pi * x) ** 2,
        "hamming": 0.08 + 0.92 * np.sin(np.pi * x) ** 2,
        "tukey": np.where(np.abs(x - 0.5) <= 0.25, 1, np.sin(2 * np.pi * x) ** 2),
        "blackman": 0.42 - 0.5 * np.cos(2 * np.pi * x) + 0.08 * np.cos(4 * np.pi * x),
    }
    assert set(expected) == set(TAPERS)
    for kind, shape in expected.items():
        weights = taper_window(200, kind)
        np.testing.assert_allclose(weights / weights.max(), shape / shape.max(), atol=1e-6)


def test_tapers_hold_back_the_leakage():
    """A wave that does not fit the picture leaks into far frequencies, without a taper a thousand times more."""
    cols = np.arange(129)
    image = np.broadcast_to(np.cos(2 * np.pi * cols / 7.3), (33, 129))
    far = {}
    for kind in ("none", "hann", "blackman"):
        found = spectrum(image, taper=kind, flatten=False)
        row = found.magnitude[16]
        away = np.abs(np.abs(found.col_frequency) - 1 / 7.3) > 0.15
        far[kind] = row[away].max() / row.max()
    assert far["hann"] < 0.02 * far["none"]
    assert far["blackman"] < far["hann"]


@pytest.mark.parametrize("shape", [(20, 33), (3, 21, 16)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_plane_is_removed_to_the_last_digit(shape, dtype):
    rows, cols = np.arange(shape[-2])[:, None], np.arange(shape[-1])
    frame = np.arange(1, 2 if len(shape) == 2 else shape[0] + 1).reshape(-1, 1, 1)
    planes = (3.0 + frame * 0.5 * rows - 0.25 * cols).reshape(shape).astype(dtype)
    left = remove_plane(planes)
    assert left.dtype == dtype
    assert np.abs(left).max() < 100 * np.finfo(dtype).eps * np.abs(planes).max()


def test_removing_a_plane_is_the_least_squares_fit():
    image = picture(20, 33)
    rows, cols = np.mgrid[:20, :33]
    design = np.column_stack([np.ones(660), rows.ravel(), cols.ravel()])
    fit, *_ = np.linalg.lstsq(design, image.ravel(), rcond=None)
    np.testing.assert_allclose(remove_plane(image), image - (design @ fit).reshape(20, 33), atol=1e-12)
    np.testing.assert_allclose(remove_plane(remove_plane(image)), remove_plane(image), atol=1e-12)


@pytest.mark.parametrize("shape", [(48, 70), (47, 70), (48, 71), (47, 71)])
@pytest.mark.parametrize("kind", TAPERS)
def test_parseval(shape, kind):
    """The power of the tapered picture is the power of its spectrum over the number of pixels."""
    image = picture(*shape)
    tapered = image * taper_window(shape[0], kind)[:, None] * taper_window(shape[1], kind)
    found = spectrum(image, taper=kind, flatten=False)
    assert found.magnitude.shape == shape
    assert found.magnitude.dtype == np.float32
    assert np.sum(found.magnitude.astype(float) ** 2) / image.size == pytest.approx(np.sum(tapered**2), rel=1e-5)


def test_a_taper_keeps_the_power_of_noise():
    whole = np.mean([np.sum(spectrum(picture(seed=s), taper="none").magnitude ** 2) for s in range(40)])
    faded = np.mean([np.sum(spectrum(picture(seed=s), taper="hann").magnitude ** 2) for s in range(40)])
    assert faded == pytest.approx(whole, rel=0.05)


@pytest.mark.parametrize("shape", [(48, 70), (47, 71)])
@pytest.mark.parametrize("orders", [(5, 0), (0, -9), (-7, 12)])
@pytest.mark.parametrize("pixel_size", [None, 0.02])
def test_a_wave_lies_where_the_axes_say(shape, orders, pixel_size):
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    wave = np.cos(2 * np.pi * (orders[0] * rows / shape[0] + orders[1] * cols / shape[1]))
    found = spectrum(wave, pixel_size, taper="none", flatten=False)
    row, col = np.unravel_index(found.magnitude.argmax(), shape)
    side = (shape[0] * (pixel_size or 1), shape[1] * (pixel_size or 1))
    expected = (orders[0] / side[0], orders[1] / side[1])
    here = np.array([found.row_frequency[row], found.col_frequency[col]])
    sign = 1 if np.allclose(here, expected) else -1
    np.testing.assert_allclose(sign * here, expected, rtol=1e-9, atol=1e-12)
    assert found.magnitude[row, col] == pytest.approx(wave.size / 2, rel=1e-3)
    assert found.unit == ("1/px" if pixel_size is None else "1/nm")
    assert found.steps == pytest.approx((1 / side[0], 1 / side[1]))
    assert found.row_frequency[shape[0] // 2] == found.col_frequency[shape[1] // 2] == 0
    np.testing.assert_allclose(found.pixel_of([here]), [[row, col]], atol=1e-6)


@pytest.mark.parametrize("shape", [(48, 70), (47, 71)])
def test_the_middle_of_the_spectrum_is_the_sum_of_the_picture(shape):
    image = picture(*shape) + 2
    found = spectrum(image, taper="none", flatten=False)
    assert found.magnitude[shape[0] // 2, shape[1] // 2] == pytest.approx(image.sum(), rel=1e-5)
    assert spectrum(image, taper="none").magnitude[shape[0] // 2, shape[1] // 2] < 1e-4 * image.sum()


@pytest.mark.parametrize("shape", [(48, 70), (47, 71)])
@pytest.mark.parametrize("limit", [0.0, 0.11, 0.3, 0.5, 7.0, np.inf])
def test_a_cropped_spectrum_keeps_its_axes(shape, limit):
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    wave = np.cos(2 * np.pi * (3 * rows / shape[0] + 2 * cols / shape[1]))
    found = spectrum(wave, taper="none")
    part = found.cropped(limit)
    assert part.magnitude.shape == (len(part.row_frequency), len(part.col_frequency))
    assert part.row_frequency[len(part.row_frequency) // 2] == part.col_frequency[len(part.col_frequency) // 2] == 0
    assert part.steps == pytest.approx(found.steps)
    peaks = np.array([[3 / shape[0], 2 / shape[1]], [-3 / shape[0], -2 / shape[1]]])
    for place in np.round(part.pixel_of(peaks)).astype(int):
        assert part.magnitude[tuple(place)] == pytest.approx(wave.size / 2, rel=1e-3)
    for axis, whole in ((part.row_frequency, found.row_frequency), (part.col_frequency, found.col_frequency)):
        assert len(axis) % 2 == 0
        assert axis.max() <= max(limit, 4 * (whole[1] - whole[0])) + 1e-9
        assert set(axis) <= set(whole)
        assert axis.min() <= max(-limit, whole[1]) + (whole[1] - whole[0])


def test_the_limit_of_a_crop_is_not_lost_by_rounding():
    """0.3 nm^-1 is three steps of 0.1 nm^-1, whatever 0.3 / 0.1 gives in binary."""
    found = spectrum(picture(100, 120), pixel_size=0.01)  # steps of 1/nm and 0.8333/nm
    for steps in range(4, 40):
        part = found.cropped(steps * found.steps[0])
        assert len(part.row_frequency) == 2 * steps
        assert part.row_frequency[0] == pytest.approx(-steps * found.steps[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.float16, np.float32, np.float64])
def test_every_real_type_of_number_gives_the_same_spectrum(dtype):
    image = np.round(20 * picture() + 100).clip(0, 200)
    np.testing.assert_allclose(
        spectrum(image.astype(dtype)).magnitude, spectrum(image).magnitude, atol=1e-5 * spectrum(image).magnitude.max()
    )


@pytest.mark.parametrize("offset", [1e3, 1e6, 1e9])
def test_a_large_offset_does_not_drown_the_picture(offset):
    image = picture()
    expected = spectrum(image).magnitude
    np.testing.assert_allclose(spectrum(image + offset).magnitude, expected, atol=1e-5 * expected.max())


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((40, 50)), r"^The picture is constant \(every pixel is 0.0\): there is nothing to see in it\.$"),
        (np.full((40, 50), 7, dtype=np.uint8), "is constant"),
        (np.where(np.eye(40, 50) > 0, np.nan, 1.0), "NaN or infinite values: fill them first"),
        (np.where(np.eye(40, 50) > 0, np.inf, 1.0), "NaN or infinite values"),
        (picture(MIN_SIZE - 1, 50), "15 x 50 px is too small: 16 px at least"),
        (picture(50, MIN_SIZE - 1), "50 x 15 px is too small"),
        (np.zeros((0, 0)), "too small"),
        (picture() + 1j, "must hold real numbers, not complex128"),
        (np.full((40, 50), "x"), "must hold real numbers"),
        (np.full((40, 50), None), "must hold real numbers, not object"),
        (np.zeros(50), r"must have two axes \(rows, columns\); this one has 1"),
        (np.zeros((3, 40, 50)), "this one has 3"),
        ([[1, 2], [3]], "not a regular array of numbers"),
    ],
)
def test_what_is_no_picture(image, sentence):
    for function in (check_image, spectrum):
        with pytest.raises(ValueError, match=sentence) as caught:
            function(image)
        assert "\n" not in str(caught.value)


def test_the_smallest_picture_is_one():
    assert spectrum(picture(MIN_SIZE, MIN_SIZE + 1)).magnitude.shape == (MIN_SIZE, MIN_SIZE + 1)


@pytest.mark.parametrize("pixel_size", [0.0, -0.1, np.nan, np.inf])
def test_a_pixel_size_is_a_positive_length(pixel_size):
    with pytest.raises(ValueError, match="The pixel size must be a positive length in nm"):
        spectrum(picture(), pixel_size)


def test_an_unknown_taper():
    with pytest.raises(ValueError, match="Unknown taper 'kaiser': choose one of none, hann"):
        spectrum(picture(), taper="kaiser")  # type: ignore[arg-type]
