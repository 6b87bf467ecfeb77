"""The edge dislocations of the picture: listed, drawn with their Burgers vectors, one of them chosen in the list."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
import pandas as pd

from lattice_widgets.core.maps.dislocations import Dislocation, find_dislocations
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import _, ngettext
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button, row, says
from lattice_widgets.widgets.parts.texts import say_problem
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["Dislocations", "table_of_dislocations"]


class Dislocations:
    """What the dislocations are, on a page of its own and over the picture.

    Parameters
    ----------
    owner : StrainMap
        Has the traits `dislocations` and `dislocation`.
    picture : MapPicture
        Over which they are drawn.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "StrainMap", picture: MapPicture) -> None:
        self._owner, self._picture, self._following = owner, picture, False
        self._find = button(
            _("find dislocations"), _("Find where an extra line of atoms ends, with its Burgers vector"), self.find
        )
        self._find.add_class("lattice-widgets-find-dislocations")
        self._words, self._about = says(_(texts.NO_DISLOCATIONS), live=True), says(live=True)
        self._list = ipw.Select(
            rows=5, description=_("dislocation"), tooltip=_("The edge dislocations, from above to below"),
            layout=ipw.Layout(width="100%", min_width="0", max_width="420px", display="none"),
            style={"description_width": "80px"},
        )  # fmt: skip
        self._list.add_class("lattice-widgets-dislocations")
        self.page = ipw.VBox([row(self._find), self._words, self._list, self._about])
        self._list.observe(self._choose, "value")
        owner.observe(self._follow, "dislocation")

    def find(self) -> None:
        """Have the dislocations found, away from the event loop."""
        opened = self._picture.opened
        if opened is None:
            raise ValueError(_(texts.NO_PICTURE))
        found: list[Dislocation] = []
        self._find.disabled, self._words.value = True, in_html(_("looking for dislocations …"))
        self._owner.work_aside(
            "dislocations",
            lambda: found.extend(find_dislocations(opened.values, opened.pixel_size)),
            lambda problem: self._show(opened, found, problem),
        )

    def clear(self) -> None:
        """Show none: those of another picture say nothing of this one."""
        self._owner.set_trait("dislocations", None)
        self._find.disabled, self._words.value = False, _(texts.NO_DISLOCATIONS)
        self._fill()

    def _show(self, opened: Opened, found: list[Dislocation], problem: Exception | None) -> None:
        if self._picture.opened is not opened:  # another picture has been opened in the meantime
            return
        self._find.disabled = False
        if problem is not None:
            self.clear()
            self._words.value = in_html(say_problem(problem))
            return
        self._owner.set_trait("dislocations", tuple(found))
        words = ngettext("{count} edge dislocation.", "{count} edge dislocations.", len(found)).format(count=len(found))
        told = _(texts.SIGNS) if found else _(texts.NOT_IN_THE_MARGIN)
        self._words.value = in_html(f"{words} {told}")
        self._fill()

    def _fill(self) -> None:
        found = self._owner.dislocations or ()
        self._list.layout.display = None if found else "none"
        self._following = True
        try:
            with self._list.hold_sync():
                self._list.options = [(_line_of(number, each), number) for number, each in enumerate(found, 1)]
                self._list.value = None
        finally:
            self._following = False
        self._follow()

    def _follow(self, change: Any = None) -> None:
        """Show the chosen dislocation in list, words and picture."""
        found, opened = self._owner.dislocations or (), self._picture.opened
        number = self._owner.dislocation if self._owner.dislocation <= len(found) else 0
        self._following = True
        try:
            self._list.value = number or None
        finally:
            self._following = False
        self._about.value = in_html(_describe(found[number - 1])) if number else ""
        signs = [(*map(opened.on_screen, (each.row, each.col)), *each.burgers) for each in found] if opened else []
        self._picture.canvas.show_signs(signs, number)

    def _choose(self, change: Any) -> None:
        if not self._following and self._list.value is not None:
            self._owner.dislocation = self._list.value


def table_of_dislocations(found: tuple[Dislocation, ...]) -> pd.DataFrame:
    """Return the dislocations as a table, a line each, numbered from 1."""
    table = pd.DataFrame([each.to_dict() for each in found])
    return table.set_axis(np.arange(1, len(found) + 1)).rename_axis("number")


def _line_of(number: int, each: Dislocation) -> str:
    words = _("{number}: row {row}, column {col}, b = {burgers}")
    return words.format(
        number=number, row=f"{each.row:.0f}", col=f"{each.col:.0f}", burgers=f"{each.length:.3g} {each.unit}"
    )


def _describe(each: Dislocation) -> str:
    """Say place and Burgers vector with their errors."""
    words = _(
        "At row {row}, column {col} (± {place} px). Burgers vector: {m} a + {n} b, to the right {right} {unit}, down {down} "
        "{unit}; {length} {unit} long, {direction}° from the rows, counter-clockwise."
    )
    (down, right), (down_error, right_error) = each.burgers, each.burgers_error
    return words.format(
        row=f"{each.row:.0f}", col=f"{each.col:.0f}", place=f"{each.place_error:.1f}",
        m=each.indices[0], n=each.indices[1], unit=each.unit, length=f"{each.length:.4g}",
        right=with_error(float(right), float(right_error)), down=with_error(float(down), float(down_error)),
        direction=f"{each.direction:.1f}",
    )  # fmt: skip
