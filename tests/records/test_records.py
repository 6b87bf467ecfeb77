"""Lab records: whole in one folder, true to the widget, computed again to the same numbers, and honest where they are not."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from PIL import Image
from typer.testing import CliRunner

import lattice_widgets as lw
from lattice_widgets.cli import app
from lattice_widgets.core.pictures.pixel_size import set_pixel_size
from lattice_widgets.views.shared.widget_frame import WidgetFrame
from lattice_widgets.widgets.opening.sources import Upload
from lattice_widgets.widgets.parts.record_button import RecordButton
from tests.patience import PATIENCE
from tests.widget_parts import part

EVIL = "a<img src=x onerror=alert(1)>&'.png"


def waves(rows: int = 128, cols: int = 160) -> np.ndarray:
    y, x = np.mgrid[:rows, :cols]
    picture = np.cos(2 * np.pi * y / 10) + np.cos(2 * np.pi * x / 10)
    return picture + 0.3 * np.random.default_rng(2).normal(size=picture.shape)


def numbers_of(record: Path) -> pd.DataFrame:
    return pd.read_csv(record / "numbers.csv", index_col="quantity")


def repeat(record: Path, *more: str) -> Any:
    return CliRunner().invoke(app, ["repeat", str(record), *more])


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of an array in nm, whose pixels are not square."""
    picture = set_pixel_size(xr.DataArray(waves()[::2], dims=("row", "col"), name="mine"), (0.04, 0.02))
    place = tmp_path_factory.mktemp("records")
    return lw.write_record(place / "mine", "window", picture, window=(4, 8, 100, 120), shear=1.5, frequency_range=10)


def test_a_record_of_an_array_has_all_parts_and_is_the_same_again(record: Path) -> None:
    names = {path.name for path in record.iterdir()}
    assert {"record.html", "repeat.py", "repeat.ipynb", "recipe.json", "picture.npz", "numbers.csv"} <= names
    assert {"window.png", "window.svg", "picture.png", "picture.svg", "spots.csv", "profile.csv"} <= names
    assert not [path for path in record.parent.iterdir() if path.name.endswith(".part")]
    recipe = json.loads((record / "recipe.json").read_text(encoding="utf-8"))
    assert recipe["source"]["sha256"] == hashlib.sha256((record / "picture.npz").read_bytes()).hexdigest()
    assert recipe["settings"]["window"] == [4, 8, 100, 120]
    assert recipe["settings"]["shear"] == 1.5
    assert recipe["picture"]["pixel_size"] == pytest.approx(0.02)
    card = lw.load_classifier().card
    assert recipe["network"]["weights_sha256"] == card.weights_sha256
    assert {"python", "numpy", "lattice-widgets"} <= set(recipe["versions"])
    assert "0.5 nm" in re.sub(r"<[^>]*>", "", (record / "window.svg").read_text(encoding="utf-8")), "no scale bar"
    found = lw.repeat_record(record)
    assert found.same
    assert found.numbers > 50
    answer = repeat(record)
    assert answer.exit_code == 0
    assert "the same" in answer.stdout


def test_the_code_of_a_record_gives_its_numbers(record: Path) -> None:
    command = [sys.executable, "repeat.py"]
    answer = subprocess.run(command, cwd=record, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert answer.returncode == 0, answer.stderr
    numbers = numbers_of(record)
    said = lw.with_error(numbers.value["a"], numbers.error["a"], "nm")
    assert said in answer.stdout
    notebook = nbformat.read(record / "repeat.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    script = (record / "repeat.py").read_text(encoding="utf-8")
    assert notebook.cells[1].source.strip() in script


def test_a_number_that_was_changed_is_told(record: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(record, changed)
    text = (changed / "numbers.csv").read_text(encoding="utf-8").splitlines()
    assert text[1].startswith("a,")
    name, value, *rest = text[1].split(",")
    text[1] = ",".join([name, repr(float(value) * 1.001), *rest])
    (changed / "numbers.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    answer = repeat(changed)
    assert answer.exit_code == 1
    assert "1 of" in answer.stdout
    assert "numbers.csv, a, value" in answer.stdout
    comparison = json.loads(repeat(changed, "--json").stdout)
    assert comparison["same"] is False
    (changed / "spots.csv").unlink()
    assert "spots.csv is missing" in repeat(changed).stdout


def break_picture(folder: Path) -> None:
    (folder / "picture.npz").write_bytes(b"x" + (folder / "picture.npz").read_bytes()[1:])


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    change(recipe)
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (break_picture, "its content has changed"),
        (lambda f: edit(f, lambda r: r["source"].update(path="../other.npz")), "outside of the record"),
        (lambda f: edit(f, lambda r: r["network"].update(weights_sha256="0")), "its weights have changed"),
        (lambda f: edit(f, lambda r: r.update(version=99)), "newer version"),
        (lambda f: edit(f, lambda r: r.pop("settings")), "damaged"),
        (lambda f: edit(f, lambda r: r["settings"].update(banana=1)), "has no setting 'banana'"),
        (lambda f: edit(f, lambda r: r["settings"].update(window=[0, 0, 9999, 9])), "does not lie in the picture"),
        (lambda f: edit(f, lambda r: r["settings"].update(frame="x")), "frame cannot be 'x'"),
        (lambda f: edit(f, lambda r: r["settings"].update(window="abcd")), "window cannot be 'abcd'"),
        (lambda f: (f / "recipe.json").write_text("{"), "cannot be read"),
        (lambda f: (f / "recipe.json").unlink(), "is no lab record"),
    ],
)
def test_what_is_wrong_with_a_record_is_one_sentence(
    harm: Callable[[Path], Any], sentence: str, record: Path, tmp_path: Path
) -> None:
    harmed = tmp_path / "harmed"
    shutil.copytree(record, harmed)
    harm(harmed)
    answer = repeat(harmed)
    assert answer.exit_code == 1
    assert answer.exception is None or isinstance(answer.exception, SystemExit)
    assert sentence in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_file_stays_where_it_is_and_may_move(tmp_path: Path) -> None:
    path = tmp_path / EVIL.replace("/", "")
    Image.fromarray((60 * (waves() + 2)).clip(0, 255).astype(np.uint8)).save(path)
    folder = lw.write_record(tmp_path / "records" / "one", "window", path, pixel_size="20 pm")
    assert not (folder / "picture.npz").exists()
    page = (folder / "record.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert lw.repeat_record(folder).same
    moved = tmp_path / "elsewhere.png"
    path.rename(moved)
    assert "is not where it was" in repeat(folder).stderr
    assert repeat(folder, "--file", str(moved)).exit_code == 0
    moved.write_bytes(moved.read_bytes() + b" ")
    assert "its content has changed" in repeat(folder, "--file", str(moved)).stderr


def test_the_page_needs_nothing_and_can_be_read_aloud(record: Path) -> None:
    page = (record / "record.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:)', page), "the page asks for another file"
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) == 2
    assert all(re.search(r'alt="[^"]{10,}"', picture) for picture in pictures)
    assert "prefers-color-scheme: dark" in page
    assert '<html lang="en">' in page
    assert page.count("<h1>") == 1
    assert 'scope="col"' in page


def test_nothing_is_overwritten_and_nothing_half_is_left(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="mine is there already"):
        lw.write_record(tmp_path / "mine", "window", waves())
    with pytest.raises(ValueError, match="constant"):
        lw.write_record(tmp_path / "new", "window", np.zeros((64, 64)))
    with pytest.raises(ValueError, match="choose one of window, passes"):
        lw.write_record(tmp_path / "new", "film", waves())
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


async def test_the_record_of_the_explorer_has_the_numbers_on_its_screen(tmp_path: Path) -> None:
    lw.load_classifier().load()
    explorer = lw.FFTExplorer(waves(), pixel_size="20 pm", window=(3, 5, 110, 90), scale=2.0, shear=-1.0)
    with pytest.raises(ValueError, match="No window has been measured yet"):
        explorer.record(tmp_path / "early")
    await explorer.settled()
    explorer.pin("first")
    folder = explorer.record(tmp_path / "explorer")
    numbers = numbers_of(folder)
    assert explorer.fit is not None
    assert numbers.value["a"] == explorer.fit.a
    assert numbers.error["gamma"] == explorer.fit.gamma_error
    said = [float(numbers.value[f"probability {kind}"]) for kind in lw.CLASSES]
    assert said == pytest.approx(explorer.probabilities, abs=1e-6)  # of float32, from sums in another order
    assert pd.read_csv(folder / "pins.csv", index_col="name").loc["first", "a"] == explorer.fit.a
    assert lw.repeat_record(folder).same
    explorer.close()


async def test_the_button_writes_a_record_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lw.load_classifier().load()
    panel = lw.ProbabilityPanel(waves(64, 64), n_passes=300, seed=3)
    button = next(part for part in panel.children if isinstance(part, RecordButton))
    await panel.settled()
    button.write.click()
    await panel.settled()
    assert "record-your-array" in button.says.value
    (folder,) = tmp_path.iterdir()
    classes = pd.read_csv(folder / "classes.csv", index_col="class")
    assert panel.summary is not None
    assert list(classes["mean"]) == list(panel.summary.mean[0])
    assert numbers_of(folder).value["verdict"].startswith(panel.verdict.split(":")[0].split(",")[0][:8])
    assert lw.repeat_record(folder).same
    button.name.value = folder.name
    button.write.click()
    await panel.settled()
    assert "is there already" in button.says.value
    # on a dashboard the browser saves all of it in one file, and the folder of the server stays as it was
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    saved: list[bytes] = []
    monkeypatch.setattr(part(panel, WidgetFrame), "send", lambda content, buffers: saved.append(bytes(buffers[0])))
    before = sorted(tmp_path.rglob("*"))
    button.name.value = "mine"
    button.write.click()
    await panel.settled()
    assert "Your browser saves mine.zip." in button.says.value
    assert "mine/record.html" in zipfile.ZipFile(io.BytesIO(saved[0])).namelist()
    assert sorted(tmp_path.rglob("*")) == before
    panel.close()


def test_an_upload_is_stored_and_read_as_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    Image.fromarray((60 * (waves(64, 80) + 2)).clip(0, 255).astype(np.uint8)).save(path)
    folder = lw.write_record(tmp_path / "record", "passes", Upload(EVIL, path.read_bytes()), n_passes=60, seed=1)
    assert (folder / "picture.png").read_bytes() == path.read_bytes()
    assert lw.repeat_record(folder).same


async def test_the_record_of_a_map_repeats(tmp_path: Path) -> None:
    features = np.random.default_rng(3).normal(size=(40, 8)).astype(np.float32)
    labels = ["square"] * 20 + ["oblique"] * 20
    viewer = lw.EmbeddingViewer(features=features, labels=labels, perplexity=5)
    await viewer.settled()
    folder = viewer.record(tmp_path / "map")
    table = pd.read_csv(folder / "map.csv")
    assert np.allclose(table[["x", "y"]], viewer.points)
    assert list(table["class"]) == labels
    assert lw.repeat_record(folder).same
    viewer.close()


async def test_the_record_of_a_movie_repeats_without_the_analysis(tmp_path: Path) -> None:
    movie = lw.simulate_beam_damage(5, (96, 112), field_of_view=4.0, growth=(0.0, 0.05, 0.1))
    scrubber = lw.MovieScrubber(movie, window_size=64, step=32, n_passes=0)
    await scrubber.settled()
    with pytest.raises(ValueError, match="no finished analysis"):
        scrubber.record(tmp_path / "early")
    scrubber.analyze()
    await scrubber.settled()
    assert scrubber.dataset is not None
    folder = scrubber.record(tmp_path / "movie")
    fractions = pd.read_csv(folder / "fractions.csv")
    assert np.allclose(fractions["hole fraction"], scrubber.dataset["hole_fraction"], atol=0, rtol=1e-12)
    assert lw.repeat_record(folder).same
    assert "lw.analyze_movie(movie, window_size=64" in (folder / "repeat.py").read_text(encoding="utf-8")
    scrubber.close()
