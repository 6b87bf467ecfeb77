"""The strain map: known strain in, known numbers out; every reference; nothing old stays."""

import ipywidgets as ipw
import numpy as np
import pytest
import traitlets as t
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.charts.value_histogram import ValueHistogram
from tests.widget_parts import named, part, parts, said, words
from tests.widgets.strain_map.known_strain import WINDOW, made, values_of


async def test_it_shows_the_maps_of_the_public_function_with_errors(stepped: np.ndarray) -> None:
    widget = await made(stepped)
    assert widget.error == ""
    known = lw.map_lattice(stepped, window_size=WINDOW)
    xr.testing.assert_equal(widget.maps, known)
    canvas = part(widget, MapCanvas)
    assert values_of(canvas) == pytest.approx(known.strain_xx.values, rel=1e-6)
    errors = np.frombuffer(canvas.map_errors, np.float32)
    assert errors == pytest.approx(known.strain_xx_error.values.ravel(), rel=1e-6)
    assert canvas.map_low == -canvas.map_high, "the middle of the colors is zero"
    assert (canvas.map_name, canvas.map_unit, canvas.map_opacity) == ("strain xx", "%", 0.65)
    assert "against the mean of the picture" in widget.message
    assert ": -" in widget.message, "scripts get a hyphen"
    assert any(": \N{MINUS SIGN}" in line.value for line in parts(widget, ipw.HTML)), "the screen a minus"
    assert lw.with_error(widget.reading.strain_xx.item(), widget.reading.strain_xx_error.item()) in said(widget)
    pages = part(widget, ipw.Tab)
    assert not list(parts(widget, ValueHistogram)), "no chart without room"
    pages.selected_index = 1
    assert sum(part(widget, ValueHistogram).counts) == known.strain_xx.size
    assert widget.static_picture().startswith(b"\x89PNG")
    widget.close()


async def test_a_dragged_region_is_the_reference(stepped: np.ndarray) -> None:
    widget = await made(stepped)
    canvas = part(widget, MapCanvas)
    named(widget, "reference").value = "region"
    await widget.settled()
    assert canvas.window == widget.reference == widget.usual_region()
    canvas.window = (0, 0, 150, 100)  # as the browser sets it: left of the boundary
    await widget.settled()
    assert widget.reference == (0, 0, 150, 100)
    widget.place = (75, 200)
    left = widget.reading.strain_xx.item()
    assert left == pytest.approx(2, abs=0.1)
    canvas.window = (0, 160, 150, 100)
    await widget.settled()
    widget.place = (75, 60)
    assert widget.reading.strain_xx.item() == pytest.approx(100 * (1 / 1.02 - 1), abs=0.1)
    assert "the region at row 0, column 160 of 150 × 100 px" in widget.message
    widget.opacity = 0.5  # something else in between: what follows is no part of the drag
    await widget.settled()
    named(widget, "reference").value = "mean of the picture"
    await widget.settled()
    assert (widget.reference, canvas.window) == (None, ())
    widget.undo()
    await widget.settled()
    assert widget.reference == canvas.window == (0, 160, 150, 100)
    widget.close()


async def test_ideal_lattices_crystals_and_given_ones_are_references(hexagonal: np.ndarray) -> None:
    size = 0.2461 / 9
    widget = await made(hexagonal, pixel_size=size, reference="graphene")
    assert widget.error == ""
    for name in ("strain_xx", "strain_yy", "strain_xy"):
        assert abs(float(widget.maps[name].mean())) < 0.1
    assert "against graphene" in widget.message
    assert "away from the reference" not in widget.message
    widget.pixel_size = 1.3 * size
    await widget.settled()
    assert float(widget.maps.strain_xx.mean()) == pytest.approx(30, abs=0.2)
    assert "The lattice is 30 % away from the reference" in widget.message
    widget.reference = lw.Lattice.from_parameters(1.3 * 0.2461, 1.3 * 0.2461, 120)
    await widget.settled()
    assert abs(float(widget.maps.strain_xx.mean())) < 0.1
    assert named(widget, "reference").value == "given lattice"
    widget.reference = "hexagonal"
    await widget.settled()
    assert "against the hexagonal lattice nearest to the mean" in widget.message
    widget.pixel_size, widget.reference = None, "graphene"
    await widget.settled()
    assert "needs the pixel size" in widget.error
    assert widget.maps is None, "the last map is not that of graphene"
    assert part(widget, MapCanvas).map_values == b""
    assert part(widget, MapCanvas).rows == 160, "the picture is still the one that is asked for"
    widget.close()


async def test_another_picture_clears_all_of_the_old(stepped: np.ndarray, hexagonal: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100), place=(75, 200))
    widget.lay_line()
    canvas = part(widget, MapCanvas)
    widget.source = hexagonal
    assert (widget.maps, widget.reading, widget.message, canvas.map_values, canvas.rows) == (None, None, "", b"", 0)
    assert (widget.reference, widget.place, widget.profile, canvas.ruler, canvas.window) == (None, (), (), (), ())
    await widget.settled()
    xr.testing.assert_equal(widget.maps, lw.map_lattice(hexagonal))
    assert canvas.rows == 160
    noise = np.random.default_rng(3).normal(size=(128, 128))
    widget.source = noise
    await widget.settled()
    assert "shows no lattice" in widget.error
    assert (widget.maps, widget.reading, widget.message, canvas.map_values, canvas.circle) == (None, None, "", b"", ())
    assert canvas.rows == 128
    assert widget.code() == ""
    for refused in (widget.figure, widget.view, widget.table, widget.lay_line, widget.explore):
        with pytest.raises(ValueError, match="There is no map yet"):
            refused()
    widget.source = stepped
    await widget.settled()
    assert (widget.error, widget.reference) == ("", (0, 0, 150, 100)), "what belongs to a picture comes back with it"
    assert widget.reading.strain_xx.item() == pytest.approx(2, abs=0.1)
    widget.source = "nowhere.tif"
    await widget.settled()
    assert "nowhere.tif" in widget.error
    assert (widget.image, canvas.rows, widget.maps) == (None, 0, None)
    widget.close()


async def test_window_fits_check_the_map(stepped: np.ndarray) -> None:
    widget = await made(stepped, compare=True)
    assert "strain_xx_windows" in widget.maps
    count = int(widget.maps.differs.sum())
    points = np.frombuffer(part(widget, MapCanvas).points, np.float32).reshape(-1, 2)
    assert len(points) == count
    told = f"at {count} of" if count else "agree within three errors"
    assert told in widget.message
    widget.compare = False
    await widget.settled()
    assert "Window fits" not in widget.message
    assert part(widget, MapCanvas).points == b""
    widget.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"reference": "unobtainium"}, {"reference": (1, 2, 3)}, {"reference": (0, 0, 0, 5)}, {"profile": (1, 2, 3)},
        {"profile": "line"}, {"quantity": "stress"}, {"opacity": 2.0}, {"place": (1, 2, 3)}, {"window_size": -1},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(t.TraitError):
        lw.StrainMap(np.zeros((64, 64)), **settings)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"window_size": 20}, "A window of 20 px does not fit"),
        ({"window_size": 4000}, "A window of 4000 px does not fit"),
        ({"reference": (400, 400, 5, 5)}, "The reference region shows no lattice"),
        ({"frame": 3}, "There is no frame 3"),
    ],
)
async def test_what_does_not_fit_the_picture_is_told(
    stepped: np.ndarray, settings: dict[str, object], sentence: str
) -> None:
    widget = await made(stepped, **settings)
    assert sentence in widget.error
    assert 'role="alert"' in words(widget)
    assert widget.maps is None
    widget.close()
