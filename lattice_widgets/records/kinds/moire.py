"""The moire of two layers as maps and records tell it: sentences, numbers, and the lines that repeat it."""

from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import _, ngettext
from lattice_widgets.views.figures.strain_figure import name_of, unit_of

__all__ = ["describe_moire", "describe_moire_map", "moire_lines", "moire_rows"]


def describe_moire(moire: xr.Dataset) -> str:
    """Say period, angle and twist of a moire: the median of its places, and the error at one of them."""
    unit = str(moire.attrs["unit"])
    said = []
    for name, words, end in (
        ("a", "a", f" {unit}"), ("b", "b", f" {unit}"), ("gamma", "γ", "°"), ("twist", _("twist of the layers"), "°"),
    ):  # fmt: skip
        values, errors = moire[name].values, moire[f"{name}_error"].values
        if np.isfinite(values).any():
            said.append(f"{words} = {with_error(float(np.nanmedian(values)), float(np.nanmedian(errors)))}{end}")
    if not said:
        return ""
    words = _("Moire (median of its places, error of one): {numbers}.")
    return words.format(numbers=", ".join(said))


def describe_moire_map(moire: xr.Dataset, quantity: str) -> str:
    """Say what a map of a moire shows: its range, its error, periods and twist, and what it presumes."""
    values = moire[quantity].values
    seen, unit = values[np.isfinite(values)], unit_of(quantity, moire)
    width = f"{FWHM * moire.attrs['mask_sigma'] * (moire.attrs['pixel_size'] or 1.0):.3g} {moire.attrs['unit']}"
    presumed = _("A place averages over a circle of {width}; each layer is presumed to be even there.")
    if seen.size:
        words = ngettext(
            "{name}: {low} to {high} at {count} place, ± {error} each.",
            "{name}: {low} to {high} at {count} places, ± {error} each.",
            seen.size,
        )
        error = float(np.nanmedian(moire[f"{quantity}_error"].values))
        end = unit if unit == "°" else f" {unit}"
        digits = max(0, 1 - int(np.floor(np.log10(error)))) if error > 0 else 3
        low, high = (f"{each:.{min(digits, 9)}f}{end}" for each in (seen.min(), seen.max()))
        parts = {"low": low, "high": high, "error": f"{error:.2g}{end}", "count": seen.size, "name": name_of(quantity)}
        told = words.format(**parts)
        told = f"{told[0].upper()}{told[1:]}"
    elif quantity == "offset" and np.isfinite(moire.twist.values).any():
        told = _("The moire is too fine for a map of the offset of so large a picture: map a part of it.")
    else:
        told = _("No place of the picture shows both lattices.")
    return " ".join(filter(None, (told, describe_moire(moire), presumed.format(width=width))))


def moire_rows(moire: xr.Dataset) -> list[tuple[str, Any, Any, str]]:
    """Return the numbers of a moire for a table: median and error of each map, and what they were made by."""
    rows: list[tuple[str, Any, Any, str]] = []
    for name in ("offset", "twist", "a", "b", "gamma"):
        values, errors = moire[name].values, moire[f"{name}_error"].values
        seen, unit = values[np.isfinite(values)], str(moire[name].attrs["units"])
        for told, function in (("median", np.median), ("smallest", np.min), ("largest", np.max)):
            rows.append((f"{told} {name}", float(function(seen)) if seen.size else np.nan, None, unit))
        rows.append(
            (f"median error {name}", float(np.median(errors[np.isfinite(values)])) if seen.size else np.nan, None, unit)
        )
    scale = float(moire.attrs["pixel_size"]) or 1.0
    width = FWHM * moire.attrs["mask_sigma"] * scale
    return [
        *rows,
        ("resolution (full width at half maximum)", width, None, str(moire.attrs["unit"])),
        ("window", moire.attrs["window_size"], None, "px"),
        ("step", moire.attrs["step"], None, "px"),
        ("places", int(np.isfinite(moire.twist.values).sum()), None, ""),
    ]


def moire_lines(made: str, quantity: str, profile: tuple[float, ...]) -> str:
    """Return the lines that repeat a map of a moire; ``made`` are those that make ``picture``."""
    lines = [
        "import lattice_widgets as lw",
        "",
        made,
        'moire = lw.map_moire(picture.values, picture.attrs.get("pixel_size"))',
        f"print(moire.{quantity}.to_pandas().round(3))",
    ]
    if profile:
        ends = f"({profile[0]:.6g}, {profile[1]:.6g}), ({profile[2]:.6g}, {profile[3]:.6g})"
        columns = f"[[{quantity!r}, {f'{quantity}_error'!r}]]"
        lines.append(f"print(lw.map_profile(moire, {ends}){columns}.to_dataframe())")
    return "\n".join(lines)
