"""Dashboards: pages of Voila, where many people use one computer and see none of its files."""

import os

from lattice_widgets.language import _

__all__ = ["is_dashboard", "refuse_to_write"]


def is_dashboard() -> bool:
    """Whether this kernel works for a page of Voila."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def refuse_to_write() -> None:
    """Raise a ValueError on a dashboard; for buttons that write files.

    Its users share a folder that none of them can look into, and would overwrite each other's files there.
    """
    if is_dashboard():
        raise ValueError(_("A dashboard writes no files. Open this notebook in JupyterLab to keep them."))
