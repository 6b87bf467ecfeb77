"""The command line as tests call it: in their own process, or, where the process itself is looked at, in one of its own."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from lattice_widgets.cli import app
from tests.patience import LONG_PATIENCE

Answer = subprocess.CompletedProcess[str]
Argument = str | int | float | Path


def run(*arguments: Argument) -> Answer:
    """Run a command within the process of the test: two seconds sooner, as all that it needs is imported."""
    words = [*map(str, arguments)]
    answer = CliRunner().invoke(app, words)
    assert answer.exception is None or isinstance(answer.exception, SystemExit), repr(answer.exception)
    return subprocess.CompletedProcess(words, answer.exit_code, answer.stdout, answer.stderr)


def run_alone(*arguments: Argument) -> Answer:
    """Run a command as a user does: what it warns of, imports and leaves is its own."""
    command = [sys.executable, "-m", "lattice_widgets.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=LONG_PATIENCE, check=False)
