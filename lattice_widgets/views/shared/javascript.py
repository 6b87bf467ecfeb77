"""Browser modules and styles of the views, joined into the one ES module and the one style that anywidget takes."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["join_modules", "join_styles"]

#: the folder of all views: names of files are given from here
_VIEWS = Path(__file__).parents[1]
#: what stands before the files of every view
_FOR_ALL = ("shared/words.js", "shared/page/revive.js")
#: how a module takes data: import NAME from "./file.json" with { type: "json" };
_DATA = re.compile(r'import (\w+) from "([\w./]+\.json)" with \{ type: "json" \};')


def join_modules(*names: str) -> str:
    """Join JavaScript files of the views into one ES module, without a bundler.

    anywidget loads a single module from a string, where a relative import has nothing to be relative to. The files
    import from each other, so that an editor understands them; here their import lines are left out and the files
    are put one after another. What is imported from a JSON file stands there as a constant. `words.js` and
    `revive.js`, which all need, go before them. Comments that have a line of their own and indentation are left out
    too: a saved notebook may keep the module once for each view.

    Parameters
    ----------
    *names : str
        Paths below the folder of the views, such as "canvas/picture_canvas.js". Every import stands on one line
        that begins with ``import``, and no two files declare the same name.

    Returns
    -------
    str
        Source of the module.

    Raises
    ------
    FileNotFoundError
        If a file is missing from the installation.
    """
    lines = (line for name in (*_FOR_ALL, *names) for line in _without_imports(_VIEWS / name))
    return "\n".join(_code(lines)) + "\n"


def join_styles(*names: str) -> str:
    """Join style sheets of the views into one text.

    Parameters
    ----------
    *names : str
        Paths below the folder of the views, such as "canvas/picture_canvas.css".

    Raises
    ------
    FileNotFoundError
        If a file is missing from the installation.
    """
    return "".join((_VIEWS / name).read_text(encoding="utf-8") for name in names)


def _without_imports(path: Path) -> Iterator[str]:
    """Yield the lines of a module, data in the place of its import and nothing in that of others."""
    for line in path.read_text(encoding="utf-8").splitlines():
        data = _DATA.fullmatch(line)
        if data:
            content = json.loads((path.parent / data[2]).read_text(encoding="utf-8"))
            yield f"const {data[1]} = {json.dumps(content)};"
        elif not line.startswith("import "):
            yield line


def _code(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that hold code, without their indentation. No text in backquotes goes over several lines."""
    in_comment = False
    for line in map(str.strip, lines):
        if line.startswith("/*") or in_comment:
            in_comment = "*/" not in line
        elif line and not line.startswith("//"):
            yield line
