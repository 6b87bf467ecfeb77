"""The publication figure of the explorer, from its last answers."""

from typing import Any

import numpy as np

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.figures.window_figure import plot_window
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.marks import spot_marks
from lattice_widgets.widgets.explorer.work import SCREEN, Measured

__all__ = ["figure_of"]


def figure_of(measured: Measured | None) -> Any:
    """Return a Matplotlib figure of a measured window: picture, transform, both opinions, and the cell with its errors.

    Raises
    ------
    ValueError
        If nothing is measured yet.
    """
    if measured is None:
        raise ValueError(_("No window has been measured yet: wait until the explorer shows its answer."))
    looked, opened, fit = measured.looked, measured.looked.opened, measured.fit
    row, col, height, width = looked.window
    window = opened.values[row : row + height, col : col + width]
    factor = -(-max(window.shape) // SCREEN)
    unit, size = ("nm", opened.pixel_size) if opened.pixel_size else ("px", 1.0)
    points = np.asarray(measured.points, float).reshape(-1, 2) - (row, col)
    inside = np.all((points >= 0) & (points < window.shape), axis=1)
    spots, names = spot_marks(looked, measured)
    opinions: list[Any] = []
    if measured.probabilities is not None:
        opinions.append((_("network: {name}").format(name=measured.network), measured.classes, measured.probabilities))
    if fit is not None:
        opinions.append((_("geometry"), BRAVAIS_TYPES, [fit.weights[kind] for kind in BRAVAIS_TYPES]))
    cell = texts.describe_numbers(fit) if fit is not None else _("no lattice")
    parts = [texts.describe_agreement(measured.classes, measured.probabilities, fit), cell]
    if looked.look.scale or looked.look.shear:
        words = _("Applied before the transform: stretch {stretch:+.1f} %, shear {shear:+.1f} %.")
        parts.append(words.format(stretch=looked.look.scale, shear=looked.look.shear))
    return plot_window(
        reduce_picture(window, factor) if factor > 1 else window,
        (points[inside] + 0.5) / factor - 0.5,
        size * factor,
        unit,
        looked.spectrum.magnitude,
        spots,
        names,
        looked.spectrum.steps,
        looked.spectrum.unit,
        opinions,
        "; ".join(parts),
    )
