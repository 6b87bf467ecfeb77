"""Dashboards: pages of Voila, where many people use one computer and see none of its files."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lattice_widgets.language import _

__all__ = ["is_dashboard", "keep_file"]


def is_dashboard() -> bool:
    """Whether this kernel works for a page of Voila."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def keep_file(owner: Any, name: str, write: Callable[[Path], Path]) -> str:
    """Write a file beside the notebook; on a dashboard, have the browser save it instead.

    The users of a dashboard share a folder that none of them can look into, and would overwrite each other's files there.

    Parameters
    ----------
    owner : LatticeWidget
        Whose page saves the file.
    name : str
        Path of the file, as the user typed it; on a dashboard only its last part counts.
    write : callable
        Writes the file to a path and returns it.

    Returns
    -------
    str
        Where it is, in words.

    Raises
    ------
    ValueError
        If it is a folder, which no browser saves; and as ``write``.
    OSError
        As ``write``.
    """
    if not is_dashboard():
        return _("Written: {file}").format(file=write(Path(name)))
    last = Path(name).name
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / last)
        if path.is_dir():
            raise ValueError(_("{file} is a folder, and a browser saves files: choose .nc instead.").format(file=last))
        content = path.read_bytes()
    owner.save_in_browser(last, content)
    return _("Your browser saves {file}.").format(file=last)
