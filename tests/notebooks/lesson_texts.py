"""The lessons as files, their cells and their text."""

import json
from pathlib import Path

import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = [FOLDER / row["file"] for row in json.loads((FOLDER / "lessons.json").read_text(encoding="utf-8"))]


def cells_of(path: Path) -> list[nbformat.NotebookNode]:
    return list(nbformat.read(path, as_version=4).cells)


def text_of(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells_of(path) if cell.cell_type == "markdown")
