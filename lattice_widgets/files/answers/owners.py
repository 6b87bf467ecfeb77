"""Whose name it is, on a server that many share: a name belongs to the browser that first used it.

Whoever types somebody else's name neither sees their answers nor gives any for them. The owner takes a name to another device
by a code that holds for ten minutes; a teacher can release a name.
"""

import hashlib
import json
import secrets
import time
from pathlib import Path
from typing import Any

from lattice_widgets.files.answers.sheets import AnswersFileError
from lattice_widgets.files.answers.store import saving
from lattice_widgets.files.whole_file import write_whole

__all__ = ["NameTaken", "claim_name", "make_code", "release_name", "split_code"]

#: letters and digits that nobody takes for another one, and how many make a code
_ALPHABET, _LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 6
#: seconds that a code holds, and wrong codes until none holds any more
_HOLDS, _TRIES = 600, 5
_FILE = ".names.json"


class NameTaken(AnswersFileError):
    """A name that belongs to another browser; the message says what to do, in one sentence."""


def claim_name(folder: str | Path, name: str, visitor: str, code: str = "") -> None:
    """Take a name, or make sure that it belongs to a visitor already.

    Parameters
    ----------
    folder : str or Path
        The folder of the notebook, which has the folder ``answers``.
    name : str
        As it was typed: capitals and blanks make no other name.
    visitor : str
        The random number of the visitor's browser. It is not stored, only its hash.
    code : str
        From `make_code` on the owner's device; takes the name along to this one.

    Raises
    ------
    NameTaken
        If it belongs to somebody else, and the code is not the owner's.
    AnswersFileError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     claim_name(folder, "Ada", "0123456789abcdef")
    ...     try:
    ...         claim_name(folder, " aDa ", "fedcba9876543210")
    ...     except NameTaken as problem:
    ...         print(str(problem)[:48])
    ...     code = make_code(folder, "Ada", "0123456789abcdef")
    ...     claim_name(folder, "aDa", "fedcba9876543210", code)
    The name aDa belongs to another browser: take an
    """
    place = Path(folder) / "answers" / _FILE
    with saving(place):
        known = _read(place)
        entry = known.setdefault(_key(name), {"owners": []})
        if entry["owners"] and _hashed(visitor) not in entry["owners"] and not _takes(entry, code):
            write_whole(place, json.dumps(known))  # a wrong code counts
            shown = " ".join(name.split())
            raise NameTaken(
                f"The name {shown} belongs to another browser: take another name, or type it with the code that "
                f'"another device" shows there, such as: {shown} #7K3Q9P.'
            )
        if _hashed(visitor) not in entry["owners"]:
            entry["owners"].append(_hashed(visitor))
            write_whole(place, json.dumps(known))


def make_code(folder: str | Path, name: str, visitor: str) -> str:
    """Return a code that takes a name to another device within ten minutes, once.

    Parameters
    ----------
    folder, name, visitor
        As for `claim_name`, which is asked first.

    Returns
    -------
    str
        Six letters and digits.
    """
    claim_name(folder, name, visitor)
    place = Path(folder) / "answers" / _FILE
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    with saving(place):
        known = _read(place)
        known[_key(name)] |= {"code": _hashed(code), "until": time.time() + _HOLDS, "tries": _TRIES}
        write_whole(place, json.dumps(known))
    return code


def release_name(folder: str | Path, name: str) -> bool:
    """Let go of a name: it belongs to whoever uses it next. Its answers stay.

    Parameters
    ----------
    folder : str or Path
        The folder ``answers`` itself, or the one that it lies in.
    name : str
        As it was typed.

    Returns
    -------
    bool
        Whether it belonged to anybody.
    """
    folder = Path(folder)
    place = (folder if folder.name == "answers" else folder / "answers") / _FILE
    if not place.is_file():
        return False
    with saving(place):
        known = _read(place)
        released = known.pop(_key(name), None) is not None
        write_whole(place, json.dumps(known))
    return released


def split_code(typed: str) -> tuple[str, str]:
    """Part what was typed into a name and a code.

    Parameters
    ----------
    typed : str
        Such as "Ada #7K3Q9P", or a name alone.

    Returns
    -------
    tuple of str
        Name and code; the code is empty if there is none.

    Examples
    --------
    >>> split_code("Ada #7k3q9p"), split_code("Ada"), split_code("Ada #1")
    (('Ada', '7K3Q9P'), ('Ada', ''), ('Ada #1', ''))
    """
    name, sign, code = typed.rpartition("#")
    code = code.strip().upper()
    if sign and name.strip() and len(code) == _LENGTH and set(code) <= set(_ALPHABET):
        return name.strip(), code
    return typed, ""


def _takes(entry: dict[str, Any], code: str) -> bool:
    """Tell whether a code is the owner's; it holds once, and not after too many wrong ones."""
    if not code or "code" not in entry or time.time() > entry["until"]:
        return False
    entry["tries"] -= 1
    right = secrets.compare_digest(entry["code"], _hashed(code))
    if right or entry["tries"] <= 0:
        for part in ("code", "until", "tries"):
            entry.pop(part)
    return right


def _read(place: Path) -> dict[str, Any]:
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    right = isinstance(known, dict) and all(
        isinstance(one, dict) and isinstance(one.get("owners"), list) for one in known.values()
    )
    return known if right else {}


def _key(name: str) -> str:
    return hashlib.sha256(" ".join(name.split()).casefold().encode()).hexdigest()[:32]


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
