"""Whole analyses: against the truth of a simulated movie, stopped and taken up again, on a cluster that loses a worker."""

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import lattice_widgets as lw
from lattice_widgets.analysis import growth_report, write_report
from lattice_widgets.analysis.growth import growth_sentence
from lattice_widgets.analysis.movie_analysis import MovieAnalysis
from lattice_widgets.classifier.movie_windows import WindowClassifier
from lattice_widgets.core.movies import frame_analysis as pipeline
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie
from tests.patience import wait_for

#: small frames with one hole of 2 nm^2 that grows by a seventh from frame to frame
_HOW = {"window_size": 96, "step": 32, "n_passes": 20}


@pytest.fixture(scope="module")
def movie() -> BeamDamageMovie:
    return lw.simulate_beam_damage(
        10, (192, 224), field_of_view=6.4, growth=(0.0, 0.05, 0.06), drift=(0.1, 0.0), seed=4
    )


@pytest.fixture(scope="module")
def found(movie: BeamDamageMovie) -> xr.Dataset:
    return lw.analyze_movie(movie, **_HOW).load()


def test_the_dataset_is_as_promised(movie: BeamDamageMovie, found: xr.Dataset) -> None:
    assert found["probability"].dims == ("frame", "window_row", "window_col", "class")
    assert found.sizes["window_row"] == 4
    assert found.sizes["window_col"] == 5
    # windows of 96 px every 32 px, and the last one ends with the frame
    assert found["row"].values.tolist() == [47.5, 79.5, 111.5, 143.5]
    assert found["col"].values.tolist() == [47.5, 79.5, 111.5, 143.5, 175.5]
    assert found["time"].attrs["units"] == "s"
    assert np.allclose(found["time"], movie.time)
    assert found["x"].attrs["units"] == "nm"
    assert np.allclose(found["x"], found["col"] * movie.pixel_size)
    assert np.allclose(found["probability"].sum("class"), 1, atol=1e-5)
    assert np.allclose(found["fraction"].isel(definition=[0, 1, 2]).sum("class"), 1)
    recipe = json.loads(found.attrs["recipe"])
    assert recipe["seed"] == 0
    assert len(recipe["movie_fingerprint"]) == 64
    assert recipe["weights_sha256"] == lw.load_classifier().card.weights_sha256


def test_the_network_finds_the_holes(movie: BeamDamageMovie, found: xr.Dataset) -> None:
    by_network = found["fraction"].isel(definition=0).sel({"class": "noise"})
    assert np.abs(by_network.values - movie.hole_fraction).max() < 0.03
    assert np.abs(found["hole_fraction"].values - movie.hole_fraction).max() < 0.015
    # the plain mean does not see holes that are smaller than a window: that is why the other one is the first
    assert found["fraction"].isel(definition=1, frame=0).sel({"class": "noise"}) < 0.5 * movie.hole_fraction[0]
    assert found["fraction"].isel(definition=0, frame=0).sel({"class": "hexagonal"}) > 0.85


def test_holes_keep_their_numbers(movie: BeamDamageMovie, found: xr.Dataset) -> None:
    centers = []
    for frame in (0, 9):
        truth = movie.hole_labels(frame) == 1
        labels = found["hole_labels"].values[frame][truth]
        label = np.bincount(labels).argmax()
        centers.append(int(found["hole_number"].values[frame, label - 1]))
        assert found["hole_area"].values[frame, label - 1] == pytest.approx(movie.hole_areas[frame, 0], rel=0.12)
    assert centers[0] == centers[1] > 0
    assert found["hole_area"].attrs["units"] == "nm^2"


def test_a_killed_analysis_goes_on_and_gives_the_same(
    movie: BeamDamageMovie, found: xr.Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "analysis.zarr"
    first = MovieAnalysis(movie, store=folder, **_HOW)
    for done, _ in enumerate(first.run(), start=1):
        if done == 4:
            break
    # killed in the middle of writing the next frame: half of it is there, without its mark
    first.store._group["probability"][4] = 0.5
    del first
    second = MovieAnalysis(movie, store=folder, **_HOW)
    assert second.todo() == [4, 5, 6, 7, 8, 9]
    numbers = [number for number, _ in second.run()]
    assert numbers == [4, 5, 6, 7, 8, 9]
    again = second.finish()
    xr.testing.assert_identical(again.load().drop_attrs(), found.drop_attrs())
    xr.testing.assert_identical(lw.open_analysis(folder).load().drop_attrs(), found.drop_attrs())
    # once more: nothing is left to do
    assert MovieAnalysis(movie, store=folder, **_HOW).todo() == []


def test_another_analysis_is_not_mixed_in(movie: BeamDamageMovie, tmp_path: Path) -> None:
    MovieAnalysis(movie, store=tmp_path / "a", **_HOW)
    with pytest.raises(ValueError, match="another analysis \\(step: 32 there, 48 here\\)"):
        MovieAnalysis(movie, store=tmp_path / "a", **{**_HOW, "step": 48})
    assert len(MovieAnalysis(movie, store=tmp_path / "a", restart=True, **{**_HOW, "step": 48}).todo()) == 10
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "letter.txt").write_text("dear reader")
    for restart in (False, True):
        with pytest.raises(ValueError, match="no analysis"):
            MovieAnalysis(movie, store=tmp_path / "b", restart=restart, **_HOW)
    assert (tmp_path / "b" / "letter.txt").exists()
    with pytest.raises(ValueError, match="no analysis"):
        lw.open_analysis(tmp_path / "b")
    with pytest.raises(ValueError, match="10 of 10 frames"):
        MovieAnalysis(movie, **_HOW).finish()


def test_windows_in_parts_are_the_same_windows(
    movie: BeamDamageMovie, found: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_PIXELS_TOGETHER", 7 * 96**2)
    sizes = []
    asked = WindowClassifier.__call__
    monkeypatch.setattr(
        WindowClassifier, "__call__", lambda self, windows: (sizes.append(len(windows)), asked(self, windows))[1]
    )
    again = lw.analyze_movie(movie.frames[:2], **_HOW, frame_interval=movie.frame_interval).load()
    assert sizes == [7, 7, 6] * 2
    for name in ("probability", "spread", "entropy", "fraction", "fraction_error"):
        assert np.allclose(again[name], found[name][:2], atol=1e-4), name
    assert (again["abstained"].values == found["abstained"].values[:2]).all()


def test_blank_frames_are_left_out(movie: BeamDamageMovie) -> None:
    frames = movie.frames[:3].copy()
    frames[1] = 0
    found = lw.analyze_movie(frames, **_HOW).load()
    assert found["blank"].values.tolist() == [False, True, False]
    assert np.isnan(found["fraction"].values[1]).all()
    assert np.isfinite(found["fraction"].values[[0, 2]][:, :3]).all()
    assert np.isnan(found["hole_fraction"].values[1])
    with pytest.raises(ValueError, match="All frames of this movie are blank"):
        lw.analyze_movie(np.zeros((3, 128, 150)), **_HOW)


def test_one_frame_and_no_dropout(movie: BeamDamageMovie) -> None:
    found = lw.analyze_movie(movie.frame(0), **{**_HOW, "n_passes": 0}).load()
    assert found.sizes["frame"] == 1
    assert found["spread"].max() == 0
    report = growth_report(found)
    assert report["rate"] is None
    assert "too few" in report["message"]


def test_drift_is_followed_when_asked(movie: BeamDamageMovie, found: xr.Dataset) -> None:
    assert "drift" not in found
    followed = lw.analyze_movie(movie, align=True, **{**_HOW, "n_passes": 0, "step": 96})
    assert np.abs(followed["drift"].values - movie.drift).max() < 1.5


def test_the_report(movie: BeamDamageMovie, found: xr.Dataset, tmp_path: Path) -> None:
    frames = MovieAnalysis(movie, **_HOW).frames
    report = write_report(found, frames, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "fractions.csv", "definitions.csv", "kinetics.json", "figure.svg", "recipe.json",
    }  # fmt: skip
    assert json.loads((tmp_path / "out" / "kinetics.json").read_text()) == report
    assert report["of"] == "hole_fraction"
    assert report["rate"] == pytest.approx(0.06, rel=0.25)
    assert report["field_area"] == pytest.approx(6.4 * 6.4 * 192 / 224)
    # a hexagonal cell of WS2 has 0.3153^2 sin 60 degrees
    assert report["amplitude_vacancies"] == pytest.approx(report["amplitude_area"] / 0.0861, rel=0.03)
    assert report["amplitude_area"] == pytest.approx(0.05 * report["field_area"], rel=0.4)
    assert growth_sentence(report).endswith("1/s).")
    per_frame = growth_report(found.assign_coords(time=("frame", np.arange(10.0), {"units": "1"})))
    assert growth_sentence(per_frame).endswith("1/frame).")
    assert per_frame["rate"] == pytest.approx(2.25 * report["rate"], rel=1e-3)
    lines = (tmp_path / "out" / "fractions.csv").read_text().splitlines()
    assert lines[0] == "frame,time,oblique,rectangular,centered rectangular,square,hexagonal,noise,hole_fraction"
    assert len(lines) == 11
    assert float(lines[-1].split(",")[-1]) == pytest.approx(movie.hole_fraction[-1], abs=0.015)
    assert (tmp_path / "out" / "figure.svg").read_text().count("<image") >= 3


@pytest.fixture
def cluster() -> object:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as running:
        yield running


def test_a_cluster_that_loses_a_worker_loses_nothing(
    cluster: object, movie: BeamDamageMovie, found: xr.Dataset, tmp_path: Path
) -> None:
    np.save(tmp_path / "movie.npy", movie.frames)
    analysis = MovieAnalysis(
        tmp_path / "movie.npy", time=movie.time, pixel_size=movie.pixel_size, store=tmp_path / "out.zarr", **_HOW
    )
    done = []
    before = {worker.pid for worker in cluster.workers.values()}  # type: ignore[attr-defined]
    for number, _ in analysis.run(cluster.scheduler_address):  # type: ignore[attr-defined]
        done.append(number)
        if len(done) == 3:
            victim = next(iter(cluster.workers.values()))  # type: ignore[attr-defined]
            os.kill(victim.pid, signal.SIGKILL)
    assert sorted(done) == list(range(10))
    wait_for(
        lambda: {w.pid for w in cluster.workers.values() if w.pid} != before,  # type: ignore[attr-defined]
        "the end of the worker",
    )
    # another process may add up in another order: the last digits differ
    xr.testing.assert_allclose(analysis.finish().load(), found, rtol=0, atol=1e-4)


def test_no_cluster_there(movie: BeamDamageMovie) -> None:
    with pytest.raises(ValueError, match=r"no dask scheduler at tcp://127\.0\.0\.1:9"):
        lw.analyze_movie(movie, scheduler="tcp://127.0.0.1:9", **_HOW)
