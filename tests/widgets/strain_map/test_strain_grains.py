"""The grains of a strain map: listed, outlined, chosen, and gone with their picture."""

from pathlib import Path

import ipywidgets as ipw
import numpy as np
import pandas as pd
import pytest

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from tests.drawn_atoms import draw_atoms
from tests.widget_parts import named, part, said, words
from tests.widgets.strain_map.known_strain import made, noisy


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


async def test_a_boundary_with_a_name_is_named() -> None:
    first, second = (lw.Lattice.from_parameters(9, 9, 120, rotation=angle) for angle in (0, 21.787))
    left, right = (draw_atoms(lattice, (180, 260)) for lattice in (first, second))
    widget = await made(noisy(np.where(np.arange(260) < 160, left, right), 5))
    named(widget, "find grains").click()
    await widget.settled()
    widget.grain = 1
    assert "Sigma 7 coincidence, exact at 21.79 degrees (off by " in said(widget)
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
