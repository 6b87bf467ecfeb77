"""The map of lattices in the browser: a triangle with a dot to drag, marks with their errors, a path, a colored ground."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from lattice_widgets.core.lattices.shape import TOLERANCE
from lattice_widgets.files.tables import table_text
from lattice_widgets.language import N_
from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.export_view import ExportView
from lattice_widgets.views.shared.javascript import join_modules, join_styles
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["BACKGROUNDS", "TriangleMap"]

BACKGROUNDS = (N_("none"), N_("geometry"), N_("network"))


class TriangleMap(ExportView):
    """The triangle of all lattices, with one dot that mouse, finger or keys move.

    It needs no kernel to follow the hand: the dot, the lattice drawn beside the triangle and the strains are the browser's.
    Places are (x, y) as in `core.lattices.triangle`.

    Examples
    --------
    >>> triangle = TriangleMap(dot=(0.2, 0.3))
    >>> triangle.show_network(np.full((3, 6), 1 / 6), 1)
    >>> triangle.network_steps
    1
    """

    _esm: ClassVar[str] = join_modules(
        "shared/color_maps.js",
        "canvas/picture_toolbar.js",
        "triangle/triangle_geometry.js",
        "triangle/triangle_drawing.js",
        "shared/downloads.js",
        "shared/picture_menu.js",
        "shared/svg_context.js",
        "shared/page/ask.js",
        "triangle/triangle_map.js",
    )
    _css: ClassVar[str] = join_styles(
        "canvas/picture_canvas.css", "triangle/triangle_map.css", "shared/picture_menu.css"
    )

    title = t.Unicode("", help="Line above the map.").tag(sync=True)
    description = t.Unicode("", help="What the map shows, for screen readers.").tag(sync=True)
    display_width = t.Int(560, min=200, help="Largest width on the screen [CSS px].").tag(sync=True)
    class_names = TypedTuple(t.Unicode(), help="Names of the classes, as people read them.").tag(sync=True)
    class_colors = TypedTuple(t.Unicode(), help="Color of each class, as CSS writes it.").tag(sync=True)
    class_glyphs = TypedTuple(t.Unicode(), help="Marker of each class as a character.").tag(sync=True)

    dot = t.Tuple(t.Float(), t.Float(), default_value=(0.0, 1.0)).tag(sync=True)
    """Where the hand put the dot; Python sets it only while it is not held."""
    held = t.Bool(False, help="Whether the dot is being dragged.").tag(sync=True)
    allowed = TypedTuple(t.Float(), help="Where the dot is instead, while it is held; (): where the hand is.").tag(
        sync=True
    )
    dot_name = t.Unicode("", help="Name beside the dot.").tag(sync=True)
    marks = t.List(t.Dict(), help="Lattices: dicts with name, x, y, kind, text and region (list of polygons).").tag(
        sync=True
    )
    path = t.List(t.Any(), help="Places one after another.").tag(sync=True)
    path_ends = t.Tuple(t.Unicode(), t.Unicode(), default_value=("", "")).tag(sync=True)
    """What stands at the first and at the last of them."""
    path_texts = TypedTuple(t.Unicode(), help="What each of them is, for the readout.").tag(sync=True)
    background = t.Enum(BACKGROUNDS, "none", help="Who colors the map.").tag(sync=True)
    tolerance = t.Float(TOLERANCE, min=0.0, max=20.0, help="Of geometry, for lengths [%] and angles [degrees].").tag(
        sync=True
    )

    def __init__(self, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        styles = list(CLASS_STYLES.values())
        super().__init__(
            class_names=[style.display_name for style in styles],
            class_colors=[style.color for style in styles],
            class_glyphs=[style.glyph for style in styles],
            has_table=True,
            **settings,
        )
        self.network_steps = 0
        self.network_values: NDArray[np.float32] = np.zeros((0, len(styles)), np.float32)
        self.geometry_steps = 0
        self.geometry_values: NDArray[np.float32] = np.zeros((0, len(styles)), np.float32)
        self.on_msg(self._answer)

    def show_network(self, probabilities: ArrayLike, steps: int) -> None:
        """Set what the network says on an even grid of the map; drawn while `background` is "network".

        Parameters
        ----------
        probabilities : array_like, shape ((steps + 1)(steps + 2) / 2, 6)
            Of each class at the places of ``core.lattices.triangle.triangle_grid(steps)``; NaN where there is no answer.
        steps : int
            Of the grid; 0, with no probabilities, takes it away.

        Raises
        ------
        ValueError
            If there are more or fewer places than the grid has.
        """
        array = np.asarray(probabilities, np.float32).reshape(-1, len(self.class_names))
        expected = (steps + 1) * (steps + 2) // 2 if steps else 0
        if len(array) != expected:
            raise ValueError(f"A grid of {steps} steps has {expected} places, not {len(array)}.")
        self.network_values, self.network_steps = array, steps
        self._send_network()

    def show_geometry(self, probabilities: ArrayLike, steps: int) -> None:
        """Set what geometry says on an even grid, for `paint`: the browser knows it itself, for every pixel."""
        self.geometry_values, self.geometry_steps = np.asarray(probabilities, np.float32), steps

    def ground(self) -> tuple[NDArray[np.float32], int]:
        """Return the weights of the classes on the grid that colors the map now, and its steps; 0 steps: no colors."""
        if self.background == "network":
            return self.network_values, self.network_steps
        return self.geometry_values, self.geometry_steps if self.background == "geometry" else 0

    def paint(self, width: int) -> Image.Image:
        """Return the map as a picture of a width [px], for notebooks that are opened without a kernel."""
        from lattice_widgets.views.triangle.triangle_picture import paint_triangle

        return paint_triangle(self, min(width, 480))

    def table(self) -> str:
        """Return the places of the dot, the marks and the path as the text of a CSV file."""
        rows = [(self.dot_name or "dot", *self.dot)] + [(mark["name"], mark["x"], mark["y"]) for mark in self.marks]
        path = np.array(self.path, float).reshape(-1, 2).tolist()
        texts = self.path_texts or [str(number) for number in range(len(path))]
        rows += [(text, x, y) for text, (x, y) in zip(texts, path, strict=False)]
        return table_text(("name", "x", "y"), rows)

    def _send_network(self) -> None:
        # a message and no trait: notebooks that keep the state of their widgets stay small
        self.send({"part": "network", "steps": self.network_steps}, buffers=[self.network_values.tobytes()])

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: Sequence[Any]) -> None:
        if content.get("ask") == "all" and self.network_steps:
            self._send_network()
