"""The picture with its map: colors, the region of the reference, the line of the profile, the place that is read."""

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.maps.resolution import FWHM
from lattice_widgets.language import _
from lattice_widgets.views.canvas.map_canvas import MapCanvas
from lattice_widgets.views.figures.strain_figure import color_range, is_rising, name_of, unit_of
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.opening.calibration import PixelSizeField
from lattice_widgets.widgets.opening.dataset_choice import DatasetChoice
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.texts import describe_file
from lattice_widgets.widgets.strain_map import texts
from lattice_widgets.widgets.strain_map.work import Opened

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["MapPicture"]


class MapPicture:
    """The picture, what lies over it, and what a hand does there.

    Parameters
    ----------
    owner : StrainMap
        Has the traits `quantity`, `limit`, `opacity`, `reference`, `profile` and `place`.

    Attributes
    ----------
    canvas : MapCanvas
        The picture.
    choices : tuple of ipywidgets.Widget
        Data set and pixel size.
    about, hint : ipywidgets.Widget
        What the file is; what a hand can do.
    opened : Opened or None
        What is shown.
    """

    def __init__(self, owner: "StrainMap") -> None:
        self._owner = owner
        self.opened: Opened | None = None
        self.canvas = MapCanvas(
            title=_("Map"),
            description=_("the picture with the map of its lattice"),
            smooth=True,
            display_width=560,
            points_name=_("where window fits differ"),
            point_marker="cross",
            point_size=4.0,
            point_color="#000000",
        )
        self._calibration, self._datasets = PixelSizeField(owner), DatasetChoice(owner)
        self._calibration.layout.width = "auto"
        self.choices, self.about = (self._datasets, self._calibration), says()
        self.hint = says(_(texts.HINT))
        t.dlink((owner, "opacity"), (self.canvas, "map_opacity"))
        owner.observe(self.show, ["quantity", "limit"])
        owner.observe(self._select, "selection")
        owner.observe(self._outline, "reference")
        owner.observe(self._lay_line, "profile")
        self.canvas.observe(self._take_window, "window")
        self.canvas.observe(self._take_line, "ruler")
        self.canvas.observe(self._take_click, "clicked")

    def open(self, opened: Opened, presumed: str = "") -> None:
        """Show a picture, without a map; say what was presumed of it, if its distortion is taken out."""
        self.opened = opened
        size = opened.pixel_size
        self.canvas.clear_map()
        self.canvas.show(
            opened.shown,
            percentiles=(0.5, 99.5),
            full_shape=opened.values.shape,
            pixel_size=(size or 1.0) * opened.step,
            unit="nm" if size else "px",
            window=(),
            badge=_("distortion taken out") if presumed else "",
            ruler=(),
            points=(),
        )
        self._calibration.show(opened.image)
        self._datasets.show(opened.image)
        about = describe_file(
            opened.image, len(opened.values), opened.values.shape[1], size, opened.step, opened.frames
        )
        warned = f'<span class="lattice-widgets-presumed">⚠ {in_html(presumed)}</span>' if presumed else ""
        self.about.value = "<br>".join(filter(None, (about, warned)))
        self._outline()
        self._lay_line()

    def show(self, change: Any = None) -> None:
        """Lay the chosen map over the picture, and mark where window fits differ from a map of the lattice."""
        self._draw()
        maps, marks = self._owner.shown_maps(), np.zeros((0, 2))
        if maps is not None and "differs" in maps and self.opened is not None:
            down, across = np.nonzero(maps.differs.values)
            marks = self.opened.on_screen(np.stack([maps.row.values[down], maps.col.values[across]], axis=1))
        self.canvas.set_points(marks)

    def mark(self, place: xr.Dataset | None) -> None:
        """Draw the circle that a place averages over, or none."""
        if place is None or self.opened is None:
            self.canvas.circle, self.canvas.circle_label = (), ""
            return
        width, opened = FWHM * float(place.attrs["mask_sigma"]), self.opened
        where = opened.on_screen(float(place.row)), opened.on_screen(float(place.col))
        with self.canvas.hold_sync():
            self.canvas.circle = (*where, width / 2 / opened.step)
            size = float(place.attrs["pixel_size"]) or 1.0
            self.canvas.circle_label = texts.describe_resolution(width * size, str(place.attrs["unit"]))

    def clear_map(self) -> None:
        """Take the map away; the picture stays."""
        self.canvas.clear_map()
        self.canvas.set_points(())

    def close_picture(self) -> None:
        """Take the picture away too."""
        self.opened = None
        self._calibration.show(None)
        self._datasets.show(None)
        self.canvas.clear()
        self.canvas.ruler = ()
        self.about.value = ""

    def reduced(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Return labels of the pixels of the picture as those of the pixels of the screen."""
        step = self.opened.step if self.opened is not None else 1
        return labels[step // 2 :: step, step // 2 :: step]

    def _draw(self) -> None:
        maps, opened, quantity = self._owner.shown_maps(), self.opened, self._owner.quantity
        if maps is None or opened is None:
            self.canvas.clear_map()
            return
        self.canvas.show_map(
            maps[quantity].values,
            opened.on_screen(maps.row.values),
            opened.on_screen(maps.col.values),
            float(maps.attrs["step"]) / opened.step,
            limits=color_range(maps, quantity, self._owner.limit),
            errors=maps[f"{quantity}_error"].values if f"{quantity}_error" in maps else None,
            colors="viridis" if is_rising(quantity) else "diverging",
            name=name_of(quantity),
            unit=unit_of(quantity, maps),
        )
        self._select()

    def _select(self, change: Any = None) -> None:
        self.canvas.map_range = self._owner.selection

    # ---- the region: the yellow window

    def _outline(self, change: Any = None) -> None:
        self.canvas.window = self._region_on_screen()

    def _region_on_screen(self) -> tuple[int, ...]:
        region, opened = self._owner.reference, self.opened
        if opened is None or not isinstance(region, tuple):
            return ()
        starts = [
            min(max(round(part / opened.step), 0), length - 1)
            for part, length in zip(region[:2], opened.shown.shape, strict=True)
        ]
        sizes = [
            max(1, min(round(part / opened.step), length - start))
            for part, start, length in zip(region[2:], starts, opened.shown.shape, strict=True)
        ]
        return (*starts, *sizes)

    def _take_window(self, change: Any) -> None:
        dragged = self.canvas.window
        if self.opened is None or not dragged or dragged == self._region_on_screen():
            return  # our own outline
        self._owner.reference = tuple(self.opened.step * part for part in dragged)

    # ---- the line of the profile: its ends are edges of pixels on the screen, middles in the trait

    def _line_on_screen(self) -> tuple[float, ...]:
        if self.opened is None or len(self._owner.profile) != 4:
            return ()
        return tuple(self.opened.on_screen(part) + 0.5 for part in self._owner.profile)

    def _lay_line(self, change: Any = None) -> None:
        line = self._line_on_screen()
        if len(line) != len(self.canvas.ruler) or not np.allclose(line, self.canvas.ruler):
            self.canvas.ruler = line

    def _take_line(self, change: Any) -> None:
        line, known = self.canvas.ruler, self._line_on_screen()
        if self.opened is None or not line or (len(known) == 4 and np.allclose(line, known)):
            return
        self._owner.profile = tuple(self.opened.in_picture(part - 0.5) for part in line)

    # ---- the place

    def _take_click(self, change: Any) -> None:
        if self.opened is not None and len(self.canvas.cursor) == 2:
            at = [self.opened.in_picture(part) for part in self.canvas.cursor]
            self._owner.place = (at[0], at[1])
