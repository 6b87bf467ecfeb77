"""An analysis of a whole movie as one `xarray.Dataset`: its coordinates, and the short way to it with all in memory."""

import numpy as np
import xarray as xr

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.movies.frame_analysis import Classify, iter_movie
from lattice_widgets.core.movies.frames import Frames, as_frames
from lattice_widgets.core.movies.phases import DEFINITIONS
from lattice_widgets.core.movies.plan import MoviePlan, plan_movie
from lattice_widgets.core.movies.rows import VARIABLES, attributes_of

__all__ = ["VARIABLES", "analyze_movie", "empty_analysis"]


def empty_analysis(frames: Frames, plan: MoviePlan) -> xr.Dataset:
    """Make an analysis without results: the coordinates, each with its unit, and the attributes."""
    k = plan.row, plan.col
    unit = "s" if frames.timed else "frame"
    coords = {
        "time": ("frame", frames.time, {"units": unit, "long_name": "time"}),
        "row": ("window_row", k[0], {"units": "px", "long_name": "row of the window's center"}),
        "col": ("window_col", k[1], {"units": "px", "long_name": "column of the window's center"}),
        "class": ("class", np.array(CLASSES, dtype=str)),
        "definition": ("definition", np.array(DEFINITIONS, dtype=str)),
    }
    if frames.pixel_size:
        for name, axis, places in (("y", "window_row", k[0]), ("x", "window_col", k[1])):
            coords[name] = (axis, places * frames.pixel_size, {"units": "nm", "long_name": f"{name} of the center"})
    attrs = {
        "frame_rows": plan.shape[0],
        "frame_cols": plan.shape[1],
        "window_size": plan.window_size,
        "step": plan.step,
        "pixel_size": frames.pixel_size or 0.0,
        "calibration": frames.calibration,
        "frame_interval": frames.frame_interval if frames.timed else 0.0,
        "lattice_spacing": plan.spacing,
        "cell_area": plan.cell_area,
        "hole_smoothing": plan.levels.smoothing,
    }
    return xr.Dataset(coords=coords, attrs=attrs)


def analyze_movie(
    movie: object, classify: Classify, window_size: int = 128, step: int = 16, **how: object
) -> xr.Dataset:
    """Analyze a movie, all in memory: for scripts that bring a classifier of their own.

    `lattice_widgets.analyze_movie` does the same with the classifiers of this package, writes frame by frame, goes on where
    it was stopped, and spreads over a cluster.

    Parameters
    ----------
    movie : array_like, shape (frames, rows, cols), or anything else that `as_frames` takes
        The movie.
    classify : callable
        Windows (n, window_size, window_size) -> `WindowAnswers`, for some windows at a time; see `Classify`.
    window_size, step : int
        [px].
    **how
        ``time``, ``frame_interval``, ``pixel_size``, ``name`` as for `as_frames`; ``hole_threshold``, ``by_area`` as for
        `plan_movie`.

    Returns
    -------
    xarray.Dataset
        Dimensions frame, window_row, window_col, class, definition; the variables are those of `VARIABLES`, coordinates in s,
        px and nm.

    Raises
    ------
    ValueError
        As `as_frames` and `plan_movie`.
    """
    planned = {name: how.pop(name) for name in ("hole_threshold", "by_area") if name in how}
    frames = as_frames(movie, **how)  # type: ignore[arg-type]
    plan = plan_movie(frames, window_size, step, **planned)  # type: ignore[arg-type]
    rows = [row for _, row in iter_movie(frames, plan, classify)]
    dataset = empty_analysis(frames, plan)
    for name, (dims, *_) in VARIABLES.items():
        dataset[name] = (dims, np.stack([row[name].values for row in rows]), attributes_of(name))
    return dataset
