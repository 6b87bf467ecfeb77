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
    uneven = max(
        float(np.abs(found.distortion[name]).max()) for name in ("slow_row", "slow_col", "fast_row", "fast_col")
    )
    told = [_("The distortion of the scan is taken out."), found.presumed.render(_)]
    whole = [attrs[name] for name in ("slow_stretch", "fast_stretch", "shear")]
    if any(whole):
        words = _("On the whole it was {slow} % down, {fast} % along the lines, and a shear of {shear} %.")
        slow, fast, shear = (f"{each:+.2f}" for each in whole)
        told.append(words.format(slow=slow, fast=fast, shear=shear))
    told.append(_("Rows and columns were off by up to {uneven} px.").format(uneven=f"{uneven:.2g}"))
    if attrs["jitter"]:
        told.append(_("Lines that trembled by {jitter} px are put back.").format(jitter=f"{attrs['jitter']:.2g}"))
    told.append(_("Strain that changes only with the row, or only with the column, is taken out with it."))
    if found.note is not None:
        told.append(found.note.render(_))
    return " ".join(told)
