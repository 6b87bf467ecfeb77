"""A lesson in another language is the lesson: the same code, choices, numbers and links; and its widgets speak the language."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from lattice_widgets.server.lessons import read_lessons
from tests.notebooks.lesson_texts import FOLDER, LESSONS, TRANSLATIONS, cells_of

each_translation = pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
#: what is the same in every language: letters to choose from, headings, lines of tables, parts that open, links, numbers
SAME = {
    "choices": r"^\* \*\*[a-i]\*\* ",
    "headings": r"^#+ ",
    "lists": r"^(?:\* |> )",
    "rows of tables": r"^\|",
    "tags": r"<[^>]*>",
    "links": r"\]\([^)]*\)",
    "emphasis": r"\*+",
    "numbers": r"\d+(?:[.,]\d+)?",
}


@each_translation
def test_it_keeps_all_that_is_the_same_in_every_language(path: Path) -> None:
    lesson, language = TRANSLATIONS[path]
    assert path.name == f"{lesson.stem}.{language}.ipynb"
    ours, theirs = cells_of(path), cells_of(lesson)
    assert [(one.id, one.cell_type, one.metadata) for one in ours] == [
        (one.id, one.cell_type, one.metadata) for one in theirs
    ]
    codes = [(one.source, other.source) for one, other in zip(ours, theirs, strict=True) if one.cell_type == "code"]
    # the first cell chooses the language of the widgets, and that is all
    first, english = codes[0]
    setting = f'os.environ["LATTICE_WIDGETS_LANGUAGE"] = "{language}"\n'
    assert first.removeprefix("import os\n\n").replace(setting, "") == english != first
    assert [one for one, _other in codes[1:]] == [other for _one, other in codes[1:]]
    for one, other in zip(ours, theirs, strict=True):
        if one.cell_type == "markdown":
            assert one.source != other.source, "not translated"
            for what, pattern in SAME.items():
                found, wanted = (sorted(re.findall(pattern, cell.source, re.MULTILINE)) for cell in (one, other))
                assert found == wanted, f"{what} of {one.id}: bring the translation up to date with {lesson.name}"


@each_translation
def test_its_widgets_speak_the_language(path: Path, executed: Callable[[Path], nbformat.NotebookNode]) -> None:
    said = [
        output["data"]["text/plain"]
        for cell in executed(path).cells
        for output in cell.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert len(said) >= 6
    assert all("Führen Sie diese Zelle aus" in text for text in said), said


def test_the_first_page_of_the_dashboards_shows_it_to_who_reads_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    english = read_lessons(FOLDER)
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", "de_AT.UTF-8")
    german = read_lessons(FOLDER)
    assert [one.path for one in english] == LESSONS
    assert [one.path for one in german] == [FOLDER / "10_what_is_a_lattice.de.ipynb", *LESSONS[1:]]
    one, other = german[0], english[0]
    assert (one.title, one.number, one.minutes) == ("Was ist ein Gitter?", 1, other.minutes)
    assert len(one.goals) == len(other.goals)
    assert (one.steps, one.quizzes, one.picture) == (other.steps, other.quizzes, other.picture)
