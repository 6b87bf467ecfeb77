"""The explorer: a window over a picture, its Fourier transform, and what network and geometry make of it."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

import ipywidgets as ipw
import traitlets as t
import xarray as xr

from lattice_widgets.classifier import Classifier
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.pictures.spectra import Spectrum
from lattice_widgets.core.pictures.tapers import TAPERS
from lattice_widgets.core.uncertainty.window_study import StudiedWindow
from lattice_widgets.language import N_, _
from lattice_widgets.runner import NewestWins
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.explorer import work
from lattice_widgets.widgets.explorer.crystals.panel import TAKEN_BY, Crystals
from lattice_widgets.widgets.explorer.figure import ExplorerRecord
from lattice_widgets.widgets.explorer.measuring import Measuring
from lattice_widgets.widgets.explorer.opinions import Opinions
from lattice_widgets.widgets.explorer.panels import Panels
from lattice_widgets.widgets.explorer.pictures import Corrected, Pictures
from lattice_widgets.widgets.explorer.strain import StrainBelow
from lattice_widgets.widgets.explorer.window import Window, WindowTrait
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import PRESUMED, Opened, Pause, Request, WindowSpectrum
from lattice_widgets.widgets.opening.calibration import GivenPixelSize
from lattice_widgets.widgets.opening.dataset_choice import Dataset
from lattice_widgets.widgets.opening.picture_choice import PictureChoice, opening_row
from lattice_widgets.widgets.opening.picture_memory import PictureMemory
from lattice_widgets.widgets.opening.sources import Thing, ThingOf
from lattice_widgets.widgets.parts.controls import column, heading, pair, side_by_side
from lattice_widgets.widgets.parts.network import NetworkName, find_network
from lattice_widgets.widgets.parts.record_button import keep_buttons
from lattice_widgets.widgets.parts.settings import Choice, Number, Pair, Words


def _float(default: float, low: float, high: float, help: str, **tags: Any) -> Any:
    return Number(default, min=low, max=high, help=help).tag(of_picture=True, **tags)


class FFTExplorer(ExplorerRecord, LatticeWidget):
    """A picture with a window to drag, its Fourier transform beside it, and two opinions about its lattice.

    Traits tagged ``of_picture`` belong to the picture, and come back with it: see `PictureMemory`.

    Parameters
    ----------
    source : str, Path, xarray.DataArray or array_like
        Name of a sample, path of a file, or an array (rows, cols) or (frames, rows, cols).
    **settings
        Any of the traits.

    Examples
    --------
    >>> explorer = FFTExplorer("graphene_stm", window=(40, 50, 200, 240))  # doctest: +SKIP
    >>> explorer.fit.bravais_type, explorer.message  # doctest: +SKIP
    """

    title = N_("FFT explorer")

    source = Thing("graphene_stm", help="Name of a sample, path of a file, or an array.").tag(request=True, undo=True)
    pixel_size = GivenPixelSize().tag(request=True, of_picture=True, undo=True)
    dataset = Dataset().tag(request=True, of_picture=True, undo=True)
    frame = t.Int(0, min=0, max=100_000, help=N_("Which picture of a movie.")).tag(
        request=True, of_picture=True, label=N_("frame")
    )
    window = WindowTrait(help="Window (row, col, height, width) [px]; (): all.").tag(request=True, of_picture=True)
    taper = Choice(TAPERS, "hann", help=N_("How the window fades out before its transform.")).tag(
        request=True, label=N_("taper")
    )
    frequency_range = _float(0.0, 0.0, 1e6, "Largest frequency [1/nm or 1/px]; 0: as far as spots go.", request=True)
    d_spacing = _float(0.0, 0.0, 1e6, "Spacing of the ring over the transform, in nm or px; 0: none.")
    scale = _float(
        0.0, -60.0, 100.0, N_("Stretch of the slow scan axis (down) that is applied."),
        request=True, label=N_("stretch"), unit="%", step=0.05, format=".2f",
    )  # fmt: skip
    shear = _float(
        0.0, -60.0, 60.0, N_("Shift along the scan lines that is applied, in percent of the distance down."),
        request=True, label=N_("shear"), unit="%", step=0.05, format=".2f",
    )  # fmt: skip
    show_corrected = t.Bool(
        True, help=N_("Show the window as the correction makes it, or the picture as it was scanned.")
    ).tag(of_picture=True, label=N_("show it corrected"))
    show_cell = t.Bool(True, help=N_("Draw the unit cell; the conventional one dashed, where it is another.")).tag(
        label=N_("unit cell")
    )
    show_basis = t.Bool(
        False, help=N_("Mark the bright places of the mean of all cells: columns of atoms in a dark-field picture.")
    ).tag(label=N_("atoms of the cell"))
    presume: Any = Choice(PRESUMED, "hexagonal", help=N_("What the drift surgeon takes the crystal to be.")).tag(
        of_picture=True, label=N_("presume")
    )
    line_time = _float(0.0, 0.0, 1e4, N_("Time for one scan line [s], for the drift velocity; 0: not known."))
    spot = Pair(help="Frequency (row, col) of the asked spot [1/px]; (): none.").tag(request=True, of_picture=True)
    spot_off = t.Bool(False, help=N_("Whether that spot is taken out of the picture.")).tag(
        request=True, of_picture=True, label=N_("switch this spot off")
    )
    spot_width = Number(None, allow_none=True, help="Width of the spot [1/px]; None: the usual.").tag(of_picture=True)
    classifier = NetworkName()
    candidate = Words("", help="Name of the crystal that lies over the pictures; empty: none.").tag(of_picture=True)
    elements = Words("", help=N_("Elements that the sample may hold, such as Mo S; empty: any.")).tag(of_picture=True)
    taken_by = Choice(tuple(TAKEN_BY), "beam or tip", help=N_("What took the picture: a tip sees the surface."))

    image = ThingOf(xr.DataArray, read_only=True, allow_none=True, help="The picture, (row, col), as in the file.")
    spectrum = t.Instance(Spectrum, read_only=True, allow_none=True, help="The Fourier transform, as it is shown.")
    fit = t.Instance(LatticeFit, read_only=True, allow_none=True, help="The lattice of the window; None if none.")
    probabilities = t.Tuple(read_only=True, help="Probability of each class, in the order of `CLASSES`; () before.")
    message = t.Unicode("", read_only=True, help="What network and geometry say, in words.")
    spot_message = t.Unicode("", read_only=True, help="What the spot stands for, in words.")
    study_message = t.Unicode("", read_only=True, help="How large a window the network needs, in words.")
    drift_message = t.Unicode("", read_only=True, help="Which stretch and shear give the presumed type, in words.")
    studied: t.List[StudiedWindow] = t.List(read_only=True, help="Studied windows, largest first.").tag(of_picture=True)
    pins = t.List(t.Dict(), read_only=True, help="Pinned windows, in the order of pinning.").tag(of_picture=True)

    def __init__(self, source: Any = "graphene_stm", **settings: Any) -> None:
        self._shown = Shown()
        self._opening = False
        super().__init__(source=source, **settings)

    # ---- what a script does

    def whole(self) -> None:
        """Make the window the whole picture."""
        self._window.make_whole()

    def correct(self) -> None:
        """Apply the stretch and shear that make the lattice the presumed type; it is the user who presumes it."""
        self._panels.drift.correct()

    def ask_spot(self, frequency: Sequence[float]) -> None:
        """Ask the spot nearest to a frequency (row, col) in 1/nm or 1/px, () for none; ValueError if there is no spot yet."""
        self._panels.spot.ask(frequency)

    def study(self) -> None:
        """Ask the network of ever smaller windows around this place; `studied` fills in."""
        self._panels.study.start()

    @property
    def strain(self) -> Any:
        """The `StrainMap` of the picture; None before `map_strain`."""
        return self.strain_below.strain

    def map_strain(self, reference: str | None = None) -> None:
        """Open the picture in a strain map, below; measured against a known crystal if one is named."""
        self.strain_below.show(reference)

    def code(self) -> str:
        """Return the lines that repeat this view without the widget."""
        return self._panels.code.lines()

    # ---- the five parts

    def request(self) -> Request:
        """Return the settings."""
        settings = {field.name: getattr(self, field.name) for field in fields(Request) if field.name != "opened"}
        return Request(opened=self._shown.opened, **settings)

    @staticmethod
    def compute(request: Request) -> Iterator[Opened | WindowSpectrum | Pause]:
        """Yield the picture if it is new, then the spectrum of the window."""
        return work.look(request)

    def apply(self, answer: Opened | WindowSpectrum | Pause) -> None:
        """Show the picture or the spectrum; then have the window measured."""
        if isinstance(answer, Opened):
            self._show_opened(answer)
        elif isinstance(answer, WindowSpectrum):
            self._show_spectrum(answer)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the pictures, the two opinions, and the panels below them."""
        # first of all that follow the source: the old picture goes before anything of the new one is shown
        self._memory = PictureMemory(self, self._leave_picture)
        shown, self._pictures = self._shown, Pictures(self, self._shown)
        self._measuring = Measuring(
            shown, self._network, lambda: self.show_basis, self._show_result, self._computing_failed, self.guarded
        )
        self._window = Window(self, shown, self._pictures.canvas)
        self._corrected = Corrected(self, shown, self._pictures.canvas)
        self._opinions = Opinions(self, Crystals(self, (self._pictures, self._corrected)))
        self._panels = Panels(self, shown, self._pictures, self._fail, self._set_busy)
        self.strain_below = StrainBelow(self)
        self.observe(self._complete, ["classifier", "show_basis"])
        # in another picture, or one that is corrected otherwise, the spot lies elsewhere
        self.observe(self._forget_spot, ["frame", "dataset", "pixel_size", "scale", "shear"])
        return [
            self._window.crop_button,
            opening_row(PictureChoice(self), *self._pictures.choices),
            heading(self._pictures.about, self._opinions.words),
            side_by_side(
                pair(
                    column(self._corrected.box, self._pictures.ruler.panel, self._window.numbers),
                    column(self._pictures.fourier, self._window.settings),
                ),
                column(*self._opinions.bars, width="320px"),
            ),
            self._pictures.place,
            self.strain_below.way,
            self._panels.tabs,
            *keep_buttons(self),
            self.strain_below,
        ]

    def close(self) -> None:
        """Stop all work and take the widget off the page."""
        super().close()
        if hasattr(self, "_corrected"):  # a widget whose settings were refused has none
            self._corrected.close()

    def runners(self) -> list[NewestWins]:
        """Return what computes for this widget."""
        return [*super().runners(), self._measuring, self._panels.study.runner]

    def forget_answers(self) -> None:
        """Take away what was measured, and the picture too if it is not the one that is asked for."""
        self._measuring.cancel()
        shown, opened = self._shown, self._shown.opened
        shown.spectrum = shown.result = None
        if opened is not None and not opened.answers(self):
            shown.opened = None
            self.set_trait("image", None)
            self._pictures.close_picture()
        for name, value in (("spectrum", None), ("fit", None), ("probabilities", ()), ("message", "")):
            self.set_trait(name, value)
        for part in (self._pictures, self._corrected, self._opinions, self._panels):
            part.clear()
        self._opinions.age(False)

    def classifier_ready(self) -> None:
        """Ask the network of what is measured already."""
        self._measuring.complete()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why there is no answer of the network; the geometry goes on."""
        self._opinions.tell(str(problem))

    # ---- showing

    def _network(self) -> Classifier | None:
        return self.ready_classifier(self.classifier)

    def _leave_picture(self) -> None:
        self._runner.cancel()
        self._panels.study.runner.cancel()
        self.forget_answers()
        self._window.leave()
        self._opinions.tell(_("computing …"))

    def _changed(self, change: dict[str, Any]) -> None:
        # the source itself is told of when all of it is back; the window of a new picture is what is being looked at
        if not (self._memory.restoring or self._opening):
            super()._changed(change)

    def _show_opened(self, opened: Opened) -> None:
        self._shown.opened, self._shown.result = opened, None
        self._pictures.open(opened)
        self.set_trait("image", opened.image)
        self._opening = True
        try:
            with self.history.unrecorded():
                self._window.open(opened)
        finally:
            self._opening = False
        self._panels.open()

    def _show_spectrum(self, found: WindowSpectrum) -> None:
        self._shown.spectrum = found
        self._pictures.show_spectrum(found)
        self._corrected.show_spectrum(found)
        self.set_trait("spectrum", found.shown)
        self._panels.show_spectrum(found)
        self._opinions.age(self._shown.result is not None)
        if found.cropped is not None:
            self._measuring.measure(found)

    def _show_result(self, result: WindowResult) -> None:
        if result.classifier is not find_network(self.classifier):  # another one was chosen in the meantime
            result = replace(result, classifier=None, probabilities=None, before=None)
        first, self._shown.result = self._shown.result is None, result
        self._pictures.show_result(result)
        self._corrected.show_result(result)
        for name, value in (("fit", result.fit), ("probabilities", result.answer)):
            self.set_trait(name, value)
        self.set_trait("message", self._opinions.show(result, self._unloadable.get(self.classifier, "")))
        self._opinions.age(result.spectrum is not self._shown.spectrum)
        self._panels.show_result(result, first)

    def _complete(self, change: Any) -> None:
        if self._shown.result is not None:
            self._show_result(self._shown.result)
        self._measuring.complete()

    def _forget_spot(self, change: Any) -> None:
        if not self._memory.restoring:
            self.ask_spot(())
