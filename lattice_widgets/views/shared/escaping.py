"""Text that goes into an HTML widget: one function for all of it, so that no name of a file or person becomes markup."""

import html
import re

__all__ = ["in_html"]

#: controls, and half characters, which no message to the page can carry
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def in_html(text: object) -> str:
    """Return a text such that a page shows it letter for letter, within tags and in attributes.

    Parameters
    ----------
    text : object
        Anything that has words; `str` makes them.

    Examples
    --------
    >>> in_html('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return html.escape(_UNSENDABLE.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True)
