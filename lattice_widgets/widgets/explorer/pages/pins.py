"""Pinned windows: their results beside each other, as a table on the screen, a DataFrame and a CSV file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import pandas as pd

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.pictures.pixel_size import calibration_of
from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.shared.copy_button import copy_button
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.explorer.texts import NO_PINS, describe_applied
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.parts.dashboard import keep_file
from lattice_widgets.widgets.parts.lines import button, row, says

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Pins", "table_of"]

_COLORS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")


class Pins:
    """The pinned windows of a picture.

    Parameters
    ----------
    owner : FFTExplorer
        Has the trait `pins`.
    shown : Shown
        What it shows.
    canvas : PictureCanvas
        The picture, over which the pinned windows are drawn.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, canvas: PictureCanvas) -> None:
        self._owner, self._shown, self._canvas = owner, shown, canvas
        self._name = ipw.Text(placeholder=_("name"), tooltip=_("Name of the pin"), layout=ipw.Layout(width="150px"))
        self._name.add_class("lattice-widgets-pin-name")
        pin = button(_("pin this window"), _("Keep its results in the table"), self._pin)
        self._unpin = button(_("unpin the last"), _("Forget the window pinned last"), owner.unpin)
        self._file = ipw.Text(value="windows.csv", tooltip=_("Name of the file"), layout=ipw.Layout(width="150px"))
        self._save = button(_("save as CSV"), _("Write the table to this file"), self._write)
        self._saved, self._table = says(), says()
        self._table.layout.max_width = "100%"
        self.page = ipw.VBox([row(self._name, pin, self._unpin), self._table, row(self._file, self._save), self._saved])
        owner.observe(self.draw, "pins")
        self.draw()

    def add(self, name: str = "") -> None:
        """Keep the results of the window under a name; a number is added to one that is taken."""
        if self._shown.result is None:
            return
        pins = self._owner.pins
        taken = {pin["name"] for pin in pins}
        wanted = name.strip() or _("window {number}").format(number=len(pins) + 1)
        unique, number = wanted, 2
        while unique in taken:
            unique, number = f"{wanted} ({number})", number + 1
        self._owner.set_trait("pins", [*pins, _row_of(unique, self._shown.result)])

    def remove(self, name: str | None = None) -> None:
        """Forget a pinned window; the last one if no name is given."""
        pins = self._owner.pins
        self._owner.set_trait("pins", pins[:-1] if name is None else [pin for pin in pins if pin["name"] != name])

    def frame(self) -> pd.DataFrame:
        """Return a table of the pins, one row each, by name."""
        return pd.DataFrame(self._owner.pins).set_index("name") if self._owner.pins else pd.DataFrame()

    def save(self, path: str | Path) -> Path:
        """Write the pins as CSV and return where.

        Raises
        ------
        ValueError
            If nothing is pinned.
        OSError
            If the file cannot be written.
        """
        if not self._owner.pins:
            raise ValueError(_("Nothing is pinned yet: pin a window first."))
        target = Path(os.path.expanduser(path))
        write_frame(self.frame(), target)
        return target.resolve()

    def draw(self, change: Any = None) -> None:
        """Show the pins in the table and over the picture."""
        pins, opened = self._owner.pins, self._shown.opened
        # with tabs between the cells, as spreadsheets take it
        copied = copy_button(self.frame().to_csv(sep="\t", float_format="%.6g"), _("the table")) if pins else ""
        self._table.value = table_of(pins) + copied
        self._unpin.disabled = self._save.disabled = not pins
        self._canvas.boxes = _boxes_of(pins, opened.step) if opened is not None else []

    def _pin(self) -> None:
        self.add(self._name.value)
        self._name.value = ""

    def _write(self) -> None:
        try:
            self._saved.value = in_html(keep_file(self._owner, self._file.value, self.save))
        except (ValueError, OSError) as error:
            self._saved.value = in_html(_("Not written: {reason}").format(reason=error))


def _row_of(name: str, result: WindowResult) -> dict[str, Any]:
    """Return the results of one window as plain numbers, ready for a table row."""
    found, fit = result.spectrum, result.fit
    pin: dict[str, Any] = {"name": name}
    pin |= dict(zip(("row", "col", "height", "width"), found.window, strict=True))
    pin |= {"stretch_percent": found.request.scale, "shear_percent": found.request.shear}
    pin |= {"geometry": fit.bravais_type if fit is not None else "no lattice"}
    for number in ("a", "b", "gamma"):
        for part in (number, f"{number}_error"):
            pin[part] = getattr(fit, part) if fit is not None else float("nan")
    pin |= {"unit": result.unit, "calibration": calibration_of(found.opened.image)}
    for kind in BRAVAIS_TYPES:
        pin[f"weight {kind}"] = fit.weights[kind] if fit is not None else float("nan")
    if result.probabilities is not None:
        for name_of_class, probability in zip(result.classes, result.probabilities, strict=True):
            pin[f"probability {name_of_class}"] = float(probability)
    return pin


def _boxes_of(pins: list[dict[str, Any]], step: int) -> list[dict[str, Any]]:
    """Return the pinned windows as boxes over a picture that is reduced by ``step``."""
    return [
        {**{name: pin[name] / step for name in ("row", "col", "height", "width")}}
        | {"label": pin["name"], "color": _COLORS[number % len(_COLORS)], "dashed": True}
        for number, pin in enumerate(pins)
    ]


def table_of(pins: list[dict[str, Any]]) -> str:
    """Return the pins as an HTML table."""
    if not pins:
        return _(NO_PINS)
    head = (_("name"), _("window"), _("geometry"), _("network"), "a", "b", "γ")
    rows = []
    for pin in pins:
        named = {k.removeprefix("probability "): v for k, v in pin.items() if k.startswith("probability ")}
        best = max(named, key=lambda kind: named[kind]) if named else ""
        corrected = describe_applied(pin["stretch_percent"], pin["shear_percent"])
        cells = [
            pin["name"],
            f"{pin['row']}, {pin['col']}: {pin['height']} × {pin['width']} px"
            + (f"; {corrected}" if corrected else ""),
            _(pin["geometry"]),
            f"{_(best)} {100 * named[best]:.0f} %" if best else "",
            *(with_error(pin[n], pin[f"{n}_error"], pin["unit"]) if pin[n] == pin[n] else "" for n in ("a", "b")),
            f"{with_error(pin['gamma'], pin['gamma_error'])}°" if pin["gamma"] == pin["gamma"] else "",
        ]
        rows.append(
            "<tr>" + "".join(f'<td style="padding:2px 14px 2px 0">{in_html(cell)}</td>' for cell in cells) + "</tr>"
        )
    titles = "".join(f'<th scope="col" style="text-align:left;padding:2px 14px 2px 0">{name}</th>' for name in head)
    return f'<div style="overflow-x:auto"><table class="lw-table"><tr>{titles}</tr>{"".join(rows)}</table></div>'
