"""What lies below the pictures, in tabs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from lattice_widgets.language import N_, _
from lattice_widgets.records.code_lines import code_of
from lattice_widgets.views.charts.radial_curve import RadialCurve
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.drift import Drift
from lattice_widgets.widgets.explorer.pages.cell import Cell
from lattice_widgets.widgets.explorer.pages.pins import Pins
from lattice_widgets.widgets.explorer.pages.spot import Spot
from lattice_widgets.widgets.explorer.pages.study import SizeStudy
from lattice_widgets.widgets.explorer.pictures import Pictures
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import WindowSpectrum
from lattice_widgets.widgets.parts.code_source import source_lines
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.network import path_of_network

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Code", "Panels"]


class Panels:
    """The pages of tools: profile, spot, mean cell, window size, drift, pins, code.

    Attributes
    ----------
    curve, spot, cell, study, drift, pins, code : object
        What is on the pages.
    tabs : ipywidgets.Tab
        The pages.
    """

    def __init__(
        self,
        owner: "FFTExplorer",
        shown: Shown,
        pictures: Pictures,
        fail: Callable[[Exception], None],
        busy: Callable[[bool], None],
    ) -> None:
        self.curve = RadialCurve()
        self.spot = Spot(owner, shown, pictures.fourier, self.curve)
        self.cell = Cell(owner)
        self.study = SizeStudy(owner, shown, fail, busy)
        self.drift = Drift(owner, shown, pictures.canvas)
        self.pins = Pins(owner, shown, pictures.canvas)
        self.code = Code(owner, shown)
        for canvas in (pictures.canvas, pictures.fourier):
            canvas.offer_code(self.code.lines)
        pages: dict[str, ipw.Widget] = {
            N_("Profile"): self.curve,
            N_("Spot"): self.spot.page,
            N_("Cell"): self.cell.page,
            N_("Size"): self.study.page,
            N_("Drift"): self.drift.page,
            N_("Pins"): self.pins.page,
            N_("Code"): self.code.page,
        }
        self.tabs = ipw.Tab(list(pages.values()), layout=ipw.Layout(width="100%", min_width="0"))
        self.tabs.titles = tuple(_(title) for title in pages)
        self.tabs.selected_index = 0
        self.tabs.add_class("lattice-widgets-panels")
        self.tabs.observe(self._turned, "selected_index")

    def open(self) -> None:
        """Show what belongs to a picture that was opened."""
        self.pins.draw()
        self.drift.show_badge()
        self.spot.draw_ring()

    def show_spectrum(self, found: WindowSpectrum) -> None:
        """Show what the spectrum tells."""
        self.spot.draw_ring()

    def show_result(self, result: WindowResult, first: bool) -> None:
        """Show what was measured; ``first`` tells that nothing was before in this picture."""
        self.curve.show(*result.profile, result.spectrum.shown.unit)
        self.spot.show(result)
        self.cell.show(result)
        self.drift.tell()
        if first:
            self.study.draw()  # a study that came back with its picture: now the cell is known too
        self.code.show()

    def clear(self) -> None:
        """Take away what was measured; pins and study have a life of their own."""
        for part in (self.curve, self.spot, self.cell, self.drift):
            part.clear()
        self.code.show()

    def _turned(self, change: Any) -> None:
        seen = self.tabs.selected_index is not None and self.tabs.children[self.tabs.selected_index]
        self.study.be_seen(seen is self.study.page)


class Code:
    """The lines that repeat what is shown without the widget.

    Attributes
    ----------
    page : ipywidgets.Widget
        To be put among the panels.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown) -> None:
        self._owner, self._shown = owner, shown
        layout = ipw.Layout(width="100%", min_width="0")
        self._text = ipw.Textarea(disabled=False, rows=11, tooltip=_("Code that repeats this view"), layout=layout)
        self._text.add_class("lattice-widgets-code")
        self.page = ipw.VBox([says(_(texts.CODE)), self._text])

    def lines(self) -> str:
        """Return the lines; empty if nothing is shown."""
        found = self._shown.spectrum
        if found is None:
            return ""
        asked = found.request
        frame = found.opened.frame if found.opened.frames > 1 else None
        resampled = "resampled_from" in found.opened.image.attrs
        made = source_lines(self._owner.source, asked.dataset, asked.pixel_size, frame, resampled)
        spot, name = (asked.spot if asked.spot_off else ()), path_of_network(self._owner.classifier)
        lines = code_of(made, found.window, asked.scale, asked.shear, spot, asked.spot_width, name)
        result = self._shown.result
        if self._owner.show_basis and result is not None and result.mean_cell is not None:
            lines += "\ncell = lw.mean_cell(window, fit.lattice, pixel_size)\nprint(*cell.places, sep='\\n')"
        return lines

    def show(self, change: Any = None) -> None:
        """Show the lines as they are now."""
        self._text.value = self.lines()
