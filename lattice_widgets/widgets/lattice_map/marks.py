"""Measured lattices on the map, each with the region of its errors."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.language import _
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map import texts, work
from lattice_widgets.widgets.lattice_map.paths import Paths
from lattice_widgets.widgets.lattice_map.work import MeasuredLattice, MeasuredMovie
from lattice_widgets.widgets.simulator.widget import LatticeSimulator

if TYPE_CHECKING:
    from lattice_widgets.widgets.lattice_map.widget import LatticeMap

__all__ = ["Marks"]


class Marks:
    """What was measured, and the lattice of the simulator's picture where drift makes it another one.

    Parameters
    ----------
    owner : LatticeMap
        Has the trait `measured`.
    chart : TriangleMap
        The map.
    paths : Paths
        Takes the lattices of a movie.
    simulator : LatticeSimulator or None
        What the dot is linked to.
    """

    def __init__(
        self, owner: "LatticeMap", chart: TriangleMap, paths: Paths, simulator: LatticeSimulator | None
    ) -> None:
        self._owner, self._chart, self._paths, self._simulator = owner, chart, paths, simulator
        self._marks: dict[str, MeasuredLattice] = {}
        self._jobs = 0

    def measure(self, source: Any, name: str, pixel_size: Any = None) -> None:
        """Measure the lattice of a picture and mark it; a movie becomes a path."""
        if isinstance(source, ipw.Widget):
            source = work.picture_of_widget(source)
        self._jobs += 1
        label = name or _("measured {number}").format(number=len(self._marks) + 1)
        found: list[MeasuredLattice | MeasuredMovie] = []

        def compute() -> None:
            if source is None:
                raise ValueError(_("The widget shows no picture yet: wait until it does, and measure then."))
            found.append(work.measure(source, pixel_size))

        job = f"measurement {self._jobs}"
        self._owner.work_aside(job, compute, lambda problem: self._take(label, found, problem))

    def forget(self, name: str | None = None) -> None:
        """Take a mark off the map, or all of them."""
        for key in [name] if name is not None else list(self._marks):
            self._marks.pop(key, None)
        self._tell()

    def draw(self) -> None:
        """Draw all marks."""
        marks = []
        picture = self.picture_lattice()
        if picture is not None:
            x, y = triangle_point(picture)
            text = texts.describe_picture(picture)
            marks.append({"name": _(texts.PICTURE), "x": x, "y": y, "kind": "picture", "text": text, "region": []})
        for name, mark in self._marks.items():
            text, (x, y) = texts.describe_mark(name, mark.fit), mark.place
            marks.append({"name": name, "x": x, "y": y, "kind": "measured", "text": text, "region": mark.region})
        self._chart.marks = marks

    def picture_lattice(self) -> Lattice | None:
        """Return the lattice of the simulator's picture where drift makes it another than that of the crystal."""
        simulator = self._simulator
        if simulator is None or simulator.picture_lattice is None or simulator.crystal_lattice is None:
            return None
        picture, crystal = simulator.picture_lattice, simulator.crystal_lattice
        return picture if np.abs(picture.vectors - crystal.vectors).max() > 1e-6 * crystal.a else None

    def _take(self, name: str, found: list[MeasuredLattice | MeasuredMovie], problem: Exception | None) -> None:
        if problem is not None:
            raise problem
        self._owner.clear_error()
        for answer in found:
            if isinstance(answer, MeasuredLattice):
                self._marks[name] = answer
                self._tell()
            else:
                self._paths.draw(answer.lattices, answer.times, answer.unit, answer.missing)

    def _tell(self) -> None:
        self._owner.set_trait("measured", {key: mark.fit for key, mark in self._marks.items()})
        self.draw()
