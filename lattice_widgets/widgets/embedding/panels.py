"""The panels beside the map: the picture pointed at, the selection, windows of one's own, a walk."""

from collections.abc import Callable, Sequence

import ipywidgets as ipw
import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.pictures.descriptor import Recipe, descriptor
from lattice_widgets.core.pictures.reduction import reduce_picture
from lattice_widgets.language import _
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.charts.probability_bars import ProbabilityBars
from lattice_widgets.views.charts.study_curve import StudyCurve
from lattice_widgets.widgets.embedding import texts
from lattice_widgets.widgets.embedding.work import Content, Placed, Walk, montage
from lattice_widgets.widgets.parts.controls import side_by_side
from lattice_widgets.widgets.parts.lines import Line

#: pictures in a montage
_TILES = 24
#: longest side of a picture on the screen [px]; larger ones are reduced there
_SHOWN = 1024


def _says(text: str) -> ipw.HTML:
    words = Line(text)
    words.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
    return words


class PointPanel(ipw.VBox):
    """The picture pointed at: itself, what the network sees of it, what it says."""

    def __init__(self) -> None:
        self._words = _says(_(texts.NOTHING_HOVERED))
        self.picture = PictureCanvas(title=_("Picture"), toolbar=False, display_width=200)
        self.spectrum = PictureCanvas(
            title=_("Descriptor"),
            toolbar=False,
            display_width=200,
            color_map="inferno",
            gamma=0.6,
            scale_bar=False,
        )
        self._bars = ProbabilityBars(title=_("What the network says"))
        self._known = False
        self._pictures = side_by_side(self.picture, self.spectrum)
        self._pictures.layout.display = "none"
        super().__init__([self._words, self._pictures], layout=ipw.Layout(width="100%", min_width="0"))

    def show(self, content: Content, number: int, recipe: Recipe) -> None:
        """Show one picture of the map."""
        truth = "" if content.labels is None else CLASSES[content.labels[number]]
        answer = CLASSES[content.probabilities[number].argmax()] if content.probabilities is not None else ""
        confidence = float(content.probabilities[number].max()) if content.probabilities is not None else 0.0
        facts = {name: float(values[number]) for name, values in content.parameters.items()}
        self._words.value = texts.describe_point(number, truth, answer, confidence, facts)
        if content.probabilities is not None:
            self._bars.update(np.clip(content.probabilities[number], 0, 1))
        self._known = content.probabilities is not None
        self._pictures.layout.display = "none" if content.pictures is None else "flex"
        if content.pictures is not None:
            image = np.asarray(content.pictures(number))
            words = _("picture {number}, {kind}")
            self.picture.show(image, description=words.format(number=number, kind=_(truth or answer)))
            self.spectrum.show(descriptor(image, recipe).values[0], description=_("its Fourier descriptor"))

    def clear(self) -> None:
        """Show no picture."""
        self._words.value = _(texts.NOTHING_HOVERED)
        self._pictures.layout.display = "none"
        self._known = False
        self.children = (self._words, self._pictures)

    def place_chart(self) -> None:
        """Put the bars on the page, which has to be in view: a chart without room complains in the browser."""
        self.children = (self._words, self._pictures, *([self._bars] if self._known else []))


class SelectionPanel(ipw.VBox):
    """What the selected pictures have in common, and some of them."""

    def __init__(self) -> None:
        self._words = _says(_(texts.NOTHING_SELECTED))
        self.montage = PictureCanvas(toolbar=False, display_width=444, scale_bar=False)
        self.montage.layout.display = "none"
        super().__init__([self._words, self.montage], layout=ipw.Layout(width="100%", min_width="0"))

    def clear(self) -> None:
        """Show no selection."""
        self.montage.layout.display = "none"
        self._words.value = _(texts.NOTHING_SELECTED)

    def show(self, content: Content, chosen: Sequence[int]) -> None:
        """Show a selection."""
        numbers = np.array(chosen, dtype=int)
        self.clear()
        if not len(numbers):
            return
        shares = np.bincount(content.classes[numbers].astype(np.intp), minlength=len(CLASSES)) / len(numbers)
        right = None
        if content.labels is not None and content.answers is not None:
            right = float((content.labels[numbers] == content.answers[numbers]).mean())
        means = {name: float(values[numbers].mean()) for name, values in content.parameters.items()}
        self._words.value = texts.describe_selection(len(numbers), CLASSES, shares, right, means)
        if content.pictures is not None:
            some = numbers[np.linspace(0, len(numbers) - 1, min(_TILES, len(numbers))).astype(int)]
            sheet = montage([np.asarray(content.pictures(int(number))) for number in some])
            title, description = texts.describe_some(len(some), len(numbers))
            self.montage.show(sheet, title=title, description=description)
            self.montage.layout.display = None


class WindowsPanel(ipw.VBox):
    """A picture of one's own and its windows; those marked on the map are framed, and the other way round."""

    marked = TypedTuple(t.Int(), help="Numbers of the windows that are framed.")

    def __init__(self, choose: Callable[[Sequence[int]], None]) -> None:
        self._choose = choose
        self._placed: Placed | None = None
        self._step = 1
        self._words = _says(_(texts.NOTHING_PLACED))
        self.picture = PictureCanvas(display_width=380)
        self.picture.layout.display = "none"
        self.picture.observe(self._window_moved, "window")
        super().__init__([self._words, self.picture], layout=ipw.Layout(width="100%", min_width="0"))

    def show(self, placed: Placed) -> None:
        """Show a picture whose windows lie on the map."""
        self._placed = None
        self._words.value = texts.describe_placed(len(placed.points), int(placed.far.sum()))
        self._step = -(-max(placed.picture.shape) // _SHOWN)
        self.picture.layout.display = None
        self.picture.show(
            reduce_picture(placed.picture, self._step),
            boxes=(),
            title=_("Your picture"),
            description=_("the picture on the map"),
            pixel_size=(placed.pixel_size or 0.0) * self._step,
        )
        self.picture.window = () if placed.boxes is None else (0, 0, *(n // self._step for n in placed.boxes[0, 2:]))
        self._placed = placed

    def clear(self) -> None:
        """Show no picture."""
        self._placed = None
        self._words.value = _(texts.NOTHING_PLACED)
        self.picture.clear()
        self.picture.layout.display = "none"

    def frame(self, numbers: Sequence[int]) -> None:
        """Frame windows on the picture."""
        placed = self._placed
        if placed is None or placed.boxes is None:
            return
        names = ("row", "col", "height", "width")
        self.picture.boxes = [
            {**dict(zip(names, (placed.boxes[n] // self._step).tolist(), strict=True)), "color": "#ffd24a"}
            for n in numbers
        ]

    def _window_moved(self, _change: object) -> None:
        placed = self._placed
        if placed is None or placed.boxes is None or not self.picture.window:
            return
        row, col, height, width = (n * self._step for n in self.picture.window)
        middles = placed.boxes[:, :2] + placed.boxes[:, 2:] / 2
        inside = (middles >= (row, col)).all(axis=1) & (middles <= (row + height, col + width)).all(axis=1)
        self._choose(np.flatnonzero(inside).tolist())


class WalkPanel(ipw.VBox):
    """The lattices along a walk, and what the network says of each."""

    def __init__(self) -> None:
        self._words = _says(_(texts.NOT_WALKED))
        self.start = ipw.Button(
            description=_("walk between two selected points"), disabled=True, layout=ipw.Layout(width="auto")
        )
        self.strip = PictureCanvas(toolbar=False, display_width=444, scale_bar=False)
        self.curve = StudyCurve(label=_("step of the walk"), logarithmic=False)
        self.strip.layout.display = "none"
        self._walked = False
        super().__init__([self._words, self.start, self.strip], layout=ipw.Layout(width="100%", min_width="0"))

    def show(self, walk: Walk) -> None:
        """Show a walk."""
        count = len(walk.lattices)
        ends = (walk.lattices[0].bravais_type(), walk.lattices[-1].bravais_type())
        self._words.value = texts.describe_walk(*ends, count)
        some = np.linspace(0, count - 1, min(6, count)).astype(int)
        self.strip.show(montage([walk.images[n] for n in some]), description=_("pictures along the walk"))
        self.curve.show(np.arange(count), walk.probabilities, np.zeros_like(walk.probabilities))
        self.strip.layout.display = None
        self._walked = True

    def clear(self) -> None:
        """Show no walk."""
        self._words.value = _(texts.NOT_WALKED)
        self.strip.layout.display = "none"
        self._walked = False
        self.children = [self._words, self.start, self.strip]

    def place_chart(self) -> None:
        """Put the curves on the page, which has to be in view: a chart without room complains in the browser."""
        if self._walked:
            self.children = [self._words, self.start, self.strip, self.curve]
