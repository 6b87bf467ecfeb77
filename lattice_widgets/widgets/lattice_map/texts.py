"""The words of the map of lattices."""

import numpy as np

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.simulation.lattice_survey import Survey
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.widgets.parts.texts import describe_lattice

TITLE = N_("Every lattice is a point of this triangle, up to its size")
DESCRIPTION = N_(
    "triangle of all lattices: square and hexagonal are corners, rectangular and centered rectangular edges, oblique inside"
)
CRYSTAL, PICTURE = N_("crystal"), N_("picture")
FRAMES = N_("frames")
START, END = N_("start"), N_("end")
NETWORK_WAITS = N_("The network is being loaded …")
GEOMETRY = N_(
    "Colored by geometry: the most symmetric type that fits within {tolerance:g} % in lengths and {tolerance:g}° in angles. "
    "Near the lower edge the map magnifies small angles."
)
UNREACHABLE = N_(
    "The simulator does not follow: within the limits of its sliders no cell is as long and thin as this lattice."
)
LOCKED = N_(
    "The simulator keeps its cell {kind}, so the dot stays where that allows; choose “{free}” there to move it freely."
)
ENLARGED = N_(
    "The cell was made {factor:.2g} times as large in each direction, to stay within the simulator's sliders."
)
NO_FRAME = N_("None of the {count} frames shows a lattice: {reason}")
NOT_A_LATTICE = N_("A path is made of lattices or fits of lattices, not of {kind}.")
NO_TIMES = N_("The times of a path are numbers, one for each lattice.")
TIMES_DIFFER = N_("There must be one time for each of the {count} lattices, not {times}.")


def describe_dot(lattice: Lattice, picture: Lattice | None) -> str:
    """Say what lattice the dot is, and what drift makes of it in the picture."""
    if picture is None:
        return _("The lattice is {lattice}.").format(lattice=describe_lattice(lattice))
    return _("The crystal is {crystal}. Drift makes the lattice of the picture {picture}.").format(
        crystal=describe_lattice(lattice), picture=describe_lattice(picture)
    )


def describe_mark(name: str, fit: LatticeFit) -> str:
    """Say what was measured, with its errors."""
    words = _(
        "{name}: a = {a}, b = {b}, γ = {gamma}°; geometry says {kind}, {percent:.0f} %. "
        "The blue region is two standard deviations."
    )
    return words.format(
        name=name,
        a=with_error(fit.a, fit.a_error, fit.unit),
        b=with_error(fit.b, fit.b_error, fit.unit),
        gamma=with_error(fit.gamma, fit.gamma_error),
        kind=_(fit.bravais_type),
        percent=100 * fit.weights[fit.bravais_type],
    )


def describe_picture(lattice: Lattice) -> str:
    """Say what the lattice of the simulated picture is."""
    return _("Picture, with its drift: {lattice}").format(lattice=describe_lattice(lattice))


def describe_survey(survey: Survey | None, busy: bool, rotations: int, name: str) -> str:
    """Say how far the network's answers are, and what the lines mean."""
    if survey is None:
        return _("The network ({name}) is looking at its first pictures …").format(name=name) if busy else ""
    if not survey.complete:
        words = (
            _("The network ({name}) has named {done} of {total} pictures …")
            if busy
            else _("Stopped: the network ({name}) had named {done} of {total} pictures.")
        )
        return words.format(name=name, done=survey.done, total=survey.total)
    words = _(
        "Colored by what the network ({name}) says of simulated pictures of lattices all over the map, {total} pictures, "
        "{rotations} rotations each. Full line: where its first answer changes. Dashed: where that of geometry does. "
        "✖: it sees no lattice. Hatched: no picture."
    )
    return words.format(name=name, total=survey.total, rotations=rotations)


def describe_steps(count: int, times: np.ndarray | None, unit: str, missing: int) -> str:
    """Say what a path shows."""
    text = ngettext("A path of {count} lattice.", "A path of {count} lattices.", count).format(count=count)
    if times is not None:
        words = _("{path} From {start:.4g} to {end:.4g} {unit}.")
        text = words.format(path=text, start=float(times[0]), end=float(times[-1]), unit=unit)
    if missing:
        words = ngettext(
            "{path} {missing} frame shows no lattice and was left out.",
            "{path} {missing} frames show no lattice and were left out.",
            missing,
        )
        text = words.format(path=text, missing=missing)
    return text


def name_time(time: float, unit: str) -> str:
    """Say when."""
    return f"{time:.4g} {unit}"
