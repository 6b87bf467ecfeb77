"""The words that the widgets say, in one place, so that they can be read together and translated."""

import html
from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from lattice_widgets.core.lattice import HIGHER_TYPES, Lattice
from lattice_widgets.core.uncertainty import Summary
from lattice_widgets.core.verdict import Verdict

LOADING = "The classifier is being loaded; this takes some seconds, once."
SEEN = "What the network sees"
SEEN_TURNED = "What the network sees (turned so that the strongest spot is to the right)"
NO_PICTURE = "Give a picture: an array, the name of a sample, a file, or a widget that shows one."


def describe_lattice(lattice: Lattice, unit: str = "nm") -> str:
    """Say what a lattice is and how far it is from the next higher symmetry."""
    kind = lattice.bravais_type()
    a, b, gamma = lattice.conventional()
    if kind in ("square", "hexagonal"):
        size = f"a = {a:.4g} {unit}"
    elif kind == "centered rectangular":
        size = f"a = {a:.4g} {unit}, b = {b:.4g} {unit}, with a point in the middle"
    else:
        size = f"a = {a:.4g} {unit}, b = {b:.4g} {unit}"
    if kind == "oblique":
        size += f", γ = {gamma:.1f}°"
    words = f"{kind} ({size})"
    higher = HIGHER_TYPES[kind]
    if not higher:
        return f"{words}, as symmetric as it can be"
    strains = lattice.strains()
    nearest = min(higher, key=lambda other: strains[other])
    words += f", {strains[nearest]:.2g} % strain from {nearest}"
    # every hexagonal lattice is centered rectangular too, so that its distance is never the smallest
    if kind == "oblique" and strains["hexagonal"] < 10:
        words += f" and {strains['hexagonal']:.2g} % from hexagonal"
    return words


def describe_simulation(crystal: Lattice, picture: Lattice, layers: int) -> str:
    """Say what lattice the crystal has, and what the picture shows of it."""
    strain = np.linalg.norm(picture.vectors - crystal.vectors) / np.linalg.norm(crystal.vectors)
    if strain < 1e-6:
        text = f"The lattice is {describe_lattice(crystal)}."
    else:
        text = (
            f"The crystal is {describe_lattice(crystal)}. "
            f"Drift makes the lattice of the picture {describe_lattice(picture)}."
        )
    return text + (" A second layer lies below it, and both make a moiré." if layers == 2 else "")


def describe_answer(classes: tuple[str, ...], probabilities: ArrayLike, title: str) -> str:
    """Say what a classifier answers."""
    values = np.asarray(probabilities)
    first, second = np.argsort(-values)[:2]
    text = f"The network ({title}) says {classes[first]}, {100 * values[first]:.0f} %"
    if values[second] >= 0.005:
        text += f", then {classes[second]}, {100 * values[second]:.0f} %"
    return text + "."


def describe_file(image: xr.DataArray, rows: int, cols: int, pixel_size: float | None, step: int, frames: int) -> str:
    """Say what a file holds, and what is not as one might think."""
    text = f"{image.attrs.get('title') or image.attrs.get('file') or 'array'}: {rows} × {cols} px"
    text += (
        f", {rows * pixel_size:.3g} × {cols * pixel_size:.3g} nm"
        if pixel_size
        else "; no pixel size known, lengths in px"
    )
    if frames > 1:
        text += f"; {frames} frames"
    if step > 1:
        text += f"; the screen shows 1 of {step} pixels along each axis, the numbers come from all"
    if image.attrs.get("notes"):
        text += f"; {image.attrs['notes']}"
    return html.escape(text + ".")


def describe_verdict(verdict: Verdict | None, classes: Sequence[str], summary: Summary) -> str:
    """Say the verdict with its numbers."""
    first = int(summary.mean[0].argmax())
    share = f"{classes[first]} {100 * summary.mean[0, first]:.0f} ± {100 * summary.spread[0, first]:.0f} %"
    if verdict is None:
        return f"Most likely {share}; this classifier was not calibrated, so there is no verdict."
    words = f"<b>{html.escape(verdict.describe(classes))}</b>"
    if verdict.label is None:
        return f"{words}; most likely {share}"
    return f"{words} ({share}; {100 * summary.agreement[0]:.0f} % of the passes say so)"


def describe_confidence(mine: float, confidence: float, right: float, name: str) -> str:
    """Say what a confidence means."""
    return (
        f"Calibrated confidence {100 * mine:.0f} %. Of simulated pictures for which {html.escape(name)} was about "
        f"{100 * confidence:.0f} % confident, {100 * right:.0f} % were named right."
    )
