"""The micrograph reader: a real picture, from the samples or a file of yours, and the lattice that the network names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.core.pictures.spectra import Spectrum, spectrum
from lattice_widgets.core.pictures.tapers import TAPERS, Taper
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import N_, _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.opening.calibration import GivenPixelSize, PixelSizeField
from lattice_widgets.widgets.opening.dataset_choice import Dataset, DatasetChoice
from lattice_widgets.widgets.opening.picture_choice import PictureChoice, opening_row
from lattice_widgets.widgets.opening.picture_memory import PictureMemory
from lattice_widgets.widgets.opening.sources import Thing, ThingOf, load_source
from lattice_widgets.widgets.parts import texts
from lattice_widgets.widgets.parts.controls import answer, column, control, heading, pair, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.network import NetworkName, find_network
from lattice_widgets.widgets.parts.settings import Choice

#: a longer side is reduced for the screen; every number comes from the full picture
_SCREEN = 1024


@dataclass(frozen=True, eq=False)
class Request:
    """What to read, and how to look at it."""

    source: Any
    pixel_size: PixelSizeGiven | None
    frame: int
    taper: Taper
    classifier: Classifier | None
    dataset: str | int | None = None


@dataclass(frozen=True, eq=False)
class Read:
    """First answer: the picture as it is in the file and on the screen, and its spectrum around the strong spots.

    ``left_out`` says what of the picture the network does not see, such as a margin.
    """

    image: xr.DataArray
    shown: NDArray
    frames: int
    spectrum: Spectrum | None
    thinned: int
    left_out: tuple[Sentence, ...]


@dataclass(frozen=True, eq=False)
class Named:
    """Second answer: probabilities, float32 of shape (6,), and what the network saw, float32 of shape (size, size)."""

    probabilities: NDArray[np.float32]
    descriptor: NDArray[np.float32]
    classifier: Classifier


class MicrographReader(LatticeWidget):
    """Shows a micrograph, its Fourier transform, what the network sees of it, and what it answers.

    Examples
    --------
    >>> reader = MicrographReader("simulated_srtio3_stem")  # doctest: +SKIP
    >>> reader = MicrographReader("my_picture.dm3")  # doctest: +SKIP
    """

    title = N_("Micrograph reader")

    source = Thing(
        "graphene_stm", help="Name of a sample, path of a file, or an array (rows, cols) or (frames, rows, cols)."
    ).tag(request=True, undo=True)
    pixel_size = GivenPixelSize().tag(request=True, of_picture=True, undo=True)
    dataset = Dataset().tag(request=True, of_picture=True, undo=True)
    frame = t.Int(0, min=0, max=100_000, help=N_("Which picture of a movie.")).tag(
        request=True, of_picture=True, label=N_("frame")
    )
    taper = Choice(TAPERS, "hann", help=N_("How the picture fades out before its transform.")).tag(
        request=True, label=N_("taper")
    )
    classifier = NetworkName().tag(request=True)

    image = ThingOf(xr.DataArray, read_only=True, allow_none=True, help="The picture, (row, col), as in the file.")
    probabilities = t.Tuple(read_only=True, help="Probability of each class, in the order of `CLASSES`; () before.")
    message = t.Unicode("", read_only=True, help="What the network says, in words.")

    #: network -> why it is not there
    _missing: dict[str, str]

    def __init__(self, source: Any = "graphene_stm", **settings: Any) -> None:
        super().__init__(source=source, **settings)

    def request(self) -> Request:
        """Return the settings."""
        network = self.ready_classifier(self.classifier)
        return Request(self.source, self.pixel_size, self.frame, self.taper, network, self.dataset)

    @staticmethod
    def compute(request: Request) -> Iterator[Read | Named]:
        """Yield the picture, then what the network says of it."""
        stack = load_source(request.source, request.pixel_size, request.dataset)
        frames = 1 if stack.ndim == 2 else len(stack)
        if request.frame >= frames:
            words = _("There is no frame {number}: the last one is number {last}.")
            raise ValueError(words.format(number=request.frame, last=frames - 1))
        image = stack if stack.ndim == 2 else stack[request.frame]
        values = check_image(image.values)
        size = image.attrs.get("pixel_size")
        thinned, left_out = -(-max(values.shape) // _SCREEN), content_of(values).notes
        shown = reduce_picture(values, thinned)
        full = spectrum(values, size, request.taper)
        if request.classifier is None:
            yield Read(image, shown, frames, full, thinned, left_out)
            return
        seen = request.classifier.describe(values)
        reach = seen.frequency_step[0] * request.classifier.recipe.size / (size or 1.0)
        yield Read(image, shown, frames, full.cropped(reach), thinned, left_out)
        yield Named(request.classifier.run(seen.values)[0][0], seen.values[0], request.classifier)

    def apply(self, answer: Read | Named) -> None:
        """Show the picture or the probabilities."""
        if isinstance(answer, Named):
            self.set_trait("probabilities", tuple(map(float, answer.probabilities)))
            self.set_trait(
                "message",
                texts.describe_answer(answer.classifier.classes, answer.probabilities, answer.classifier.name),
            )
            turned = answer.classifier.recipe.aligned
            self._seen.show(answer.descriptor, title=_(texts.SEEN_TURNED if turned else texts.SEEN))
            self._bars.update(answer.probabilities)
            self._says.value = self.message
            return
        image, step = answer.image, answer.thinned
        size = image.attrs.get("pixel_size")
        rows, cols = image.shape
        self._canvas.show(
            answer.shown,
            percentiles=(0.5, 99.5),
            full_shape=(rows, cols),
            pixel_size=(size or 1.0) * step,
            unit="nm" if size else "px",
        )
        if answer.spectrum is not None:
            self._fourier.show(
                answer.spectrum.magnitude,
                percentiles=(30, 99.95),
                scale="log",
                pixel_size=answer.spectrum.steps,
                unit=answer.spectrum.unit,
            )
        self.set_trait("image", image)
        self._datasets.show(image)
        self._calibration.show(image)
        self._frame.max = answer.frames - 1
        self._frame.layout.display = None if answer.frames > 1 else "none"
        about = texts.describe_file(image, rows, cols, size, step, answer.frames)
        self._about.value = f"{about} {texts.describe_left_out(answer.left_out)}"
        if not self.probabilities:
            self._tell_waiting()

    def classifier_failed(self, problem: Exception) -> None:
        """Say beside the bars why they stay empty; the pictures go on."""
        self._missing[self.classifier] = in_html(str(problem))
        self._says.value = self._missing[self.classifier]

    def forget_answers(self) -> None:
        """Take away the picture and what was said of it."""
        for name, value in (("image", None), ("probabilities", ()), ("message", "")):
            self.set_trait(name, value)
        for canvas in (self._canvas, self._fourier, self._seen):
            canvas.clear()
        self._bars.clear()
        self._datasets.show(None)
        self._calibration.clear()
        self._about.value = self._says.value = ""

    def _leave_picture(self) -> None:
        self._runner.cancel()
        self.forget_answers()
        # the number of a frame of the next picture may be larger
        self._frame.max = self.traits()["frame"].max
        self._frame.layout.display = "none"
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        waiting = _("computing …") if find_network(self.classifier).ready else _(texts.LOADING)
        self._says.value = self._missing.get(self.classifier) or in_html(waiting)

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._memory.restoring:  # the source itself is told of when all of it is back
            super()._changed(change)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the choice of picture, the pictures, bars and text."""
        self._missing = {}
        # first of all that follow the source: the old picture goes before anything of the new one is shown
        self._memory = PictureMemory(self, self._leave_picture)
        self._choice = PictureChoice(self)
        self._datasets, self._frame = DatasetChoice(self), control(self, "frame")
        self._calibration = PixelSizeField(self)
        self._calibration.layout.width = "auto"
        self._canvas = PictureCanvas(title=_("Micrograph"), description=_("the micrograph"), smooth=True)
        self._fourier = PictureCanvas(
            title=_("Fourier transform"),
            description=_("its Fourier magnitude, logarithmic"),
            origin="center",
            color_map="inferno",
            log=True,
        )
        self._seen = PictureCanvas(
            title=_(texts.SEEN),
            description=_("the descriptor: a spectrum that has found its own scale"),
            color_map="inferno",
            scale_bar=False,
            display_width=256,
        )
        self._bars = ProbabilityBars()
        self._about = Line()
        self._says = Line(_(texts.LOADING))
        for line in (self._about, self._says):
            line.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        return [
            opening_row(self._choice, self._datasets, self._calibration),
            self._frame,
            heading(self._about, answer(self._says)),
            side_by_side(
                pair(column(self._canvas), column(self._fourier)),
                column(answer(self._bars), self._seen, width="320px"),
            ),
        ]
