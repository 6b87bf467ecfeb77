"""What is measured becomes a mark on the map of lattices, a movie or a walk a path, and anything else a sentence."""

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from tests.widget_parts import part, words


async def test_a_measured_picture_becomes_a_mark_whose_region_holds_the_truth(alone):
    truth = lw.Crystal("", 0.3, 0.36, 99)
    micrograph = lw.simulate_micrograph(truth, lw.Microscope(rows=160, cols=200, field_of_view=5.0), rotation=21)
    alone.measure(
        xr.DataArray(micrograph.image, dims=("row", "col"), attrs={"pixel_size": micrograph.pixel_size}), "scan"
    )
    await alone.settled()
    assert alone.error == ""
    fit = alone.measured["scan"]
    assert fit.a == pytest.approx(0.3, rel=0.01)
    (mark,) = part(alone, TriangleMap).marks
    assert (mark["x"], mark["y"]) == pytest.approx(triangle_point(truth.cell), abs=0.02)
    region = np.array(mark["region"][0])
    assert np.abs(region - [mark["x"], mark["y"]]).max() < 0.03
    assert f"scan: a = {lw.with_error(fit.a, fit.a_error, fit.unit)}" in mark["text"]
    assert "nm" in mark["text"]
    alone.measure(fit, "scan")  # the same name: the same mark
    alone.measure(micrograph.image)
    await alone.settled()
    assert list(alone.measured) == ["scan", "measured 2"]
    alone.forget("scan")
    assert [one["name"] for one in part(alone, TriangleMap).marks] == ["measured 2"]


async def test_widgets_and_samples_are_measured(alone, pair):
    simulator, chart = pair
    chart.measure(simulator, "its picture")
    explorer = lw.FFTExplorer(simulator.image)
    await explorer.settled()
    alone.measure(explorer, "the window")
    alone.measure("simulated_srtio3_stem", "sample")
    for widget in (alone, chart):
        await widget.settled()
    assert chart.error == alone.error == ""
    assert alone.measured["the window"] is explorer.fit
    assert alone.measured["sample"].bravais_type == "square"
    assert chart.measured["its picture"].bravais_type == "hexagonal"
    explorer.close()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("no such thing", "there is no file"),
        (np.random.default_rng(0).normal(size=(64, 80)), "shows no lattice"),
        (np.zeros((64, 80)), "constant"),
        (np.zeros(5), "two axes"),
        (np.random.default_rng(0).normal(size=(3, 64, 80)), "None of the 3 frames shows a lattice"),
        (None, "shows no picture yet"),
    ],
)
async def test_what_cannot_be_measured_ends_in_a_sentence(alone, source, sentence):
    alone.measure(source)
    await alone.settled()
    assert sentence in alone.error
    assert alone.measured == {}
    assert "lattice-widgets-error" in words(alone)


async def test_a_movie_becomes_a_path_and_frames_without_lattice_are_counted(alone):
    rng = np.random.default_rng(1)
    frames = [
        lw.simulate_micrograph(lw.Crystal("", 0.3, 0.3, gamma), lw.Microscope(rows=96, cols=112), rotation=8).image
        for gamma in (90, 97, 104)
    ]
    frames.insert(1, rng.normal(size=frames[0].shape).astype(np.float32))
    alone.measure(np.array(frames))
    await alone.settled()
    assert alone.error == ""
    assert len(alone.path) == 3
    places = np.array(part(alone, TriangleMap).path)
    assert np.all(np.diff(places[:, 1]) > 0.1)  # from square towards hexagonal
    assert "1 frame shows no lattice" in words(alone)
    assert part(alone, TriangleMap).path_ends == ("0 frames", "3 frames")


async def test_paths_of_lattices_and_of_drift(pair):
    simulator, chart = pair
    walk = lw.lattice_walk(lw.Lattice.from_parameters(1, 1, 90), lw.Lattice.from_parameters(1, 1, 120), 7)
    chart.show_path(walk, times=np.arange(7) * 2.5)
    assert part(chart, TriangleMap).path_ends == ("0 s", "15 s")
    assert part(chart, TriangleMap).path_texts[1] == "2.5 s"
    np.testing.assert_allclose(part(chart, TriangleMap).path[-1], [0, 1], atol=1e-6)
    chart.show_path(walk)
    assert part(chart, TriangleMap).path_ends == ("start", "end")
    chart.show_drift(0.2, 30.0, steps=5)
    assert len(chart.path) == 5
    np.testing.assert_allclose(part(chart, TriangleMap).path[0], [chart.x, chart.y], atol=1e-6)
    simulator.drift_right, simulator.drift_down = 0.2 * np.cos(np.pi / 6), -0.1
    await simulator.settled()
    np.testing.assert_allclose(part(chart, TriangleMap).path[-1], triangle_point(simulator.picture_lattice), atol=1e-6)
    chart.show_path([])
    assert part(chart, TriangleMap).path == []
    assert chart.error == ""


@pytest.mark.parametrize(
    ("lattices", "times", "sentence"),
    [
        ([lw.Lattice.from_parameters(1, 1, 90)], [1, 2], "one time for each of the 1 lattices, not 2"),
        (["hexagonal"], None, "not of str"),
        (3, None, "not of int"),
        ([lw.Lattice.from_parameters(1, 1, 90)], ["noon"], "times of a path are numbers"),
        ([lw.Lattice.from_parameters(1, 1, 90)], [np.nan], "times of a path are numbers"),
    ],
)
async def test_what_is_no_path_ends_in_a_sentence(alone, lattices, times, sentence):
    alone.show_path(lattices, times)
    assert sentence in alone.error
    assert part(alone, TriangleMap).path == []


async def test_a_drift_that_is_too_fast_ends_in_a_sentence(alone):
    alone.show_drift(50.0, -90.0)
    assert "drifts as fast as the scan" in alone.error
