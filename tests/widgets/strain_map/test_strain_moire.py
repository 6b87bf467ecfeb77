"""The moire of two layers in the strain map: offered where there is one, read, drawn, kept, and never of another picture."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from tests.drawn_atoms import draw_atoms
from tests.widget_parts import named, part, said, words
from tests.widgets.strain_map.known_strain import made, noisy, values_of

#: twist of the layers [degrees], spacing of their atoms [px]
TWIST, SPACING = 10, 9
PERIOD = SPACING / (2 * np.sin(np.deg2rad(TWIST / 2)))


@pytest.fixture(scope="module")
def layers() -> np.ndarray:
    first, second = (lw.Lattice.from_parameters(SPACING, SPACING, 90, rotation=angle) for angle in (0, TWIST))
    return noisy(draw_atoms(first, (320, 320)) + 0.7 * draw_atoms(second, (320, 320)), 5)


def offered(widget: lw.StrainMap) -> set[str]:
    return {name for _words, name in named(widget, "map").options}


async def test_the_moire_is_told_offered_read_and_kept(layers: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "layers.npy"
    np.save(path, layers)
    widget = await made(path, pixel_size=0.05, window_size=0)
    canvas = part(widget, MapCanvas)
    assert float(widget.moire.twist.median()) == pytest.approx(TWIST, abs=0.1)
    assert float(widget.moire.a.median()) == pytest.approx(0.05 * PERIOD, rel=0.01)
    assert "twist of the layers = " in said(widget)
    assert "this maps the stronger one" in said(widget)
    assert {"strain_xx", "offset", "twist", "a", "b"} <= offered(widget)

    named(widget, "map").value = "offset"
    assert values_of(canvas) == pytest.approx(widget.moire.offset.values.astype(np.float32), nan_ok=True)
    # half the diagonal of a cell at most, 0 where both lattices lie on each other
    assert (canvas.map_low, canvas.map_unit) == (0.0, "nm")
    assert 0.8 < canvas.map_high / (0.05 * SPACING / np.sqrt(2)) < 1.1
    assert "presumed to be even" in widget.message
    assert "strain" not in widget.message
    corner = np.unravel_index(np.nanargmin(widget.moire.offset.values), widget.moire.offset.shape)
    widget.place = tuple(float(widget.moire[name][at]) for name, at in zip(("row", "col"), corner, strict=True))
    assert float(widget.reading.offset) == float(widget.moire.offset.min())
    assert "offset of the layers" in said(widget)
    widget.lay_line()
    profile = widget.profile_values()
    assert np.ptp(profile.offset.dropna("distance").values) > 0.3 * 0.05 * SPACING

    table = pd.read_csv(widget.save(tmp_path / "moire.csv"))
    assert table.twist.dropna().values == pytest.approx(widget.moire.twist.values[np.isfinite(widget.moire.twist)])
    assert "strain_xx" not in table
    assert "offset of the layers" in widget.save(tmp_path / "moire.svg").read_text(encoding="utf-8")
    again = xr.open_dataset(widget.save(tmp_path / "moire.nc"))
    assert (again.phase_a.values == widget.moire.phase_a.values)[np.isfinite(widget.moire.phase_a)].all()
    again.close()
    room: dict[str, object] = {}
    exec(widget.code(), room)
    xr.testing.assert_allclose(room["moire"], widget.moire)
    record = widget.record(tmp_path / "record")
    assert lw.repeat_record(record).same
    numbers = pd.read_csv(record / "numbers.csv", index_col="quantity")
    assert numbers.value["median twist"] == pytest.approx(float(widget.moire.twist.median()))

    widget.quantity = "twist"
    assert canvas.map_low < TWIST < canvas.map_high
    widget.limit = 2.0
    assert (canvas.map_low + canvas.map_high) / 2 == pytest.approx(TWIST, abs=0.1)
    assert canvas.map_high - canvas.map_low == pytest.approx(4)
    widget.simulate()
    assert widget.neighbors.simulator.a == pytest.approx(0.05 * SPACING, rel=0.01), "the stronger layer"
    widget.quantity = "rotation"
    assert values_of(canvas) == pytest.approx(widget.maps.rotation.values.astype(np.float32), nan_ok=True)
    widget.close()


async def test_one_lattice_has_no_moire_and_keeps_none_of_the_last_picture(
    layers: np.ndarray, hexagonal: np.ndarray
) -> None:
    widget = await made(layers, window_size=0, quantity="offset")
    canvas = part(widget, MapCanvas)
    assert len(canvas.map_values) > 0
    widget.source = hexagonal
    await widget.settled()
    assert (widget.error, widget.moire, canvas.map_values) == ("", None, b"")
    assert "does not show two lattices laid over each other" in words(widget)
    with pytest.raises(ValueError, match="does not show two lattices"):
        widget.table()
    widget.quantity = "strain_xx"
    assert "offset" not in offered(widget)
    assert len(canvas.map_values) > 0
    assert "two lattices" not in words(widget)
    widget.close()
