"""The words of the movie scrubber and of the beam widget."""

import math

from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.core.measured import with_error
from lattice_widgets.language import N_, _, ngettext

WAITING = N_("Press “analyze” to see which phase fills how much of each frame.")
NO_WINDOW = N_("Click a place in the movie to see the spectrum and the probabilities of the window around it.")
NO_FRAMES_HERE = N_("No frame of this span is analyzed yet.")
LOADING = N_("The network is being loaded …")
OPENING = N_("The movie is being opened …")
ANALYZING = N_("The first frames are being analyzed …")
FILES = N_("csv: fractions. svg, png, pdf: figure. mp4, gif: movie with its phases. zarr, nc: all of it.")
#: choices of the settings that are words, and the names of the stop lights
CHOICES = (
    *(N_("simulated WS2 under the beam"), N_("holes"), N_("best"), N_("exponential"), N_("logistic"), N_("linear")),
    *(N_("mean probability by coverage"), N_("mean probability"), N_("most likely"), N_("most likely, sure")),
)
LIGHTS = {
    "green": N_("green light"),
    "yellow": N_("yellow light"),
    "red": N_("red light"),
    "gray": N_("gray light"),
}


def describe_movie(name: str, count: int, rows: int, cols: int) -> str:
    """Return the line above a movie."""
    words = ngettext(
        "{name}: {count} frame of {rows} × {cols} px", "{name}: {count} frames of {rows} × {cols} px", count
    )
    return words.format(name=_(name), count=count, rows=rows, cols=cols)


def describe_length(count: int, seconds: float) -> str:
    """Say how long an analysis will take, or took."""
    words = ngettext("{count} frame, about {time}", "{count} frames, about {time}", count)
    return words.format(count=count, time=describe_time(seconds))


def describe_time(seconds: float) -> str:
    """Return a time in words."""
    if not math.isfinite(seconds):
        return "…"
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def describe_progress(done: int, count: int, seconds_left: float) -> str:
    """Say how far an analysis is."""
    if done == count:
        return ngettext("{done} of {count} frame", "{done} of {count} frames", count).format(done=done, count=count)
    words = ngettext("{done} of {count} frame, {time} left", "{done} of {count} frames, {time} left", count)
    return words.format(done=done, count=count, time=describe_time(seconds_left))


def describe_loading(done: int, count: int, seconds_left: float) -> str:
    """Say how far the loading of a movie is."""
    words = ngettext("{done} of {count} frame is loaded", "{done} of {count} frames are loaded", count)
    said = words.format(done=done, count=count)
    if not math.isfinite(seconds_left):
        return said
    return _("{loaded}, {time} left").format(loaded=said, time=describe_time(seconds_left))


def describe_stop(done: int, count: int) -> str:
    """Say that an analysis was stopped."""
    words = ngettext("Stopped: {done} of {count} frame is done.", "Stopped: {done} of {count} frames are done.", count)
    return words.format(done=done, count=count)


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
    if fit.model == "none" or not fit.ok:
        return "green" if fit.finding == "no growth" else "yellow", fit.sentence.render(_)
    light, words = _describe_rate(fit, of, per_second)
    return light, words if fit.note is None else f"{words} {fit.note.render(_)}"


def _describe_rate(fit: GrowthFit, of: str, per_second: bool) -> tuple[str, str]:
    if fit.model == "linear":
        return "yellow", _describe_line(fit, of, per_second)
    doubling, error = fit.doubling_time
    since = fit.seen_since()
    unit = "s" if per_second else _("frames")
    law = _("doubling every {time}").format(time=with_error(doubling, error, unit))
    if fit.model != "exponential":
        law = _("{law}, leveling off").format(law=law)
    rate = with_error(fit.rate, fit.rate_error, "1/s" if per_second else _("1/frame"))
    if math.isfinite(since):
        if of == "holes":
            words = _("The holes grow since {since:.0f} {unit}, {law} (rate {rate}).")
        else:
            words = _("The noise fraction grows since {since:.0f} {unit}, {law} (rate {rate}).")
    else:
        since = 0.0
        if of == "holes":
            words = _("The holes grow, {law} (rate {rate}).")
        else:
            words = _("The noise fraction grows, {law} (rate {rate}).")
    return "red", words.format(since=since, unit=unit, law=law, rate=rate)


def _describe_line(fit: GrowthFit, of: str, per_second: bool) -> str:
    slope, error = fit.values["slope"], fit.errors["slope"]
    words = _("{percent} % of the frame in a second") if per_second else _("{percent} % of the frame in a frame")
    part = words.format(percent=with_error(100 * abs(slope), 100 * error))
    if of == "holes":
        words = _("The holes grow evenly, by {part}.") if slope > 0 else _("The holes shrink evenly, by {part}.")
    elif slope > 0:
        words = _("The noise fraction grows evenly, by {part}.")
    else:
        words = _("The noise fraction shrinks evenly, by {part}.")
    return words.format(part=part)


def describe_fit(model: str) -> str:
    """Return the legend of a fitted curve."""
    if model == "none":
        return _("no growth ± 2 errors")
    return _("{law} fit ± 2 errors").format(law=_(model))


def describe_window(row: float, col: float, size: int, frame: int, pixel_size: float | None) -> str:
    """Say which window is shown."""
    if pixel_size:
        words = _(
            "Frame {frame}, window of {size} px around row {row:.0f}, column {col:.0f} px ({down:.2f}, {right:.2f} nm)."
        )
    else:
        words = _("Frame {frame}, window of {size} px around row {row:.0f}, column {col:.0f} px.")
    step = pixel_size or 1.0
    return words.format(frame=frame, size=size, row=row, col=col, down=row * step, right=col * step)


DRIFT = N_("Drift of the sample")


def describe_path(down: float, right: float, unit: str) -> str:
    """Say where a drift has led."""
    words = _("Drift of the sample: {down:.3g} {unit} down, {right:.3g} {unit} to the right in the end.")
    return words.format(down=down, right=right, unit=unit)


BEAM_EXPLAINED = N_(
    "The largest energy that one electron can hand to an atom, against what holds the atom. The thresholds are for atoms of a "
    "perfect sheet at rest: at edges and beside vacancies less is enough, which is how holes grow."
)
BEAM_SLIP = N_(
    "At 100 kV this is 1.31 eV for tungsten: the 1.6 eV in the text of Vasudevan et al. (2018) do not follow from their "
    "equation 1. The 7.5 eV for sulfur do."
)
