"""The words that the widgets say, in one place, so that they can be read together and translated.

Constants are only marked; whoever shows one calls ``_()`` on it. Names of classes are marked in `views.shared.palette`.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from lattice_widgets.core.lattices.lattice import HIGHER_TYPES, Lattice
from lattice_widgets.core.pictures.content.scanned import scanned_box
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.uncertainty.summary import Summary
from lattice_widgets.core.uncertainty.verdict import NetworkVerdict
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.views.shared.escaping import in_html

LOADING = N_("The network is being loaded …")
SEEN = N_("What the network sees")
SEEN_TURNED = N_("What the network sees (turned so that the strongest spot is to the right)")
#: choices of the core's settings that are words: marked here, because the core knows nothing of languages
CHOICES = (N_("none"), N_("graphene"), N_("black phosphorus"), N_("ZrO2 [010], monoclinic"))
NO_PICTURE = N_("Give a picture: an array, the name of a sample, a file, or a widget that shows one.")
#: why a verdict is "not sure"; the reasons are those of `core.uncertainty.verdict`
NOT_SURE = {
    "spread too large": N_("not sure: spread too large"),
    "two classes too close": N_("not sure: two classes too close ({first}, {second})"),
    "outside what the network was trained for": N_("not sure: outside what the network was trained for"),
}


def say(sentence: Sentence) -> str:
    """Return a sentence of the core in the user's language."""
    return sentence.render(_)


def say_problem(problem: Exception) -> str:
    """Return what an error says, in the user's language where it carries a sentence."""
    said = problem.args[0] if problem.args else None
    return say(said) if isinstance(said, Sentence) else str(problem)


def describe_lattice(lattice: Lattice, unit: str = "nm") -> str:
    """Say what a lattice is and how far it is from the next higher symmetry."""
    kind = lattice.bravais_type()
    a, b, gamma = lattice.conventional()
    if kind in ("square", "hexagonal"):
        words = _("{kind} (a = {a:.4g} {unit})")
    elif kind == "centered rectangular":
        words = _("{kind} (a = {a:.4g} {unit}, b = {b:.4g} {unit}, with a point in the middle)")
    elif kind == "oblique":
        words = _("{kind} (a = {a:.4g} {unit}, b = {b:.4g} {unit}, γ = {gamma:.1f}°)")
    else:
        words = _("{kind} (a = {a:.4g} {unit}, b = {b:.4g} {unit})")
    named = words.format(kind=_(kind), a=a, b=b, gamma=gamma, unit=unit)
    higher = HIGHER_TYPES[kind]
    if not higher:
        return _("{lattice}, as symmetric as it can be").format(lattice=named)
    strains = lattice.strains()
    nearest = min(higher, key=lambda other: strains[other])
    # every hexagonal lattice is centered rectangular too, so that its distance is never the smallest
    if kind == "oblique" and strains["hexagonal"] < 10:
        words = _("{lattice}, {strain} strain from {nearest} and {second} from hexagonal")
    else:
        words = _("{lattice}, {strain} strain from {nearest}")
    far = {"strain": in_percent(strains[nearest]), "second": in_percent(strains["hexagonal"])}
    return words.format(lattice=named, nearest=_(nearest), **far)


def in_percent(value: float) -> str:
    """Return a number of percent with two digits, or all that stand before the point: "9.1 %", "103 %"."""
    return f"{value:.0f} %" if value >= 99.5 else f"{value:.2g} %"


def describe_simulation(crystal: Lattice, picture: Lattice, layers: int) -> str:
    """Say what lattice the crystal has, and what the picture shows of it."""
    strain = np.linalg.norm(picture.vectors - crystal.vectors) / np.linalg.norm(crystal.vectors)
    if strain < 1e-6:
        text = _("The lattice is {lattice}.").format(lattice=describe_lattice(crystal))
    else:
        words = _("The crystal is {crystal}. Drift makes the lattice of the picture {picture}.")
        text = words.format(crystal=describe_lattice(crystal), picture=describe_lattice(picture))
    return " ".join([text, *([_("A second layer lies below it, and both make a moiré.")] if layers == 2 else [])])


def describe_answer(classes: tuple[str, ...], probabilities: ArrayLike, title: str) -> str:
    """Say what a classifier answers."""
    values = np.asarray(probabilities)
    first, second = np.argsort(-values)[:2]
    if values[second] >= 0.005:
        words = _("The network ({name}) says {first}, {percent:.0f} %, then {second}, {second_percent:.0f} %.")
    else:
        words = _("The network ({name}) says {first}, {percent:.0f} %.")
    return words.format(
        name=title,
        first=_(classes[first]),
        percent=100 * values[first],
        second=_(classes[second]),
        second_percent=100 * values[second],
    )


def describe_file(image: xr.DataArray, rows: int, cols: int, pixel_size: float | None, step: int, frames: int) -> str:
    """Say what a file holds, and what is not as one might think."""
    name = image.attrs.get("title") or image.attrs.get("file") or _("array")
    if pixel_size:
        words = _("{name}: {rows} × {cols} px, {height:.3g} × {width:.3g} nm")
    else:
        words = _("{name}: {rows} × {cols} px; no pixel size known, lengths in px")
    size = pixel_size or 1.0
    parts = [words.format(name=name, rows=rows, cols=cols, height=rows * size, width=cols * size)]
    if frames > 1:
        parts.append(ngettext("{count} frame", "{count} frames", frames).format(count=frames))
    if step > 1:
        words = _("each pixel on the screen is the mean of {step} × {step}, the numbers come from all")
        parts.append(words.format(step=step))
    top, left, height, width = scanned_box(image.values) or (0, 0, *image.shape)
    if (height, width) != image.shape:
        words = _("{height} × {width} px from row {row}, column {col} were scanned, the rest is left out")
        parts.append(words.format(height=height, width=width, row=top, col=left))
    if image.attrs.get("notes"):
        parts.append(str(image.attrs["notes"]))
    return in_html("; ".join(parts) + ".")


def describe_left_out(notes: Iterable[Sentence]) -> str:
    """Say what of a picture was left out, such as a margin, for an HTML widget; "" if nothing was."""
    return " ".join(in_html(say(note)) for note in notes)


def name_verdict(verdict: NetworkVerdict, classes: Sequence[str]) -> str:
    """Return a verdict in few words: a class, or "not sure" and why."""
    if verdict.label is not None:
        return _(classes[verdict.label])
    return _(NOT_SURE[verdict.doubt]).format(first=_(classes[verdict.first]), second=_(classes[verdict.second]))


def describe_network_verdict(verdict: NetworkVerdict | None, classes: Sequence[str], summary: Summary) -> str:
    """Say the verdict with its numbers."""
    first = int(summary.mean[0].argmax())
    share = f"{_(classes[first])} {100 * summary.mean[0, first]:.0f} ± {100 * summary.std[0, first]:.0f} %"
    if verdict is None:
        words = _("Most likely {share}; this classifier was not calibrated, so there is no verdict.")
        return words.format(share=share)
    if verdict.label is None:
        words = _("<b>{verdict}</b>; most likely {share}")
    else:
        words = _("<b>{verdict}</b> ({share}; {percent:.0f} % of the passes say so)")
    named = in_html(name_verdict(verdict, classes))
    return words.format(verdict=named, share=share, percent=100 * summary.agreement[0])


def describe_confidence(mine: float, confidence: float, right: float, name: str) -> str:
    """Say what a confidence means."""
    words = _(
        "Calibrated confidence {mine:.0f} %. Of simulated pictures for which {name} was about {confidence:.0f} % confident, "
        "{right:.0f} % were named right."
    )
    return words.format(mine=100 * mine, name=in_html(name), confidence=100 * confidence, right=100 * right)
