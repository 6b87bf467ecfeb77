"""A picture with what is known about it."""

import numpy as np
import pytest
import xarray as xr

from lattice_widgets.core.pictures.checks import check_pixel_size
from lattice_widgets.core.pictures.picture import Picture


def values(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape)


def test_a_frame_of_a_movie_keeps_what_is_known_of_it() -> None:
    movie = xr.DataArray(values(3, 20, 30), dims=("frame", "row", "col"), attrs={"pixel_size": 0.02, "units": "nm"})
    picture = Picture.of(movie, 2)
    np.testing.assert_array_equal(picture.values, movie.values[2])
    assert (picture.pixel_size, picture.unit, picture.frame) == (0.02, "nm", 2)
    assert (picture.shape, picture.frequency_unit) == ((20, 30), "1/nm")


def test_a_picture_of_unknown_scale() -> None:
    picture = Picture.of(xr.DataArray(values(20, 30), dims=("row", "col")))
    assert (picture.pixel_size, picture.unit, picture.frequency_unit, picture.frame) == (None, "", "1/px", 0)


@pytest.mark.parametrize(("count", "frame"), [(3, 3), (3, -1), (None, 1)])
def test_there_is_no_such_frame(count: int | None, frame: int) -> None:
    shape = (20, 30) if count is None else (count, 20, 30)
    stack = xr.DataArray(values(*shape), dims=("frame", "row", "col")[-len(shape) :])
    with pytest.raises(ValueError, match=f"There is no frame {frame}: the last one is number {(count or 1) - 1}"):
        Picture.of(stack, frame)


@pytest.mark.parametrize("pixel_size", [0.0, -0.1, np.nan, np.inf, "0.1"])
def test_a_pixel_size_is_a_positive_length(pixel_size: float) -> None:
    with pytest.raises(ValueError, match="The pixel size must be a positive length in nm"):
        Picture(values(20, 30), pixel_size)
    with pytest.raises(ValueError, match="The pixel size must be a positive length in nm"):
        check_pixel_size(pixel_size)


def test_what_is_not_a_picture_is_refused_in_one_sentence() -> None:
    for wrong in (values(20), np.zeros((20, 30)), values(4, 30), np.full((20, 30), np.nan)):
        with pytest.raises(ValueError, match=r"^The picture .*\.$"):
            Picture(wrong)
