"""A picture without the distortion of its scan, as maps and records take it, and the words that say what was presumed."""

import numpy as np
import xarray as xr

from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.maps.scan.undistort import Undistorted, undistort
from lattice_widgets.language import _

__all__ = ["PRESUMED_LATTICES", "can_be_presumed", "describe_undistorted", "take_out"]

#: what a lattice can be presumed to be without naming a crystal
PRESUMED_LATTICES: tuple[str, ...] = ("even", *(kind for kind in BRAVAIS_TYPES if kind != "oblique"))


def can_be_presumed(name: str) -> bool:
    """Tell whether a name is one that `take_out` takes: "even", a Bravais type, or a known cell."""
    return name in PRESUMED_LATTICES or name in known_cells()


def take_out(image: xr.DataArray, presumed: str) -> Undistorted:
    """Take the distortion of the scan out of a picture, as `lattice_widgets.undistort` does.

    Parameters
    ----------
    image : xarray.DataArray, dimensions (row, col)
        As scanned.
    presumed : str
        What its lattice is presumed to be: see `can_be_presumed`.

    Raises
    ------
    ValueError
        If it holds no lattice, or another one than is presumed.
    """
    return undistort(image, assume=presumed)


def describe_undistorted(found: Undistorted) -> str:
    """Say what was presumed, what was taken out, and what that means for a map."""
    attrs = found.distortion.attrs
    words = _(
        "The distortion of the scan is taken out. {presumed} On the whole: {slow} % down, {fast} % along the lines, a shear of "
        "{shear} %; unevenly: up to {uneven} px. Strain that changes only with the row, or only with the column, is taken "
        "out with it."
    )
    uneven = max(
        float(np.abs(found.distortion[name]).max()) for name in ("slow_row", "slow_col", "fast_row", "fast_col")
    )
    told = words.format(
        presumed=found.presumed.render(_),
        slow=f"{attrs['slow_stretch']:+.2f}",
        fast=f"{attrs['fast_stretch']:+.2f}",
        shear=f"{attrs['shear']:+.2f}",
        uneven=f"{uneven:.2g}",
    )
    if attrs["jitter"]:
        told += " " + _("Lines that trembled by {jitter} px are put back.").format(jitter=f"{attrs['jitter']:.2g}")
    return f"{told} {found.note.render(_)}" if found.note is not None else told
