"""Opening a movie in the scrubber: frame by frame, smaller where it is large, one sentence where it fails."""

import asyncio
import json
import threading
from pathlib import Path

import numpy as np
import pytest
import tifffile

import lattice_widgets as lw
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.movie.widget import MovieScrubber
from tests.widget_parts import named, part, words
from tests.widgets.movie.how_to_analyze import HOW


async def test_the_movie_is_there_before_the_analysis(movie: BeamDamageMovie) -> None:
    made = MovieScrubber(movie, **HOW)
    await made.settled()
    view = part(made, MovieView)
    assert (view.count, view.rows, view.cols) == movie.shape
    assert view.pixel_size == pytest.approx(movie.pixel_size)
    assert made.progress == (0, 10)
    assert made.fit is None
    assert "analyze" in words(made)
    assert "10 frames, about" in words(made)
    # dark is dark and bright is bright
    assert np.corrcoef(view.shown[3].ravel(), movie.frame(3).ravel())[0, 1] > 0.9
    made.close()


@pytest.mark.parametrize("server", ["", "voila/0.5"])
async def test_who_shows_it_need_not_wait_for_the_question_of_the_page(
    monkeypatch: pytest.MonkeyPatch, movie: BeamDamageMovie, server: str
) -> None:
    monkeypatch.setenv("SERVER_SOFTWARE", server)
    made = MovieScrubber(movie, **HOW)
    await made.settled()
    view, told = part(made, MovieView), []
    monkeypatch.setattr(view, "send", lambda content, buffers=None: told.append(content["part"]))
    made._repr_mimebundle_()
    made._repr_mimebundle_()
    # a dashboard's page comes after all cells, asks, and is answered at once
    assert told[:2] == ([] if server else ["times", "frames"])
    assert told.count("truth") == (not server)
    made.close()


async def test_large_movies_are_drawn_smaller_and_say_so(
    monkeypatch: pytest.MonkeyPatch, movie: BeamDamageMovie
) -> None:
    from lattice_widgets.analysis import video as pictures

    assert pictures.draw_frames(lw.MovieAnalysis(movie, **HOW).frames, largest=120_000).shape == (10, 96, 112)
    monkeypatch.setattr("lattice_widgets.widgets.movie.work.reduction", lambda frames: 2)
    blank, fill = pictures.blank_frames, pictures.fill_frames
    monkeypatch.setattr("lattice_widgets.widgets.movie.work.blank_frames", lambda frames: blank(frames, 120_000))
    monkeypatch.setattr(
        "lattice_widgets.widgets.movie.work.fill_frames", lambda frames, out, start: fill(frames, out, start, 120_000)
    )
    made = MovieScrubber(movie, **HOW)
    await made.settled()
    assert "1/2 of the pixels" in part(made, MovieView).note
    assert part(made, MovieView).full_cols == 224
    assert part(made, MovieView).shown.shape == (10, 96, 112)
    assert part(made, MovieView).shown[-1].any()
    made.close()


class _SlowMovie:
    """A movie whose frames come one by one, when the test lets them."""

    shape, dtype, ndim = (6, 96, 96), np.dtype(float), 3

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.values = np.random.default_rng(0).random(self.shape)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, index: object) -> np.ndarray:
        self.gate.acquire(timeout=60)
        return self.values[index]


async def test_the_first_frame_is_there_before_the_others() -> None:
    slow = _SlowMovie()
    made = MovieScrubber(slow)
    view = part(made, MovieView)
    assert view.waiting == "The movie is being opened …"
    while not view.shown.size or not view.shown[0].any():
        slow.gate.release()
        await asyncio.sleep(0.01)
    assert view.count == 6
    assert not view.shown[-1].any()
    assert "of 6 frames" in view.waiting
    slow.gate.release(1000)
    await made.settled()
    assert view.waiting == ""
    assert all(frame.any() for frame in view.shown)
    # another one takes its place: nothing of this one is shown as if it were the answer
    made.source = "no such movie.tif"
    assert view.count == 0
    await made.settled()
    assert "there is no file" in made.error
    assert view.waiting == ""
    made.close()


@pytest.mark.parametrize(
    ("source", "how", "said"),
    [
        ("no_such_movie.tif", {}, "there is no file"),
        (np.zeros((3, 96, 128)), {"run": True}, "All frames of this movie are blank"),
        (
            np.random.default_rng(0).random((3, 64, 80)),
            {"run": True},
            "window (96 px) is larger than the picture (64 px)",
        ),
        (np.random.default_rng(0).random((3, 96, 128)), {"frame_interval": -1.0}, "positive number of seconds"),
        (np.zeros(7), {}, "axes"),
    ],
)
async def test_one_sentence_each(source: object, how: dict, said: str) -> None:
    how = dict(how)
    run = how.pop("run", False)
    made = MovieScrubber(source, **{**HOW, **how})
    await made.settled()
    if run:
        assert made.error == ""
        made.analyze()
        await made.settled()
    assert said in made.error
    assert made.error.count("\n") == 0
    assert not named(made, "analyze").disabled
    made.close()


async def test_an_error_goes_with_the_next_movie_and_loses_nothing(
    scrubber: MovieScrubber, movie: BeamDamageMovie
) -> None:
    scrubber.analysis = "no such folder"
    await scrubber.settled()
    assert "holds no analysis" in scrubber.error
    assert scrubber.progress == (10, 10)
    scrubber.analysis = None
    await scrubber.settled()
    assert scrubber.error == ""
    with pytest.raises(TypeError, match="Did you mean 'window_size'"):
        MovieScrubber(movie, windowsize=3)


async def test_a_file_with_two_channels_offers_both(tmp_path: Path) -> None:
    stack = np.random.default_rng(4).integers(0, 255, (9, 2, 64, 80), dtype=np.uint8)
    known = {"axes": "TCYX", "unit": "nm"}
    tifffile.imwrite(tmp_path / "two.tif", stack, imagej=True, metadata=known, resolution=(50, 50))
    made = MovieScrubber(tmp_path / "two.tif", window_size=64, n_passes=0)
    await made.settled()
    choice = named(made, "data set")
    assert choice.value == "channel 0"
    assert "of 2 data sets" in part(made, MovieView).note
    np.testing.assert_array_equal(made.request().opened.frames[3], stack[3, 0])
    choice.value = "channel 1"
    await made.settled()
    np.testing.assert_array_equal(made.request().opened.frames[3], stack[3, 1])
    made.analyze()
    await made.settled()
    record = json.loads((Path(made.record(tmp_path / "record")) / "recipe.json").read_text(encoding="utf-8"))
    assert record["settings"]["dataset"] == "channel 1"
    made.source = stack[:, 0]
    await made.settled()
    assert made.file_dataset is None, "it belongs to the other movie"
    assert choice.layout.display == "none"
    made.close()


async def test_the_time_between_frames_can_be_typed() -> None:
    made = MovieScrubber(np.random.default_rng(4).random((3, 64, 80)))
    await made.settled()
    field = named(made, "interval")
    assert "not known: rates are per frame" in words(made)
    field.value = "soon"
    assert "&#x27;soon&#x27; is not understood" in words(made)
    assert made.frame_interval is None
    field.value = "40 ms"
    await made.settled()
    assert made.frame_interval == pytest.approx(0.04)
    assert field.value == "0.04 s"
    assert "0.04 s (by hand)" in words(made)
    assert part(made, MovieView).time_unit == "s"
    field.value = ""
    await made.settled()
    assert made.frame_interval is None
    assert "not known: rates are per frame" in words(made)
    made.close()


async def test_the_time_of_a_movie_is_said(movie: BeamDamageMovie) -> None:
    made = MovieScrubber(movie, **HOW)
    await made.settled()
    assert f"{movie.time[1] - movie.time[0]:.4g} s (from the movie)" in words(made)
    made.close()
