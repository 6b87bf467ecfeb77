"""What lies beside the map: the place that is read, profile and histogram, code and files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
import xarray as xr
from numpy.typing import NDArray

from lattice_widgets.core.maps.reading import map_profile, place_at
from lattice_widgets.language import N_, _
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.views.charts.value_histogram import ValueHistogram
from lattice_widgets.views.figures.strain_figure import label_of
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.dashboard import keep_file
from lattice_widgets.widgets.parts.lines import button, row, says, short_control
from lattice_widgets.widgets.parts.texts import say_problem
from lattice_widgets.widgets.strain_map import texts

if TYPE_CHECKING:
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["FilePanel", "Pages", "PlacePanel", "ValueRange", "typed"]


class PlacePanel(ipw.VBox):
    """The values of one place with their errors.

    Parameters
    ----------
    owner : StrainMap
        Has the trait `place`.
    mark : callable
        Draws the circle of a place, or none.
    """

    def __init__(self, owner: "StrainMap", mark: Callable[[xr.Dataset | None], None]) -> None:
        self._owner, self._mark = owner, mark
        self._words = says(_(texts.NO_PLACE), live=True)
        self._explore = button(
            _("open in the explorer"), _("Open this place of the picture in the FFT explorer, below"), owner.explore
        )
        self._explore.add_class("lattice-widgets-explore")
        simulate = button(
            _("draw it in the simulator"), _("Give the lattice of this place to the simulator, below"), owner.simulate
        )
        embed = button(
            _("lay it on the map of examples"), _("Show among 1000 examples what the network finds this place like, below"),
            owner.embed,
        )  # fmt: skip
        self._ways = row(self._explore, simulate, embed)
        self._ways.layout.display = "none"
        super().__init__([self._words, self._ways], layout=ipw.Layout(width="100%", min_width="0"))
        self.add_class("lattice-widgets-place")

    def show(self, maps: xr.Dataset | None) -> xr.Dataset | None:
        """Show the place that is asked for, at first the middle of the map; return it, None if there is none."""
        if maps is None:
            self._tell(None, _(texts.NO_PLACE))
            return None
        asked = self._owner.place or (float(np.median(maps.row)), float(np.median(maps.col)))
        try:
            place = place_at(maps, *asked)
        except ValueError as problem:
            self._tell(None, in_html(say_problem(problem)))
            return None
        self._tell(place, texts.describe_place(place))
        return place

    def _tell(self, place: xr.Dataset | None, words: str) -> None:
        self._words.value = words
        self._ways.layout.display = None if place is not None else "none"
        self._mark(place)


class Pages:
    """Profile, histogram, code and files, on pages; a chart is put on its page when that is seen.

    Attributes
    ----------
    profile : xarray.Dataset or None
        The profile that is shown.
    tabs : ipywidgets.Tab
        The pages.
    """

    def __init__(self, owner: "StrainMap", grains: ipw.Widget, dislocations: ipw.Widget) -> None:
        self._owner = owner
        self.profile: xr.Dataset | None = None
        self._curve, self._histogram = ProfileCurve(), ValueHistogram()
        self._line_words = says(_(texts.NO_PROFILE), live=True)
        self._line = button(
            _("profile"), _("Lay a line over the map; drag its ends, or move them with the arrow keys"), owner.lay_line
        )
        self._line.add_class("lattice-widgets-profile")
        self._remove = button(_("remove"), _("Take the line away"), self._take_line_away)
        layout = ipw.Layout(width="100%", min_width="0")
        self._profile_page = ipw.VBox([row(self._line, self._remove), self._line_words], layout=layout)
        self._histogram_page = ipw.VBox([], layout=layout)
        self._range = ValueRange(owner)
        self._code = ipw.Textarea(rows=9, tooltip=_("Code that repeats this map"), layout=layout)
        self._code.add_class("lattice-widgets-code")
        pages: dict[str, ipw.Widget] = {
            N_("Profile"): self._profile_page,
            N_("Histogram"): self._histogram_page,
            N_("Grains"): grains,
            N_("Dislocations"): dislocations,
            N_("Code"): ipw.VBox([says(_(texts.CODE)), self._code]),
            N_("Export"): FilePanel(owner),
        }
        self.tabs = ipw.Tab(list(pages.values()), layout=layout)
        self.tabs.titles = tuple(_(title) for title in pages)
        self.tabs.selected_index = 0
        self.tabs.add_class("lattice-widgets-panels")
        self.tabs.observe(self._place_charts, "selected_index")
        self._remove.layout.display = "none"
        owner.observe(self.show, ["quantity", "profile"])

    def show(self, change: Any = None) -> None:
        """Show what belongs to the chosen map, or to none."""
        owner, maps = self._owner, self._owner.shown_maps()
        self.profile, words = None, _(texts.NO_PROFILE)
        self._remove.layout.display = None if owner.profile else "none"
        if maps is not None and owner.profile:
            try:
                self.profile = map_profile(maps, owner.profile[:2], owner.profile[2:])
                seen = np.isfinite(self.profile[owner.quantity].values).any()
                words = "" if seen else _("The line does not cross the map: drag its ends.")
            except ValueError as problem:
                words = say_problem(problem)
        label = label_of(owner.quantity, maps) if maps is not None else ""
        self._line_words.value = in_html(words)
        if self.profile is None:
            self._curve.clear()
        else:
            error = self.profile.get(f"{owner.quantity}_error")
            below = _("distance [{unit}]").format(unit=self.profile.distance.attrs["units"])
            values = self.profile[owner.quantity].values
            self._curve.show(
                self.profile.distance.values, values, None if error is None else error.values, below, label
            )
        if maps is None:
            self._histogram.clear()
        else:
            self._histogram.show(maps[owner.quantity].values, label)
            self._range.show(maps[owner.quantity].values)
        self._code.value = owner.code() if maps is not None else ""
        self._place_charts()

    def _place_charts(self, change: Any = None) -> None:
        """Put the charts where somebody sees them: one without room complains in the browser."""
        seen = self.tabs.children[self.tabs.selected_index or 0]
        buttons, words = self._profile_page.children[:2]
        shown = [self._curve] if self._curve.values and seen is self._profile_page else []
        self._put(self._profile_page, buttons, words, *shown)
        several = bool(self._histogram.counts) and seen is self._histogram_page
        self._put(self._histogram_page, *([self._histogram, self._range] if several else []))

    @staticmethod
    def _put(page: ipw.Box, *parts: ipw.Widget) -> None:
        if page.children != parts:
            page.children = parts

    def _take_line_away(self) -> None:
        self._owner.profile = ()


class ValueRange(ipw.FloatRangeSlider):
    """A slider with two ends: only places whose value lies between them have a color.

    Parameters
    ----------
    owner : StrainMap
        Has the trait `selection`.
    """

    def __init__(self, owner: "StrainMap") -> None:
        self._owner, self._following, self._shown = owner, False, (0.0, 1.0)
        super().__init__(
            description=_("colored"),
            tooltip=_("Only places whose value lies between both ends have a color"),
            readout=False,  # the line above the picture says both ends, and has the room
            style={"description_width": "64px"},
            layout=ipw.Layout(width="100%", max_width="420px"),
        )
        self.add_class("lattice-widgets-value-range")
        self.observe(self._take, "value")
        owner.observe(self._follow, "selection")

    def show(self, values: NDArray[np.float64]) -> None:
        """Take over the range of a map."""
        seen = values[np.isfinite(values)]
        if not seen.size:
            return
        low, high = float(seen.min()), float(seen.max())
        room = (high - low) / 100 or 0.5
        self._following = True  # the limits move the ends
        try:
            with self.hold_sync(), self.hold_trait_notifications():
                self.min, self.max = -1e300, 1e300  # the new ends may lie on either side of the old ones
                self.min, self.max, self.step = low - room, high + room, (high - low + 2 * room) / 200
        finally:
            self._following = False
        self._follow()

    def _follow(self, change: Any = None) -> None:
        chosen = self._owner.selection
        self._following = True
        try:
            self.value = chosen if len(chosen) == 2 and chosen[0] <= chosen[1] else (self.min, self.max)
            self._shown = self.value
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if self._following:
            return
        low, high = self.value
        # the browser rounds what it is given to a step, and sends that back as if a hand had moved it
        if max(abs(low - self._shown[0]), abs(high - self._shown[1])) <= 0.5001 * self.step:
            return
        everything = low < self.min + self.step / 2 and high > self.max - self.step / 2
        self._owner.selection = () if everything else (low, high)


def typed(owner: "StrainMap", name: str, kind: Any, step: float) -> Any:
    """Return a number to type that is linked to a trait."""
    trait = owner.traits()[name]
    label, unit = _(trait.metadata["label"]), trait.metadata.get("unit", "")
    words = f"{label} [{unit}]" if unit else label
    made = short_control(kind, words, _(trait.help), min=trait.min, max=trait.max, step=step)
    made.style.description_width, made.layout.width = "96px", "190px"
    made.add_class(f"lattice-widgets-{name.replace('_', '-')}")
    t.link((owner, name), (made, "value"))
    return made


class FilePanel(ipw.VBox):
    """What can be written: a name whose ending says what."""

    def __init__(self, owner: "StrainMap") -> None:
        self._owner = owner
        endings = ("csv", "npz", "zarr", "nc", "svg", "png", "pdf")
        self._name = ipw.Combobox(
            value="strain.csv",
            options=tuple(f"strain.{ending}" for ending in endings),
            description=_("file"),
            ensure_option=False,
            tooltip=_(texts.FILES),
            layout=ipw.Layout(width="100%", max_width="340px", min_width="0"),
        )
        write = button(_("write"), _("Write the file beside the notebook"), self._act)
        write.add_class("lattice-widgets-write")
        self._words = says(_(texts.FILES), live=True)
        super().__init__([self._name, write, self._words], layout=ipw.Layout(width="100%", min_width="0"))

    def _act(self) -> None:
        try:
            self._words.value = in_html(keep_file(self._owner, self._name.value.strip(), self._save))
        except (ValueError, OSError) as problem:
            words = in_html(say_problem(problem))
            self._words.value = f'<span role="alert" class="lattice-widgets-error">⚠ {words}</span>'

    def _save(self, path: Path) -> Path:
        return self._owner.save(path)
