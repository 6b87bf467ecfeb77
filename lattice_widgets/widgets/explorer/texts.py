"""The words that the explorer says."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.classifier.joint import Verdict
from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.drift_correction import Correction, drift_correction
from lattice_widgets.core.lattices.lattice import BravaisType, Lattice
from lattice_widgets.core.measured import with_error
from lattice_widgets.core.uncertainty.window_study import StudiedWindow, smallest_steady
from lattice_widgets.language import N_, _, ngettext
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.texts import in_percent, say

HINT = N_(
    "Drag the yellow window or its edges; with keys: arrows, with Shift to size it. Click a spot of the Fourier "
    "transform to ask it."
)
ASK = N_("Click a spot of the Fourier transform: its fringes appear here, and it can be switched off.")
STUDY = N_(
    "How large must a window be? The button asks the network of ever smaller windows around this place, "
    "from the whole picture down to an eighth."
)
CODE = N_("These lines repeat the view without the widget: copy them into a cell.")
NO_DRIFT = N_("Where no lattice is found, nothing can be said about drift.")
NO_PINS = N_("Nothing is pinned yet.")
PRESUMES = N_(
    "⚠ This presumes the answer: there is a drift that turns <i>any</i> lattice into a hexagonal or square one. It is evidence "
    "only if the drift is known from elsewhere, for example from a second picture scanned the other way."
)


def describe_agreement(classes: Sequence[str], probabilities: ArrayLike | None, fit: LatticeFit | None) -> str:
    """Say what network and geometry find, and whether they agree.

    Parameters
    ----------
    classes : sequence of str
        Of the network.
    probabilities : array_like, shape (n_classes,), or None
        Of the network; None before it is loaded.
    fit : LatticeFit or None
        Of the geometry; None where it finds no lattice.
    """
    measured = _geometry(fit) if fit is not None else _("no lattice")
    if probabilities is None:
        return _("geometry: {measured}").format(measured=measured)
    values = np.asarray(probabilities)
    first = classes[int(values.argmax())]
    named = "noise" if fit is None else fit.bravais_type
    if first == named:
        return _("both: {measured}").format(measured=measured)
    # what tells a wrong type from a hair's breadth: the strain between the two
    if fit is not None and first in fit.strains and fit.strains[first] > 0:
        words = _("network: {first} {percent:.0f} %, geometry: {measured}, {strain} from {first}")
        strain = in_percent(fit.strains[first])
    else:
        words, strain = _("network: {first} {percent:.0f} %, geometry: {measured}"), ""
    said = _("no lattice") if first == "noise" else _(first)
    return words.format(first=said, percent=100 * values.max(), measured=measured, strain=strain)


def describe_joint_verdict(verdict: Verdict) -> str:
    """Say what both say together: the set that holds the truth in 95 of 100 pictures, and how sure its first is."""
    classes = say(verdict.sentence)
    if not verdict.classes:
        return _("Verdict: {classes}").format(classes=classes)
    percent = ">99" if verdict.confidence > 0.995 else f"{100 * verdict.confidence:.0f}"
    if len(verdict.classes) == 1:
        return _("Verdict: {classes}, {percent} %").format(classes=classes, percent=percent)
    first = _("no lattice") if verdict.classes[0] == "noise" else _(verdict.classes[0])
    words = _("Verdict: {classes}; {first} with {percent} %")
    return words.format(classes=classes, first=first, percent=percent)


def _geometry(fit: LatticeFit) -> str:
    strain = fit.strains.get(fit.bravais_type, 0.0)
    words = _("{kind} sheared by {strain:.1f} %") if strain >= 0.05 else "{kind}"
    return words.format(kind=_(fit.bravais_type), strain=strain)


def describe_applied(scale: float, shear: float) -> str:
    """Say which drift correction is on; empty if none is."""
    if not (scale or shear):
        return ""
    words = _("drift correction on: stretch {stretch:+.1f} %, shear {shear:+.1f} %")
    return words.format(stretch=scale, shear=shear)


def describe_cell(fit: LatticeFit) -> str:
    """Say a, b and gamma with their errors, how many spots they rest on, and the type of the picture if it is another one."""
    numbers = describe_numbers(fit)
    if fit.n_extra:
        words = ngettext(
            "{numbers}; {count} spot indexes, {more} more do not belong to it.",
            "{numbers}; {count} spots index, {more} more do not belong to it.",
            fit.n_indexed,
        )
    else:
        words = ngettext("{numbers}; {count} spot indexes.", "{numbers}; {count} spots index.", fit.n_indexed)
    text = f"{words.format(numbers=numbers, count=fit.n_indexed, more=fit.n_extra)} {describe_scan_error(fit)}"
    if fit.bravais_type == "centered rectangular":
        text = f"{text} {describe_rectangle(fit)}"
    if fit.picture_type != fit.bravais_type:
        text = f"{text} {say(fit.type_sentence)}"
    if fit.bravais_type in ("square", "hexagonal"):
        return text
    nearest: BravaisType = "hexagonal" if fit.strains["hexagonal"] < fit.strains["square"] else "square"
    drift = fit.correction(nearest)
    words = _(
        "If it is drift that made it {kind}, a stretch of {stretch:+.1f} % down and a shear of {shear:+.1f} % make it "
        "{nearest} again; see the tab Drift."
    )
    again = words.format(kind=_(fit.bravais_type), stretch=drift.scale, shear=drift.shear, nearest=_(nearest))
    return f"{text} {again}"


def describe_numbers(fit: LatticeFit) -> str:
    """Say a, b and gamma with their errors."""
    return ", ".join(
        [
            f"a = {with_error(fit.a, fit.a_error, fit.unit)}",
            f"b = {with_error(fit.b, fit.b_error, fit.unit)}",
            f"γ = {with_error(fit.gamma, fit.gamma_error)}°",
        ]
    )


def describe_scan_error(fit: LatticeFit) -> str:
    """Say what the distortion of the scan may add to the numbers, which no noise tells."""
    words = _("The scan itself may be off besides: by ± {strain:.1f} % down the picture, ± {gamma:.1f}° in γ.")
    return words.format(strain=fit.scan_error.strain, gamma=fit.scan_error.gamma)


def describe_rectangle(fit: LatticeFit) -> str:
    """Say the conventional cell of a centered rectangular lattice with its errors."""
    cell = fit.conventional_cell
    words = _("Conventional cell, with a point in its middle: a = {a}, b = {b}, γ = {gamma}°.")
    return words.format(
        a=with_error(cell.a, cell.a_error, fit.unit),
        b=with_error(cell.b, cell.b_error, fit.unit),
        gamma=with_error(cell.gamma, cell.gamma_error),
    )


def describe_correction(correction: Correction, uncorrected: Lattice, unit: str) -> str:
    """Say which stretch and shear make a lattice a higher one, what that does to its lattice constant, and the drift."""
    words = _(
        "A stretch of {stretch:+.1f} % of the slow axis (down) and a shear of {shear:+.1f} % make it <b>{kind}</b>: "
        "a goes from {before:.4g} to {after:.4g} {unit}, {ratio:.3f} times the uncorrected lattice constant."
    )
    text = words.format(
        stretch=correction.scale,
        shear=correction.shear,
        kind=_(correction.kind),
        before=uncorrected.reduced().a,
        after=correction.lattice.reduced().a,
        unit=unit,
        ratio=correction.length_ratio,
    )
    if correction.drift is None:
        return text
    down, right = correction.drift
    words = _("That would be a drift of {down:.3g} {unit}/s down and {right:.3g} {unit}/s to the right.")
    return f"{text} {words.format(down=down, right=right, unit=unit)}"


def describe_drift(
    uncorrected: Lattice | None,
    unit: str,
    presume: BravaisType,
    now: tuple[float, float],
    pixel_size: float | None,
    line_time: float,
) -> str:
    """Say what the drift surgeon finds, and that it presumes the answer."""
    if uncorrected is None:
        return _(NO_DRIFT)
    correction = drift_correction(uncorrected, presume, pixel_size, line_time or None)
    scale, shear = now
    text = describe_correction(correction, uncorrected, unit)
    if scale or shear:
        applied = _("Applied now: stretch {stretch:+.1f} %, shear {shear:+.1f} %.")
        text += " " + applied.format(stretch=scale, shear=shear)
    return f"{text}<br>{_(PRESUMES)}"


def describe_reduction(window: Sequence[int], step: int, shown: Sequence[int], full: Sequence[int]) -> str:
    """Say which window is shown, and what of it is reduced for the screen."""
    row, col, height, width = window
    words = _("Window at row {row}, column {col}: {height} × {width} px")
    parts = [words.format(row=row, col=col, height=height, width=width)]
    if step > 1:
        words = _("the picture on the screen shows means of {step} × {step} pixels")
        parts.append(words.format(step=step))
    if tuple(shown) != tuple(full):
        words = _("the spectrum on the screen is reduced from {rows} × {cols} to {few_rows} × {few_cols} px")
        parts.append(words.format(rows=full[0], cols=full[1], few_rows=shown[0], few_cols=shown[1]))
    if len(parts) > 1:
        parts.append(_("the numbers come from all pixels"))
    return "; ".join(parts) + "."


def describe_spot(
    name: str, spacing: float, unit: str, classes: Sequence[str], after: ArrayLike | None, before: ArrayLike | None
) -> str:
    """Say which spot is asked, and what the network says without it."""
    words = _("Fringes of the spot {name}, d = {spacing:.4g} {unit}.")
    text = words.format(name=in_html(name), spacing=spacing, unit=unit)
    if after is None or before is None:
        return text
    first = np.asarray(before), np.asarray(after)
    changes = sorted(range(len(classes)), key=lambda k: -abs(first[1][k] - first[0][k]))[:2]
    said = ", ".join(f"{_(classes[k])} {100 * first[0][k]:.0f} → {100 * first[1][k]:.0f} %" for k in changes)
    return f"{text} " + _("Switched off, the network changes its mind: {changes}.").format(changes=said)


def describe_study(studied: list[StudiedWindow], classes: Sequence[str], cell_area: float | None) -> str:
    """Say how large a window the network needs; ``cell_area`` is that of the primitive cell [px^2]."""
    found = smallest_steady(studied)
    if found is None:
        return _("Even of the largest window the network is not sure: there is no size that would be enough here.")
    answer = _(classes[int(studied[0].mean.argmax())])
    height, width = found.window[2:]
    if cell_area:
        cells = height * width / cell_area
        words = ngettext(
            "The network says <b>{answer}</b> down to {height} × {width} px, that is {cells:.0f} unit cell",
            "The network says <b>{answer}</b> down to {height} × {width} px, that is {cells:.0f} unit cells",
            round(cells),
        )
    else:
        cells, words = 0.0, _("The network says <b>{answer}</b> down to {height} × {width} px")
    if found is studied[-1]:
        ends = _("smaller windows were not asked.")
    else:
        ends = _("of smaller windows it is no longer sure, or says something else.")
    return "; ".join([words.format(answer=answer, height=height, width=width, cells=cells), ends])
