"""Numbers as the screen shows them: with one minus sign, the true one. Files and code keep the hyphen that programs read."""

import re

__all__ = ["true_minus"]

#: a tag, which stays as it is; or a hyphen before a number that is neither part of a word nor between two numbers
_TAG_OR_MINUS = re.compile(r"(<[^<>]*>)|(?<![\w.\-)])-(?=\.?\d)|(?<=\de)-(?=\d)")


def true_minus(text: str) -> str:
    """Return a text, or HTML, in which each negative number begins with U+2212.

    Examples
    --------
    >>> true_minus("-0.51 ± 0.03 % (-1.2 to 2-3), 4e-5")
    '−0.51 ± 0.03 % (−1.2 to 2-3), 4e−5'
    >>> true_minus('<td style="margin:-2px" data-copy="-1">-1</td>, sample-2.tif, 2026-11-29')
    '<td style="margin:-2px" data-copy="-1">−1</td>, sample-2.tif, 2026-11-29'
    """
    return _TAG_OR_MINUS.sub(lambda found: found[1] or "\N{MINUS SIGN}", text)
