"""What a strain map leaves behind: files, records, code, and the figure."""

import ast
import io
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.widgets.opening.sources import Upload
from tests.widget_parts import named, part, words
from tests.widgets.strain_map.known_strain import WINDOW, made


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


async def test_any_known_cell_is_a_reference(hexagonal: np.ndarray) -> None:
    widget = await made(hexagonal, pixel_size=0.0274, reference="graphene")
    size = 0.0274 * lw.known_cells()["Au(111)"].a / lw.known_cells()["graphene"].a
    with_gold = await made(hexagonal, pixel_size=size, reference="Au(111)")
    assert float(with_gold.maps.strain_xx.mean()) == pytest.approx(float(widget.maps.strain_xx.mean()), abs=0.01)
    assert named(with_gold, "reference").value == "Au(111)"
    code = with_gold.code()
    ast.parse(code)
    assert "lw.known_cells()['Au(111)'].lattice" in code
    for each in (widget, with_gold):
        each.close()


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
