"""Signals of other packages keep their lengths and times; each test needs the package, and is left out without it."""

from typing import Any

import numpy as np
import pytest

from lattice_widgets.files import MicrographFileError
from lattice_widgets.files.foreign import foreign_picture
from lattice_widgets.files.movies import take_movie
from lattice_widgets.widgets.opening.sources import load_source

Y, X = np.mgrid[:48, :64]
PICTURE = np.cos(Y / 2) + np.cos(X / 2)


def test_what_is_of_none_of_these_packages_is_left_alone() -> None:
    for source in (PICTURE, PICTURE.tolist(), "graphene_stm", None, object(), {"a": 1}):
        assert foreign_picture(source) is None


def hyperspy_signal(values: np.ndarray, scale: Any, units: str) -> Any:
    api = pytest.importorskip("hyperspy.api")
    signal = api.signals.Signal2D(values)
    for axis, step in zip(signal.axes_manager.signal_axes, np.broadcast_to(scale, 2), strict=True):
        axis.scale, axis.units = float(step), units
    return signal


@pytest.mark.parametrize("lazy", [False, True])
def test_hyperspy(lazy: bool) -> None:
    signal = hyperspy_signal(PICTURE, 0.2, "Å")
    picture = load_source(signal.as_lazy() if lazy else signal)
    assert np.array_equal(picture, PICTURE)
    assert picture.attrs["pixel_size"] == pytest.approx(0.02)
    other = foreign_picture(hyperspy_signal(PICTURE, (0.04, 0.02), "nm"))  # x comes first
    assert other is not None
    assert (other.attrs["pixel_size_row"], other.attrs["pixel_size_col"]) == pytest.approx((0.02, 0.04))
    pattern = load_source(hyperspy_signal(PICTURE, 0.2, "1/nm"))
    assert "pixel_size" not in pattern.attrs
    assert "diffraction" in pattern.attrs["notes"]


def test_a_movie_of_hyperspy_and_what_is_no_picture() -> None:
    signal = hyperspy_signal(np.stack([PICTURE] * 5), 20, "pm")
    time = signal.axes_manager[0]
    time.scale, time.units = 2.0, "s"
    frames = take_movie(signal)
    assert frames.shape == (5, 48, 64)
    assert frames.pixel_size == pytest.approx(0.02)
    assert frames.time.tolist() == [0, 2, 4, 6, 8]
    api = pytest.importorskip("hyperspy.api")
    with pytest.raises(MicrographFileError, match="spectra"):
        load_source(api.signals.Signal1D(np.stack([PICTURE] * 5)))
    with pytest.raises(MicrographFileError, match="4-dimensional"):
        load_source(hyperspy_signal(np.zeros((3, 4, 32, 32)), 0.1, "nm"))


def test_sidpy() -> None:
    sidpy = pytest.importorskip("sidpy")
    data = sidpy.Dataset.from_array(PICTURE, title="graphene")
    data.data_type = "image"
    for place, (name, count) in enumerate((("y", 48), ("x", 64))):
        known = {"name": name, "units": "nm", "quantity": "Length", "dimension_type": "spatial"}
        data.set_dimension(place, sidpy.Dimension(np.arange(count) * 0.02, **known))
    picture = load_source(data)
    assert np.allclose(picture, PICTURE)
    assert picture.attrs["pixel_size"] == pytest.approx(0.02)


def test_py4dstem() -> None:
    emdfile = pytest.importorskip("emdfile")
    array = emdfile.Array(PICTURE, name="scan", dims=[0.02, 0.02], dim_units=["nm", "nm"], dim_names=["Rx", "Ry"])
    picture = load_source(array)
    assert np.array_equal(picture, PICTURE)
    assert picture.attrs["pixel_size"] == pytest.approx(0.02)
    assert picture.attrs["calibration"] == "file"
