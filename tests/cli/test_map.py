"""``lattice-widgets map``: maps of known strain as files, results that stay, and one sentence for what cannot be mapped."""

import csv
import json
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import tifffile
import xarray as xr
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from lattice_widgets import CRYSTALS, Lattice, known_cells
from lattice_widgets.cli import app
from lattice_widgets.core.maps.deformation import COMPONENTS
from tests.drawn_atoms import draw_atoms, edge_dislocation

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from several_lattices import turned

SIDE = 0.0224  # nm
#: graphene in px, which is 11 px
GRAPHENE = Lattice.from_parameters(CRYSTALS["graphene"].a / SIDE, CRYSTALS["graphene"].a / SIDE, 120, 17)
FIGURES = ("maps", "strain_xx", "strain_yy", "strain_xy", "dilation", "rotation", "amplitude")


def run(*arguments: str | int | float | Path) -> Result:
    answer = CliRunner().invoke(app, ["map", *map(str, arguments)])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    return answer


def strained(shape: tuple[int, int], percent: float, seed: int = 0) -> np.ndarray:
    """Draw graphene that is stretched along x as a whole."""
    drawn = draw_atoms(GRAPHENE, shape, move=lambda p: p * [1, 1 + percent / 100])
    return drawn + 0.05 * np.random.default_rng(seed).standard_normal(shape)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "strained.tif"
    tifffile.imwrite(path, strained((220, 260), 1.0).astype(np.float32))
    return path


@pytest.fixture(scope="module")
def results(picture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results")
    answer = run(picture, "--out", out, "--pixel-size", SIDE, "--reference", "graphene", "--method", "both")
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.startswith(f"{picture}: strain xx ")
    assert "against the lattice of graphene" in answer.stdout
    return out / f"{picture.name}.map"


def test_any_known_cell_is_a_reference(picture: Path, tmp_path: Path) -> None:
    cells = known_cells()
    size = SIDE * cells["Ag(111)"].a / cells["graphene"].a
    answer = run(picture, "--out", tmp_path, "--pixel-size", size, "--reference", "Ag(111)")
    assert answer.exit_code == 0, answer.stderr
    summary = json.loads((tmp_path / f"{picture.name}.map" / "summary.json").read_text(encoding="utf-8"))
    assert summary["maps"]["strain_xx"]["mean"] == pytest.approx(1.0, abs=0.05)
    assert summary["presumed"]["reference"] == "the lattice of Ag(111), in the mean direction of the picture"


def test_the_summary_tells_the_strain_and_what_was_presumed(results: Path) -> None:
    summary = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    told = summary["maps"]
    assert set(told) == set(COMPONENTS)
    for name, truth in {"strain_xx": 1.0, "strain_yy": 0.0, "dilation": 1.0}.items():
        assert abs(told[name]["mean"] - truth) < 4 * told[name]["mean_error"] + 1e-3, name
        assert 0 < told[name]["mean_error"] < 0.05
        assert told[name]["unit"] == "%"
    assert told["strain_xx"]["rms"] == pytest.approx(1, abs=0.02)
    assert told["strain_xx"]["share_beyond_three_errors"] == 1
    assert told["strain_yy"]["rms"] < 2 * told["strain_yy"]["rms_of_errors"]
    assert summary["presumed"]["reference"] == "the lattice of graphene, in the mean direction of the picture"
    reference = Lattice(summary["presumed"]["reference_vectors"]).reduced()
    assert (reference.a, reference.gamma) == pytest.approx((CRYSTALS["graphene"].a, 120))
    assert summary["calibration"] == "by hand"
    assert summary["pixel_size"] == SIDE
    window = summary["window"]
    assert window["resolution"] == pytest.approx(SIDE * window["resolution_px"])
    assert window["resolution_px"] < window["window_size"]
    assert summary["methods_differ"] < 0.05
    (grain,) = summary["grains"]
    assert (grain["type"], grain["unit"]) == ("hexagonal", "nm")
    assert summary["boundaries"] == summary["dislocations"] == []
    assert not (results / "grains.png").exists()
    assert {"lattice-widgets", "numpy", "python"} <= set(summary["versions"])


def test_the_maps_are_there_as_data_and_as_a_table(results: Path) -> None:
    with xr.open_zarr(results / "maps.zarr", consolidated=False) as stored:
        maps = stored.load()
    assert float(maps.strain_xx.mean()) == pytest.approx(1.0, abs=0.05)
    assert maps.strain_xx.units == "%"
    rows = list(csv.DictReader((results / "maps.csv").open(encoding="utf-8")))
    assert len(rows) == maps.strain_xx.size
    one = rows[maps.sizes["window_col"] + 2]  # second row, third column of the grid
    place = maps.isel(window_row=1, window_col=2)
    for column, value in {
        "row [px]": place.row,
        "x [nm]": place.x,
        "strain_xx [%]": place.strain_xx,
        "rotation_error [degrees]": place.rotation_error,
        "strain_yy_windows [%]": place.strain_yy_windows,
        "a_col [nm]": place.vectors.sel(vector="a", axis="col"),
        "amplitude": place.amplitude,
    }.items():
        assert float(one[column]) == pytest.approx(float(value), rel=1e-6), column


def test_each_map_has_its_figures(results: Path) -> None:
    for name in FIGURES:
        with Image.open(results / f"{name}.png") as drawn:
            assert min(drawn.size) > 400, name
            assert len(np.unique(np.asarray(drawn.convert("L")))) > 50, "nothing is drawn"
        text = " ".join(ET.parse(results / f"{name}.svg").getroot().itertext())
        assert "graphene" in text, "what strain is measured against"
        assert " nm" in text, "scale bar and resolution"
    assert "strain xx [%]" in " ".join(ET.parse(results / "strain_xx.svg").getroot().itertext())


def test_grains_are_told_and_drawn(tmp_path: Path) -> None:
    shape = (260, 420)
    left = draw_atoms(GRAPHENE, shape, keep=lambda p: p[:, 1] < 230)
    image = left + draw_atoms(turned(GRAPHENE, 20.0), shape, keep=lambda p: p[:, 1] > 235)
    np.save(tmp_path / "two.npy", image + 0.1 * np.random.default_rng(0).standard_normal(shape))
    answer = run(tmp_path / "two.npy", "--out", tmp_path, "--pixel-size", SIDE)
    assert answer.exit_code == 0, answer.stderr
    assert "2 grains, turned by " in answer.stdout
    folder = tmp_path / "two.npy.map"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    (boundary,) = summary["boundaries"]
    assert abs(boundary["angle"]) == pytest.approx(20, abs=0.1)
    text = " ".join(ET.parse(folder / "grains.svg").getroot().itertext())
    assert "1: hexagonal" in text
    assert "turned by" in text


def test_the_moire_of_two_layers_is_told_and_kept(tmp_path: Path) -> None:
    first, second = (Lattice.from_parameters(9, 9, 90, rotation=angle) for angle in (0, 10))
    noise = 0.05 * np.random.default_rng(5).standard_normal((320, 320))
    np.save(tmp_path / "layers.npy", draw_atoms(first, (320, 320)) + 0.7 * draw_atoms(second, (320, 320)) + noise)
    answer = run(tmp_path / "layers.npy", "--out", tmp_path / "out", "--pixel-size", "0.05 nm")
    assert "layers twisted by 10.0" in answer.stdout
    folder = tmp_path / "out" / "layers.npy.map"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["moire"]["a"] == pytest.approx(0.05 * 9 / (2 * np.sin(np.deg2rad(5))), rel=0.01)
    again = xr.open_zarr(folder / "moire.zarr", consolidated=False)
    assert float(again.offset.max()) == pytest.approx(0.05 * 9 / np.sqrt(2), rel=0.05)
    with (folder / "moire.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == again.offset.size
    assert {"offset [nm]", "twist [degrees]", "phase_a"} <= set(lines[0])
    assert "offset of the layers" in (folder / "moire.svg").read_text(encoding="utf-8")


def test_a_dislocation_is_told(tmp_path: Path) -> None:
    shape, place = (300, 340), (150.0, 180.0)
    image = draw_atoms(GRAPHENE, shape, move=edge_dislocation(place, GRAPHENE.vectors[0]))
    np.save(tmp_path / "one.npy", image + 0.1 * np.random.default_rng(0).standard_normal(shape))
    answer = run(tmp_path / "one.npy", "--out", tmp_path, "--pixel-size", SIDE, "--json")
    summary = json.loads(answer.stdout)
    (dislocation,) = summary["dislocations"]
    assert np.hypot(dislocation["row"] - place[0], dislocation["col"] - place[1]) < 2 * 11
    assert dislocation["length"] == pytest.approx(CRYSTALS["graphene"].a, rel=0.03)


def test_what_is_there_is_not_made_again(picture: Path, tmp_path: Path) -> None:
    out, copy = tmp_path / "out", tmp_path / "copy.tif"
    shutil.copy(picture, copy)
    assert run(copy, "--out", out).exit_code == 0
    table = out / "copy.tif.map" / "maps.csv"
    table.write_text("mine", encoding="utf-8")
    again = run(copy, "--out", out)
    assert again.exit_code == 0
    assert "(was there)" in again.stdout
    assert table.read_text(encoding="utf-8") == "mine"

    other = run(copy, "--out", out, "--step", 30)
    assert other.exit_code == 1
    assert "maps of other settings: --again" in other.stderr
    assert table.read_text(encoding="utf-8") == "mine"

    tifffile.imwrite(copy, strained((220, 260), 0.0).astype(np.float32))
    changed = run(copy, "--out", out)
    assert changed.exit_code == 1
    assert "before it changed: --again" in changed.stderr

    anew = run(copy, "--out", out, "--step", 30, "--again", "--json")
    assert anew.exit_code == 0
    told = json.loads(anew.stdout)
    assert (told["skipped"], told["window"]["step"]) == (False, 30)
    assert table.read_text(encoding="utf-8") != "mine"


def test_what_was_stopped_halfway_is_made_anew(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "strained.tif.map" / "maps.zarr").mkdir(parents=True)
    (tmp_path / "strained.tif.map" / "summary.json").write_text('{"format": "lattice-widg', encoding="utf-8")
    answer = run(picture, "--out", tmp_path, "--json")
    assert json.loads(answer.stdout)["skipped"] is False
    assert json.loads((tmp_path / "strained.tif.map" / "summary.json").read_text(encoding="utf-8"))["frames"] == 1


def test_a_folder_goes_on_after_bad_files_and_leaves_its_own_results_alone(picture: Path, tmp_path: Path) -> None:
    folder = tmp_path / "measured"
    (folder / "day 2").mkdir(parents=True)
    for place in (folder, folder / "day 2"):
        shutil.copy(picture, place / "a.tif")
    (folder / "bad.png").write_bytes(b"no picture")
    np.save(folder / "noise.npy", np.random.default_rng(0).standard_normal((128, 160)))
    for out in (folder, folder):  # the same place: results of the first run are no pictures for the second
        answer = run(folder, "-r", "--out", out, "--json")
        assert answer.exit_code == 1
        lines = {
            Path(line["file"]).relative_to(folder).as_posix(): line
            for line in map(json.loads, answer.stdout.splitlines())
        }
        assert set(lines) == {"a.tif", "day 2/a.tif", "bad.png", "noise.npy"}
        assert "not a png file" in lines["bad.png"]["error"]
        assert "shows no lattice" in lines["noise.npy"]["error"]
        assert all(error["error"].count(". ") == 0 for error in lines.values() if "error" in error)
        assert "Traceback" not in answer.stderr
        assert "maps" in lines["a.tif"]
    assert (out / "day 2" / "a.tif.map" / "maps.csv").is_file()
    assert not (out / "noise.npy.map").exists()


def test_two_files_of_one_name_are_not_mixed_up(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / picture.name
    shutil.copy(picture, other)
    answer = run(picture, other, "--out", tmp_path / "out")
    assert answer.exit_code == 1
    assert f"{picture} has the same name" in answer.stderr
    assert answer.stdout.count("strain xx") == 1


def test_frames_of_a_movie_have_folders_of_their_own(tmp_path: Path) -> None:
    movie, out = tmp_path / "movie.npy", tmp_path / "out"
    noise = np.random.default_rng(0).standard_normal((160, 180))
    np.save(movie, np.stack([strained((160, 180), 0.0), noise, strained((160, 180), 1.0)]))
    region = "0,0,160,180"
    answer = run(movie, "--out", out, "--reference", region)
    assert answer.exit_code == 1
    assert "frame 1: " in answer.stderr
    assert "shows no lattice" in answer.stderr
    assert "frame 0: strain xx" in answer.stdout
    assert sorted(path.name for path in (out / "movie.npy.map").iterdir()) == ["frame 00000", "frame 00002"]
    shutil.rmtree(out / "movie.npy.map" / "frame 00002")
    again = run(movie, "--out", out, "--reference", region).stdout.splitlines()
    assert ["(was there)" in line for line in again] == [True, False]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("--reference", "unobtainium"), "'unobtainium' is no reference"),
        (("--reference", "1,2,3"), "'1,2,3' is no reference"),
        (("--method", "guess"), "Unknown method 'guess'"),
        (("--reference", "graphene"), "takes a pixel size"),
        (("--reference", "graphene", "--pixel-size", "0.1"), "does not show graphene"),
        (("--reference", "9000,9000,10,10"), "reference region shows no lattice"),
        (("--window-size", "20"), "A window of 20 px does not fit"),
        (("--pixel-size", "long"), "pixel size"),
    ],
)
def test_a_setting_that_does_not_fit_is_one_sentence(
    picture: Path, tmp_path: Path, settings: tuple[str, ...], words: str
) -> None:
    answer = run(picture, "--out", tmp_path, *settings)
    assert answer.exit_code == 1
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / f"{picture.name}.map").exists()


def test_a_folder_that_cannot_be_written_to_is_said(picture: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = run(picture, "--out", tmp_path / "file" / "out")
    assert answer.exit_code == 1
    assert "cannot be written to" in answer.stderr


def test_on_a_cluster_pictures_are_mapped_beside_each_other(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    folder, out = tmp_path / "measured", tmp_path / "out"
    folder.mkdir()
    (folder / "bad.png").write_bytes(b"no picture")
    noise = np.random.default_rng(0).standard_normal((160, 180))
    np.save(folder / "movie.npy", np.stack([strained((160, 180), 0.0), noise, strained((160, 180), 1.0)]))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        how = ("--pixel-size", SIDE, "--reference", "graphene", "--scheduler", cluster.scheduler_address, "--json")
        answers = [run(folder, "--out", out, *how) for _time in range(2)]
    for answer, skipped in zip(answers, (False, True), strict=True):
        assert answer.exit_code == 1
        lines = [json.loads(line) for line in answer.stdout.splitlines()]
        wrong = {Path(line["file"]).name: line["error"] for line in lines if "error" in line}
        assert set(wrong) == {"bad.png", "movie.npy"}
        assert wrong["movie.npy"].startswith("frame 1: ")
        found = {line["frame"]: line for line in lines if "error" not in line}
        assert {number: line["skipped"] for number, line in found.items()} == {0: skipped, 2: skipped}
        means = [found[number]["maps"]["strain_xx"]["mean"] for number in (0, 2)]
        assert means == pytest.approx([0.0, 1.0], abs=0.05)
    assert sorted(path.name for path in (out / "movie.npy.map").iterdir()) == ["frame 00000", "frame 00002"]
    assert (out / "movie.npy.map" / "frame 00002" / "maps.svg").is_file()
