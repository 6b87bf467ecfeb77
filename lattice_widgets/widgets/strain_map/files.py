"""What is kept of a strain map: a table, all maps, a figure for print, a lab record."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.dislocations import Dislocation
from lattice_widgets.core.maps.grains.grain_map import GrainMap
from lattice_widgets.core.maps.reading import MOIRE_QUANTITIES
from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import _
from lattice_widgets.records.kinds.moire import describe_moire_map
from lattice_widgets.records.kinds.strain import code_lines, describe_map, table_of, undistorting
from lattice_widgets.views.figures.strain_overview import plot_overview
from lattice_widgets.widgets.parts.code_source import source_lines
from lattice_widgets.widgets.parts.record_button import Recorded, View
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.dislocations import table_of_dislocations
from lattice_widgets.widgets.strain_map.grains import table_of_grains
from lattice_widgets.widgets.strain_map.moire import Layers
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Mapped

__all__ = ["StrainFiles"]


class StrainFiles(Recorded):
    """The part of the strain map that is kept."""

    _mapped: Mapped | None
    _picture: MapPicture
    _layers: Layers
    maps: xr.Dataset | None
    quantity: str
    limit: float
    profile: tuple[float, ...]
    moire: xr.Dataset | None
    grains: GrainMap | None
    dislocations: tuple[Dislocation, ...] | None
    presumed: str

    def profile_values(self) -> xr.Dataset | None:
        """Return the profile that is shown, as `lattice_widgets.map_profile` does; None without a line."""
        raise TypeError(f"{type(self).__name__} must know its profile.")

    def code(self) -> str:
        """Return the lines that repeat the map without the widget."""
        found = self._mapped
        if found is None:
            return ""
        asked, opened = found.request, found.opened
        frame = opened.frame if opened.frames > 1 else None
        resampled = "resampled_from" in opened.image.attrs
        made = source_lines(opened.source, asked.dataset, asked.pixel_size, frame, resampled)
        if opened.undistort:
            made += undistorting(opened.undistort)
        return code_lines(made, asked.reference, asked.window_size, self.quantity, self.profile)

    def table(self) -> pd.DataFrame:
        """Return the maps as a table: a line a place, with errors; those of the moire, if one of them is shown.

        ValueError if there is no map yet.
        """
        return table_of(self._shown())

    def grain_table(self) -> pd.DataFrame:
        """Return the grains as a table: a line each, with errors; ValueError if they have not been found yet."""
        if self.grains is None or not self.grains.grains:
            raise ValueError(_("No grains have been found yet: press “find grains”."))
        return table_of_grains(self.grains)

    def dislocation_table(self) -> pd.DataFrame:
        """Return the dislocations as a table: a line each; ValueError if none have been found."""
        if not self.dislocations:
            raise ValueError(_("No dislocations have been found: press “find dislocations”."))
        return table_of_dislocations(self.dislocations)

    def save(self, path: str | Path) -> Path:
        """Write what the ending of a path says, and return it.

        Parameters
        ----------
        path : str or path-like
            .csv: a line for each place. .npz, .zarr (a folder) or .nc (netCDF): all maps. .svg, .png or .pdf: the figure.

        Raises
        ------
        ValueError
            If there is no map yet, or the name ends otherwise. If a map of the moire is shown, the maps are those of the moire.
        OSError
            If the file cannot be written.
        """
        path, maps = Path(path).expanduser(), self._shown()
        if path.suffix == ".csv":
            write_frame(self.table(), path)
        elif path.suffix == ".npz":
            arrays = {name: np.asarray(values) for name, values in maps.variables.items()}
            np.savez_compressed(path, attributes=np.array(json.dumps(maps.attrs)), **arrays)  # type: ignore[arg-type]
        elif path.suffix in (".zarr", ".nc"):
            from lattice_widgets.analysis.report import write_dataset

            plain = maps.copy()
            plain.attrs["left_out"] = " ".join(maps.attrs["left_out"])
            plain.attrs["presumed"] = self.presumed
            write_dataset(plain, path)
        elif path.suffix in (".svg", ".png", ".pdf"):
            self.figure().savefig(path)
        else:
            words = _("{name} has an ending that is not known here: choose one of {endings}.")
            endings = ".csv, .npz, .zarr, .nc, .svg, .png, .pdf"
            raise ValueError(words.format(name=path.name or repr(str(path)), endings=endings))
        return path

    def figure(self) -> Any:
        """Return a Matplotlib figure for print of the maps and the profile; ValueError if there is no map yet."""
        found, maps = self._finished(), self._shown()
        layered = maps is self.moire
        reference = None if layered else found.request.reference
        told = describe_moire_map(maps, self.quantity) if layered else describe_map(maps, self.quantity, reference)
        return plot_overview(
            found.opened.values,
            maps,
            self.quantity,
            self.profile_values(),
            f"{told} {self.presumed}".rstrip(),
            reference if isinstance(reference, tuple) else (),
            self.limit,
            self.dislocations or (),
        )

    def view(self) -> View:
        """Return what is mapped, and how."""
        found = self._finished()
        asked, opened = found.request, found.opened
        if isinstance(asked.reference, LatticeFit):
            raise ValueError(
                _("A record keeps no measured lattice as its reference: give its cell, such as reference=fit.lattice.")
            )
        given = asked.reference if isinstance(asked.reference, Lattice) else None
        settings = {
            "quantity": self.quantity, "frame": opened.frame, "reference": None if given else asked.reference,
            "lattice": tuple(map(float, given.vectors.ravel())) if given else (),
            "pixel_size": opened.pixel_size_given, "dataset": opened.dataset, "window_size": asked.window_size,
            "profile": tuple(map(float, self.profile)), "undistort": opened.undistort,
        }  # fmt: skip
        extras = {"grains": self.grain_table()} if self.grains and self.grains.grains else {}
        if self.dislocations:
            extras["dislocations"] = self.dislocation_table()
        return View("strain", opened.source, settings, extras)

    def shown_maps(self) -> xr.Dataset | None:
        """Return the maps that the chosen one is among: of the lattice, or of the moire; None if there are none."""
        if self.quantity in MOIRE_QUANTITIES:
            return self.moire
        return self.maps

    def _shown(self) -> xr.Dataset:
        self._finished()
        maps = self.shown_maps()
        if maps is None:
            raise ValueError(self._layers.describe(self.quantity))
        return maps

    def _finished(self) -> Mapped:
        if self._mapped is None:
            raise ValueError(_(texts.NO_MAP))
        return self._mapped
