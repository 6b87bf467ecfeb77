"""A row of an analysis: what was found in one frame, under the names and with the dimensions of the whole analysis."""

from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.movies.frames import LeftOut
from lattice_widgets.core.movies.phases import DEFINITIONS
from lattice_widgets.core.movies.plan import MoviePlan

#: why a frame was left out, by its number in ``left_out``; 0: it was analyzed
REASONS: tuple[LeftOut, ...] = ("blank", "not finite", "other size", "not real")

_MAP = ("frame", "window_row", "window_col")
_COUNT = ("frame", "definition", "class")
#: variables of an analysis: name -> (dimensions, dtype, unit, what it is)
VARIABLES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "probability": ((*_MAP, "class"), "f4", "1", "mean probability of a class"),
    "spread": ((*_MAP, "class"), "f4", "1", "standard deviation over passes with dropout"),
    "entropy": (_MAP, "f4", "bit", "predictive entropy"),
    "abstained": (_MAP, "?", "1", "whether the classifier is not sure"),
    "coverage": (_MAP, "f4", "1", "part of the place that lattice fills"),
    "window_coverage": (_MAP, "f4", "1", "part of the window that lattice fills"),
    "fraction": (_COUNT, "f8", "1", "fraction of the frame"),
    "fraction_error": (_COUNT, "f8", "1", "standard deviation over passes with dropout"),
    "hole_fraction": (("frame",), "f8", "1", "fraction of the frame below the threshold"),
    "hole_threshold": (("frame",), "f8", "unit of the frames", "intensity below which a smoothed pixel is hole"),
    "hole_count": (("frame",), "i4", "1", "number of holes"),
    "blank": (("frame",), "?", "1", "whether the frame was left out because all its pixels are the same"),
    "left_out": (("frame",), "i1", "1", "why the frame was left out; 0: it was analyzed"),
    "hole_labels": (("frame", "pixel_row", "pixel_col"), "u2", "1", "number of the hole in its frame, 0 outside"),
}


def attributes_of(name: str) -> dict[str, Any]:
    """Look up unit and description of a variable; of ``left_out`` also its flags, by the CF conventions."""
    _, _, unit, text = VARIABLES[name]
    flags: dict[str, Any] = {}
    if name == "left_out":
        words = " ".join(reason.replace(" ", "_") for reason in ("analyzed", *REASONS))
        flags = {"flag_values": list(range(len(REASONS) + 1)), "flag_meanings": words}
    return {"units": unit, "long_name": text, **flags}


def frame_row(**values: Any) -> xr.Dataset:
    """Make a row of an analysis from what was found in a frame.

    Parameters
    ----------
    **values : array_like
        One for each name of `VARIABLES`, without the axis "frame".

    Returns
    -------
    xarray.Dataset
        As ``analysis.isel(frame=number)``, without coordinates.
    """
    variables = {}
    for name, (dims, dtype, _, _) in VARIABLES.items():
        variables[name] = (dims[1:], np.asarray(values[name]).astype(dtype, copy=False))
    return xr.Dataset(variables)


def left_out_row(plan: MoviePlan, reason: LeftOut) -> xr.Dataset:
    """Make the row of a frame that is left out: all NaN, abstained everywhere, and without holes."""
    grid, k = plan.grid, len(CLASSES)
    maps, one = np.full((*grid, k), np.nan, np.float32), np.full(grid, np.nan, np.float32)
    fractions = np.full((len(DEFINITIONS), k), np.nan)
    return frame_row(
        probability=maps,
        spread=maps,
        entropy=one,
        abstained=np.ones(grid, bool),
        coverage=one,
        window_coverage=one,
        fraction=fractions,
        fraction_error=fractions,
        hole_fraction=np.nan,
        hole_threshold=np.nan,
        hole_count=0,
        blank=reason == "blank",
        left_out=REASONS.index(reason) + 1,
        hole_labels=np.zeros(plan.shape, np.uint16),
    )


def left_out_frames(analysis: xr.Dataset) -> dict[int, LeftOut]:
    """List the numbers of the frames that were left out of an analysis, each with its reason."""
    codes = analysis["left_out"].values
    return {int(number): REASONS[codes[number] - 1] for number in np.flatnonzero(codes)}
