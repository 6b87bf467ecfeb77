"""The explorer: a window over a picture, its Fourier transform, and what network and geometry make of it."""

import asyncio
import html
from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np

from lattice_widgets.classifier import load_classifier
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.core.uncertainty.window_study import StudiedWindow
from lattice_widgets.language import N_, _
from lattice_widgets.runner import NewestWins
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.widgets.explorer import texts as texts_explorer
from lattice_widgets.widgets.explorer import work as answers
from lattice_widgets.widgets.explorer.marks import spot_marks
from lattice_widgets.widgets.explorer.panels import Panels, WindowNumbers
from lattice_widgets.widgets.explorer.pins import boxes_of
from lattice_widgets.widgets.explorer.tools import ExplorerTools
from lattice_widgets.widgets.explorer.work import Look, Looked, Measured, Opened, Resting
from lattice_widgets.widgets.parts import texts
from lattice_widgets.widgets.parts.controls import column, side_by_side
from lattice_widgets.widgets.parts.figure_button import FigureButton
from lattice_widgets.widgets.parts.picture_choice import PictureChoice
from lattice_widgets.widgets.parts.picture_memory import PictureMemory

#: time between two measurements while the window moves [s]: the transform, which follows the hand, comes first
_BREATH = 0.25


class FFTExplorer(ExplorerTools):
    """A picture with a window to drag, its Fourier transform beside it, and two opinions about its lattice.

    Parameters
    ----------
    source : str, Path, xarray.DataArray or array_like
        Name of a sample, path of a file, or an array (rows, cols) or (frames, rows, cols).
    **settings
        Any of the traits.

    Examples
    --------
    >>> explorer = FFTExplorer("graphene_stm", window=(40, 50, 200, 240))  # doctest: +SKIP
    >>> explorer.fit.lattice_type, explorer.message  # doctest: +SKIP
    """

    title = N_("FFT explorer")

    def __init__(self, source: Any = "graphene_stm", **settings: Any) -> None:
        # the transform must not wait for the fit: a hand is moving. The fit takes the newest window when it is done
        self._missing = ""
        self._measuring = False
        self._next: Looked | None = None
        self._measurer = NewestWins(self._measure, self._show_measured, self._computing_failed, self._set_measuring)
        self._student = NewestWins(answers.study, self._show_study, self._fail, self._set_busy)
        super().__init__(source=source, **settings)

    # ---- the five parts

    def request(self) -> Look:
        """Return the settings."""
        return Look(
            self.source,
            self.frame,
            self._opened,
            self.window,
            self.taper,
            self.frequency_range,
            self.scale,
            self.shear,
            self.spot,
            self.spot_off,
            self._spot_width,
        )

    @staticmethod
    def compute(request: Look) -> Iterator[Opened | Looked | Resting]:
        """Yield the picture if it is new, then the spectrum of the window."""
        return answers.look(request)

    def apply(self, answer: Opened | Looked | Resting) -> None:
        """Show the picture or the spectrum; then have the window measured."""
        if isinstance(answer, Opened):
            self._show_opened(answer)
        elif isinstance(answer, Looked):
            self._show_looked(answer)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the pictures, the two opinions, and the panels below them."""
        self._canvas = PictureCanvas(
            title=_("Micrograph"),
            description=_("the micrograph with its window"),
            smooth=True,
            points_name=_("Lattice"),
            point_size=3.0,
            point_color="#56B4E9",
        )
        self._fourier = PictureCanvas(
            title=_("Fourier transform"),
            description=_("its Fourier magnitude, logarithmic"),
            origin="center",
            color_map="inferno",
            log=True,
            smooth=True,
            points_name=_("Spots"),
            point_size=7.0,
        )
        self._network_bars = ProbabilityBars(title=_("The network"))
        self._geometry_bars = ProbabilityBars(BRAVAIS_TYPES, title=_("The geometry"))
        self._about, self._says, self._cell = ipw.HTML(_(texts_explorer.HINT)), ipw.HTML(_(texts.LOADING)), ipw.HTML()
        self._place = ipw.HTML()
        self._says.add_class("lattice-widgets-live")
        for line in (self._about, self._says, self._cell, self._place):
            line.add_class("lattice-widgets-says")
        self._numbers = WindowNumbers(self)
        self._panels = Panels(self)
        self._canvas.observe(self._dragged, "window")
        # first of all that follow the source: the old picture goes before anything of the new one is shown
        self._memory = PictureMemory(self, self._leave_picture)
        self.observe(self._outline, "window")
        self._fourier.observe(self._clicked, "clicked")
        self.observe(self._ring, "d_spacing")
        self.observe(self._show_pins, "pins")
        self.observe(self._draw_study, "studied")
        self.observe(self._tell_correction, ["scale", "shear"])
        self.observe(self._tell_drift, ["presume", "line_time", "scale", "shear"])
        # in another picture, or one that is corrected otherwise, the spot lies elsewhere
        self.observe(self._forget_spot, ["frame", "scale", "shear"])
        return [
            PictureChoice(self),
            self._about,
            self._says,
            side_by_side(
                column(self._canvas, self._numbers.window, width="340px"),
                column(self._fourier, self._numbers.spectrum, width="340px"),
                column(self._network_bars, self._geometry_bars, self._cell, width="380px"),
            ),
            self._place,
            self._panels.box,
            FigureButton(self.figure),
        ]

    async def settled(self) -> None:
        """Wait until the widget shows the answer to all that was asked so far: ``await explorer.settled()``."""
        while True:
            await super().settled()
            await self._student.settled()
            if not self._measuring and self._next is None:
                return
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Stop all work and take the widget off the page."""
        self._measurer.close()
        self._student.close()
        super().close()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why there is no answer of the network; the geometry goes on."""
        self._missing = str(problem)
        self._says.value = html.escape(self._missing)

    def forget_answers(self) -> None:
        """Take away what was measured, and the picture too if it is not the one that is asked for."""
        self._measurer.cancel()
        self._next = self._looked = self._measured = None
        opened = self._opened
        if opened is not None and (opened.source is not self.source or opened.frame != self.frame):
            self._opened = None
            self.set_trait("image", None)
            self._canvas.clear()
            self._about.value = _(texts_explorer.HINT)
        self._canvas.set_points(())
        self._fourier.clear()
        for name, value in (("fit", None), ("probabilities", ()), ("message", ""), ("drift_message", "")):
            self.set_trait(name, value)
        self._network_bars.clear()
        self._geometry_bars.clear()
        for line in (self._says, self._cell, self._place):
            line.value = ""
        self._panels.clear()

    def _leave_picture(self) -> None:
        self._runner.cancel()
        self._student.cancel()
        self.forget_answers()
        self._numbers.leave()
        self._says.value = html.escape(_("computing …"))

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._memory.restoring:  # the source itself is told of when all of it is back
            super()._changed(change)

    # ---- showing

    def _show_opened(self, opened: Opened) -> None:
        self._opened, self._measured = opened, None
        size, step = opened.pixel_size, opened.step
        self._canvas.show(
            opened.shown,
            percentiles=(0.5, 99.5),
            pixel_size=(size or 1.0) * step,
            unit="nm" if size else "px",
            window=(),
            points=(),
        )
        self.set_trait("image", opened.image)
        self._numbers.fit_to(opened.shape, size, opened.frames)
        about = texts.describe_file(opened.image, *opened.shape, size, 1, opened.frames)
        self._about.value = f"{about}<br>{_(texts_explorer.HINT)}"
        fits = len(self.window) == 4 and all(
            start + length <= limit
            for start, length, limit in zip(self.window[:2], self.window[2:], opened.shape, strict=True)
        )
        self._show_pins()
        self._tell_correction()
        self._ring()
        if fits:
            self._outline()
        else:
            self.window = opened.whole

    def _show_looked(self, looked: Looked) -> None:
        self._looked = looked
        found = looked.spectrum
        marks = spot_marks(looked, self._measured)
        self._fourier.show(
            found.magnitude,
            percentiles=(30, 99.95),
            scale="log",
            pixel_size=found.steps,
            unit=found.unit,
            points=marks[0],
            point_labels=marks[1],
            badge=texts_explorer.describe_applied(looked.look.scale, looked.look.shear),
        )
        self._ring()
        if looked.magnitude is not None:
            if looked.image is not None and (looked.look.scale or looked.look.shear):
                self._panels.corrected.show(
                    reduce_picture(looked.image, -(-max(looked.image.shape) // answers.SCREEN)),
                    percentiles=(0.5, 99.5),
                )
            if self._measuring or self._next is not None:
                self._next = looked
            else:
                self._submit(looked)

    def _submit(self, looked: Looked) -> None:
        self._measurer.submit((looked, self.ready_classifier(self.classifier)))

    @staticmethod
    def _measure(request: Any) -> Measured:
        return answers.measure(*request)

    def _set_measuring(self, measuring: bool) -> None:
        self._measuring = measuring
        if not measuring and self._next is not None:
            try:
                asyncio.get_running_loop().call_later(_BREATH, self.guarded(self._measure_next))
            except RuntimeError:  # no event loop: nobody drags
                self._measure_next()

    def _measure_next(self) -> None:
        if self._next is not None and not self._measuring:
            looked, self._next = self._next, None
            self._submit(looked)

    def _show_measured(self, measured: Measured) -> None:
        first, self._measured = self._measured is None, measured
        looked, fit = measured.looked, measured.fit
        step = looked.opened.step
        self._canvas.set_points((measured.points + 0.5) / step - 0.5)
        if self._looked is not None:
            self._fourier.set_points(*spot_marks(self._looked, measured))
        shape, full = looked.spectrum.magnitude.shape, measured.full_shape
        self._place.value = texts_explorer.describe_reduction(looked.window, step, shape, full)
        self.set_trait("fit", fit)
        weights = [fit.weights[kind] if fit else 0.0 for kind in BRAVAIS_TYPES]
        self._geometry_bars.update(weights)
        self._cell.value = (
            html.escape(texts.say(measured.reason))
            if measured.reason
            else texts_explorer.describe_cell(fit)
            if fit
            else ""
        )
        if measured.probabilities is not None:
            self.set_trait("probabilities", tuple(map(float, measured.probabilities)))
            self._network_bars.update(measured.probabilities)
        words = texts_explorer.describe_agreement(measured.classes, measured.probabilities, fit)
        applied = texts_explorer.describe_applied(looked.look.scale, looked.look.shear)
        words = f"{words} ({applied})" if applied else words
        self.set_trait("message", words)
        why = f"<br>{html.escape(self._missing)}" if self._missing and measured.probabilities is None else ""
        self._says.value = f"<b>{words}</b>{why}"
        self._tell_drift()
        self._panels.show(measured, looked.spectrum.unit, self.code())
        if first and self.studied:  # a study that came back with its picture: now the cell is known too
            self._draw_study()

    def _tell_correction(self, change: Any = None) -> None:
        self._canvas.badge = texts_explorer.describe_applied(self.scale, self.shear) if self._opened else ""

    def _forget_spot(self, change: Any) -> None:
        if not self._memory.restoring:
            self.ask_spot(())

    def _tell_drift(self, change: Any = None) -> None:
        measured = self._measured
        if measured is None:
            return
        size = measured.looked.opened.pixel_size
        words = texts_explorer.describe_drift(
            measured.uncorrected, "nm" if size else "px", self.presume, (self.scale, self.shear), size, self.line_time
        )
        self.set_trait("drift_message", words)
        self._panels.drift_text.value = words

    def _show_study(self, studied: list[StudiedWindow]) -> None:
        self.set_trait("studied", studied)

    def _draw_study(self, change: Any = None) -> None:
        if not self.studied:
            self._panels.show_study([], "")
            return
        classes = load_classifier(self.classifier).classes
        fit, size = self.fit, (self._opened.pixel_size if self._opened else None) or 1.0
        area = fit.lattice.area / size**2 if fit else None
        self._panels.show_study(self.studied, texts_explorer.describe_study(self.studied, classes, area))

    def _show_pins(self, change: Any = None) -> None:
        self._panels.show_pins(self.pins)
        self._canvas.boxes = boxes_of(self.pins, self._opened.step) if self._opened else []

    # ---- what hands do

    def _dragged(self, change: Any) -> None:
        if self._opened is None or not self._canvas.window:
            return
        step, (rows, cols) = self._opened.step, self._opened.shape
        if self._canvas.window == self._on_screen(self.window):
            return  # our own outline
        row, col, height, width = (step * part for part in self._canvas.window)
        # the last pixels of a picture whose length is no multiple of the step
        ends = self._opened.shown.shape
        height = rows - row if self._canvas.window[0] + self._canvas.window[2] == ends[0] else height
        width = cols - col if self._canvas.window[1] + self._canvas.window[3] == ends[1] else width
        self.window = (row, col, height, width)

    def _on_screen(self, window: Sequence[int]) -> tuple[int, ...]:
        if self._opened is None or len(window) != 4:
            return ()
        step = self._opened.step
        starts = [part // step for part in window[:2]]
        limits = self._opened.shown.shape
        sizes = [
            max(1, min(round(part / step), limit - start))
            for part, start, limit in zip(window[2:], starts, limits, strict=True)
        ]
        return (*starts, *sizes)

    def _outline(self, change: Any = None) -> None:
        self._canvas.window = self._on_screen(self.window)

    def _clicked(self, change: Any) -> None:
        if self._looked is None:
            return
        found = self._looked.spectrum
        place = np.asarray(self._fourier.cursor, float)
        rows, cols = found.magnitude.shape
        frequency = (place - [rows // 2, cols // 2]) * found.steps
        marks = spot_marks(self._looked, self._measured)[0]
        # a finger or a mouse within a fortieth of the picture means the spot
        if len(marks) and (np.hypot(*((marks - place) / [rows, cols]).T)).min() < 0.025:
            self.ask_spot(frequency)
            size = self._opened.pixel_size if self._opened else None
            frequency = np.array(self.spot) / (size or 1.0)
        length = float(np.hypot(*frequency))
        self.d_spacing = float(f"{1 / length:.6g}") if length > 0 else 0.0

    def _ring(self, change: Any = None) -> None:
        frequency = 1 / self.d_spacing if self.d_spacing > 0 else None
        self._fourier.rings = (frequency,) if frequency and self._looked else ()
        self._panels.curve.mark(frequency)
