"""The probability panel: how sure the network is, filling in live while the passes with dropout run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets import old_names
from lattice_widgets.classifier import Classifier
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.pictures.content.margins import content_of
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.uncertainty.reliability import apply_temperature
from lattice_widgets.core.uncertainty.summary import Summary, summarize
from lattice_widgets.core.uncertainty.verdict import NetworkVerdict
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.views.charts.entropy_bar import EntropyBar
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.charts.reliability_curve import ReliabilityCurve
from lattice_widgets.views.figures.probability_figure import plot_probabilities
from lattice_widgets.views.shared.copy_button import copy_button
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.opening.calibration import GivenPixelSize
from lattice_widgets.widgets.opening.dataset_choice import Dataset, DatasetChoice
from lattice_widgets.widgets.opening.sources import Thing, ThingOf, load_source
from lattice_widgets.widgets.parts import texts
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.network import NetworkName, find_network
from lattice_widgets.widgets.parts.record_button import Recorded, View, keep_buttons
from lattice_widgets.widgets.parts.status import Dimmer

#: passes between two looks at the bars
_EVERY = 250


@dataclass(frozen=True, eq=False)
class Request:
    """A picture, and how to sample."""

    image: Any
    given_pixel_size: PixelSizeGiven | None
    dataset: str | int | None
    n_passes: int
    seed: int
    classifier: Classifier | None


@dataclass(frozen=True, eq=False)
class Partial:
    """What is known after some of the passes.

    ``samples`` is float32 of shape (done, 6); there is no verdict from a classifier that was not calibrated. ``left_out`` says
    what of the picture the network does not see, such as a margin.
    """

    samples: NDArray[np.float32]
    summary: Summary
    verdict: NetworkVerdict | None
    wanted: int
    classifier: Classifier
    picture: xr.DataArray
    left_out: tuple[Sentence, ...]
    asked: Request


class ProbabilityPanel(Recorded, LatticeWidget):
    """Monte-Carlo dropout of one picture, live.

    Parameters
    ----------
    image : array_like, str, Path or widget
        A picture (rows, cols), the name of a sample, a file; or a widget that shows one, whose picture is then followed.
    **settings
        Any of the traits.

    Examples
    --------
    >>> simulator = LatticeSimulator()  # doctest: +SKIP
    >>> panel = ProbabilityPanel(simulator, n_passes=2000)  # doctest: +SKIP
    """

    title = N_("Probability panel")

    image = Thing(None, help="The picture: an array (rows, cols), the name of a sample, or a file.").tag(request=True)
    pixel_size = GivenPixelSize().tag(request=True)
    dataset = Dataset().tag(request=True)
    n_passes = t.Int(5000, min=1, max=20_000, help=N_("How many passes with dropout.")).tag(
        request=True, label=N_("passes"), step=100, typed=True
    )
    n_samples = old_names.Renamed("n_passes")
    seed = t.Int(0, min=0, max=999, help=N_("Another number: other dropout masks.")).tag(
        request=True, label=N_("seed"), typed=True
    )
    classifier = NetworkName().tag(request=True)

    samples = ThingOf(np.ndarray, read_only=True, allow_none=True, help="Passes so far, float32 (done, 6).")
    summary = t.Instance(Summary, read_only=True, allow_none=True, help="What the passes so far say.")
    verdict = t.Unicode("", read_only=True, help='A class, or "not sure" and why.')
    done = t.Int(0, read_only=True, help="Passes done.")

    def __init__(self, image: Any = None, **settings: Any) -> None:
        source = image if isinstance(image, ipw.Widget) else None
        if source is not None and not source.has_trait("image"):
            raise TypeError(f"{type(source).__name__} shows no picture that could be followed.")
        self._followed: Any = None
        super().__init__(image=source.image if source is not None else image, **settings)
        if source is not None:
            self._followed = t.dlink((source, "image"), (self, "image"))

    def request(self) -> Request:
        """Return the settings."""
        self._answer: Partial | None = None
        if self.image is None:
            self.clear_error()
            self._verdict.value = _(texts.NO_PICTURE)
        picture = self.image, self.pixel_size, self.dataset
        return Request(*picture, self.n_passes, self.seed, self.ready_classifier(self.classifier))

    @staticmethod
    def compute(request: Request) -> Iterator[Partial]:
        """Yield what the passes say, again and again while they run."""
        if request.image is None:
            return
        picture = load_source(request.image, request.given_pixel_size, request.dataset)
        if picture.ndim == 3 and len(picture) > 1:
            words = ngettext(
                "This is a movie of {count} frame: give one of them.",
                "This is a movie of {count} frames: give one of them.",
                len(picture),
            )
            raise ValueError(words.format(count=len(picture)))
        values = check_image(np.squeeze(picture.values), gaps=True)
        network = request.classifier
        if network is None:
            return
        calibration, left_out = network.card.calibration, content_of(values).notes
        familiarity = network.familiarity(values) if calibration else None
        for samples in network.iter_samples(values, request.n_passes, request.seed, every=_EVERY):
            summary = summarize(samples)
            verdict = network.verdicts(summary, familiarity)[0] if calibration else None
            yield Partial(samples[:, 0], summary, verdict, request.n_passes, network, picture, left_out, request)

    def apply(self, answer: Partial) -> None:
        """Show what is known so far."""
        self._answer = answer
        done, summary = len(answer.samples), answer.summary
        self._dimmer.renew()
        classes = answer.classifier.classes
        self.set_trait("samples", answer.samples)
        self.set_trait("summary", summary)
        self.set_trait("done", done)
        self.set_trait("verdict", texts.name_verdict(answer.verdict, classes) if answer.verdict else "")
        self._bars.update(summary.mean[0], summary.std[0], answer.samples)
        self._progress.max, self._progress.value = answer.wanted, done
        error = float(summary.standard_error[0].max())
        self._count.value = f"{done}/{answer.wanted}, ±{error:.1g}"
        verdict = texts.describe_network_verdict(answer.verdict, classes, summary)
        copied = copy_button(self._bars.text, _("the probabilities"))
        self._verdict.value = " ".join(filter(None, [verdict, texts.describe_left_out(answer.left_out), copied]))
        self._datasets.show(answer.picture)
        self._doubt.show(
            float(summary.mutual_information[0]), float(summary.ambiguity[0]), float(np.log2(len(classes)))
        )
        self._show_reliability(answer)

    def forget_answers(self) -> None:
        """Take away what was said of the picture before."""
        self._forget_numbers()
        self._bars.clear()
        self._doubt.clear()
        self._curve.clear_mark()
        self._progress.value, self._count.value, self._verdict.value = 0, "", ""

    def _forget_numbers(self) -> None:
        for name, value in (("samples", None), ("summary", None), ("done", 0), ("verdict", "")):
            self.set_trait(name, value)

    def _picture_changed(self, change: Any = None) -> None:
        self._runner.cancel()
        if self.image is not None and self._followed is not None:
            # a slider is moving: what is drawn fades until the next answer, which mostly comes at once
            self._forget_numbers()
            self._dimmer.dim()
            return
        self.forget_answers()
        self._datasets.show(None)
        if self.image is None:
            words = texts.NO_PICTURE
        else:
            words = N_("computing …") if find_network(self.classifier).ready else texts.LOADING
        self._verdict.value = self._missing.get(self.classifier) or in_html(_(words))

    def _show_reliability(self, answer: Partial) -> None:
        calibration, name = answer.classifier.card.calibration, answer.classifier.name
        self._curve.layout.display = None if calibration else "none"
        if not calibration:
            return
        curve = calibration["test"]["reliability"]
        bins = [pair for pair in zip(curve["confidence"], curve["accuracy"], strict=True) if None not in pair]
        self._curve.show_curve(*zip(*bins, strict=True))
        mine = float(apply_temperature(answer.summary.mean, calibration["temperature"]).max())
        confidence, right = min(bins, key=lambda pair: abs(pair[0] - mine))
        self._curve.mark(confidence, right, texts.describe_confidence(mine, confidence, right, name))

    def figure(self) -> Any:
        """Return a figure for print of what is shown, a Matplotlib figure: ``panel.figure().savefig("classes.svg")``.

        Raises
        ------
        ValueError
            If no pass is done yet.
        """
        answer = self._answered()
        words = _("{count} passes with dropout of the network {name}; bars: one standard deviation")
        return plot_probabilities(
            np.squeeze(answer.picture.values),
            answer.picture.attrs.get("pixel_size"),
            answer.classifier.classes,
            answer.summary.mean[0],
            answer.summary.std[0],
            self.verdict,
            words.format(count=len(answer.samples), name=answer.classifier.name),
        )

    def view(self) -> View:
        """Return the picture that was asked about, and how many passes are done."""
        answer = self._answered()
        settings = {
            "n_passes": len(answer.samples), "seed": answer.asked.seed, "pixel_size": answer.asked.given_pixel_size,
            "dataset": answer.asked.dataset, "classifier": str(answer.classifier.card_path),
        }  # fmt: skip
        return View("passes", answer.asked.image, settings)

    def _answered(self) -> Partial:
        if self._answer is None:
            raise ValueError(_("No pass with dropout is done yet: wait until the panel shows its first answer."))
        return self._answer

    def stop(self) -> None:
        """Stop the passes; what is known so far stays."""
        self._runner.cancel()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why there is no answer."""
        self._missing[self.classifier] = in_html(str(problem))
        self._verdict.value = self._missing[self.classifier]

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the controls, the bars, and what the answer means."""
        #: network -> why it is not there
        self._missing: dict[str, str] = {}
        self.observe(self._picture_changed, "image")
        self._bars = ProbabilityBars(title=_("Probability, with one standard deviation of the passes"))
        self._progress = ipw.IntProgress(max=self.n_passes, layout=ipw.Layout(width="140px"))
        self._count = ipw.Label("")
        self._stop = ipw.Button(
            description=_("stop"),
            tooltip=_("Stop the passes; what is known so far stays"),
            layout=ipw.Layout(width="auto"),
        )
        self._stop.on_click(lambda button: self.stop())
        t.dlink((self, "busy"), (self._stop, "disabled"), lambda busy: not busy)
        self._verdict = Line(_(texts.LOADING if self.image is not None else texts.NO_PICTURE))
        self._verdict.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        self._doubt = EntropyBar()
        self._curve = ReliabilityCurve()
        settings = [control(self, name) for name in ("n_passes", "seed", "classifier")]
        running = ipw.HBox([self._progress, self._count, self._stop], layout=ipw.Layout(flex_flow="row wrap"))
        shown = side_by_side(
            column(self._bars, running, *settings, width="400px"),
            column(self._doubt, self._curve, width="360px"),
        )
        self._datasets = DatasetChoice(self)
        answered = ipw.VBox([self._datasets, self._verdict, shown])
        self._dimmer = Dimmer(answered, "lattice-widgets-stale")
        return [answered, *keep_buttons(self)]

    def close(self) -> None:
        """Stop all work and take the widget off the page."""
        if getattr(self, "_followed", None) is not None:
            self._followed.unlink()
            self._followed = None  # closing twice is no error
        super().close()
