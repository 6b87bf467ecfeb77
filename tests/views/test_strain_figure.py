"""The figure of a strain map: what it shows, where, and with which units."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lattice_widgets import Dislocation, Lattice, find_grains, map_lattice
from lattice_widgets.views.figures.grain_figure import draw_dislocations, plot_grains
from lattice_widgets.views.figures.publication import PublicationFigure
from lattice_widgets.views.figures.strain_figure import MAPS, color_range, plot_strain
from tests.drawn_atoms import draw_atoms

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from several_lattices import turned

HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)
SHAPE = (260, 420)


@pytest.fixture(scope="module")
def image():
    def stretched_on_the_right(places):
        moved = places.copy()
        right = places[:, 1] > 210
        moved[right, 1] = 210 + 1.02 * (places[right, 1] - 210)
        return moved

    drawn = draw_atoms(HEXAGONAL, SHAPE, move=stretched_on_the_right)
    return drawn + 0.05 * np.random.default_rng(0).standard_normal(SHAPE)


@pytest.fixture(scope="module")
def maps(image):
    return map_lattice(image, 0.02, reference=HEXAGONAL.transformed(0.02 * np.eye(2)))


def test_a_map_lies_over_its_picture(maps, image):
    figure = plot_strain(maps, tuple(MAPS), image)
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert len(panels) == len(MAPS)
    for axes, name in zip(panels, MAPS, strict=True):
        assert axes.get_xlim() == (-0.5, 419.5), name
        assert axes.get_ylim() == (259.5, -0.5), "rows count downward"
        (mesh,) = axes.collections
        np.testing.assert_array_equal(mesh.get_array().filled(np.nan), maps[name])
        corners = mesh.get_coordinates()
        middle = (corners[:-1, :-1] + corners[1:, 1:]) / 2
        np.testing.assert_allclose(middle[0, 1:-1, 0], maps.col.values[1:-1], atol=maps.attrs["step"])
        (circle,) = axes.patches
        assert 2 * circle.radius == pytest.approx(2.355 * maps.attrs["mask_sigma"], rel=1e-3)
    labels = [axes.get_ylabel() for axes in figure.axes if not axes.get_title()]
    assert labels[:2] == ["strain xx [%]", "strain yy [%]"]
    assert "rotation [°]" in labels
    assert any("nm" in text.get_text() for text in panels[0].texts), "scale bar"
    assert "a given lattice" in figure.get_supxlabel()


def test_strains_share_colors_with_white_at_zero(maps):
    ranges = {color_range(maps, name) for name in ("strain_xx", "strain_yy", "strain_xy", "dilation")}
    assert len(ranges) == 1
    ((low, high),) = ranges
    assert low == -high
    assert 1.9 < high < 2.3
    assert color_range(maps, "rotation")[1] < 0.5
    assert color_range(maps, "amplitude")[0] == 0


def test_noise_alone_is_not_blown_up():
    flat = map_lattice(draw_atoms(HEXAGONAL, SHAPE) + 0.1 * np.random.default_rng(1).standard_normal(SHAPE))
    assert color_range(flat, "rotation")[1] >= 3 * float(flat.rotation_error.median()) * (1 - 1e-9)


def test_the_same_map_gives_the_same_file(maps):
    def svg():
        file = io.BytesIO()
        plot_strain(maps, ("rotation",)).savefig(file, format="svg")
        return file.getvalue()

    first = svg()
    assert svg() == first
    assert b"rotation: mean" in first


def test_a_map_without_any_place_says_so(maps):
    empty = maps.copy()
    empty["rotation"] = maps.rotation * np.nan
    (axes, *_) = plot_strain(empty, ("rotation",)).axes
    assert "no place shows the lattice" in axes.get_title()


def test_dislocations_are_drawn_with_their_extra_half_plane():
    burgers = np.array([0.0, 12.0])
    one = Dislocation(100.0, 120.0, 2.0, (1, 0), burgers, np.array([0.1, 0.1]), "px", None)
    axes = PublicationFigure().subplots()
    axes.set(xlim=(-0.5, 399.5), ylim=(299.5, -0.5))
    draw_dislocations(axes, [one, replace(one, burgers=-burgers)])
    bar, stem, _, opposite = axes.lines
    np.testing.assert_allclose(bar.get_xdata(), [110, 130])
    np.testing.assert_allclose(bar.get_ydata(), [100, 100])
    assert stem.get_ydata()[1] < 100, "a Burgers vector to the right has its half-plane above"
    assert opposite.get_ydata()[1] > 100


def test_grains_have_their_numbers_areas_and_angles():
    other = turned(HEXAGONAL, 14.0)
    left = draw_atoms(HEXAGONAL, SHAPE, keep=lambda p: p[:, 1] < 180)
    image = left + draw_atoms(other, SHAPE, keep=lambda p: p[:, 1] > 180)
    found = find_grains(image + 0.1 * np.random.default_rng(0).standard_normal(SHAPE), 0.02)
    figure = plot_grains(found, image)
    (axes,) = figure.axes
    numbers = {text.get_text(): text.get_position() for text in axes.texts}
    assert numbers["1"][0] == pytest.approx(300, abs=5)
    assert numbers["2"][0] == pytest.approx(90, abs=5)
    said = figure.get_supxlabel()
    assert "1: hexagonal, " in said
    assert "nm²" in said
    assert "turned by 1" in said


def test_an_unknown_map_is_said(maps):
    with pytest.raises(ValueError, match="There is no map 'strain_zz'"):
        plot_strain(maps, ("strain_zz",))
