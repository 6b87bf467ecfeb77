"""A picture in the browser: drawn, colored, zoomed and read out there, fed with one byte a pixel from here."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_bytes import ValueScale, encode_picture, pack_points
from lattice_widgets.views.canvas.picture_traits import (
    Boxes,
    CellAtoms,
    Cells,
    PixelSize,
    Ruler,
    View,
    Window,
    reject_unknown,
)
from lattice_widgets.views.shared.export_view import ExportView
from lattice_widgets.views.shared.javascript import join_modules, join_styles

__all__ = ["COLOR_MAPS", "MARKERS", "PictureCanvas"]

#: Color maps that the browser knows.
COLOR_MAPS = ("gray", "afmhot", "inferno", "magma", "viridis", "cividis", "gray_r")

#: Markers for points over a picture.
MARKERS = ("circle", "square", "diamond", "plus", "cross")


class PictureCanvas(ExportView):
    """A picture with color map, contrast, scale bar, zoom, overlays and a readout of the pixel under the mouse.

    `show` sets a picture; every trait can also be set alone. Display settings change colors, never data. Positions are
    (row, col) in pixels of the picture: integers are the middle of a pixel for points and for `cursor`, while boxes and
    `view` cover the pixels of the slice ``[row : row + height, col : col + width]``.

    Keyboard, when the picture has the focus: ``+`` and ``-`` zoom, arrows move the picture, Shift with arrows moves a
    crosshair, Enter picks its pixel, ``0`` shows the whole picture. Mouse and touch: Ctrl with the wheel or two fingers
    zoom, dragging moves, a double click shows the whole picture. Where there is a `window`, it is dragged by its inside
    and sized by its edges; with the focus on it arrows move it and Shift with arrows sizes it. Ends of a `ruler` and of the
    vectors of a cell are dragged or moved by arrows in the same way.

    Examples
    --------
    >>> canvas = PictureCanvas(title="A ramp", color_map="viridis")
    >>> canvas.show([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]], pixel_size=0.1, unit="nm")
    >>> canvas.rows, canvas.cols, canvas.value_high
    (2, 3, 5.0)
    """

    _esm: ClassVar[str] = join_modules(
        "shared/color_maps.js",
        "canvas/picture_geometry.js",
        "canvas/picture_drawing.js",
        "canvas/picture_gestures.js",
        "canvas/picture_toolbar.js",
        "canvas/map_signs.js",
        "canvas/map_layer.js",
        "canvas/picture_window.js",
        "shared/icons.js",
        "canvas/picture_ruler.js",
        "canvas/picture_cell.js",
        "canvas/picture_histogram.js",
        "shared/downloads.js",
        "shared/picture_menu.js",
        "shared/page/ask.js",
        "shared/page/bytes.js",
        "shared/page/own_layout.js",
        "shared/page/early_pixels.js",
        "canvas/picture_canvas.js",
    )
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "canvas/map_layer.css", "shared/picture_menu.css")

    # the picture: set together, by `show`
    pixels = t.Bytes(read_only=True, help="One byte a pixel, rows after one another; see `picture_bytes`.")
    picture_number = t.Int(0, help="Counts the pictures; the pixels of each follow in a message of their own.").tag(
        sync=True
    )
    rows = t.Int(0, min=0, help="Number of rows.").tag(sync=True)
    cols = t.Int(0, min=0, help="Number of columns.").tag(sync=True)
    full_shape = TypedTuple(t.Int(), help="Rows and columns before it was thinned for the screen; (): it was not.").tag(
        sync=True
    )
    value_low = t.Float(0.0, help="Value of the lowest byte.").tag(sync=True)
    value_high = t.Float(255.0, help="Value of byte 255.").tag(sync=True)
    value_scale = t.Enum(["linear", "log"], "linear", help="How bytes between them are spread.").tag(sync=True)
    value_unit = t.Unicode("", help="Unit of the values, for the readout.").tag(sync=True)
    missing = t.Bool(False, help="Whether byte 0 means that the pixel has no value.").tag(sync=True)
    clipped = t.Tuple(t.Bool(), t.Bool(), default_value=(False, False)).tag(sync=True)
    """Whether the lowest and the highest byte stand for values beyond the limits too; the readout then says so."""

    # what it shows
    title = t.Unicode("", help="Line above the picture.").tag(sync=True)
    description = t.Unicode("", help="What the picture shows, for screen readers.").tag(sync=True)
    badge = t.Unicode("", help="Line in the upper right corner: what was done to picture or numbers.").tag(sync=True)
    pixel_size = PixelSize(help="Size of a pixel (row, col) in `unit`; (0, 0): not known, lengths in px.").tag(
        sync=True
    )
    unit = t.Unicode("nm", help='Unit of `pixel_size`: "nm", "1/nm", "1/px", ...').tag(sync=True)
    origin = t.Enum(["corner", "center"], "corner").tag(sync=True)
    """``"corner"``: an image. ``"center"``: a spectrum, its zero frequency at the pixel (rows // 2, cols // 2); the
    readout then says spatial frequency, spacing and direction (counterclockwise from the right)."""

    # how it is shown
    color_map = t.Enum(COLOR_MAPS, "gray", help="Color map.").tag(sync=True)
    low = t.Float(0.0, help="Part of the range that is drawn darkest, 0-1.").tag(sync=True)
    high = t.Float(1.0, help="Part of the range that is drawn brightest, 0-1.").tag(sync=True)
    contrast_cut = t.Float(0.0, min=0.0, max=49.0).tag(sync=True)
    """Part of the pixels [%] left out at either end of the contrast; 0: `low` and `high` hold."""
    gamma = t.Float(1.0, min=0.1, max=10.0, help="Exponent of the brightness; below 1, dark parts brighten.").tag(
        sync=True
    )
    log = t.Bool(False, help="Logarithmic brightness.").tag(sync=True)
    smooth = t.Bool(False, help="Interpolate between pixels (always done where the picture is shrunk).").tag(sync=True)
    scale_bar = t.Bool(True, help="Draw a scale bar.").tag(sync=True)
    toolbar = t.Bool(True, help="Show the readout, the zoom buttons and the display settings.").tag(sync=True)
    display_width = t.Int(420, min=48, help="Longest side of the picture on the screen [CSS px].").tag(sync=True)

    # what lies over it
    points = t.Bytes(help="Points, float32 pairs (row, col); see `set_points`.").tag(sync=True)
    point_labels = TypedTuple(t.Unicode(), help="Label of each point, or none.").tag(sync=True)
    point_notes = TypedTuple(t.Unicode(), help="What each point is, told to who points at it; or none.").tag(sync=True)
    faint_points = TypedTuple(t.Bool(), help="Whether each point is drawn as a faint dot; or none.").tag(sync=True)
    show_points = t.Bool(True, help="Draw the points.").tag(sync=True)
    points_name = t.Unicode("", help="Name of the points in the display settings.").tag(sync=True)
    point_color = t.Unicode("#56B4E9", help="Color of the points.").tag(sync=True)
    point_colors = TypedTuple(t.Unicode(), help="Color of each point, or none: then all have `point_color`.").tag(
        sync=True
    )
    point_marker = t.Enum(MARKERS, "circle", help="Marker of the points.").tag(sync=True)
    point_size = t.Float(6.0, min=1.0, max=50.0, help="Radius of the markers [CSS px].").tag(sync=True)
    boxes = Boxes(help="Boxes: dicts with row, col, height, width [px] and, if wanted, label, color, dashed.").tag(
        sync=True
    )

    rings = TypedTuple(
        t.Float(min=1e-12), help="Frequencies, in `unit`, of the rings around the middle of a spectrum."
    ).tag(sync=True)
    window = Window(help="The one window that can be dragged (row, col, height, width) [px]; (): none.").tag(sync=True)
    ruler = Ruler(help="A line that can be dragged, and each end of it (row, col, row, col) [px]; (): none.").tag(
        sync=True
    )
    cells = Cells(help="Unit cells: the first is drawn solid, others dashed; see `Cells`.").tag(sync=True)
    show_cells = t.Bool(True, help="Draw the unit cells.").tag(sync=True)
    cell_atoms = CellAtoms(help="Atoms of the first cell, drawn with it; see `CellAtoms`.").tag(sync=True)
    cell_handles = t.Bool(False, help="Whether the ends of the two vectors of the first cell can be dragged.").tag(
        sync=True
    )

    # what the user did
    view = View(help="Part shown (row, col, height, width) [px]; (): all of it.").tag(sync=True)
    cursor = TypedTuple(t.Int(), help="Pixel (row, col) picked last; (): none yet.").tag(sync=True)
    cell_grip = t.Tuple(t.Int(), t.Int(), default_value=(0, 0)).tag(sync=True)
    """Which vector of the first cell was moved last (0 is a, 1 is b), and how many moves there were so far."""
    cells_know = t.Int(0, help="How many of these moves `cells` knows; what the hand did stays until it is all.").tag(
        sync=True
    )
    clicked = t.Int(0, help="How many times a pixel was picked.").tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        self._values: NDArray[Any] = np.zeros((0, 0))
        super().__init__(**settings)
        self.on_msg(self._answer)

    def show(
        self,
        image: ArrayLike,
        *,
        low: float | None = None,
        high: float | None = None,
        percentiles: tuple[float, float] = (0.0, 100.0),
        scale: ValueScale = "linear",
        **settings: Any,
    ) -> None:
        """Show a picture; everything that changes reaches the screen at once.

        Parameters
        ----------
        image : array_like, shape (rows, cols), real dtype
            The picture. NaN and infinite pixels are shown as "no value".
        low, high : float, optional
            Values of the lowest and the highest byte; values beyond are clipped on the screen, and the readout says so.
        percentiles : tuple of float, default: (0, 100)
            Percentiles [%] for the limits that are not given. The default clips nothing.
        scale : {"linear", "log"}
            How the 256 steps are spread over the values; ``"log"`` suits spectra.
        **settings
            Any other trait, such as ``pixel_size=0.02`` or ``title="..."``, and ``points``: array_like, shape (n, 2),
            positions (row, col) [px]. Labels given with them are ``point_labels``.

        Raises
        ------
        ValueError
            If the image, the limits or the points cannot be shown.
        TypeError
            If a setting is not a trait of this class.
        traitlets.TraitError
            If a setting has a value that does not fit.
        """
        reject_unknown(type(self), settings)
        if "points" in settings:
            labels = settings.get("point_labels", ())
            settings["points"], settings["point_labels"] = pack_points(settings["points"], labels)
            for name in ("point_notes", "faint_points", "point_colors"):
                settings.setdefault(name, ())
        encoded = encode_picture(image, low, high, percentiles, scale)
        rows, cols = encoded.pixels.shape
        with self.hold_sync(), self.hold_trait_notifications():
            if (rows, cols) != (self.rows, self.cols) and "view" not in settings:
                self.view = ()
            self.rows, self.cols, self.full_shape = rows, cols, ()
            self.set_trait("pixels", encoded.pixels.tobytes())
            self._values, self.has_table = np.asarray(image), True
            self.picture_number += 1
            self.value_low, self.value_high = encoded.low, encoded.high
            self.value_scale, self.missing, self.clipped = encoded.scale, encoded.missing, encoded.clipped
            for name, value in settings.items():
                setattr(self, name, value)
        self._send_pixels()

    def clear(self) -> None:
        """Show no picture: no pixels, points or boxes; how pictures are shown stays."""
        with self.hold_sync(), self.hold_trait_notifications():
            self.rows = self.cols = 0
            self.set_trait("pixels", b"")
            self._values, self.has_table = np.zeros((0, 0)), False
            self.picture_number += 1
            self.view, self.window, self.rings, self.point_labels = (), (), (), ()
            self.boxes, self.cells = [], ()
            self.points, self.badge = b"", ""

    def table(self) -> str:
        """Return the values of the picture as the text of a CSV file: one line a row, and before them what they are."""
        if not self._values.size:
            raise ValueError(_("There is no picture yet."))
        rows, cols = self._values.shape
        known = self.pixel_size[0] > 0 and self.unit not in ("px", "1/px")
        sizes = " x ".join(f"{size:.6g}" for size in dict.fromkeys(self.pixel_size))
        head = f"# {self.title or self.description}; {rows} x {cols} px" + (
            f"; {sizes} {self.unit} a px" if known else ""
        )
        head += f"; values in {self.value_unit}" if self.value_unit else ""
        digits = "%.7g" if self._values.dtype.itemsize < 8 else "%.10g"
        lines = (",".join(digits % value for value in row) for row in self._values.tolist())
        return "\n".join((head.replace("\n", " "), *lines)) + "\n"

    def _send_pixels(self) -> None:
        # not as a trait: notebooks that keep the state of their widgets would keep every picture in full
        self.send({"pixels": self.picture_number}, buffers=[self.pixels])

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        if content.get("ask") == "pixels" and self.pixels:
            self._send_pixels()

    def set_points(
        self, points: ArrayLike, labels: Sequence[str] = (), *, notes: Sequence[str] = (), faint: Sequence[bool] = (),
        colors: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Lay points over the picture.

        Parameters
        ----------
        points : array_like, shape (n, 2)
            Positions (row, col) [px]; integers are the middle of a pixel. An empty sequence removes the points.
        labels : sequence of str, optional
            As many labels as points, or none.
        notes : sequence of str, optional
            What each point is, told to who points at it.
        faint : sequence of bool, optional
            Which points are drawn as faint dots.
        colors : sequence of str, optional
            Color of each point, as CSS has it; `point_color` without them.

        Raises
        ------
        ValueError
            If the points have another shape or are not finite, or if there are more or fewer labels than points.
        """
        packed, labels = pack_points(points, labels)
        with self.hold_sync():
            self.points, self.point_labels = packed, labels
            self.point_notes, self.faint_points, self.point_colors = tuple(notes), tuple(faint), tuple(colors)
