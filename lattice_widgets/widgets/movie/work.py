"""What the movie scrubber computes, away from the screen."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.analysis import MovieAnalysis, open_analysis
from lattice_widgets.analysis.video import blank_frames, fill_frames, reduction
from lattice_widgets.core.kinetics.growth import compare_growth, fit_growth
from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.phases import DEFINITIONS, covered_probability
from lattice_widgets.core.pictures.spectra import Spectrum, spectrum
from lattice_widgets.language import _
from lattice_widgets.records.kinds.movie import Settings, open_frames
from lattice_widgets.widgets.parts.network import path_of_network

#: the simulated movie, made when it is asked for
SIMULATED = "ws2_beam_damage"
#: time between two signs of life while a movie is loaded [s]
_PULSE = 0.25


@dataclass(frozen=True, eq=False)
class Request:
    """The movie, and what is to be done with it."""

    source: Any
    analysis: Any
    known: Settings
    opened: "Opened | None"
    run: "MovieSettings | None"


@dataclass(frozen=True)
class MovieSettings:
    """How a movie is analyzed; see `MovieAnalysis`."""

    classifier: str
    window_size: int
    step: int
    n_passes: int
    seed: int
    hole_threshold: float | None
    align: bool
    store: str | None
    scheduler: Any

    @classmethod
    def of(cls, owner: Any) -> "MovieSettings":
        """Return the settings of a widget, which has traits of these names."""
        values = {each.name: getattr(owner, each.name) for each in fields(cls)}
        return cls(**{**values, "classifier": path_of_network(owner.classifier), "store": owner.store or None})


@dataclass(eq=False)
class Opened:
    """A movie that is there: its frames, how they are drawn, the truth about it if it is simulated.

    Attributes
    ----------
    ready : int
        So many of the frames are drawn; grows while the movie is loaded.
    seconds_left : float
        Time that the others will take [s]; NaN if nobody knows.
    """

    source: Any
    frames: Frames
    drawn: NDArray[np.uint8]
    note: str
    truth: NDArray[np.float64] | None = None
    ready: int = 0
    seconds_left: float = float("nan")

    @property
    def complete(self) -> bool:
        """Whether all frames are drawn."""
        return self.ready == len(self.drawn)


@dataclass(eq=False)
class Found:
    """What is known so far about the frames of a movie. Grows while the analysis runs.

    Attributes
    ----------
    overlays : list
        (number, probability by coverage, entropy, hole labels) of frames, in the order in which they were done; None once
        they are shown.
    """

    opened: Opened
    row: NDArray[np.float64]
    col: NDArray[np.float64]
    window_size: int
    fraction: NDArray[np.float64]
    error: NDArray[np.float64]
    holes: NDArray[np.float64]
    drift: NDArray[np.float64] | None = None
    overlays: list[tuple[int, NDArray, NDArray, NDArray] | None] = field(default_factory=list)
    answers: dict[int, tuple[NDArray, NDArray]] = field(default_factory=dict)
    started: float = 0.0
    before: int = 0
    dataset: xr.Dataset | None = None

    @property
    def done(self) -> int:
        """Frames that are analyzed."""
        return len(self.overlays)

    @property
    def seconds_left(self) -> float:
        """Time that the other frames will take [s]."""
        here = self.done - self.before
        spent = time.monotonic() - self.started
        return spent / here * (len(self.fraction) - self.done) if here else float("nan")

    def add(self, number: int, row: xr.Dataset) -> None:
        """Keep what the screen shows of a frame, from its row of the analysis."""
        self.fraction[number], self.error[number] = row["fraction"].values, row["fraction_error"].values
        self.holes[number] = row["hole_fraction"] if np.isfinite(row["hole_threshold"]) else np.nan
        phases = covered_probability(*(row[name].values for name in ("probability", "coverage", "window_coverage")))
        self.answers[number] = row["probability"].values, row["spread"].values
        self.overlays.append((number, phases, row["entropy"].values, row["hole_labels"].values))


def compute(request: Request) -> Iterator[Opened | Found]:
    """Yield the movie when it is new, then what is found in it."""
    opened = request.opened
    if opened is None:
        opened = open_source(request)
    if not opened.complete:
        yield from _load(opened)
    if request.run is not None:
        yield from _analyze(opened, request.run)
    elif request.analysis is not None:
        yield read_analysis(opened, request.analysis)


def _load(opened: Opened) -> Iterator[Opened]:
    """Draw the frames that are missing; yield the movie whenever there is something new to see."""
    count, began, start, told = len(opened.drawn), time.monotonic(), opened.ready if opened.ready > 1 else 0, 0.0
    for ready in fill_frames(opened.frames, opened.drawn, start):
        opened.ready = max(opened.ready, ready)
        now = time.monotonic()
        if ready > start + 1:
            opened.seconds_left = (now - began) / (ready - start) * (count - ready)
        if ready < count and now - told > _PULSE:
            told = now
            yield opened
    opened.truth = getattr(opened.frames.source, "hole_fraction", None)
    yield opened


def open_source(request: Request) -> Opened:
    """Return the movie of a request: simulated, a sample, a file, or an array.

    Raises
    ------
    ValueError, OSError
        If it is none of these or cannot be read, in one sentence.
    """
    source = request.source
    if isinstance(source, xr.Dataset):
        raise ValueError(_("This is an analysis: give the movie first, MovieScrubber(movie, analysis=...)."))
    frames = open_frames(None if isinstance(source, str) and source == SIMULATED else source, request.known)
    k = reduction(frames)
    drawn = blank_frames(frames)
    words = _("Drawn with 1/{k} of the pixels in each direction; all numbers come from the full frames.")
    notes = [words.format(k=k)] if k > 1 else []
    return Opened(request.source, frames, drawn, " ".join([*notes, *frames.notes]))


def _analyze(opened: Opened, how: MovieSettings) -> Iterator[Found]:
    analysis = MovieAnalysis(
        opened.frames,
        classifier=how.classifier,
        window_size=how.window_size,
        step=how.step,
        n_passes=how.n_passes,
        seed=how.seed,
        hole_threshold=how.hole_threshold,
        align=how.align,
        store=how.store,
    )
    plan = analysis.plan
    found = _nothing(opened, plan.row, plan.col, plan.window_size)
    todo = set(analysis.todo())
    if len(todo) < len(opened.frames):
        stored = analysis.store.dataset()
        for number in sorted(set(range(len(opened.frames))) - todo):
            found.add(number, stored.isel(frame=number))
    analysis.classify.classifier.load()
    found.started, found.before = time.monotonic(), found.done
    yield found
    for number, row in analysis.run(how.scheduler):
        found.add(number, row)
        yield found
    found.dataset = analysis.finish()
    if "drift" in found.dataset:
        found.drift = found.dataset["drift"].values
    yield found


def read_analysis(opened: Opened, analysis: Any) -> Found:
    """Return what an analysis that is done already found.

    Raises
    ------
    ValueError
        If it is none, or that of another movie.
    """
    dataset = open_analysis(analysis) if isinstance(analysis, str | Path) else analysis
    if not isinstance(dataset, xr.Dataset) or "probability" not in dataset:
        raise ValueError(_("This is no analysis of a movie: give what analyze_movie returned, or its folder."))
    shape = (dataset.sizes["frame"], dataset.attrs["frame_rows"], dataset.attrs["frame_cols"])
    if shape != opened.frames.shape:
        sizes = " x ".join(map(str, shape)), " x ".join(map(str, opened.frames.shape))
        words = _("This analysis is that of another movie: {there} there, {here} here.")
        raise ValueError(words.format(there=sizes[0], here=sizes[1]))
    found = _nothing(opened, dataset["row"].values, dataset["col"].values, int(dataset.attrs["window_size"]))
    for number in range(shape[0]):
        found.add(number, dataset.isel(frame=number))
    found.dataset, found.before = dataset, found.done
    if "drift" in dataset:
        found.drift = dataset["drift"].values
    return found


def _nothing(opened: Opened, row: NDArray, col: NDArray, window_size: int) -> Found:
    count = len(opened.frames)
    blank = np.full((count, len(DEFINITIONS), 6), np.nan)
    return Found(opened, row, col, window_size, blank, blank.copy(), np.full(count, np.nan))


@dataclass(frozen=True, eq=False)
class FitRequest:
    """What is to be fitted: a fraction within a span of time."""

    time: NDArray[np.float64]
    fraction: NDArray[np.float64]
    model: str
    onset: float | None


def compute_fit(request: FitRequest) -> GrowthFit:
    """Return the chosen law, or the best of all."""
    if request.model == "best" and request.onset is None:
        return next(iter(compare_growth(request.time, request.fraction).values()))
    model: Any = "exponential" if request.model == "best" else request.model
    return fit_growth(request.time, request.fraction, model=model, onset=request.onset)


def fit_request(
    found: Found, of: str, definition: int, span: tuple[float, ...], model: str, onset: float | None
) -> FitRequest:
    """Return what is to be fitted, without frames that are not analyzed or outside the span."""
    time_ = found.opened.frames.time
    by_holes = of == "holes" and np.isfinite(found.holes).any()
    fraction = found.holes if by_holes else found.fraction[:, definition, -1]
    inside = np.isfinite(fraction)
    if len(span) == 2:
        inside &= (time_ >= span[0]) & (time_ <= span[1])
    return FitRequest(time_[inside], np.clip(fraction[inside], 0, 1), model, onset)


@dataclass(frozen=True, eq=False)
class WindowRequest:
    """A window of a frame."""

    frames: Frames
    frame: int
    start: tuple[int, int]
    size: int


def compute_window(request: WindowRequest) -> tuple[WindowRequest, Spectrum]:
    """Return the spectrum of a window."""
    (row, col), size = request.start, request.size
    image = request.frames[request.frame][row : row + size, col : col + size]
    return request, spectrum(image, request.frames.pixel_size)
