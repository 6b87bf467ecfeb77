"""The explorer says which crystal it could be, lays one over the pictures, and takes it as the calibration."""

import ipywidgets as ipw
import numpy as np
import pytest
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from tests.widget_parts import named, part, spectrum_of, words

#: of the pictures [nm]; graphene is 14 px long with it
SIZE = 0.2461 / 14


def fold_out(explorer: lw.FFTExplorer) -> ipw.Select:
    part(explorer, ipw.Accordion).selected_index = 0
    return part(explorer, ipw.Select)


async def test_ten_lines_are_those_of_the_public_function(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, pixel_size=SIZE)
    await explorer.settled()
    lines = part(explorer, ipw.Select)
    assert lines.options == ()  # nobody looks
    assert fold_out(explorer) is lines
    found = lw.candidates(lw.fit_lattice(honeycomb, SIZE))
    assert [name for _, name in lines.options] == [each.name for each in found[:10]]
    assert "graphene" in [each.name for each in found[:10]]
    assert str(found.sentence) in words(explorer)
    named(explorer, "elements").value = "C"
    assert lines.options[0][1] == "graphene"
    named(explorer, "elements").value = ""
    named(explorer, "taken by").value = "tip"
    found = lw.candidates(lw.fit_lattice(honeycomb, SIZE), kinds=("layer", "surface"))
    assert [name for _, name in lines.options] == [each.name for each in found[:10]]
    explorer.close()


async def test_a_chosen_crystal_lies_over_both_pictures(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb, pixel_size=1.02 * SIZE, elements="C")
    await explorer.settled()
    picture, spectrum = part(explorer, PictureCanvas), spectrum_of(explorer)
    measured = picture.cells
    lines = fold_out(explorer)
    lines.value = "graphene"
    assert explorer.candidate == "graphene"
    *_, cell = picture.cells
    assert len(picture.cells) == len(measured) + 1
    sides = Lattice(np.reshape(cell[2:], (2, 2)))
    assert sides.a == pytest.approx(14 / 1.02, rel=1e-3)  # as long as graphene is with that pixel size
    assert cell[:2] == measured[0][:2]
    # the strongest spots lie 1/14.28 * 1.02 off the middle, those of graphene 2 % farther out
    middle = np.array([spectrum.rows // 2, spectrum.cols // 2])
    boxes = np.array([(box["row"] + box["height"] / 2, box["col"] + box["width"] / 2) for box in spectrum.boxes])
    steps = np.array(spectrum.pixel_size)
    lengths = np.hypot(*((boxes - 0.5 - middle) * steps).T)
    assert lengths.min() == pytest.approx(2 / np.sqrt(3) / 0.2461, rel=1e-3)
    explorer.window = (0, 0, 120, 150)
    await explorer.settled()
    assert explorer.candidate == "graphene"
    assert len(picture.cells) == len(explorer._shown.result.cells) + 1
    assert spectrum.boxes
    named(explorer, "take it off").click()
    assert explorer.candidate == ""
    assert spectrum.boxes == []
    assert len(picture.cells) == len(explorer._shown.result.cells)
    explorer.close()


async def test_it_becomes_the_calibration_and_can_be_undone(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(honeycomb)
    await explorer.settled()
    assert explorer.fit.unit == "px"
    fold_out(explorer)
    assert "The pixel size is not known" in words(explorer)
    explorer.elements = "C"
    explorer.candidate = "graphene"
    assert "nm/px" in part(explorer, ipw.Select).options[0][0]
    named(explorer, "make it the calibration").click()
    await explorer.settled()
    assert explorer.error == ""
    assert explorer.pixel_size.startswith("graphene: 0.2461 nm over ")
    assert explorer.fit.a == pytest.approx(0.2461, rel=2e-3)
    # what was set by presuming graphene is no evidence for it
    assert "left out of account" in words(explorer)
    again = lw.calibrate(explorer.image, explorer.pixel_size)
    assert again.attrs["calibration"].startswith("graphene: 0.2461 nm over")
    explorer.history.undo()
    await explorer.settled()
    assert explorer.pixel_size is None
    assert explorer.fit.unit == "px"
    explorer.close()


async def test_without_a_lattice_or_with_wrong_elements_it_says_so(honeycomb: np.ndarray) -> None:
    explorer = lw.FFTExplorer(np.random.default_rng(0).normal(size=(128, 128)), pixel_size=SIZE)
    await explorer.settled()
    lines = fold_out(explorer)
    assert lines.options == ()
    assert "there is no crystal to compare it with" in words(explorer)
    explorer.source = honeycomb
    await explorer.settled()
    assert lines.options
    explorer.elements = "Xx"
    assert lines.options == ()
    assert "The table has no cell of Xx alone." in words(explorer)
    with pytest.raises(t.TraitError):
        explorer.taken_by = "eye"
    explorer.close()
