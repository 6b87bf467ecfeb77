"""The explorer's controls: numbers beside the pictures, and the panels below them."""

import html
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
from numpy.typing import NDArray

from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.core.uncertainty.window_study import StudiedWindow
from lattice_widgets.language import N_, _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.radial_curve import RadialCurve
from lattice_widgets.views.charts.study_curve import StudyCurve
from lattice_widgets.widgets.explorer import texts as texts_explorer
from lattice_widgets.widgets.explorer.pins import table_of
from lattice_widgets.widgets.explorer.work import SCREEN, Measured
from lattice_widgets.widgets.parts.controls import choices, column, control, side_by_side
from lattice_widgets.widgets.parts.dashboard import refuse_to_write

#: number of the page with the study among the tabs
_STUDY_PAGE = 2
_SHORT = {"description_width": "64px"}


def _number(kind: Any, name: str, tooltip: str, **settings: Any) -> Any:
    layout = ipw.Layout(width="170px" if kind is ipw.Dropdown else "134px")
    return kind(description=name, tooltip=tooltip, style=_SHORT, layout=layout, **settings)


def _says(text: str = "") -> ipw.HTML:
    line = ipw.HTML(text)
    line.add_class("lattice-widgets-says")
    return line


def _button(name: str, tooltip: str, act: Any, width: str = "auto") -> ipw.Button:
    button = ipw.Button(description=name, tooltip=tooltip, layout=ipw.Layout(width=width))
    button.on_click(lambda button: act())
    return button


def _row(*parts: ipw.Widget) -> ipw.HBox:
    return ipw.HBox(list(parts), layout=ipw.Layout(flex_flow="row wrap", align_items="center", grid_gap="4px 8px"))


class WindowNumbers:
    """The window as four numbers, and how its transform is shown.

    Parameters
    ----------
    owner : FFTExplorer
        Whose traits the controls set.

    Attributes
    ----------
    window, spectrum : ipywidgets.Widget
        To be put below the picture and below the transform.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        names = (
            (_("row"), _("First row of the window [px]")),
            (_("col"), _("First column of the window [px]")),
            (_("height"), _("Height of the window [px]")),
            (_("width"), _("Width of the window [px]")),
        )
        self._parts = [_number(ipw.BoundedIntText, name, tip, min=0, max=100_000) for name, tip in names]
        for part in self._parts:
            part.observe(self._typed, "value")
        owner.observe(self._moved, "window")
        self._setting = False
        self.frame = control(owner, "frame")
        self.frame.layout.display = "none"
        whole = _button(_("whole picture"), _("Make the window the whole picture"), owner.whole)
        self.window = ipw.VBox([_row(*self._parts, whole), self.frame])
        self._d = _number(
            ipw.BoundedFloatText, "d [px]", _("Spacing of the ring; 0: no ring"), min=0, max=1e6, step=0.01
        )
        self._range = _number(
            ipw.BoundedFloatText,
            _("to [{unit}]").format(unit="1/px"),
            _("Largest frequency shown; 0: what is interesting"),
            min=0,
            max=1e6,
            step=0.1,
        )
        t.link((owner, "d_spacing"), (self._d, "value"))
        t.link((owner, "frequency_range"), (self._range, "value"))
        self._d.add_class("lattice-widgets-d-spacing")
        taper, network = (self._choice(owner, name) for name in ("taper", "classifier"))
        self._moved()
        self.spectrum = _row(self._d, self._range, taper, network)

    @staticmethod
    def _choice(owner: Any, name: str) -> ipw.Dropdown:
        trait = owner.traits()[name]
        made = _number(ipw.Dropdown, _(trait.metadata["label"]), _(trait.help), options=choices(trait.values))
        t.link((owner, name), (made, "value"))
        return made

    def fit_to(self, shape: tuple[int, int], pixel_size: float | None, frames: int) -> None:
        """Take over the limits and units of a picture."""
        self._shape = shape
        self._name_units("nm" if pixel_size else "px")
        self.frame.max = frames - 1
        self.frame.layout.display = None if frames > 1 else "none"

    def leave(self) -> None:
        """Forget limits and units of a picture: of the next one they are not known yet."""
        self._name_units("?")
        # the number of a frame of the next picture may be larger
        self.frame.max = self._owner.traits()["frame"].max
        self.frame.layout.display = "none"

    def _name_units(self, unit: str) -> None:
        self._d.description = f"d [{unit}]"
        self._range.description = _("to [{unit}]").format(unit=f"1/{unit}")

    def _moved(self, change: Any = None) -> None:
        if len(self._owner.window) != 4:
            return
        self._setting = True
        try:
            for part, value in zip(self._parts, self._owner.window, strict=True):
                part.value = value
        finally:
            self._setting = False

    def _typed(self, change: Any) -> None:
        if self._setting or not hasattr(self, "_shape"):
            return
        row, col, height, width = (part.value for part in self._parts)
        rows, cols = self._shape
        # what was typed last holds, as far as the picture goes; the others give way
        height, width = min(max(height, 16), rows), min(max(width, 16), cols)
        self._owner.window = (min(row, rows - height), min(col, cols - width), height, width)
        self._moved()


class Panels:
    """What lies below the pictures, in tabs: profile, spot, window size, drift, pins, code.

    Parameters
    ----------
    owner : FFTExplorer
        Whose traits the controls set and whose methods the buttons call.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        pages = {
            N_("Profile"): self._profile_page(),
            N_("Spot"): self._spot_page(),
            N_("Size"): self._study_page(),
            N_("Drift"): self._drift_page(),
            N_("Pins"): self._pins_page(),
            N_("Code"): self._code_page(),
        }
        self.box = ipw.Tab(list(pages.values()), layout=ipw.Layout(width="100%", min_width="0"))
        self.box.titles = tuple(_(title) for title in pages)
        self.box.selected_index = 0
        self.box.observe(self._place_curve, "selected_index")
        self.box.add_class("lattice-widgets-panels")

    def show(self, measured: Measured, unit: str, code: str) -> None:
        """Show what was measured."""
        self.curve.show(*measured.profile, unit)
        self._show_spot(measured, unit)
        self._code.value = code
        looked = measured.looked
        self._corrected_box.layout.display = None if looked.look.scale or looked.look.shear else "none"

    def clear(self) -> None:
        """Take away what was measured; pins and study have a life of their own."""
        self.curve.clear()
        self._spot_text.value = _(texts_explorer.ASK)
        self._spot_box.layout.display = self._corrected_box.layout.display = "none"
        self._code.value = self.drift_text.value = ""

    def show_study(self, studied: list[StudiedWindow], words: str) -> None:
        """Show the windows studied so far, or that there are none."""
        self._studied = bool(studied)
        if not studied:
            self._study_box.children = self._study_box.children[:2]
            self.study_text.value = _(texts_explorer.STUDY)
            return
        self._place_curve()
        means, spreads = ([getattr(one, name) for one in studied] for name in ("mean", "spread"))
        self._study_curve.show([one.window[3] for one in studied], means, spreads)
        self.study_text.value = words

    def show_pins(self, pins: list[dict[str, Any]]) -> None:
        """Show the pinned windows."""
        self._table.value = table_of(pins)
        self._unpin.disabled = self._save.disabled = not pins

    # ---- the pages

    def _profile_page(self) -> ipw.Widget:
        self.curve = RadialCurve()
        return self.curve

    def _spot_page(self) -> ipw.Widget:
        self._spot_text = _says(_(texts_explorer.ASK))
        self._fringes = PictureCanvas(
            title=_("Fringes of the spot"), description=_("the fringes of the spot"), smooth=True
        )
        self._off = control(self._owner, "spot_off")
        forget = _button(_("ask none"), _("Forget the spot, and put it back"), lambda: self._owner.ask_spot(()))
        self._spot_box = side_by_side(
            column(self._fringes, width="340px"), column(self._off, _row(forget), width="300px")
        )
        self._spot_box.layout.display = "none"
        return ipw.VBox([self._spot_text, self._spot_box])

    def _study_page(self) -> ipw.Widget:
        self.study_text = _says(_(texts_explorer.STUDY))
        self._study_curve = StudyCurve(_("width of the window [px]"))
        self._studied = False
        start = _button(
            _("study the window size"), _("Ask the network of ever smaller windows here"), self._owner.study
        )
        self._study_box = ipw.VBox([_row(start), self.study_text])
        return self._study_box

    def _place_curve(self, change: Any = None) -> None:
        """Put the curve in its page once that is seen: a figure that is laid out while hidden has a negative size."""
        if (
            self._studied
            and self.box.selected_index == _STUDY_PAGE
            and self._study_curve not in self._study_box.children
        ):
            self._study_box.children = (*self._study_box.children, self._study_curve)

    def _drift_page(self) -> ipw.Widget:
        self.drift_text = _says()
        owner = self._owner
        presume, scale, shear = (control(owner, name) for name in ("presume", "scale", "shear"))
        line_time = ipw.BoundedFloatText(
            description=_("line time [s]"),
            tooltip=_(owner.traits()["line_time"].help),
            min=0,
            max=1e4,
            step=0.001,
            style={"description_width": "128px"},
            layout=ipw.Layout(width="236px"),
        )
        t.link((owner, "line_time"), (line_time, "value"))
        buttons = _row(
            _button(_("apply this"), _("Apply the stretch and shear that give the presumed type"), owner.correct),
            _button(_("as scanned"), _("No stretch and no shear"), self._as_scanned),
        )
        self.corrected = PictureCanvas(
            title=_("The window, corrected"), description=_("the corrected window"), smooth=True
        )
        self._corrected_box = column(self.corrected, width="340px")
        self._corrected_box.layout.display = "none"
        return ipw.VBox(
            [
                self.drift_text,
                side_by_side(column(presume, line_time, buttons, scale, shear, width="340px"), self._corrected_box),
            ]
        )

    def _as_scanned(self) -> None:
        with self._owner.hold_trait_notifications():
            self._owner.scale = self._owner.shear = 0.0

    def _pins_page(self) -> ipw.Widget:
        self._name = ipw.Text(placeholder=_("name"), tooltip=_("Name of the pin"), layout=ipw.Layout(width="150px"))
        self._name.add_class("lattice-widgets-pin-name")
        pin = _button(_("pin this window"), _("Keep its results in the table"), self._pin)
        self._unpin = _button(_("unpin the last"), _("Forget the window pinned last"), self._owner.unpin)
        self._file = ipw.Text(value="windows.csv", tooltip=_("Name of the file"), layout=ipw.Layout(width="150px"))
        self._save = _button(_("save as CSV"), _("Write the table to this file"), self._save_table)
        self._saved = _says()
        self._table = _says()
        self._table.layout.max_width = "100%"
        self.show_pins([])
        return ipw.VBox([_row(self._name, pin, self._unpin), self._table, _row(self._file, self._save), self._saved])

    def _pin(self) -> None:
        self._owner.pin(self._name.value)
        self._name.value = ""

    def _save_table(self) -> None:
        try:
            refuse_to_write()
            self._saved.value = html.escape(_("Written: {file}").format(file=self._owner.save_table(self._file.value)))
        except (ValueError, OSError) as error:
            self._saved.value = html.escape(_("Not written: {reason}").format(reason=error))

    def _code_page(self) -> ipw.Widget:
        tooltip = _("Code that repeats this view")
        self._code = ipw.Textarea(
            disabled=False, rows=11, tooltip=tooltip, layout=ipw.Layout(width="100%", min_width="0")
        )
        self._code.add_class("lattice-widgets-code")
        return ipw.VBox([_says(_(texts_explorer.CODE)), self._code])

    def _show_spot(self, measured: Measured, unit: str) -> None:
        spot = measured.looked.look.spot
        self._spot_box.layout.display = None if spot else "none"
        if not spot or measured.fringes is None:
            self._spot_text.value = _(texts_explorer.ASK)
            return
        size = measured.looked.opened.pixel_size or 1.0
        factor = -(-max(measured.fringes.shape) // SCREEN)
        self._fringes.show(
            reduce_picture(measured.fringes, factor),
            percentiles=(0.1, 99.9),
            pixel_size=size * factor,
            unit="nm" if measured.looked.opened.pixel_size else "px",
        )
        frequency = np.array(spot) / size
        self._spot_text.value = texts_explorer.describe_spot(
            _name_of(frequency, measured),
            float(1 / np.hypot(*frequency)),
            "nm" if measured.looked.opened.pixel_size else "px",
            measured.classes,
            measured.probabilities,
            measured.before if measured.looked.look.spot_off else None,
        )


def _name_of(frequency: NDArray[np.float64], measured: Measured) -> str:
    """Return the Miller indices of a frequency, or the frequency itself where they fit badly."""
    if measured.fit is not None:
        index = measured.fit.vectors @ np.asarray(frequency)
        if np.abs(index - np.rint(index)).max() < 0.1:
            h, k = np.rint(index).astype(int)
            return f"({h} {k})"
    row, col = frequency
    return _("at ({row:.4g}, {col:.4g})").format(row=row, col=col)
