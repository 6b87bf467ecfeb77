"""A place of the map in other widgets, below it: the explorer, the simulator, the map of examples."""

from typing import TYPE_CHECKING

import ipywidgets as ipw
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.maps.reading import place_at
from lattice_widgets.language import _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.embedding.widget import EmbeddingViewer
from lattice_widgets.widgets.explorer.widget import FFTExplorer
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.simulator.widget import LatticeSimulator
from lattice_widgets.widgets.strain_map import texts

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["Neighbors", "cell_of"]


def cell_of(vectors: NDArray[np.float64]) -> dict[str, float]:
    """Return the reduced cell of a lattice as the simulator takes it, in its place on the screen.

    Parameters
    ----------
    vectors : ndarray, shape (2, 2)
        Lattice vectors in rows, (row, col) [nm].

    Returns
    -------
    dict
        ``a``, ``b`` [nm], ``gamma``, ``rotation`` [degrees].

    Examples
    --------
    >>> cell = cell_of(np.array([[0.0, 0.3], [-0.4, 0.0]]))
    >>> {name: round(value, 3) for name, value in cell.items()}
    {'a': 0.3, 'b': 0.4, 'gamma': 90.0, 'rotation': 0.0}
    """
    first, second = Lattice(vectors).reduced().vectors
    angles = [float(np.rad2deg(np.arctan2(-vector[0], vector[1]))) for vector in (first, second)]
    if (angles[1] - angles[0]) % 360 > 180:  # the simulator's second vector lies counter-clockwise of its first
        first, second = second, first
        angles.reverse()
    gamma = (angles[1] - angles[0]) % 360
    return {"a": float(np.hypot(*first)), "b": float(np.hypot(*second)), "gamma": gamma, "rotation": angles[0] + 0.0}


class Neighbors(ipw.VBox):
    """The widgets that places were opened in: each is made once, and the newest stands first.

    Parameters
    ----------
    owner : StrainMap
        Has the traits ``source``, ``pixel_size``, ``dataset``, ``frame``, ``image`` and ``reading``.

    Attributes
    ----------
    explorer : FFTExplorer or None
    simulator : LatticeSimulator or None
    viewer : EmbeddingViewer or None
    """

    def __init__(self, owner: "StrainMap") -> None:
        self._owner = owner
        self.explorer: FFTExplorer | None = None
        self.simulator: LatticeSimulator | None = None
        self.viewer: EmbeddingViewer | None = None
        self._above: FFTExplorer | None = None
        self._words = says(live=True)
        super().__init__([], layout=ipw.Layout(width="100%", min_width="0"))

    def adopt(self, explorer: FFTExplorer) -> None:
        """Take the explorer that opened this map, which stands above it, for the one that places open in."""
        self.explorer, self._above = explorer, explorer
        self.children = (self._words, *getattr(self, "children", ()))

    def explore(self) -> None:
        """Open the window that the place averages over in the explorer."""
        owner, window = self._owner, self._window()
        if owner.undistort:  # rows and columns of the window are those of the picture without its distortion
            source, settings = owner.image, {"pixel_size": None, "dataset": None, "frame": 0, "window": window}
        else:
            source = owner.source
            settings = {name: getattr(owner, name) for name in ("pixel_size", "dataset", "frame")} | {"window": window}
        if self.explorer is None:
            self.explorer = FFTExplorer(source, **settings)
            self.explorer.strain_below.adopt(owner)
        else:
            with self.explorer.hold_trait_notifications():
                self.explorer.source = source
                for name, value in settings.items():
                    setattr(self.explorer, name, value)
        self._put_first(self.explorer)

    def simulate(self) -> None:
        """Give the lattice of the place to the simulator, as large on the screen as the window that it averages over."""
        place, window = self._place(), self._window()
        maps = self._owner.maps
        if "vectors" not in place and maps is not None:  # the moire is read: the stronger layer near it is drawn
            place = place_at(
                maps, *(float(np.clip(place[at], maps[at].min(), maps[at].max())) for at in ("row", "col"))
            )
        if place.attrs["unit"] != "nm":
            raise ValueError(_("The simulator counts in nm: say first how large a pixel of the picture is."))
        cell = cell_of(place.vectors.values)
        field = window[3] * float(place.attrs["pixel_size"])
        settings = {**cell, "field_of_view": field}
        limits = {name: LatticeSimulator.class_traits()[name] for name in settings}
        for name, value in settings.items():
            if not limits[name].min <= value <= limits[name].max:
                raise ValueError(
                    _("The simulator takes {name} from {low:g} to {high:g}; here it is {value:.3g}.").format(
                        name=name.replace("_", " "), low=limits[name].min, high=limits[name].max, value=value
                    )
                )
        if self.simulator is None:
            self.simulator = LatticeSimulator(crystal="one atom a cell", **settings)
        else:
            with self.simulator.hold_trait_notifications():
                for name, value in settings.items():
                    setattr(self.simulator, name, value)
        self._put_first(self.simulator)

    def embed(self) -> None:
        """Lay the window that the place averages over on the map of examples."""
        row, col, height, width = self._window()
        image = self._owner.image
        if image is None:
            raise ValueError(_(texts.NO_PICTURE))
        if self.viewer is None:
            self.viewer = EmbeddingViewer()
        self.viewer.place(image.values[row : row + height, col : col + width], window_size=min(height, width))
        self._put_first(self.viewer)

    def _place(self) -> xr.Dataset:
        if self._owner.reading is None:
            raise ValueError(_(texts.NO_MAP))
        return self._owner.reading

    def _window(self) -> tuple[int, int, int, int]:
        place, image = self._place(), self._owner.image
        if image is None:
            raise ValueError(_(texts.NO_PICTURE))
        side = int(place.attrs["window_size"])
        rows, cols = image.shape
        top, left = (
            min(max(round(float(at) - (side - 1) / 2), 0), length - min(side, length))
            for at, length in ((place.row, rows), (place.col, cols))
        )
        return top, left, min(side, rows), min(side, cols)

    def _put_first(self, widget: ipw.Widget) -> None:
        self._words.value = ""
        if widget is self._above:
            self._words.value = in_html(_("The explorer above shows this place."))
            return
        first = [self._words] if self._above is not None else []
        others = [each for each in self.children if each is not widget and each is not self._words]
        self.children = (*first, widget, *others)
