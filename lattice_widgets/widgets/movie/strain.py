"""Strain, rotation and grains of each frame of the movie against time: computed when asked for, on a page of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
import xarray as xr

from lattice_widgets.analysis.movie_map import MovieMap
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.language import N_, _
from lattice_widgets.runner import NewestWins
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.views.figures.strain_figure import MAPS, label_of
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.movie.work import Opened
from lattice_widgets.widgets.parts.lines import button, row, says

if TYPE_CHECKING:
    from lattice_widgets.widgets.movie.widget import MovieScrubber

__all__ = ["StrainSeries"]

_NOT_YET = N_("Strain and rotation of each frame, and the number of its grains. They have not been mapped yet.")
_GRAINS = "grains"
_QUANTITIES = (*(name for name in MAPS if name != "amplitude"), _GRAINS)


@dataclass(frozen=True, eq=False)
class _Request:
    frames: Frames
    reference: Any
    scheduler: Any


@dataclass(frozen=True, eq=False)
class _Mapped:
    frames: Frames
    maps: xr.Dataset
    done: int


def _compute(request: _Request) -> Iterator[_Mapped]:
    """Yield what is mapped so far, after each frame."""
    maps = MovieMap(request.frames, reference=request.reference)
    for done, _number in enumerate(maps.run(request.scheduler), 1):
        yield _Mapped(request.frames, maps.dataset(), done)


class StrainSeries:
    """The chart of what becomes of the lattice in time, beside that of the phases.

    Parameters
    ----------
    owner : MovieScrubber
        Has the traits `frame`, `scheduler` and `strain`.
    fail : callable
        Is told what was raised.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    runner : NewestWins
        Maps the frames.
    """

    def __init__(self, owner: "MovieScrubber", fail: Callable[[Exception], None]) -> None:
        self._owner, self._fail = owner, fail
        self._opened: Opened | None = None
        self._seen = False
        self._go = button(_("map each frame"), _("Map strain, rotation and grains of each frame"), owner.map_strain)
        self._go.add_class("lattice-widgets-map-frames")
        self._stop = button(_("stop"), _("Stop mapping; what is done stays"), self.cancel)
        self._words, self._value = says(_(_NOT_YET), live=True), says(live=True)
        self._quantity = ipw.Dropdown(
            options=[(_("number of grains") if name == _GRAINS else _(MAPS[name][0]), name) for name in _QUANTITIES],
            value="dilation", description=_("against time"), tooltip=_("What is drawn against time"),
            style={"description_width": "88px"}, layout=ipw.Layout(width="240px"),
        )  # fmt: skip
        self._quantity.add_class("lattice-widgets-strain-series")
        self._curve = ProfileCurve()
        self._chart = ipw.VBox([], layout=ipw.Layout(width="100%", min_width="0"))
        layout = ipw.Layout(width="100%", min_width="0")
        self.page = ipw.VBox(
            [row(self._go, self._stop), self._words, self._quantity, self._value, self._chart], layout=layout
        )
        self.runner = NewestWins(_compute, self._show, self._failed, self._busy)
        self._quantity.observe(self._draw, "value")
        owner.observe(self._tell, "frame")
        self._busy(False)
        self._draw()

    def map(self, opened: Opened | None, reference: Any = None) -> None:
        """Map the frames of a movie, against a reference as `lattice_widgets.map_movie` takes it."""
        if opened is None:
            raise ValueError(_("There is no movie yet."))
        self._forget()
        self._opened = opened
        self._words.value = in_html(_("mapping …"))
        self.runner.submit(_Request(opened.frames, reference, self._owner.scheduler))

    def cancel(self) -> None:
        """Stop mapping; what is done stays."""
        self.runner.cancel()
        self._busy(False)
        maps = self._owner.strain
        self._words.value = in_html(_("Stopped.") if maps is not None else _(_NOT_YET))

    def leave(self) -> None:
        """Forget what was mapped: another movie is shown."""
        self.runner.cancel()
        self._forget()

    def be_seen(self, seen: bool) -> None:
        """Put the chart on its page when somebody sees that, and take it off: one without room complains in the browser."""
        self._seen = seen
        chart = (self._curve,) if seen and self._curve.values else ()
        if self._chart.children != chart:
            self._chart.children = chart

    def _forget(self) -> None:
        self._opened = None
        self._owner.set_trait("strain", None)
        self._words.value = _(_NOT_YET)
        self._draw()

    def _failed(self, problem: Exception) -> None:
        self._forget()
        self._words.value = ""
        self._fail(problem)

    def _busy(self, busy: bool) -> None:
        self._go.disabled, self._stop.disabled = busy, not busy

    def _show(self, answer: _Mapped) -> None:
        if self._opened is None or answer.frames is not self._opened.frames:
            return
        self._owner.set_trait("strain", answer.maps)
        count = len(answer.frames)
        words = _("{done} of {count} frames, against {reference}.")
        against = answer.maps.attrs["reference"]
        self._words.value = in_html(words.format(done=answer.done, count=count, reference=_(against)))
        self._draw()

    def _draw(self, change: Any = None) -> None:
        maps, name = self._owner.strain, self._quantity.value
        self._quantity.layout.display = None if maps is not None else "none"
        if maps is None:
            self._curve.clear()
        else:
            timed = maps.time.attrs["units"] == "s"
            errors = _own_errors(maps, name) if name != _GRAINS else None
            beside = _("number of grains") if name == _GRAINS else label_of(name)
            self._curve.show(
                maps.time.values, maps[name].values, errors, _("time [s]") if timed else _("frame"), beside
            )
        self.be_seen(self._seen)
        self._tell()

    def _tell(self, change: Any = None) -> None:
        """Say the value of the frame that is shown."""
        maps, name, number = self._owner.strain, self._quantity.value, self._owner.frame
        if maps is None or not 0 <= number < maps.sizes["frame"]:
            self._value.value = ""
            return
        value, note = float(maps[name][number]), str(maps.note.values[number])
        if not np.isfinite(value):
            said = _(note) if note else _("not mapped yet")
        elif name == _GRAINS:
            said = f"{_('number of grains')} {value:.0f}"
        else:
            unit = MAPS[name][1].replace("%", " %")
            common = float(maps[f"{name}_reference_error"][number])
            words = _("{name} {value}; of the error, {common} is that of the reference, the same for all frames")
            said = words.format(
                name=_(MAPS[name][0]), value=f"{with_error(value, float(maps[f'{name}_error'][number]))}{unit}",
                common=f"{common:.1g}{unit}",
            )  # fmt: skip
        self._value.value = in_html(_("Frame {number}: {said}").format(number=number, said=said))


def _own_errors(maps: xr.Dataset, name: str) -> Any:
    """Return the errors of frames against each other: without that of the reference, which moves all of them alike."""
    whole, common = (maps[f"{name}{end}"].values for end in ("_error", "_reference_error"))
    return np.sqrt(np.maximum(whole**2 - common**2, 0.0))
