"""Which names a visitor of a server has answered under: a hidden file for each visitor, beside the answers.

On a server that many share, a browser that comes again is known by a random number, and its answers without a name lie in files
with that number. Once a name was typed they lie in files of the name; whoever shows what this visitor has done must know both.
"""

import json
import re
from pathlib import Path

from lattice_widgets.files.answers.store import saving
from lattice_widgets.files.whole_file import write_whole

__all__ = ["names_of", "remember_name"]

#: names that one visitor can have: a file that somebody else has filled is not read without end
_MOST, _MAX_BYTES = 20, 20_000


def remember_name(folder: str | Path, visitor: str, name: str) -> None:
    """Note that a visitor answers under a name.

    Parameters
    ----------
    folder : str or Path
        The folder of the notebook, which has the folder ``answers``.
    visitor : str
        The random number of the visitor's browser: 16 hexadecimal digits. Anything else is not noted.
    name : str
        The name.

    Raises
    ------
    AnswersFileError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     remember_name(folder, "0123456789abcdef", "Ada")
    ...     names_of(folder, "0123456789abcdef"), names_of(folder, "fedcba9876543210")
    (('Ada',), ())
    """
    place = _place(folder, visitor)
    if place is None or not name or name in names_of(folder, visitor):
        return
    with saving(place):
        names = (*names_of(folder, visitor), name)[-_MOST:]
        write_whole(place, json.dumps(names, ensure_ascii=False))


def names_of(folder: str | Path, visitor: str) -> tuple[str, ...]:
    """Return the names that a visitor has answered under, the newest last; none if nothing is known."""
    place = _place(folder, visitor)
    try:
        if place is None or not place.is_file() or place.stat().st_size > _MAX_BYTES:
            return ()
        names = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _place(folder: str | Path, visitor: str) -> Path | None:
    if not re.fullmatch(r"[0-9a-f]{16}", visitor):
        return None
    return Path(folder) / "answers" / f".visitor-{visitor}.names"
