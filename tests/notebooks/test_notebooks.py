"""Every notebook runs from top to bottom in a real kernel, and is committed without outputs."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.lesson_texts import TRANSLATIONS

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_the_start_notebook_is_there() -> None:
    assert FOLDER / "00_start.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            assert cell.outputs == [], f"cell {number} of {path.name} holds outputs: clear them before committing"
            assert cell.execution_count is None, f"cell {number} of {path.name} holds an execution count: clear it"
    assert "widgets" not in notebook.metadata, f"{path.name} holds the state of widgets: clear it"
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_waits_for_a_widget(path: Path) -> None:
    """Such a cell keeps whoever plays meanwhile waiting, and the cells after it wait for an answer that may not come.

    But what the cells below are about may be waited for, in a line of its own that says so where it is stopped.
    """
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            waits = [line for line in cell.source.splitlines() if re.search(r"\bawait\b|\.settled\(", line)]
            assert all(re.fullmatch(r"\w+ = await \w+\.analyzed\(\)", line) for line in waits), cell.source


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path not in TRANSLATIONS], ids=lambda path: path.stem)
def test_runs_from_top_to_bottom(path: Path, executed: Callable[[Path], nbformat.NotebookNode]) -> None:
    notebook = executed(path)  # raises, with the cell and its traceback, when a cell does
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    # A thread that dies, or an error in a widget's callback, stops no cell: it is only printed.
    printed = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "Traceback (most recent call last)" not in printed, printed
