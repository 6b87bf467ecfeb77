"""What the explorer shows now, which its features share."""

from dataclasses import dataclass

from lattice_widgets.widgets.explorer.work import Opened, WindowResult, WindowSpectrum

__all__ = ["Shown"]


@dataclass(eq=False)
class Shown:
    """What the explorer shows now; None where there is nothing yet."""

    opened: Opened | None = None
    spectrum: WindowSpectrum | None = None
    result: WindowResult | None = None

    @property
    def pixel_size(self) -> float:
        """Length of a pixel [nm]; 1 where it is not known."""
        return (self.opened.pixel_size if self.opened is not None else None) or 1.0
