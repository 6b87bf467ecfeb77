"""The language of all that users read: gettext catalogs, looked up when a text is shown.

A message is a whole sentence or label in English, with places to fill by name::

    _("{count} pictures of {name}").format(count=3, name=name)

``LATTICE_WIDGETS_LANGUAGE`` chooses the language (``de``, ``pt_BR``, or several in order of liking: ``de:fr``); without it
the usual variables of the system do. Catalogs are ``locale/<language>/LC_MESSAGES/lattice_widgets.mo`` of this package, or
of the folder that ``LATTICE_WIDGETS_LOCALE`` names. What a catalog lacks is said in English.
``locale/lattice_widgets.pot`` holds all messages; ``make texts`` makes it anew and compiles the catalogs.
"""

import gettext as _gettext
import os
import warnings
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

__all__ = ["N_", "_", "best_of", "languages", "ngettext"]

DOMAIN = "lattice_widgets"
_FOLDER = Path(__file__).parent / "locale"
#: as gettext does, in this order
_VARIABLES = ("LATTICE_WIDGETS_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _(message: str) -> str:
    """Return a message in the user's language; itself where there is no translation.

    Parameters
    ----------
    message : str
        A literal: the catalog is made by reading the source. Its ``{places}`` are filled afterwards.
    """
    # the empty message is the head of a catalog
    return _catalog(languages(), _folder()).gettext(message) if message else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Return the message that fits a count, in the user's language.

    Parameters
    ----------
    one, many : str
        Literals, for one thing and for any other number of them.
    count : int
        How many.

    Examples
    --------
    >>> ngettext("{n} picture", "{n} pictures", 2).format(n=2)
    '2 pictures'
    """
    return _catalog(languages(), _folder()).ngettext(one, many, count)


def N_(message: str) -> str:
    """Mark a message for the catalog and return it as it is; whoever shows it calls `_`."""
    return message


def languages() -> tuple[str, ...]:
    """Return the languages that the user wants, best first, without English, which needs no catalog.

    Examples
    --------
    >>> import os
    >>> os.environ["LATTICE_WIDGETS_LANGUAGE"] = "pt_BR:de:en:fr"
    >>> languages()  # who reads English before French gets what is missing in English
    ('pt_BR', 'de')
    >>> del os.environ["LATTICE_WIDGETS_LANGUAGE"]
    """
    wanted = next((value for name in _VARIABLES if (value := os.environ.get(name, "").strip())), "")
    found: list[str] = []
    for name in filter(None, (part.strip() for part in wanted.split(":"))):
        plain = name.partition(".")[0].partition("@")[0].partition("_")[0]
        if plain in ("C", "POSIX", "en"):
            break
        found.append(name)
    return tuple(found)


def best_of(offered: Collection[str]) -> str:
    """Return the language that the user likes best of those in which something is offered; empty for English.

    Parameters
    ----------
    offered : collection of str
        Such as ``de`` or ``pt_BR``.

    Examples
    --------
    >>> import os
    >>> os.environ["LATTICE_WIDGETS_LANGUAGE"] = "fr:de_AT.UTF-8"
    >>> best_of(["de", "es"])
    'de'
    >>> del os.environ["LATTICE_WIDGETS_LANGUAGE"]
    """
    for name in languages():
        whole = name.partition(".")[0].partition("@")[0]
        for each in (whole, whole.partition("_")[0]):
            if each in offered:
                return each
    return ""


def _folder() -> str:
    return os.environ.get("LATTICE_WIDGETS_LOCALE", "").strip() or str(_FOLDER)


@lru_cache(maxsize=8)
def _catalog(wanted: tuple[str, ...], folder: str) -> _gettext.NullTranslations:
    if not wanted:
        return _gettext.NullTranslations()
    try:
        return _gettext.translation(DOMAIN, folder, wanted, fallback=True)
    except (OSError, ValueError, KeyError, IndexError) as error:  # a damaged catalog is no reason to show nothing
        warnings.warn(f"The texts for {':'.join(wanted)} in {folder} cannot be read: {error}", stacklevel=3)
        return _gettext.NullTranslations()
