"""What is read off a strain map: profiles, colors and their range, places and large pictures."""

import re

import ipywidgets as ipw
import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.records.kinds.strain import value_of
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from tests.drawn_atoms import draw_atoms
from tests.widget_parts import named, part, parts, said, words
from tests.widgets.strain_map.known_strain import WINDOW, made, noisy, values_of


async def test_a_profile_is_that_of_the_map_with_its_error_band(stepped: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100), pixel_size=0.05)
    canvas, page = part(widget, MapCanvas), named(widget, "profile")
    page.click()
    assert canvas.ruler == pytest.approx(np.array(widget.profile) + 0.5)
    canvas.ruler = (75.5, 40.5, 75.5, 220.5)  # as the browser drags it: edges of pixels
    assert widget.profile == pytest.approx((75, 40, 75, 220))
    profile = widget.profile_values()
    xr.testing.assert_equal(profile, lw.map_profile(widget.maps, (75, 40), (75, 220)))
    seen = profile.dropna("distance")
    assert float(seen.strain_xx[0]) == pytest.approx(0, abs=0.1)
    assert float(seen.strain_xx[-1]) == pytest.approx(2, abs=0.1)
    curve = part(widget, ProfileCurve)
    assert curve.values == pytest.approx(seen.strain_xx.values)
    band, _line = curve.figure.marks
    assert (band.y[1] - band.y[0]) / 2 == pytest.approx(seen.strain_xx_error.values)
    assert curve.figure.axes[0].label == "distance [nm]"
    widget.quantity = "rotation"
    assert curve.values == pytest.approx(seen.rotation.values)
    widget.profile = (2, 2, 2, 200)
    assert "does not cross the map" in words(widget)
    assert not list(parts(widget, ProfileCurve)), "the curve of the line before is gone"
    widget.profile = (3, 3, 3, 3)
    assert "from one point" in words(widget)
    named(widget, "remove").click()
    assert (widget.profile, canvas.ruler, widget.profile_values()) == ((), (), None)
    widget.close()


async def test_maps_of_strain_have_one_range_and_others_their_own(stepped: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100))
    canvas, choice = part(widget, MapCanvas), named(widget, "map")
    shared = canvas.map_high
    assert shared == pytest.approx(2, abs=0.15)
    for name in ("strain_yy", "strain_xy", "dilation"):
        choice.value = name
        assert widget.quantity == name
        assert (canvas.map_low, canvas.map_high) == (-shared, shared)
        assert values_of(canvas) == pytest.approx(widget.maps[name].values, rel=1e-6, abs=1e-9)
    choice.value = "rotation"
    assert canvas.map_unit == "°"
    assert 4 * float(widget.maps.rotation_error.median()) <= canvas.map_high < 0.3, "noise does not look like strain"
    choice.value = "amplitude"
    assert (canvas.map_low, canvas.map_unit, canvas.map_errors) == (0.0, "", b"")
    place = widget.maps.isel(window_row=5, window_col=5)
    assert re.fullmatch(r"\d\.\d\d", value_of(place, "amplitude")), "no more digits than anybody knows"
    assert "±" in value_of(place, "strain_xx")
    widget.quantity, widget.limit = "strain_xx", 0.5
    assert (canvas.map_low, canvas.map_high) == (-0.5, 0.5)
    widget.opacity = 0.2
    assert canvas.map_opacity == 0.2
    widget.close()


async def test_a_range_of_values_colors_only_the_places_within(stepped: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100), pixel_size=0.05)
    part(widget, ipw.Tab).selected_index = 1
    canvas, slider = part(widget, MapCanvas), named(widget, "colored")
    values = widget.maps.strain_xx.values
    assert slider.min < values.min() < values.max() < slider.max
    assert canvas.map_range == ()
    slider.value = (1.5, slider.max)  # the right part
    assert widget.selection == canvas.map_range == pytest.approx((1.5, slider.max))
    count = int((values >= 1.5).sum())
    area = count * (0.05 * widget.maps.step) ** 2
    assert 0 < count < values.size
    assert f"Colored: {count} of {values.size} places" in widget.message
    assert f"about {area:.3g} nm²" in widget.message
    before = canvas.paint(400)
    slider.value = (slider.min, slider.max)
    assert (widget.selection, canvas.map_range) == ((), ())
    assert before.tobytes() != canvas.paint(400).tobytes()
    widget.selection = (0.01, 0.512345)
    assert slider.value == (0.01, 0.512345)
    slider.value = (0.01 + 0.2 * slider.step, 0.512345)  # what the browser makes of it
    assert widget.selection == (0.01, 0.512345)
    widget.quantity = "rotation"
    assert widget.selection == (), "a range of strain says nothing of rotation"
    assert slider.value == (slider.min, slider.max)
    widget.close()


async def test_a_click_reads_the_place_and_shows_what_it_averages_over(stepped: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100), pixel_size=0.05)
    canvas = part(widget, MapCanvas)
    canvas.cursor, canvas.clicked = (74, 199), 1  # as the browser sets them
    assert widget.place == (74, 199)
    place = widget.reading
    assert abs(float(place.row) - 74) <= widget.maps.step / 2
    sigma = (WINDOW - 1) / 7
    assert canvas.circle == pytest.approx((float(place.row), float(place.col), sigma * np.sqrt(2 * np.log(2))))
    assert canvas.circle_label == f"averages over {0.05 * 2 * sigma * np.sqrt(2 * np.log(2)):.3g} nm"
    told = words(widget)
    for name in ("strain_xx", "strain_xy", "dilation"):
        assert f"{lw.with_error(place[name].item(), place[f'{name}_error'].item())} %" in told
    b = np.hypot(*place.vectors.values[1])
    assert b == pytest.approx(0.05 * 8 * 1.02, rel=0.002)
    canvas.cursor, canvas.clicked = (2, 2), 2
    assert (widget.reading, canvas.circle) == (None, ())
    assert "The map has no place at row 2, column 2" in said(widget)
    widget.close()


async def test_a_picture_larger_than_the_screen_is_read_in_its_own_pixels() -> None:
    wide = noisy(draw_atoms(lw.Lattice([[8, 0], [0, 8]]), (120, 1100)), 4)
    widget = await made(wide, reference=(10, 20, 80, 100))
    canvas = part(widget, MapCanvas)
    assert (canvas.rows, canvas.cols, canvas.window) == (60, 550, (5, 10, 40, 50))
    assert np.frombuffer(canvas.map_cols, np.float32) == pytest.approx((widget.maps.col.values + 0.5) / 2 - 0.5)
    canvas.cursor, canvas.clicked = (30, 200), 1
    assert widget.place == (60.5, 400.5)
    canvas.window = (6, 11, 40, 50)
    assert widget.reference == (12, 22, 80, 100)
    widget.lay_line()
    assert canvas.ruler == pytest.approx((np.array(widget.profile) + 0.5) / 2)
    widget.close()
