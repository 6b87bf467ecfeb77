"""A map of a lattice as files: the dataset, a table, figures, and a summary of its numbers with what was presumed."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets import __version__
from lattice_widgets.core.maps.deformation import COMPONENTS
from lattice_widgets.core.maps.dislocations import Dislocation
from lattice_widgets.core.maps.grains.grain_map import GrainMap
from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.core.measured import with_error
from lattice_widgets.files.tables import write_table
from lattice_widgets.views.figures.grain_figure import plot_grains
from lattice_widgets.views.figures.strain_figure import MAPS, plot_strain
from lattice_widgets.views.figures.strain_overview import plot_overview

__all__ = ["Features", "map_sentence", "summarize_map", "write_map"]

#: a value counts as seen from so many of its standard deviations
_CLEAR = 3.0
#: the map of all maps, for a first look
_OVERVIEW = ("strain_xx", "strain_yy", "strain_xy", "rotation")


@dataclass(frozen=True, eq=False)
class Features:
    """What a picture shows beside strain.

    Attributes
    ----------
    grains : GrainMap
        From `find_grains`.
    dislocations : tuple of Dislocation
        From `find_dislocations`.
    moire : xarray.Dataset or None
        From `map_moire`, if two lattices lie over each other.
    """

    grains: GrainMap
    dislocations: tuple[Dislocation, ...]
    moire: xr.Dataset | None = None

    def to_dict(self) -> dict[str, Any]:
        """Convert the numbers to plain Python types, ready for JSON."""
        return {
            "grains": [grain.to_dict() for grain in self.grains.grains],
            "boundaries": [boundary.to_dict() for boundary in self.grains.boundaries],
            "layered": self.grains.layered,
            "dislocations": [dislocation.to_dict() for dislocation in self.dislocations],
            "moire": None if self.moire is None else _moire_numbers(self.moire),
        }


def summarize_map(maps: xr.Dataset) -> dict[str, Any]:
    """Summarize a map in numbers that JSON can hold.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice`.

    Returns
    -------
    dict
        ``presumed`` (reference, axes, scan), ``window`` (size, step, resolution: the full width at half maximum of the mask),
        and for each of ``maps`` its unit, mean, rms, median error at one place, and the share of the places that differ from 0
        by more than three errors. `mean_error` takes the noise to be the same all along a row, as that of trembling lines is:
        with other noise the mean is known better. `rms_of_errors` is the rms that the errors alone would leave.
    """
    attrs, known = maps.attrs, bool(maps.attrs["pixel_size"])
    sigma = float(attrs["mask_sigma"])
    rows = maps["row"].values
    seen = np.isfinite(maps["strain_xx"].values)
    independent = max(1.0, (np.ptp(rows) + attrs["step"]) / (2 * np.sqrt(np.pi) * sigma))
    quantities = {
        name: _numbers(maps[name].values, maps[f"{name}_error"].values, reference, independent, unit)
        for (name, unit), reference in zip(COMPONENTS.items(), attrs["reference_errors"], strict=True)
    }
    summary: dict[str, Any] = {
        "presumed": {
            "reference": attrs["reference"],
            "reference_vectors": np.reshape(attrs["reference_vectors"], (2, 2)).tolist(),
            "axes": attrs["axes"],
            "scan": "What is slower than the window, such as drift, creep and a wrong scan angle, counts as strain.",
        },
        "unit": attrs["unit"],
        "pixel_size": float(attrs["pixel_size"]) or None,
        "window": {
            "window_size": int(attrs["window_size"]),
            "step": int(attrs["step"]),
            "places": list(seen.shape),
            "resolution": FWHM * (float(attrs["mask_sigma_nm"]) if known else sigma),
            "resolution_px": FWHM * sigma,
        },
        "method": attrs["method"],
        "mean_vectors": np.reshape(attrs["mean_vectors"], (2, 2)).tolist(),
        "places_with_lattice": float(seen.mean()),
        "maps": quantities,
        "left_out": list(attrs["left_out"]),
    }
    if "differs" in maps:
        summary["methods_differ"] = float(maps["differs"].values[seen].mean()) if seen.any() else None
    return summary


def map_sentence(summary: dict[str, Any]) -> str:
    """Return a summary in one line: the means with their errors, and what they were measured against."""
    said = []
    for name, quantity in summary["maps"].items():
        unit = "°" if quantity["unit"] == "degrees" else f" {quantity['unit']}"
        if quantity["mean"] is None:
            continue
        said.append(
            f"{name.replace('_', ' ')} {with_error(quantity['mean'], quantity['mean_error'])}{unit} "
            f"(rms {quantity['rms']:.2g}{unit})"
        )
    window = summary["window"]
    share = summary["places_with_lattice"]
    some = "" if share == 1 else f", {100 * share:.0f} % of them with the lattice"
    end = "".join(f"; {words}" for words in _features_said(summary))
    places = f"{window['places'][0]} x {window['places'][1]} places{some}"
    return (
        f"{', '.join(said) or 'no place shows the lattice'}; against {summary['presumed']['reference']}, {places}, "
        f"resolution {window['resolution']:.3g} {summary['unit']}{end}"
    )


def _features_said(summary: dict[str, Any]) -> list[str]:
    """Say how many grains and dislocations there are, if there is more than one crystal."""
    said = []
    if len(summary["grains"]) > 1:
        what = "lattices over each other" if summary["layered"] else "grains"
        turned = [with_error(abs(each["angle"]), each["angle_error"]) for each in summary["boundaries"]]
        angles = f", turned by {', '.join(turned[:3])} degrees" if turned else ""
        said.append(f"{len(summary['grains'])} {what}{angles}; the map follows the strongest lattice")
    if count := len(summary["dislocations"]):
        said.append(f"{count} edge {'dislocation' if count == 1 else 'dislocations'}")
    if moire := summary["moire"]:
        cell = " x ".join(with_error(moire[side], moire[f"{side}_error"]) for side in "ab")
        twist = with_error(moire["twist"], moire["twist_error"])
        said.append(f"moire of {cell} {moire['unit']}, layers twisted by {twist} degrees")
    return said


def _moire_numbers(moire: xr.Dataset) -> dict[str, Any]:
    """Return the median of cell and twist, the error at one place, and how wide a place is."""
    width = FWHM * float(moire.attrs["mask_sigma"]) * (float(moire.attrs["pixel_size"]) or 1.0)
    names = [name + end for name in ("a", "b", "gamma", "twist") for end in ("", "_error")]
    medians = {name: float(np.nanmedian(moire[name].values)) for name in names}
    return {**medians, "unit": moire.attrs["unit"], "resolution": width}


def write_map(maps: xr.Dataset, image: NDArray[Any], features: Features, folder: Path, *, each: bool = True) -> None:
    """Write maps.zarr, maps.csv, maps.png and maps.svg, and a figure of each map, into a folder; what is there is replaced.

    Several grains have a figure of their own, too, and a moire has moire.zarr, moire.csv, moire.png and moire.svg.

    Parameters
    ----------
    maps : xarray.Dataset
        From `map_lattice`.
    image : ndarray, shape (rows, cols)
        The picture, its pixels square.
    features : Features
        What else was found in it.
    folder : pathlib.Path
        Made if need be.
    each : bool
        Whether each map gets a figure of its own beside the one of all.

    Raises
    ------
    OSError
        If something cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    maps.to_zarr(folder / "maps.zarr", mode="w", consolidated=False, zarr_format=2)
    header, rows = _table(maps)
    write_table(folder / "maps.csv", header, rows)
    if features.moire is not None:
        features.moire.to_zarr(folder / "moire.zarr", mode="w", consolidated=False, zarr_format=2)
        write_table(folder / "moire.csv", *_table(features.moire))
        plot_overview(image, features.moire, "offset").save_as(folder / "moire.png", folder / "moire.svg")
    for name, quantities in {"maps": _OVERVIEW, "grains": (), **{name: (name,) for name in MAPS if each}}.items():
        if name != "grains":
            figure = plot_strain(maps, quantities, image, dislocations=features.dislocations)
        elif len(features.grains.grains) > 1:
            figure = plot_grains(features.grains, image, features.dislocations)
        else:
            continue
        figure.save_as(folder / f"{name}.png", folder / f"{name}.svg")


def software() -> dict[str, str]:
    """Return the versions of what computes maps."""
    packages = {name: version(name) for name in ("numpy", "scipy", "xarray")}
    return {"python": platform.python_version(), "lattice-widgets": __version__, **packages}


def _numbers(
    values: NDArray[np.float64], errors: NDArray[np.float64], reference: float, independent: float, unit: str
) -> dict[str, Any]:
    seen = np.isfinite(values)
    values, errors = values[seen], errors[seen]
    if not len(values):
        return dict.fromkeys(("unit", *_STATISTICS)) | {"unit": unit}
    # the error of the reference is the same at all places, so that it stays in their mean
    own = max(float((errors**2).mean()) - reference**2, 0.0)
    mean_error = np.sqrt(own / independent + reference**2)
    numbers = (
        values.mean(),
        mean_error,
        np.sqrt((values**2).mean()),
        np.sqrt((errors**2).mean()),
        values.std(),
        values.min(),
        values.max(),
        np.median(errors),
        (np.abs(values) > _CLEAR * errors).mean(),
    )
    found = {name: float(number) for name, number in zip(_STATISTICS, numbers, strict=True)}
    return {"unit": unit, **{name: number if isfinite(number) else None for name, number in found.items()}}


_STATISTICS = (
    *("mean", "mean_error", "rms", "rms_of_errors", "std", "smallest", "largest"),
    *("error_at_one_place", "share_beyond_three_errors"),
)


def _table(maps: xr.Dataset) -> tuple[list[str], list[list[Any]]]:
    """Return header and lines of a table with a line for each place."""
    flat = maps.stack(place=("window_row", "window_col"))
    columns: dict[str, NDArray[Any]] = {}
    for name, values in [*flat.coords.items(), *flat.data_vars.items()]:
        if values.dims != ("place",) or name in ("place", "window_row", "window_col"):
            continue
        unit = values.attrs.get("units", "1")
        columns[str(name) if unit == "1" else f"{name} [{unit}]"] = values.values
    for vector in maps["vector"].values if "vector" in maps.coords else ():
        for axis in maps["axis"].values:
            for end in ("", "_error"):
                chosen = flat[f"vectors{end}"].sel(vector=vector, axis=axis)
                columns[f"{vector}_{axis}{end} [{chosen.attrs['units']}]"] = chosen.values
    rows = [[_cell(value) for value in line] for line in zip(*columns.values(), strict=True)]
    return list(columns), rows


def _cell(value: Any) -> Any:
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    return float(f"{value:.7g}") if isfinite(value) else ""
