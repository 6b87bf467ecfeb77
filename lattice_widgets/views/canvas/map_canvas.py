"""A picture with a map over it: values at the places of a grid, their errors, and the circle that one place averages over."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw

from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.saved.static_painters import INK, PAPER, color_table, font, paint_picture

__all__ = ["MapCanvas", "map_colors"]

#: RdBu of ColorBrewer, by Cynthia Brewer (Apache License 2.0), turned round: blue below zero, red above
_DIVERGING = "053061 2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b 67001f"
#: height of the title that `paint_picture` puts above, and of the color bar below [px]
_TITLE, _BAR = 20, 34

MapColors = Literal["diverging", "viridis"]


def map_colors(name: MapColors) -> NDArray[np.uint8]:
    """Return the 256 colors of a map, (256, 3): "diverging" around the middle, or one of `COLOR_MAPS`.

    Examples
    --------
    >>> map_colors("diverging")[[0, 255]].tolist()
    [[5, 48, 97], [103, 0, 31]]
    """
    if name != "diverging":
        return color_table(name)
    anchors = np.array([list(bytes.fromhex(each)) for each in _DIVERGING.split()], float)
    places = np.linspace(0, len(anchors) - 1, 256)
    channels = [np.interp(places, np.arange(len(anchors)), anchors[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


class MapCanvas(PictureCanvas):
    """A picture with a see-through map over it, its color bar below, and one circle.

    `show_map` sets the map. Positions are those of points: (row, col) in pixels of the picture, integers are the middle of
    a pixel.

    Examples
    --------
    >>> canvas = MapCanvas()
    >>> canvas.show(np.random.default_rng(1).normal(size=(64, 64)))
    >>> canvas.show_map([[0.1, -0.2], [0.3, float("nan")]], [16, 48], [16, 48], 32, limits=(-0.5, 0.5), unit="%")
    >>> canvas.map_low, canvas.map_high
    (-0.5, 0.5)
    """

    map_values = t.Bytes(help="Values of the map, float32, rows after one another; see `show_map`.").tag(sync=True)
    map_errors = t.Bytes(help="Their standard deviations, alike; empty: not known.").tag(sync=True)
    map_rows = t.Bytes(help="Rows of the places [px], float32.").tag(sync=True)
    map_cols = t.Bytes(help="Columns of the places [px], float32.").tag(sync=True)
    map_step = t.Float(1.0, help="From one place to the next [px].").tag(sync=True)
    map_table = t.Bytes(help="Colors from the lowest value to the highest, red, green and blue of 256.").tag(sync=True)
    map_low = t.Float(0.0, help="Value of the first color.").tag(sync=True)
    map_high = t.Float(1.0, help="Value of the last color.").tag(sync=True)
    map_unit = t.Unicode("", help="Unit of the values.").tag(sync=True)
    map_name = t.Unicode("", help="What the map shows.").tag(sync=True)
    map_opacity = t.Float(0.6, min=0.0, max=1.0, help="How much it covers of the picture: 0 nothing, 1 all.").tag(
        sync=True
    )
    map_range = TypedTuple(t.Float(), help="Only values between these two are drawn; (): all.").tag(sync=True)
    outlines = t.Bytes(help="Lines (row, col, row, col), float32, in edges of pixels: what is told apart.").tag(
        sync=True
    )
    highlight = t.Bytes(help="Lines alike, which stand out.").tag(sync=True)
    signs = t.Bytes(
        help="Edge dislocations (row, col, Burgers row, Burgers col), float32: place [px], and a vector of any length."
    ).tag(sync=True)
    chosen_sign = t.Int(0, min=0, help="Number of the dislocation that stands out, from 1; 0: none.").tag(sync=True)
    circle = TypedTuple(t.Float(), help="A circle (row, col, radius) [px]; (): none.").tag(sync=True)
    circle_label = t.Unicode("", help="What the circle means.").tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        self._map_table: Callable[[], str] | None = None
        super().__init__(**settings)

    def show_map(
        self,
        values: ArrayLike,
        rows: ArrayLike,
        cols: ArrayLike,
        step: float,
        *,
        limits: tuple[float, float],
        errors: ArrayLike | None = None,
        colors: MapColors = "diverging",
        name: str = "",
        unit: str = "",
    ) -> None:
        """Lay a map over the picture.

        Parameters
        ----------
        values : array_like, shape (rows, cols)
            NaN where there is no value.
        rows, cols : array_like
            Where the places lie, rising [px].
        step : float
            From one place to the next [px].
        limits : tuple of float
            Values of the first and of the last color; what lies beyond is drawn like these.
        errors : array_like, shape (rows, cols), optional
            Standard deviations of the values.
        colors : {"diverging", "viridis"}
            Colors around the middle of the limits, or rising.
        name, unit : str
            What it shows.

        Raises
        ------
        ValueError
            If there are more or fewer places than values.
        """
        grid, down, across = (np.asarray(part, np.float32) for part in (values, rows, cols))
        spread = np.zeros(0, np.float32) if errors is None else np.asarray(errors, np.float32)
        if grid.shape != (len(down), len(across)) or (errors is not None and spread.shape != grid.shape):
            raise ValueError(f"A map of {len(down)} x {len(across)} places has values of that shape, not {grid.shape}.")
        with self.hold_sync():
            self.map_values, self.map_errors = grid.tobytes(), spread.tobytes()
            self.map_rows, self.map_cols, self.map_step = down.tobytes(), across.tobytes(), float(step)
            self.map_table = map_colors(colors).tobytes()
            self.map_low, self.map_high = (float(limit) for limit in limits)
            self.map_name, self.map_unit = name, unit

    def show_outlines(self, lines: ArrayLike, highlight: ArrayLike) -> None:
        """Draw lines over the picture, (n, 4) each: row, col, row, col of both ends, in edges of pixels."""
        with self.hold_sync():
            self.outlines = np.asarray(lines, np.float32).tobytes()
            self.highlight = np.asarray(highlight, np.float32).tobytes()

    def show_signs(self, signs: ArrayLike, chosen: int = 0) -> None:
        """Draw the sign of each edge dislocation, (n, 4): row, col [px], and its Burgers vector; one of them stands out.

        An arrow lies along the Burgers vector, and a stem points to the extra half-plane: a quarter turn counter-clockwise.
        """
        with self.hold_sync():
            self.signs, self.chosen_sign = np.asarray(signs, np.float32).tobytes(), chosen

    def clear_map(self) -> None:
        """Show the picture alone."""
        with self.hold_sync():
            self.map_values = self.map_errors = self.map_rows = self.map_cols = b""
            self.circle, self.circle_label, self.map_range = (), "", ()

    def clear(self) -> None:
        """Show no picture and no map."""
        super().clear()
        self.clear_map()
        self.show_outlines((), ())
        self.show_signs(())

    def offer_map(self, table: Callable[[], str]) -> None:
        """Have the menu save the values of the map, as a function gives them as CSV, instead of those of the picture."""
        self._map_table = table

    def table(self) -> str:
        """Return the values of the map, or of the picture where there is no map, as the text of a CSV file."""
        return self._map_table() if self._map_table is not None and self.map_values else super().table()

    def paint(self, width: int) -> Image.Image | None:
        """Return the picture with its map for a notebook that is opened without a kernel; None if there is no picture."""
        picture = paint_picture(self, width)
        if picture is None or not self.map_values:
            return picture
        top = _TITLE if self.title else 0
        height = picture.height - top
        first_row, first_col, tall, wide = self.view or (0.0, 0.0, float(self.rows), float(self.cols))
        rows, cols = (np.frombuffer(part, np.float32).astype(float) for part in (self.map_rows, self.map_cols))
        at = first_row + (np.arange(height) + 0.5) * tall / height - 0.5
        beside = first_col + (np.arange(picture.width) + 0.5) * wide / picture.width - 0.5
        (down, tall_enough), (across, wide_enough) = (
            _nearest(rows, self.map_step, at),
            _nearest(cols, self.map_step, beside),
        )
        values = np.frombuffer(self.map_values, np.float32).reshape(len(rows), len(cols))[np.ix_(down, across)]
        shown = np.isfinite(values) & tall_enough[:, None] & wide_enough
        if self.map_range:
            shown &= (values >= self.map_range[0]) & (values <= self.map_range[1])
        part = np.clip((np.nan_to_num(values) - self.map_low) / max(self.map_high - self.map_low, 1e-12), 0, 1)
        colors = np.frombuffer(self.map_table, np.uint8).reshape(-1, 3)[np.rint(255 * part).astype(int)]
        over = Image.fromarray((255 * self.map_opacity * shown).astype(np.uint8))
        picture.paste(Image.fromarray(colors), (0, top), over)
        return self._with_bar(picture)

    def _with_bar(self, picture: Image.Image) -> Image.Image:
        """Return a picture with the color bar below it."""
        whole = Image.new("RGB", (picture.width, picture.height + _BAR), PAPER)
        whole.paste(picture, (0, 0))
        table = np.frombuffer(self.map_table, np.uint8).reshape(1, -1, 3)
        whole.paste(Image.fromarray(table).resize((picture.width, 10)), (0, picture.height + 22))
        pen = ImageDraw.Draw(whole)
        unit = self.map_unit if self.map_unit in ("", "°") else f" {self.map_unit}"
        sign = "+" if self.map_low < 0 else ""
        apart = max(self.map_high - self.map_low, 1e-300)
        digits = 3 + min(9, max(0, int(np.log10(max(abs(self.map_low), abs(self.map_high), apart) / apart))))
        for words, x, anchor in (
            (f"{self.map_low:.{digits}g}{unit}", 0, "lm"),
            (self.map_name, picture.width / 2, "mm"),
            (f"{sign}{self.map_high:.{digits}g}{unit}", picture.width, "rm"),
        ):
            pen.text((x, picture.height + 11), words, INK, font(11), anchor=anchor)
        return whole


def _nearest(places: NDArray[np.float64], step: float, where: NDArray[np.float64]) -> tuple[NDArray, NDArray[np.bool_]]:
    """Return the number of the place nearest to each position, and whether it lies on the map."""
    number = np.abs(where[:, None] - places).argmin(axis=1)
    return number, (where >= places[0] - step / 2) & (where <= places[-1] + step / 2)
