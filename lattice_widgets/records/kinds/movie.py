"""Records of a movie: what grows in it, and how fast."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from lattice_widgets.analysis import analyze_movie
from lattice_widgets.analysis.growth import find_growth, report_growth
from lattice_widgets.analysis.report import draw_movie
from lattice_widgets.core.movies.frames import Frames, as_frames
from lattice_widgets.core.simulation.beam_damage import simulate_beam_damage
from lattice_widgets.files.calibration import PixelSizeGiven
from lattice_widgets.files.movies import take_movie
from lattice_widgets.language import _
from lattice_widgets.records.outcome import Drawing, Outcome, long_table
from lattice_widgets.samples.collection import list_samples, load_sample
from lattice_widgets.samples.sources import Upload, label_source

__all__ = ["Settings", "code", "compute"]

#: parts of the report that the recipe says, or the page
_IN_RECIPE = ("sentence", "note", "pixel_size", "calibration")


@dataclass(frozen=True)
class Settings:
    """How a movie is analyzed; see `lattice_widgets.analyze_movie`.

    A record without a source is one of the simulated movie, ``lw.simulate_beam_damage()``.

    Attributes
    ----------
    window_size, step : int
        [px].
    n_passes, seed : int
        Of the dropout.
    hole_threshold, by_area, align, frame_interval, pixel_size, dataset, classifier
        As for `lattice_widgets.analyze_movie`.
    onset : float, optional
        As for `lattice_widgets.growth_report`.
    """

    window_size: int = 128
    step: int = 16
    n_passes: int = 200
    seed: int = 0
    hole_threshold: float | None = None
    by_area: bool = True
    align: bool = False
    frame_interval: float | None = None
    pixel_size: PixelSizeGiven | None = None
    dataset: str | int | None = None
    classifier: str = "default"
    onset: float | None = None

    def how(self) -> dict[str, Any]:
        """Return what `analyze_movie` takes beside the movie, without what is as usual."""
        usual = Settings()
        names = ("classifier", "window_size", "step", "n_passes", "seed", "hole_threshold", "by_area", "align")
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(usual, name)}


def open_frames(source: Any, settings: Settings) -> Frames:
    """Return the frames of a movie: a sample, a file, a folder, or the simulated one."""
    if source is None:
        source = simulate_beam_damage()
    elif isinstance(source, Upload):
        source = label_source(source, settings.dataset)
    if isinstance(source, str) and source in {sample.name for sample in list_samples()}:
        source = as_frames(load_sample(source), name=source)
    dataset = settings.dataset if isinstance(source, str | Path) else None
    return take_movie(source, settings.pixel_size, dataset, frame_interval=settings.frame_interval)


def compute(source: Any, settings: Settings, done: xr.Dataset | None = None) -> Outcome:
    """Analyze a movie, or take its analysis that is done. Raises as `lattice_widgets.analyze_movie`."""
    frames = open_frames(source, settings)
    analysis = analyze_movie(frames, **settings.how()) if done is None else done
    growth = find_growth(analysis, settings.onset)
    report = report_growth(growth, analysis)

    def draw() -> Mapping[str, Drawing]:
        figure = draw_movie(analysis, frames, growth.best, getattr(frames.source, "hole_fraction", None))
        return {"movie": Drawing(figure, _("Frames with their phases, and the fractions of the phases against time."))}

    picture = {
        "name": frames.name, "size": list(frames.shape), "pixel_size": frames.pixel_size,
        "calibration": frames.calibration, "frame_interval": frames.frame_interval if frames.timed else None,
        "notes": "; ".join(frames.notes),
    }  # fmt: skip
    tables = {"fractions": _fractions(analysis), "kinetics": _kinetics(report)}
    return Outcome(report["sentence"], tables, draw, picture)


def _fractions(analysis: xr.Dataset) -> pd.DataFrame:
    classes = [str(name) for name in analysis["class"].values]
    values, errors = (analysis[name].isel(definition=0).values for name in ("fraction", "fraction_error"))
    unit = analysis["time"].attrs.get("units", "frame")
    columns = {f"time [{unit}]": analysis["time"].values}
    for number, name in enumerate(classes):
        columns |= {name: values[:, number], f"{name} error": errors[:, number]}
    columns["hole fraction"] = analysis["hole_fraction"].values
    return pd.DataFrame(columns, index=pd.RangeIndex(analysis.sizes["frame"], name="frame"))


def _kinetics(report: Mapping[str, Any]) -> pd.DataFrame:
    """Return the numbers and words of the headline, one a line."""
    rows: list[tuple[str, Any, Any, str]] = []
    unit = report["time_unit"]
    units = {"rate": f"1/{unit}", "doubling_time": unit, "growing_since": unit, "area_rate": f"nm²/{unit}"}
    units |= {"amplitude_area": "nm²", "field_area": "nm²"}
    for name, value in report.items():
        if name.endswith("_error") or isinstance(value, dict | list) or name in _IN_RECIPE:
            continue
        rows.append((name, "" if value is None else value, report.get(f"{name}_error"), units.get(name, "")))
    return long_table(rows)


def code(reads: str, settings: Settings, picture: Mapping[str, Any]) -> str:
    """Return the lines that repeat it; ``reads`` is the expression that names or reads the movie."""
    known = {"frame_interval": settings.frame_interval, "pixel_size": settings.pixel_size, "dataset": settings.dataset}
    how = {**{name: value for name, value in known.items() if value is not None}, **settings.how()}
    told = "".join(f", {name}={value!r}" for name, value in how.items())
    onset = "" if settings.onset is None else f", onset={settings.onset!r}"
    lines = [
        "import lattice_widgets as lw",
        "",
        f"movie = {reads}",
        f"analysis = lw.analyze_movie(movie{told})",
        f"report = lw.growth_report(analysis{onset})",
        'print(report["sentence"])',
    ]
    return "\n".join(lines)
