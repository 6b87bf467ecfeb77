"""A movie in, maps of its phases out: the one file that knows the order of the steps.

The classifier comes in as a plain callable, so that this part needs no network of any kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.coverage import lattice_coverage
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.movies.frames import Frames, as_frames, is_blank
from lattice_widgets.core.movies.holes import Holes, find_holes
from lattice_widgets.core.movies.phases import DEFINITIONS, PhaseCount, cell_edges, window_weights
from lattice_widgets.core.movies.plan import MoviePlan, plan_movie
from lattice_widgets.core.pictures.windows import window_view
from lattice_widgets.core.uncertainty.summary import predictive_entropy

#: windows are copied and named some at a time: those of a large frame with a small step take gigabytes together [px]
_PIXELS_TOGETHER = 12_000_000


@dataclass(frozen=True, eq=False)
class WindowAnswers:
    """What a classifier says about n windows.

    Attributes
    ----------
    samples : ndarray, float32, shape (passes, n, classes)
        Probabilities of each pass with dropout; one pass where there is no dropout.
    sure : ndarray, bool, shape (n,)
        Whether it stands by its answer; otherwise it abstains.
    """

    samples: NDArray[np.float32]
    sure: NDArray[np.bool_]


#: Windows (n, rows, cols) -> what is said about them. It is called for some windows of a frame at a time, in the order of rows;
#: pass i has to be the same network in every call, or the errors of the fractions come out too small.
Classify = Callable[[NDArray], WindowAnswers]


@dataclass(frozen=True, eq=False)
class FrameAnalysis:
    """What was found in one frame; all NaN, and no holes, where it is blank.

    Attributes
    ----------
    probability, spread : ndarray, float32, shape (window_rows, window_cols, classes)
        Mean and standard deviation of the passes.
    entropy : ndarray, float32, shape (window_rows, window_cols)
        Of the mean [bit].
    abstained : ndarray, bool, shape (window_rows, window_cols)
        Where the classifier is not sure.
    coverage : ndarray, float32, shape (window_rows, window_cols)
        How much of the place that each window stands for is filled with lattice, 0 to 1.
    window_coverage : ndarray, float32, shape (window_rows, window_cols)
        How much of each whole window is.
    fraction, fraction_error : ndarray, float64, shape (definitions, classes)
        See `phases.phase_fractions`.
    holes : Holes
        By intensity.
    blank : bool
        Whether nothing was recorded.
    """

    probability: NDArray[np.float32]
    spread: NDArray[np.float32]
    entropy: NDArray[np.float32]
    abstained: NDArray[np.bool_]
    coverage: NDArray[np.float32]
    window_coverage: NDArray[np.float32]
    fraction: NDArray[np.float64]
    fraction_error: NDArray[np.float64]
    holes: Holes
    blank: bool = False


def analyze_frame(frame: ArrayLike, plan: MoviePlan, classify: Classify) -> FrameAnalysis:
    """Return what one frame shows.

    Parameters
    ----------
    frame : array_like, shape (rows, cols)
        As `Frames` gives it.
    plan : MoviePlan
        From `plan_movie`.
    classify : callable
        Windows (n, window_size, window_size) -> `WindowAnswers`, for some windows at a time; see `Classify`.
    """
    array = np.asarray(frame)
    if is_blank(array):
        return _blank(plan)
    grid = plan.grid
    edges = [cell_edges(n, centers) for n, centers in zip(plan.shape, (plan.row, plan.col), strict=True)]
    covered = lattice_coverage(array)
    coverage = covered.cell_means(*edges)
    around = covered.window_means(plan.row_starts, plan.col_starts, plan.window_size)
    weights = window_weights(plan.shape, plan.row, plan.col) if plan.by_area else np.full(grid, 1 / np.prod(grid))
    count = int(np.prod(grid))
    probability, spread = (np.empty((count, len(CLASSES)), np.float32) for _ in range(2))
    entropy, sure = np.empty(count, np.float32), np.empty(count, bool)
    counted = PhaseCount()
    view = window_view(array, plan.window_size)
    together = max(1, _PIXELS_TOGETHER // plan.window_size**2)
    for first in range(0, count, together):
        part = slice(first, min(first + together, count))
        down, across = np.unravel_index(np.arange(part.start, part.stop), grid)
        answers = classify(view[plan.row_starts[down], plan.col_starts[across]])
        mean = answers.samples.mean(axis=0, dtype=np.float64)
        probability[part], spread[part] = mean, answers.samples.std(axis=0)
        entropy[part], sure[part] = predictive_entropy(mean), answers.sure
        counted.add(answers.samples, answers.sure, *(values.ravel()[part] for values in (coverage, weights, around)))
    fractions = counted.fractions()
    return FrameAnalysis(
        probability.reshape(*grid, -1),
        spread.reshape(*grid, -1),
        entropy.reshape(grid),
        ~sure.reshape(grid),
        coverage.astype(np.float32),
        around.astype(np.float32),
        fractions.fraction,
        fractions.error,
        find_holes(array, plan.levels),
    )


def _blank(plan: MoviePlan) -> FrameAnalysis:
    grid, k = plan.grid, len(CLASSES)
    maps = np.full((*grid, k), np.nan, np.float32)
    one = np.full(grid, np.nan, np.float32)
    fractions = np.full((len(DEFINITIONS), k), np.nan)
    holes = Holes(np.zeros(plan.shape, np.uint16), np.zeros(0), np.zeros((0, 2)), np.nan)
    return FrameAnalysis(maps, maps, one, np.ones(grid, bool), one, one, fractions, fractions, holes, blank=True)


def iter_movie(
    frames: Frames, plan: MoviePlan, classify: Classify, numbers: list[int] | None = None
) -> Iterator[tuple[int, FrameAnalysis]]:
    """Yield (number, analysis) of the frames, one after the other; to stop, stop asking."""
    for number in range(len(frames)) if numbers is None else numbers:
        yield number, analyze_frame(frames[number], plan, classify)


def empty_analysis(frames: Frames, plan: MoviePlan) -> xr.Dataset:
    """Return the coordinates of an analysis, each with its unit, without any results."""
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
        "frame_interval": frames.frame_interval if frames.timed else 0.0,
        "lattice_spacing": plan.spacing,
        "cell_area": plan.cell_area,
        "hole_smoothing": plan.levels.smoothing,
    }
    return xr.Dataset(coords=coords, attrs=attrs)


#: variables of an analysis: name -> (dimensions, dtype, unit, what it is)
VARIABLES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "probability": (("frame", "window_row", "window_col", "class"), "f4", "1", "mean probability of a class"),
    "spread": (
        ("frame", "window_row", "window_col", "class"),
        "f4",
        "1",
        "standard deviation over passes with dropout",
    ),
    "entropy": (("frame", "window_row", "window_col"), "f4", "bit", "predictive entropy"),
    "abstained": (("frame", "window_row", "window_col"), "?", "1", "whether the classifier is not sure"),
    "coverage": (("frame", "window_row", "window_col"), "f4", "1", "part of the place that lattice fills"),
    "window_coverage": (("frame", "window_row", "window_col"), "f4", "1", "part of the window that lattice fills"),
    "fraction": (("frame", "definition", "class"), "f8", "1", "fraction of the frame"),
    "fraction_error": (("frame", "definition", "class"), "f8", "1", "standard deviation over passes with dropout"),
    "hole_fraction": (("frame",), "f8", "1", "fraction of the frame below the threshold"),
    "hole_threshold": (("frame",), "f8", "unit of the frames", "intensity below which a smoothed pixel is hole"),
    "hole_count": (("frame",), "i4", "1", "number of holes"),
    "blank": (("frame",), "?", "1", "whether the frame was left out because all its pixels are the same"),
    "hole_labels": (("frame", "pixel_row", "pixel_col"), "u2", "1", "number of the hole in its frame, 0 outside"),
}


def values_of(found: FrameAnalysis) -> dict[str, NDArray]:
    """Return what was found in a frame under the names of `VARIABLES`."""
    return {
        "probability": found.probability,
        "spread": found.spread,
        "entropy": found.entropy,
        "abstained": found.abstained,
        "coverage": found.coverage,
        "window_coverage": found.window_coverage,
        "fraction": found.fraction,
        "fraction_error": found.fraction_error,
        "hole_fraction": np.array(np.nan if found.blank else found.holes.fraction),
        "hole_threshold": np.array(found.holes.threshold),
        "hole_count": np.array(len(found.holes.areas), np.int32),
        "blank": np.array(found.blank),
        "hole_labels": found.holes.labels,
    }


def analyze_movie(
    movie: object, classify: Classify, window_size: int = 128, step: int = 16, **how: object
) -> xr.Dataset:
    """Return what a movie shows, all in memory: for scripts that bring a classifier of their own.

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
    found = [values_of(analysis) for _, analysis in iter_movie(frames, plan, classify)]
    dataset = empty_analysis(frames, plan)
    for name, (dims, dtype, unit, text) in VARIABLES.items():
        values = np.stack([frame[name] for frame in found]).astype(dtype)
        dataset[name] = (dims, values, {"units": unit, "long_name": text})
    return dataset
