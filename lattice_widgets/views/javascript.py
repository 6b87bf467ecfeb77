"""Browser modules of this package, joined into the one ES module that anywidget takes."""

from pathlib import Path

__all__ = ["join_modules"]


def join_modules(*names: str) -> str:
    """Join JavaScript files of this folder into one ES module, without a bundler.

    anywidget loads a single module from a string, where a relative import has nothing to be relative to. The files
    import from each other, so that an editor understands them; here their import lines are left out and the files
    are put one after another. `words.js`, which all need, goes before them.

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
    return "\n".join(line for line in lines if not line.startswith("import ")) + "\n"
