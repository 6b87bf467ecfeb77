"""What a file is, told from its first bytes: a name can be wrong, the content cannot."""

from __future__ import annotations

from pathlib import Path

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"II+\0", "tif"),
    (b"MM\0+", "tif"),
    (b"\x93NUMPY", "npy"),
    (b":NANONIS_VERSION:", "sxm"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"\0\0\0\x03", "dm3"),
    (b"\0\0\0\x04", "dm4"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)

SUFFIXES = {
    ".png": "png",
    ".jpg": "jpg",
    ".jpeg": "jpg",
    ".gif": "gif",
    ".bmp": "bmp",
    ".tif": "tif",
    ".tiff": "tif",
    ".npy": "npy",
    ".npz": "npz",
    ".sxm": "sxm",
    ".dm3": "dm3",
    ".dm4": "dm4",
}
"""The kinds that are told apart by content, by the suffix that usually goes with them."""


def kind_of(head: bytes, suffix: str) -> str:
    """Kind of a file from its first bytes, and from its suffix where the bytes are common to several kinds.

    Parameters
    ----------
    head : bytes
        The first 32 bytes or more.
    suffix : str
        Of the file name, with the dot, lower case.

    Returns
    -------
    kind : str
        "png", "jpg", "gif", "bmp", "tif", "npy", "npz", "sxm", "dm3", "dm4" or "" for anything else.

    Examples
    --------
    >>> kind_of(b"GIF89a...", ".png")
    'gif'
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            if kind in ("dm3", "dm4") and suffix in SUFFIXES and not suffix.startswith(".dm"):
                return ""  # four bytes that other files begin with too
            if kind == "zip":
                return "npz" if suffix in SUFFIXES else ""
            return "" if kind == "hdf5" else kind
    return ""


def looks_like(head: bytes) -> str:
    """Words for what an unknown file begins with, for the sentence that refuses it."""
    if head.lstrip()[:5].lower() in (b"<html", b"<!doc"):
        return "a web page"
    if not head.strip(b"\0"):
        return "nothing but zeros"
    if head.startswith(b"\x89HDF"):
        return "an HDF5 file"
    if head.startswith(b"%PDF"):
        return "a PDF document"
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:  # else: the head only cuts a letter in two
            return "a binary file of another kind"
        text = head[: error.start].decode("utf-8")
    return "a text file" if text.isprintable() or not set(map(ord, text)) & set(range(9)) else "a binary file"


def suffix_of(name: str | Path) -> str:
    """Suffix of a file name with its dot in lower case."""
    return Path(name).suffix.lower()
