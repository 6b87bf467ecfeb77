"""The living map of lattices: every lattice is a point of a triangle, and the simulator goes where the dot goes."""

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
from numpy.typing import ArrayLike

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import CLASSES, Lattice
from lattice_widgets.core.lattices.shape import types_of_points
from lattice_widgets.core.lattices.triangle import check_point, triangle_grid, triangle_lattice
from lattice_widgets.core.simulation.lattice_survey import Conditions, Survey
from lattice_widgets.language import N_, _
from lattice_widgets.views.saved.static_picture import png_of_widget
from lattice_widgets.views.triangle.triangle_map import BACKGROUNDS, TriangleMap
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.lattice_map import texts, work
from lattice_widgets.widgets.lattice_map.marks import Marks
from lattice_widgets.widgets.lattice_map.panels import Coloring, Line
from lattice_widgets.widgets.lattice_map.paths import Paths
from lattice_widgets.widgets.lattice_map.simulator_link import SimulatorLink
from lattice_widgets.widgets.lattice_map.work import Place, Request
from lattice_widgets.widgets.parts.controls import column, side_by_side
from lattice_widgets.widgets.parts.network import Network, NetworkName
from lattice_widgets.widgets.parts.settings import Choice, Number
from lattice_widgets.widgets.simulator.widget import LatticeSimulator


class LatticeMap(LatticeWidget):
    """The map of all lattices, with a dot to drag.

    Linked to a simulator, the dot is the lattice of its crystal: drag the dot and the sliders follow, move a slider and the dot
    follows. Alone, the dot is `lattice`.

    Parameters
    ----------
    simulator : LatticeSimulator, optional
        What the dot is linked to.
    **settings
        Any of the traits.

    Examples
    --------
    >>> chart = LatticeMap(x=0.0, y=1.0, area=0.0524)
    >>> chart.lattice.bravais_type(), round(chart.lattice.a, 3)
    ('hexagonal', 0.246)
    >>> chart.move_to(0.25, 0.0)
    >>> chart.lattice.bravais_type()
    'rectangular'
    >>> chart = LatticeMap(LatticeSimulator(), background="network")  # doctest: +SKIP
    >>> chart.measure("graphene_stm", name="a real picture")  # doctest: +SKIP
    """

    title = N_("Map of lattices")

    x = Number(0.2, min=0.0, max=1.0, help=N_("Place of the dot: 0: the two longest conorms are equal.")).tag(undo=True)
    y = Number(0.4, min=0.0, max=1.0, help=N_("Place of the dot: 0 where the cell is a rectangle.")).tag(undo=True)
    area = Number(0.06, min=1e-6, max=1e6, help=N_("Area of the primitive cell of the lattice [nm²].")).tag(undo=True)
    background: Any = Choice(BACKGROUNDS, "none", help=N_("Who colors the map by the names of the lattices.")).tag(
        request=True, label=N_("colors by")
    )
    tolerance = Number(1.0, min=0.1, max=10.0, help=N_("Of geometry, in lengths [%] and in angles [°].")).tag(
        label=N_("tolerance"), unit="%, °", step=0.1, format=".1f"
    )
    classifier = NetworkName().tag(request=True)

    lattice = t.Instance(Lattice, read_only=True, allow_none=True, help=N_("The lattice at the dot [nm]."))
    measured = t.Dict(read_only=True, help=N_("What was measured, name -> LatticeFit."))
    path = t.Tuple(read_only=True, help=N_("The lattices of the path that is shown."))
    survey = t.Instance(Survey, read_only=True, allow_none=True, help=N_("What the network says of all lattices."))
    message = t.Unicode("", read_only=True, help=N_("What the lattice is, in words."))

    def __init__(self, simulator: LatticeSimulator | None = None, **settings: Any) -> None:
        if simulator is not None and not isinstance(simulator, LatticeSimulator):
            raise TypeError(f"LatticeMap is linked to a LatticeSimulator, not to a {type(simulator).__name__}.")
        # what x, y and area say, so that our own changes are told from those of others
        self._place: Place = (-1.0, -1.0, -1.0)
        self._known: tuple[Conditions, Network, Survey] | None = None
        self._simulator, self._link = simulator, SimulatorLink(self, simulator)
        own_network = "classifier" in settings
        if simulator is not None and not own_network:
            settings["classifier"] = simulator.classifier
        super().__init__(**settings)
        if simulator is None:
            self._go(self.x, self.y, self.area)
            return
        self._link.watch(self._read_simulator, self._picture_changed, self._conditions_changed, own_network)
        self._read_simulator()
        if "x" in settings or "y" in settings:
            self._ask(settings.get("x", self.x), settings.get("y", self.y), self.area)

    # ---- the five parts

    def request(self) -> Request:
        """Return the settings."""
        if self.background != "network":
            return Request(None, None, None)
        conditions = self._conditions()
        known = self._known
        same = known is not None and known[:2] == (conditions, self.classifier)
        return Request(conditions, self.ready_classifier(self.classifier), known[2] if known and same else None)

    @staticmethod
    def compute(request: Request) -> Iterator[Survey | None]:
        """Yield what the network says of all lattices, ever finer."""
        return work.compute(request)

    def apply(self, answer: Survey | None) -> None:
        """Color the map."""
        if answer is None:
            return
        self._known = (self._conditions(), self.classifier, answer)
        self.set_trait("survey", answer)
        self._map.show_network(answer.probabilities, answer.steps)
        self._coloring.tell()

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the map, the words, and the controls."""
        self._map = TriangleMap(title=_(texts.TITLE), description=_(texts.DESCRIPTION))
        self._text, self._follows, way = Line(), Line(), Line()
        self._paths = Paths(self, self._map, way, self._simulator, self._fail)
        self._marks = Marks(self, self._map, self._paths, self._simulator)
        self._coloring = Coloring(self, self._map, lambda: self.classifier in self._loading)
        self._map.observe(self._dragged, "dot")
        self._map.observe(self._released, "held")
        self.observe(self._moved, ["x", "y", "area"])
        return [
            side_by_side(
                column(self._map, width="480px"),
                column(self._text, self._follows, *self._coloring.parts, way, width="340px"),
            )
        ]

    def static_picture(self) -> bytes:
        """Return the map and its words as a PNG."""
        # made only where it is wanted: the browser colors by geometry without us
        steps = 48
        kinds = types_of_points(np.minimum(triangle_grid(steps), 1 - 1e-6), self.tolerance)
        self._map.show_geometry(np.eye(len(CLASSES))[kinds], steps)
        return png_of_widget(self, _(self.title))

    def close(self) -> None:
        """Stop all work, let the simulator go and take the widget off the page."""
        if hasattr(self, "_link"):  # settings were not refused
            self._link.stop()
        super().close()

    # ---- the dot

    def move_to(self, x: float, y: float) -> None:
        """Put the dot at a place of the map; a linked simulator follows as far as it can.

        Raises
        ------
        ValueError
            If the place is outside the map.
        """
        check_point(x, y)
        self._ask(float(x), float(y), self.area)

    def _ask(self, x: float, y: float, area: float) -> None:
        """Go to a place, with the simulator, or where it can go."""
        there, why = self._link.ask(x, y, area)
        self._go(*there, area)
        self._follows.say(why)

    def _go(self, x: float, y: float, area: float) -> None:
        """Show the dot where it is; while a hand holds it, beside the hand."""
        self._place = (x, y, area)
        with self.hold_trait_notifications():
            self.x, self.y, self.area = x, y, area
        self.set_trait("lattice", triangle_lattice(x, y, area=area))
        if not self._map.held:
            self._map.dot, self._map.allowed = (x, y), ()
        else:
            self._map.allowed = () if work.far(self._map.dot, (x, y)) < work.SAME else (x, y)
        self._describe()

    @t.validate("x", "y")
    def _check_place(self, proposal: dict[str, Any]) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        x, y = (value, self.y) if name == "x" else (self.x, value)
        try:
            check_point(x, y)
        except ValueError as error:
            raise t.TraitError(f"{error} To change both, use move_to(x, y).") from error
        return float(value)

    def _moved(self, change: dict[str, Any]) -> None:
        """A script set x, y or area."""
        if (self.x, self.y, self.area) != self._place:
            self._ask(self.x, self.y, self.area)

    def _dragged(self, change: dict[str, Any]) -> None:
        """A hand moved the dot; ours are the changes that say what x and y say already."""
        x, y = change["new"]
        if (x, y) == self._place[:2]:
            return
        try:
            check_point(x, y)
        except ValueError as error:  # a page that is not ours
            self._fail(error)
            return
        self._ask(x, y, self.area)

    def _released(self, change: dict[str, Any]) -> None:
        if not change["new"]:
            self._map.dot, self._map.allowed = self._place[:2], ()

    # ---- what else lies on the map

    def measure(self, source: Any, name: str = "", pixel_size: Any = None) -> None:
        """Measure a lattice and mark it on the map, with the region of its errors; `measured` has it when it is there.

        Parameters
        ----------
        source : array_like, xarray.DataArray, str, Path, LatticeFit or widget
            A picture (rows, cols), the name of a sample, a file, a fit, or a widget that shows a picture: of an
            `FFTExplorer` its window. A movie (frames, rows, cols) becomes a path.
        name : str
            What stands beside the mark; "measured 1", ... if not given. A mark of the same name is replaced.
        pixel_size : float, tuple or str, optional
            As for `read_micrograph`.
        """
        self._marks.measure(source, name, pixel_size)

    def forget(self, name: str | None = None) -> None:
        """Take a mark off the map, or all of them."""
        self._marks.forget(name)

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
        self._paths.show(lattices, times, unit)

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
        self._paths.show_drift(largest, direction, steps)

    # ---- the simulator

    def _read_simulator(self) -> None:
        """Put the dot where the simulator's crystal is."""
        place = self._link.place()
        if place is not None:
            self._map.dot_name = _(texts.CRYSTAL)
            self._go(*place)
            self._follows.say("")

    def _picture_changed(self) -> None:
        self._marks.draw()
        self._describe()

    def _conditions_changed(self) -> None:
        if self.background == "network" and (self._known is None or self._known[0] != self._conditions()):
            self.refresh()

    def _conditions(self) -> Conditions:
        return self._link.conditions(self._known[0] if self._known is not None else None)

    def cancel(self) -> None:
        """Stop asking the network; what it said so far stays."""
        self._runner.cancel()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why the network colors nothing."""
        self._coloring.line.say(str(problem))

    def _describe(self) -> None:
        if self.lattice is None:
            return
        lattice = self.lattice
        self.set_trait("message", texts.describe_dot(lattice, self._marks.picture_lattice()))
        self._text.say(self.message)
