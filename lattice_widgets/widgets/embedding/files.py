"""What is kept of a map: a table, a figure for print, a lab record."""

from pathlib import Path
from typing import Any

import ipywidgets as ipw
import numpy as np
import pandas as pd

from lattice_widgets.language import _
from lattice_widgets.views.figures.map_figure import plot_map
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.embedding import texts
from lattice_widgets.widgets.embedding import work as answers
from lattice_widgets.widgets.embedding.work import Content, write_map
from lattice_widgets.widgets.parts.dashboard import keep_file
from lattice_widgets.widgets.parts.network import path_of_network
from lattice_widgets.widgets.parts.record_button import Recorded, View

__all__ = ["MapFiles"]


class MapFiles(Recorded):
    """The part of the viewer that is kept."""

    _content: Content | None
    _exported: ipw.HTML
    points: Any
    placed: Any
    walked: Any
    quality: float
    selection: Any
    features: Any
    images: Any
    perplexity: float
    seed: int
    classifier: Any

    def to_csv(self, path: str | Path) -> Path:
        """Write places, classes, answers and parameters, one line a picture; return the path.

        Raises
        ------
        ValueError
            If there is no map yet.
        OSError
            If the file cannot be written.
        """
        if self._content is None or self.points is None:
            raise ValueError(_(texts.NO_MAP))
        return write_map(path, self._content, self.points, self.selection)

    def export(self) -> None:
        """Write the map as a CSV file beside the notebook, as the button does; on a dashboard the browser saves it."""
        self._exported.value = ""
        self._exported.value = in_html(keep_file(self, "embedding.csv", self.to_csv))

    def figure(self) -> Any:
        """Return a figure for print of the map, a Matplotlib figure: ``viewer.figure().savefig("map.svg")``.

        Raises
        ------
        ValueError
            If there is no map yet.
        """
        if self.points is None or self._content is None:
            raise ValueError(_(texts.NO_MAP))
        nothing = np.zeros((0, 2))
        return plot_map(
            self.points,
            np.asarray(self._content.classes),
            self.placed.points if self.placed is not None else nothing,
            self.walked.points if self.walked is not None else nothing,
            texts.describe_quality(self.quality, len(self.points), answers.K) if np.isfinite(self.quality) else "",
        )

    def view(self) -> View:
        """Return the features of the map that is shown, or None if they are those of the examples."""
        content = self._content
        if self.points is None or content is None or not np.isfinite(self.quality):
            raise ValueError(_(texts.NO_MAP))
        settings = {"perplexity": self.perplexity, "seed": self.seed, "classifier": path_of_network(self.classifier)}
        source: dict[str, Any] | None = None
        if self.features is not None or self.images is not None:
            source = {"features": content.features}
            if content.labels is not None:
                source["labels"] = content.labels
        extras = {}
        if self.placed is not None:
            extras["placed windows"] = pd.DataFrame(self.placed.points, columns=["x", "y"])
        return View("map", source, settings, extras)
