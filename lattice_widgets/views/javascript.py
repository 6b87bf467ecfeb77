"""Browser modules of this package, joined into the one ES module that anywidget takes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["join_modules"]


def join_modules(*names: str) -> str:
    """Join JavaScript files of this folder into one ES module, without a bundler.

    anywidget loads a single module from a string, where a relative import has nothing to be relative to. The files
    import from each other, so that an editor understands them; here their import lines are left out and the files
    are put one after another. `words.js`, which all need, goes before them. Comments that have a line of their own and
    indentation are left out too: a saved notebook may keep the module once for each view.

    Parameters
    ----------
    *names : str
        File names in this folder. Every import stands on one line that begins with ``import``, and no two files
        declare the same name.

    Returns
    -------
    str
        Source of the module.

    Raises
    ------
    FileNotFoundError
        If a file is missing from the installation.
    """
    folder = Path(__file__).parent
    lines = "\n".join((folder / name).read_text(encoding="utf-8") for name in ("words.js", *names)).splitlines()
    return "\n".join(_code(line for line in lines if not line.startswith("import "))) + "\n"


def _code(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that hold code, without their indentation. No text in backquotes goes over several lines."""
    in_comment = False
    for line in map(str.strip, lines):
        if line.startswith("/*") or in_comment:
            in_comment = "*/" not in line
        elif line and not line.startswith("//"):
            yield line
