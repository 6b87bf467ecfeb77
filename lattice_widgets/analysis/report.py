"""An analysis as files that others can read: tables, kinetics, figure, recipe."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from lattice_widgets.analysis.growth import find_growth, has_holes, report_growth
from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.movies.frames import Frames
from lattice_widgets.core.movies.phases import cell_edges, covered_probability
from lattice_widgets.core.movies.rows import left_out_frames
from lattice_widgets.files.tables import write_table
from lattice_widgets.views.movie.movie_figure import FigureFrame, plot_movie


def write_fractions(analysis: xr.Dataset, path: str | Path) -> None:
    """Write the table of an analysis: frame, time, one column per class (by coverage), hole_fraction.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    path : path-like
        Of the CSV file.
    """
    classes = [str(name) for name in analysis["class"].values]
    values = analysis["fraction"].isel(definition=0).values
    holes = analysis["hole_fraction"].values
    write_table(
        path,
        ["frame", "time", *classes, "hole_fraction"],
        (
            [number, _text(time), *map(_text, values[number]), _text(holes[number])]
            for number, time in enumerate(analysis["time"].values)
        ),
    )


def write_definitions(analysis: xr.Dataset, path: str | Path) -> None:
    """Write the fractions by every definition with their errors, one row a frame and definition."""
    classes = [str(name) for name in analysis["class"].values]
    values, errors = analysis["fraction"].values, analysis["fraction_error"].values
    write_table(
        path,
        ["frame", "time", "definition", *classes, *(f"{name} error" for name in classes)],
        (
            [number, _text(time), str(definition), *map(_text, (*values[number, k], *errors[number, k]))]
            for number, time in enumerate(analysis["time"].values)
            for k, definition in enumerate(analysis["definition"].values)
        ),
    )


def draw_movie(
    analysis: xr.Dataset,
    frames: Frames,
    fit: GrowthFit | None = None,
    truth: Any = None,
    shown: list[int] | None = None,
) -> Any:
    """Draw an analysis after Fig. 6 of the paper.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    frames : Frames
        The movie.
    fit : GrowthFit, optional
        Drawn over the hole fraction.
    truth : array_like, shape (frames,), optional
        Known hole fraction.
    shown : list of int, optional
        Frames to show; the first, the middle and the last one when not given. Frames that cannot be read are not shown.

    Returns
    -------
    matplotlib.figure.Figure
        Frames with their phases above, fractions against time below.
    """
    bad = {number for number, reason in left_out_frames(analysis).items() if reason != "blank"}
    readable = [number for number in range(analysis.sizes["frame"]) if number not in bad]
    count = len(readable)
    numbers = shown if shown is not None else sorted({readable[k] for k in (0, count // 2, count - 1)} if count else ())
    numbers = [number for number in numbers if number not in bad]
    pixel = float(analysis.attrs["pixel_size"]) or None
    seconds = analysis["time"].attrs.get("units") == "s"
    time = analysis["time"].values
    shape = analysis.attrs["frame_rows"], analysis.attrs["frame_cols"]
    edges = [cell_edges(n, analysis[axis].values) for n, axis in zip(shape, ("row", "col"), strict=True)]
    pictures = []
    for number in numbers:
        frame = analysis.isel(frame=number)
        title = f"{time[number]:g} s" if seconds else f"frame {number}"
        mixed = covered_probability(*(frame[name].values for name in ("probability", "coverage", "window_coverage")))
        pictures.append(
            FigureFrame(
                np.asarray(frames[number], np.float32), title, mixed, edges[0], edges[1], frame["hole_labels"].values
            )
        )
    drawn = None
    if fit is not None and fit.ok and np.isfinite(fit.curve).all():
        drawn = fit.time, fit.curve, fit.band, f"{fit.model} fit"
    return plot_movie(
        pictures,
        time,
        analysis["fraction"].isel(definition=0).values,
        analysis["hole_fraction"].values if has_holes(analysis) else None,
        drawn,
        "s" if seconds else "frame",
        None if truth is None else np.asarray(truth, float),
        pixel,
    )


def write_dataset(analysis: xr.Dataset, path: str | Path) -> Path:
    """Write a whole analysis as .zarr (a folder, made anew) or .nc (netCDF).

    Returns
    -------
    pathlib.Path
        Where it was written.

    Raises
    ------
    ValueError
        If the name ends otherwise, or the folder is there already.
    OSError
        If it cannot be written.
    """
    path = Path(path)
    plain = analysis.load().copy()
    for variable in plain.variables.values():
        variable.encoding = {}
        variable.attrs.pop("_FillValue", None)
    if path.suffix == ".zarr":
        if path.exists():
            raise ValueError(f"There is a {path.name} already: choose another name.")
        plain.to_zarr(path, mode="w-", consolidated=False, zarr_format=2)
    elif path.suffix == ".nc":
        # netCDF 3 of SciPy knows neither flags nor unsigned numbers
        for name, values in plain.variables.items():
            if values.dtype.kind in "bu":
                plain[name] = plain[name].astype("i4")
        plain.to_netcdf(path, engine="scipy")
    else:
        raise ValueError(f"An analysis is written as .zarr or .nc, not as {path.name}.")
    return path


def write_report(
    analysis: xr.Dataset, frames: Frames, folder: str | Path, onset: float | None = None
) -> dict[str, Any]:
    """Write fractions.csv, definitions.csv, kinetics.json, figure.svg and recipe.json.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    frames : Frames
        The movie.
    folder : path-like
        Made if need be.
    onset : float, optional
        As for `growth_report`.

    Returns
    -------
    dict
        What is in kinetics.json, see `growth_report`.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_fractions(analysis, folder / "fractions.csv")
    write_definitions(analysis, folder / "definitions.csv")
    growth = find_growth(analysis, onset)
    report = report_growth(growth, analysis)
    _write_json(report, folder / "kinetics.json")
    _write_json(json.loads(analysis.attrs["recipe"]), folder / "recipe.json")
    draw_movie(analysis, frames, growth.best).savefig(folder / "figure.svg", metadata={"Date": None})
    return report


def _write_json(content: Any, path: Path) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"
