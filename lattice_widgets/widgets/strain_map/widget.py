"""The strain map: a picture, the map of its lattice over it, and what a place or a line of it says, with errors."""

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t
import xarray as xr

from lattice_widgets.core.maps.grains.grain_map import GrainMap
from lattice_widgets.core.maps.reading import MOIRE_QUANTITIES, QUANTITIES
from lattice_widgets.files.tables import frame_text
from lattice_widgets.language import N_, _
from lattice_widgets.records.kinds.strain import describe_map
from lattice_widgets.records.kinds.undistorted import describe_undistorted
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.explorer.widget import FFTExplorer
from lattice_widgets.widgets.opening.calibration import GivenPixelSize
from lattice_widgets.widgets.opening.dataset_choice import Dataset
from lattice_widgets.widgets.opening.picture_choice import PictureChoice, opening_row
from lattice_widgets.widgets.opening.picture_memory import PictureMemory
from lattice_widgets.widgets.opening.sources import Thing, ThingOf
from lattice_widgets.widgets.parts.controls import answer, column, control, heading, side_by_side
from lattice_widgets.widgets.parts.lines import row, says
from lattice_widgets.widgets.parts.record_button import keep_buttons
from lattice_widgets.widgets.parts.settings import Choice, Number, Pair
from lattice_widgets.widgets.strain_map import texts, work
from lattice_widgets.widgets.strain_map.choices import DistortionChoice, PresumedTrait
from lattice_widgets.widgets.strain_map.dislocations import Dislocations
from lattice_widgets.widgets.strain_map.files import StrainFiles
from lattice_widgets.widgets.strain_map.grains import Grains
from lattice_widgets.widgets.strain_map.line import LineTrait, middle_line
from lattice_widgets.widgets.strain_map.moire import Layers, QuantityChoice
from lattice_widgets.widgets.strain_map.neighbors import Neighbors
from lattice_widgets.widgets.strain_map.panels import Pages, PlacePanel, typed
from lattice_widgets.widgets.strain_map.picture import MapPicture
from lattice_widgets.widgets.strain_map.reference import ReferenceChoice, ReferenceTrait
from lattice_widgets.widgets.strain_map.work import Mapped, Opened, Pause, Request

__all__ = ["StrainMap"]


class StrainMap(StrainFiles, LatticeWidget):
    """A picture with a map of its strain, rotation or amplitude over it, every number with its error.

    The map is that of `lattice_widgets.map_lattice`. A drag moves the region that strain is measured against, a click reads
    a place, a line draws a profile. Traits tagged ``of_picture`` belong to the picture, and come back with it.

    Parameters
    ----------
    source : str, Path, xarray.DataArray or array_like
        Name of a sample, path of a file, or an array (rows, cols) or (frames, rows, cols).
    **settings
        Any of the traits.

    Examples
    --------
    >>> strain = StrainMap("srtio3_stem", reference=(300, 300, 200, 200))  # doctest: +SKIP
    >>> strain.place = (500, 520)  # doctest: +SKIP
    >>> strain.reading.strain_xx.item(), strain.reading.strain_xx_error.item()  # doctest: +SKIP
    """

    title = N_("Strain map")

    source = Thing("srtio3_stem", help="Name of a sample, path of a file, or an array.").tag(request=True, undo=True)
    pixel_size = GivenPixelSize().tag(request=True, of_picture=True, undo=True)
    dataset = Dataset().tag(request=True, of_picture=True, undo=True)
    frame = t.Int(0, min=0, max=100_000, help=N_("Which picture of a movie.")).tag(
        request=True, of_picture=True, label=N_("frame")
    )
    undistort = PresumedTrait().tag(request=True, of_picture=True)
    quantity = Choice((*QUANTITIES, *MOIRE_QUANTITIES), "strain_xx", help=N_("Which map lies over the picture.")).tag(
        label=N_("map")
    )
    reference = ReferenceTrait().tag(request=True, of_picture=True)
    window_size = t.Int(
        0, min=0, max=100_000, help=N_("Side of the square that a place averages over [px]; 0: chosen by the lattice.")
    ).tag(request=True, of_picture=True, label=N_("window"), unit="px")
    compare = t.Bool(
        False, help=N_("Map once more by fits to the spectra of windows, and mark where both differ; takes longer.")
    ).tag(request=True, label=N_("check by window fits"))
    opacity = Number(0.65, min=0.0, max=1.0, help=N_("How much the map covers of the picture.")).tag(
        label=N_("opacity"), step=0.05, format=".2f"
    )
    limit = Number(
        0.0,
        min=0.0,
        max=1e6,
        help=N_("Colors reach to this value on either side, % or degrees; 0: as the maps need it."),
    ).tag(label=N_("range ±"))
    place = Pair(help="Place (row, col) that is read [px]; (): the middle of the map.").tag(of_picture=True, undo=True)
    profile = LineTrait(help="Line (row, col, row, col) along which the map is read [px]; (): none.").tag(
        of_picture=True, undo=True
    )
    grain = t.Int(0, min=0, help="Number of the chosen grain; 0: none.").tag(of_picture=True, undo=True)
    dislocation = t.Int(0, min=0, help="Number of the chosen dislocation, from 1; 0: none.").tag(
        of_picture=True, undo=True
    )
    selection = Pair(help="Only places whose value lies between these two have a color; (): all.").tag(
        of_picture=True, undo=True
    )

    image = ThingOf(xr.DataArray, read_only=True, allow_none=True, help="The picture, (row, col), with square pixels.")
    maps = ThingOf(xr.Dataset, read_only=True, allow_none=True, help="The maps, as from `map_lattice`; None before.")
    reading = ThingOf(
        xr.Dataset, read_only=True, allow_none=True, help="The maps at `place`; None where there are none."
    )
    grains = ThingOf(GrainMap, read_only=True, allow_none=True, help="The grains; None before they are found.")
    dislocations = ThingOf(
        tuple, read_only=True, allow_none=True, help="Of `find_dislocations`; None before they are looked for."
    )
    moire = ThingOf(
        xr.Dataset, read_only=True, allow_none=True, help="Of `map_moire`, if two lattices lie over each other."
    )
    presumed = t.Unicode(
        "", read_only=True, help="What was presumed to take the scan's distortion out; empty: as scanned."
    )
    message = t.Unicode("", read_only=True, help="What the map shows, in words.")

    def __init__(self, source: Any = "srtio3_stem", **settings: Any) -> None:
        self._mapped: Mapped | None = None
        super().__init__(source=source, **settings)

    # ---- what a script does

    def profile_values(self) -> xr.Dataset | None:
        """Return the profile that is shown, as `lattice_widgets.map_profile` does; None without a line."""
        return self._pages.profile

    def usual_region(self) -> tuple[int, int, int, int]:
        """Return the region that the reference begins with: the middle third of the picture [px]."""
        rows, cols = self._picture.opened.values.shape if self._picture.opened is not None else (192, 192)
        height, width = max(16, rows // 3), max(16, cols // 3)
        return (rows - height) // 2, (cols - width) // 2, height, width

    def lay_line(self) -> None:
        """Lay the line of the profile over the middle of the map, from left to right."""
        maps = self.shown_maps()
        if maps is None:
            raise ValueError(_(texts.NO_MAP))
        self.profile = middle_line(maps)

    def find_grains(self) -> None:
        """Have the grains found, as `lattice_widgets.find_grains` does: `grains` holds them when the widget is settled."""
        self._grains.find()

    def find_dislocations(self) -> None:
        """Have the edge dislocations found: `dislocations` holds them when the widget is settled."""
        self._dislocations.find()

    @property
    def explorer(self) -> FFTExplorer | None:
        """What a place is open in; None before `explore`."""
        return self.neighbors.explorer

    def explore(self) -> None:
        """Open the place that is read in the explorer, below: the window that it averages over."""
        self.neighbors.explore()

    def simulate(self) -> None:
        """Give the lattice of the place that is read to the simulator, below."""
        self.neighbors.simulate()

    def embed(self) -> None:
        """Lay the window of the place that is read on the map of examples, below."""
        self.neighbors.embed()

    # ---- the five parts

    def request(self) -> Request:
        """Return the settings."""
        names = ("source", "pixel_size", "dataset", "frame", "undistort", "window_size", "reference", "compare")
        return Request(**{name: getattr(self, name) for name in names}, opened=self._picture.opened)

    @staticmethod
    def compute(request: Request) -> Iterator[Opened | Mapped | Pause]:
        """Yield the picture if it is new, then its maps."""
        return work.look(request)

    def apply(self, answer: Opened | Mapped | Pause) -> None:
        """Show the picture or its maps."""
        if isinstance(answer, Opened):
            self._mapped = None
            told = describe_undistorted(answer.straight) if answer.straight is not None else ""
            self.set_trait("presumed", told)
            self._picture.open(answer, told)
            self._grains.clear()
            self._dislocations.clear()
            self._layers.clear()
            self.set_trait("image", answer.image)
            self._frame_control.max = answer.frames - 1
            self._frame_control.layout.display = None if answer.frames > 1 else "none"
        elif isinstance(answer, Mapped):
            self._show(answer)

    def completes(self, answer: Opened | Mapped | Pause) -> bool:
        """Whether an answer renews the map."""
        return isinstance(answer, Mapped)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the picture with its map, what is read from it, and the panels below."""
        # first of all that follow the source: the old picture goes before anything of the new one is shown
        self._memory = PictureMemory(self, self._leave_picture)
        self._picture = MapPicture(self)
        self._picture.canvas.offer_code(self.code)
        self._picture.canvas.offer_map(lambda: frame_text(self.table()))
        self._layers = Layers(self)
        self._grains = Grains(self, self._picture)
        self._dislocations = Dislocations(self, self._picture)
        self._place_panel = PlacePanel(self, self._picture.mark)
        self._pages = Pages(self, self._grains.page, self._dislocations.page)
        self._words = answer(says(live=True))
        self.neighbors = Neighbors(self)
        self._frame_control = control(self, "frame")
        self._frame_control.layout.display = "none"
        names = {name: control(self, name) for name in ("opacity", "compare")}
        numbers = [typed(self, "limit", ipw.BoundedFloatText, 0.1), typed(self, "window_size", ipw.BoundedIntText, 2)]
        self.observe(self._read, ["place", "quantity"])
        self.observe(self._select_all, ["quantity", "reference"])  # a range of one map says nothing of another
        self.observe(self._describe, ["quantity", "selection"])
        return [
            opening_row(PictureChoice(self), *self._picture.choices),
            heading(self._picture.about, self._words),
            row(QuantityChoice(self), ReferenceChoice(self), DistortionChoice(self)),
            side_by_side(
                column(
                    self._picture.canvas, names["opacity"], self._picture.hint, row(*numbers), names["compare"],
                    self._frame_control, width="440px",
                ),
                column(answer(self._place_panel), answer(self._pages.tabs), width="380px"),
            ),
            *keep_buttons(self),
            self.neighbors,
        ]  # fmt: skip

    def forget_answers(self) -> None:
        """Take away the maps, and the picture too if it is not the one that is asked for."""
        self._mapped = None
        opened = self._picture.opened
        if opened is not None and not opened.answers(self):
            self.set_trait("image", None)
            self.set_trait("presumed", "")
            self._picture.close_picture()
            self._grains.clear()
            self._dislocations.clear()
            self._layers.clear()
        self._picture.clear_map()
        self.set_trait("maps", None)
        self._read()
        self._pages.show()
        self._describe()

    # ---- showing

    def show_moire(self) -> None:
        """Show what is known of layers that lie over each other."""
        if self._mapped is not None:
            self._show(self._mapped)

    def _leave_picture(self) -> None:
        self._runner.cancel()
        self.forget_answers()

    def _changed(self, change: dict[str, Any]) -> None:
        if not self._memory.restoring:  # the source itself is told of when all of its settings are back
            super()._changed(change)

    def _show(self, answer: Mapped) -> None:
        self._mapped = answer
        self.set_trait("maps", answer.maps)
        self._picture.show()
        self._read()
        self._pages.show()
        self._describe()
        self._layers.look(answer.opened)

    def _select_all(self, change: Any) -> None:
        if not (self._memory.restoring or self.history.restoring):
            self.selection = ()

    def _read(self, change: Any = None) -> None:
        self.set_trait("reading", self._place_panel.show(self.shown_maps()))

    def _describe(self, change: Any = None) -> None:
        found, words = self._mapped, ""
        if found is not None:
            maps, lattice = self.shown_maps(), self.quantity not in MOIRE_QUANTITIES
            told = (
                describe_map(found.maps, self.quantity, found.request.reference) if lattice else "",
                self._layers.describe(self.quantity),
                texts.describe_selection(maps, self.quantity, self.selection) if maps is not None else "",
                texts.describe_doubts(found.maps) if lattice else "",
                *map(str, found.maps.attrs["left_out"]),
            )
            words = " ".join(filter(None, told))
        self.set_trait("message", words)
        self._words.value = in_html(words)
