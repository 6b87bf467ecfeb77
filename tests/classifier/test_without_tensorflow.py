"""Everything but training works where neither Keras nor TensorFlow is installed, and nothing that answers imports them."""

import subprocess
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

import lattice_widgets as lw
from tests.patience import PATIENCE

#: what a machine without them does with an import
MISSING = """
import importlib.abc, sys

class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("keras", "tensorflow"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
"""
CLI = "import sys; from lattice_widgets.cli import app; app(sys.argv[1:])"


def run(program: str, *arguments: str, fails: bool = False) -> str:
    """Run a program where Keras and TensorFlow are missing; return what it prints."""
    command = [sys.executable, "-W", "error::UserWarning:lattice_widgets", "-c", MISSING + program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    microscope = lw.Microscope(rows=96, cols=112, field_of_view=3)
    return lw.simulate_micrograph(lw.CRYSTALS["SrTiO3 [001]"], microscope, rotation=20, seed=1).image


@pytest.fixture
def file(tmp_path: Path, picture: np.ndarray) -> Path:
    path = tmp_path / "picture.npy"
    np.save(path, picture)
    return path


def test_they_really_are_missing_there() -> None:
    assert run("try:\n    import keras\nexcept ImportError as error:\n    print(error)") == "No module named 'keras'\n"


@pytest.mark.parametrize("name", ["default", "paper"])
def test_it_classifies_and_samples(file: Path, picture: np.ndarray, name: str) -> None:
    said = run(
        f"""
import numpy as np
import lattice_widgets as lw
classifier, picture = lw.load_classifier({name!r}), np.load({str(file)!r})
samples = classifier.sample(picture, 40, seed=5)
fast = classifier.summarize_fast(picture, 40)
verdict, = classifier.judge(picture, fast)
print(classifier.classes[classifier.predict(picture)[0].argmax()], classifier.features(picture).shape)
print(*samples.mean(axis=0)[0])
"""
    )
    name_and_shape, mean = said.splitlines()
    assert name_and_shape == "square (1, 128)"
    wanted = lw.load_classifier(name, backend="keras").sample(picture, 40, seed=5).mean(axis=0)[0]
    assert np.allclose([float(part) for part in mean.split()], wanted, atol=1e-5)


def test_a_widget_answers() -> None:
    said = run(
        """
import asyncio, sys
import lattice_widgets as lw

async def play():
    simulator = lw.LatticeSimulator(crystal="graphene", rows=96, cols=96)
    panel = lw.ProbabilityPanel(simulator, n_passes=200)
    await simulator.settled()
    explorer = lw.FFTExplorer(simulator.image)
    for widget in (simulator, panel, explorer):
        await widget.settled()
        print(repr(widget.error))
    print(len(simulator.probabilities), len(explorer.probabilities), panel.samples.shape)

asyncio.run(play())
"""
    )
    assert said.splitlines() == ["''"] * 3 + ["6 6 (200, 6)"]


def test_a_movie_is_analyzed(picture: np.ndarray) -> None:
    said = run(
        """
import numpy as np
import lattice_widgets as lw
frames = np.random.default_rng(0).normal(size=(2, 96, 96))
found = lw.analyze_movie(frames, window_size=48, step=24, n_passes=20)
print(dict(found.sizes)["frame"], bool(np.isfinite(found["probability"]).all()))
"""
    )
    assert said.split() == ["2", "True"]


def test_the_commands_answer(tmp_path: Path, file: Path, picture: np.ndarray) -> None:
    assert "square" in run(CLI, "classify", str(file))
    movie = tmp_path / "movie.tif"
    counts = np.round(200 * (picture - picture.min()) / np.ptp(picture)).astype(np.uint8)
    iio.imwrite(movie, np.stack([counts, counts[::-1]]))
    run(CLI, "analyze", str(movie), "--frame-interval", "1", "--window-size", "48", "--passes", "20",
        "--out", str(tmp_path / "results"))  # fmt: skip
    assert any((tmp_path / "results").iterdir())


def test_training_says_what_to_install(tmp_path: Path) -> None:
    said = run(CLI, "train", "paper", "--out", str(tmp_path), fails=True)
    assert 'pip install "lattice-widgets[train]"' in " ".join(said.split())
    assert "Traceback" not in said


def test_what_answers_imports_neither() -> None:
    """Here they are installed."""
    program = """
import asyncio, sys
import numpy as np
import lattice_widgets as lw

async def play():
    simulator = lw.LatticeSimulator()
    await simulator.settled()
    assert simulator.probabilities
    lw.load_classifier("paper").sample(simulator.image, 50)

asyncio.run(play())
print(*{"keras", "tensorflow"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
