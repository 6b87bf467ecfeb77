"""The movie scrubber without a browser: its analysis, the law of growth, a window, and the files."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.core.movies import frame_analysis
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.movie.texts import describe_growth
from lattice_widgets.widgets.movie.widget import MovieScrubber
from tests.widget_parts import named, part, parts, said, words
from tests.widgets.movie.how_to_analyze import HOW


async def test_an_analysis_fills_the_widget_and_gives_what_the_script_gets(
    movie: BeamDamageMovie, found: xr.Dataset
) -> None:
    made = MovieScrubber(movie, **HOW)
    await made.settled()
    seen = []
    made.observe(lambda change: seen.append(change["new"][0]), "progress")
    made.analyze()
    assert named(made, "analyze").disabled
    assert await made.analyzed() is made.dataset
    assert made.error == ""
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert seen[-1] == 10
    assert not named(made, "analyze").disabled
    xr.testing.assert_allclose(made.dataset.load(), found, rtol=0, atol=1e-4)
    assert made.fit.model == "exponential"
    assert made.fit.rate == pytest.approx(0.06, rel=0.25)
    assert "The holes grow" in words(made)
    assert "red light" in words(made)
    made.close()


async def test_a_movie_with_bad_frames_in_which_nothing_changes(movie: BeamDamageMovie) -> None:
    frames = np.repeat(movie.frames[:1], 10, axis=0).astype(np.float32)
    frames[0] = np.nan
    frames[4, 150:] = np.nan
    made = MovieScrubber(frames, align=True, **{**HOW, "n_passes": 0, "step": 64})
    await made.settled()
    assert made.error == ""
    assert part(made, MovieView).shown[0].max() == 0
    assert part(made, MovieView).shown[1].max() > 200
    made.analyze()
    await made.settled()
    assert made.error == ""
    assert made.progress == (10, 10)
    assert made.dataset["left_out"].values.tolist() == [2, 0, 0, 0, 2, 0, 0, 0, 0, 0]
    assert made.fit.finding == "no growth"
    assert made.fit.rate == 0
    assert "green light" in words(made)
    assert "No growth can be seen" in words(made)
    made.close()


def test_the_stop_light_goes_by_what_was_found() -> None:
    time = 2.25 * np.arange(90)
    slow = 0.059 + 1.5e-3 * np.exp(0.02 * time) + np.random.default_rng(0).normal(0, 0.0012, 90)
    told = [
        describe_growth(fit, "holes", True)
        for fit in (
            lw.fit_growth(time, slow, onset=100),
            lw.fit_growth(time, slow),
            lw.fit_growth(time, np.full(90, 0.06), model="none"),
            lw.fit_growth(time, np.full(90, 0.06)),
            lw.fit_growth(time, 0.05 + 8e-4 * time),
            lw.fit_growth(time[:3], slow[:3]),
        )
    ]
    assert [light for light, _ in told] == ["red", "red", "green", "green", "yellow", "yellow"]
    note = " Growth began before the onset at 100 s, so all numbers are fitted at once."
    assert told[0][1] == told[1][1] + note


async def test_stopped_and_taken_up_again(movie: BeamDamageMovie, tmp_path: Path) -> None:
    made = MovieScrubber(movie, store=str(tmp_path / "a.zarr"), **HOW)
    await made.settled()
    stopped = asyncio.Event()

    def stop(change: dict) -> None:
        if change["new"][0] >= 3 and not stopped.is_set():
            stopped.set()
            made.cancel()

    made.observe(stop, "progress")
    made.analyze()
    with pytest.raises(ValueError, match="no finished analysis"):
        await made.analyzed()
    assert stopped.is_set()
    assert made.dataset is None
    done = made.progress[0]
    assert 3 <= done < 10
    assert "Stopped" in words(made)
    made.analyze()
    await made.settled()
    assert made.progress == (10, 10)
    assert made.dataset is not None
    made.close()


async def test_laws_are_fitted_to_what_is_new_and_not_to_each_frame(movie: BeamDamageMovie) -> None:
    frames = np.tile(movie.frames[:, :96, :96], (5, 1, 1))
    made = MovieScrubber(frames, **{**HOW, "n_passes": 0, "step": 32})
    await made.settled()
    fitted: list[int] = []
    made.observe(lambda change: fitted.append(len(change["new"].time)) if change["new"] else None, "fit")
    made.observe(lambda change: made.cancel() if change["new"][0] == 32 else None, "progress")
    made.analyze()
    await made.settled()
    assert made.progress == (32, 50)
    assert fitted[-1] == 32, "what was stopped is fitted as a whole"
    made.unobserve_all("progress")
    fitted.clear()
    made.analyze()
    await made.settled()
    assert fitted[-1] == 50
    assert all(after >= 1.1 * before for before, after in pairwise(fitted[:-1])), fitted
    made.close()


async def test_an_analysis_that_fails_is_fitted_as_far_as_it_came(
    movie: BeamDamageMovie, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyze_number = frame_analysis.analyze_number

    def breaks(frames: Any, number: int, *how: Any) -> xr.Dataset:
        if number == 32:
            raise OSError("the disk is gone")
        return analyze_number(frames, number, *how)

    monkeypatch.setattr(frame_analysis, "analyze_number", breaks)
    made = MovieScrubber(np.tile(movie.frames[:, :96, :96], (5, 1, 1)), **{**HOW, "n_passes": 0, "step": 32})
    await made.settled()
    made.analyze()
    await made.settled()
    assert "the disk is gone" in made.error
    assert made.progress[0] == len(made.fit.time) == 32
    made.close()


async def test_a_fit_of_the_movie_before_does_not_come_back(scrubber: MovieScrubber, movie: BeamDamageMovie) -> None:
    scrubber.span = (0.0, 18.0)
    scrubber.analysis, scrubber.source = None, movie.frames[:9]
    await scrubber.settled()
    assert scrubber.error == ""
    assert scrubber.fit is None
    assert "grow" not in said(scrubber)


async def test_a_span_and_a_law(scrubber: MovieScrubber) -> None:
    whole = scrubber.fit.rate
    scrubber.span = (0.0, 18.0)
    await scrubber.settled()
    assert scrubber.fit.time.max() == 18
    assert len(scrubber.fit.time) == 9
    assert scrubber.fit.rate != whole
    scrubber.model = "linear"
    await scrubber.settled()
    assert scrubber.fit.model == "linear"
    assert "evenly" in said(scrubber)
    scrubber.span, scrubber.model, scrubber.of = (), "exponential", "noise"
    await scrubber.settled()
    assert len(scrubber.fit.time) == 10
    assert "noise fraction grows" in said(scrubber)
    scrubber.span = (1.0, 2.0)
    await scrubber.settled()
    assert "No frame of this span" in said(scrubber)


async def test_a_window_shows_its_probabilities_and_spectrum(scrubber: MovieScrubber, found: xr.Dataset) -> None:
    scrubber.frame, scrubber.window = 6, (1, 3)
    await scrubber.settled()
    expected = found["probability"].values[6, 1, 3]
    np.testing.assert_allclose(part(scrubber, ProbabilityBars).mean, expected, atol=1e-5)
    np.testing.assert_allclose(part(scrubber, ProbabilityBars).std, found["spread"].values[6, 1, 3], atol=1e-5)
    assert "Frame 6, window of 96 px around row 80, column 144 px" in words(scrubber)
    assert part(scrubber, PictureCanvas).rows > 20


async def test_what_the_browser_is_told(scrubber: MovieScrubber, movie: BeamDamageMovie) -> None:
    parts = part(scrubber, MovieView)._parts
    assert {"times", "grid", "series", "truth", "fit", "overlay 0", "overlay 9"} <= set(parts)
    packed = np.frombuffer(parts["overlay 9"][1][0], np.uint8).reshape(4, 5, 7)
    truth = movie.hole_labels(9) > 0
    # where the hole covers most of a cell, noise fills most of it
    inside = truth[64:96, 64:96].mean(), packed[1, 1, 5] / 255
    assert inside[1] == pytest.approx(inside[0], abs=0.35)
    outline = np.unpackbits(np.frombuffer(parts["overlay 9"][1][1], np.uint8))[: 192 * 224].reshape(192, 224)
    assert 0 < outline.sum() < 0.25 * truth.sum()
    truths = np.frombuffer(parts["truth"][1][0])
    np.testing.assert_allclose(truths, movie.hole_fraction)
    state = part(scrubber, MovieView).get_state()
    assert sum(len(value) for value in state.values() if isinstance(value, bytes)) < 1000


async def test_files(scrubber: MovieScrubber, found: xr.Dataset, tmp_path: Path) -> None:
    sizes = {}
    for ending in ("csv", "svg", "png", "pdf", "mp4", "gif", "zarr", "nc"):
        path = scrubber.export(tmp_path / f"movie.{ending}")
        sizes[ending] = sum(p.stat().st_size for p in ([path] if path.is_file() else path.rglob("*")) if p.is_file())
    assert all(size > 500 for size in sizes.values())
    assert lw.read_micrograph(tmp_path / "movie.gif").shape[0] == 10
    back = xr.open_dataset(tmp_path / "movie.nc", engine="scipy")
    np.testing.assert_allclose(back["fraction"], found["fraction"])
    # an analysis that was written opens beside its movie
    again = MovieScrubber(scrubber.source, analysis=str(tmp_path / "movie.zarr"))
    await again.settled()
    assert again.error == ""
    assert again.progress == (10, 10)
    again.close()
    with pytest.raises(ValueError, match=r"\.zarr or \.nc"):
        scrubber.export(tmp_path / "movie.docx")
    with pytest.raises(ValueError, match="choose another name"):
        scrubber.to_dataset(tmp_path / "movie.zarr")
    named(scrubber, "file").value = str(tmp_path / "no such folder" / "movie.csv")
    named(scrubber, "write").click()
    assert "No such file" in words(scrubber)
    assert scrubber.static_picture().startswith(b"\x89PNG")


async def test_strain_of_each_frame_is_drawn_against_time_once_it_is_asked_for(movie: BeamDamageMovie) -> None:
    made = MovieScrubber(movie.frames[:3], frame_interval=2.0, pixel_size=movie.pixel_size)
    await made.settled()
    pages = part(made, ipw.Tab)
    pages.selected_index = 4
    assert made.strain is None
    assert list(parts(made, ProfileCurve)) == [], "no chart before it is computed"
    named(made, "map each frame").click()
    await made.settled()
    assert made.error == ""
    known = lw.map_movie(movie.frames[:3], frame_interval=2.0, pixel_size=movie.pixel_size)
    xr.testing.assert_allclose(made.strain, known, rtol=0, atol=1e-4)
    assert "3 of 3 frames, against the lattice of the first frame that shows one." in said(made)
    assert part(made, ProfileCurve).values == pytest.approx(made.strain.dilation.values)
    made.frame = 2
    value = lw.with_error(float(made.strain.rotation[2]), float(made.strain.rotation_error[2]))
    named(made, "against time").value = "rotation"
    assert f"Frame 2: rotation {value}°" in said(made)
    pages.selected_index = 0
    assert list(parts(made, ProfileCurve)) == [], "a chart without room complains"
    made.source = np.random.default_rng(0).normal(size=(2, 96, 96))
    assert made.strain is None
    await made.settled()
    made.map_strain()
    await made.settled()
    assert "No frame shows a lattice" in made.error
    made.close()
