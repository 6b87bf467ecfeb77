"""Movies with frames that cannot be used, and movies in which nothing happens: marked, and the rest goes on."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

import lattice_widgets as lw
from lattice_widgets.analysis import growth_report, write_report
from lattice_widgets.analysis.checksums import SHA256
from lattice_widgets.analysis.movie_analysis import MovieAnalysis
from lattice_widgets.core.movies.rows import REASONS, left_out_frames
from lattice_widgets.core.simulation.beam_damage import BeamDamageMovie

#: no dropout: the classes do not matter here
_HOW = {"window_size": 96, "step": 64, "n_passes": 0, "frame_interval": 2.25, "pixel_size": 6.4 / 224}


@pytest.fixture(scope="module")
def movie() -> BeamDamageMovie:
    return lw.simulate_beam_damage(10, (192, 224), field_of_view=6.4, growth=(0.0, 0.05, 0.06), seed=4)


@pytest.fixture(scope="module")
def clean(movie: BeamDamageMovie) -> xr.Dataset:
    return lw.analyze_movie(movie.frames, **_HOW).load()


def _with_bad_frames(movie: BeamDamageMovie) -> list[np.ndarray]:
    frames = [frame.astype(np.float32) for frame in movie.frames]
    frames[3][100:] = np.nan
    frames[4] = frames[4][:-20]
    frames[6][:] = 7.0
    return frames


def test_bad_frames_are_marked_and_the_others_go_on(movie: BeamDamageMovie, clean: xr.Dataset, tmp_path: Path) -> None:
    frames = _with_bad_frames(movie)
    # stopped before the bad ones, and taken up again
    first = MovieAnalysis(frames, store=tmp_path / "a.zarr", align=True, **_HOW)
    for number, _ in first.run():
        if number == 2:
            break
    second = MovieAnalysis(frames, store=tmp_path / "a.zarr", align=True, **_HOW)
    assert second.todo() == list(range(3, 10))
    assert [number for number, _ in second.run()] == list(range(3, 10))
    found = second.finish().load()
    assert left_out_frames(found) == {3: "not finite", 4: "other size", 6: "blank"}
    assert found["blank"].values.tolist() == [number == 6 for number in range(10)]
    assert found["left_out"].attrs["flag_meanings"].split()[1:] == [reason.replace(" ", "_") for reason in REASONS]
    good, bad = [0, 1, 2, 5, 7, 8, 9], [3, 4, 6]
    for name in ("fraction", "hole_fraction", "probability"):
        assert np.isnan(found[name].values[bad]).all(), name
        assert np.allclose(found[name].values[good], clean[name].values[good], atol=0.02, equal_nan=True), name
    assert np.isnan(found["drift"].values[[3, 4]]).all()
    assert np.isfinite(found["drift"].values[good]).all()
    # the hole is not lost where two frames in a row cannot be used
    assert (found["hole_number"].values[good, 0] == 1).all()
    assert not [event for event in json.loads(found.attrs["hole_events"]) if event[1] == 1]
    report = write_report(found, second.frames, tmp_path / "out")
    assert report["left_out"] == [
        {"frame": 3, "reason": "not finite"},
        {"frame": 4, "reason": "other size"},
        {"frame": 6, "reason": "blank"},
    ]
    assert "7 frames are too few" in report["message"]
    assert (tmp_path / "out" / "figure.svg").exists()


def test_the_truth_comes_out_of_a_movie_with_one_bad_frame(movie: BeamDamageMovie) -> None:
    frames = movie.frames.astype(np.float32)
    frames[5] = np.nan
    report = growth_report(lw.analyze_movie(frames, **_HOW))
    assert report["of"] == "hole_fraction"
    assert report["rate"] == pytest.approx(0.06, rel=0.25)


def test_a_movie_in_which_nothing_changes_ends_with_rate_0(movie: BeamDamageMovie, tmp_path: Path) -> None:
    analysis = MovieAnalysis(np.repeat(movie.frames[:1], 12, axis=0), **_HOW)
    for _ in analysis.run():
        pass
    report = write_report(analysis.finish(), analysis.frames, tmp_path / "out")
    assert (report["model"], report["finding"], report["rate"], report["area_rate"]) == ("none", "no growth", 0.0, 0.0)
    assert report["offset"] == pytest.approx(movie.hole_fraction[0], abs=0.015)
    assert report["sentence"].startswith("No growth can be seen: the fraction stays at 0.0")
    assert report["two_step"] is None
    assert json.loads((tmp_path / "out" / "kinetics.json").read_text()) == report


def test_a_movie_of_a_whole_sheet_ends_with_rate_0(tmp_path: Path) -> None:
    # no hole at all: the noise fraction is 0 but for rounding
    sheet = lw.simulate_micrograph(
        lw.CRYSTALS["graphene"], lw.Microscope(rows=128, cols=144, field_of_view=4.0, dose=None)
    ).image
    analysis = MovieAnalysis(np.stack([sheet] * 9), **{**_HOW, "window_size": 64, "step": 32, "n_passes": 10})
    for _ in analysis.run():
        pass
    found = analysis.finish()
    fractions = found["fraction"].values
    assert np.nanmin(fractions) >= 0
    assert np.nanmax(fractions) <= 1
    report = write_report(found, analysis.frames, tmp_path / "out")
    assert (report["finding"], report["rate"]) == ("no growth", 0.0)
    assert next(iter(report["series"]["noise"])) == "none"


def test_a_store_of_an_older_version_opens_and_goes_on(
    movie: BeamDamageMovie, clean: xr.Dataset, tmp_path: Path
) -> None:
    frames = movie.frames.copy()
    frames[1] = 0
    folder = tmp_path / "old.zarr"
    first = MovieAnalysis(frames, store=folder, **_HOW)
    for number, _ in first.run():
        if number == 3:
            break
    # as it was written before: the passes had another name, and nothing said why a frame was left out
    group = zarr.open_group(folder, mode="r+")
    recipe = json.loads(str(group.attrs["recipe"]))
    recipe["n_passes"] = recipe.pop("n_passes")
    group.attrs["recipe"] = json.dumps(recipe)
    for name in ("left_out", SHA256):  # nor were there checksums
        shutil.rmtree(folder / name)
    assert left_out_frames(lw.open_analysis(folder)) == {1: "blank"}
    second = MovieAnalysis(frames, store=folder, **_HOW)
    assert second.todo() == list(range(4, 10))
    for _ in second.run():
        pass
    found = second.finish().load()
    assert left_out_frames(found) == {1: "blank"}
    np.testing.assert_array_equal(found["hole_fraction"].values[[0, *range(2, 10)]].shape, (9,))
    np.testing.assert_allclose(found["fraction"].values[5], clean["fraction"].values[5], atol=0.02)
    with pytest.raises(ValueError, match="another analysis \\(n_passes: 0 there, 5 here\\)"):
        MovieAnalysis(frames, store=folder, **{**_HOW, "n_passes": 5})


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (np.full((9, 96, 96), np.nan), "No frame of this movie can be used. Frame 0 holds pixels that are not finite"),
        (
            np.where(np.arange(9) % 2, np.nan, 5.0)[:, None, None] + np.zeros((96, 96)),
            "No frame of this movie can be used.",
        ),
        (np.zeros((9, 96, 96), np.uint8), "All frames of this movie are blank"),
        (np.arange(9.0)[:, None, None] + np.zeros((96, 96)), "All frames of this movie are blank"),
    ],
    ids=["NaN", "NaN or blank", "black", "each of one value"],
)
def test_a_movie_without_a_frame_that_can_be_used_says_so(frames: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}"):
        lw.analyze_movie(frames, **_HOW)
