"""The drawing layer: palette, what widgets accept and send, and the browser's mathematics in node."""

import importlib
import inspect
import json
import os
import pkgutil
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import traitlets as t

import lattice_widgets.views
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.canvas.picture_canvas import COLOR_MAPS, PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.views.shared.browser_view import BrowserView
from lattice_widgets.views.shared.palette import CLASS_STYLES, class_style
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.views.table.file_list import FileList
from lattice_widgets.views.upload.upload_button import UploadButton
from tests.patience import PATIENCE
from tests.widget_parts import receive

ROWS, COLS = 48, 64
JS_TESTS = sorted((Path(__file__).parents[1] / "js").glob("*.test.mjs"))


@pytest.fixture
def micrograph():
    """Noise over a ramp, shape (48, 64), float64, values of both signs."""
    return np.linspace(-3, 5, COLS) + np.random.default_rng(1).normal(size=(ROWS, COLS))


def sent_messages(widget, monkeypatch):
    """Collect the state messages that a widget sends from now on."""
    messages = []
    monkeypatch.setattr(widget, "_send", lambda message, buffers=None: messages.append(message))
    return messages


# ------------------------------------------------------------------ palette


def test_every_class_has_its_own_color_marker_and_glyph():
    assert list(CLASS_STYLES) == ["oblique", "rectangular", "centered rectangular", "square", "hexagonal", "noise"]
    assert [style.symbol for style in CLASS_STYLES.values()] == ["mp", "op", "oc", "tp", "hp", "-"]
    for field in ("color", "marker", "matplotlib_marker", "glyph", "symbol"):
        assert len({getattr(style, field) for style in CLASS_STYLES.values()}) == 6, field


def test_class_colors_stand_out_on_white_and_on_black():
    def luminance(color):
        channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    for style in CLASS_STYLES.values():
        light = luminance(style.color)
        assert 1.05 / (light + 0.05) > 2, style
        assert (light + 0.05) / 0.05 > 3, style


def test_an_unknown_class_is_named():
    with pytest.raises(ValueError, match='no class "rhomb"'):
        class_style("rhomb")


# ------------------------------------------------------------------ all views


def test_each_view_looks_whether_it_hears_its_kernel():
    """Without it a busy page leaves a widget alone; `tests/browser/test_slow_page.py` shows that it helps."""
    for module in pkgutil.walk_packages(lattice_widgets.views.__path__, "lattice_widgets.views."):
        importlib.import_module(module.name)
    views, left = [], [BrowserView]
    while left:
        found = left.pop().__subclasses__()
        views += [view for view in found if isinstance(vars(view).get("_esm"), str)]
        left += found
    assert len(views) >= 10
    for view in views:
        calls = re.findall(r"^export default \{ initialize: (\w+),", view._esm, re.MULTILINE)
        assert len(calls) == 1, view
        assert calls == ["revive"] or f"function {calls[0]}({{ model }}) {{\nrevive({{ model }});" in view._esm, view


# ------------------------------------------------------------------ PictureCanvas


def test_show_sends_one_message_and_the_pixels_that_belong_to_it(micrograph, monkeypatch):
    canvas = PictureCanvas(view=(1, 2, 24, 32))
    messages = sent_messages(canvas, monkeypatch)
    canvas.show(micrograph, pixel_size=0.02, title="Ramp", points=[[1, 2], [3, 4.5]], point_labels=["a", "b"])
    described, pixels = messages
    assert pixels["content"] == {"pixels": canvas.picture_number}
    state = described["state"]
    assert state["picture_number"] == canvas.picture_number
    assert {"rows", "cols", "value_low", "value_high", "title", "point_labels", "view"} <= set(state)
    assert (canvas.rows, canvas.cols, len(canvas.pixels)) == (ROWS, COLS, ROWS * COLS)
    assert canvas.pixel_size == (0.02, 0.02)
    assert canvas.view == ()  # a picture of another size is shown whole
    np.testing.assert_array_equal(np.frombuffer(canvas.points, np.float32).reshape(-1, 2), [[1, 2], [3, 4.5]])
    pixels = np.frombuffer(canvas.pixels, np.uint8).reshape(ROWS, COLS)
    assert np.corrcoef(pixels.ravel(), micrograph.ravel())[0, 1] > 0.999
    # the next picture of the same size keeps the zoom
    canvas.view = (1, 2, 24, 32)
    canvas.show(micrograph[::-1])
    assert canvas.view == (1, 2, 24, 32)


def test_pixels_are_sent_again_when_a_view_asks_and_are_no_part_of_the_saved_state(micrograph, monkeypatch):
    canvas = PictureCanvas()
    messages = sent_messages(canvas, monkeypatch)
    receive(canvas, {"ask": "pixels"})
    assert messages == []  # there is nothing to send yet
    canvas.show(micrograph)
    receive(canvas, {"ask": "pixels"})
    assert [message["content"] for message in messages if "content" in message] == [{"pixels": 1}, {"pixels": 1}]
    assert "pixels" not in canvas.get_state()


def test_of_a_movie_the_first_message_goes_unasked_and_all_of_it_to_who_asks(monkeypatch):
    view = MovieView()
    messages = sent_messages(view, monkeypatch)
    view.show_movie(np.zeros((12, 1024, 1024), np.uint8), (1024, 1024), np.arange(12), "frame", None)
    view.set_truth(np.zeros(12))
    told = [message["content"] for message in messages if "content" in message]
    assert [content["part"] for content in told] == [
        "times",
        "frames",
    ]  # four frames of a megabyte, in a notebook that runs
    messages.clear()
    receive(view, {"ask": "all", "number": 1})  # of a page that heard what was sent
    told = [message["content"] for message in messages if "content" in message]
    assert [content["part"] for content in told] == ["times", "frames", "frames", "frames", "truth"]
    assert [content["first"] for content in told if "first" in content] == [0, 4, 8]
    assert told[0]["number"] == 1
    messages.clear()
    receive(view, {"ask": "all", "number": 1})
    assert messages == []  # that page has all of it by now
    receive(view, {"ask": "all", "number": 0})
    assert len(messages) == 5  # another page has nothing
    messages.clear()
    view.show_movie(np.zeros((1, 8, 8), np.uint8), (8, 8), [0], "frame", None)
    assert [m["content"]["number"] for m in messages if m.get("content", {}).get("part") == "times"] == [2]


def test_a_movie_that_a_cell_shows_is_sent_whole(monkeypatch):
    view = MovieView()
    messages = sent_messages(view, monkeypatch)
    view.show_movie(np.zeros((12, 1024, 1024), np.uint8), (1024, 1024), np.arange(12), "frame", None, 6)
    messages.clear()
    view.expect_page()
    told = [message["content"] for message in messages if "content" in message]
    assert [content.get("first", content["part"]) for content in told] == ["times", 0, 4]
    messages.clear()
    view.show_frames(6, 12)
    view.set_truth(np.zeros(12))
    told = [message["content"] for message in messages if "content" in message]
    assert [content.get("first", content["part"]) for content in told] == [6, 10, "truth"]
    messages.clear()
    receive(view, {"ask": "all", "number": 1})
    assert messages == []


@pytest.mark.parametrize(
    ("image", "settings", "error"),
    [
        (np.full((5, 6), np.nan), {}, ValueError),
        (np.eye(5, 6), {"points": [[1, 2, 3]]}, ValueError),
        (np.eye(5, 6), {"title": "New", "gamma": -1}, t.TraitError),
        (np.eye(5, 6), {"title": "New", "view": (1, 2, 3)}, t.TraitError),
    ],
)
def test_a_refused_picture_changes_nothing(micrograph, image, settings, error):
    canvas = PictureCanvas(title="Old")
    canvas.show(micrograph)
    before = canvas.pixels
    with pytest.raises(error):
        canvas.show(image, **settings)
    assert (canvas.pixels, canvas.rows, canvas.cols, canvas.title) == (before, ROWS, COLS, "Old")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, (0, 0)),
        (0, (0, 0)),
        (0.5, (0.5, 0.5)),
        ((0.25, 0.5), (0.25, 0.5)),
        ([1, 2], (1, 2)),
        (np.float32(2), (2, 2)),
    ],
)
def test_pixel_size_is_one_number_a_pair_or_unknown(given, kept):
    assert PictureCanvas(pixel_size=given).pixel_size == kept


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("pixel_size", -1),
        ("pixel_size", (1, 0)),
        ("pixel_size", float("nan")),
        ("pixel_size", "small"),
        ("color_map", "jet"),
        ("gamma", 0),
        ("contrast_cut", 60),
        ("display_width", 3),
        ("view", (1, 2, 3)),
        ("view", (0, 0, 0, 5)),
        ("boxes", [{"row": 1, "col": 2, "height": 3}]),
        ("boxes", [{"row": 1, "col": 2, "height": 3, "width": 0}]),
        ("boxes", [{"row": 1, "col": 2, "height": 3, "width": 4, "colour": "red"}]),
        ("boxes", [3]),
    ],
)
def test_settings_that_do_not_fit_are_refused(trait, value):
    canvas = PictureCanvas()
    before = getattr(canvas, trait)
    with pytest.raises(t.TraitError):
        setattr(canvas, trait, value)
    assert getattr(canvas, trait) == before


def test_misspelled_settings_are_named(micrograph):
    with pytest.raises(TypeError, match='no setting "colormap"'):
        PictureCanvas(colormap="viridis")
    with pytest.raises(TypeError, match='no setting "pixelsize"'):
        PictureCanvas().show(micrograph, pixelsize=1)


@pytest.mark.parametrize(
    ("points", "labels", "sentence"),
    [
        ([1, 2, 3], (), "shape"),
        ([[1, 2, 3]], (), "shape"),
        ([[1, np.nan]], (), "finite"),
        ([[1, 2]], ("a", "b"), "2 labels"),
    ],
)
def test_points_that_do_not_fit_are_refused(points, labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        PictureCanvas().set_points(points, labels)


def test_boxes_get_all_their_keys():
    canvas = PictureCanvas(boxes=[{"row": 1, "col": 2, "height": 3, "width": 4, "dashed": True}])
    assert canvas.boxes == [
        {"label": "", "color": "#56B4E9", "dashed": True, "row": 1, "col": 2, "height": 3, "width": 4}
    ]


# ------------------------------------------------------------------ ProbabilityBars


def test_bars_show_mean_spread_and_words():
    bars = ProbabilityBars(title="Classes")
    mean, std = [0.88, 0, 0, 0, 0.12, 0], [0.25, 0, 0, 0, 0.05, 0]
    bars.update(mean, std)
    bar, errors, *_, numbers = bars.figure.marks
    np.testing.assert_allclose(bar.y, mean)
    # error bars end at one standard deviation, and at 1 where that lies beyond
    np.testing.assert_allclose([errors.x[0].min(), errors.x[0].max()], [0.63, 1])
    np.testing.assert_allclose([errors.x[4].min(), errors.x[4].max()], [0.07, 0.17])
    assert numbers.text[0] == "88 ± 25 %"
    assert bars.text.startswith("oblique 88 ± 25 %, hexagonal 12 ± 5 %")
    assert bars.text in bars.children[-1].value
    bars.update(mean)
    assert not errors.visible
    assert bars.text.startswith("oblique 88 %, hexagonal 12 %")
    bars.update(mean, std)
    assert errors.visible


def test_bars_take_the_colors_and_order_of_the_palette():
    bars = ProbabilityBars(["noise", "square"])
    assert bars.figure.marks[0].colors == [class_style("noise").color, class_style("square").color]
    bars.update([0.25, 0.75])
    assert bars.text == "square 75 %, noise 25 %"


@pytest.mark.parametrize(
    ("mean", "std", "sentence"),
    [
        ([0.5, 0.5], None, "6 classes"),
        ([np.nan, 0, 0, 0, 0, 1], None, "probability lies in 0-1"),
        ([1.2, 0, 0, 0, 0, 0], None, "probability lies in 0-1"),
        ([1, 0, 0, 0, 0, 0], [-0.1, 0, 0, 0, 0, 0], "standard deviation lies in 0-1"),
    ],
)
def test_numbers_that_are_no_probabilities_are_refused(mean, std, sentence):
    bars = ProbabilityBars()
    with pytest.raises(ValueError, match=sentence):
        bars.update(mean, std)
    assert bars.mean == ()


# ------------------------------------------------------------------ the browser's part


@pytest.mark.parametrize("test_file", JS_TESTS, ids=lambda path: path.name)
def test_browser_mathematics(test_file, tmp_path):
    """The joined module, as the browser gets it, in node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser's mathematics is not tested")
    matplotlib = pytest.importorskip("matplotlib")
    module = tmp_path / "views.mjs"
    others = {
        "cloud": PointCloud,
        "chart": MovieView,
        "movie": MovieView,
        "question": QuestionCard,
        "upload": UploadButton,
        "file": FileList,
        "kernel": WidgetFrame,
    }
    view = others.get(test_file.name.partition("_")[0], PictureCanvas)
    module.write_text(view._esm, encoding="utf-8")
    tables = {
        name: [round(255 * c) for i in range(256) for c in matplotlib.colormaps[name](i)[:3]] for name in COLOR_MAPS
    }
    environment = {**os.environ, "VIEWS_MODULE": module.as_uri(), "MATPLOTLIB_TABLES": json.dumps(tables)}
    done = subprocess.run(
        [node, "--test", str(test_file)], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("view", "files"),
    [
        (PictureCanvas, "picture_*.js"),
        (MapCanvas, "map_*.js"),
        (PointCloud, "point_cloud.js"),
        (MovieView, "movie_*.js"),
        (QuestionCard, "question_card.js"),
        (UploadButton, "upload_button.js"),
        (FileList, "file_list.js"),
    ],
)
def test_the_browser_offers_every_trait_it_reads(view, files):
    """A trait name misspelled in JavaScript would be silently undefined there."""
    folder = Path(inspect.getfile(view)).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob(files))
    read = set(re.findall(r'model\.[gs]et\("(\w+)"', source))
    assert read
    assert read <= set(view.class_trait_names(sync=True))
