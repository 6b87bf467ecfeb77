"""The style that all widgets share, and their names for screen readers, as an invisible part of each."""

from html import escape
from pathlib import Path

import ipywidgets as widgets

__all__ = ["stylesheet"]


def stylesheet(title: str = "") -> widgets.HTML:
    """Return a widget that brings the style along and shows nothing.

    Parameters
    ----------
    title : str
        A heading that screen readers find and say, and the eye does not see.
    """
    css = (Path(__file__).parent / "widget.css").read_text(encoding="utf-8")
    heading = f'<span role="heading" aria-level="3">{escape(title)}</span>' if title else ""
    made = widgets.HTML(f"<style>{css}</style>{heading}")
    made.add_class("lattice-widgets-spoken")
    return made
