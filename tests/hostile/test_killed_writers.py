"""Writers of answers that are killed at random moments, two at one file: no answer that was said to be saved is lost."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lattice_widgets.files.answers import store as quiz_answers
from lattice_widgets.files.answers.sheets import Quiz
from lattice_widgets.files.answers.store import AnswerStore
from tests.hostile.campaign import many, record
from tests.patience import PATIENCE

QUIZ = Quiz("lattice", 1, 7, student="Ada Lovelace")
_PROGRAM = f"""
import sys
from pathlib import Path
from lattice_widgets.files.answers import store
from lattice_widgets.files.answers.sheets import Answer, Quiz
store._PATIENCE = {PATIENCE}  # a student gives up sooner than a test on a busy machine
kept = store.AnswerStore(Path(sys.argv[1]), Quiz("lattice", 1, 7, student="Ada Lovelace"))
print("ready", flush=True)
sys.stdin.readline()
for index in range(int(sys.argv[2]), 10**6, 2):
    kept.add(Answer(index, "noise", 0.5))
    print(index, flush=True)
"""


def start(folder: Path, first: int) -> subprocess.Popen[str]:
    """Begin a writer of every second answer."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(folder), str(first)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_killed_at_random_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiz_answers, "_PATIENCE", PATIENCE)
    numbers = random.Random(21)
    said: set[int] = set()
    first = 0
    rounds = many(2, 100)
    for _ in range(rounds):
        writers = [start(tmp_path, first), start(tmp_path, first + 1)]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("\n")
            writer.stdin.flush()
        for writer in writers:
            time.sleep(numbers.random() * 0.2)
            writer.kill()
            out, wrong = writer.communicate()
            assert "Traceback" not in wrong, wrong
            # the last line may be half a number
            said |= {int(line) for line in out.split("\n")[:-1]}
        first = 2 * (max(said, default=0) // 2 + 2)
    assert said, "nothing was saved before they were killed"
    there = {answer.index for answer in AnswerStore(tmp_path, QUIZ).read()}
    record("lost answers: writers that were killed", len(said - there), 0, len(said))
    record("writers that were killed", 2 * rounds, None, len(said))
    assert said <= there
