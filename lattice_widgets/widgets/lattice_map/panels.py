"""What stands beside the map: lines of text, and who colors it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.views.triangle.triangle_map import TriangleMap
from lattice_widgets.widgets.lattice_map import texts
from lattice_widgets.widgets.lattice_map.work import PLAN
from lattice_widgets.widgets.parts.controls import control
from lattice_widgets.widgets.parts.lines import button
from lattice_widgets.widgets.parts.network import find_network

if TYPE_CHECKING:
    from lattice_widgets.widgets.lattice_map.widget import LatticeMap

__all__ = ["Coloring", "Line"]


class Line(ipw.HTML):
    """A line that says something; a screen reader reads it aloud when it changes."""

    def __init__(self) -> None:
        super().__init__()
        self.add_class("lattice-widgets-says")

    def say(self, text: str) -> None:
        """Say something else."""
        value = f'<span role="status">{in_html(text)}</span>' if text else ""
        if self.value != value:  # type: ignore[has-type]
            self.value = value


class Coloring:
    """Who colors the map by the names of the lattices: its controls, and what they mean in words.

    Parameters
    ----------
    owner : LatticeMap
        Has the traits `background`, `tolerance`, `classifier` and `survey`.
    chart : TriangleMap
        The map.
    is_loading : callable
        Whether the network is being loaded.

    Attributes
    ----------
    parts : list of ipywidgets.Widget
        To be put beside the map.
    """

    def __init__(self, owner: "LatticeMap", chart: TriangleMap, is_loading: Callable[[], bool]) -> None:
        self._owner, self._is_loading = owner, is_loading
        self.line = Line()
        self._tolerance, self._network = control(owner, "tolerance"), control(owner, "classifier")
        self._stop = button(_("stop"), _("Stop asking the network"), owner.cancel)
        t.link((owner, "background"), (chart, "background"))
        t.dlink((owner, "tolerance"), (chart, "tolerance"))
        owner.observe(self.tell, ["background", "tolerance", "busy", "error"])
        self.parts = [control(owner, "background"), self._tolerance, self._network, self.line, self._stop]
        self.tell()

    def tell(self, change: Any = None) -> None:
        """Say who colors the map, and how far it is."""
        owner = self._owner
        network, busy = owner.background == "network", owner.busy or self._is_loading()
        self._tolerance.layout.display = None if owner.background != "none" else "none"
        self._network.layout.display = None if network else "none"
        self._stop.layout.display = None if network and owner.busy else "none"
        if owner.background == "geometry":
            text = _(texts.GEOMETRY).format(tolerance=owner.tolerance)
        elif network:
            text = texts.describe_survey(owner.survey, busy, PLAN[-1][1], find_network(owner.classifier).name)
        else:
            text = ""
        self.line.say(text)
