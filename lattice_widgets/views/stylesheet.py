"""The style that all widgets share, as an invisible part of each."""

from pathlib import Path

import ipywidgets as widgets

__all__ = ["stylesheet"]


def stylesheet() -> widgets.HTML:
    """Return a widget that brings the style along and shows nothing."""
    css = (Path(__file__).parent / "widget.css").read_text(encoding="utf-8")
    return widgets.HTML(f"<style>{css}</style>", layout=widgets.Layout(display="none"))
