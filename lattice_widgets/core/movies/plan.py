"""What all frames of an analysis have in common, found once before it begins: so that frames can go anywhere, in any order."""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.coverage import lattice_spacing
from lattice_widgets.core.geometry.lattice_fit import LatticeNotFound, fit_lattice
from lattice_widgets.core.movies.frames import Frames, is_blank
from lattice_widgets.core.movies.holes import HoleLevels, hole_levels
from lattice_widgets.core.pictures.windows import window_positions

#: the lattice is measured in so many pixels along each side at most
_ENOUGH = 1024


@dataclass(frozen=True, eq=False)
class MoviePlan:
    """How every frame of a movie is analyzed.

    Attributes
    ----------
    shape : tuple of int
        (rows, cols) of a frame [px].
    window_size, step : int
        [px].
    row_starts, col_starts : ndarray of int
        First row and column of the windows; the last ones end with the frame.
    levels : HoleLevels
        What tells holes from the sheet.
    spacing : float
        Distance between the lattice lines [px]; NaN where no sampled frame shows any.
    cell_area : float
        Area of the cell of the lattice [px^2]; NaN where no sampled frame shows any.
    by_area : bool
        Whether windows count by the area that they stand for; otherwise all alike, as in the paper.
    """

    shape: tuple[int, int]
    window_size: int
    step: int
    row_starts: NDArray[np.int64]
    col_starts: NDArray[np.int64]
    levels: HoleLevels
    spacing: float
    cell_area: float
    by_area: bool = True

    @property
    def row(self) -> NDArray[np.float64]:
        """Rows of the centers of the windows [px]."""
        return np.asarray(self.row_starts + (self.window_size - 1) / 2, np.float64)

    @property
    def col(self) -> NDArray[np.float64]:
        """Columns of the centers of the windows [px]."""
        return np.asarray(self.col_starts + (self.window_size - 1) / 2, np.float64)

    @property
    def grid(self) -> tuple[int, int]:
        """Windows down and across."""
        return len(self.row_starts), len(self.col_starts)


def plan_movie(
    frames: Frames,
    window_size: int = 128,
    step: int = 16,
    *,
    hole_threshold: float | None = None,
    by_area: bool = True,
) -> MoviePlan:
    """Return how a movie is to be analyzed, from a look at some frames of it.

    Parameters
    ----------
    frames : Frames
        The movie.
    window_size, step : int
        [px]; the paper took 128 and 16.
    hole_threshold : float, optional
        Below it a smoothed pixel belongs to a hole, in the unit of the frames; found from the frames when not given.
    by_area : bool
        Whether windows count by the area that they stand for; otherwise all alike, as in the paper.

    Raises
    ------
    ValueError
        If the window does not fit, or all frames that were looked at are blank.
    """
    shape = frames.shape[1:]
    starts = [window_positions(length, window_size, step) for length in shape]
    if window_size < 16:
        raise ValueError(f"A window of {window_size} px shows no lattice: take 16 px or more.")
    # one frame at a time: a dozen large ones would fill the memory
    middles = {number: _middle(frame) for number in frames.sampled() if not is_blank(frame := frames[number])}
    if not middles:
        raise ValueError("All frames of this movie are blank: every pixel has the same value.")
    spacings = [lattice_spacing(middle) for middle in middles.values()]
    found = [spacing for spacing in spacings if np.isfinite(spacing)]
    spacing = float(np.median(found)) if found else float("nan")
    # without a lattice, a sixteenth of a window is as good as any
    samples = (frames[number] for number in middles)
    levels = hole_levels(samples, spacing if found else window_size / 16, hole_threshold)
    cell_area = _cell_area(list(middles.values()))
    return MoviePlan(shape, window_size, step, starts[0], starts[1], levels, spacing, cell_area, by_area)


def _middle(frame: NDArray) -> NDArray:
    """Return a copy of the middle of a frame, which shows the lattice as well as all of it does."""
    starts = [max(0, (n - _ENOUGH) // 2) for n in frame.shape]
    return frame[starts[0] : starts[0] + _ENOUGH, starts[1] : starts[1] + _ENOUGH].copy()


def _cell_area(samples: list[NDArray]) -> float:
    """Return the usual area of the cell [px^2], NaN where no frame shows a lattice that can be measured."""
    areas = []
    for frame in samples:
        with suppress(LatticeNotFound):
            areas.append(fit_lattice(frame).lattice.area)
    return float(np.median(areas)) if areas else float("nan")
