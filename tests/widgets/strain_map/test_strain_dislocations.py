"""Edge dislocations of a strain map: listed, drawn, kept in record and figure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lattice_widgets as lw
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from tests.drawn_atoms import draw_atoms, edge_dislocation
from tests.widget_parts import named, part, said
from tests.widgets.strain_map.known_strain import made, noisy

PLACE, CELL = (120.0, 130.0), 10.0


@pytest.fixture(scope="module")
def one() -> np.ndarray:
    lattice = lw.Lattice.from_parameters(CELL, CELL, 120, 15)
    return noisy(draw_atoms(lattice, (240, 260), move=edge_dislocation(PLACE, lattice.vectors[0])), 3)


async def test_a_dislocation_is_listed_drawn_and_kept(one: np.ndarray, stepped: np.ndarray, tmp_path: Path) -> None:
    widget = await made(one, pixel_size=0.03, window_size=0)
    canvas = part(widget, MapCanvas)
    with pytest.raises(ValueError, match="No dislocations have been found"):
        widget.dislocation_table()
    named(widget, "find dislocations").click()
    await widget.settled()
    (found,) = widget.dislocations
    assert np.hypot(found.row - PLACE[0], found.col - PLACE[1]) < 2 * CELL
    assert found.length == pytest.approx(0.03 * CELL, rel=0.02)
    (sign,) = np.frombuffer(canvas.signs, np.float32).reshape(-1, 4)
    assert sign[:2] == pytest.approx([found.row, found.col], abs=1e-3)
    assert sign[2:] == pytest.approx(found.burgers, rel=1e-5)
    choice = named(widget, "dislocation")
    choice.value = 1
    assert (widget.dislocation, canvas.chosen_sign) == (1, 1)
    right, error = float(found.burgers[1]), float(found.burgers_error[1])
    assert f"to the right {lw.with_error(right, error)} nm" in said(widget)
    table = pd.read_csv(widget.record(tmp_path / "record") / "dislocations.csv", index_col="number")
    assert table.length.values == pytest.approx([found.length])
    assert len(widget.figure().axes[0].lines) >= 2, "bar and stem in the micrograph"
    widget.source = stepped
    assert (widget.dislocations, widget.dislocation, canvas.signs) == (None, 0, b"")
    await widget.settled()
    widget.find_dislocations()
    await widget.settled()
    assert widget.dislocations == ()
    assert "0 edge dislocations. None is looked for in the margin" in said(widget)
    widget.close()
