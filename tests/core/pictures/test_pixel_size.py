"""Pixels that are not square, and pictures that were sliced: the lattice and its lengths stay what they are."""

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

import lattice_widgets as lw
from lattice_widgets.core.pictures.pixel_size import pixel_size_of, set_pixel_size, sides_of
from lattice_widgets.core.pictures.square_pixels import line_spacing_of, resample, square_pixels

GRAPHENE = 0.246


def graphene(shape: tuple[int, int], sides: tuple[float, float], turn: float = 11.0) -> NDArray[np.float32]:
    """Draw three waves of graphene, seen in pixels of `sides` (row, col) nm, with some noise."""
    rows, cols = (np.arange(n) * side for n, side in zip(shape, sides, strict=True))
    picture = 0.3 * np.random.default_rng(0).standard_normal(shape)
    for angle in np.deg2rad(turn + np.array([0, 60, 120])):
        g = 2 / np.sqrt(3) / GRAPHENE
        picture += np.cos(2 * np.pi * g * (np.sin(angle) * rows[:, None] + np.cos(angle) * cols))
    return picture.astype(np.float32)


def labeled(shape: tuple[int, int], sides: tuple[float, float]) -> xr.DataArray:
    return set_pixel_size(xr.DataArray(graphene(shape, sides), dims=("row", "col")), sides)


SQUARE = labeled((256, 256), (6 / 256, 6 / 256))


@pytest.mark.parametrize(
    "shape", [(128, 256), (256, 128), (90, 256), (256, 255), (200, 180)], ids=lambda s: f"{s[0]}x{s[1]}"
)
def test_a_scan_of_unequal_pixels_shows_the_same_lattice(shape: tuple[int, int]) -> None:
    picture = labeled(shape, (6 / shape[0], 6 / shape[1]))
    fit = lw.fit_lattice(picture)
    assert (fit.bravais_type, fit.unit) == ("hexagonal", "nm")
    assert fit.a == pytest.approx(GRAPHENE, rel=2e-3)
    assert fit.b == pytest.approx(GRAPHENE, rel=2e-3)
    by_hand = lw.fit_lattice(picture.values, (6 / shape[0], 6 / shape[1]))
    assert by_hand.a == fit.a
    assert fit.line_spacing == pytest.approx(6 / shape[0])
    strongest = lw.find_spots(picture).frequency[:3]
    assert np.hypot(*strongest.T) == pytest.approx(2 / np.sqrt(3) / GRAPHENE, rel=5e-3)


@pytest.mark.parametrize("shape", [(128, 256), (256, 100)])
def test_the_spectrum_has_a_step_of_its_own_along_each_axis(shape: tuple[int, int]) -> None:
    found = lw.spectrum(labeled(shape, (6 / shape[0], 6 / shape[1])))
    assert found.unit == "1/nm"
    assert found.steps == pytest.approx((1 / 6, 1 / 6))
    row, col = np.unravel_index(found.magnitude.argmax(), shape)
    length = np.hypot(found.row_frequency[row], found.col_frequency[col])
    assert length == pytest.approx(2 / np.sqrt(3) / GRAPHENE, abs=1 / 6)


def test_the_network_sees_what_it_sees_of_square_pixels() -> None:
    square, flat = (lw.descriptor(labeled(shape, (6 / shape[0], 6 / shape[1]))) for shape in ((256, 256), (128, 256)))
    as_stored = lw.descriptor(labeled((128, 256), (6 / 128, 6 / 256)).values)
    assert np.abs(square.values - flat.values).mean() < 0.4 * np.abs(square.values - as_stored.values).mean()
    assert flat.frequency_step == pytest.approx(square.frequency_step, rel=0.02)


def test_a_drift_velocity_counts_the_lines_of_the_scan() -> None:
    square, flat = (lw.fit_lattice(labeled(shape, (6 / shape[0], 6 / shape[1]))) for shape in ((256, 256), (128, 256)))
    slow, fast = (fit.correction("square", line_time=0.1).drift for fit in (square, flat))
    assert slow is not None
    assert fast is not None
    assert fast[0] / slow[0] == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        (lambda im: im[::2, ::2], (128, 128)),
        (lambda im: im.coarsen(row=2, col=2).mean(), (128, 128)),
        (lambda im: im[::2], (128, 256)),
        (lambda im: im[:, ::-2], (256, 128)),
        (lambda im: im.coarsen(col=2).mean(), (256, 128)),
        (lambda im: im[30:220, 11:200], (190, 189)),
        (lambda im: im.drop_attrs(deep=False), (256, 256)),
        (lambda im: im[::2].drop_attrs(deep=False), (128, 256)),
        (lambda im: im.T, (256, 256)),
        (lambda im: im.rename(row="y", col="x"), (256, 256)),
        (lambda im: im.drop_vars(["row", "col"]), (256, 256)),
    ],
    ids=["slice", "means", "rows", "mirrored", "means of columns", "window", "coordinates", "both", "turned", "named",
         "attribute"],
)  # fmt: skip
def test_coordinates_come_first(made, shape: tuple[int, int]) -> None:
    picture = made(SQUARE)
    assert picture.shape == shape
    fit = lw.fit_lattice(picture)
    assert (fit.bravais_type, fit.unit) == ("hexagonal", "nm")
    assert fit.a == pytest.approx(GRAPHENE, rel=5e-3)
    squared = square_pixels(picture)
    assert squared.attrs["pixel_size"] == pytest.approx(6 / 256 * (256 // max(shape) if shape != (190, 189) else 1))
    assert squared.attrs["pixel_size_row"] == squared.attrs["pixel_size_col"] == squared.attrs["pixel_size"]


@pytest.mark.parametrize(("unit", "factor"), [("nm", 1), ("Å", 10), ("pm", 1000), ("µm", 1e-3), ("m", 1e-9)])
def test_coordinates_may_be_in_any_unit_of_length(unit: str, factor: float) -> None:
    coords = {axis: (axis, np.arange(256) * 6 / 256 * factor, {"units": unit}) for axis in ("row", "col")}
    picture = xr.DataArray(SQUARE.values, dims=("row", "col"), coords=coords)
    assert pixel_size_of(picture) == pytest.approx(6 / 256)
    assert lw.fit_lattice(picture).a == pytest.approx(GRAPHENE, rel=2e-3)


def test_without_a_length_the_ratio_of_the_steps_still_counts() -> None:
    numbers = {axis: (axis, np.arange(256), {"units": "px"}) for axis in ("row", "col")}
    picture = xr.DataArray(SQUARE.values, dims=("row", "col"), coords=numbers)
    assert pixel_size_of(picture) is None
    assert sides_of(picture[::2]) == ((2.0, 1.0), False)
    fit = lw.fit_lattice(picture[::2])
    assert (fit.bravais_type, fit.unit) == ("hexagonal", "px")
    assert fit.a == pytest.approx(GRAPHENE * 256 / 6, rel=5e-3)
    picture.attrs["pixel_size"] = 6 / 256  # of one of the pixels that the coordinates count
    assert pixel_size_of(picture[::2, ::2]) == pytest.approx(12 / 256)


def test_what_is_square_is_left_alone() -> None:
    assert square_pixels(SQUARE) is SQUARE
    plain = xr.DataArray(SQUARE.values, dims=("row", "col"))
    assert square_pixels(plain) is plain
    nearly = set_pixel_size(plain, (6 / 256 * 1.0002, 6 / 256))
    assert square_pixels(nearly) is nearly


def test_what_is_resampled_says_so_and_keeps_its_place() -> None:
    picture = labeled((128, 256), (6 / 128, 6 / 256))
    picture.attrs["notes"] = "values in m"
    squared = square_pixels(picture)
    assert squared.shape == (256, 256)
    assert squared.attrs["resampled_from"] == (6 / 128, 6 / 256)
    assert line_spacing_of(squared) == 6 / 128
    assert squared.attrs["notes"].startswith("values in m; its pixels are not square (0.04688 nm down")
    assert "pixel_size" not in picture.attrs
    for axis, length in zip(("row", "col"), picture.shape, strict=True):
        old, new = picture[axis].values, squared[axis].values
        assert new.mean() == pytest.approx(old.mean())
        assert np.ptp(new) + 6 / 256 == pytest.approx(np.ptp(old) + 6 / length)
    movie = square_pixels(xr.concat([picture, picture], "frame"))
    np.testing.assert_array_equal(movie[1], squared)


def test_a_wave_is_resampled_to_the_same_wave() -> None:
    def wave(step: float, count: int) -> NDArray:
        return 1e4 + np.cos(2 * np.pi * (np.arange(count) + 0.5) * step / 2.7)[:, None] * np.ones(20)

    fine = resample(wave(1.0, 100), (2.5, 1))
    inside = slice(25, -25)
    np.testing.assert_allclose(fine[inside], wave(0.4, 250)[inside], atol=0.01)
    blank = resample(np.full((20, 30), 0.1, np.float32), (1.7, 1))
    assert blank.min() == blank.max() == np.float32(0.1)


def test_what_is_no_spacing_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="The coordinate row has uneven steps"):
        lw.fit_lattice(SQUARE[[*range(100), *range(130, 256)]])
    with pytest.raises(ValueError, match="too long to belong to a picture"):
        lw.fit_lattice(SQUARE.values, (1.0, 0.02))
    with pytest.raises(ValueError, match="must be a positive length"):
        lw.fit_lattice(SQUARE.values, (0.02, -0.02))
