"""The embedding viewer without a browser: the map, selections, windows of one's own, walks, files, errors."""

import numpy as np
import pandas as pd
import pytest
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.core.embedding.distances import class_agreement
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.widgets.embedding.panels import PointPanel, SelectionPanel, WalkPanel, WindowsPanel
from lattice_widgets.widgets.embedding.widget import EmbeddingViewer
from tests.widget_parts import part, words


@pytest.fixture(scope="module")
def groups():
    """Four groups of 12 in 16 dimensions, with their classes."""
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1, 3, 5], 12)
    return rng.normal(0, 4, (6, 16))[labels] + rng.normal(0, 1, (48, 16)), labels


@pytest.fixture
async def viewer():
    made = EmbeddingViewer()
    await made.settled()
    yield made
    made.close()


async def test_the_default_map_is_ready_and_parts_the_classes(viewer):
    content = viewer.content
    assert viewer.points.shape == (1000, 2)
    assert class_agreement(viewer.points, content.labels) > 0.7
    assert 0.3 < viewer.quality < 1
    assert "Of the 10 pictures nearest" in words(viewer)
    assert viewer.static_picture().startswith(b"\x89PNG")


async def test_the_point_under_the_mouse_shows_picture_descriptor_and_answer(viewer):
    part(viewer, PointCloud).hovered = 8
    image, point = viewer.content.pictures(8), part(viewer, PointPanel)
    assert (point.picture.rows, point.picture.cols) == image.shape
    assert point.spectrum.rows == 64
    assert "Picture 8: <b>centered rectangular</b>" in words(point)
    np.testing.assert_allclose(part(point, ProbabilityBars).mean, viewer.content.probabilities[8], atol=1e-6)


async def test_a_selection_tells_composition_and_means_and_can_be_linked(viewer):
    chosen = np.flatnonzero(viewer.content.labels == 4)[:7]
    viewer.selection = tuple(chosen.tolist())
    panel = part(viewer, SelectionPanel)
    told = words(panel)
    assert "7 selected" in told
    assert "hexagonal 100 %" in told
    mean = viewer.content.parameters["disorder"][chosen].mean()
    assert f"disorder {mean:.3g}" in told
    assert panel.montage.rows > 72
    # the other way round, as a lasso does it
    part(viewer, PointCloud).select([3, 1])
    assert viewer.selection == (1, 3)
    assert not part(viewer, WalkPanel).start.disabled


@pytest.mark.parametrize("number", [-3, np.int8(-3), 5000, 2**70])
async def test_a_picture_that_is_not_on_the_map_cannot_be_selected(viewer, number):
    viewer.selection = (4,)
    with pytest.raises(t.TraitError, match="numbers of pictures on the map"):
        viewer.selection = (number, number)
    await viewer.settled()
    assert (viewer.selection, viewer.error) == ((4,), "")


async def test_what_is_selected_before_there_is_a_map_is_selected_on_it():
    viewer = EmbeddingViewer(selection=(3, 5000))
    await viewer.settled()
    assert (viewer.selection, part(viewer, PointCloud).selected, viewer.error) == ((3,), (3,), "")
    assert "1 selected" in words(part(viewer, SelectionPanel))
    viewer.close()


async def test_colors_follow_the_choice(viewer):
    assert part(viewer, PointCloud).value_name == ""
    viewer.color_by = "disorder"
    values = viewer.content.parameters["disorder"]
    assert part(viewer, PointCloud).value_name == "disorder"
    np.testing.assert_allclose(part(viewer, PointCloud).value_range, (values.min(), values.max()))
    shades = np.frombuffer(part(viewer, PointCloud)._parts["shades"][0], np.float32)
    np.testing.assert_allclose(shades, (values - values.min()) / np.ptp(values), atol=1e-5)
    viewer.color_by = "what the network says"
    drawn = np.frombuffer(part(viewer, PointCloud)._parts["classes"][0], np.uint8)
    np.testing.assert_array_equal(drawn, viewer.content.answers)
    rings = np.frombuffer(part(viewer, PointCloud)._parts["classes"][1], np.uint8).astype(bool)
    np.testing.assert_array_equal(rings, viewer.content.labels != viewer.content.answers)


async def test_windows_of_a_picture_go_to_the_map_which_does_not_move(viewer):
    before = viewer.points.copy()
    image = lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], lw.Microscope(rows=180, cols=240), rotation=12).image
    viewer.place(image, window_size=90, step=45)
    await viewer.settled()
    assert viewer.error == ""
    np.testing.assert_array_equal(viewer.points, before)
    # (180 - 90) / 45 + 1 rows of windows, 3 + 1 and one at the rim in each row
    assert len(viewer.placed.points) == 3 * 5
    squares = viewer.points[viewer.content.answers == 3]
    gaps = np.linalg.norm(viewer.placed.points[:, None] - squares, axis=2).min(axis=1)
    assert np.median(gaps) < 5, "windows of a square crystal lie away from the square pictures"
    # map to picture, and picture to map
    part(viewer, PointCloud).mark([0, 2])
    assert [(box["row"], box["col"]) for box in part(viewer, WindowsPanel).picture.boxes] == [(0, 0), (0, 90)]
    part(viewer, WindowsPanel).picture.window = (30, 30, 40, 40)
    assert viewer.marked == (0,)


async def test_what_is_no_picture_is_told_and_the_map_stays(viewer):
    viewer.place("no such file.tif")
    await viewer.settled()
    assert "no such file.tif" in viewer.error
    assert viewer.points.shape == (1000, 2)
    viewer.place(np.eye(64), window_size=100)
    await viewer.settled()
    assert "window" in viewer.error


async def test_a_walk_leads_from_square_to_hexagonal(viewer):
    viewer.walk(lw.Lattice.from_parameters(1, 1, 90, 10), lw.Lattice.from_parameters(1, 1, 120, 10), count=9)
    await viewer.settled()
    said = viewer.walked.probabilities.argmax(axis=1)
    assert (said[0], said[-1]) == (3, 4)
    assert set(said[3:6]) == {2}, "half way is centered rectangular"
    viewer.selection = (3, 4)
    part(viewer, WalkPanel).start.click()
    await viewer.settled()
    assert viewer.walked.lattices[0].bravais_type() == "square"
    assert viewer.walked.lattices[-1].bravais_type() == "hexagonal"


async def test_your_own_features_and_another_perplexity(groups):
    features, labels = groups
    viewer = EmbeddingViewer(features=features, labels=labels, perplexity=5)
    await viewer.settled()
    first = viewer.points
    assert class_agreement(first, labels) > 0.9
    viewer.perplexity = 9
    await viewer.settled()
    assert not np.allclose(viewer.points, first)
    viewer.perplexity = 5
    await viewer.settled()
    np.testing.assert_array_equal(viewer.points, first)
    viewer.close()


async def test_pictures_alone_are_looked_at_by_the_network():
    images = [
        lw.simulate_micrograph(lw.CRYSTALS[name], seed=n).image for name in ("graphene", "Fe [001]") for n in range(4)
    ]
    viewer = EmbeddingViewer(images=images, labels=["hexagonal"] * 4 + ["square"] * 4, perplexity=2)
    await viewer.settled()
    assert viewer.error == ""
    assert viewer.points.shape == (8, 2)
    assert (viewer.content.answers[:4] == 4).all()
    viewer.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"features": np.zeros((3, 8))}, "at least 4 pictures; there are 3"),
        ({"features": np.full((9, 8), np.nan)}, "not finite"),
        ({"features": np.eye(40), "labels": [0] * 39}, "40 pictures but 39 labels"),
        ({"features": np.eye(40), "labels": ["circle"] * 40}, "A label is no class"),
        ({"features": np.eye(40), "images": [np.eye(32)] * 3}, "40 rows of features but 3 pictures"),
        ({"features": np.eye(40), "perplexity": 30}, "perplexity must be from 1 to 13"),
    ],
)
async def test_what_makes_no_map_is_one_sentence_in_the_widget(settings, sentence):
    viewer = EmbeddingViewer(**settings)
    await viewer.settled()
    assert sentence in viewer.error
    viewer.close()


async def test_one_class_only_is_a_map_that_says_so():
    viewer = EmbeddingViewer(features=np.random.default_rng(0).normal(size=(40, 8)), labels=[2] * 40)
    await viewer.settled()
    assert viewer.error == ""
    assert viewer.points.shape == (40, 2)
    assert "All pictures are centered rectangular" in words(viewer)
    viewer.close()


async def test_the_file_holds_places_classes_and_parameters(viewer, tmp_path):
    viewer.selection = (4,)
    table = pd.read_csv(viewer.to_csv(tmp_path / "map.csv"), index_col="picture")
    assert len(table) == 1000
    np.testing.assert_allclose(table[["x", "y"]], viewer.points, rtol=1e-5)
    assert list(table["class"][:2]) == ["oblique", "rectangular"]
    assert table["selected"].sum() == 1
    assert table["disorder"][7] == pytest.approx(viewer.content.parameters["disorder"][7], rel=1e-5)
