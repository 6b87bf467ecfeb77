"""Maps in, their values at one place or along a line out, with errors."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.maps.deformation import COMPONENTS
from lattice_widgets.core.sentences import Sentence

#: maps that are read, those with errors first
QUANTITIES = (*COMPONENTS, "amplitude")
#: those of the moire of two layers, from `map_moire`
MOIRE_QUANTITIES = ("offset", "twist", "a", "b")
#: samples of a profile from one place of the map to the next
_SAMPLES = 4
#: at most so many samples along a line
_MOST = 2000


def place_at(maps: xr.Dataset, row: float, col: float) -> xr.Dataset:
    """Give the place of the maps nearest to a pixel, with all its values and errors.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice` or `map_moire`.
    row, col : float
        Position [px of the picture].

    Returns
    -------
    xarray.Dataset
        Without dimensions of places: ``place.strain_xx`` is one number, NaN where there is no lattice.

    Raises
    ------
    ValueError
        If no place is within half a step: the maps end half a window before the edge of the picture.

    Examples
    --------
    >>> rows, cols = np.mgrid[:160, :192]
    >>> from lattice_widgets.core.maps.lattice_map import map_lattice
    >>> maps = map_lattice(np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8))
    >>> place = place_at(maps, 80, 90)
    >>> abs(float(place.col) - 90) <= maps.step / 2, abs(float(place.strain_xx)) < 0.05
    (True, True)
    """
    step = float(maps.attrs["step"])
    numbers = []
    for places, position in ((maps.row.values, row), (maps.col.values, col)):
        near = int(np.abs(places - position).argmin())
        if not abs(places[near] - position) <= step / 2 + 0.5:
            raise ValueError(
                Sentence(
                    "The map has no place at row {row}, column {col}: it begins half a window inside of the picture.",
                    row=round(float(row)),
                    col=round(float(col)),
                )
            )
        numbers.append(near)
    return maps.isel(window_row=numbers[0], window_col=numbers[1])


def map_profile(maps: xr.Dataset, start: tuple[float, float], end: tuple[float, float]) -> xr.Dataset:
    """Read maps of the lattice along a line, with errors.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice` or `map_moire`.
    start, end : tuple of float
        (row, col) of both ends of the line [px of the picture].

    Returns
    -------
    xarray.Dataset
        Dimension ``distance`` from the start [nm, or px without a pixel size], with ``row`` and ``col`` [px]; the variables of
        the maps that have a value a place, with their ``*_error``. Between places they are interpolated; NaN outside of the
        maps and where there is no lattice. Neighboring values are not independent: each is a mean over the mask.

    Raises
    ------
    ValueError
        If the ends are no two different points.

    Examples
    --------
    >>> rows, cols = np.mgrid[:160, :192]
    >>> from lattice_widgets.core.maps.lattice_map import map_lattice
    >>> maps = map_lattice(np.cos(2 * np.pi * rows / 8) + np.cos(2 * np.pi * cols / 8), pixel_size=0.05)
    >>> profile = map_profile(maps, (80, 60), (80, 120))
    >>> round(float(profile.distance[-1]), 6), profile.distance.units
    (3.0, 'nm')
    """
    ends = np.asarray([start, end], np.float64)
    length = float(np.hypot(*(ends[1] - ends[0]))) if ends.shape == (2, 2) else np.nan
    if not (np.isfinite(length) and length > 0):
        raise ValueError(Sentence("A profile goes from one point (row, col) to another one."))
    count = min(_MOST, max(2, int(np.ceil(_SAMPLES * length / float(maps.attrs["step"]))) + 1))
    part = np.linspace(0, 1, count)
    rows, cols = (ends[0, axis] + part * (ends[1, axis] - ends[0, axis]) for axis in (0, 1))
    scale, unit = (float(maps.attrs["pixel_size"]) or 1.0), str(maps.attrs["unit"])
    distance = ("distance", part * length * scale, {"units": unit, "long_name": "distance along the line"})
    coords = {"distance": distance, "row": ("distance", rows), "col": ("distance", cols)}
    found = xr.Dataset(coords=coords)
    weights = _weights(maps.row.values, rows), _weights(maps.col.values, cols)
    for name, values in maps.data_vars.items():
        if values.dims == ("window_row", "window_col") and values.dtype.kind == "f":
            found[name] = ("distance", _between(values.values, *weights), values.attrs)
    return found


def _weights(
    places: NDArray[np.float64], positions: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the place before each position, and how far it lies toward the next one; NaN outside."""
    where = np.interp(positions, places, np.arange(len(places), dtype=float), left=np.nan, right=np.nan)
    before = np.minimum(np.nan_to_num(where).astype(np.int64), max(len(places) - 2, 0))
    return before, where - before


def _between(
    values: NDArray, down: tuple[NDArray[np.int64], NDArray], across: tuple[NDArray[np.int64], NDArray]
) -> NDArray[np.float64]:
    found = np.zeros(len(down[0]))
    rows, cols = values.shape
    for row, row_weight in ((down[0], 1 - down[1]), (down[0] + 1, down[1])):
        for col, col_weight in ((across[0], 1 - across[1]), (across[0] + 1, across[1])):
            weight = row_weight * col_weight
            # a place without a value spoils only what it takes part in
            taken = values[np.minimum(row, rows - 1), np.minimum(col, cols - 1)]
            found += np.where(weight == 0, 0.0, weight * taken)
    return found
