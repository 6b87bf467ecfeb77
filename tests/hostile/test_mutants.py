"""Mutants of healthy files: each is read or refused in a sentence, in time, within the budget of memory, no number changed."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from lattice_widgets.files.deadline import VARIABLE as SECONDS
from lattice_widgets.memory import VARIABLE as MEMORY
from tests.hostile.campaign import LARGE, many, record
from tests.hostile.mutants import MAKERS, UNREADABLE, write_mutant
from tests.patience import PATIENCE

if sys.platform == "win32":
    pytest.skip("the memory of a process is not measured there", allow_module_level=True)
pytest.importorskip("rsciio")
pytest.importorskip("h5py")
pytest.importorskip("gwyfile")

#: bytes that the process may have in memory, with the 0.2 GB that it begins with
_BUDGET = 800_000_000
#: what is ended ends after this many seconds, and is a hang where it has not ended after those
_DEADLINE = 3 if LARGE else 1
_HANG = 5 if LARGE else PATIENCE
#: each of these is tried in a process of its own first
_SLOW = {"plain.h5", "movie.hspy", "movie.emd", "movie.nxs"}


class Readers:
    """A process that reads; a new one where it has ended, or hangs."""

    def __init__(self, deadline: float = _DEADLINE) -> None:
        self._deadline = deadline
        self._process: subprocess.Popen[str] | None = None

    def ask(self, path: Path, whole: str) -> tuple[str, str, float, int]:
        """Have a file read; `whole` is the healthy file of which it is a part, or empty."""
        process = self._process
        if process is None or process.poll() is not None:
            process = self._start()
        assert process.stdin is not None
        process.stdin.write(json.dumps([str(path), whole]) + "\n")
        process.stdin.flush()
        try:
            line = self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            self.stop()
            return "hang", "it does not end", PATIENCE, 0
        if not line:
            return "wrong", f"the process ended with {process.wait()}", 0.0, 0
        end, said, seconds, peak = json.loads(line)
        if peak > 0.9 * _BUDGET:  # the peak of a process never falls
            self.stop()
        return end, said, seconds, peak

    def _start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, MEMORY: str(_BUDGET), SECONDS: str(self._deadline)}
        program = [sys.executable, "-m", "tests.hostile.reading_process"]
        started = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        lines: queue.Queue[str] = queue.Queue()

        def listen() -> None:
            assert started.stdout is not None
            for line in started.stdout:
                lines.put(line)
            lines.put("")

        threading.Thread(target=listen, daemon=True).start()
        self._process, self._lines = started, lines
        return started

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def readers():
    """The process, for all tests here."""
    made = Readers()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a healthy file of each kind."""
    made = tmp_path_factory.mktemp("healthy")
    for name, make in MAKERS.items():
        make(made / name)
    return made


def test_the_healthy_ones_are_read(folder: Path) -> None:
    readers = Readers(deadline=PATIENCE)
    try:
        for name in sorted(set(MAKERS) - UNREADABLE):
            assert readers.ask(folder / name, str(folder / name))[:2] == ("read", "")
    finally:
        readers.stop()


@pytest.mark.parametrize("name", MAKERS)
def test_mutants(readers: Readers, folder: Path, name: str, tmp_path: Path) -> None:
    number = many(5, 150) if name in _SLOW else many(14, 430)
    ends: Counter[str] = Counter()
    wrong = []
    over, slowest, by_deadline = 0.0, 0.0, 0
    for index in range(number):
        kind, path = write_mutant(folder / name, index, tmp_path)
        end, said, seconds, peak = readers.ask(path, str(folder / name) if kind == "cut" else "")
        ends["hang" if seconds > _HANG else end] += 1
        slowest, over = max(slowest, seconds), max(over, peak - _BUDGET)
        by_deadline += "took longer than" in said
        if end in ("wrong", "silent", "hang") or seconds > _HANG:
            wrong.append(f"{name} {index} ({kind}): {end}: {said}")
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    record("wrong exception classes: mutants of files", ends["wrong"], 0, number)
    record("hangs over 5 s: mutants of files", ends["hang"], 0, number)
    record("silent numbers: files that were cut off or hold nonsense", ends["silent"], 0, number)
    record("memory over the budget: mutants of files", over / 1e6, 0, number, "MB")
    record("mutants that only the deadline ended", by_deadline, None, number)
    record("the slowest mutant", slowest, 5 if LARGE else None, number, "s")
    assert over <= 0
    assert wrong == []
