"""Where packages are missing, as in a browser, the widgets answer all the same, and what cannot be done says so."""

import subprocess
import sys
from pathlib import Path

from tests.patience import LONG_PATIENCE

ROOT = Path(__file__).parents[1]

#: run in a Python of its own: modules that are loaded cannot be blocked
SCRIPT = '''
import asyncio
import sys

BLOCKED = set("""tensorflow keras zarr dask distributed openTSNE rsciio imageio imageio_ffmpeg voila jupyterlab
    jupyter_server tornado.web requests pooch lzma _lzma psutil h5py imagecodecs""".split())


class Finder:
    """Finds what another finder finds, but nothing that is blocked."""

    def __init__(self, other):
        self.other = other

    def __getattr__(self, name):
        return getattr(self.other, name)

    def find_spec(self, name, path=None, target=None):
        if name in BLOCKED or name.partition(".")[0] in BLOCKED:
            return None
        return self.other.find_spec(name, path, target)


sys.meta_path[:] = [Finder(other) for other in sys.meta_path]

import threading

import lattice_widgets as lw
from lattice_widgets.needed import MissingPackageError
from lattice_widgets.runner import ways

ways.HAS_THREADS = False
from lattice_widgets.memory import available_memory


async def answered(widget):
    await widget.settled()
    assert widget.error == "", widget.error
    return widget


def sentence(act):
    try:
        act()
    except (ValueError, OSError, MissingPackageError) as error:
        return str(error)
    raise AssertionError("it did not say that something is missing")


async def main():
    threads = set(threading.enumerate())
    simulator = await answered(lw.LatticeSimulator(crystal="graphene", rows=64, cols=64))
    assert simulator.image.shape == (64, 64)
    before = simulator.image.copy()
    simulator.disorder = 0.1
    await answered(simulator)
    assert (simulator.image != before).any()
    panel = await answered(lw.ProbabilityPanel(simulator, n_passes=50))
    assert abs(panel.summary.mean.sum() - 1) < 1e-5
    explorer = await answered(lw.FFTExplorer("simulated_graphene_stm"))
    assert explorer.fit.bravais_type == lw.fit_lattice(lw.load_sample("simulated_graphene_stm").values).bravais_type
    quiz = await answered(lw.Quiz("lattice", level=1, seed=7, n_questions=2))
    assert quiz.question is not None
    viewer = await answered(lw.EmbeddingViewer())
    assert len(viewer.points) > 100
    viewer.place("simulated_graphene_stm")
    await viewer.settled()
    assert viewer.error.startswith("Placing pictures on a map needs the package openTSNE"), viewer.error
    assert viewer.placed is None
    assert len(viewer.points) > 100, "the map is gone"
    # each in one sentence
    assert "openTSNE" in sentence(lambda: lw.embed(lw.load_example_map().features))
    assert "requests" in sentence(lambda: lw.load_sample("graphene_stm"))
    picture = lw.load_sample("simulated_graphene_stm").values
    assert "zarr" in sentence(lambda: lw.analyze_movie([picture, picture], frame_interval=1.0))
    assert available_memory() > 0
    assert set(threading.enumerate()) == threads, "a thread was started"
    loaded = sorted(name for name in sys.modules if name in BLOCKED)
    assert loaded == [], loaded


asyncio.run(main())
print("all answered")
'''


def test_widgets_answer_without_packages_that_a_browser_lacks(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,  # the quiz saves its answers there
        env={"PYTHONPATH": str(ROOT), "PATH": "", "LATTICE_WIDGETS_DATA_DIR": str(tmp_path / "samples")},
        capture_output=True,
        text=True,
        timeout=LONG_PATIENCE,
    )
    assert answer.stdout.endswith("all answered\n"), answer.stdout + answer.stderr
