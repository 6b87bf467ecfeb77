"""The grains of the picture: listed, outlined, chosen by a click or in the list, one of them as the reference."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.grains.find import find_grains
from lattice_widgets.core.maps.grains.grain_map import Grain, GrainMap
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import _, ngettext
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button
from lattice_widgets.widgets.parts.texts import say
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.found import FoundPage, Words
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["Grains", "outline", "table_of_grains"]


class Grains(FoundPage[GrainMap]):
    """What the grains are, on a page of its own and over the picture.

    Parameters
    ----------
    owner : StrainMap
        Has the traits `grains`, `grain`, `place` and `reference`.
    picture : MapPicture
        Over which they are outlined.
    """

    def __init__(self, owner: "StrainMap", picture: MapPicture) -> None:
        self._refer = button(
            _("as reference"), _("Measure strain against the lattice of this grain"), self._take_reference
        )
        self._refer.layout.display = "none"
        words = Words(
            _("find grains"),
            _("Find the connected places of one lattice"),
            _("grain"),
            _("The grains, the largest first"),
            _("looking for grains …"),
            _(texts.NO_GRAINS),
        )
        super().__init__(owner, picture, "grain", "grains", words, (self._refer,))
        owner.observe(self._take_place, "place")

    @staticmethod
    def look(opened: Opened) -> GrainMap:
        """Return the grains of a picture."""
        return find_grains(opened.values, opened.pixel_size)

    def keep(self, found: GrainMap | None) -> None:
        """Make them a trait of the widget."""
        self._owner.set_trait("grains", found)

    def summary(self, found: GrainMap) -> str:
        """Return how many there are."""
        words = ngettext("{count} grain", "{count} grains", len(found.grains)).format(count=len(found.grains))
        if found.layered:
            words += "; " + _("lattices lie over each other, so between them there is no boundary")
        return f"{words}."

    def lines(self) -> list[tuple[str, int]]:
        """Return a line for each grain."""
        grains = self._owner.grains
        return [] if grains is None else [(_line_of(grain), grain.number) for grain in grains.grains]

    def show(self, number: int) -> str:
        """Outline all grains, one of them twice, and say what is known of that."""
        grains = self._owner.grains
        chosen = next((grain for grain in grains.grains if grain.number == number), None) if grains else None
        self._refer.layout.display = None if chosen is not None else "none"
        nothing = np.zeros((0, 4), np.float32)
        labels = self._picture.reduced(grains.labels.values) if grains is not None else None
        around = outline(np.pad(labels == chosen.number, 1)) - 1 if labels is not None and chosen else nothing
        self._picture.canvas.show_outlines(outline(labels) if labels is not None else nothing, around)
        return _describe(chosen, grains) if chosen is not None and grains is not None else ""

    def _take_place(self, change: Any) -> None:
        grains, place = self._owner.grains, self._owner.place
        if grains is None or len(place) != 2:
            return
        at = [min(max(round(each), 0), n - 1) for each, n in zip(place, grains.labels.shape, strict=True)]
        number = int(grains.labels.values[at[0], at[1]])
        if number:
            self._owner.grain = number

    def _take_reference(self) -> None:
        grains = self._owner.grains
        chosen = next(grain for grain in grains.grains if grain.number == self._owner.grain)
        self._owner.reference = Lattice(chosen.vectors)


def outline(labels: NDArray[Any]) -> NDArray[np.float32]:
    """Return the lines between pixels of different labels, (n, 4): row, col, row, col of both ends, in edges of pixels.

    Examples
    --------
    >>> outline(np.array([[1, 1, 2], [1, 1, 2]])).tolist()
    [[0.0, 2.0, 2.0, 2.0]]
    """
    across, down = _runs(labels[1:] != labels[:-1]), _runs((labels[:, 1:] != labels[:, :-1]).T)
    level = np.stack([across[:, 0] + 1, across[:, 1], across[:, 0] + 1, across[:, 2]], axis=1)
    upright = np.stack([down[:, 1], down[:, 0] + 1, down[:, 2], down[:, 0] + 1], axis=1)
    return np.concatenate([level, upright]).astype(np.float32)


def _runs(differs: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the runs of true in each line, (n, 3): number of the line, first, and first beyond it."""
    change = np.diff(np.pad(differs, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    return np.column_stack([starts, ends[:, 1]])


def table_of_grains(grains: GrainMap) -> pd.DataFrame:
    """Return the grains as a table, a line each."""
    return pd.DataFrame([grain.to_dict() for grain in grains.grains]).set_index("number")


def _line_of(grain: Grain) -> str:
    words = _("{number}: {kind}, {percent:.0f} % of the picture")
    return words.format(number=grain.number, kind=_(grain.bravais_type), percent=100 * grain.share)


def _describe(grain: Grain, grains: GrainMap) -> str:
    numbers, unit = grain.to_dict(), grain.unit
    cell = [f"{side} = {with_error(numbers[side], numbers[f'{side}_error'])} {unit}" for side in "ab"]
    cell.append(f"γ = {with_error(numbers['gamma'], numbers['gamma_error'])}°")
    area = _("{area} at least: it goes on beyond the picture") if grain.at_edge else "{area}"
    told = [", ".join(cell), area.format(area=f"{grain.area:.4g} {unit}²")]
    for boundary in grains.boundaries:
        if grain.number in (boundary.first, boundary.second):
            other = boundary.second if boundary.first == grain.number else boundary.first
            angle, error, _period = boundary.misorientation
            words = _("{angle}° to grain {other}, along {length}")
            length = f"{boundary.length:.3g} {unit}"
            told.append(words.format(angle=with_error(abs(angle), error), other=other, length=length))
            if boundary.relation is not None:
                told.append(say(boundary.relation.sentence) + ".")
    return "<br>".join(map(in_html, told))
