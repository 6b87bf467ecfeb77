"""A button among words that copies what they say; the frame of the widget listens to it (widget_frame.js)."""

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html

__all__ = ["copy_button"]


def copy_button(text: str, what: str = "") -> str:
    """Return the HTML of a button that puts a text into the clipboard.

    Parameters
    ----------
    text : str
        What is copied: numbers with their errors and units.
    what : str
        What that is, for the tooltip; "the numbers" if it is not given.

    Examples
    --------
    >>> "0.246 ± 0.001 nm" in copy_button("0.246 ± 0.001 nm")
    True
    """
    name = in_html(_("Copy {what}").format(what=what or _("the numbers")))
    return (
        f'<button type="button" class="lattice-widgets-copy" data-copy="{in_html(text)}" title="{name}" '
        f'aria-label="{name}">{in_html(_("copy"))}</button>'
    )
