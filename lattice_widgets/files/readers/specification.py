"""What a reader says of itself: each module of this folder begins with one `ReaderSpecification`.

The modules are imported to collect these, so that what a reader needs to read is imported when it reads.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = ord("?")
"""In a signature, the byte that stands for any byte."""


@dataclass(frozen=True)
class Kind:
    """A file format, and how it is recognized.

    Parameters
    ----------
    name : str
        Short name, as ``attrs["format"]`` of a picture says it: "png".
    suffixes : tuple of str
        Endings of file names with their dot, in lower case; the most usual one first.
    signatures : tuple of bytes
        How files of the kind begin, at most 32 bytes each. ``?`` stands for any byte.
    shared : bool
        True where files of kinds that no reader knows begin in the same way, as every zip archive does: then a file is
        of this kind only if its suffix is one that some reader declares.
    text : bool
        True for tables of numbers, which may begin with anything: a text file with one of the suffixes is of this kind.
    """

    name: str
    suffixes: tuple[str, ...]
    signatures: tuple[bytes, ...]
    shared: bool = False
    text: bool = False

    def begins(self, head: bytes) -> bool:
        """Tell whether a file that begins with `head` may be of this kind.

        Parameters
        ----------
        head : bytes
            The first 32 bytes or more.

        Returns
        -------
        fits : bool
            True if one of the signatures fits.

        Examples
        --------
        >>> Kind("gif", (".gif",), (b"GIF8?a",)).begins(b"GIF89a...")
        True
        """
        return any(
            len(head) >= len(signature)
            and all(wanted in (found, ANY) for found, wanted in zip(head, signature, strict=False))
            for signature in self.signatures
        )


@dataclass(frozen=True)
class ReaderSpecification:
    """What a reader reads, and what may be done with it.

    The module that says it has a function ``stored_images(path, stack, kind, upload_name)`` which returns a list of
    `StoredImage`: the pictures and movies of the file ``path``, described but not yet read. ``stack`` closes what was
    opened, ``kind`` is the name of the file's kind ("" for another one), and ``upload_name`` is the name that an upload
    had in the browser, None for a file on disk.

    Parameters
    ----------
    title : str
        What it reads with what, for tables: "sxm of Nanonis (NumPy)".
    kinds : tuple of Kind
        What it reads.
    uploads : bool
        Whether files from the browser may be given to it: they may come from anybody.
    companions : bool
        Whether it opens other files than the one it is given. If it does and takes uploads, it must itself refuse
        those companions where ``upload_name`` is given.
    other_suffixes : bool
        True for a reader that is asked about every file that is of no reader's kind and has a suffix of no reader.
        There may be one.
    preloaded : tuple of str
        Modules that it imports late, and that are imported before the process of an upload is confined.
    """

    title: str
    kinds: tuple[Kind, ...]
    uploads: bool
    companions: bool
    other_suffixes: bool = False
    preloaded: tuple[str, ...] = ()
