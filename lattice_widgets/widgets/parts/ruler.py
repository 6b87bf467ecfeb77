"""A ruler over a picture: how long a line is, which way it points, and the gray values along it."""

from math import atan2, degrees, hypot
from typing import Any

import ipywidgets as ipw
import numpy as np
from numpy.typing import ArrayLike

from lattice_widgets.core.pictures.profiles import line_profile
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.profile_curve import ProfileCurve
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import row, says

__all__ = ["Ruler"]

#: a line of the picture and of as many beside it as this are averaged at most
_WIDEST = 200


class Ruler(ipw.HBox):
    """A button that lays a line over the picture, and beside it what the line measures.

    Parameters
    ----------
    canvas : PictureCanvas
        The picture.

    Attributes
    ----------
    draw_line : ipywidgets.ToggleButton
        Lays the line over the picture, and takes it away.
    panel : ipywidgets.Widget
        The profile along the line, to be put below the picture; there while the line is.
    """

    def __init__(self, canvas: PictureCanvas) -> None:
        self._canvas, self._step = canvas, 1
        self._values = np.zeros((0, 0))
        self._pixel_size: float | None = None
        self.draw_line = ipw.ToggleButton(
            description=_("ruler"),
            tooltip=_(
                "Lay a line over the picture: its length, its direction, and the gray values along it from its filled end on"
            ),
            layout=ipw.Layout(width="auto"),
        )
        self.draw_line.add_class("lattice-widgets-ruler")
        self._says = says(live=True)
        self._chart = ProfileCurve()
        self._width = ipw.BoundedIntText(
            1,
            min=1,
            max=_WIDEST,
            description=_("averaged over [px]"),
            tooltip=_("How many lines of pixels side by side are averaged: more of them, less noise"),
            style={"description_width": "initial"},
            layout=ipw.Layout(width="210px"),
        )
        self.panel = ipw.VBox(layout=ipw.Layout(width="100%", min_width="0"))
        self._profile = self._chart, row(self._width)
        self.draw_line.observe(self._toggle, "value")
        self._width.observe(self._draw, "value")
        canvas.observe(self._follow, "ruler")
        super().__init__([self.draw_line, *self.more_parts(), self._says], layout=ipw.Layout(flex_flow="row wrap"))

    def more_parts(self) -> list[ipw.Widget]:
        """Return what else stands between the button and what is measured; a subclass has some."""
        return []

    @property
    def pixels(self) -> float:
        """How long the line is [px of the picture]; 0 if there is none."""
        line = self._canvas.ruler
        return hypot(line[2] - line[0], line[3] - line[1]) * self._step if len(line) == 4 else 0.0

    @property
    def direction(self) -> float:
        """Which way the line points [degrees], counter-clockwise from the direction of the rows, -90 to 90."""
        line = self._canvas.ruler
        if len(line) != 4:
            return 0.0
        angle = degrees(atan2(line[0] - line[2], line[3] - line[1]))
        return angle - 180.0 if angle > 90 else angle + 180.0 if angle <= -90 else angle

    def take(self, values: ArrayLike, pixel_size: float | None, step: int = 1) -> None:
        """Take a new picture; the line goes.

        Parameters
        ----------
        values : array_like, shape (rows, cols)
            The picture.
        pixel_size : float or None
            [nm]; None if it is not known.
        step : int
            How many of its pixels along each axis are one of the screen.
        """
        self.close_line()
        self.follow(values, pixel_size, step)

    def follow(self, values: ArrayLike, pixel_size: float | None, step: int = 1) -> None:
        """Take a picture of the same place: the line stays if the picture is as large as before."""
        new = np.asarray(values)
        if new.shape != self._values.shape:
            self.close_line()
        self._values, self._pixel_size, self._step = new, pixel_size, step
        self._follow()

    def close_line(self) -> None:
        """Take the line off the picture."""
        self.draw_line.value = False

    def _toggle(self, change: Any) -> None:
        on = bool(self.draw_line.value and self._canvas.rows > 0)
        rows, cols = self._canvas.rows, self._canvas.cols
        # not hidden: bqplot draws what has no room with negative widths
        self.panel.children = self._profile if on else ()
        self.show_parts(on)
        self._canvas.scale_bar = not on  # ours would lie over that of the picture
        # where most microscopes draw theirs
        self._canvas.ruler = (0.93 * rows, 0.05 * cols, 0.93 * rows, 0.3 * cols) if on else ()
        self._follow()

    def show_parts(self, on: bool) -> None:
        """Show or hide what a subclass has beside the button."""

    def _follow(self, change: Any = None) -> None:
        self._says.value = in_html(self.words()) if self.pixels else ""
        self._draw()

    def words(self) -> str:
        """Return what the line measures."""
        size, angle = self._pixel_size, f"{self.direction:.1f}"
        if size is None:
            return _("{pixels:.4g} px long, {angle}° from the horizontal.").format(pixels=self.pixels, angle=angle)
        words = _("{length:.4g} nm long ({pixels:.4g} px), {angle}° from the horizontal.")
        return words.format(length=self.pixels * size, pixels=self.pixels, angle=angle)

    def _draw(self, change: Any = None) -> None:
        if not self.pixels or not self._values.size:
            self._chart.clear()
            return
        line = np.reshape(self._canvas.ruler, (2, 2)) * self._step - 0.5
        distance, value = line_profile(self._values, line[0], line[1], self._width.value)
        below = _("distance [{unit}]").format(unit="nm" if self._pixel_size else "px")
        self._chart.show(distance * (self._pixel_size or 1.0), value, None, below, _("gray value"))
