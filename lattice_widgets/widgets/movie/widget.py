"""The movie scrubber: where in a movie, and how fast, a crystal becomes something else."""

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
import xarray as xr
from ipywidgets.widgets.trait_types import TypedTuple

from lattice_widgets import old_names
from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.movies.phases import DEFINITIONS, cell_edges
from lattice_widgets.language import N_, _
from lattice_widgets.records.kinds.movie import Settings as MovieFacts
from lattice_widgets.runner import NewestWins
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.views.movie.movie_view import OVERLAYS, MovieView
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.movie import texts
from lattice_widgets.widgets.movie import work as answers
from lattice_widgets.widgets.movie.files import MovieFiles
from lattice_widgets.widgets.movie.growth import Growth
from lattice_widgets.widgets.movie.interval_field import IntervalField
from lattice_widgets.widgets.movie.loading import Loading
from lattice_widgets.widgets.movie.panels import ExportPanel, RunPanel, WindowPanel, pages_of, still_of, stop_light
from lattice_widgets.widgets.movie.place import Place
from lattice_widgets.widgets.movie.strain import StrainSeries
from lattice_widgets.widgets.movie.work import Found, MovieSettings, Opened
from lattice_widgets.widgets.opening.calibration import GivenPixelSize, PixelSizeField
from lattice_widgets.widgets.opening.dataset_choice import Dataset, DatasetChoice
from lattice_widgets.widgets.opening.picture_choice import PictureChoice, opening_row
from lattice_widgets.widgets.opening.picture_memory import PictureMemory
from lattice_widgets.widgets.opening.sources import Thing, ThingOf
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.dashboard import is_dashboard
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.network import NetworkName
from lattice_widgets.widgets.parts.record_button import keep_buttons
from lattice_widgets.widgets.parts.settings import Choice, Number

_MODELS = ("best", "exponential", "logistic", "linear", "none")


class MovieScrubber(MovieFiles, LatticeWidget):
    """A movie with its phases laid over it, and their fractions against time beside it.

    Play, step and scrub; press “analyze” and watch the fractions come; drag a span on the time axis to fit there; click a
    place to see the window around it. Without an argument it shows a simulated movie of WS2 under the beam, with the truth.

    Parameters
    ----------
    source : optional
        The movie: an array (frames, rows, cols), a path, the name of a sample, anything that `analyze_movie` takes.
    **settings
        Any of the traits.

    Examples
    --------
    >>> scrubber = MovieScrubber("movie.npy", frame_interval=2.25, pixel_size=0.0287)  # doctest: +SKIP
    >>> scrubber.analyze()  # doctest: +SKIP
    >>> await scrubber.settled(); scrubber.fit.rate, scrubber.fit.rate_error  # doctest: +SKIP
    """

    title = N_("Movie scrubber")

    source = Thing(answers.SIMULATED, help="The movie: array, path, name of a sample.").tag(request=True, undo=True)
    analysis = Thing(None, help="An analysis of it that is done already, or its folder.").tag(
        request=True, of_picture=True
    )
    frame_interval = Number(None, allow_none=True, help="From one frame to the next [s]; None: as the movie says.").tag(
        request=True, of_picture=True
    )
    pixel_size = GivenPixelSize().tag(request=True, of_picture=True)
    file_dataset = Dataset().tag(request=True, of_picture=True)

    classifier = NetworkName(help=N_("The network that is asked."))
    window_size = t.Int(128, min=16, max=1024, help=N_("Side of the windows.")).tag(
        label=N_("window"), unit="px", typed=True
    )
    step = t.Int(16, min=1, max=1024, help=N_("From one window to the next.")).tag(
        label=N_("step"), unit="px", typed=True
    )
    n_passes = t.Int(200, min=0, max=5000, help=N_("Passes with dropout for each window.")).tag(
        label=N_("passes"), typed=True
    )
    n_samples = old_names.Renamed("n_passes")
    seed = t.Int(0, min=0, max=999_999, help=N_("The same seed gives the same numbers.")).tag(
        label=N_("seed"), typed=True
    )
    hole_threshold = Number(None, allow_none=True, help="Below it is hole; None: found from the movie.").tag(
        of_picture=True
    )
    align = t.Bool(False, help=N_("Whether to follow the drift of the sample.")).tag(label=N_("follow the drift"))
    store = t.Unicode("", help="Folder that results are written to, frame by frame; empty: memory.").tag(
        of_picture=True
    )
    scheduler = t.Any(None, help="Address of a dask scheduler, or a client; None: here.")

    frame = t.Int(0, min=0, help="The frame that is shown.")
    overlay = Choice(OVERLAYS, "classes", help="What is laid over the movie.")
    playing = t.Bool(False, help="Whether it plays.")
    window = TypedTuple(t.Int(), help="Chosen window (row, col) of the grid; (): none.")
    span = TypedTuple(Number(), help="Span of time that is fitted; (): all of it.")
    of = Choice(
        ["holes", "noise"], "holes", help=N_("What is fitted: holes by threshold, or the noise of the network.")
    ).tag(label=N_("fit"))
    model = Choice(_MODELS, "best", help=N_("The law of growth.")).tag(label=N_("law"))
    onset = Number(
        None, allow_none=True, help="End of the span without growth [s], for the two-step fit; None: joint."
    ).tag(of_picture=True)
    definition = Choice(DEFINITIONS, DEFINITIONS[0], help=N_("How windows count.")).tag(label=N_("count by"))

    dataset = ThingOf(xr.Dataset, read_only=True, allow_none=True, help="The finished analysis.")
    strain = ThingOf(
        xr.Dataset, read_only=True, allow_none=True, help="Of `map_movie`; None before the frames are mapped."
    )
    fit = t.Instance(GrowthFit, read_only=True, allow_none=True, help="The law of growth that is drawn.")
    progress = t.Tuple(t.Int(), t.Int(), default_value=(0, 0), read_only=True, help="Frames done, and all of them.")

    def __init__(self, source: Any = None, **settings: Any) -> None:
        if source is not None:
            settings["source"] = source
        self._opened: Opened | None = None
        self._found: Found | None = None
        self._run: MovieSettings | None = None
        self._drawn = 0
        super().__init__(**settings)

    def request(self) -> answers.Request:
        """Return the movie and what is to be done with it."""
        opened = self._opened
        if opened is not None and (opened.source is not self.source or opened is not self._fresh):
            opened = None
        known = MovieFacts(frame_interval=self.frame_interval, pixel_size=self.pixel_size, dataset=self.file_dataset)
        return answers.Request(self.source, self.analysis, known, opened, self._run)

    @staticmethod
    def compute(request: answers.Request) -> Iterator[Opened | Found]:
        """Yield the movie when it is new, then what is found in it."""
        return answers.compute(request)

    def apply(self, answer: Opened | Found) -> None:
        """Show the movie, or what was found in it so far."""
        if isinstance(answer, Opened):
            if answer is not self._opened or answer is not self._fresh:
                self._show_movie(answer)
            self._loading_shown.show(answer)
        else:
            self._show_found(answer)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return movie and chart, and below them the panels."""
        self._fresh: Opened | None = None
        # what was said of one movie does not hold for the next one
        self._memory = PictureMemory(self, lambda: None)
        self._view: MovieView = MovieView(description=_("movie"), waiting=_(texts.OPENING))
        for name in ("frame", "overlay", "playing", "window", "span"):
            t.link((self, name), (self._view, name))
        self._light: ipw.HTML = Line(stop_light("gray", _(texts.WAITING)))
        self._light.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        self._runs: RunPanel = RunPanel(self.analyze, self.cancel)
        self._windows, self._export = WindowPanel(), ExportPanel(self, self.export)
        self._growth = Growth(self, self._view, self._light, self._fail)
        self._place = Place(self, self._windows, self._fail)
        settings = [control(self, name) for name in ("classifier", "window_size", "step", "n_passes", "seed", "align")]
        fitting = [control(self, name) for name in ("of", "model", "definition")]
        self._strain = StrainSeries(self, self._fail)
        panels = pages_of(self._windows, ipw.VBox(fitting), ipw.VBox(settings), self._export, self._strain)
        self.observe(lambda change: self._send_series(), "definition")
        below = side_by_side(column(self._runs, width="300px"), column(panels, width="520px"))
        self._calibration, self._interval = PixelSizeField(self), IntervalField(self)
        self._datasets, self._calibration.layout.width = DatasetChoice(self, "file_dataset"), "auto"
        known = (self._datasets, self._calibration, self._interval)
        movies = [answers.SIMULATED, *(sample.name for sample in list_samples() if len(sample.shape) == 3)]
        choice = PictureChoice(self, movies, _("movie"))
        return [opening_row(choice, *known), self._view, self._light, below, *keep_buttons(self)]

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if not is_dashboard():  # its pages come after all cells, and are answered at once
            self._view.expect_page()
        return super()._repr_mimebundle_(**kwargs)

    def static_picture(self) -> bytes:
        """Return the frame that is shown, and the chart, as a PNG."""
        return still_of(self._view.shown, self.frame, self._found, self.of)

    def runners(self) -> list[NewestWins]:
        """Return what computes for this widget."""
        return [*super().runners(), self._growth.runner, self._place.runner, self._strain.runner]

    # ---- the analysis

    def analyze(self) -> None:
        """Analyze the movie with the settings as they are; the widget fills while it runs."""
        self._run = MovieSettings.of(self)
        self._runs.begin()
        if self._found is None or not self._found.done:
            self._light.value = stop_light("gray", _(texts.ANALYZING))
        self.refresh()

    def cancel(self) -> None:
        """Stop the analysis; what is done stays, and with a `store` another one goes on from there."""
        self._run = None
        self._runner.cancel()
        self._runs.end(texts.describe_stop(*self.progress))
        self._growth.catch_up()
        if not self.progress[0]:
            self._light.value = stop_light("gray", _(texts.WAITING))

    def map_strain(self, reference: Any = None) -> None:
        """Map strain, rotation and grains of each frame, as `lattice_widgets.map_movie` does; `strain` fills while it runs."""
        self._strain.map(self._opened, reference)

    def _changed(self, change: dict[str, Any]) -> None:
        if self._memory.restoring:  # the movie itself is told of when all that belongs to it is back
            return
        # another movie, or other units: nothing of the old one holds
        self._run = None
        if change["name"] != "analysis":
            self._fresh = None
            self._leave_movie(_(texts.OPENING))
        self.clear_error()
        self.refresh()

    def _fail(self, problem: Exception) -> None:
        super()._fail(problem)
        if getattr(self, "_growth", None) is not None:
            self._run = None
            self._runs.end("")
            self._growth.catch_up()

    def forget_answers(self) -> None:
        """Take the movie away: what is asked for is not this one."""
        if self._fresh is None:
            self._leave_movie("")

    def _leave_movie(self, waiting: str) -> None:
        self._found = self._opened = None
        self._datasets.show(None)
        self._calibration.clear()
        self._interval.clear()
        self._view.clear()
        self._view.waiting = waiting
        for part in (self._growth, self._place, self._strain):
            part.leave()
        self._runs.end("")

    def _show_movie(self, opened: Opened) -> None:
        self._opened = self._fresh = opened
        self._found, self._drawn, self._loading_shown = None, 0, Loading(self._view)
        for part in (self._growth, self._place, self._strain):
            part.leave()
        frames = opened.frames
        self._view.title = texts.describe_movie(frames.name, *frames.shape)
        self._view.note = opened.note
        self._datasets.offer(frames.datasets, frames.dataset)
        self._calibration.say(frames.pixel_size, frames.calibration)
        self._interval.say(frames)
        self._view.show_movie(
            opened.drawn, frames.shape[1:], frames.time, "s" if frames.timed else "frame", frames.pixel_size, 0
        )
        for name, value in (("dataset", None), ("fit", None), ("progress", (0, len(frames)))):
            self.set_trait(name, value)
        if self._run is None:
            self._runs.show_movie(frames, self.window_size, self.step)

    def _show_found(self, found: Found) -> None:
        if found is not self._found:
            self._found, self._drawn = found, 0
            shape = found.opened.frames.shape[1:]
            edges = [cell_edges(n, c) for n, c in zip(shape, (found.row, found.col), strict=True)]
            half = (found.window_size - 1) / 2
            self._view.set_grid((edges[0], edges[1]), (found.row - half, found.col - half), found.window_size)
        news = [overlay for overlay in found.overlays[self._drawn :] if overlay is not None]
        for number, probability, entropy, holes in news:
            self._view.set_overlay(number, probability, entropy, holes)
            # the view has what it needs of them: the maps of holes of all frames would fill the memory
            found.overlays[self._drawn] = None
            self._drawn += 1
        self._send_series()
        self._runs.show(self._drawn, len(found.fraction), found.seconds_left)
        self.set_trait("progress", (self._drawn, len(found.fraction)))
        if found.dataset is not None:
            self.set_trait("dataset", found.dataset)
            self._run = None
            self._runs.end(texts.describe_progress(self._drawn, len(found.fraction), 0))
            if found.drift is not None:
                self._windows.show_drift(found.drift, found.opened.frames.pixel_size)
        self._growth.show(found)
        self._place.show(found, any(number == self.frame for number, *_rest in news))

    def _send_series(self) -> None:
        found = self._found
        if found is not None:
            k = DEFINITIONS.index(self.definition)
            holes = found.holes if np.isfinite(found.holes).any() else None
            self._view.set_series(found.fraction[:, k], found.error[:, k], holes)
