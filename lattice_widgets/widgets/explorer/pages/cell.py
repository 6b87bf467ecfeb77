"""The mean of all cells of the window: its picture, and its bright places with errors."""

from typing import TYPE_CHECKING

import ipywidgets as ipw

from lattice_widgets.core.geometry.mean_cell import BrightPlace, MeanCell
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.shared.copy_button import copy_button
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.explorer.basis import atoms_of, mean_cell_picture
from lattice_widgets.widgets.explorer.window_result import WindowResult
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import says

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Cell"]

HOW = N_("All cells of the window are averaged, and the bright places of their mean are marked and measured.")
WAIT = N_("computing …")
NO_CELL = N_("No lattice is found, or the window holds too few cells to be averaged.")
NO_PLACE = N_("No bright place stands clear of the noise in the mean of {count} cells.")
WHAT = N_(
    "In a dark-field picture bright places are columns of atoms; a tip sees electrons, and there need not be an atom. Places "
    "that are not told apart count as one."
)


class Cell:
    """The page of the mean cell.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `show_basis` and `show_cell`.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "FFTExplorer") -> None:
        self._owner = owner
        self._says = says(live=True)
        self._canvas = PictureCanvas(title=_("Mean cell"), description=_("the mean of all cells"), smooth=True)
        self._canvas.display_width = 300
        self._picture = column(self._canvas, width="300px")
        beside = side_by_side(self._picture, column(self._says, width="460px"))
        self.page = ipw.VBox(
            [says(_(HOW)), control(owner, "show_basis"), beside], layout=ipw.Layout(width="100%", min_width="0")
        )
        owner.observe(self._show_cells, "show_basis")
        self.clear()

    def show(self, result: WindowResult) -> None:
        """Show the mean cell of a window, if it is wanted."""
        cell = result.mean_cell
        if not self._owner.show_basis or cell is None:
            self.clear()
            if self._owner.show_basis:
                self._says.value = in_html(_(NO_CELL) if result.averaged else _(WAIT))
            return
        picture, scale, outline = mean_cell_picture(cell)
        self._picture.layout.display = None
        self._canvas.show(
            picture, pixel_size=scale, unit=result.unit, cells=(outline,), cell_atoms=atoms_of(cell.places)
        )
        self._says.value = describe(cell, result.unit)

    def clear(self) -> None:
        """Show no cell."""
        self._canvas.clear()
        self._picture.layout.display = "none"
        self._says.value = ""

    def _show_cells(self, change: dict[str, bool]) -> None:
        if change["new"]:
            self._owner.show_cell = True  # without it nobody knows which cell the atoms are of


def describe(cell: MeanCell, unit: str) -> str:
    """Say how many bright places a mean cell has, and where they lie, as HTML."""
    if not cell.places:
        return in_html(_(NO_PLACE).format(count=cell.cells))
    words = ngettext(
        "The mean of {cells} cells has {count} bright place.",
        "The mean of {cells} cells has {count} bright places.",
        len(cell.places),
    )
    said = words.format(cells=cell.cells, count=len(cell.places))
    head = ("", _("from 1, along a"), _("along b"), _("distance"), _("brightness"))
    rows = [_row(number, place, cell, unit) for number, place in enumerate(cell.places, 1)]
    tables, copied = [], ""
    if len(rows) > 1:
        cells = ["".join(f"<td>{in_html(part)}</td>" for part in row) for row in rows]
        lines = "".join(f"<tr>{line}</tr>" for line in cells)
        titles = "".join(f'<th scope="col">{in_html(part)}</th>' for part in head)
        tables = [f'<div style="overflow-x:auto"><table class="lw-table"><tr>{titles}</tr>{lines}</table></div>']
        copied = copy_button("\n".join("\t".join(row) for row in (head, *rows)))
    return f"<div>{in_html(said)} {copied}</div>{''.join(tables)}<div>{in_html(_(WHAT))}</div>"


def _row(number: int, place: BrightPlace, cell: MeanCell, unit: str) -> tuple[str, ...]:
    bright = f"{100 * place.brightness:.0f} %"
    if number == 1:
        return "1", "0", "0", "", bright
    along = (with_error(part, error) for part, error in zip(place.shift, place.shift_error, strict=True))
    return str(number), *along, with_error(*cell.distance(place), unit), bright
