"""What is kept of a movie: tables, figures, videos, the whole analysis, a lab record."""

import json
from pathlib import Path
from typing import Any

import xarray as xr

from lattice_widgets.analysis.growth import growth_report
from lattice_widgets.analysis.report import draw_movie, write_fractions
from lattice_widgets.analysis.video import paint_movie, write_video
from lattice_widgets.classifier import load_classifier
from lattice_widgets.core.kinetics.growth_fit import GrowthFit
from lattice_widgets.language import _
from lattice_widgets.views.movie.movie_view import MovieView
from lattice_widgets.widgets.movie import work as answers
from lattice_widgets.widgets.movie.work import Found
from lattice_widgets.widgets.parts.network import find_network, path_of_network
from lattice_widgets.widgets.parts.record_button import Recorded, View

__all__ = ["MovieFiles"]


class MovieFiles(Recorded):
    """The part of the scrubber that is kept."""

    _found: Found | None
    _view: MovieView
    dataset: xr.Dataset | None
    fit: GrowthFit | None
    source: Any
    onset: float | None
    classifier: Any
    frame_interval: float | None
    pixel_size: Any
    file_dataset: str | int | None

    async def analyzed(self) -> xr.Dataset:
        """Wait until the analysis is finished, and return it: ``await scrubber.analyzed()``.

        Returns
        -------
        xarray.Dataset
            As of `analyze_movie`.

        Raises
        ------
        ValueError
            If it was never begun, or failed, or was stopped.
        """
        await self.settled()  # type: ignore[attr-defined]
        return self._finished()

    def report(self) -> dict[str, Any]:
        """Return what grows, and how fast, as `growth_report` does.

        Raises
        ------
        ValueError
            If the analysis is not finished.
        """
        return growth_report(self._finished(), self.onset)

    def to_csv(self, path: str | Path) -> Path:
        """Write the fractions: frame, time, one column per class, hole_fraction. Raises as `report`, and OSError."""
        write_fractions(self._finished(), path)
        return Path(path)

    def to_figure(self, path: str | Path) -> Path:
        """Write a figure after Fig. 6 of the paper as .svg, .pdf or .png. Raises as `report`, and OSError."""
        self.figure().savefig(path)
        return Path(path)

    def figure(self) -> Any:
        """Return a figure for print after Fig. 6 of the paper, a Matplotlib figure. Raises as `report`."""
        opened = self._found.opened if self._found is not None else None
        analysis = self._finished()
        return draw_movie(analysis, opened.frames, self.fit, opened.truth)  # type: ignore[union-attr]

    def to_video(self, path: str | Path) -> Path:
        """Write the movie with its phases as .mp4 or .gif. Raises as `report`, and OSError."""
        return write_video(path, paint_movie(self._finished(), self._view.shown, self._view.opacity), self._view.speed)

    def to_dataset(self, path: str | Path) -> Path:
        """Write the whole analysis as .zarr (a folder) or .nc (netCDF). Raises as `report`, and OSError."""
        from lattice_widgets.analysis.report import write_dataset

        return write_dataset(self._finished(), path)

    def _finished(self) -> xr.Dataset:
        if self.dataset is None:
            raise ValueError(_("There is no finished analysis yet: press “analyze”, or wait until it is done."))
        return self.dataset

    def export(self, path: str | Path) -> Path:
        """Write what the suffix of the path says: .csv, .svg, .png, .pdf, .mp4, .gif, .zarr or .nc. Raises as those."""
        path = Path(path)
        write = {".csv": self.to_csv, ".mp4": self.to_video, ".gif": self.to_video}
        figures = {".svg", ".png", ".pdf"}
        return write.get(path.suffix, self.to_figure if path.suffix in figures else self.to_dataset)(path)

    def view(self) -> View:
        """Return the movie and how it was analyzed; the analysis itself is not done again to record it."""
        analysis = self._finished()
        how = json.loads(analysis.attrs["recipe"])
        network = find_network(self.classifier)
        name = path_of_network(self.classifier) if network.name == how["classifier"] else how["classifier"]
        if load_classifier(name).card.weights_sha256 != how["weights_sha256"]:
            raise ValueError(_("The network that analyzed this movie is not there: choose it in the settings first."))
        settings = {
            **{name: how[name] for name in ("window_size", "step", "n_passes", "seed", "by_area", "align")},
            "hole_threshold": how["hole_threshold"] if how["hole_threshold_by_hand"] else None,
            "frame_interval": self.frame_interval, "pixel_size": self.pixel_size, "onset": self.onset,
            "classifier": name, "dataset": self.file_dataset,
        }  # fmt: skip
        source = self.source
        if isinstance(source, str) and source == answers.SIMULATED:
            source = None
        elif not isinstance(source, str | Path):
            source = self._found.opened.frames  # type: ignore[union-attr]
        return View("movie", source, settings, done=analysis)
