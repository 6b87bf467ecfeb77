"""What a file is, told from its first bytes: a name can be wrong, the content cannot.

What there is to tell apart is said by the modules of `readers`; each of them is found by its specification.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from lattice_widgets.files import readers
from lattice_widgets.files.readers.specification import Kind, ReaderSpecification

#: what `looks_like` calls a text
_TEXT = "a text file"


def all_readers() -> dict[str, Any]:
    """Find the readers: the modules of `readers` that begin with a specification.

    Returns
    -------
    modules : dict
        Name of the module -> module, by name. The folder is looked at on each call (0.1 ms).
    """
    names = sorted(found.name for found in pkgutil.iter_modules(readers.__path__))
    modules = {name: importlib.import_module(f"{readers.__name__}.{name}") for name in names}
    return {name: module for name, module in modules.items() if isinstance(_said(module), ReaderSpecification)}


def _said(module: Any) -> Any:
    return getattr(module, "SPECIFICATION", None)


def _kinds() -> list[tuple[Any, Kind]]:
    return [(module, kind) for module in all_readers().values() for kind in module.SPECIFICATION.kinds]


def kinds_by_suffix() -> dict[str, str]:
    """Return the kinds that are told apart by content, by the suffixes that usually go with them.

    Returns
    -------
    kinds : dict of str to str
        ".jpeg" -> "jpg".
    """
    return {suffix: kind.name for _, kind in _kinds() for suffix in kind.suffixes}


def kind_of(head: bytes, suffix: str) -> str:
    """Tell the kind of a file from its first bytes, and from its suffix where the bytes are common to several kinds.

    Parameters
    ----------
    head : bytes
        The first 32 bytes or more.
    suffix : str
        Of the file name, with the dot, lower case.

    Returns
    -------
    kind : str
        Name of the kind, "" for anything else.

    Examples
    --------
    >>> kind_of(b"GIF89a...", ".png")
    'gif'
    """
    fitting = [kind for _, kind in _kinds() if kind.begins(head)]
    for kind in sorted(fitting, key=lambda kind: suffix not in kind.suffixes):
        return "" if kind.shared and suffix not in kinds_by_suffix() else kind.name
    texts = [kind.name for _, kind in _kinds() if kind.text and suffix in kind.suffixes]
    return texts[0] if texts and looks_like(head) == _TEXT else ""


def reader_of(kind: str, suffix: str) -> Any:
    """Return the reader of a file.

    Parameters
    ----------
    kind : str
        As from `kind_of`.
    suffix : str
        As for `kind_of`.

    Returns
    -------
    reader : module or None
        One of `all_readers`; for no kind and a suffix of no reader, the one that is asked about all the others. None
        if there is no reader.
    """
    if kind:
        return next(module for module, known in _kinds() if known.name == kind)
    if not suffix or suffix in kinds_by_suffix():
        return None
    return next((module for module in all_readers().values() if module.SPECIFICATION.other_suffixes), None)


def preloaded_for(path: Path) -> tuple[str, ...]:
    """Return the modules to import before the process that reads an upload is confined.

    Parameters
    ----------
    path : pathlib.Path
        The file, which must exist.

    Returns
    -------
    modules : tuple of str
        Their names; they need not be installed.
    """
    suffix = suffix_of(path)
    with path.open("rb") as stream:
        reader = reader_of(kind_of(stream.read(64), suffix), suffix)
    return reader.SPECIFICATION.preloaded if reader else ()


def format_names() -> str:
    """Return the names of all kinds that are told apart by content, for a line of help.

    Returns
    -------
    names : str
        "bmp, dm3, dm4, gif, ..., ..." in the order of the alphabet.
    """
    return ", ".join([*sorted(kind.name for _, kind in _kinds()), "..."])


def format_table() -> str:
    """Return the table of readers, for a docstring.

    Returns
    -------
    table : str
        In reStructuredText: a row for each reader with what it reads.
    """
    rows = [(f":mod:`.readers.{name}`", module.SPECIFICATION.title) for name, module in all_readers().items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    rule = "  ".join("=" * width for width in widths)
    return "\n".join([rule, *(f"{name:{widths[0]}}  {title}" for name, title in rows), rule])


def looks_like(head: bytes) -> str:
    """Return words for what an unknown file begins with, for the sentence that refuses it.

    Parameters
    ----------
    head : bytes
        The first 32 bytes or more.

    Returns
    -------
    words : str
        "a web page", "a text file", ...
    """
    if head.lstrip()[:5].lower() in (b"<html", b"<!doc"):
        return "a web page"
    if not head.strip(b"\0"):
        return "nothing but zeros"
    if head.startswith(b"\x89HDF"):
        return "an HDF5 file"
    if head.startswith(b"%PDF"):
        return "a PDF document"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "a zip archive"
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else: the head only cuts a letter in two
            return "a binary file of another kind"
        text = head[: error.start].decode("utf-8")
    return _TEXT if text.isprintable() or not set(map(ord, text)) & set(range(9)) else "a binary file"


def suffix_of(name: str | Path) -> str:
    """Return the suffix of a file name with its dot in lower case.

    Parameters
    ----------
    name : str or pathlib.Path
        The file's name or path.

    Returns
    -------
    suffix : str
        ".tif"; "" if the name has none.
    """
    return Path(name).suffix.lower()
