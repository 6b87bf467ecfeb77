"""The training panel: a network really learns, can be halted, and leaves no program behind."""

import asyncio
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest

import lattice_widgets as lw
from lattice_widgets.widgets.training_panel import widget as panel_module
from lattice_widgets.widgets.training_panel.work import Request
from tests.patience import PATIENCE, until, wait_for
from tests.widget_parts import named, words

needs_keras = pytest.mark.skipif(find_spec("keras") is None, reason="Keras, which is not installed, does the learning")


def programs() -> list[psutil.Process]:
    """What this process has started and what trains."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "lattice_widgets.training.watched" in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


@needs_keras
async def test_it_learns_and_tells() -> None:
    panel = lw.TrainingPanel(count=360, epochs=4, seed=3)
    await panel.settled()
    assert "288 simulated pictures to learn from" in words(panel)
    assert "72 others to check" in words(panel)
    assert not programs(), "it begins without being asked"
    named(panel, "train").click()
    await until(lambda: panel.state == "done" or panel.error, "the end")
    assert not panel.error
    assert len(panel.accuracy) == len(panel.val_accuracy) == 4
    assert panel.accuracy[-1] > panel.accuracy[0]
    assert panel.val_accuracy[-1] > 1 / 6 + 0.1, "no better than guessing"
    confusion = np.array(panel.confusion)
    assert confusion.shape == (6, 6)
    assert confusion.sum() == 72
    assert confusion.trace() / 72 == pytest.approx(panel.val_accuracy[-1], abs=1e-4)
    assert f"{100 * panel.val_accuracy[-1]:.1f} % right" in words(panel)
    assert "What it took for what" in words(panel)
    assert len(panel.static_picture()) > 5000
    await until(lambda: not programs(), "the end of the program")

    # other settings: what was learned with these is not shown as if it were theirs
    panel.seed = 4
    assert (panel.state, panel.accuracy, panel.confusion) == ("ready", (), ())
    assert "What it took for what" not in words(panel)
    panel.close()


@needs_keras
async def test_it_stops_and_goes_on_and_ends_with_the_widget() -> None:
    panel = lw.TrainingPanel(count=240, epochs=100)
    panel.train()
    halt = named(panel, "stop")
    await until(lambda: panel.val_accuracy or panel.error, "an epoch")
    halt.click()
    assert panel.state == "stopped"
    assert halt.description == "go on"
    (program,) = programs()
    await asyncio.sleep(1)  # the batch that is being learned comes to its end
    seen, used = len(panel.val_accuracy), sum(program.cpu_times()[:2])
    await asyncio.sleep(2)
    assert len(panel.val_accuracy) == seen < 100
    assert sum(program.cpu_times()[:2]) - used < 1, "it goes on all the same"
    halt.click()
    await until(lambda: len(panel.val_accuracy) > seen, "the next epoch")
    panel.close()
    await until(lambda: not programs(), "the end of the program")


@needs_keras
def test_it_ends_with_the_kernel(tmp_path: Path) -> None:
    script = """
import asyncio, os, signal
import lattice_widgets as lw
async def main():
    panel = lw.TrainingPanel(count=24_000)
    panel.train()
    while panel.state != "simulating":
        await asyncio.sleep(0.05)
    print(panel._process._process.pid, flush=True)
    {end}
asyncio.run(main())
"""
    for end in ("os.kill(os.getpid(), signal.SIGKILL)", "pass"):  # killed by its manager; ended in good order
        command = [sys.executable, "-c", script.replace("{end}", end)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        number = int(done.stdout)
        wait_for(lambda n=number: not psutil.pid_exists(n), "the end of the program")


async def test_without_tensorflow_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('no keras here')")
    paths = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    panel = lw.TrainingPanel()
    panel.train()
    await until(lambda: panel.error, "a sentence")
    assert panel.error.startswith("Training needs Keras and TensorFlow, which are not installed here: run pip install")
    assert panel.state == "failed"
    panel.epochs = 20  # it lives
    await panel.settled()
    assert not panel.error
    assert "20 times" in words(panel)
    panel.close()


async def test_a_program_that_breaks_down_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = lw.TrainingPanel()
    dies = [sys.executable, "-c", 'import sys; print(\'{"stage": "starting"}\', flush=True); sys.exit(9)']
    monkeypatch.setattr(Request, "command", property(lambda request: dies))
    named(panel, "train").click()
    await until(lambda: panel.error, "a sentence")
    assert "ended before its time (exit status 9)" in panel.error
    monkeypatch.setattr(Request, "command", property(lambda request: ["/no/such/program"]))
    named(panel, "train").click()
    assert "cannot be started: No such file or directory" in panel.error
    assert panel.state == "ready"
    panel.close()


async def test_in_a_browser_and_without_memory_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = lw.TrainingPanel()
    monkeypatch.setenv("LATTICE_WIDGETS_MEMORY", str(400_000_000))
    named(panel, "train").click()
    assert "Training needs 1.06 GB of memory" in panel.error
    monkeypatch.setattr(panel_module.sys, "platform", "emscripten")
    named(panel, "train").click()
    assert panel.error == "Training needs Keras and TensorFlow, which Python in a browser does not have."
    panel.close()


@needs_keras
def test_what_the_program_says_is_lines_of_json() -> None:
    command = Request(60, 1, 5).command
    begun = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, "nobody watches: it ends by itself"
    assert time.monotonic() - begun < PATIENCE
    assert [json.loads(line)["stage"] for line in done.stdout.splitlines()][:1] in ([], ["starting"])
