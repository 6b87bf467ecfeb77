"""Browser modules and styles of the views, joined into the one ES module and the one style that anywidget takes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["join_modules", "join_styles"]

#: the folder of all views: names of files are given from here
_VIEWS = Path(__file__).parents[1]


def join_modules(*names: str) -> str:
    """Join JavaScript files of the views into one ES module, without a bundler.

    anywidget loads a single module from a string, where a relative import has nothing to be relative to. The files
    import from each other, so that an editor understands them; here their import lines are left out and the files
    are put one after another. `words.js`, which all need, goes before them. Comments that have a line of their own and
    indentation are left out too: a saved notebook may keep the module once for each view.

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
    lines = "\n".join((_VIEWS / name).read_text(encoding="utf-8") for name in ("shared/words.js", *names)).splitlines()
    return "\n".join(_code(line for line in lines if not line.startswith("import "))) + "\n"


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


def _code(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that hold code, without their indentation. No text in backquotes goes over several lines."""
    in_comment = False
    for line in map(str.strip, lines):
        if line.startswith("/*") or in_comment:
            in_comment = "*/" not in line
        elif line and not line.startswith("//"):
            yield line
