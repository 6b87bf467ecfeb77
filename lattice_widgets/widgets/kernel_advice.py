"""Which kernel makes widgets deaf, and what its user is told: see docs/upstream.md."""

import sys
import warnings

from lattice_widgets.language import _


def advice_on_kernel(version: tuple[int | str, ...]) -> str:
    """Return a sentence for users of a kernel in which widgets stop answering; empty for all others.

    Parameters
    ----------
    version : tuple
        Of ipykernel: (major, minor, patch).
    """
    if version[:2] != (7, 4):
        return ""
    words = _(
        "In ipykernel {version} a widget that is used while a cell awaits never answers again. "
        "Install another one, and restart the kernel: pip install 'ipykernel<7'"
    )
    return words.format(version=".".join(map(str, version)))


def warn_of_kernel() -> None:
    """Warn if the program that runs here is such a kernel."""
    kernel = sys.modules.get("ipykernel")
    advice = advice_on_kernel(getattr(kernel, "version_info", ()))
    if advice:
        warnings.warn(advice, stacklevel=2)
