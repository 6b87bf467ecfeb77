"""A map of many points in the browser: drawn, colored, zoomed, hovered and lassoed there."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.files.tables import table_text
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.export_view import ExportView
from lattice_widgets.views.shared.javascript import join_modules, join_styles
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["PointCloud"]


class PointCloud(ExportView):
    """Points with a class each, as markers; some selected by a lasso or by keys.

    Large arrays travel as messages of their own, never as widget state: saved notebooks stay small.

    Examples
    --------
    >>> cloud = PointCloud(title="A map")
    >>> cloud.show([[0, 0], [1, 0], [0, 1]], [0, 3, 5])
    >>> cloud.select([2]); cloud.selected
    (2,)
    """

    _esm: ClassVar[str] = join_modules(
        "shared/color_maps.js",
        "canvas/picture_toolbar.js",
        "cloud/cloud_geometry.js",
        "cloud/cloud_markers.js",
        "cloud/cloud_painting.js",
        "shared/icons.js",
        "shared/downloads.js",
        "shared/picture_menu.js",
        "shared/svg_context.js",
        "shared/page/ask.js",
        "cloud/point_cloud.js",
    )
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "cloud/point_cloud.css", "shared/picture_menu.css")

    title = t.Unicode("", help="Line above the map.").tag(sync=True)
    description = t.Unicode("", help="What the map shows, for screen readers.").tag(sync=True)
    display_height = t.Int(460, min=120, help="Largest height on the screen [CSS px].").tag(sync=True)
    class_names = TypedTuple(t.Unicode(), help="Names of the classes, as people read them.").tag(sync=True)
    class_colors = TypedTuple(t.Unicode(), help="Color of each class, as CSS writes it.").tag(sync=True)
    class_markers = TypedTuple(t.Unicode(), help="Marker of each class.").tag(sync=True)
    class_glyphs = TypedTuple(t.Unicode(), help="Marker of each class as a character.").tag(sync=True)
    hidden = TypedTuple(t.Int(), help="Classes that are not drawn.").tag(sync=True)
    value_name = t.Unicode("", help="What the colors stand for; empty: the classes.").tag(sync=True)
    value_range = t.Tuple(t.Float(), t.Float(), default_value=(0.0, 1.0)).tag(sync=True)
    """The values of the first and the last color."""
    hovered = t.Int(-1, help="Point under the mouse or the keyboard; -1: none.").tag(sync=True)

    selected = TypedTuple(t.Int(), read_only=True, help="Points that are selected; see `select`.")
    marked = TypedTuple(t.Int(), read_only=True, help="Placed points that are selected; see `mark`.")

    def __init__(self, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        styles = list(CLASS_STYLES.values())
        super().__init__(
            class_names=[style.display_name for style in styles],
            class_colors=[style.color for style in styles],
            class_markers=[style.marker for style in styles],
            class_glyphs=[style.glyph for style in styles],
            **settings,
        )
        self._parts: dict[str, list[bytes]] = {}
        self.count = 0
        self.placed_count = 0
        self.on_msg(self._answer)

    def show(self, points: ArrayLike, classes: ArrayLike, ringed: ArrayLike | None = None) -> None:
        """Show other points; nothing is selected then.

        Parameters
        ----------
        points : array_like, shape (n, 2)
            Places (x to the right, y up).
        classes : array_like of int, shape (n,)
            Class of each, which decides marker and color.
        ringed : array_like of bool, shape (n,), optional
            Points with a ring around them.

        Raises
        ------
        ValueError
            If the lengths differ or a place is not finite.
        """
        array = self._check_points(points)
        kinds = np.asarray(classes, np.uint8)
        rings = np.zeros(len(array), np.uint8) if ringed is None else np.asarray(ringed).astype(np.uint8)
        if kinds.shape != (len(array),) or rings.shape != (len(array),):
            raise ValueError(f"There must be one class, and one ring or none, for each of the {len(array)} points.")
        self.count = len(array)
        self.has_table = True
        self._tell("points", array)
        self._tell("classes", kinds, rings)
        self._tell("shades", np.zeros(0, np.float32))
        self.value_name = ""
        self.hovered = -1
        self.select(())

    def move(self, points: ArrayLike) -> None:
        """Move the points; all else stays.

        Raises
        ------
        ValueError
            If there are more or fewer than before, or a place is not finite.
        """
        array = self._check_points(points)
        if len(array) != self.count:
            raise ValueError(f"There are {self.count} points on the map, not {len(array)}.")
        self._tell("points", array)

    def recolor(self, classes: ArrayLike) -> None:
        """Color the points by classes, one for each.

        Raises
        ------
        ValueError
            If there is not one for each point.
        """
        kinds = np.asarray(classes, np.uint8)
        if kinds.shape != (self.count,):
            raise ValueError(f"There must be one class for each of the {self.count} points.")
        rings = self._parts.get("classes", [b"", bytes(self.count)])[1]
        self._tell("classes", kinds, np.frombuffer(rings, np.uint8))
        self.color_by("", None)

    def color_by(self, name: str, values: ArrayLike | None) -> None:
        """Color the points by a value, or by their class.

        Parameters
        ----------
        name : str
            What the values are, with their unit.
        values : array_like, shape (n,), or None
            NaN is gray; None: by class.

        Raises
        ------
        ValueError
            If there is not one value for each point.
        """
        if values is None:
            self.value_name = ""
            self._tell("shades", np.zeros(0, np.float32))
            return
        array = np.asarray(values, np.float64)
        if array.shape != (self.count,):
            raise ValueError(f"There must be one value for each of the {self.count} points.")
        known = array[np.isfinite(array)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        with self.hold_sync():
            self.value_name, self.value_range = name, (low, high)
        shades = (array - low) / (high - low) if high > low else array * 0
        self._tell("shades", shades.astype(np.float32))

    def select(self, numbers: Iterable[int]) -> None:
        """Select points by their numbers."""
        chosen = tuple(sorted({int(n) for n in numbers if 0 <= int(n) < self.count}))
        self._tell("selected", np.array(chosen, np.uint32))
        self.set_trait("selected", chosen)

    def mark(self, numbers: Iterable[int]) -> None:
        """Select placed points by their numbers."""
        chosen = tuple(sorted({int(n) for n in numbers if 0 <= int(n) < self.placed_count}))
        self._tell("marked", np.array(chosen, np.uint32))
        self.set_trait("marked", chosen)

    def place(self, points: ArrayLike, far: ArrayLike) -> None:
        """Lay further points over the map, as white circles; dashed where they are far from all others.

        Parameters
        ----------
        points : array_like, shape (k, 2)
            Places; an empty sequence takes them away.
        far : array_like of bool, shape (k,)
            Which are dashed.
        """
        array = self._check_points(points)
        self.placed_count = len(array)
        self.set_trait("marked", ())
        self._tell("placed", array, np.asarray(far).astype(np.uint8))

    def draw_path(self, points: ArrayLike) -> None:
        """Draw a line through places (k, 2); an empty sequence takes it away."""
        self._tell("path", self._check_points(points))

    def table(self) -> str:
        """Return places, classes and values of the points as the text of a CSV file."""
        if not self.count:
            raise ValueError(_("There are no points yet."))
        points = np.frombuffer(self._parts["points"][0], np.float32).reshape(-1, 2)
        kinds = np.frombuffer(self._parts["classes"][0], np.uint8)
        columns = [points[:, 0].tolist(), points[:, 1].tolist(), [list(CLASS_STYLES)[kind] for kind in kinds]]
        header = ["x", "y", "class"]
        if self.value_name:
            low, high = self.value_range
            shades = np.frombuffer(self._parts["shades"][0], np.float32).astype(float)
            columns.append([float(f"{value:.6g}") for value in low + shades * (high - low)])
            header.append(self.value_name)
        return table_text(header, zip(*columns, strict=True))

    def _check_points(self, points: ArrayLike) -> NDArray[np.float32]:
        array = np.asarray(points, np.float32).reshape(-1, 2)
        if not np.isfinite(array).all():
            raise ValueError("A point lies at NaN or infinity.")
        return array

    def _tell(self, part: str, *arrays: NDArray) -> None:
        self._parts[part] = [array.tobytes() for array in arrays]
        self.send({"part": part}, buffers=self._parts[part])

    def _answer(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        if content.get("ask") == "all":
            for part, kept in self._parts.items():
                self.send({"part": part}, buffers=kept)
        takers: dict[str, Callable[[Iterable[int]], None]] = {"selected": self.select, "marked": self.mark}
        for name, take in takers.items():
            if name in content:
                take(np.frombuffer(buffers[0], np.uint32).tolist() if content[name] else ())
