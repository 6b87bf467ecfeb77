"""Where the spots of the geometry lie in the transform on the screen, and their Miller indices."""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.widgets.explorer.work import WindowResult, WindowSpectrum


def spot_marks(found: WindowSpectrum, result: WindowResult | None) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return where the spots measured last lie in a spectrum (row, col) [px], and their Miller indices."""
    if result is None:
        return np.zeros((0, 2)), ()
    places, fit = result.spots.frequency, result.fit
    both = np.concatenate([places, -places])
    if fit is None:
        names = [""] * len(both)
    else:
        signed = np.concatenate([fit.indices, -fit.indices])
        # further out and for spots that do not belong to the lattice labels would only cover the picture
        named = np.tile(fit.indexed, 2) & (np.abs(signed).max(axis=1) <= 2)
        names = [miller(h, k) if tell else "" for (h, k), tell in zip(signed, named, strict=True)]
    positions = found.shown.pixel_of(both)
    inside = np.all((positions >= 0) & (positions < found.shown.magnitude.shape), axis=1)
    return positions[inside], tuple(name for name, seen in zip(names, inside, strict=True) if seen)


def miller(h: int, k: int) -> str:
    r"""Return Miller indices as they are printed, with negative ones overlined.

    Examples
    --------
    >>> miller(1, 0), miller(-1, 2).encode("unicode_escape").decode()
    ('10', '1\\u03052')
    """
    return "".join(f"{abs(index)}\u0305" if index < 0 else str(index) for index in (h, k))
