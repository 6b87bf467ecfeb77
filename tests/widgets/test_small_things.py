"""Small things that were wrong on the page."""

import ipywidgets as ipw
import numpy as np

import lattice_widgets as lw
from lattice_widgets.views.charts.radial_curve import RadialCurve
from tests.widget_parts import words


async def test_an_element_of_ones_own_is_in_the_legend() -> None:
    beam = lw.BeamEnergy(element="Se")
    await beam.settled()
    assert "━</span> Se</span>" in words(beam)
    beam.element = "Te"
    await beam.settled()
    assert "━</span> Te</span>" in words(beam)
    assert "Se</span>" not in words(beam)
    beam.element = "W"  # has its line already
    await beam.settled()
    assert words(beam).count("W</span>") == 1
    beam.close()


def test_the_logarithmic_axis_has_round_numbers_once_each() -> None:
    curve = RadialCurve()
    curve.show(np.linspace(0.01, 0.2, 50), np.geomspace(3.2e3, 1.1e5, 50), "1/px")
    assert curve._decades.tick_values.tolist() == [1e4, 1e5]
    curve.show(np.linspace(0.01, 0.2, 50), np.geomspace(1.2, 9.0, 50), "1/px")
    assert curve._decades.tick_values.tolist() == [2, 5]
    assert curve._decades.tick_format == "~s"
    curve.show(np.linspace(0.01, 0.2, 50), np.geomspace(1.2e-3, 2e6, 50), "1/px")
    assert curve._decades.tick_format == ".0e", "0.001 and 1e+6 on one axis"
    curve.close()


async def test_the_code_of_an_array_says_what_to_write_where_it_has_no_name() -> None:
    explorer = lw.FFTExplorer(lw.load_sample("simulated_srtio3_stem").values)
    await explorer.settled()
    assert "xr.DataArray(your_array)  # the array that the widget was given: write its name there" in explorer.code()
    explorer.close()


async def test_another_perplexity_opens_no_panel() -> None:
    viewer = lw.EmbeddingViewer()
    await viewer.settled()
    viewer.walk(lw.Lattice.from_parameters(1, 1, 90, 20), lw.Lattice.from_parameters(1, 1, 120, 20), 4)
    await viewer.settled()
    panels = viewer._panels
    assert isinstance(panels, ipw.Tab | ipw.Accordion)
    assert panels.selected_index == 3, "a walk that was asked for is shown"
    panels.selected_index = 2
    viewer.perplexity = 20.0
    await viewer.settled()
    assert viewer.walked is not None
    assert panels.selected_index == 2
    viewer.close()
