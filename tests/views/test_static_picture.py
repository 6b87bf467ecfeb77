"""The picture of a widget on paper: the right colors at the right places, small, and without Matplotlib."""

import io
import os
import subprocess
import sys

import bqplot
import ipywidgets as ipw
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from lattice_widgets.views.canvas.picture_canvas import COLOR_MAPS, PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.saved.static_charts import paint_figure
from lattice_widgets.views.saved.static_painters import paint_picture
from lattice_widgets.views.saved.static_picture import png_of_pictures, png_of_points, png_of_widget
from lattice_widgets.views.shared.palette import CLASS_STYLES
from lattice_widgets.widgets.parts.saved_picture import is_person_waiting


def opened(png: bytes) -> NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def is_color(picture: NDArray, color: str, within: int = 8) -> NDArray[np.bool_]:
    return np.abs(picture - [int(color[k : k + 2], 16) for k in (1, 3, 5)]).max(axis=2) <= within


@pytest.mark.parametrize("name", COLOR_MAPS)
def test_colors_are_those_of_the_map(name: str) -> None:
    """Its ends and its middle, against Matplotlib's own."""
    from matplotlib import colormaps

    canvas = PictureCanvas(color_map=name, scale_bar=False, display_width=90)
    canvas.show(np.repeat([[0.0, 127.0, 255.0]], 2, axis=0))
    painted = np.asarray(paint_picture(canvas, 90))
    assert painted.shape == (60, 90, 3)
    for place, byte in ((15, 0), (45, 127), (75, 255)):
        expected = np.round(255 * np.array(colormaps[name](byte)[:3]))
        assert painted[30, place] == pytest.approx(expected, abs=3)


def test_contrast_limits_and_logarithm_change_the_brightness() -> None:
    def gray(**settings: object) -> int:
        canvas = PictureCanvas(scale_bar=False, **settings)
        canvas.show([[0.0, 50.0, 100.0]])
        return int(np.asarray(paint_picture(canvas, 300))[50, 150, 0])

    assert gray() == pytest.approx(127, abs=2)
    assert gray(high=0.5) == pytest.approx(255, abs=2)
    assert gray(gamma=2.0) == pytest.approx(64, abs=2)
    assert gray(log=True) == pytest.approx(255 * np.log1p(999 * 0.5) / np.log1p(999), abs=3)


def test_overlays_lie_where_they_belong() -> None:
    canvas = PictureCanvas(scale_bar=False, point_color="#ff0000", point_size=6, window=(10, 30, 20, 8))
    canvas.show(np.zeros((40, 60)), points=[(5, 50)])
    painted = np.asarray(paint_picture(canvas, 300)).astype(int)  # 5 px a pixel
    rows, cols = np.nonzero(is_color(painted, "#ff0000", 40))
    assert (rows.mean() / 5 - 0.5, cols.mean() / 5 - 0.5) == pytest.approx((5, 50), abs=0.3)
    rows, cols = np.nonzero(is_color(painted, "#F0E442", 40))
    assert (rows.min(), cols.min()) == pytest.approx((50, 150), abs=3)
    assert (rows.max(), cols.max()) == pytest.approx((150, 190), abs=3)


def test_the_unit_cell_and_the_ruler_are_drawn_where_they_lie() -> None:
    canvas = PictureCanvas(scale_bar=False, display_width=200)
    canvas.show(np.tile([[0.0], [0.4]], (50, 100)), high=1.0, low=0.0)
    plain = np.asarray(paint_picture(canvas, 200)).astype(int)
    canvas.cells = ((29.5, 19.5, 0, 40, 30, 0),)  # its sides lie on rows 30 and 60 and on columns 20 and 60
    with_cell = np.asarray(paint_picture(canvas, 200)).astype(int)
    changed = np.abs(with_cell - plain).max(axis=2) > 30
    rows, cols = np.nonzero(changed)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == pytest.approx((60, 120, 40, 120), abs=3)
    assert changed[60, 60:100].all()
    assert changed[70:110, 40].all()
    assert not changed[70:110, 50:110].any(), "a cell is an outline"
    canvas.show_cells = False
    assert np.array_equal(np.asarray(paint_picture(canvas, 200)), plain)
    canvas.ruler = (80, 10, 80, 90)
    orange = np.asarray(paint_picture(canvas, 200)).astype(int)[160, 20:180]
    assert np.abs(orange - (230, 159, 0)).max() < 30


def test_a_bar_is_as_long_as_its_probability() -> None:
    bars = ProbabilityBars()
    lengths = []
    for p in (1.0, 0.5):
        bars.update([0, 0, 0, 0, p, 1 - p])
        painted = np.asarray(paint_figure(bars.figure, 480)).astype(int)
        lengths.append(is_color(painted, "#0072B2").sum(axis=1).max())
    assert lengths[1] / lengths[0] == pytest.approx(0.5, abs=0.05)


def test_a_curve_goes_through_its_points_on_both_kinds_of_scale() -> None:
    for scale, middle in ((bqplot.LinearScale(min=1, max=100), 50.5), (bqplot.LogScale(min=1, max=100), 10.0)):
        scales = {"x": bqplot.LinearScale(min=0, max=2), "y": scale}
        line = bqplot.Lines(x=[0, 1, 2], y=[middle] * 3, scales=scales, colors=["#ff0000"])
        margin = {"top": 0, "bottom": 0, "left": 0, "right": 0}
        figure = bqplot.Figure(marks=[line], axes=[], fig_margin=margin, layout=ipw.Layout(height="200px"))
        rows, cols = np.nonzero(is_color(np.asarray(paint_figure(figure, 300)).astype(int), "#ff0000"))
        assert rows.mean() == pytest.approx(100, abs=2)
        assert (cols.min(), cols.max()) == pytest.approx((0, 299), abs=2)


def test_what_is_hidden_is_left_out() -> None:
    def red(**layout: str) -> ipw.VBox:
        canvas = PictureCanvas(color_map="gray", point_color="#ff0000", point_size=20)
        canvas.show(np.zeros((30, 30)), points=[(15, 15)])
        return ipw.VBox([canvas], layout=ipw.Layout(**layout))

    def is_seen(widget: ipw.Widget) -> bool:
        png = png_of_widget(ipw.VBox([ipw.Label("words"), widget]))
        return bool(is_color(opened(png), "#ff0000", 40).any())

    assert is_seen(red())
    assert not is_seen(red(display="none"))
    assert is_seen(ipw.Tab([red(), ipw.Label("other")], selected_index=0))
    assert not is_seen(ipw.Tab([red(), ipw.Label("other")], selected_index=1))
    assert is_seen(ipw.Accordion([red()], selected_index=0))
    assert not is_seen(ipw.Accordion([red()], selected_index=None))


def test_parts_of_a_row_go_on_below_where_there_is_no_room() -> None:
    def width(count: int) -> int:
        canvases = [PictureCanvas(scale_bar=False) for _ in range(count)]
        for canvas in canvases:
            canvas.show(np.zeros((20, 20)))
        return opened(png_of_pictures(canvases)).shape[1]

    assert width(1) < width(2) < width(3) == width(7) <= 1000


def test_nothing_to_see_is_no_picture() -> None:
    assert png_of_pictures([PictureCanvas()]) == b""
    assert png_of_widget(ipw.VBox([PictureCanvas(), ipw.HTML("<style>b { color: red }</style>")])) == b""


def test_points_have_the_colors_of_their_classes() -> None:
    picture = opened(png_of_points(np.array([[0, 0], [1, 1]], np.float32), np.array([0, 4])))
    assert is_color(picture[:210, 210:420], "#0072B2", 30).any(), "up and right is hexagonal"
    assert is_color(picture[210:, :210], "#D55E00", 30).any(), "down and left is oblique"
    assert picture.shape == (420, 610, 3)


@pytest.mark.parametrize("noise", [False, True], ids=["alone", "beside pictures full of noise"])
def test_every_class_keeps_its_color_in_a_saved_picture(noise: bool) -> None:
    """Not one near it: square was once drawn in the blue of hexagonal."""
    bars = ProbabilityBars()
    bars.update([0.15, 0.15, 0.2, 0.2, 0.2, 0.1])
    parts: list[ipw.Widget] = [bars]
    for color_map in ("inferno", "gray", "viridis") if noise else ():
        canvas = PictureCanvas(color_map=color_map, title=color_map)
        canvas.show(np.random.default_rng(0).normal(size=(256, 256)))
        parts.append(canvas)
    picture = opened(png_of_widget(ipw.VBox(parts)))
    for style in CLASS_STYLES.values():
        assert is_color(picture, style.color, 0).sum() > 100, f"{style.name} is not {style.color}"


def test_it_is_small_and_needs_no_matplotlib() -> None:
    program = """
import sys, numpy as np, ipywidgets as ipw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.saved.static_picture import png_of_widget
canvas = PictureCanvas(color_map="inferno", title="noise")
canvas.show(np.random.default_rng(0).normal(size=(256, 256)))
print(len(png_of_widget(canvas, "A title")), "matplotlib" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ}
    )
    size, loaded = run.stdout.split()
    assert loaded == "False"
    assert 2_000 < int(size) < 100_000


def test_without_a_notebook_nobody_is_kept_waiting() -> None:
    assert is_person_waiting()
