"""Pinned windows: their results beside each other, as a table on the screen, a DataFrame and a CSV file."""

import html
from pathlib import Path
from typing import Any

import pandas as pd

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.language import _
from lattice_widgets.widgets.explorer.texts import NO_PINS, describe_applied
from lattice_widgets.widgets.explorer.work import Measured

_COLORS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")


def pin_of(name: str, measured: Measured) -> dict[str, Any]:
    """Return the results of one window as plain numbers, ready for a table row."""
    looked, fit = measured.looked, measured.fit
    pin: dict[str, Any] = {"name": name}
    pin |= dict(zip(("row", "col", "height", "width"), looked.window, strict=True))
    pin |= {"stretch_percent": looked.look.scale, "shear_percent": looked.look.shear}
    pin |= {"geometry": fit.lattice_type if fit is not None else "no lattice"}
    for number in ("a", "b", "gamma"):
        for part in (number, f"{number}_error"):
            pin[part] = getattr(fit, part) if fit is not None else float("nan")
    pin["unit"] = "nm" if looked.opened.pixel_size else "px"
    for kind in BRAVAIS_TYPES:
        pin[f"weight {kind}"] = fit.weights[kind] if fit is not None else float("nan")
    if measured.probabilities is not None:
        for name_of_class, probability in zip(measured.classes, measured.probabilities, strict=True):
            pin[f"probability {name_of_class}"] = float(probability)
    return pin


def frame_of(pins: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a table of pins, one row each, by name."""
    return pd.DataFrame(pins).set_index("name") if pins else pd.DataFrame()


def save_pins(pins: list[dict[str, Any]], path: str | Path) -> Path:
    """Write the pins as CSV and return where.

    Raises
    ------
    ValueError
        If nothing is pinned.
    OSError
        If the file cannot be written.
    """
    if not pins:
        raise ValueError(_("Nothing is pinned yet: pin a window first."))
    target = Path(path).expanduser()
    frame_of(pins).to_csv(target)
    return target.resolve()


def boxes_of(pins: list[dict[str, Any]], step: int) -> list[dict[str, Any]]:
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
            html.escape(pin["name"]),
            f"{pin['row']}, {pin['col']}: {pin['height']} × {pin['width']} px"
            + (f"; {corrected}" if corrected else ""),
            _(pin["geometry"]),
            f"{_(best)} {100 * named[best]:.0f} %" if best else "",
            *(f"{pin[n]:.4g} ± {pin[f'{n}_error']:.1g} {pin['unit']}" if pin[n] == pin[n] else "" for n in ("a", "b")),
            f"{pin['gamma']:.1f} ± {pin['gamma_error']:.1g}°" if pin["gamma"] == pin["gamma"] else "",
        ]
        rows.append("<tr>" + "".join(f'<td style="padding:2px 14px 2px 0">{cell}</td>' for cell in cells) + "</tr>")
    titles = "".join(f'<th scope="col" style="text-align:left;padding:2px 14px 2px 0">{name}</th>' for name in head)
    return f'<div style="overflow-x:auto"><table class="lw-table"><tr>{titles}</tr>{"".join(rows)}</table></div>'
