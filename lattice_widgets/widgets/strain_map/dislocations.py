"""The edge dislocations of the picture: listed, drawn with their Burgers vectors, one of them chosen in the list."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lattice_widgets.core.maps.dislocations import Dislocation, find_dislocations
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import _, ngettext
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.found import FoundPage, Words
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["Dislocations", "table_of_dislocations"]


class Dislocations(FoundPage[list[Dislocation]]):
    """What the dislocations are, on a page of its own and over the picture.

    Parameters
    ----------
    owner : StrainMap
        Has the traits `dislocations` and `dislocation`.
    picture : MapPicture
        Over which they are drawn.
    """

    def __init__(self, owner: "StrainMap", picture: MapPicture) -> None:
        words = Words(
            _("find dislocations"),
            _("Find where an extra line of atoms ends, with its Burgers vector"),
            _("dislocation"),
            _("The edge dislocations, from above to below"),
            _("looking for dislocations …"),
            _(texts.NO_DISLOCATIONS),
        )
        super().__init__(owner, picture, "dislocation", "dislocations", words)

    @staticmethod
    def look(opened: Opened) -> list[Dislocation]:
        """Return the dislocations of a picture."""
        return list(find_dislocations(opened.values, opened.pixel_size))

    def keep(self, found: list[Dislocation] | None) -> None:
        """Make them a trait of the widget."""
        self._owner.set_trait("dislocations", None if found is None else tuple(found))

    def summary(self, found: list[Dislocation]) -> str:
        """Return how many there are."""
        words = ngettext("{count} edge dislocation.", "{count} edge dislocations.", len(found)).format(count=len(found))
        return f"{words} {_(texts.SIGNS) if found else _(texts.NOT_IN_THE_MARGIN)}"

    def lines(self) -> list[tuple[str, int]]:
        """Return a line for each."""
        return [(_line_of(number, each), number) for number, each in enumerate(self._owner.dislocations or (), 1)]

    def show(self, number: int) -> str:
        """Draw their signs, mark one, and say place and Burgers vector of it."""
        found, opened = self._owner.dislocations or (), self._picture.opened
        signs = [(*map(opened.on_screen, (each.row, each.col)), *each.burgers) for each in found] if opened else []
        self._picture.canvas.show_signs(signs, number)
        return in_html(_describe(found[number - 1])) if number else ""


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
