"""Whether two lattices lie over each other in the picture, and the maps of their moire: looked for once, beside the map."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import xarray as xr

from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.maps.moire import NoLayers, map_moire
from lattice_widgets.core.maps.reading import MOIRE_QUANTITIES
from lattice_widgets.language import _
from lattice_widgets.records.kinds.moire import describe_moire, describe_moire_map
from lattice_widgets.views.figures.strain_figure import MAPS, MOIRE_MAPS, name_of
from lattice_widgets.widgets.parts.texts import say_problem
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["Layers", "QuantityChoice"]


class Layers:
    """Looks for a second lattice in each picture, once its map is shown, and makes the moire of both a trait of the widget.

    Parameters
    ----------
    owner : StrainMap
        Has the trait ``moire``.
    """

    def __init__(self, owner: "StrainMap") -> None:
        self._owner = owner
        self._opened: Opened | None = None
        self._looking, self._layered, self._why_none = False, False, ""

    def look(self, opened: Opened) -> None:
        """Look for layers in a picture, away from the event loop, unless that has been done."""
        if self._opened is opened:
            return
        self.clear()
        self._opened, self._looking = opened, True
        found: list[xr.Dataset] = []
        self._owner.work_aside(
            "moire",
            lambda: found.append(map_moire(opened.values, opened.pixel_size)),
            lambda problem: self._end(opened, found, problem),
        )

    def clear(self) -> None:
        """Know nothing: another picture comes."""
        self._opened, self._looking, self._layered, self._why_none = None, False, False, ""
        self._owner.set_trait("moire", None)

    def describe(self, quantity: str) -> str:
        """Say what a map of the moire shows, or why there is none; of a map of the lattice, that there is a second one."""
        moire = self._owner.moire
        if quantity not in MOIRE_QUANTITIES:
            if moire is None:
                return self._why_none if self._layered else ""
            return f"{_(texts.STRONGER_LAYER)} {describe_moire(moire)}"
        if moire is not None:
            return describe_moire_map(moire, quantity)
        return _(texts.LOOKING_FOR_LAYERS) if self._looking else self._why_none or _(texts.NO_MAP)

    def _end(self, opened: Opened, found: list[xr.Dataset], problem: Exception | None) -> None:
        if self._opened is not opened:  # another picture has been opened in the meantime
            return
        self._looking = False
        self._layered = not isinstance(problem, NoLayers | LatticeNotFound)
        self._why_none = say_problem(problem) if problem is not None else ""
        self._owner.set_trait("moire", found[0] if problem is None else None)
        self._owner.show_moire()


class QuantityChoice(ipw.Dropdown):
    """The choice of the map: those of the lattice and, where two lattices lie over each other, those of their moire.

    Parameters
    ----------
    owner : StrainMap
        Has the traits ``quantity``, which this sets and follows, and ``moire``.
    """

    def __init__(self, owner: "StrainMap") -> None:
        self._owner, self._following = owner, False
        super().__init__(
            description=_("map"),
            tooltip=_(owner.traits()["quantity"].help),
            style={"description_width": "44px"},
            layout=ipw.Layout(width="228px", max_width="calc(100% - 4px)"),
        )
        self.add_class("lattice-widgets-quantity")
        self._follow()
        owner.observe(self._follow, ["quantity", "moire"])
        self.observe(self._take, "value")

    def _follow(self, change: Any = None) -> None:
        names = list(MAPS)
        if self._owner.moire is not None or self._owner.quantity in MOIRE_MAPS:
            names += MOIRE_MAPS
        offered = tuple((name_of(name), name) for name in names)
        self._following = True
        try:
            with self.hold_sync():
                if offered != self.options:  # type: ignore[has-type]
                    self.options = offered
                self.value = self._owner.quantity
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if not self._following and self.value is not None:
            self._owner.quantity = self.value
