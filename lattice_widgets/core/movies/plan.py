"""What all frames of an analysis have in common, found once before it begins: so that frames can go anywhere, in any order."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.coverage import lattice_spacing
from lattice_widgets.core.geometry.lattice_fit import fit_power_map
from lattice_widgets.core.geometry.power_map import PowerMap
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.spots import Spots, measure_spots, spots_of
from lattice_widgets.core.movies.frames import BadFrame, Frames, is_blank
from lattice_widgets.core.movies.holes import HoleLevels, hole_levels
from lattice_widgets.core.pictures.spectra import check_image
from lattice_widgets.core.pictures.windows import window_positions
from lattice_widgets.core.sentences import Sentence

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
    spots : dict of int to Spots
        Spots [1/px] of the frames that were looked at as a whole, by their numbers: they need not be found again.
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
    spots: dict[int, Spots] = field(default_factory=dict, repr=False)

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
    """Plan the analysis of a movie from a look at some of its frames.

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

    Returns
    -------
    MoviePlan
        What all frames have in common.

    Raises
    ------
    ValueError
        If the window does not fit, or no frame can be used.
    """
    shape = frames.shape[1:]
    starts = [window_positions(length, window_size, step) for length in shape]
    if window_size < 16:
        raise ValueError(f"A window of {window_size} px shows no lattice: take 16 px or more.")
    looks = {number: _look_at(frame) for number, frame in _sampled(frames)}
    spacing = _median([look.spacing for look in looks.values()])
    # without a lattice, a sixteenth of a window is as good as any
    smoothed_by = spacing if math.isfinite(spacing) else window_size / 16
    # read once more, one frame at a time: a dozen large ones would fill the memory
    levels = hole_levels((frames[number] for number in looks), smoothed_by, hole_threshold)
    cell_area = _median([look.cell_area for look in looks.values()])
    spots = {number: look.spots for number, look in looks.items() if look.whole}
    return MoviePlan(shape, window_size, step, starts[0], starts[1], levels, spacing, cell_area, by_area, spots)


def _sampled(frames: Frames) -> Iterator[tuple[int, NDArray]]:
    """Yield (number, frame) of some frames that can be used; of any one if none of those can.

    Raises
    ------
    ValueError
        If no frame can be used.
    """
    some = frames.sampled()
    found = False
    for number, frame in frames.usable(some):
        if not is_blank(frame):
            found = True
            yield number, frame
    if found:
        return
    problem = ""
    for number in range(len(frames)):
        try:
            frame = frames[number]
        except BadFrame as bad:
            problem = problem or str(bad)
            continue
        if not is_blank(frame):
            yield number, frame
            return
    if problem:
        raise ValueError(Sentence("No frame of this movie can be used. {problem}", problem=problem))
    raise ValueError(Sentence("All frames of this movie are blank: every pixel has the same value."))


@dataclass(frozen=True, eq=False)
class _Look:
    """What one power map tells of a frame: spacing of its lattice lines [px], area of its cell [px^2], both NaN without one."""

    spacing: float
    cell_area: float
    spots: Spots
    whole: bool


def _look_at(frame: NDArray) -> _Look:
    """Measure the lattice in the middle of a frame, which shows it as well as all of it does."""
    starts = [max(0, (n - _ENOUGH) // 2) for n in frame.shape]
    middle = check_image(frame[starts[0] : starts[0] + _ENOUGH, starts[1] : starts[1] + _ENOUGH])
    power = PowerMap(middle)
    spots = spots_of(power, measure_spots(power), None)
    try:
        area = fit_power_map(power).lattice.area
    except LatticeNotFound:
        area = math.nan
    return _Look(lattice_spacing(middle, spots), area, spots, middle.shape == frame.shape)


def _median(values: list[float]) -> float:
    """Return the median of those values that are numbers; NaN if none is."""
    found = [value for value in values if math.isfinite(value)]
    return float(np.median(found)) if found else math.nan
