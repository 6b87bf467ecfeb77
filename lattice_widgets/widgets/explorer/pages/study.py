"""The study of the window's size: down to which window the network still gives its answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
from numpy.typing import NDArray

from lattice_widgets.classifier import Classifier
from lattice_widgets.core.uncertainty.window_study import StudiedWindow, study_windows
from lattice_widgets.language import _
from lattice_widgets.runner import NewestWins
from lattice_widgets.views.charts.study_curve import StudyCurve
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.window_result import Shown
from lattice_widgets.widgets.explorer.work import Opened
from lattice_widgets.widgets.parts.lines import button, row, says
from lattice_widgets.widgets.parts.network import find_network

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["SizeStudy"]

#: passes with dropout for each window
_PASSES = 400


@dataclass(frozen=True, eq=False)
class StudyRequest:
    """Where to study the size of the window."""

    opened: Opened
    place: tuple[float, float]
    seed: int
    classifier: Classifier


def study_sizes(request: StudyRequest) -> Iterator[list[StudiedWindow]]:
    """Yield the windows studied so far, largest first."""

    def ask(window: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        summary = request.classifier.summarize_fast(window, _PASSES, request.seed)
        return summary.mean[0], summary.std[0]

    done: list[StudiedWindow] = []
    for one in study_windows(request.opened.values, request.place, ask):
        done.append(one)
        yield list(done)


class SizeStudy:
    """Ever smaller windows around one place, each with what the network says of it.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `studied`, `window` and `classifier`.
    shown : Shown
        What it shows.
    fail, busy : callable
        Are told what was raised, and whether windows are being studied.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    runner : NewestWins
        Has the windows studied.
    """

    def __init__(
        self, owner: "FFTExplorer", shown: Shown, fail: Callable[[Exception], None], busy: Callable[[bool], None]
    ) -> None:
        self._owner, self._shown = owner, shown
        self.runner = NewestWins(study_sizes, lambda studied: owner.set_trait("studied", studied), fail, busy)
        self._text = says(_(texts.STUDY))
        self._curve = StudyCurve(_("width of the window [px]"))
        self._seen = False
        start = button(_("study the window size"), _("Ask the network of ever smaller windows here"), self.start)
        self.page = ipw.VBox([row(start), self._text])
        owner.observe(self.draw, "studied")

    def start(self) -> None:
        """Ask the network of ever smaller windows around the middle of the window."""
        classifier = self._owner.ready_classifier(self._owner.classifier)
        if self._shown.opened is None or classifier is None:
            return
        top, left, height, width = self._owner.window
        self.runner.submit(StudyRequest(self._shown.opened, (top + height / 2, left + width / 2), 0, classifier))

    def draw(self, change: Any = None) -> None:
        """Show the windows studied so far, or that there are none."""
        studied: list[StudiedWindow] = self._owner.studied
        if not studied:
            self.page.children = self.page.children[:2]
            self._say(_(texts.STUDY))
            return
        self._place_curve()
        means, stds = ([getattr(one, name) for one in studied] for name in ("mean", "std"))
        self._curve.show([one.window[3] for one in studied], means, stds)
        fit = self._owner.fit
        area = fit.lattice.area / self._shown.pixel_size**2 if fit else None
        self._say(texts.describe_study(studied, find_network(self._owner.classifier).classes, area))

    def be_seen(self, seen: bool) -> None:
        """Take note of whether the page is the one on the screen."""
        self._seen = seen
        self._place_curve()

    def _place_curve(self) -> None:
        """Put the curve in its page once that is seen: a figure that is laid out while hidden has a negative size."""
        if self._seen and self._owner.studied and self._curve not in self.page.children:
            self.page.children = (*self.page.children, self._curve)

    def _say(self, words: str) -> None:
        self._text.value = words
        self._owner.set_trait("study_message", words)
