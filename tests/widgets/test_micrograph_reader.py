"""The reader: samples, files, arrays, uploads; and a sentence for each that is none."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from PIL import Image

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.opening.picture_choice import PictureChoice
from lattice_widgets.widgets.opening.sources import Upload
from lattice_widgets.widgets.reader.widget import MicrographReader, Request
from tests.widget_parts import part, receive, words


@pytest.fixture
async def reader():
    widget = MicrographReader("simulated_srtio3_stem")
    await widget.settled()
    yield widget
    widget.close()


async def test_a_sample_is_shown_in_nm_and_named(reader: MicrographReader) -> None:
    assert reader.error == ""
    assert reader.image.shape == (192, 256)
    assert "3.75 × 5 nm" in words(reader)
    assert part(reader, PictureCanvas).unit == "nm"
    assert part(reader, PictureCanvas, 1).unit == "1/nm"
    assert reader.message.startswith("The network (default) says square")


async def test_an_array_is_taken_as_it_is(reader: MicrographReader) -> None:
    picture = lw.simulate_micrograph(
        lw.CRYSTALS["graphene"], lw.Microscope(rows=96, cols=120, field_of_view=2, dose=1e7)
    ).image
    reader.source = picture
    await reader.settled()
    assert np.array_equal(reader.image.values, picture)
    assert reader.probabilities == pytest.approx(tuple(lw.load_classifier().predict(picture)[0].tolist()), abs=1e-6)
    assert part(reader, PictureCanvas).unit == "px"
    assert "no pixel size known" in words(reader)


async def test_frames_of_a_movie(reader: MicrographReader) -> None:
    movie = np.random.default_rng(3).normal(size=(4, 40, 50))
    reader.source = movie
    await reader.settled()
    reader.frame = 2
    await reader.settled()
    assert np.array_equal(reader.image.values, movie[2])
    reader.frame = 4
    await reader.settled()
    assert reader.error == "There is no frame 4: the last one is number 3."


async def test_a_large_picture_is_reduced_for_the_screen_only(reader: MicrographReader) -> None:
    reader.source = np.random.default_rng(1).normal(size=(1200, 2100)).astype(np.float32)
    await reader.settled()
    assert (part(reader, PictureCanvas).rows, part(reader, PictureCanvas).cols) == (400, 700)
    assert "the mean of 3 × 3" in words(reader)
    assert reader.image.shape == (1200, 2100)


def test_a_fine_lattice_does_not_appear_as_a_coarse_one() -> None:
    """Every third pixel of rows 3.1 px apart would show rows 32 px apart at full contrast."""
    cols = np.arange(3072)
    picture = np.tile(np.cos(2 * np.pi * cols / 3.1), (600, 1))
    answer = next(iter(MicrographReader.compute(Request(picture, None, 0, "hann", None))))
    assert answer.shown.shape == (200, 1024)
    assert answer.shown.std() < 0.05 * picture.std()


async def test_a_file_through_the_browser(reader: MicrographReader, tmp_path: Path) -> None:
    path = tmp_path / "lines.png"
    rows, cols = np.mgrid[:48, :64]
    Image.fromarray(((np.sin(rows / 2) + np.cos(cols)) * 60 + 120).astype(np.uint8)).save(path)
    part(reader, PictureChoice)._take("lines.png", path.read_bytes())
    await reader.settled()
    assert reader.error == ""
    assert reader.image.shape == (48, 64)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nowhere.png", "there is no file nowhere.png"),
        (np.zeros((40, 50)), "constant"),
        (np.full((40, 50), np.nan), "NaN"),
        (np.ones((3, 3)), "too small"),
        (np.ones((40, 50), complex), "real numbers"),
        (np.ones(7), "two axes"),
        (Upload("empty.png", b""), "empty"),
        (Upload("text.png", b"this is no picture, whatever its name says"), "text.png"),
        (7, "two axes"),
        ("", "no name of a file"),
        ("a\0b", "no name of a file"),
        (np.ones((40, 50, 3)), "constant"),
        (np.ones((0, 40, 50)), "empty"),
        (np.ma.masked_greater(np.eye(40), 0.5), "masked pixels"),
        (xr.DataArray(np.eye(40), dims=("row", "col"), attrs={"pixel_size": "wide"}), "pixel size"),
        (xr.DataArray(np.eye(40), dims=("row", "col"), attrs={"pixel_size": (0.1, 0.2)}), "pixel size"),
    ],
    ids=[
        *("missing", "constant", "nan", "tiny", "complex", "line", "empty", "text", "number", "no name", "null"),
        *("color", "no frames", "masked", "word as pixel size", "two pixel sizes"),
    ],
)
async def test_what_is_no_picture_gets_one_sentence_and_the_reader_goes_on(reader, source, sentence: str) -> None:
    reader.source = source
    await reader.settled()
    assert sentence in reader.error
    assert "should not have happened" not in reader.error
    reader.source = "simulated_graphene_stm"
    await reader.settled()
    assert reader.error == ""
    assert reader.image.shape == (192, 256)


async def test_a_data_set_of_several_arrays_is_told_what_it_has() -> None:
    reader = MicrographReader(source=xr.Dataset({"height": (("row", "col"), np.eye(40))}))
    await reader.settled()
    assert reader.error == "This is a set of arrays: give one of them (height)."
    reader.close()


async def test_every_other_thing_is_noticed() -> None:
    reader = MicrographReader(source="simulated_srtio3_stem")
    await reader.settled()
    assert reader.error == ""
    # compared by ==, a dataset is as good as any text
    reader.source = xr.Dataset({"a": ("row", [1, 2])})
    await reader.settled()
    assert "set of arrays" in reader.error
    reader.close()


@pytest.mark.parametrize("kind", [MicrographReader, lw.FFTExplorer])
async def test_a_file_of_ones_own_is_opened_in_the_browser(kind: type, tmp_path: Path) -> None:
    np.save(tmp_path / "own.npy", np.random.default_rng(3).normal(size=(60, 80)))
    widget = kind(source="simulated_graphene_stm")
    choice = part(widget, PictureChoice)
    assert choice.names.value == "simulated_graphene_stm"
    widget.source = "nowhere.png"
    await widget.settled()
    assert "nowhere.png" in widget.error
    # as the browser does
    content = memoryview((tmp_path / "own.npy").read_bytes())
    receive(choice.upload, {"act": "begin", "upload": "1", "name": "own.npy", "size": content.nbytes})
    assert widget.error == "", "the error of another file"
    receive(choice.upload, {"act": "part", "upload": "1", "number": 0}, [content])
    await widget.settled()
    assert widget.error == ""
    assert widget.image.shape == (60, 80)
    assert choice.names.label == "own.npy"
    choice.upload.said = "The next file is too large."
    choice.names.value = "simulated_srtio3_stem"
    await widget.settled()
    assert widget.source == "simulated_srtio3_stem"
    assert choice.upload.said == "", "what was said of a file stands beside another picture"
    choice.names.value = choice.names.options[-1][1]
    await widget.settled()
    assert widget.image.shape == (60, 80)
    widget.close()


@pytest.mark.parametrize("kind", [MicrographReader, lw.FFTExplorer])
async def test_an_array_is_one_of_the_pictures_to_choose(kind: type) -> None:
    first, second = (np.random.default_rng(seed).normal(size=(60, 80)) for seed in (1, 2))
    named = xr.DataArray(first, dims=("row", "col"), name="height")
    widget = kind(source=first)
    await widget.settled()
    choice = part(widget, PictureChoice)
    assert choice.names.label == "your array (60 × 80)"
    values = [value for _label, value in choice.names.options]
    choice.names.set_state({"index": values.index("simulated_srtio3_stem")})  # as the browser does
    await widget.settled()
    assert widget.error == ""
    assert widget.source == "simulated_srtio3_stem"
    for source in (second, named):
        widget.source = source
        await widget.settled()
    assert [label for label, _value in choice.names.options[-3:]] == [*["your array (60 × 80)"] * 2, "height (60 × 80)"]
    choice.names.index = len(choice.names.options) - 3
    await widget.settled()
    assert widget.source is first
    assert np.array_equal(widget.image.values, first)
    assert len(choice.names.options) == len(set(choice.names.options)), "a picture is listed twice"
    widget.close()
