"""A place of a strain map in other widgets: the explorer, the simulator, the map of examples."""

import ipywidgets as ipw
import numpy as np
import pytest

import lattice_widgets as lw
from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.widgets.embedding.widget import EmbeddingViewer
from lattice_widgets.widgets.explorer.widget import FFTExplorer
from lattice_widgets.widgets.simulator.widget import LatticeSimulator
from lattice_widgets.widgets.strain_map.neighbors import Neighbors
from tests.widget_parts import named, part, parts, said
from tests.widgets.strain_map.known_strain import WINDOW, made, noisy


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


async def test_a_place_is_drawn_in_the_simulator_as_it_lies_in_the_picture() -> None:
    """The simulated picture of the place has the spots of the picture."""
    angle, size = 23.0, 0.03
    truth = lw.Lattice.from_parameters(0.28, 0.34, 98.0, angle)
    rows, cols = np.mgrid[:220, :260]
    waves = truth.reciprocal().vectors
    picture = sum(np.cos(2 * np.pi * size * (wave[0] * rows + wave[1] * cols)) for wave in waves)
    widget = await made(noisy(picture, 3), pixel_size=size, window_size=141)
    widget.simulate()
    simulator = part(widget, LatticeSimulator)
    await simulator.settled()
    assert sorted((simulator.a, simulator.b)) == pytest.approx([0.28, 0.34], rel=0.01)
    assert simulator.gamma == pytest.approx(98.0, abs=0.5)
    there = fit_lattice(simulator.image, simulator.field_of_view / simulator.cols).lattice.reciprocal_points(4.5)
    here = truth.reciprocal_points(4.5)
    assert len(there) == len(here) > 3
    for spot in here:
        assert np.hypot(*(there - spot).T).min() < 0.05, "a spot of the picture is not in the simulated one [1/nm]"
    # another place, the same simulator
    widget.place = (100, 120)
    widget.simulate()
    assert part(widget, LatticeSimulator) is simulator
    widget.close()


async def test_without_a_pixel_size_the_simulator_is_refused_in_a_sentence(stepped: np.ndarray) -> None:
    widget = await made(stepped)
    named(widget, "draw it in the simulator").click()
    assert "say first how large a pixel" in widget.error
    widget.pixel_size = 0.5
    await widget.settled()
    with pytest.raises(ValueError, match="The simulator takes"):
        widget.simulate()
    widget.close()


async def test_a_place_lies_on_the_map_of_examples(stepped: np.ndarray) -> None:
    widget = await made(stepped, pixel_size=0.05)
    named(widget, "open in the explorer").click()
    named(widget, "lay it on the map of examples").click()
    viewer = part(widget, EmbeddingViewer)
    await viewer.settled()
    assert viewer.error == ""
    assert len(viewer.placed.points) == 1, "one window, one point"
    assert [type(each) for each in part(widget, Neighbors).children] == [EmbeddingViewer, FFTExplorer], (
        "the newest first"
    )
    widget.close()


async def test_the_explorer_leads_to_the_strain_map_and_back(stepped: np.ndarray) -> None:
    explorer = lw.FFTExplorer(stepped, pixel_size=0.05, elements="C")
    await explorer.settled()
    assert explorer.strain is None
    named(explorer, "strain map").click()
    strain = part(explorer, lw.StrainMap)
    assert strain is explorer.strain
    assert "The strain map is below." in said(explorer)
    await strain.settled()
    assert (strain.source is stepped, strain.pixel_size, strain.error) == (True, 0.05, "")
    # a place of the map moves the window of the explorer above: no second explorer below
    strain.place = (75, 190)
    named(strain, "open in the explorer").click()
    await explorer.settled()
    assert list(parts(strain, FFTExplorer)) == []
    side = int(strain.reading.attrs["window_size"])
    assert explorer.window[2:] == (min(side, 150), min(side, 260))
    assert "The explorer above shows this place." in said(strain)
    # a crystal that it could be becomes the reference
    part(explorer, ipw.Accordion).selected_index = 0
    explorer.candidate = "graphene"
    named(explorer, "make it the reference").click()
    await strain.settled()
    assert strain.reference == "graphene"
    assert "against graphene" in strain.message
    # the explorer's own picture, as it is calibrated now
    explorer.scale, explorer.pixel_size = 2.0, 0.06
    named(explorer, "strain map").click()
    await strain.settled()
    assert (strain.pixel_size, strain.reference) == (0.06, "graphene")
    assert "as scanned" in said(explorer)
    explorer.close()


async def test_the_explorer_that_a_place_opened_in_leads_back_to_the_same_map(stepped: np.ndarray) -> None:
    widget = await made(stepped, pixel_size=0.05)
    widget.explore()
    await widget.explorer.settled()
    widget.explorer.map_strain()
    assert widget.explorer.strain is widget
    assert list(parts(widget, lw.StrainMap)) == []
    assert "The strain map above shows it." in said(widget.explorer)
    widget.close()
