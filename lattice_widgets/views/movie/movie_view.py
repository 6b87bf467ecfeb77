"""A movie in the browser with what was found in it: played and scrubbed there, beside its phase fractions."""

from typing import Any, ClassVar

import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple
from numpy.typing import ArrayLike, NDArray

from lattice_widgets.files.tables import table_text
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import COLOR_MAPS
from lattice_widgets.views.canvas.picture_traits import reject_unknown
from lattice_widgets.views.shared.export_view import ExportView
from lattice_widgets.views.shared.javascript import join_modules, join_styles
from lattice_widgets.views.shared.palette import CLASS_STYLES

__all__ = ["OVERLAYS", "MovieView"]

#: bytes of frames in one message
_MESSAGE = 4 * 1024**2
#: most bits of doubt there can be between the classes
_MOST_DOUBT = float(np.log2(len(CLASS_STYLES)))

#: what can be laid over the movie
OVERLAYS = ("none", "classes", *CLASS_STYLES, "entropy")


class MovieView(ExportView):
    """A movie, the map of its classes over it, and the fractions of the phases against time beside it.

    Frames travel once, as messages of their own, and never as widget state: saved notebooks stay small. Playing, scrubbing and
    the cursor on the chart need no kernel. A page that asks is sent all of it. But a question waits behind all cells of a
    *Run All*, so the first frames go unasked, and all of it as soon as a cell shows the movie: pages keep what comes before
    they show it.

    Examples
    --------
    >>> view = MovieView(title="Two frames")
    >>> view.show_movie(np.zeros((2, 48, 64), np.uint8), (96, 128), [0.0, 2.25], "s", 0.1)
    >>> view.count, view.rows, view.full_rows
    (2, 48, 96)
    """

    _esm: ClassVar[str] = join_modules(
        "shared/color_maps.js",
        "canvas/picture_geometry.js",
        "canvas/picture_drawing.js",
        "canvas/picture_gestures.js",
        "canvas/picture_histogram.js",
        "canvas/picture_toolbar.js",
        "shared/icons.js",
        "movie/chart_geometry.js",
        "shared/downloads.js",
        "shared/picture_menu.js",
        "shared/svg_context.js",
        "movie/movie_chart.js",
        "movie/movie_clock.js",
        "movie/movie_painting.js",
        "shared/page/bytes.js",
        "shared/page/own_layout.js",
        "movie/movie_store.js",
        "shared/page/ask.js",
        "movie/movie_view.js",
    )
    _css: ClassVar[str] = join_styles("canvas/picture_canvas.css", "movie/movie_view.css", "shared/picture_menu.css")

    title = t.Unicode("", help="Line above the movie.").tag(sync=True)
    note = t.Unicode("", help="Line below it.").tag(sync=True)
    description = t.Unicode("", help="What the movie shows, for screen readers.").tag(sync=True)
    frame = t.Int(0, min=0, help="The frame that is shown.").tag(sync=True)
    count = t.Int(0, min=0, help="Number of frames.").tag(sync=True)
    rows = t.Int(0, min=0, help="Rows of the frames in the browser.").tag(sync=True)
    cols = t.Int(0, min=0, help="Columns of the frames in the browser.").tag(sync=True)
    full_rows = t.Int(0, min=0, help="Rows of the frames themselves.").tag(sync=True)
    full_cols = t.Int(0, min=0, help="Columns of the frames themselves.").tag(sync=True)
    pixel_size = t.Float(0.0, help="Of the frames themselves [nm]; 0: not known.").tag(sync=True)
    time_unit = t.Enum(["s", "frame"], "s", help="Unit of the time axis.").tag(sync=True)
    playing = t.Bool(False, help="Whether it plays.").tag(sync=True)
    speed = t.Float(10.0, min=0.5, max=60.0, help="Frames in a second.").tag(sync=True)
    loop = t.Bool(True, help="Whether it begins again at the end.").tag(sync=True)
    overlay = t.Enum(OVERLAYS, "classes", help="What is laid over the movie.").tag(sync=True)
    opacity = t.Float(0.3, min=0.0, max=1.0, help="How strong the overlay is.").tag(sync=True)
    show_holes = t.Bool(True, help="Outlines of the holes by threshold.").tag(sync=True)
    window = TypedTuple(t.Int(), help="Chosen window (row, col) of the grid; (): none.").tag(sync=True)
    window_size = t.Int(0, min=0, help="Side of the windows [px].").tag(sync=True)
    span = TypedTuple(t.Float(), help="Chosen span of time; (): all of it.").tag(sync=True)
    display_width = t.Int(460, min=120, help="Largest width of the movie [CSS px].").tag(sync=True)
    chart_height = t.Int(400, min=160, help="Height of the chart [CSS px].").tag(sync=True)
    waiting = t.Unicode("", help="What it waits for, over the picture; empty if for nothing.").tag(sync=True)
    view = TypedTuple(t.Float(), help="Part shown (row, col, height, width) [px of the frames]; (): all of it.").tag(
        sync=True
    )
    # how frames are shown, as in `PictureCanvas`
    color_map = t.Enum(COLOR_MAPS, "gray", help="Color map.").tag(sync=True)
    low = t.Float(0.0, help="Part of the range that is drawn darkest, 0-1.").tag(sync=True)
    high = t.Float(1.0, help="Part of the range that is drawn brightest, 0-1.").tag(sync=True)
    contrast_cut = t.Float(0.0, min=0.0, max=49.0, help="Part of the pixels [%] left out at either end.").tag(sync=True)
    gamma = t.Float(1.0, min=0.1, max=10.0, help="Exponent of the brightness.").tag(sync=True)
    log = t.Bool(False, help="Logarithmic brightness.").tag(sync=True)
    smooth = t.Bool(False, help="Interpolate between pixels.").tag(sync=True)
    class_names = TypedTuple(t.Unicode(), help="Names of the classes, as people read them.").tag(sync=True)
    class_words = TypedTuple(t.Unicode(), help="The names in the user's language.").tag(sync=True)
    class_colors = TypedTuple(t.Unicode(), help="Color of each class, as CSS writes it.").tag(sync=True)
    class_glyphs = TypedTuple(t.Unicode(), help="Marker of each class as a character.").tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        reject_unknown(type(self), settings)
        styles = list(CLASS_STYLES.values())
        super().__init__(
            class_names=[style.name for style in styles],
            class_words=[style.display_name for style in styles],
            class_colors=[style.color for style in styles],
            class_glyphs=[style.glyph for style in styles],
            **settings,
        )
        self._expected = False  # whether a page shows it, or will do so
        self._number = 0  # of the movie, so that the page does not take it for another one when it comes again
        self._ready = 0
        self._frames: NDArray[np.uint8] = np.zeros((0, 0, 0), np.uint8)
        self._parts: dict[str, tuple[dict[str, Any], list[bytes]]] = {}
        self.on_msg(self._answer)

    def show_movie(
        self,
        frames: NDArray[np.uint8],
        shape: tuple[int, int],
        times: ArrayLike,
        unit: str,
        pixel_size: float | None,
        ready: int | None = None,
    ) -> None:
        """Show another movie; what was found in the last one is forgotten.

        Parameters
        ----------
        frames : ndarray, uint8, shape (n, rows, cols)
            As they are drawn: 0 black, 255 white; may be smaller than the frames themselves.
        shape : tuple of int
            (rows, cols) of the frames themselves [px].
        times : array_like, shape (n,)
            Of each frame, in ``unit``.
        unit : {"s", "frame"}
            Of the times.
        pixel_size : float or None
            Of the frames themselves [nm].
        ready : int, optional
            So many of the first frames are drawn; the others follow by `show_frames`, in the same array. None: all.
        """
        # not a copy: who draws it writes the frames that follow into it
        self._frames = np.ascontiguousarray(frames)
        self._parts.clear()
        self.has_table = False
        count, rows, cols = frames.shape
        with self.hold_sync():
            self.view = ()
            self.count, self.rows, self.cols = count, rows, cols
            self.full_rows, self.full_cols = shape
            self.pixel_size, self.time_unit = pixel_size or 0.0, unit
            self.frame, self.window, self.span, self.playing = min(self.frame, max(count - 1, 0)), (), (), False
        self._ready = 0
        self._number += 1
        self._tell("times", {"number": self._number}, np.asarray(times, np.float64))
        self.show_frames(0, count if ready is None else ready)

    def show_frames(self, first: int, end: int) -> None:
        """Send frames ``first`` to ``end``, which is not among them; their pixels stand in `shown` since `show_movie`."""
        self._ready = max(self._ready, end)
        self._send_frames(first, end)

    def clear(self) -> None:
        """Show no movie."""
        self.show_movie(np.zeros((0, 0, 0), np.uint8), (0, 0), (), "frame", None)
        self.title = self.note = ""

    def set_grid(self, edges: tuple[ArrayLike, ArrayLike], starts: tuple[ArrayLike, ArrayLike], size: int) -> None:
        """Tell where the windows lie.

        Parameters
        ----------
        edges : tuple of array_like
            Borders of what the windows stand for, along rows and columns [px].
        starts : tuple of array_like
            First rows and first columns of the windows [px].
        size : int
            Their side [px].
        """
        self.window_size = size
        self._tell("grid", {}, *(np.asarray(a, np.float64) for a in (*edges, *starts)))

    def set_overlay(self, number: int, probability: ArrayLike, entropy: ArrayLike, holes: NDArray[Any]) -> None:
        """Show what was found in a frame.

        Parameters
        ----------
        number : int
            Of the frame.
        probability : array_like, shape (window_rows, window_cols, 6)
            0 to 1; NaN for a blank frame.
        entropy : array_like, shape (window_rows, window_cols)
            [bit].
        holes : ndarray, shape (rows, cols) of the frames themselves
            Above 0 in holes.
        """
        p, doubt = np.asarray(probability, float), np.asarray(entropy, float) / _MOST_DOUBT
        packed = np.concatenate([np.round(p * 255), np.round(np.clip(doubt, 0, 1) * 254)[..., None]], axis=2)
        packed = np.where(np.isfinite(packed), packed, 255).astype(np.uint8)
        outline = np.packbits(_outline(_reduced(holes > 0, (self.rows, self.cols))))
        self._tell("overlay", {"number": number}, packed, outline, key=f"overlay {number}")

    def set_series(self, fractions: ArrayLike, errors: ArrayLike, holes: ArrayLike | None) -> None:
        """Show fractions and their errors, each of shape (frames, 6), and hole fractions (frames,); NaN: not known yet."""
        arrays = [np.asarray(fractions, np.float64), np.asarray(errors, np.float64)]
        self.has_table = True
        self._tell("series", {}, *arrays, *([] if holes is None else [np.asarray(holes, np.float64)]))

    def table(self) -> str:
        """Return what the chart shows as the text of a CSV file: one line a frame."""
        if "series" not in self._parts:
            raise ValueError(_("There is nothing to save yet: press “analyze”."))
        times, *series = [np.frombuffer(part) for part in (*self._parts["times"][1], *self._parts["series"][1])]
        names = list(CLASS_STYLES)
        header = [f"time [{self.time_unit}]", *names, *(f"{name} error" for name in names)]
        columns = [times, *(column for part in series[:2] for column in part.reshape(len(times), -1).T)]
        truth = self._parts["truth"][1] if "truth" in self._parts else []
        for name, values in (("holes", series[2:]), ("true holes", [np.frombuffer(part) for part in truth])):
            header += [name] * len(values)
            columns += values
        return table_text(header, zip(*(column.tolist() for column in columns), strict=True))

    def set_truth(self, truth: ArrayLike | None) -> None:
        """Show the known hole fraction of a simulated movie, shape (frames,), or take it away."""
        self._tell("truth", {}, *([] if truth is None else [np.asarray(truth, np.float64)]))

    def set_fit(self, fit: tuple[ArrayLike, ArrayLike, ArrayLike] | None, label: str = "fit") -> None:
        """Show a fit (times, curve, standard error), or take it away."""
        self._tell("fit", {"label": label}, *(np.asarray(a, np.float64) for a in fit or ()))

    @property
    def shown(self) -> NDArray[np.uint8]:
        """The frames as they are drawn, uint8, shape (n, rows, cols)."""
        return self._frames

    def _tell(self, part: str, content: dict[str, Any], *arrays: NDArray[Any], key: str = "") -> None:
        message = {"part": part, **content}
        self._parts[key or part] = message, [array.tobytes() for array in arrays]
        if self._expected or part == "times":
            self.send(message, buffers=self._parts[key or part][1])

    def _send_frames(self, start: int, end: int) -> None:
        if not self._frames.size:
            return
        each = self._frames[0].nbytes
        together = max(1, _MESSAGE // each)
        if not self._expected:
            end = min(end, together)  # as many as one message holds
        for first in range(start, end, together):
            # not copies: a movie would be in memory once more until it is sent
            block = self._frames[first : min(first + together, end)].data.cast("B")
            self.send({"part": "frames", "first": first, "size": each}, buffers=[block])

    def expect_page(self) -> None:
        """Send all that a page needs, and from now on what follows: a cell shows the movie, so a page will."""
        if not self._expected:
            self._expected = True
            self._send_all()

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: list[Any]) -> None:
        if content.get("ask") == "all":
            # a page that knew this movie before it asked has heard all that was sent since, if that was all there is
            known = self._expected and content.get("number") == self._number
            self._expected = True
            if not known:
                self._send_all()

    def _send_all(self) -> None:
        if "times" in self._parts:
            self.send(self._parts["times"][0], buffers=self._parts["times"][1])
        self._send_frames(0, self._ready)
        for part, (message, buffers) in self._parts.items():
            if part != "times":
                self.send(message, buffers=buffers)


def _reduced(mask: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return a mask at the nearest pixels of a smaller picture."""
    if mask.shape == shape:
        return mask
    index = [((np.arange(n) + 0.5) * m / n).astype(int) for n, m in zip(shape, mask.shape, strict=True)]
    return mask[np.ix_(*index)]


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels of a mask that touch its outside; the border of the picture is no outside."""
    padded = np.pad(mask, 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner
