"""Paths through the map of lattices: of the frames of a movie, or of growing drift."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.core.simulation.drift_path import drift_path
from lattice_widgets.language import _
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map import texts, work
from lattice_widgets.widgets.lattice_map.panels import Line
from lattice_widgets.widgets.simulator.widget import LatticeSimulator

if TYPE_CHECKING:
    from lattice_widgets.widgets.lattice_map.widget import LatticeMap

__all__ = ["Paths"]


class Paths:
    """The path on the map.

    Parameters
    ----------
    owner : LatticeMap
        Has the traits `path` and `lattice`.
    chart : TriangleMap
        The map.
    line : Line
        Says how long the path is.
    simulator : LatticeSimulator or None
        Whose crystal drifts; that of the dot if there is none.
    fail : callable
        Is told what is wrong with a path.
    """

    def __init__(
        self,
        owner: "LatticeMap",
        chart: TriangleMap,
        line: Line,
        simulator: LatticeSimulator | None,
        fail: Callable[[Exception], None],
    ) -> None:
        self._owner, self._chart, self._line, self._simulator, self._fail = owner, chart, line, simulator, fail

    def show(self, lattices: Sequence[Lattice | LatticeFit], times: ArrayLike | None, unit: str) -> None:
        """Draw a path through lattices; an empty sequence takes it away."""
        try:
            self.draw(*_checked_path(lattices, times), unit)
        except ValueError as error:
            self._fail(error)

    def show_drift(self, largest: float, direction: float, steps: int) -> None:
        """Draw the path of the pictures of the crystal under growing drift."""
        if self._simulator is None:
            crystal, microscope = self._owner.lattice, work.MICROSCOPE
        else:
            crystal = self._simulator.crystal_lattice or self._owner.lattice
            microscope = self._simulator.request().microscope
        if crystal is None:
            return
        speeds = np.linspace(0, largest, max(int(steps), 2))
        try:
            self.draw(drift_path(crystal, speeds, direction, microscope), speeds, "nm/s")
        except ValueError as error:
            self._fail(error)

    def draw(self, lattices: Sequence[Lattice], times: Any, unit: str, missing: int = 0) -> None:
        """Draw a path that was checked; ``missing`` counts the frames without a lattice."""
        self._owner.set_trait("path", tuple(lattices))
        words = [_(texts.START), _(texts.END)] if times is None else [texts.name_time(time, unit) for time in times]
        self._chart.path_texts = () if times is None else tuple(words)
        self._chart.path_ends = (words[0], words[-1]) if lattices else ("", "")
        self._chart.path = [list(triangle_point(lattice)) for lattice in lattices]
        self._owner.clear_error()
        self._line.say(texts.describe_steps(len(lattices), times, unit, missing) if lattices else "")


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
