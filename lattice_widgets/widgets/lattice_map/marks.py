"""What lies on the map of lattices beside its dot: measured lattices with their errors, and paths."""

import html
from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.core.simulation.drift_path import drift_path
from lattice_widgets.language import N_, _
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.lattice_map import texts
from lattice_widgets.widgets.lattice_map import work as answers
from lattice_widgets.widgets.lattice_map.work import Measured, MeasuredMovie
from lattice_widgets.widgets.simulator.widget import LatticeSimulator


class MapTools(LatticeWidget):
    """The part of the map of lattices that puts things on it; see `LatticeMap`."""

    lattice = t.Instance(Lattice, read_only=True, allow_none=True, help=N_("The lattice at the dot [nm]."))
    measured = t.Dict(read_only=True, help=N_("What was measured, name -> LatticeFit."))
    path = t.Tuple(read_only=True, help=N_("The lattices of the path that is shown."))

    _map: TriangleMap
    _way: ipw.HTML
    _simulator: LatticeSimulator | None = None

    def __init__(self, **settings: Any) -> None:
        self._marks: dict[str, Measured] = {}
        self._jobs = 0
        super().__init__(**settings)

    # ---- what is measured

    def measure(self, source: Any, name: str = "") -> None:
        """Measure a lattice and mark it on the map, with the region of its errors; `measured` has it when it is there.

        Parameters
        ----------
        source : array_like, xarray.DataArray, str, Path, LatticeFit or widget
            A picture (rows, cols), the name of a sample, a file, a fit, or a widget that shows a picture: of an
            `FFTExplorer` its window. A movie (frames, rows, cols) becomes a path.
        name : str
            What stands beside the mark; "measured 1", ... if not given. A mark of the same name is replaced.
        """
        if isinstance(source, ipw.Widget):
            source = answers.picture_of_widget(source)
        self._jobs += 1
        job = f"measurement {self._jobs}"
        label = name or _("measured {number}").format(number=len(self._marks) + 1)
        self._loading.add(job)
        found: list[Measured | MeasuredMovie] = []

        def work() -> None:
            if source is None:
                raise ValueError(_("The widget shows no picture yet: wait until it does, and measure then."))
            found.append(answers.measure(source))

        self._background.start(work, lambda problem: self._show_measured(job, label, found, problem))

    def _show_measured(
        self, job: str, name: str, found: list[Measured | MeasuredMovie], problem: Exception | None
    ) -> None:
        self._loading.discard(job)
        if problem is not None:
            self._fail(problem)
            return
        self.clear_error()
        for answer in found:
            if isinstance(answer, Measured):
                self._marks[name] = answer
                self.set_trait("measured", {key: mark.fit for key, mark in self._marks.items()})
                self._show_marks()
            else:
                self._draw_path(answer.lattices, answer.times, answer.unit, answer.missing)

    def forget(self, name: str | None = None) -> None:
        """Take a mark off the map, or all of them."""
        for key in [name] if name is not None else list(self._marks):
            self._marks.pop(key, None)
        self.set_trait("measured", {key: mark.fit for key, mark in self._marks.items()})
        self._show_marks()

    def _show_marks(self) -> None:
        marks = []
        picture = self._picture_lattice()
        if picture is not None:
            x, y = triangle_point(picture)
            text = texts.describe_picture(picture)
            marks.append({"name": _(texts.PICTURE), "x": x, "y": y, "kind": "picture", "text": text, "region": []})
        for name, mark in self._marks.items():
            text, (x, y) = texts.describe_mark(name, mark.fit), mark.place
            marks.append({"name": name, "x": x, "y": y, "kind": "measured", "text": text, "region": mark.region})
        self._map.marks = marks

    # ---- paths

    def show_path(
        self, lattices: Sequence[Lattice | LatticeFit], times: ArrayLike | None = None, unit: str = "s"
    ) -> None:
        """Draw a path through lattices, such as those of the frames of a movie; an empty sequence takes it away.

        Parameters
        ----------
        lattices : sequence of Lattice or LatticeFit
            One after another.
        times : array_like, shape (n,), optional
            When each of them was [`unit`].
        unit : str
            Of the times.
        """
        try:
            self._draw_path(*_checked_path(lattices, times), unit)
        except ValueError as error:
            self._fail(error)

    def show_drift(self, largest: float = 0.2, direction: float = 0.0, steps: int = 21) -> None:
        """Draw the path of the pictures of the crystal under growing drift, as the simulator's microscope would take them.

        Parameters
        ----------
        largest : float
            Speed at the end [nm/s].
        direction : float
            Of the drift [degrees], counter-clockwise from the direction of the rows.
        steps : int
            How many lattices.
        """
        if self._simulator is None:
            crystal, microscope = self.lattice, answers.MICROSCOPE
        else:
            crystal, microscope = self._simulator.crystal_lattice or self.lattice, self._simulator.request().microscope
        if crystal is None:
            return
        speeds = np.linspace(0, largest, max(int(steps), 2))
        try:
            self._draw_path(drift_path(crystal, speeds, direction, microscope), speeds, "nm/s")
        except ValueError as error:
            self._fail(error)

    def _draw_path(self, lattices: Sequence[Lattice], times: Any, unit: str, missing: int = 0) -> None:
        self.set_trait("path", tuple(lattices))
        words = [_(texts.START), _(texts.END)] if times is None else [texts.name_time(time, unit) for time in times]
        self._map.path_texts = () if times is None else tuple(words)
        self._map.path_ends = (words[0], words[-1]) if lattices else ("", "")
        self._map.path = [list(triangle_point(lattice)) for lattice in lattices]
        self.clear_error()
        self._say(self._way, texts.describe_steps(len(lattices), times, unit, missing) if lattices else "")

    def _picture_lattice(self) -> Lattice | None:
        """Return the lattice of the simulator's picture where drift makes it another than that of the crystal."""
        simulator = self._simulator
        if simulator is None or simulator.picture_lattice is None or simulator.crystal_lattice is None:
            return None
        picture, crystal = simulator.picture_lattice, simulator.crystal_lattice
        return picture if np.abs(picture.vectors - crystal.vectors).max() > 1e-6 * crystal.a else None

    @staticmethod
    def _say(where: ipw.HTML, text: str) -> None:
        value = f'<span role="status">{html.escape(text)}</span>' if text else ""
        if where.value != value:
            where.value = value


def _checked_path(lattices: Any, times: Any) -> tuple[list[Lattice], Any]:
    """Return lattices and times, or say in one sentence why they are none."""
    found = []
    for item in lattices if isinstance(lattices, Iterable) else [lattices]:
        if not isinstance(item, Lattice | LatticeFit):
            raise ValueError(_(texts.NOT_A_LATTICE).format(kind=type(item).__name__))
        found.append(item.lattice if isinstance(item, LatticeFit) else item)
    if times is None:
        return found, None
    try:
        values = np.asarray(times, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if not np.isfinite(values).all():
        raise ValueError(_(texts.NO_TIMES))
    if len(values) != len(found):
        raise ValueError(_(texts.TIMES_DIFFER).format(count=len(found), times=len(values)))
    return found, values
