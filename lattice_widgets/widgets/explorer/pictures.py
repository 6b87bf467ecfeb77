"""The two pictures: the micrograph with its lattice, and the Fourier transform of the window with its spots."""

from typing import TYPE_CHECKING

from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.widgets.explorer import texts
from lattice_widgets.widgets.explorer.marks import spot_marks
from lattice_widgets.widgets.explorer.shown import Shown
from lattice_widgets.widgets.explorer.work import Opened, WindowResult, WindowSpectrum
from lattice_widgets.widgets.parts.calibration import PixelSizeField
from lattice_widgets.widgets.parts.lines import says
from lattice_widgets.widgets.parts.texts import describe_file

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer

__all__ = ["Pictures"]


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
    about, place : ipywidgets.Widget
        What the file is; which window is shown, and what of it is reduced for the screen.
    """

    def __init__(self, owner: "FFTExplorer", shown: Shown) -> None:
        self._shown = shown
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
        self.about, self.place = says(_(texts.HINT)), says()

    def open(self, opened: Opened) -> None:
        """Show a picture."""
        size = opened.pixel_size
        self.canvas.show(
            opened.shown,
            percentiles=(0.5, 99.5),
            pixel_size=(size or 1.0) * opened.step,
            unit="nm" if size else "px",
            window=(),
            points=(),
        )
        self.calibration.show(opened.image)
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
            **spot_marks(found, self._shown.result).settings(),
        )

    def show_result(self, result: WindowResult) -> None:
        """Draw the lattice over the picture and the spots over the transform."""
        found = result.spectrum
        step = found.opened.step
        self.canvas.set_points((result.points + 0.5) / step - 0.5)
        if self._shown.spectrum is not None:
            marks = spot_marks(self._shown.spectrum, result)
            self.fourier.set_points(marks.positions, marks.names, notes=marks.notes, faint=marks.faint)
        assert found.cropped is not None
        shape, full = found.shown.magnitude.shape, found.cropped.magnitude.shape
        self.place.value = texts.describe_reduction(found.window, step, shape, full)

    def close_picture(self) -> None:
        """Take the picture away."""
        self.calibration.show(None)
        self.canvas.clear()
        self.about.value = _(texts.HINT)

    def clear(self) -> None:
        """Take away what was found in the picture."""
        self.canvas.set_points(())
        self.fourier.clear()
        self.place.value = ""
