"""A frame in, its row of the analysis out: the one file that knows the order of the steps.

The classifier comes in as a plain callable, so that this part needs no network of any kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.core.geometry.coverage import lattice_coverage
from lattice_widgets.core.geometry.spots import Spots
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.movies.frames import BadFrame, Frames, is_blank
from lattice_widgets.core.movies.holes import find_holes
from lattice_widgets.core.movies.phases import PhaseCount, cell_edges, window_weights
from lattice_widgets.core.movies.plan import MoviePlan
from lattice_widgets.core.movies.rows import frame_row, left_out_row
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


def analyze_frame(frame: ArrayLike, plan: MoviePlan, classify: Classify, spots: Spots | None = None) -> xr.Dataset:
    """Analyze one frame: name its windows, measure how much of each place is lattice, find its holes.

    Parameters
    ----------
    frame : array_like, shape (rows, cols)
        As `Frames` gives it.
    plan : MoviePlan
        From `plan_movie`.
    classify : callable
        Windows (n, window_size, window_size) -> `WindowAnswers`, for some windows at a time; see `Classify`.
    spots : Spots, optional
        Its spots [1/px], if they are known already, as `MoviePlan.spots` has them.

    Returns
    -------
    xarray.Dataset
        A row of the analysis, see `rows.VARIABLES`; that of a blank frame is all NaN.
    """
    array = np.asarray(frame)
    if is_blank(array):
        return left_out_row(plan, "blank")
    grid = plan.grid
    edges = [cell_edges(n, centers) for n, centers in zip(plan.shape, (plan.row, plan.col), strict=True)]
    covered = lattice_coverage(array, spots)
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
    fractions, holes = counted.fractions(), find_holes(array, plan.levels)
    return frame_row(
        probability=probability.reshape(*grid, -1),
        spread=spread.reshape(*grid, -1),
        entropy=entropy.reshape(grid),
        abstained=~sure.reshape(grid),
        coverage=coverage,
        window_coverage=around,
        fraction=fractions.fraction,
        fraction_error=fractions.error,
        hole_fraction=holes.fraction,
        hole_threshold=holes.threshold,
        hole_count=len(holes.areas),
        blank=False,
        left_out=0,
        hole_labels=holes.labels,
    )


def analyze_number(frames: Frames, number: int, plan: MoviePlan, classify: Classify) -> xr.Dataset:
    """Analyze one frame of a movie; a frame that cannot be used is left out, with its reason.

    Takes and returns the same as `analyze_frame`.
    """
    try:
        frame = frames[number]
    except BadFrame as bad:
        return left_out_row(plan, bad.reason)
    return analyze_frame(frame, plan, classify, plan.spots.get(number))


def iter_movie(
    frames: Frames, plan: MoviePlan, classify: Classify, numbers: list[int] | None = None
) -> Iterator[tuple[int, xr.Dataset]]:
    """Yield (number, row of the analysis) of the frames, one after the other; to stop, stop asking."""
    for number in range(len(frames)) if numbers is None else numbers:
        yield number, analyze_number(frames, number, plan, classify)
