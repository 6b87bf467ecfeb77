"""The laws of growth of an analysis: which fraction grows, how fast, and how sure that is."""

import json
import math
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.kinetics.growth import MIN_FRAMES, GrowthFit, compare_growth, fit_growth
from lattice_widgets.core.movies.phases import DEFINITIONS

#: holes that are fitted one by one: the largest that are seen in so many frames at least
_HOLES, _SEEN = 20, 2 * MIN_FRAMES


def series_of(analysis: xr.Dataset, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return a fraction of every frame, shape (frames,), and its errors if it has any.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    name : str
        "hole_fraction" (by intensity), or a class, counted by coverage.

    Raises
    ------
    ValueError
        If there is no such fraction.
    """
    if name == "hole_fraction":
        return analysis["hole_fraction"].values.astype(float), None
    classes = [str(c) for c in analysis["class"].values]
    if name not in classes:
        raise ValueError(f'There is no fraction "{name}": choose hole_fraction or one of {", ".join(classes)}.')
    place = {"definition": 0, "class": classes.index(name)}
    return analysis["fraction"].isel(place).values.astype(float), analysis["fraction_error"].isel(place).values


def has_holes(analysis: xr.Dataset) -> bool:
    """Return whether the intensity tells holes from the sheet in this movie."""
    return bool(np.isfinite(analysis["hole_threshold"].values).any())


def growth_report(analysis: xr.Dataset, onset: float | None = None, seed: int = 0) -> dict[str, Any]:
    """Return what grows in a movie, and how fast, as numbers and words that JSON can hold.

    The headline is the best law for the hole fraction by intensity where the movie shows holes, else for the noise fraction by
    coverage. Both are in ``series`` with all laws.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    onset : float, optional
        End of the span without growth for the paper's two-step fit [s]; when not given, where the growth rises out of the
        scatter.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        ``of`` (which fraction), ``model``, ``ok``, ``message``, ``rate`` and ``rate_error`` [1/s], ``doubling_time`` [s],
        ``offset``, ``amplitude`` and their errors, ``growing_since`` [s], ``amplitude_area`` [nm^2],
        ``amplitude_vacancies`` (A0 in cells of the lattice, of which a vacancy takes one away) and their errors, ``area_rate``
        [nm^2/s, at ``area_rate_time``], ``two_step``, ``series``, ``holes``, ``events``. Numbers that have no meaning are
        None. ``time_unit`` is "frame" where the movie does not know its time: then s above means frames.

    Raises
    ------
    ValueError
        If the onset leaves too few frames.
    """
    time = analysis["time"].values
    timed = analysis["time"].attrs.get("units") == "s"
    names = (["hole_fraction"] if has_holes(analysis) else []) + ["noise"]
    series = {name: compare_growth(time, series_of(analysis, name)[0], seed=seed) for name in names}
    best = next(iter(series[names[0]].values()))
    pixel = float(analysis.attrs["pixel_size"])
    field = analysis.attrs["frame_rows"] * analysis.attrs["frame_cols"] * pixel**2
    report: dict[str, Any] = {
        "of": names[0],
        **describe_fit(best),
        "time_unit": "s" if timed else "frame",
        "note": "" if timed else "Rates are per frame: the movie does not know its time.",
        "growing_since": _number(best.seen_since()),
        "field_area": _number(field) if pixel else None,
        "area_rate_time": float(time[-1]),
        "area_rate": _number(best.area_rate(float(time[-1]), field)) if pixel else None,
        "two_step": _two_step(time, series_of(analysis, names[0])[0], onset, best, seed),
        "series": {
            name: {model: {**describe_fit(fit), "criterion": _number(fit.criterion)} for model, fit in fits.items()}
            for name, fits in series.items()
        },
        "holes": _holes(analysis, seed),
        "events": json.loads(analysis.attrs.get("hole_events", "[]")),
    }
    cell = float(analysis.attrs["cell_area"]) * pixel**2
    grows = best.ok and pixel > 0
    for name, unit_area in (("amplitude_area", 1.0), ("amplitude_vacancies", cell or math.nan)):
        for suffix, numbers in (("", best.values), ("_error", best.errors)):
            amplitude = numbers.get("amplitude", math.nan) if grows else math.nan
            report[name + suffix] = _number(amplitude * field / unit_area)
    return report


def describe_fit(fit: GrowthFit) -> dict[str, Any]:
    """Return a fit as numbers and words that JSON can hold; None for what has no meaning."""
    doubling, doubling_error = fit.doubling_time
    return {
        "model": fit.model,
        "ok": fit.ok,
        "message": fit.message,
        "rate": _number(fit.rate),
        "rate_error": _number(fit.rate_error),
        "doubling_time": _number(doubling),
        "doubling_time_error": _number(doubling_error),
        **{name: _number(value) for name, value in fit.values.items() if name != "rate"},
        **{f"{name}_error": _number(fit.errors[name]) for name in fit.values if name != "rate"},
        "errors_by_covariance": {name: _number(value) for name, value in fit.covariance_errors.items()},
        "errors_by_bootstrap": {name: _number(value) for name, value in fit.bootstrap_errors.items()},
        "scatter": _number(fit.scatter),
    }


def growth_sentence(report: dict[str, Any]) -> str:
    """Return the stop-light line of a report."""
    if not report["ok"] or report["rate"] is None:
        return str(report["message"])
    what = "Holes grow" if report["of"] == "hole_fraction" else "The noise fraction grows"
    since = report.get("growing_since")
    plural, single = ("s", "s") if report["time_unit"] == "s" else ("frames", "frame")
    start = "" if since is None else f" since {since:.0f} s" if plural == "s" else f" since frame {since:.0f}"
    first = "at first " if report["model"] == "logistic" else ""  # then it levels off
    return (
        f"{what}{start}, {first}doubling every {report['doubling_time']:.3g} {plural} "
        f"± {report['doubling_time_error']:.2g} {plural} (rate {report['rate']:.3g} ± {report['rate_error']:.2g} 1/{single})."
    )


def _two_step(
    time: NDArray[np.float64], fraction: NDArray[np.float64], onset: float | None, best: GrowthFit, seed: int
) -> dict[str, Any] | None:
    """Return the paper's fit: C from the span before the onset, then A0 and rho."""
    if onset is None:
        onset = best.seen_since()
        if not math.isfinite(onset) or (time < onset).sum() < 3 or (time >= onset).sum() < MIN_FRAMES:
            return None
    return {"onset": onset, **describe_fit(fit_growth(time, fraction, onset=onset, seed=seed))}


def _holes(analysis: xr.Dataset, seed: int) -> list[dict[str, Any]]:
    """Return the growth of the largest holes that are seen long enough, the largest first."""
    if "hole_number" not in analysis:
        return []
    numbers, areas = analysis["hole_number"].values, analysis["hole_area"].values
    time = analysis["time"].values
    pixel = float(analysis.attrs["pixel_size"]) or 1.0
    field = analysis.attrs["frame_rows"] * analysis.attrs["frame_cols"] * pixel**2
    found = []
    for hole in range(1, int(numbers.max(initial=0)) + 1):
        where = numbers == hole
        frames = np.flatnonzero(where.any(axis=1))
        if len(frames) < _SEEN:
            continue
        area = np.nansum(np.where(where, areas, 0), axis=1)[frames]
        found.append((float(area.max()), hole, frames, area))
    found.sort(key=lambda item: (-item[0], item[1]))
    rows = []
    for largest, hole, frames, area in found[:_HOLES]:
        fit = fit_growth(time[frames], area / field, seed=seed)
        rows.append(
            {
                "hole": hole,
                "first_frame": int(frames[0]),
                "last_frame": int(frames[-1]),
                "first_area": float(area[0]),
                "last_area": float(area[-1]),
                "largest_area": largest,
                "rate": _number(fit.rate),
                "rate_error": _number(fit.rate_error),
                "message": fit.message,
            }
        )
    return rows


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


__all__ = ["DEFINITIONS", "describe_fit", "growth_report", "growth_sentence", "has_holes", "series_of"]
