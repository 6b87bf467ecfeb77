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
from lattice_widgets.files.tables import write_frame
from lattice_widgets.language import _
from lattice_widgets.records.strain import describe_map, table_of
from lattice_widgets.views.figures.strain_overview import plot_overview
from lattice_widgets.widgets.parts.record_button import Recorded, View
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.dislocations import table_of_dislocations
from lattice_widgets.widgets.strain_map.grains import table_of_grains
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.work import Mapped

__all__ = ["StrainFiles"]


class StrainFiles(Recorded):
    """The part of the strain map that is kept."""

    _mapped: Mapped | None
    _picture: MapPicture
    quantity: str
    limit: float
    profile: tuple[float, ...]
    grains: GrainMap | None
    dislocations: tuple[Dislocation, ...] | None
    presumed: str

    def profile_values(self) -> xr.Dataset | None:
        """Return the profile that is shown, as `lattice_widgets.map_profile` does; None without a line."""
        raise TypeError(f"{type(self).__name__} must know its profile.")

    def table(self) -> pd.DataFrame:
        """Return the maps as a table: a line a place, with errors; ValueError if there is no map yet."""
        return table_of(self._finished().maps)

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
            If there is no map yet, or the name ends otherwise.
        OSError
            If the file cannot be written.
        """
        path, maps = Path(path).expanduser(), self._finished().maps
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
        found = self._finished()
        reference = found.request.reference
        return plot_overview(
            found.opened.values,
            found.maps,
            self.quantity,
            self.profile_values(),
            f"{describe_map(found.maps, self.quantity, reference)} {self.presumed}".rstrip(),
            reference if isinstance(reference, tuple) else (),
            self._picture.limit(),
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

    def _finished(self) -> Mapped:
        if self._mapped is None:
            raise ValueError(_(texts.NO_MAP))
        return self._mapped
