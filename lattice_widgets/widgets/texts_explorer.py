"""The words that the explorer says."""

import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.core.drift_correction import Correction, drift_correction
from lattice_widgets.core.lattice import BravaisType, Lattice
from lattice_widgets.core.lattice_fit import LatticeFit
from lattice_widgets.core.window_study import StudiedWindow, smallest_steady

HINT = (
    "Drag the yellow window, size it by its edges, or use the keys: arrows move it, Shift with arrows sizes it. "
    "Click a spot of the Fourier transform to ask it."
)
ASK = "Click a spot of the Fourier transform: its fringes appear here, and it can be switched off."
STUDY = (
    "How large must a window be? The button asks the network of ever smaller windows around this place, "
    "from the whole picture down to an eighth."
)
NO_DRIFT = "Where no lattice is found, nothing can be said about drift."
PRESUMES = (
    "⚠ This presumes the answer: there is a drift that turns <i>any</i> lattice into a hexagonal or square one. It is evidence "
    "only if the drift is known from elsewhere, for example from a second picture scanned the other way."
)


def describe_agreement(
    classes: Sequence[str], probabilities: ArrayLike | None, fit: LatticeFit | None, reason: str = ""
) -> str:
    """Say what network and geometry find, and whether they agree.

    Parameters
    ----------
    classes : sequence of str
        Of the network.
    probabilities : array_like, shape (n_classes,), or None
        Of the network; None before it is loaded.
    fit : LatticeFit or None
        Of the geometry; None where it finds no lattice.
    reason : str
        Why it finds none.
    """
    measured = _geometry(fit) if fit is not None else "no lattice"
    if probabilities is None:
        return f"geometry: {measured}"
    values = np.asarray(probabilities)
    first = classes[int(values.argmax())]
    named = "no lattice" if first == "noise" else first
    found = fit.lattice_type if fit is not None else "no lattice"
    if named == found:
        return f"both: {measured}"
    # what tells a wrong type from a hair's breadth: the strain between the two
    near = ""
    if fit is not None and first in fit.strains and fit.strains[first] > 0:
        near = f", {fit.strains[first]:.2g} % from {first}"
    return f"network: {named} {100 * values.max():.0f} %, geometry: {measured}{near}"


def _geometry(fit: LatticeFit) -> str:
    strain = fit.strains.get(fit.lattice_type, 0.0)
    return f"{fit.lattice_type} sheared by {strain:.1f} %" if strain >= 0.05 else fit.lattice_type


def describe_cell(fit: LatticeFit) -> str:
    """Say a, b and gamma with their errors, and how many spots they rest on."""
    numbers = [
        f"a = {_with_error(fit.a, fit.a_error)} {fit.unit}",
        f"b = {_with_error(fit.b, fit.b_error)} {fit.unit}",
        f"γ = {_with_error(fit.gamma, fit.gamma_error)}°",
    ]
    more = f", {fit.n_extra} more do not belong to it" if fit.n_extra else ""
    text = f"{', '.join(numbers)}; {fit.n_indexed} spots index{more}."
    if fit.lattice_type in ("square", "hexagonal"):
        return text
    nearest: BravaisType = "hexagonal" if fit.strains["hexagonal"] < fit.strains["square"] else "square"
    drift = fit.correction(nearest)
    return (
        f"{text} If it is drift that made it {fit.lattice_type}, a stretch of {drift.scale:+.1f} % down and a shear of "
        f"{drift.shear:+.1f} % make it {nearest} again; see the tab Drift."
    )


def _with_error(value: float, error: float) -> str:
    if not (np.isfinite(error) and error > 0):
        return f"{value:.4g}"
    digits = max(0, min(6, 1 - int(np.floor(np.log10(error)))))
    return f"{value:.{digits}f} ± {error:.{digits}f}"


def describe_correction(correction: Correction, uncorrected: Lattice, unit: str) -> str:
    """Say which stretch and shear make a lattice a higher one, what that does to its lattice constant, and the drift."""
    text = (
        f"A stretch of {correction.scale:+.1f} % of the slow axis (down) and a shear of {correction.shear:+.1f} % make it "
        f"<b>{correction.kind}</b>: a goes from {uncorrected.reduced().a:.4g} to {correction.lattice.reduced().a:.4g} {unit}, "
        f"{correction.length_ratio:.3f} times the uncorrected lattice constant."
    )
    if correction.drift is not None:
        down, right = correction.drift
        text += f" That would be a drift of {down:.3g} {unit}/s down and {right:.3g} {unit}/s to the right."
    return text


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
        return NO_DRIFT
    correction = drift_correction(uncorrected, presume, pixel_size, line_time or None)
    scale, shear = now
    applied = f" Applied now: stretch {scale:+.1f} %, shear {shear:+.1f} %." if scale or shear else ""
    return f"{describe_correction(correction, uncorrected, unit)}{applied}<br>{PRESUMES}"


def describe_reduction(window: Sequence[int], step: int, shown: Sequence[int], full: Sequence[int]) -> str:
    """Say which window is shown, and what of it is reduced for the screen."""
    row, col, height, width = window
    text = f"Window at row {row}, column {col}: {height} × {width} px"
    if step > 1:
        text += f"; the picture on the screen shows means of {step} × {step} pixels"
    if tuple(shown) != tuple(full):
        text += f"; the spectrum on the screen is reduced from {full[0]} × {full[1]} to {shown[0]} × {shown[1]} px"
    return text + ("; the numbers come from all pixels." if ";" in text else ".")


def describe_spot(
    name: str, spacing: float, unit: str, classes: Sequence[str], after: ArrayLike | None, before: ArrayLike | None
) -> str:
    """Say which spot is asked, and what the network says without it."""
    text = f"Fringes of the spot {html.escape(name)}, d = {spacing:.4g} {unit}."
    if after is None or before is None:
        return text
    first = np.asarray(before), np.asarray(after)
    changes = sorted(range(len(classes)), key=lambda k: -abs(first[1][k] - first[0][k]))[:2]
    said = ", ".join(f"{classes[k]} {100 * first[0][k]:.0f} → {100 * first[1][k]:.0f} %" for k in changes)
    return f"{text} Switched off, the network changes its mind: {said}."


def describe_study(studied: list[StudiedWindow], classes: Sequence[str], cell_area: float | None) -> str:
    """Say how large a window the network needs; ``cell_area`` is that of the primitive cell [px^2]."""
    found = smallest_steady(studied)
    if found is None:
        return "Even of the largest window the network is not sure: there is no size that would be enough here."
    answer = classes[int(studied[0].mean.argmax())]
    height, width = found.window[2:]
    text = f"The network says <b>{answer}</b> down to {height} × {width} px"
    if cell_area:
        text += f", that is {height * width / cell_area:.0f} unit cells"
    if found is studied[-1]:
        return f"{text}; smaller windows were not asked."
    return f"{text}; of smaller windows it is no longer sure, or says something else."


def code_of(
    source: str, window: Sequence[int], scale: float, shear: float, spot: Sequence[float], width: float | None
) -> str:
    """Return the lines that repeat a view without the widget."""
    row, col, height, width_px = window
    lines = [
        "import lattice_widgets as lw",
        *(["from lattice_widgets.core.image_correction import correct_image"] if scale or shear else []),
        *(["from lattice_widgets.core.fourier_filter import fringes"] if spot else []),
        "",
        source,
        'pixel_size = picture.attrs.get("pixel_size")',
        f"window = picture.values[{row}:{row + height}, {col}:{col + width_px}]",
    ]
    if scale or shear:
        lines.append(f"window = correct_image(window, scale={scale:.9g}, shear={shear:.9g})")
    if spot:
        lines.append(f"window = window - fringes(window, ({spot[0]!r}, {spot[1]!r}), width={width!r})")
    lines += [
        "print(dict(zip(lw.CLASSES, lw.load_classifier().predict(window)[0].round(3))))",
        "fit = lw.fit_lattice(window, pixel_size)",
        "print(fit.lattice_type, fit.a, fit.b, fit.gamma, fit.unit)",
    ]
    return "\n".join(lines)
