"""A quiz of three questions."""

from pathlib import Path

import pytest

from lattice_widgets.widgets.quiz.widget import Quiz


@pytest.fixture
async def quiz(tmp_path: Path):
    widget = Quiz("lattice", level=1, seed=7, n_questions=3, folder=tmp_path)
    await widget.settled()
    yield widget
    widget.close()
