"""Write the list of lessons into the README and the start page: ``python tools/list_lessons.py``.

A lesson is a notebook and a row of ``notebooks/lessons.json``; its title is the notebook's own. The tests check that both lists
are what this program writes.
"""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
START = FOLDER / "00_start.ipynb"
#: what is between these lines of the README is written here
BEGIN, END = "<!-- lessons: written by tools/list_lessons.py -->", "<!-- end of lessons -->"
#: the list of the start page: numbered lines that begin with a link
_NUMBERED = re.compile(r"(?:^\d+\. \[.*\n)+", re.MULTILINE)


def lessons(place: str = "", folder: Path = FOLDER) -> list[tuple[str, str, str]]:
    """Return file name, title and one sentence of each lesson, in their order; behind the sentence, links to translations.

    Parameters
    ----------
    place : str
        What stands before the name of a notebook in a link.
    folder : pathlib.Path
        Where the notebooks are.

    Raises
    ------
    ValueError
        If a notebook does not begin with "# Lesson N: " and its number in the list.
    """
    rows = []
    for number, row in enumerate(json.loads((folder / "lessons.json").read_text(encoding="utf-8")), 1):
        cells = json.loads((folder / row["file"]).read_text(encoding="utf-8"))["cells"]
        first = "".join(cells[0]["source"]).splitlines()[0]
        head = f"# Lesson {number}: "
        if not first.startswith(head):
            raise ValueError(f"{row['file']} is lesson {number} of the list, and does not begin with {head!r}.")
        also = [f"[{one['name']}]({place}{one['file']})" for one in row.get("translations", {}).values()]
        rows.append((row["file"], first.removeprefix(head), " ".join([row["about"], *also])))
    return rows


def readme_with_lessons(text: str) -> str:
    """Return the text of the README with the table of lessons between its two marks."""
    rows = [
        f"| [{n} {title}](notebooks/{name}) | {about} |"
        for n, (name, title, about) in enumerate(lessons("notebooks/"), 1)
    ]
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return "\n".join([f"{before}{BEGIN}", "", "| lesson | |", "|---|---|", *rows, "", f"{END}{after}"])


def start_page_with_lessons(text: str) -> str:
    """Return the source of the start page's cell with its numbered list of lessons."""
    rows = [f"{n}. [{title}]({name}) {about}\n" for n, (name, title, about) in enumerate(lessons(), 1)]
    return _NUMBERED.sub(lambda _: "".join(rows), text, count=1)


def lists_of_the_start_page(text: str) -> list[str]:
    """Return the sources of the cells of a notebook that hold a numbered list of links."""
    sources = ("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    return [source for source in sources if _NUMBERED.search(source)]


def main() -> None:
    """Write both lists."""
    readme = ROOT / "README.md"
    readme.write_text(readme_with_lessons(readme.read_text(encoding="utf-8")), encoding="utf-8")
    notebook = json.loads(START.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and _NUMBERED.search(source):
            cell["source"] = start_page_with_lessons(source).splitlines(keepends=True)
    START.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
