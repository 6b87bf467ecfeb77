"""The choice of a data set in the explorer, and the calibration by a line over a scale bar."""

from pathlib import Path

import numpy as np
import pytest
import traitlets as t

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.opening.dataset_choice import DatasetChoice
from lattice_widgets.widgets.opening.ruler_field import RulerField
from lattice_widgets.widgets.opening.sources import Upload
from tests.widget_parts import parts, words

Y, X = np.mgrid[:96, :128]


def waves(period: float) -> np.ndarray:
    picture = np.cos(2 * np.pi * Y / period) + np.cos(2 * np.pi * X / period)
    return picture + 0.1 * np.random.default_rng(int(period)).normal(size=picture.shape)


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """A file with two pictures, a movie and a list."""
    path = tmp_path / "several.npz"
    np.savez(path, height=waves(8), current=waves(12)[:64, :64], scan=np.stack([waves(10)] * 3), energy=np.arange(9.0))
    return path


def choice_of(explorer: lw.FFTExplorer) -> DatasetChoice:
    (found,) = parts(explorer, DatasetChoice)
    return found


async def test_the_drop_down_offers_the_pictures_of_the_file_and_opens_the_chosen_one(several: Path) -> None:
    explorer = lw.FFTExplorer(several, frame=2)
    await explorer.settled()
    choice = choice_of(explorer)
    assert choice.layout.display is None
    assert [value for _label, value in choice.options] == ["height", "current", "scan"]
    assert choice.value == "scan", "the largest is open, and it is said"
    assert explorer.fit is not None
    assert explorer.fit.a == pytest.approx(10, abs=0.1)
    choice.value = "current"
    await explorer.settled()
    assert (explorer.dataset, explorer.frame, explorer.error) == ("current", 0, "")
    assert explorer.image is not None
    assert explorer.image.shape == (64, 64)
    assert explorer.fit.a == pytest.approx(12, abs=0.2)
    assert "dataset='current'" in explorer.code()
    explorer.dataset = "height"
    await explorer.settled()
    assert choice.value == "height"
    assert explorer.fit.a == pytest.approx(8, abs=0.1)
    explorer.dataset = "banana"
    await explorer.settled()
    assert "has no data set 'banana'" in explorer.error
    assert explorer.fit is None, "nothing stale"
    explorer.source = "graphene_stm"
    await explorer.settled()
    assert choice.layout.display == "none"
    assert explorer.dataset is None, "it belongs to the picture"
    with pytest.raises(t.TraitError, match="chosen by its name or its number"):
        explorer.dataset = 1.5
    explorer.close()


async def test_the_reader_has_the_drop_down_too(several: Path) -> None:
    reader = lw.MicrographReader(source=several, frame=2)
    await reader.settled()
    (choice,) = parts(reader, DatasetChoice)
    assert choice.value == "scan"
    choice.value = "current"
    await reader.settled()
    assert (reader.dataset, reader.frame, reader.error) == ("current", 0, "")
    assert reader.image is not None
    assert reader.image.shape == (64, 64)
    choice.value = "scan"
    await reader.settled()
    reader.frame = 2
    await reader.settled()
    assert reader.error == ""
    reader.close()


async def test_an_upload_with_several_data_sets_has_the_drop_down_too(several: Path) -> None:
    explorer = lw.FFTExplorer(Upload("several.npz", several.read_bytes()))
    await explorer.settled()
    choice_of(explorer).value = "current"
    await explorer.settled()
    assert explorer.image is not None
    assert explorer.image.shape == (64, 64)
    explorer.close()


async def test_the_record_keeps_the_data_set_and_the_line(several: Path, tmp_path: Path) -> None:
    explorer = lw.FFTExplorer(several, dataset="height", pixel_size="1 nm over 80 px")
    await explorer.settled()
    folder = explorer.record(tmp_path / "record")
    assert "dataset='height'" in (folder / "repeat.py").read_text(encoding="utf-8")
    assert "by hand: 1 nm over 80 px" in (folder / "record.html").read_text(encoding="utf-8")
    assert lw.repeat_record(folder).same
    explorer.close()


@pytest.mark.parametrize("reduced", [1, 2])
async def test_a_line_over_a_scale_bar_calibrates_the_picture(reduced: int) -> None:
    explorer = lw.FFTExplorer(np.tile(waves(8), (1, 1) if reduced == 1 else (1, 12)))
    await explorer.settled()
    (ruler,) = parts(explorer, RulerField)
    canvas = next(part for part in parts(explorer, PictureCanvas) if part.title == "Micrograph")
    ruler.draw_line.value = True
    assert len(canvas.ruler) == 4
    assert not canvas.scale_bar, "ours lies over that of the picture"
    canvas.ruler = (90.0 / reduced, 10.0 / reduced, 90.0 / reduced, 110.0 / reduced)
    assert ruler.pixels == pytest.approx(100)
    ruler.set_button.click()
    assert "Type how long the line is" in words(explorer)
    ruler.length.value = "long"
    ruler.set_button.click()
    assert "This is no length" in words(explorer)
    assert explorer.pixel_size is None
    ruler.length.value = "2 nm"
    ruler.set_button.click()
    await explorer.settled()
    assert explorer.pixel_size == "2 nm over 100 px"
    assert explorer.fit is not None
    assert explorer.fit.a == pytest.approx(8 * 0.02, rel=0.01)
    assert explorer.image is not None
    assert explorer.image.attrs["calibration"] == "by hand: 2 nm over 100 px"
    assert canvas.ruler == ()
    assert canvas.scale_bar
    explorer.undo()
    assert explorer.pixel_size is None
    explorer.close()


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A file with two pictures."""
    path = tmp_path / "two.npz"
    np.savez(path, height=waves(8), current=waves(12)[:64, :64])
    return path


async def test_the_panel_and_the_map_of_pictures_have_it_too(two: Path) -> None:
    panel = lw.ProbabilityPanel(two, n_passes=20)
    await panel.settled()
    (choice,) = parts(panel, DatasetChoice)
    assert choice.value == "height"
    choice.value = "current"
    await panel.settled()
    assert (panel.dataset, panel.done) == ("current", 20)
    assert panel.view().settings["dataset"] == "current"
    panel.image = waves(10)
    await panel.settled()
    assert choice.layout.display == "none"
    panel.close()
    viewer = lw.EmbeddingViewer(images=np.array([waves(period)[:64, :64] for period in np.linspace(7, 14, 40)]))
    await viewer.settled()
    viewer.source = two
    await viewer.settled()
    (choice,) = parts(viewer, DatasetChoice)
    assert viewer.placed is not None
    assert viewer.placed.picture.shape == (96, 128)
    choice.value = "current"
    await viewer.settled()
    assert viewer.placed.picture.shape == (64, 64)
    viewer.place(two, dataset="height")
    await viewer.settled()
    assert viewer.placed.picture.shape == (96, 128)
    assert choice.value == "height"
    viewer.close()
