"""The words of the movie scrubber and of the beam widget."""

import math

from lattice_widgets.core.kinetics import GrowthFit

WAITING = "Press “analyze” to see which phase fills how much of each frame."
NO_WINDOW = "Click a place in the movie to see the spectrum and the probabilities of the window around it."
NO_FRAMES_HERE = "No frame of this span is analyzed yet."


def describe_length(count: int, seconds: float) -> str:
    """Say how long an analysis will take, or took."""
    return f"{count} frames, about {describe_time(seconds)}"


def describe_time(seconds: float) -> str:
    """Return a time in words."""
    if not math.isfinite(seconds):
        return "…"
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def describe_progress(done: int, count: int, seconds_left: float) -> str:
    """Say how far an analysis is."""
    left = "" if done == count else f", {describe_time(seconds_left)} left"
    return f"{done} of {count} frames{left}"


def describe_growth(fit: GrowthFit, of: str, per_second: bool) -> tuple[str, str]:
    """Return the color of the stop light, and what it means.

    Parameters
    ----------
    fit : GrowthFit
        The law.
    of : str
        "holes" or "noise".
    per_second : bool
        Whether the movie knows its time.
    """
    subject = "The holes" if of == "holes" else "The noise fraction"
    unit = "s" if per_second else "frames"
    if fit.model == "none" or not fit.ok:
        light = "green" if "No growth" in fit.message else "yellow"
        return light, fit.message
    if fit.model == "linear":
        slope, error = fit.values["slope"], fit.errors["slope"]
        verb = ("grow" if slope > 0 else "shrink") + ("" if of == "holes" else "s")
        part = f"{100 * abs(slope):.2g} ± {100 * error:.1g} % of the frame in a {'second' if per_second else 'frame'}"
        return "yellow", f"{subject} {verb} evenly, by {part}."
    doubling, error = fit.doubling_time
    since = fit.seen_since()
    start = f" since {since:.0f} {unit}" if math.isfinite(since) else ""
    verb = "grow" if of == "holes" else "grows"
    rate = f"rate {fit.rate:.3g} ± {fit.rate_error:.1g} 1/{'s' if per_second else 'frame'}"
    law = "" if fit.model == "exponential" else ", leveling off"
    return "red", f"{subject} {verb}{start}, doubling every {doubling:.3g} {unit} ± {error:.2g} {unit}{law} ({rate})."


def describe_window(row: float, col: float, size: int, frame: int, pixel_size: float | None) -> str:
    """Say which window is shown."""
    place = f"row {row:.0f}, column {col:.0f} px"
    if pixel_size:
        place += f" ({row * pixel_size:.2f}, {col * pixel_size:.2f} nm)"
    return f"Frame {frame}, window of {size} px around {place}."


DRIFT = "Drift of the sample"

BEAM_EXPLAINED = (
    "The largest energy that one electron can hand to an atom, against what holds the atom. The thresholds are for atoms of a "
    "perfect sheet at rest: at edges and beside vacancies less is enough, which is how holes grow."
)
BEAM_SLIP = (
    "At 100 kV this is 1.31 eV for tungsten: the 1.6 eV in the text of Vasudevan et al. (2018) do not follow from their "
    "equation 1. The 7.5 eV for sulfur do."
)
