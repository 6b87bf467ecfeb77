"""The simulator that the dot is linked to: it goes where the dot goes, and the dot goes where it goes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lattice_widgets.core.lattices.triangle import triangle_point
from lattice_widgets.core.simulation.lattice_survey import Conditions
from lattice_widgets.widgets.lattice_map import work
from lattice_widgets.widgets.lattice_map.work import Place
from lattice_widgets.widgets.simulator.widget import LatticeSimulator

if TYPE_CHECKING:
    from lattice_widgets.widgets.lattice_map.widget import LatticeMap

__all__ = ["SimulatorLink"]

#: a cell whose area differs by less than this from that of the network's pictures needs no new ones, as a fraction
_AREA_CHANGE = 0.15
#: settings of the simulator that change neither the crystal's pictures as a whole nor how they are taken
_NOT_CONDITIONS = {"a", "b", "gamma", "rotation", "taper", "frequency_range", "classifier"}


class SimulatorLink:
    """Both directions of the link; without a simulator the dot is free.

    Parameters
    ----------
    owner : LatticeMap
        Has the traits `classifier` and `area`.
    simulator : LatticeSimulator or None
        What is linked.
    """

    def __init__(self, owner: "LatticeMap", simulator: LatticeSimulator | None) -> None:
        self._owner, self._simulator = owner, simulator
        self._asked: tuple[float, float, float] | None = None  # the cell that we gave to the simulator
        self._watched: dict[Any, list[str]] = {}
        # the network that the simulator told; whoever chooses another one keeps it
        self._told_network = simulator.classifier if simulator is not None else None

    def watch(
        self,
        moved: Callable[[], None],
        picture_changed: Callable[[], None],
        conditions_changed: Callable[[], None],
        own_network: bool,
    ) -> None:
        """Tell when the crystal, the lattice of the picture, or how pictures are taken has changed."""
        simulator = self._simulator
        if simulator is None:
            return

        def crystal_changed(change: Any) -> None:
            if (simulator.a, simulator.b, simulator.gamma) != self._asked:  # that was not us
                self._asked = None
                moved()
                conditions_changed()

        conditions = sorted(set(simulator.trait_names(request=True)) - _NOT_CONDITIONS)
        self._watched = {
            crystal_changed: ["a", "b", "gamma", "crystal", "mode"],
            lambda change: picture_changed(): ["picture_lattice"],
            lambda change: conditions_changed(): [*conditions, "crystal"],
        }
        if not own_network:
            self._watched[self._take_network] = ["classifier"]
        for act, names in self._watched.items():
            simulator.observe(act, names)

    def stop(self) -> None:
        """Let the simulator go."""
        while self._simulator is not None and self._watched:
            self._simulator.unobserve(*self._watched.popitem())

    def place(self) -> Place | None:
        """Return where the crystal of the simulator is, and the area of its primitive cell; None without one."""
        if self._simulator is None:
            return None
        primitive = work.crystal_of(self._simulator).primitive_lattice(self._simulator.mode)
        return *triangle_point(primitive), primitive.area

    def ask(self, x: float, y: float, area: float) -> tuple[tuple[float, float], str]:
        """Have the simulator go to a place; return how far it can go, and why no farther."""
        simulator = self._simulator
        if simulator is None:
            return (x, y), ""
        found = work.follow(simulator, (x, y), area)
        if found.cell is not None:
            cell = found.cell
            self._asked = (cell.a, cell.b, cell.gamma)
            with simulator.hold_trait_notifications():
                simulator.a, simulator.b, simulator.gamma = self._asked
            self._asked = (simulator.a, simulator.b, simulator.gamma)
        crystal = work.crystal_of(simulator)
        there = work.place_of_cell(crystal, crystal, simulator.mode)
        return ((x, y) if work.far(there, (x, y)) < work.SAME else there), found.sentence

    def conditions(self, known: Conditions | None) -> Conditions:
        """Return how the network's pictures are taken; small changes of the area since ``known`` do not count."""
        area = self._owner.area
        if known is not None and abs(np.log(area / known.area)) < _AREA_CHANGE:
            area = known.area
        if self._simulator is None:
            return Conditions(work.ONE_ATOM_CRYSTAL, work.MICROSCOPE, area=area)
        return work.conditions_of(self._simulator, area)

    def _take_network(self, change: dict[str, Any]) -> None:
        if self._owner.classifier == self._told_network:
            self._owner.classifier = self._told_network = change["new"]
