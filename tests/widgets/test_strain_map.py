"""The strain map: known strain in, known numbers out; every part follows, and nothing old stays."""

import ast
import io
import json
import os
from pathlib import Path

import ipywidgets as ipw
import numpy as np
import pandas as pd
import pytest
import traitlets as t
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.views.charts.value_histogram import ValueHistogram
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.widgets.explorer.widget import FFTExplorer
from lattice_widgets.widgets.opening.sources import Upload
from tests.drawn_atoms import draw_atoms
from tests.widget_parts import named, part, parts, said, words

SHAPE = (150, 260)
#: from this column on atoms are further apart, along the rows
BOUNDARY = 130
#: a window of known size, so that places are where the tests look
WINDOW = 91


def noisy(picture: np.ndarray, seed: int) -> np.ndarray:
    return picture + np.random.default_rng(seed).normal(0, 0.05, picture.shape)


@pytest.fixture(scope="module")
def stepped() -> np.ndarray:
    """Square, 8 px; 2 % longer to the right of the boundary."""

    def move(places: np.ndarray) -> np.ndarray:
        moved = places.copy()
        moved[:, 1] += 0.02 * np.maximum(places[:, 1] - BOUNDARY, 0)
        return moved

    return noisy(draw_atoms(lw.Lattice([[8, 0], [0, 8]]), SHAPE, move=move), 1)


@pytest.fixture(scope="module")
def hexagonal() -> np.ndarray:
    return noisy(draw_atoms(lw.Lattice.from_parameters(9, 9, 120, rotation=10), (160, 180)), 2)


def values_of(canvas: MapCanvas) -> np.ndarray:
    """What the browser is sent."""
    rows = len(np.frombuffer(canvas.map_rows, np.float32))
    return np.frombuffer(canvas.map_values, np.float32).reshape(rows, -1)


async def made(picture: object, **settings: object) -> lw.StrainMap:
    widget = lw.StrainMap(picture, **{"window_size": WINDOW, **settings})
    await widget.settled()
    return widget


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


async def test_files_hold_the_maps(stepped: np.ndarray, tmp_path: Path) -> None:
    widget = await made(stepped, pixel_size=0.05)
    maps = widget.maps
    table = pd.read_csv(widget.save(tmp_path / "a.csv"), index_col="number")
    assert table.strain_xx.values == pytest.approx(maps.strain_xx.values.ravel())
    assert {"row", "col", "x", "y", "rotation_error", "amplitude"} <= set(table.columns)
    with np.load(widget.save(tmp_path / "a.npz")) as stored:
        assert (stored["strain_xy_error"] == maps.strain_xy_error.values).all()
        assert json.loads(str(stored["attributes"]))["window_size"] == WINDOW
    for name in ("a.zarr", "a.nc"):
        path = widget.save(tmp_path / name)
        again = xr.open_zarr(path, consolidated=False) if name.endswith("zarr") else xr.open_dataset(path)
        assert (again.rotation.values == maps.rotation.values).all()
        assert again.attrs["step"] == maps.attrs["step"]
        again.close()
    assert "strain xx" in widget.save(tmp_path / "a.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.docx has an ending"):
        widget.save(tmp_path / "a.docx")
    csv = part(widget, MapCanvas).table()
    assert len(pd.read_csv(io.StringIO(csv))) == maps.strain_xx.size, "the menu of the picture saves the map"
    widget.close()


async def test_the_export_page_tells_where_the_file_is(
    stepped: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    widget = await made(stepped)
    named(widget, "write").click()
    assert (tmp_path / "strain.csv").exists()
    assert "Written: strain.csv" in words(widget)
    named(widget, "file").value = "strain.docx"
    named(widget, "write").click()
    assert "has an ending that is not known here" in words(widget)
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    os.remove(tmp_path / "strain.csv")
    sent: dict[str, bytes] = {}
    monkeypatch.setattr(
        part(widget, WidgetFrame), "send", lambda content, buffers: sent.update({content["save"]: bytes(buffers[0])})
    )
    named(widget, "file").value = "mine.npz"
    named(widget, "write").click()
    assert list(sent) == ["mine.npz"]
    assert not list(tmp_path.iterdir())
    widget.close()


async def test_a_record_and_the_code_give_the_same_numbers(stepped: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "stepped.npy"
    np.save(path, stepped)
    settings = {"pixel_size": 0.05, "reference": (0, 0, 150, 100), "profile": (75.0, 40.0, 75.0, 220.0)}
    widget = await made(path, quantity="strain_yy", **settings)
    record = widget.record(tmp_path / "record")
    numbers = pd.read_csv(record / "numbers.csv", index_col="quantity")
    assert numbers.value["mean strain_yy"] == pytest.approx(float(widget.maps.strain_yy.mean()))
    profile = pd.read_csv(record / "profile.csv")
    assert profile.strain_yy.dropna().values == pytest.approx(
        widget.profile_values().strain_yy.dropna("distance").values
    )
    found = lw.repeat_record(record)
    assert found.same
    assert found.numbers > 500
    assert "Network" not in (record / "record.html").read_text(encoding="utf-8")
    room: dict[str, object] = {}
    exec(widget.code(), room)
    xr.testing.assert_allclose(room["maps"], widget.maps)
    widget.reference = lw.Lattice([[0.4, 0], [0, 0.4]])
    await widget.settled()
    given = widget.record(tmp_path / "given")
    assert lw.repeat_record(given).same
    numbers = pd.read_csv(given / "numbers.csv", index_col="quantity")
    assert numbers.value["mean strain_xx"] == pytest.approx(float(widget.maps.strain_xx.mean()))
    widget.reference = lw.fit_lattice(stepped[:, :100], 0.05)
    await widget.settled()
    assert widget.error == ""
    with pytest.raises(ValueError, match="keeps no measured lattice"):
        widget.record(tmp_path / "measured")
    widget.close()


async def test_the_code_of_an_upload_and_of_a_crystal_is_python(hexagonal: np.ndarray) -> None:
    widget = await made(hexagonal, pixel_size=0.0274, reference="graphene")
    buffer = io.BytesIO()
    np.save(buffer, hexagonal)
    lines = widget.code()
    ast.parse(lines)
    assert "lw.CRYSTALS['graphene'].primitive_lattice('STEM')" in lines
    widget.source = Upload("a.npy", buffer.getvalue())
    await widget.settled()
    assert "lw.read_micrograph('a.npy')" in widget.code()
    widget.close()


async def test_the_figure_has_all_maps_and_the_profile(stepped: np.ndarray) -> None:
    widget = await made(stepped, reference=(0, 0, 150, 100))
    figure = widget.figure()
    bars = {axes.get_ylabel() for axes in figure.axes}
    assert {"strain xx [%]", "strain yy [%]", "strain xy [%]", "rotation [°]"} <= bars
    assert figure.axes[5].get_xlabel() == "strain xx [%]"
    widget.lay_line()
    (line,) = widget.figure().axes[5].lines
    assert np.asarray(line.get_ydata()) == pytest.approx(widget.profile_values().strain_xx.values, nan_ok=True)
    widget.close()


async def test_a_place_opens_in_the_explorer(stepped: np.ndarray) -> None:
    widget = await made(stepped, pixel_size=0.05)
    widget.place = (75, 190)
    named(widget, "open in the explorer").click()
    await widget.explorer.settled()
    row, _col, height, width = widget.explorer.window
    assert (height, width) == (WINDOW, WINDOW)
    assert abs(row + (WINDOW - 1) / 2 - float(widget.reading.row)) <= 0.5
    b = max(widget.explorer.fit.a, widget.explorer.fit.b)
    assert b == pytest.approx(0.05 * 8 * 1.02, rel=0.002)
    assert part(widget, FFTExplorer) is widget.explorer
    widget.place = (75, 50)
    widget.explore()
    await widget.explorer.settled()
    assert widget.explorer.window[1] < 50
    widget.close()


@pytest.fixture(scope="module")
def grains() -> np.ndarray:
    """Two hexagonal grains, 20 degrees apart, that meet at column 160."""
    first, second = (lw.Lattice.from_parameters(9, 9, 120, rotation=angle) for angle in (0, 20))
    left, right = (draw_atoms(lattice, (180, 260)) for lattice in (first, second))
    return noisy(np.where(np.arange(260) < 160, left, right), 5)


async def test_grains_are_listed_outlined_and_chosen(grains: np.ndarray, stepped: np.ndarray, tmp_path: Path) -> None:
    widget = await made(grains, pixel_size=0.05)
    canvas = part(widget, MapCanvas)
    with pytest.raises(ValueError, match="No grains have been found yet"):
        widget.grain_table()
    named(widget, "find grains").click()
    await widget.settled()
    known = lw.find_grains(grains, 0.05)
    pd.testing.assert_frame_equal(
        widget.grain_table(), pd.DataFrame([g.to_dict() for g in known.grains]).set_index("number")
    )
    assert "2 grains." in words(widget)
    choice = part(widget, ipw.Select)
    assert [label for label, _number in choice.options] == [
        f"{grain.number}: hexagonal, {100 * grain.share:.0f} % of the picture" for grain in known.grains
    ]
    lines = np.frombuffer(canvas.outlines, np.float32).reshape(-1, 4)
    upright = lines[lines[:, 1] == lines[:, 3]]
    assert (upright[:, 2] - upright[:, 0]).sum() == pytest.approx(180, rel=0.1)
    assert np.abs(upright[:, 1] - 160).max() < 2 * known.mask_sigma
    assert canvas.highlight == b""
    choice.value = 1
    assert widget.grain == 1
    inside = np.frombuffer(canvas.highlight, np.float32).reshape(-1, 4)
    assert (inside[:, :2].min(axis=0) == 0).all(), "the larger grain begins at the left edge of the picture"
    (boundary,) = known.boundaries
    angle, error, _period = boundary.misorientation
    assert f"{lw.with_error(abs(angle), error)}° to grain 2" in said(widget)
    assert abs(angle) == pytest.approx(20, abs=0.1)
    canvas.cursor, canvas.clicked = (90, 230), 1
    assert (widget.grain, choice.value) == (2, 2), "a click chooses the grain"
    named(widget, "as reference").click()
    await widget.settled()
    assert widget.reference.vectors == pytest.approx(known.grains[1].vectors)
    assert abs(float(widget.maps.rotation.median())) == pytest.approx(20, abs=0.2)
    table = pd.read_csv(widget.record(tmp_path / "record") / "grains.csv", index_col="number")
    assert table.area.values == pytest.approx(widget.grain_table().area.values)
    widget.source = stepped
    assert (widget.grains, widget.grain, canvas.outlines, canvas.highlight, choice.options) == (None, 0, b"", b"", ())
    await widget.settled()
    widget.source = np.random.default_rng(3).normal(size=(128, 128))
    await widget.settled()
    widget.find_grains()
    await widget.settled()
    assert widget.grains is None
    assert "shows no lattice" in said(widget)
    widget.close()


async def test_grains_of_a_picture_that_has_gone_are_not_shown(grains: np.ndarray, stepped: np.ndarray) -> None:
    widget = await made(grains)
    widget.find_grains()
    widget.source = stepped
    await widget.settled()
    assert widget.error == ""
    assert (widget.grains, part(widget, MapCanvas).outlines) == (None, b"")
    assert not named(widget, "find grains").disabled
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
