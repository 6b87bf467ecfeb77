"""Files that are whole or not there, whatever stops in between: written beside their place and then moved there."""

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["remove_unfinished", "write_whole"]


def write_whole(path: str | Path, text: str) -> None:
    r"""Write a text file as UTF-8 so that nobody ever sees half of it; line ends are written as they are in the text.

    Until the text is on the disk, it stands in a hidden file ``.*.part`` of the same folder.

    Parameters
    ----------
    path : str or Path
        Where; a file that is there already is replaced.
    text : str
        All that the file shall hold.

    Raises
    ------
    OSError
        If the file cannot be written; what was there before is still there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(f"{folder}/answers.json", "{}\n")
    ...     [(path.name, path.read_text()) for path in Path(folder).iterdir()]
    [('answers.json', '{}\n')]
    """
    place = Path(path)
    part = place.parent / f"{_prefix(place)}{secrets.token_hex(4)}.part"
    try:
        # opened as any other file that one makes, so that the rules of this computer say who may read it
        with open(part, "x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, place)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


def remove_unfinished(path: str | Path) -> None:
    """Remove what a writer of this file left behind when it was killed. Call it only while no other one writes the file.

    Raises
    ------
    OSError
        If something cannot be removed.
    """
    place = Path(path)
    prefix = _prefix(place)
    for name in os.listdir(place.parent):
        if name.startswith(prefix) and name.endswith(".part"):
            (place.parent / name).unlink(missing_ok=True)


def _prefix(place: Path) -> str:
    """Return how unfinished files of a place begin; short for long names, and never that of another place."""
    return f".{place.stem[:24]}-{hashlib.sha256(place.name.encode()).hexdigest()[:10]}-"
