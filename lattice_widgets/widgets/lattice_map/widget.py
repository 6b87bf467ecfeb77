"""The living map of lattices: every lattice is a point of a triangle, and the simulator goes where the dot goes."""

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.classifier import list_classifiers
from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.lattices.shape import types_of_points
from lattice_widgets.core.lattices.triangle import check_point, triangle_grid, triangle_lattice, triangle_point
from lattice_widgets.core.simulation.lattice_survey import PLAN, Conditions, Survey
from lattice_widgets.language import N_, _
from lattice_widgets.views.saved.static_picture import png_of_widget
from lattice_widgets.views.triangle.triangle_map import BACKGROUNDS, TriangleMap
from lattice_widgets.widgets.lattice_map import texts
from lattice_widgets.widgets.lattice_map import work as answers
from lattice_widgets.widgets.lattice_map.marks import MapTools
from lattice_widgets.widgets.lattice_map.work import Request
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.simulator.widget import LatticeSimulator

#: a cell whose area differs by less than this from that of the network's pictures needs no new ones, as a fraction
_AREA_CHANGE = 0.15
#: settings of the simulator that change neither the crystal's pictures as a whole nor how they are taken
_NOT_CONDITIONS = {"a", "b", "gamma", "rotation", "taper", "frequency_range", "classifier"}


class LatticeMap(MapTools):
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
    >>> simulator = LatticeSimulator()  # doctest: +SKIP
    >>> chart = LatticeMap(simulator, background="network")  # doctest: +SKIP
    >>> chart.measure("graphene_stm", name="a real picture")  # doctest: +SKIP
    """

    title = N_("Map of lattices")

    x = t.Float(0.2, min=0.0, max=1.0, help=N_("Place of the dot: 0 where the two longest conorms are equal."))
    y = t.Float(0.4, min=0.0, max=1.0, help=N_("Place of the dot: 0 where the cell is a rectangle."))
    area = t.Float(0.06, min=1e-6, max=1e6, help=N_("Area of the primitive cell of the lattice [nm²]."))
    background: Any = t.Enum(BACKGROUNDS, "none", help=N_("Who colors the map by the names of the lattices.")).tag(
        request=True, label=N_("colors by")
    )
    tolerance = t.Float(1.0, min=0.1, max=10.0, help=N_("Of geometry, in lengths [%] and in angles [°].")).tag(
        label=N_("tolerance"), unit="%, °", step=0.1, format=".1f"
    )
    classifier = t.Enum(list_classifiers(), "default", help=N_("The network that answers.")).tag(
        request=True, label=N_("network")
    )

    survey = t.Instance(Survey, read_only=True, allow_none=True, help=N_("What the network says of all lattices."))
    message = t.Unicode("", read_only=True, help=N_("What the lattice is, in words."))

    def __init__(self, simulator: LatticeSimulator | None = None, **settings: Any) -> None:
        if simulator is not None and not isinstance(simulator, LatticeSimulator):
            raise TypeError(f"LatticeMap is linked to a LatticeSimulator, not to a {type(simulator).__name__}.")
        self._simulator = simulator
        self._watched: dict[Any, list[str]] = {}
        # what x, y and area say, so that our own changes are told from those of others
        self._place = (-1.0, -1.0, -1.0)
        self._asked: tuple[float, float, float] | None = None  # the cell that we gave to the simulator
        self._known: tuple[Conditions, str, Survey] | None = None
        own_network = "classifier" in settings
        if simulator is not None and not own_network:
            settings["classifier"] = simulator.classifier
        super().__init__(**settings)
        if simulator is None:
            self._go(self.x, self.y, self.area)
            return
        conditions = sorted(set(simulator.trait_names(request=True)) - _NOT_CONDITIONS)
        self._watched = {
            self._simulator_moved: ["a", "b", "gamma", "crystal", "mode"],
            self._picture_changed: ["picture_lattice"],
            self._conditions_changed: [*conditions, "crystal"],
        }
        # the network that the simulator told; whoever chooses another one keeps it
        self._told_network = simulator.classifier
        if not own_network:
            self._watched[self._network_changed] = ["classifier"]
        for act, names in self._watched.items():
            simulator.observe(act, names)
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
        return answers.compute(request)

    def apply(self, answer: Survey | None) -> None:
        """Color the map."""
        if answer is None:
            return
        self._known = (self._conditions(), self.classifier, answer)
        self.set_trait("survey", answer)
        self._map.show_network(answer.probabilities, answer.steps)
        self._tell_ground()

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the map, the words, and the controls."""
        self._map = TriangleMap(title=_(texts.TITLE), description=_(texts.DESCRIPTION))
        self._text, self._follows, self._ground, self._way = (ipw.HTML() for _n in range(4))
        for line in (self._text, self._follows, self._ground, self._way):
            line.add_class("lattice-widgets-says")
        self._stop = ipw.Button(
            description=_("stop"), tooltip=_("Stop asking the network"), layout=ipw.Layout(width="72px", display="none")
        )
        self._stop.on_click(lambda _button: self.cancel())
        self._tolerance, self._network = control(self, "tolerance"), control(self, "classifier")
        t.link((self, "background"), (self._map, "background"))
        t.dlink((self, "tolerance"), (self._map, "tolerance"))
        self._map.observe(self._dragged, "dot")
        self._map.observe(self._released, "held")
        self.observe(self._moved, ["x", "y", "area"])
        self.observe(lambda _change: self._tell_ground(), ["background", "tolerance", "busy", "error"])
        self._tell_ground()
        settings = [control(self, "background"), self._tolerance, self._network]
        return [
            side_by_side(
                column(self._map, width="480px"),
                column(self._text, self._follows, *settings, self._ground, self._stop, self._way, width="340px"),
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
        simulator = getattr(self, "_simulator", None)  # a widget whose settings were refused has none
        while simulator is not None and self._watched:
            simulator.unobserve(*self._watched.popitem())
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
        simulator = self._simulator
        if simulator is None:
            self._go(x, y, area)
            return
        found = answers.follow(simulator, (x, y), area)
        if found.cell is not None:
            cell = found.cell
            self._asked = (cell.a, cell.b, cell.gamma)
            with simulator.hold_trait_notifications():
                simulator.a, simulator.b, simulator.gamma = self._asked
            self._asked = (simulator.a, simulator.b, simulator.gamma)
        crystal = answers.crystal_of(simulator)
        there = answers.place_of_cell(crystal, crystal, simulator.mode)
        x, y = (x, y) if answers.far(there, (x, y)) < answers.SAME else there
        # a cell that was enlarged to fit comes back to its size where that fits again
        self._go(x, y, area)
        self._say(self._follows, found.sentence)

    def _go(self, x: float, y: float, area: float) -> None:
        """Show the dot where it is; while a hand holds it, beside the hand."""
        self._place = (x, y, area)
        with self.hold_trait_notifications():
            self.x, self.y, self.area = x, y, area
        self.set_trait("lattice", triangle_lattice(x, y, area=area))
        if not self._map.held:
            self._map.dot, self._map.allowed = (x, y), ()
        else:
            self._map.allowed = () if answers.far(self._map.dot, (x, y)) < answers.SAME else (x, y)
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

    # ---- the simulator

    def _read_simulator(self) -> None:
        """Put the dot where the simulator's crystal is."""
        if self._simulator is None:
            return
        crystal, mode = answers.crystal_of(self._simulator), self._simulator.mode
        primitive = crystal.primitive_lattice(mode)
        self._map.dot_name = _(texts.CRYSTAL)
        self._go(*triangle_point(primitive), primitive.area)
        self._say(self._follows, "")

    def _simulator_moved(self, change: dict[str, Any]) -> None:
        simulator = self._simulator
        if simulator is None or (simulator.a, simulator.b, simulator.gamma) == self._asked:
            return  # that was us
        self._asked = None
        self._read_simulator()
        self._conditions_changed(change)

    def _picture_changed(self, change: dict[str, Any]) -> None:
        self._show_marks()
        self._describe()

    def _network_changed(self, change: dict[str, Any]) -> None:
        if self.classifier == self._told_network:
            self.classifier = self._told_network = change["new"]

    def _conditions_changed(self, change: dict[str, Any]) -> None:
        if self.background == "network" and self._simulator is not None:
            known = self._known
            if known is None or known[0] != self._conditions():
                self.refresh()

    def _conditions(self) -> Conditions:
        """Return how the network's pictures are taken; small changes of the area do not count."""
        area = self.area
        if self._known is not None and abs(np.log(area / self._known[0].area)) < _AREA_CHANGE:
            area = self._known[0].area
        if self._simulator is None:
            return Conditions(answers.ONE_ATOM_CRYSTAL, answers.MICROSCOPE, area=area)
        return answers.conditions_of(self._simulator, area)

    # ---- words

    def cancel(self) -> None:
        """Stop asking the network; what it said so far stays."""
        self._runner.cancel()

    def classifier_failed(self, problem: Exception) -> None:
        """Say why the network colors nothing."""
        self._say(self._ground, str(problem))

    def _describe(self) -> None:
        if self.lattice is None:
            return
        lattice = self.lattice
        self.set_trait("message", texts.describe_dot(lattice, self._picture_lattice()))
        self._say(self._text, self.message)

    def _tell_ground(self) -> None:
        network, busy = self.background == "network", self.busy or bool(self._loading & {self.classifier})
        self._tolerance.layout.display = None if self.background != "none" else "none"
        self._network.layout.display = None if network else "none"
        self._stop.layout.display = None if network and self.busy else "none"
        if self.background == "geometry":
            text = _(texts.GEOMETRY).format(tolerance=self.tolerance)
        elif network:
            text = texts.describe_survey(self.survey, busy, PLAN[-1][1], self.classifier)
        else:
            text = ""
        self._say(self._ground, text)
