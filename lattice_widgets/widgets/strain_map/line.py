"""The line of a profile: the trait that holds it, and where it lies at first."""

from typing import Any

import traitlets as t
import xarray as xr

from lattice_widgets.language import _

__all__ = ["LineTrait", "middle_line"]


class LineTrait(t.Tuple):
    """A trait that holds both ends of a line, (row, col, row, col) [px]; () for none."""

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the ends as floats; TraitError if they are no four finite numbers."""
        try:
            line = tuple(float(part) for part in value)
        except (TypeError, ValueError, OverflowError):
            line = (float("nan"),)
        if len(line) not in (0, 4) or not all(abs(part) < 1e9 for part in line):
            raise t.TraitError(_("A profile is a line (row, col, row, col) in px of the picture, or () for none."))
        return line


def middle_line(maps: xr.Dataset) -> tuple[float, float, float, float]:
    """Return the line over the middle of a map, from left to right."""
    across, down = maps.col.values, float(maps.row.values[len(maps.row) // 2])
    half = float(maps.attrs["step"]) / 2 if len(across) < 2 else 0.0
    return down, float(across[0]) - half, down, float(across[-1]) + half
