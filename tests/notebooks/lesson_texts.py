"""The lessons as files, their cells and their text."""

import json
from pathlib import Path

import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
_ROWS = json.loads((FOLDER / "lessons.json").read_text(encoding="utf-8"))
LESSONS = [FOLDER / row["file"] for row in _ROWS]
#: translation -> the lesson, and its language
TRANSLATIONS = {
    FOLDER / one["file"]: (FOLDER / row["file"], language)
    for row in _ROWS
    for language, one in row.get("translations", {}).items()
}


def cells_of(path: Path) -> list[nbformat.NotebookNode]:
    return list(nbformat.read(path, as_version=4).cells)


def text_of(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells_of(path) if cell.cell_type == "markdown")
