"""Packages that are not everywhere: imported when they are used, and named in one sentence where they are missing.

Python in a browser lacks several of them. What does not use them works there all the same.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["MissingPackageError", "needed"]


class MissingPackageError(ImportError):
    """A package is not installed that something needs. Its message says which, and what helps, in one sentence."""


@contextmanager
def needed(package: str, what: str) -> Iterator[None]:
    """Import, in a ``with`` block, a package that may be missing.

    Parameters
    ----------
    package : str
        What ``pip install`` calls it.
    what : str
        What needs it; the subject of the sentence.

    Raises
    ------
    MissingPackageError
        If the block raised ImportError.

    Examples
    --------
    >>> with needed("no-such-package", "A new map"):
    ...     import no_such_package
    Traceback (most recent call last):
    lattice_widgets.needed.MissingPackageError: A new map needs the package no-such-package: pip install no-such-package.
    """
    try:
        yield
    except ImportError as error:
        in_browser = sys.platform == "emscripten"
        hint = ", which Python in a browser does not have" if in_browser else f": pip install {package}"
        raise MissingPackageError(f"{what} needs the package {package}{hint}.") from error
