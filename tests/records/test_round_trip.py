"""Lengths that go into a file of the kit come out of it: nm in, nm out."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.analysis.report import write_dataset, write_fractions, write_report
from lattice_widgets.cli import app
from lattice_widgets.core.movies.frames import as_frames
from lattice_widgets.core.pictures.pixel_size import set_pixel_size
from lattice_widgets.files import read_micrograph, read_micrograph_bytes
from lattice_widgets.files.movies import take_movie
from lattice_widgets.records.source import STORED, keep_source

SIDES = (0.0271828, 0.0314159)


def picture(rows: int = 160, cols: int = 192) -> np.ndarray:
    """A square lattice of 0.39 nm, turned by 12 degrees, seen with pixels of `SIDES`."""
    y, x = np.arange(rows)[:, None] * SIDES[0], np.arange(cols) * SIDES[1]
    t = np.deg2rad(12)
    along, across = x * np.cos(t) + y * np.sin(t), y * np.cos(t) - x * np.sin(t)
    noise = np.random.default_rng(0).normal(0, 0.05, (rows, cols))
    return np.cos(2 * np.pi * along / 0.39) + np.cos(2 * np.pi * across / 0.39) + noise


@pytest.fixture
def labeled() -> xr.DataArray:
    return set_pixel_size(xr.DataArray(picture(), dims=("row", "col")), SIDES, "graphene 10")


def test_the_picture_of_a_record(labeled: xr.DataArray, tmp_path: Path) -> None:
    keep_source(labeled, tmp_path, tmp_path)
    again = read_micrograph(tmp_path / STORED)
    assert (again.attrs["pixel_size_row"], again.attrs["pixel_size_col"]) == pytest.approx(SIDES, rel=1e-6)
    assert again.attrs["calibration"] == "graphene 10", "it is not the file that says so"
    np.testing.assert_array_equal(again.values, labeled.values)
    content = (tmp_path / STORED).read_bytes()
    assert read_micrograph_bytes(STORED, content).attrs["calibration"] == "graphene 10"


@pytest.mark.parametrize("times", [[0.0, 0.7, 1.4], [0.0, 0.7, 1.9], [3.0, 3.5, 4.0]], ids=["even", "uneven", "later"])
def test_the_movie_of_a_record(times: list[float], tmp_path: Path) -> None:
    movie = set_pixel_size(xr.DataArray(np.stack([picture()] * 3), dims=("frame", "row", "col")), SIDES)
    movie = movie.assign_coords(frame=("frame", times, {"units": "s"}))
    keep_source(movie, tmp_path, tmp_path)
    again = read_micrograph(tmp_path / STORED)
    assert (again.attrs["pixel_size_row"], again.attrs["pixel_size_col"]) == pytest.approx(SIDES, rel=1e-6)
    assert again.frame.units == "s"
    np.testing.assert_allclose(again.frame.values, times, rtol=1e-6)
    assert take_movie(tmp_path / STORED).calibration == "by hand"
    # what the scrubber hands over
    keep_source(as_frames(movie), tmp_path, tmp_path)
    np.testing.assert_allclose(take_movie(tmp_path / STORED).time, times, rtol=1e-6)


async def test_the_maps_of_a_picture(labeled: xr.DataArray, tmp_path: Path) -> None:
    widget = lw.StrainMap(labeled)
    await widget.settled()
    maps = widget.maps
    assert maps.attrs["pixel_size"] == pytest.approx(min(SIDES), rel=1e-6)
    with xr.open_zarr(widget.save(tmp_path / "a.zarr"), consolidated=False) as stored:
        assert stored.attrs["pixel_size"] == pytest.approx(min(SIDES), rel=1e-6)
        assert stored.attrs["calibration"] == "graphene 10"
        np.testing.assert_allclose(stored.vectors, maps.vectors, rtol=1e-6)
    with xr.open_dataset(widget.save(tmp_path / "a.nc")) as stored:
        np.testing.assert_allclose(stored.vectors, maps.vectors, rtol=1e-6)
    with np.load(widget.save(tmp_path / "a.npz")) as stored:
        np.testing.assert_allclose(stored["vectors"], maps.vectors, rtol=1e-6)
    table = pd.read_csv(widget.save(tmp_path / "a.csv"))
    for length, number in (("y", "row"), ("x", "col")):
        np.testing.assert_allclose(table[length], table[number] * min(SIDES), rtol=1e-6)
    lengths = np.hypot(maps.vectors.isel(axis=0), maps.vectors.isel(axis=1))
    np.testing.assert_allclose(lengths, 0.39, rtol=0.01)
    widget.close()


def test_an_analysis(tmp_path: Path) -> None:
    frames = np.stack([picture()] * 2)
    found = lw.analyze_movie(
        frames, pixel_size=0.0271828, frame_interval=0.7, window_size=96, step=48, n_passes=2, store=tmp_path / "a.zarr"
    )
    again = lw.open_analysis(tmp_path / "a.zarr")
    for name in ("row", "col"):
        np.testing.assert_allclose(again[name], found[name], rtol=1e-6)
    assert again.attrs["pixel_size"] == pytest.approx(0.0271828, rel=1e-6)
    with xr.open_dataset(write_dataset(found, tmp_path / "a.nc"), engine="scipy") as stored:
        np.testing.assert_allclose(stored.x, found.col * 0.0271828, rtol=1e-6)
        np.testing.assert_allclose(stored.time, [0, 0.7], rtol=1e-6)
        assert (stored.attrs["calibration"], stored.attrs["pixel_size"]) == ("by hand", pytest.approx(0.0271828))
    report = lw.growth_report(found)
    assert (report["pixel_size"], report["calibration"]) == (pytest.approx(0.0271828, rel=1e-6), "by hand")
    write_fractions(found, tmp_path / "a.csv")
    np.testing.assert_allclose(pd.read_csv(tmp_path / "a.csv").iloc[:, 1], [0, 0.7], rtol=1e-6)


def test_the_answers_of_the_command_line(labeled: xr.DataArray, tmp_path: Path) -> None:
    keep_source(labeled, tmp_path, tmp_path)
    fit = lw.fit_lattice(read_micrograph(tmp_path / STORED))
    answer = CliRunner().invoke(app, ["classify", str(tmp_path / STORED), "--out", str(tmp_path / "a.csv"), "--json"])
    assert answer.exit_code == 0, answer.output
    row = pd.read_csv(tmp_path / "a.csv").iloc[0]
    told = json.loads(next(line for line in answer.stdout.splitlines() if line.startswith("{")))
    assert (row["a"], row["unit"], row["calibration"]) == (pytest.approx(fit.a, rel=1e-6), "nm", "graphene 10")
    assert told["lattice_fit"]["a"] == pytest.approx(fit.a, rel=1e-6)
    assert row["pixel_size"] == pytest.approx(min(SIDES), rel=1e-6)


async def test_the_numbers_of_a_record(labeled: xr.DataArray, tmp_path: Path) -> None:
    explorer = lw.FFTExplorer(labeled)
    await explorer.settled()
    record = explorer.record(tmp_path / "record")
    with (Path(record) / "numbers.csv").open(encoding="utf-8") as stream:
        numbers = {row["quantity"]: row for row in csv.DictReader(stream)}
    assert float(numbers["a"]["value"]) == pytest.approx(explorer.fit.a, rel=1e-6)
    assert numbers["a"]["unit"] == "nm"
    assert explorer.fit.a == pytest.approx(0.39, rel=2e-3)
    explorer.close()


def side_lengths(vectors: np.ndarray) -> np.ndarray:
    """Return the lengths of vectors (..., 2)."""
    return np.hypot(vectors[..., 0], vectors[..., 1])


def test_the_folder_of_the_command_map(labeled: xr.DataArray, tmp_path: Path) -> None:
    keep_source(labeled, tmp_path, tmp_path)
    answer = CliRunner().invoke(app, ["map", str(tmp_path / STORED), "--out", str(tmp_path / "maps")])
    assert answer.exit_code == 0, answer.output
    folder = tmp_path / "maps" / f"{STORED}.map"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["unit"], summary["pixel_size"]) == ("nm", pytest.approx(min(SIDES), rel=1e-6))
    np.testing.assert_allclose(side_lengths(np.array(summary["mean_vectors"])), 0.39, rtol=2e-3)
    table = pd.read_csv(folder / "maps.csv")
    with xr.open_zarr(folder / "maps.zarr", consolidated=False) as stored:
        assert stored.attrs["calibration"] == "graphene 10"
        assert stored.attrs["mean_vectors"] == pytest.approx(np.ravel(summary["mean_vectors"]).tolist(), rel=1e-6)
        for length, number in (("y", "row"), ("x", "col")):
            np.testing.assert_allclose(stored[length], stored[number] * min(SIDES), rtol=1e-6)
            np.testing.assert_allclose(table[f"{length} [nm]"], table[f"{number} [px]"] * min(SIDES), rtol=1e-6)
        first = stored.vectors.sel(vector="a").transpose("window_row", "window_col", "axis").values.reshape(-1, 2)
    np.testing.assert_allclose(table[["a_row [nm]", "a_col [nm]"]], first, rtol=1e-6)


def test_the_log_of_a_watched_folder(labeled: xr.DataArray, tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    keep_source(labeled, tmp_path / "scans", tmp_path / "scans")
    fit = lw.fit_lattice(read_micrograph(tmp_path / "scans" / STORED))
    log = tmp_path / "log.jsonl"
    answer = CliRunner().invoke(app, ["watch", str(tmp_path / "scans"), "--log", str(log), "--once"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(log.read_text(encoding="utf-8"))
    assert (told["lattice_fit"]["a"], told["lattice_fit"]["unit"]) == (pytest.approx(fit.a, rel=1e-6), "nm")
    assert (told["calibration"], told["pixel_size"]) == ("graphene 10", pytest.approx(min(SIDES), rel=1e-6))


async def test_the_tables_of_a_record(labeled: xr.DataArray, tmp_path: Path) -> None:
    explorer = lw.FFTExplorer(labeled)
    await explorer.settled()
    record = Path(explorer.record(tmp_path / "record"))
    spots = pd.read_csv(record / "spots.csv").query("indexed == 1")
    # each spot lies where the cell of the table of numbers has it, in 1/nm
    numbers = pd.read_csv(record / "numbers.csv").set_index("quantity").value.astype(float)
    cell = lw.Lattice.from_parameters(numbers["a"], numbers["b"], numbers["gamma"]).reciprocal()
    lengths = np.hypot(spots["frequency row [1/nm]"], spots["frequency col [1/nm]"])
    np.testing.assert_allclose(lengths, side_lengths(spots[["h", "k"]].to_numpy() @ cell.vectors), rtol=2e-3)
    profile = pd.read_csv(record / "profile.csv")
    strongest = profile["frequency [1/nm]"][profile["mean magnitude"][3:].idxmax()]
    assert strongest == pytest.approx(1 / 0.39, abs=np.diff(profile["frequency [1/nm]"])[0])
    recipe = json.loads((record / "recipe.json").read_text(encoding="utf-8"))
    assert recipe["picture"]["calibration"] == "graphene 10"
    explorer.close()


async def test_the_maps_of_a_record(labeled: xr.DataArray, tmp_path: Path) -> None:
    widget = lw.StrainMap(labeled)
    await widget.settled()
    record = Path(widget.record(tmp_path / "record"))
    table = pd.read_csv(record / "maps.csv")
    for length, number in (("y", "row"), ("x", "col")):
        np.testing.assert_allclose(table[length], table[number] * min(SIDES), rtol=1e-6)
    with np.load(widget.save(tmp_path / "a.npz")) as stored:
        attributes = json.loads(str(stored["attributes"]))
    assert (attributes["pixel_size"], attributes["calibration"]) == (pytest.approx(min(SIDES), rel=1e-6), "graphene 10")
    widget.close()


def test_an_analysis_that_is_written_as_zarr_and_its_report(tmp_path: Path) -> None:
    frames = np.stack([picture()] * 8)
    found = lw.analyze_movie(frames, pixel_size=0.0271828, frame_interval=0.7, window_size=96, step=64, n_passes=0)
    with xr.open_zarr(write_dataset(found, tmp_path / "a.zarr"), consolidated=False) as stored:
        np.testing.assert_allclose(stored.x, found.col * 0.0271828, rtol=1e-6)
        assert (stored.attrs["pixel_size"], stored.attrs["calibration"]) == (pytest.approx(0.0271828), "by hand")
    write_report(found, frames, tmp_path / "report")
    kinetics = json.loads((tmp_path / "report" / "kinetics.json").read_text(encoding="utf-8"))
    assert (kinetics["pixel_size"], kinetics["calibration"]) == (pytest.approx(0.0271828, rel=1e-6), "by hand")
