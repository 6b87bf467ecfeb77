"""The laws of growth of an analysis: which fraction grows, how fast, and how sure that is."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.kinetics.growth import MIN_FRAMES, compare_growth, fit_growth
from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.movies.rows import left_out_frames

#: holes that are fitted one by one: the largest that are seen in so many frames at least
_HOLES, _SEEN = 20, 2 * MIN_FRAMES


def series_of(analysis: xr.Dataset, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Take the time series of a fraction out of an analysis.

    Parameters
    ----------
    analysis : xarray.Dataset
        From `analyze_movie`.
    name : str
        "hole_fraction" (by intensity), or a class, counted by coverage.

    Returns
    -------
    fraction : ndarray, float64, shape (frames,)
        NaN where a frame was left out.
    error : ndarray or None
        Its standard errors, if it has any.

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
    """Decide whether the intensity tells holes from the sheet in this movie."""
    return bool(np.isfinite(analysis["hole_threshold"].values).any())


@dataclass(frozen=True, eq=False)
class HoleGrowth:
    """The growth of one hole that is seen long enough.

    Attributes
    ----------
    hole : int
        Its number.
    frames : ndarray, int, shape (n,)
        Where it is seen.
    areas : ndarray, float64, shape (n,)
        Its area there [nm^2, or px^2 where no pixel size is known].
    fit : GrowthFit
        The exponential law of its area as a fraction of the frame.
    """

    hole: int
    frames: NDArray[np.int64]
    areas: NDArray[np.float64]
    fit: GrowthFit


@dataclass(frozen=True, eq=False)
class MovieGrowth:
    """What grows in a movie: the fits of its fractions and holes.

    Attributes
    ----------
    series : dict of str to dict of str to GrowthFit
        Fraction -> law -> fit, the best law first. The first fraction is the headline: the hole fraction by intensity where
        the movie shows holes, else the noise fraction by coverage.
    onset : float
        End of the span without growth for the fit in two steps [s]; NaN if there is no such fit.
    two_step : GrowthFit or None
        The paper's fit in two steps of the headline.
    holes : list of HoleGrowth
        Of the largest holes, the largest first.
    """

    series: dict[str, dict[str, GrowthFit]]
    onset: float
    two_step: GrowthFit | None
    holes: list[HoleGrowth]

    @property
    def of(self) -> str:
        """Which fraction is the headline: "hole_fraction" or "noise"."""
        return next(iter(self.series))

    @property
    def best(self) -> GrowthFit:
        """The best law of the headline."""
        return next(iter(self.series[self.of].values()))


def find_growth(analysis: xr.Dataset, onset: float | None = None, seed: int = 0) -> MovieGrowth:
    """Fit the laws of growth to the fractions and holes of a movie, each once.

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
    MovieGrowth
        The fits.

    Raises
    ------
    ValueError
        If the onset leaves too few frames.
    """
    time = analysis["time"].values
    names = (["hole_fraction"] if has_holes(analysis) else []) + ["noise"]
    values = {name: series_of(analysis, name)[0] for name in names}
    series = {name: compare_growth(time, values[name], seed=seed) for name in names}
    start = onset
    if start is None:
        start = next(iter(series[names[0]].values())).seen_since()
        if not math.isfinite(start) or (time < start).sum() < 3 or (time >= start).sum() < MIN_FRAMES:
            start = math.nan
    two_step = fit_growth(time, values[names[0]], onset=start, seed=seed) if math.isfinite(start) else None
    return MovieGrowth(series, start, two_step, _fit_holes(analysis, seed))


def growth_report(analysis: xr.Dataset, onset: float | None = None, seed: int = 0) -> dict[str, Any]:
    """Report what grows in a movie, and how fast, as numbers and words that JSON can hold.

    The headline is the best law for the hole fraction by intensity where the movie shows holes, else for the noise fraction by
    coverage. Both are in ``series`` with all laws.

    Parameters
    ----------
    analysis, onset, seed
        As for `find_growth`.

    Returns
    -------
    dict
        ``of`` (which fraction), ``model``, ``ok``, ``finding``, ``message``, ``rate`` and ``rate_error`` [1/s; the rate is 0
        where nothing grows], ``doubling_time`` [s], ``offset``, ``amplitude`` and their errors, ``growing_since`` [s],
        ``amplitude_area`` [nm^2], ``amplitude_vacancies`` (A0 in cells of the lattice, of which a vacancy takes one away) and
        their errors, ``area_rate`` [nm^2/s, at ``area_rate_time``], ``pixel_size`` [nm] and where
        it comes from, ``calibration``; ``two_step``, ``series``, ``holes``, ``events``,
        ``left_out`` (frames that were left out, and why), ``sentence``. Numbers that have no meaning are None. ``time_unit``
        is "frame" where the movie does not know its time: then s above means frames.

    Raises
    ------
    ValueError
        If the onset leaves too few frames.
    """
    return report_growth(find_growth(analysis, onset, seed), analysis)


def report_growth(growth: MovieGrowth, analysis: xr.Dataset) -> dict[str, Any]:
    """Turn the fits of a movie into the numbers and words of `growth_report`."""
    time = analysis["time"].values
    timed = analysis["time"].attrs.get("units") == "s"
    best, two = growth.best, growth.two_step
    pixel = float(analysis.attrs["pixel_size"])
    field = analysis.attrs["frame_rows"] * analysis.attrs["frame_cols"] * pixel**2
    report: dict[str, Any] = {
        "of": growth.of,
        **describe_fit(best),
        "time_unit": "s" if timed else "frame",
        "note": "" if timed else "Rates are per frame: the movie does not know its time.",
        "growing_since": _number(best.seen_since()),
        "pixel_size": pixel or None,
        "calibration": str(analysis.attrs.get("calibration", "")),
        "field_area": _number(field) if pixel else None,
        "area_rate_time": float(time[-1]),
        "area_rate": _number(best.area_rate(float(time[-1]), field)) if pixel else None,
        "two_step": None if two is None else {"onset": growth.onset, **describe_fit(two)},
        "series": {
            name: {model: {**describe_fit(fit), "criterion": _number(fit.criterion)} for model, fit in fits.items()}
            for name, fits in growth.series.items()
        },
        "holes": [_describe_hole(hole) for hole in growth.holes],
        "events": json.loads(analysis.attrs.get("hole_events", "[]")),
        "left_out": [{"frame": number, "reason": reason} for number, reason in left_out_frames(analysis).items()],
    }
    cell = float(analysis.attrs["cell_area"]) * pixel**2
    grows = best.finding == "growth" and pixel > 0
    for name, unit_area in (("amplitude_area", 1.0), ("amplitude_vacancies", cell or math.nan)):
        for suffix, numbers in (("", best.values), ("_error", best.errors)):
            amplitude = numbers.get("amplitude", math.nan) if grows else math.nan
            report[name + suffix] = _number(amplitude * field / unit_area)
    report["sentence"] = growth_sentence(report)
    return report


def describe_fit(fit: GrowthFit) -> dict[str, Any]:
    """Turn a fit into numbers and words that JSON can hold; what has no meaning is None."""
    doubling, doubling_error = fit.doubling_time
    return {
        "model": fit.model,
        "ok": fit.ok,
        "finding": fit.finding,
        "steps": fit.steps,
        "began_before_onset": fit.began_before_onset,
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
    """Say what a report found, in the one line of the stop light."""
    if report["model"] not in ("exponential", "logistic") or not report["ok"]:
        return str(report["message"])
    what = "Holes grow" if report["of"] == "hole_fraction" else "The noise fraction grows"
    since = report.get("growing_since")
    plural, single = ("s", "s") if report["time_unit"] == "s" else ("frames", "frame")
    start = "" if since is None else f" since {since:.0f} s" if plural == "s" else f" since frame {since:.0f}"
    first = "at first " if report["model"] == "logistic" else ""  # then it levels off
    return (
        f"{what}{start}, {first}doubling every "
        f"{with_error(report['doubling_time'], report['doubling_time_error'], plural)} "
        f"(rate {with_error(report['rate'], report['rate_error'], f'1/{single}')})."
    )


def _fit_holes(analysis: xr.Dataset, seed: int) -> list[HoleGrowth]:
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
    return [
        HoleGrowth(hole, frames, area, fit_growth(time[frames], area / field, seed=seed))
        for _, hole, frames, area in found[:_HOLES]
    ]


def _describe_hole(growth: HoleGrowth) -> dict[str, Any]:
    return {
        "hole": growth.hole,
        "first_frame": int(growth.frames[0]),
        "last_frame": int(growth.frames[-1]),
        "first_area": float(growth.areas[0]),
        "last_area": float(growth.areas[-1]),
        "largest_area": float(growth.areas.max()),
        "rate": _number(growth.fit.rate),
        "rate_error": _number(growth.fit.rate_error),
        "message": growth.fit.message,
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
