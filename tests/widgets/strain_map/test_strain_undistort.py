"""The distortion of the scan taken out of a strain map: said, undone, and never silently there for the next picture."""

from pathlib import Path

import numpy as np
import pytest
import traitlets as t
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from tests.drawn_atoms import draw_atoms
from tests.widget_parts import named, part, words
from tests.widgets.strain_map.known_strain import made, noisy

#: how far the scan moves the lines to the right, top to bottom, there and back [px]
BENT = 1.5


@pytest.fixture(scope="module")
def bent() -> np.ndarray:
    """A perfect square lattice whose lines are moved along themselves by a scan that creeps."""

    def move(places: np.ndarray) -> np.ndarray:
        return places + np.stack([np.zeros(len(places)), BENT * np.cos(2 * np.pi * places[:, 0] / 200)], axis=1)

    return noisy(draw_atoms(lw.Lattice([[8, 0], [0, 8]]), (200, 220), move=move), 7)


async def test_it_is_taken_out_said_and_undone(bent: np.ndarray, stepped: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "bent.npy"
    np.save(path, bent)
    widget = await made(path, pixel_size=0.05, quantity="strain_xy", window_size=0)
    canvas, scanned = part(widget, MapCanvas), widget.maps
    assert (widget.presumed, canvas.badge) == ("", "")
    named(widget, "scan distortion").value = "even"
    await widget.settled()
    assert widget.error == ""
    straight = lw.undistort(lw.calibrate(xr.DataArray(bent, dims=("row", "col")), 0.05))
    assert widget.image.values == pytest.approx(straight.picture.values)
    assert str(straight.presumed) in widget.presumed
    assert widget.presumed in words(widget), "beside the picture"
    assert "Strain that changes only with the row" in words(widget)
    assert canvas.badge == "distortion taken out"
    assert float(widget.maps.strain_xy.std()) < 0.2 * float(scanned.strain_xy.std())

    room: dict[str, object] = {}
    exec(widget.code(), room)
    xr.testing.assert_allclose(room["maps"], widget.maps)
    record = widget.record(tmp_path / "record")
    assert str(straight.presumed) in (record / "record.html").read_text(encoding="utf-8")
    assert lw.repeat_record(record).same

    widget.place = (100.0, 110.0)
    widget.explore()
    await widget.explorer.settled()
    assert widget.explorer.image.values == pytest.approx(widget.image.values), "the window counts in this picture"
    assert widget.explorer.fit.unit == "nm"

    widget.source = stepped
    await widget.settled()
    assert (widget.undistort, widget.presumed, canvas.badge) == ("", "", ""), "the next picture is as scanned"
    assert widget.image.values == pytest.approx(stepped)
    widget.source = path
    await widget.settled()
    assert widget.undistort == "even"
    assert canvas.badge == "distortion taken out", "what came back with its picture is said again"
    widget.undistort = ""
    await widget.settled()
    xr.testing.assert_allclose(widget.maps, scanned)
    widget.undo()
    await widget.settled()
    assert (widget.undistort, canvas.badge) == ("even", "distortion taken out")
    widget.close()


async def test_a_presumption_that_cannot_be_is_one_sentence(bent: np.ndarray) -> None:
    widget = await made(bent, window_size=0)
    with pytest.raises(t.TraitError, match="'cheese' cannot be presumed"):
        widget.undistort = "cheese"
    widget.undistort = "graphene"
    await widget.settled()
    assert "pixel size" in widget.error
    assert (widget.maps, widget.image, widget.presumed) == (None, None, "")
    widget.undistort = "square"
    await widget.settled()
    assert (widget.error, widget.maps is None) == ("", False)
    widget.close()
