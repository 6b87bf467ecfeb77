"""Records of a classification with dropout: the mean and the scatter of the passes, and the verdict."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lattice_widgets.classifier import load_classifier
from lattice_widgets.core.pictures.checks import check_image
from lattice_widgets.core.uncertainty.summary import summarize
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.language import _
from lattice_widgets.records.code_lines import picture_lines
from lattice_widgets.records.kinds.window import known_of
from lattice_widgets.records.outcome import Drawing, Outcome, long_table
from lattice_widgets.samples.sources import load_source
from lattice_widgets.views.figures.probability_figure import plot_probabilities

__all__ = ["Settings", "code", "compute"]

#: the panel looks at the passes so often, and so does this: the same sums in the same order
_EVERY = 250


@dataclass(frozen=True)
class Settings:
    """Which picture is asked, and how often.

    Attributes
    ----------
    n_passes : int
        Passes with dropout, 1 to 20,000.
    seed : int
        The same seed gives the same numbers.
    frame, pixel_size, dataset, classifier
        As for `window.Settings`.
    """

    n_passes: int = 5000
    seed: int = 0
    frame: int = 0
    pixel_size: PixelSizeGiven | None = None
    dataset: str | int | None = None
    classifier: str = "default"

    def __post_init__(self) -> None:
        if not (isinstance(self.n_passes, int) and 1 <= self.n_passes <= 20_000):
            raise ValueError(_("The number of passes must be from 1 to 20000."))


def compute(source: Any, settings: Settings) -> Outcome:
    """Ask a network many times. Raises as `window.compute`."""
    stack = load_source(source, settings.pixel_size, settings.dataset)
    if stack.ndim == 3 and not 0 <= settings.frame < len(stack):
        words = _("There is no frame {number}: the last one is number {last}.")
        raise ValueError(words.format(number=settings.frame, last=len(stack) - 1))
    labeled = stack if stack.ndim == 2 else stack[settings.frame]
    values = check_image(labeled.values, gaps=True)
    size = labeled.attrs.get("pixel_size")
    network = load_classifier(settings.classifier).load()
    parts = network.iter_samples(values, settings.n_passes, settings.seed, every=_EVERY)
    summary = summarize(deque(parts, maxlen=1)[0])
    mean, spread = summary.mean[0], summary.std[0]
    sure = network.judge(values, summary)[0] if network.card.calibration else None
    verdict = sure.describe(network.classes) if sure is not None else _("not judged: this network is not calibrated")
    words = _("Network {name}, {count} passes with dropout: {verdict}; {first} {percent:.1f} ± {spread:.1f} %.")
    first = int(mean.argmax())
    sentence = words.format(
        name=network.name, count=settings.n_passes, verdict=verdict, first=_(network.classes[first]),
        percent=100 * mean[first], spread=100 * spread[first],
    )  # fmt: skip
    table = pd.DataFrame(
        {"mean": mean, "std": spread, "standard error": summary.standard_error[0]},
        index=pd.Index(network.classes, name="class"),
    )
    rows: list[tuple[str, Any, Any, str]] = [
        ("verdict", verdict, None, ""),
        ("agreement", float(summary.agreement[0]), None, ""),
        ("entropy", float(summary.entropy[0]), None, "bit"),
        ("mutual information", float(summary.mutual_information[0]), None, "bit"),
        *([("trust", sure.trust, None, "")] if sure is not None else []),
    ]

    def draw() -> Mapping[str, Drawing]:
        caption = _("{count} passes with dropout of the network {name}; bars: one standard deviation")
        figure = plot_probabilities(
            values, size, network.classes, mean, spread, verdict,
            caption.format(count=settings.n_passes, name=network.name),
        )  # fmt: skip
        return {"classes": Drawing(figure, _("The picture, and the probability of each class with its error."))}

    tables = {"classes": table, "numbers": long_table(rows)}
    return Outcome(sentence, tables, draw, known_of(labeled, stack.sizes))


def code(reads: str, settings: Settings, picture: Mapping[str, Any]) -> str:
    """Return the lines that repeat it; ``reads`` is the expression that reads the picture."""
    frame = settings.frame if len(picture["size"]) == 3 else None
    network = "" if settings.classifier == "default" else repr(settings.classifier)
    lines = [
        "import lattice_widgets as lw",
        "",
        picture_lines(reads, settings.pixel_size, frame, "resampled_from" in picture),
        f"classifier = lw.load_classifier({network})",
        f"summary = lw.summarize(classifier.sample(picture.values, {settings.n_passes}, seed={settings.seed}))",
        "for name, mean, std in zip(classifier.classes, summary.mean[0], summary.std[0]):",
        '    print(f"{name}: {mean:.4f} ± {std:.4f}")',
    ]
    return "\n".join(lines)
