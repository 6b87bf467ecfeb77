"""The pages of the explorer: a spot that is asked, the window size, pins, and the code that repeats them."""

import ast
import re

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from tests.widget_parts import part
from tests.widgets.explorer.waves import COLS, ROWS


async def test_a_spot_is_asked_and_switched_off(honeycomb: np.ndarray) -> None:
    # four of six spots still make the same lattice: the default network is not impressed, the paper's is
    explorer = lw.FFTExplorer(honeycomb, classifier="paper")
    await explorer.settled()
    with_spot = explorer.probabilities
    first = explorer.fit.reciprocal_vectors[0]
    spectrum = explorer.spectrum
    row, col = np.rint(spectrum.pixel_of(first)[0]).astype(int)
    part(explorer, PictureCanvas, 1).cursor = (int(row), int(col))
    part(explorer, PictureCanvas, 1).clicked += 1
    await explorer.settled()
    assert np.hypot(*np.subtract(np.abs(explorer.spot), np.abs(first))) < 0.002
    assert explorer.d_spacing == pytest.approx(14 * np.sqrt(3) / 2, rel=0.01)
    assert part(explorer, PictureCanvas, 1).rings == pytest.approx((1 / explorer.d_spacing,))
    assert part(explorer, PictureCanvas, 2).rows == ROWS
    explorer.spot_off = True
    await explorer.settled()
    assert np.abs(np.subtract(explorer.probabilities, with_spot)).max() > 0.05
    assert "changes its mind" in explorer.spot_message
    explorer.ask_spot(())
    await explorer.settled()
    assert explorer.probabilities == pytest.approx(with_spot)
    explorer.close()


async def test_the_study_goes_from_the_whole_picture_to_an_eighth(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    explorer.study()
    await explorer.settled()
    windows = [one.window for one in explorer.studied]
    assert windows[0] == (0, 0, ROWS, COLS)
    assert windows[-1][2:] == (22, 30)
    assert all(one.mean.sum() == pytest.approx(1, abs=1e-5) for one in explorer.studied)
    assert "unit cells" in explorer.study_message or "not sure" in explorer.study_message
    explorer.close()


async def test_pins_go_to_a_table_and_a_file_and_the_code_repeats_them(honeycomb: np.ndarray, tmp_path) -> None:
    explorer = lw.FFTExplorer(xr.DataArray(honeycomb, dims=("row", "col"), attrs={"pixel_size": 0.02}))
    await explorer.settled()
    with pytest.raises(ValueError, match="Nothing is pinned"):
        explorer.save_table(tmp_path / "none.csv")
    explorer.pin("whole")
    explorer.window = (20, 30, 120, 150)
    await explorer.settled()
    explorer.pin("whole")
    table = explorer.table()
    assert list(table.index) == ["whole", "whole (2)"]
    assert table.loc["whole (2)", "height"] == 120
    assert table.loc["whole", "a"] == pytest.approx(0.28, rel=0.005)
    assert (table["unit"] == "nm").all()
    text = explorer.save_table(tmp_path / "pins.csv").read_text()
    assert len(text.splitlines()) == 3
    assert [box["label"] for box in part(explorer, PictureCanvas).boxes] == ["whole", "whole (2)"]
    explorer.unpin("whole")
    assert list(explorer.table().index) == ["whole (2)"]
    explorer.correct()
    await explorer.settled()
    space = {"your_array": xr.DataArray(honeycomb, attrs={"pixel_size": 0.02})}
    exec(explorer.code(), space)
    assert space["fit"].a == pytest.approx(explorer.fit.a, rel=1e-6)
    explorer.close()


async def test_the_code_names_nothing_but_public_names_and_the_network_that_answered(
    honeycomb: np.ndarray, capsys
) -> None:
    explorer = lw.FFTExplorer(honeycomb, shear=4.0, classifier="paper")
    await explorer.settled()
    explorer.ask_spot(explorer.fit.lattice.reciprocal().vectors[0])
    explorer.spot_off = True
    await explorer.settled()
    code = explorer.code()
    assert "lattice_widgets." not in code
    assert set(re.findall(r"\blw\.(\w+)", code)) == {
        "correct_image",
        "fringes",
        "load_classifier",
        "CLASSES",
        "fit_lattice",
        "with_error",
    }
    exec(code, {"your_array": honeycomb})
    said = ast.literal_eval(capsys.readouterr().out.splitlines()[0])
    assert list(said.values()) == pytest.approx(explorer.probabilities, abs=2e-3)
    explorer.close()
