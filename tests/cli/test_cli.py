"""The command line: what it prints, and the one sentence for what it cannot answer."""

import csv
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lattice_widgets as lw
from tests.cli.commands import run, run_alone
from tests.microscope_files import write_sxm
from tests.patience import PATIENCE


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "sto.npy"
    microscope = lw.Microscope(rows=120, cols=160, field_of_view=3)
    np.save(path, lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], microscope, rotation=25).image)
    return path


def test_classify_prints_a_line_a_picture(picture: Path) -> None:
    answer = run_alone("classify", picture, "--classifier", "paper")
    assert answer.returncode == 0
    assert answer.stderr == ""
    assert answer.stdout.startswith(f"{picture}: square ")


def test_classify_as_json_and_goes_on_after_a_bad_file(picture: Path, tmp_path: Path) -> None:
    bad, movie = tmp_path / "bad.png", tmp_path / "movie.npy"
    bad.write_bytes(b"no picture")
    np.save(movie, np.random.default_rng(0).normal(size=(2, 40, 50)))
    answer = run("classify", bad, picture, movie, "--json")
    assert answer.returncode == 1
    first, second, *frames = [json.loads(line) for line in answer.stdout.splitlines()]
    assert set(first) == {"file", "error"}
    assert second["file"] == str(picture)
    assert second["classes"] == list(lw.CLASSES)
    assert sum(second["probability"]) == pytest.approx(1, abs=1e-4)
    assert second["seconds"] > 0
    assert [frame["frame"] for frame in frames] == [0, 1]
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.stderr


def test_a_frame_that_was_lost_is_named_and_the_others_are_answered(picture: Path, tmp_path: Path) -> None:
    movie, table = tmp_path / "movie.npy", tmp_path / "answers.csv"
    frames = np.stack([np.load(picture)] * 4)
    frames[1] = 0
    frames[2, -20:] = np.nan
    np.save(movie, frames)
    answer = run("classify", movie, "--out", table)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"{movie} frame 1: The picture is constant")
    assert [line.split(":")[0] for line in answer.stdout.splitlines()] == [f"{movie} frame {n}" for n in (0, 2, 3)]
    assert "What was not scanned was left out" in answer.stdout.splitlines()[1]
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [(row["frame"], row["class"], bool(row["error"])) for row in rows] == [
        ("0", "square", False), ("1", "", True), ("2", "square", False), ("3", "square", False),
    ]  # fmt: skip


def test_passes_with_dropout_add_spread_entropy_and_a_verdict(picture: Path) -> None:
    answers = [
        json.loads(run("classify", picture, "--passes", "400", "--seed", "1", "--json").stdout) for _ in range(2)
    ]
    for answer in answers:
        answer.pop("seconds")
    assert answers[0] == answers[1], "the same seed gave other numbers"
    answer = answers[0]
    assert answer["verdict"] == "square"
    assert sum(answer["probability"]) == pytest.approx(1, abs=1e-4)
    assert len(answer["spread"]) == 6
    assert 0 <= answer["mutual_information"] <= answer["entropy"] <= np.log2(6)
    samples = lw.load_classifier().sample(np.load(picture), 400, seed=1)
    assert answer["probability"] == pytest.approx(samples.mean(axis=0)[0].tolist(), abs=1e-4)


def test_the_geometry_is_told_beside_the_network(picture: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.npy"
    np.save(noise, np.random.default_rng(0).normal(size=(64, 80)))
    fits = [json.loads(line) for line in run("classify", picture, noise, "--json").stdout.splitlines()]
    fit = fits[0]["lattice_fit"]
    assert fit["type"] == "square"
    assert fit["a"] == pytest.approx(0.3905 * 160 / 3, rel=0.005)  # nm -> px
    assert fit["unit"] == "px"
    assert sum(fit["weights"].values()) == pytest.approx(1)
    assert fits[1]["lattice_fit"] is None
    assert fits[1]["lattice_fit_reason"]


def test_the_type_of_the_picture_and_the_conventional_cell_are_told(tmp_path: Path) -> None:
    rows, cols = np.mgrid[:160, :200]
    sheared, rhombus = tmp_path / "sheared.npy", tmp_path / "rhombus.npy"
    noise = 0.1 * np.random.default_rng(0).normal(size=rows.shape)
    for path, waves in ((sheared, ((0, 10), (9.9, 350))), (rhombus, ((10, 13), (10, -13)))):
        phases = (2 * np.pi * (rows / down + cols / right if down else cols / right) for down, right in waves)
        np.save(path, sum(np.cos(phase) for phase in phases) + noise)
    said = run("classify", sheared, rhombus).stdout.splitlines()
    fits = [json.loads(line)["lattice_fit"] for line in run("classify", sheared, rhombus, "--json").stdout.splitlines()]
    assert fits[0]["type"] == "square"
    assert fits[0]["picture_type"] != "square"
    assert f"presumably square, strained by {fits[0]['strain']:.2f} %" in said[0]
    assert fits[1]["conventional_cell"]["a"] == pytest.approx(10, rel=0.01)
    assert "(conventional: " in said[1]
    assert "presumably" not in said[1]


def test_two_lattices_are_told(tmp_path: Path, picture: Path) -> None:
    twisted = lw.Imperfections(layer=0.7, layer_twist=9)
    microscope = lw.Microscope(rows=200, cols=240, dose=1e7)
    np.save(tmp_path / "layers.npy", lw.simulate_micrograph(lw.CRYSTALS["graphene"], microscope, twisted).image)
    said = run("classify", tmp_path / "layers.npy", picture, "--json").stdout.splitlines()
    both, one = map(json.loads, said)
    assert [each["type"] for each in both["lattices"]] == ["hexagonal", "hexagonal"]
    assert sum(each["share"] for each in both["lattices"]) == pytest.approx(1)
    assert both["lattices_sentence"].startswith("Two lattices: hexagonal (")
    assert one["lattices"] is None
    line = run("classify", tmp_path / "layers.npy").stdout
    assert "Two lattices: hexagonal (" in line
    assert "hexagonal turned by " in line


def test_what_was_left_out_of_a_picture_is_told(tmp_path: Path) -> None:
    rows, cols = np.mgrid[:96, :128]
    waves = np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8)
    figure, ramp = tmp_path / "figure.npy", tmp_path / "ramp.npy"
    np.save(figure, np.pad(waves, 27, constant_values=2.0))
    np.save(ramp, np.pad((rows / 7 + cols / 9) // 1, 5, constant_values=40))
    both = run("classify", figure, ramp)
    said = both.stdout.splitlines()
    assert "A white margin of 27 px was left out." in said[0]
    assert "geometry: no lattice. A white margin of 5 px was left out." in said[1]
    answers = [json.loads(line) for line in run("classify", figure, ramp, "--json").stdout.splitlines()]
    assert answers[0]["lattice_fit"]["left_out"] == ["A white margin of 27 px was left out."]
    assert "stored in few levels" in answers[1]["lattice_fit_reason"]
    assert answers[1]["left_out"] == ["A white margin of 5 px was left out."]


def test_the_real_graphene_picture(shared_picture: Callable[[str], Path]) -> None:
    answer = run("classify", shared_picture("graphene_stm.tif"), "--classifier", "paper", "--json")
    said = json.loads(answer.stdout)
    assert said["classes"][int(np.argmax(said["probability"]))] == "oblique"


#: picture -> class, a and b [px] as the command told them before files said their lengths; none of these knows its pixel
REAL = {
    "fe001_bicrystal_stem.npy": ("square", 37.2, 37.28), "graphene_stem.npy": ("hexagonal", 32.0, 32.04),
    "graphene_stm.tif": ("oblique", 16.94, 18.78), "perovskite_stem.dm3": ("rectangular", 14.97, 21.75),
    "si110_stem.png": ("centered rectangular", 36.81, 37.56), "srtio3_stem.jpg": ("square", 50.2, 51.33),
}  # fmt: skip


def test_real_pictures_keep_their_lengths_and_classes(shared_picture: Callable[[str], Path]) -> None:
    if importlib.util.find_spec("rsciio") is None:
        pytest.skip("dm3 needs RosettaSciIO")
    answer = run("classify", *map(shared_picture, REAL), shared_picture("carbon_stem.tif"), "--json")
    *told, carbon = (json.loads(line) for line in answer.stdout.splitlines())
    for (name, (kind, a, b)), said in zip(REAL.items(), told, strict=True):
        fit = said["lattice_fit"]
        assert said["classes"][int(np.argmax(said["probability"]))] == kind, name
        assert (fit["type"], fit["unit"]) == (kind, "px"), name
        assert (fit["a"], fit["b"]) == pytest.approx((a, b), rel=2e-3), name
    assert carbon["classes"][int(np.argmax(carbon["probability"]))] == "noise"
    assert carbon["lattice_fit"] is None or "error" in carbon["lattice_fit"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["classify", "nowhere.png"], "nowhere.png"),
        (["classify", "nowhere.png", "--classifier", "nonsense"], "There is no classifier 'nonsense'"),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], sentence: str) -> None:
    answer = run_alone(*arguments)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_listener_that_leaves_is_no_fault_of_the_pictures(picture: Path) -> None:
    command = [sys.executable, "-m", "lattice_widgets.cli", "classify", *[str(picture)] * 3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
def test_an_output_that_is_full_is_told(picture: Path) -> None:
    command = [sys.executable, "-m", "lattice_widgets.cli", "classify", str(picture)]
    with open("/dev/full", "w") as full:
        answer = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
    assert answer.returncode == 1
    assert answer.stderr.startswith("The output cannot be written: ")
    assert answer.stderr.count("\n") == 1


def test_a_terminal_without_greek_letters_gets_the_answer(picture: Path) -> None:
    command = [sys.executable, "-m", "lattice_widgets.cli", "classify", str(picture)]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    answer = subprocess.run(command, capture_output=True, env=environment, timeout=PATIENCE, check=False)
    assert (answer.returncode, answer.stderr) == (0, b"")
    assert b"\\u03b3 = " in answer.stdout


def test_a_folder_that_cannot_be_written_is_told_before_the_training(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "below"):
        answer = run("train", "paper", "--out", folder)
        assert answer.returncode == 1
        assert answer.stdout == ""
        assert answer.stderr.startswith(f"The folder {folder} cannot be written to")
        assert answer.stderr.count("\n") == 1


def test_too_many_passes_are_told_in_one_sentence(picture: Path) -> None:
    answer = run("classify", picture, "--passes", 10**13)
    assert answer.returncode == 1
    assert "ask for fewer" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_version_and_help() -> None:
    assert run_alone("--version").stdout.strip() == lw.__version__
    for word in ("classify", "train"):
        assert word in run("--help").stdout


def test_a_scan_of_half_the_lines_shows_the_same_lattice(tmp_path: Path) -> None:
    path = tmp_path / "flat.sxm"
    microscope = lw.Microscope(rows=256, cols=256, field_of_view=6, dose=1e7)
    whole = lw.simulate_micrograph(lw.CRYSTALS["graphene"], microscope, rotation=10).image
    write_sxm(path, {"Z": np.stack([whole[::2], whole[::2]])}, (6e-9, 6e-9))
    answer = json.loads(run("classify", path, "--json").stdout)
    assert answer["classes"][int(np.argmax(answer["probability"]))] == "hexagonal"
    assert (answer["lattice_fit"]["type"], answer["lattice_fit"]["unit"]) == ("hexagonal", "nm")
    assert answer["lattice_fit"]["a"] == pytest.approx(0.246, rel=0.005)


def test_a_picture_is_calibrated_by_hand_or_by_a_known_spot(picture: Path, tmp_path: Path) -> None:
    square = "SrTiO3 [001] 10"
    by_hand, by_spot = (
        json.loads(run("classify", picture, "--json", "--pixel-size", given).stdout) for given in ("18.75 pm", square)
    )
    for answer, origin in ((by_hand, "by hand"), (by_spot, square)):
        assert answer["calibration"] == origin
        assert answer["pixel_size"] == pytest.approx(3 / 160, rel=5e-3)
        assert answer["lattice_fit"]["unit"] == "nm"
        assert answer["lattice_fit"]["a"] == pytest.approx(0.3905, rel=5e-3)
    said = run("classify", picture, "--pixel-size", "0.01875")
    assert "(calibration: by hand)" in said.stdout
    wrong = run("classify", picture, "--pixel-size", "wide")
    assert wrong.returncode == 1
    assert "The pixel size 'wide' is not understood" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_data_set_is_chosen(picture: Path, tmp_path: Path) -> None:
    path, square = tmp_path / "scan.sxm", np.load(picture)
    noise = np.random.default_rng(0).normal(size=(2, *square.shape))
    write_sxm(path, {"Z": noise, "Current": np.stack([square, square])}, (2.25e-9, 3e-9))
    found = [json.loads(run("classify", path, "--json", *more).stdout) for more in ((), ("--dataset", "current f"))]
    assert [answer["dataset"] for answer in found] == ["Z forward", "Current forward"]
    assert [answer["classes"][int(np.argmax(answer["probability"]))] for answer in found] == ["noise", "square"]
    wrong = run("classify", path, "--dataset", "Q")
    assert wrong.returncode == 1
    assert "no data set 'Q'; it has 'Z forward', 'Z backward', 'Current forward', 'Current backward'" in wrong.stderr
