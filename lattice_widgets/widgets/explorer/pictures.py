"""The two pictures: the micrograph with its lattice, and the Fourier transform of the window with its spots."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.core.lattices.known.candidates import Candidate
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.basis import atoms_of, places_of, points_of
from lattice_widgets.widgets.explorer.crystals.overlay import cell_in_picture, cell_in_window, spot_boxes
from lattice_widgets.widgets.explorer.marks import point_colors, spot_marks
from lattice_widgets.widgets.explorer.window_result import Shown, WindowResult
from lattice_widgets.widgets.explorer.work import SCREEN, Opened, WindowSpectrum
from lattice_widgets.widgets.opening.calibration import PixelSizeField
from lattice_widgets.widgets.opening.dataset_choice import DatasetChoice
from lattice_widgets.widgets.opening.ruler_field import RulerField
from lattice_widgets.widgets.parts.controls import control
from lattice_widgets.widgets.parts.lines import row, says
from lattice_widgets.widgets.parts.texts import describe_file

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Corrected", "Pictures"]


class Pictures:
    """Micrograph and transform, with the lines above and below them.

    Parameters
    ----------
    owner : FFTExplorer
        Has the trait `pixel_size`.
    shown : Shown
        What they show.

    Attributes
    ----------
    canvas, fourier : PictureCanvas
        The micrograph and the transform.
    calibration : PixelSizeField
        The pixel size.
    ruler : RulerField
        The ruler, which also calibrates by a scale bar.
    choices : tuple of ipywidgets.Widget
        The choice of the data set, the pixel size, and the ruler.
    about, place : ipywidgets.Widget
        What the file is; which window is shown, and what of it is reduced for the screen.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown) -> None:
        self._owner, self._shown = owner, shown
        self._candidate: Candidate | None = None
        self.calibration = PixelSizeField(owner)
        self.canvas = PictureCanvas(
            title=_("Micrograph"),
            description=_("the micrograph with its window"),
            smooth=True,
            points_name=_("Lattice"),
            point_size=3.0,
            point_color="#56B4E9",
        )
        self.fourier = PictureCanvas(
            title=_("Fourier transform"),
            description=_("its Fourier magnitude, logarithmic"),
            origin="center",
            color_map="inferno",
            log=True,
            smooth=True,
            points_name=_("Spots"),
            point_size=7.0,
        )
        self.datasets, self.ruler = DatasetChoice(owner), RulerField(owner, self.canvas)
        t.link((owner, "show_cell"), (self.canvas, "show_cells"))
        self.ruler.draw_line.observe(self._show_scanned, "value")
        owner.observe(self._leave_scanned, "show_corrected")
        self.calibration.layout.width = "auto"
        self.choices = (self.datasets, self.calibration, self.ruler)
        self.about, self.place = says(_(texts.HINT)), says()

    def _show_scanned(self, change: Any) -> None:
        if change["new"]:  # the ruler measures the picture as it was scanned
            self._owner.show_corrected = False

    def _leave_scanned(self, change: Any) -> None:
        if change["new"]:
            self.ruler.close_line()

    def open(self, opened: Opened) -> None:
        """Show a picture."""
        size = opened.pixel_size
        self.canvas.show(
            opened.shown,
            percentiles=(0.5, 99.5),
            full_shape=opened.values.shape,
            pixel_size=(size or 1.0) * opened.step,
            unit="nm" if size else "px",
            window=(),
            points=(),
            cells=(),
        )
        self.calibration.show(opened.image)
        self.datasets.show(opened.image)
        self.ruler.take(opened.values, size, opened.step)
        about = describe_file(opened.image, *opened.shape, size, 1, opened.frames)
        self.about.value = f"{about}<br>{_(texts.HINT)}"

    def show_spectrum(self, found: WindowSpectrum) -> None:
        """Show the transform of the window; the spots are those that were measured last."""
        self.fourier.show(
            found.shown.magnitude,
            percentiles=(30, 99.95),
            scale="log",
            pixel_size=found.shown.steps,
            unit=found.shown.unit,
            badge=texts.describe_applied(found.request.scale, found.request.shear),
            boxes=spot_boxes(found, self._candidate),
            **spot_marks(found, self._shown.result).settings(),
        )

    def lay_over(self, candidate: Candidate | None) -> None:
        """Draw the cell of a crystal over the picture, dashed, and boxes where its spots would lie; None takes it away."""
        self._candidate, result = candidate, self._shown.result
        self.canvas.cells = self._cells(result) if result is not None else ()
        found = self._shown.spectrum
        self.fourier.boxes = spot_boxes(found, candidate) if found is not None and result is not None else []

    def _cells(self, result: WindowResult) -> tuple[tuple[float, ...], ...]:
        return on_screen((*result.cells, *cell_in_picture(result, self._candidate)), result.spectrum.opened.step)

    def show_result(self, result: WindowResult) -> None:
        """Draw the lattice over the picture and the spots over the transform."""
        found = result.spectrum
        step = found.opened.step
        places = places_of(result, self._owner.show_basis)
        # in a picture of several lattices the points tell them apart: no atoms of one of them
        points = result.points if result.owners.any() else points_of(result.points, result.cells, places)
        self.canvas.set_points((points + 0.5) / step - 0.5, colors=point_colors(result.owners))
        with self.canvas.hold_sync():
            self.canvas.cells, self.canvas.cell_atoms = self._cells(result), atoms_of(places)
        if self._shown.spectrum is not None:
            marks = spot_marks(self._shown.spectrum, result)
            self.fourier.set_points(
                marks.positions, marks.names, notes=marks.notes, faint=marks.faint, colors=marks.colors
            )
        assert found.cropped is not None
        shape, full = found.shown.magnitude.shape, found.cropped.magnitude.shape
        self.place.value = texts.describe_reduction(found.window, step, shape, full)

    def close_picture(self) -> None:
        """Take the picture away."""
        self.calibration.show(None)
        self.datasets.show(None)
        self.ruler.close_line()
        self.canvas.clear()
        self.about.value = _(texts.HINT)

    def clear(self) -> None:
        """Take away what was found in the picture."""
        self._candidate = None
        self.canvas.set_points(())
        self.canvas.cells = self.canvas.cell_atoms = ()
        self.fourier.clear()
        self.place.value = ""


def on_screen(cells: Sequence[Sequence[float]], step: int) -> tuple[tuple[float, ...], ...]:
    """Return unit cells in pixels of the screen, of which each is so many of the picture along each axis."""
    return tuple(
        ((row + 0.5) / step - 0.5, (col + 0.5) / step - 0.5, *(part / step for part in sides))
        for row, col, *sides in cells
    )


class Corrected:
    """Shows the picture as it was scanned, or what the correction makes of its window.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits `scale`, `shear` and `show_corrected`.
    shown : Shown
        What it shows.
    canvas : PictureCanvas
        The picture as it was scanned.

    Attributes
    ----------
    box : ipywidgets.Widget
        The pictures and the switch between them.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown, canvas: PictureCanvas) -> None:
        self._owner, self._shown, self._scanned = owner, shown, canvas
        self._candidate: Candidate | None = None
        self._canvas = PictureCanvas(
            title=_("The window, corrected"),
            description=_("the corrected window"),
            smooth=True,
            points_name=_("Lattice"),
            point_size=3.0,
        )
        t.link((owner, "show_cell"), (self._canvas, "show_cells"))
        self._switch = control(owner, "show_corrected")
        self._switches = row(control(owner, "show_cell"), control(owner, "show_basis"), self._switch)
        for switch in self._switches.children:
            switch.layout.width = "auto"
        self.box = ipw.VBox([canvas, self._switches])
        owner.observe(self.choose, ["scale", "shear", "show_corrected"])
        self.choose()

    def show_spectrum(self, found: WindowSpectrum) -> None:
        """Show the window as it is transformed, if a correction is on."""
        image, size = found.image, found.opened.pixel_size
        if image is not None and (found.request.scale or found.request.shear):
            step = -(-max(image.shape) // SCREEN)
            self._canvas.show(
                reduce_picture(image, step),
                percentiles=(0.5, 99.5),
                full_shape=image.shape,
                pixel_size=(size or 1.0) * step,
                unit="nm" if size else "px",
                badge=texts.describe_applied(found.request.scale, found.request.shear),
                points=(),
                cells=(),
            )
        self.choose()

    def show_result(self, result: WindowResult) -> None:
        """Lay the lattice over the window."""
        image = result.spectrum.image
        if image is not None and self._canvas.rows:
            step = -(-max(image.shape) // SCREEN)
            places = places_of(result, self._owner.show_basis)
            several = result.owners.any()
            points = result.window_points if several else points_of(result.window_points, result.window_cells, places)
            self._canvas.set_points((points + 0.5) / step - 0.5, colors=point_colors(result.owners))
            with self._canvas.hold_sync():
                cells = (*result.window_cells, *cell_in_window(result, self._candidate))
                self._canvas.cells, self._canvas.cell_atoms = on_screen(cells, step), atoms_of(places)

    def lay_over(self, candidate: Candidate | None) -> None:
        """Draw the cell of a crystal over the window, dashed; None takes it away."""
        self._candidate = candidate
        if self._shown.result is not None:
            self.show_result(self._shown.result)

    def clear(self) -> None:
        """Take the window away."""
        self._canvas.clear()
        self.choose()

    def close(self) -> None:
        """Close the picture that the widget does not hold when it is not shown."""
        self._canvas.layout.close()
        self._canvas.close()

    def choose(self, change: Any = None) -> None:
        """Show the one that is asked for; without a correction there is no choice."""
        owner = self._owner
        on = bool(owner.scale or owner.shear)
        corrected = on and owner.show_corrected and self._canvas.rows > 0
        self._switch.layout.display = None if on else "none"
        self._scanned.layout.display = "none" if corrected else None
        shown = (self._scanned, *([self._canvas] if corrected else []), self._switches)
        if self.box.children != shown:
            self.box.children = shown
