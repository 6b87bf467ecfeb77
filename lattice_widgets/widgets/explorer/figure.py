"""What is kept of the explorer: the publication figure, the lab record and the table of pinned windows."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.figures.window_figure import plot_window
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.marks import point_colors, spot_marks
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import SCREEN
from lattice_widgets.widgets.parts.network import path_of_network
from lattice_widgets.widgets.parts.record_button import Recorded, View

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.panels import Panels

__all__ = ["ExplorerRecord", "figure_of"]


class ExplorerRecord(Recorded):
    """The part of the explorer that is kept."""

    _shown: Shown
    _panels: "Panels"
    classifier: Any
    pins: Any

    def pin(self, name: str = "") -> None:
        """Keep the results of this window under a name."""
        self._panels.pins.add(name)

    def unpin(self, name: str | None = None) -> None:
        """Forget a pinned window; the last one if no name is given."""
        self._panels.pins.remove(name)

    def table(self) -> pd.DataFrame:
        """Return the pinned windows: one row each, by name; lengths in the unit of the column ``unit``."""
        return self._panels.pins.frame()

    def save_table(self, path: str | Path) -> Path:
        """Write the pinned windows as CSV, and return where; ValueError if nothing is pinned, OSError if it cannot."""
        return self._panels.pins.save(path)

    def figure(self) -> Any:
        """Return a Matplotlib figure for print of what is shown; ValueError if nothing is measured yet."""
        return figure_of(self._shown.result)

    def view(self) -> View:
        """Return what is measured of the window that is shown."""
        found = _measured(self._shown.result).spectrum
        asked, opened = found.request, found.opened
        settings = {
            "window": tuple(map(int, found.window)), "frame": opened.frame, "pixel_size": opened.pixel_size_given,
            "dataset": opened.dataset, "taper": asked.taper, "frequency_range": asked.frequency_range,
            "scale": asked.scale, "shear": asked.shear, "spot": tuple(asked.spot), "spot_off": asked.spot_off,
            "spot_width": asked.spot_width, "classifier": path_of_network(self.classifier),
        }  # fmt: skip
        return View("window", opened.source, settings, {"pins": self.table()} if self.pins else {})


def _measured(result: WindowResult | None) -> WindowResult:
    if result is None:
        raise ValueError(_("No window has been measured yet: wait until the explorer shows its answer."))
    return result


def figure_of(result: WindowResult | None) -> Any:
    """Return a Matplotlib figure of a measured window: picture, transform, both opinions, and the cell with its errors.

    Raises
    ------
    ValueError
        If nothing is measured yet.
    """
    result = _measured(result)
    found, opened, fit = result.spectrum, result.spectrum.opened, result.fit
    row, col, height, width = found.window
    window = opened.values[row : row + height, col : col + width]
    factor = -(-max(window.shape) // SCREEN)
    unit, size = ("nm", opened.pixel_size) if opened.pixel_size else ("px", 1.0)
    points = np.asarray(result.points, float).reshape(-1, 2) - (row, col)
    inside = np.all((points >= 0) & (points < window.shape), axis=1)
    marks = spot_marks(found, result)
    kept = [number for number, faint in enumerate(marks.faint) if not faint]
    spots, names = marks.positions[kept], tuple(marks.names[number] for number in kept)
    opinions: list[Any] = []
    if result.classifier is not None and result.probabilities is not None:
        network = _("network: {name}").format(name=result.classifier.name)
        opinions.append((network, result.classes, result.probabilities))
    if fit is not None:
        opinions.append((_("geometry"), BRAVAIS_TYPES, [fit.weights[kind] for kind in BRAVAIS_TYPES]))
    cell = texts.describe_numbers(fit) if fit is not None else _("no lattice")
    parts = [texts.describe_agreement(result.classes, result.probabilities, fit), cell]
    if found.request.scale or found.request.shear:
        words = _("Applied before the transform: stretch {stretch:+.1f} %, shear {shear:+.1f} %.")
        parts.append(words.format(stretch=found.request.scale, shear=found.request.shear))
    return plot_window(
        reduce_picture(window, factor) if factor > 1 else window,
        (points[inside] + 0.5) / factor - 0.5,
        size * factor,
        unit,
        found.shown.magnitude,
        spots,
        names,
        found.shown.steps,
        found.shown.unit,
        opinions,
        "; ".join(parts),
        point_colors(result.owners[inside]) if result.owners.any() else (),
        tuple(marks.colors[number] for number in kept) if marks.colors else (),
    )
