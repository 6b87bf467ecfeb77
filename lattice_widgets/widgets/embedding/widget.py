"""The t-SNE viewer: a map of what the network sees, that one can walk on."""

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t
from ipywidgets.widgets.trait_types import TypedTuple

from lattice_widgets.core.embedding.tsne import Embedding, warm_up
from lattice_widgets.core.lattices.lattice import CLASSES, Lattice
from lattice_widgets.language import N_, _
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.views.saved.static_picture import png_of_points
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.embedding import texts
from lattice_widgets.widgets.embedding import work as answers
from lattice_widgets.widgets.embedding.colors import ColorName, Colors
from lattice_widgets.widgets.embedding.files import MapFiles
from lattice_widgets.widgets.embedding.own_picture import OwnPicture
from lattice_widgets.widgets.embedding.panels import PointPanel, SelectionPanel, WalkPanel, WindowsPanel
from lattice_widgets.widgets.embedding.placing import Placing
from lattice_widgets.widgets.embedding.work import Content, Placed, State, Walk
from lattice_widgets.widgets.opening.calibration import GivenPixelSize
from lattice_widgets.widgets.opening.dataset_choice import Dataset
from lattice_widgets.widgets.opening.sources import Thing, ThingOf
from lattice_widgets.widgets.parts.controls import column, control, side_by_side
from lattice_widgets.widgets.parts.lines import Line
from lattice_widgets.widgets.parts.network import NetworkName, find_network, path_of_network
from lattice_widgets.widgets.parts.record_button import keep_buttons
from lattice_widgets.widgets.parts.settings import Number


class EmbeddingViewer(MapFiles, LatticeWidget):
    """A t-SNE map of pictures by the features of the network; by default of 1000 simulated ones.

    Parameters
    ----------
    **settings
        Any of the traits.

    Examples
    --------
    >>> viewer = EmbeddingViewer()  # doctest: +SKIP
    >>> viewer.place("graphene_stm")  # doctest: +SKIP
    >>> viewer.walk(Lattice.from_parameters(1, 1, 90), Lattice.from_parameters(1, 1, 120))  # doctest: +SKIP
    """

    title = N_("Embedding viewer")

    features = Thing(
        None, help="Features (n, m), one row a picture; None: those of the images, or of 1000 examples."
    ).tag(request=True)
    images = Thing(None, help="The pictures, n of them, each (rows, cols); None: not known.").tag(request=True)
    labels = Thing(None, help="Class of each picture, by name or number; None: not known.").tag(request=True)
    perplexity = Number(
        10.0, min=2.0, max=60.0, help=N_("About how many neighbors hold each point; the paper used 10.")
    ).tag(request=True, label=N_("perplexity"), step=1.0, format=".0f")
    seed = t.Int(0, min=0, max=999, help=N_("Another number: another map.")).tag(
        request=True, label=N_("seed"), typed=True
    )
    classifier = NetworkName(help=N_("The network whose features are mapped.")).tag(request=True)
    source = Thing(
        None, help="A picture of your own, whose windows lie on the map; see `place`. None: no picture."
    ).tag(undo=True)
    pixel_size = GivenPixelSize().tag(of_picture=True, undo=True)
    dataset = Dataset().tag(of_picture=True, undo=True)
    color_by = ColorName("class", help="What the colors show: the class, an answer of the network, or a parameter.")
    selection = TypedTuple(t.Int(), help="Numbers of the selected pictures.")
    marked = TypedTuple(t.Int(), help="Numbers of the selected windows of your own.")

    points = ThingOf(np.ndarray, read_only=True, allow_none=True, help="Places on the map, float32 (n, 2).")
    quality = t.Float(
        np.nan, read_only=True, help="Fraction of the 10 nearest pictures that are still near on the map."
    )
    _content: Content | None = None
    _embedding: Embedding | None = None

    placed = t.Instance(Placed, read_only=True, allow_none=True, help="Windows of your own on the map.")
    walked = t.Instance(Walk, read_only=True, allow_none=True, help="The last walk.")

    @property
    def content(self) -> Content | None:
        """What is known of the pictures on the map: features, labels, answers, parameters; None before."""
        return self._content

    def request(self) -> answers.Request:
        """Return the settings."""
        wanted = self.features is None and self.images is not None
        network = self.ready_classifier(self.classifier) if wanted else None
        return answers.Request(
            self.features,
            self.images,
            self.labels,
            self.perplexity,
            self.seed,
            path_of_network(self.classifier),
            network,
        )

    @staticmethod
    def compute(request: answers.Request) -> Iterator[State]:
        """Yield the map as it forms."""
        return answers.compute(request)

    def apply(self, answer: State) -> None:
        """Show the map so far."""
        content, embedding = answer.content, answer.embedding
        if self._content is None or content.features is not self._content.features:
            self._content = content
            wrong = None
            if content.labels is not None and content.answers is not None:
                wrong = content.labels != content.answers
            # what was chosen before there was a map; one that is shown begins without
            chosen = [number for number in self.selection if number < len(content.features)]
            self._cloud.show(embedding.points, content.classes, wrong)
            self._colors.offer(content)
            self._cloud.select(chosen)
            self._selected()
            self._placing.forget()
        else:
            self._cloud.move(embedding.points)
        self.set_trait("points", embedding.points)
        self._embedding = embedding if answer.quality is not None else None
        if answer.quality is None:
            self._placing.place_again(content, None)
            self._quality.value = _(texts.FORMING)
            return
        self.set_trait("quality", answer.quality)
        alone = (
            ""
            if content.labels is None or np.ptp(content.labels)
            else texts.describe_one_class(CLASSES[content.labels[0]])
        )
        self._quality.value = alone + texts.describe_quality(answer.quality, len(content.features), answers.K)
        self._cloud.description = texts.describe_map(len(content.features))
        self._placing.place_again(self._content, self._embedding)

    def forget_answers(self) -> None:
        """Take away the map of other pictures, and all that lies on it."""
        self._runner.cancel()
        self._content = self._embedding = None
        self._cloud.show(np.zeros((0, 2)), np.zeros(0))
        self._cloud.description = ""
        self._quality.value = ""
        self.set_trait("points", None)
        self.set_trait("quality", np.nan)
        self._point.clear()
        self._selection.clear()
        self._walk.start.disabled = True
        self._placing.leave()

    def _pictures_changed(self, change: Any) -> None:
        self.forget_answers()
        self._quality.value = _(texts.WAITING if self.images is not None else texts.FORMING)

    def build_views(self) -> Sequence[ipw.Widget]:
        """Return the map, its controls, and the panels beside it."""
        self._background.start(warm_up, lambda problem: None)
        self._cloud: PointCloud = PointCloud(title=_("Each point is a picture, where the network sees it"))
        self._quality: ipw.HTML = Line(_(texts.WAITING))
        self._quality.add_class("lattice-widgets-says").add_class("lattice-widgets-live")
        self._colors = Colors(self, self._cloud)
        export = ipw.Button(
            description="CSV", tooltip=_("Write places, classes and parameters"), layout=ipw.Layout(width="72px")
        )
        export.on_click(lambda button: self.export())
        self._exported = Line("")
        self._point, self._selection = PointPanel(), SelectionPanel()
        self._windows, self._walk = WindowsPanel(lambda numbers: self._cloud.mark(numbers)), WalkPanel()
        self._placing = Placing(self, self._cloud, self._windows, self._walk, self._open_panel)
        self._own = OwnPicture(self, self._placing)
        panels = ipw.Tab([self._point, self._selection, self._windows, self._walk])
        panels.titles = (_("point"), _("selection"), _("your picture"), _("walk"))
        panels.add_class("lattice-widgets-panels")
        panels.layout.width, panels.layout.max_width, panels.layout.min_width = "100%", "480px", "0"
        panels.observe(lambda change: self._place_charts(), "selected_index")
        self._panels = panels
        self._cloud.observe(self._hovered, "hovered")
        self._cloud.observe(lambda change: self.set_trait("selection", change["new"]), "selected")
        self.observe(self._selection_set, "selection")
        self.observe(self._pictures_changed, ["features", "images", "labels", "classifier"])
        t.dlink((self._cloud, "marked"), (self, "marked"))
        self.observe(self._marks_set, "marked")
        settings = [self._colors.choice, *(control(self, name) for name in ("perplexity", "seed", "classifier"))]
        return [
            side_by_side(
                column(self._cloud, self._quality, *settings, ipw.HBox([export, self._exported]), width="460px"),
                column(self._own, panels, width="440px"),
            ),
            *keep_buttons(self),
        ]

    def _open_panel(self, index: int) -> None:
        self._panels.selected_index = index
        self._place_charts()

    def _place_charts(self) -> None:
        if self._panels.selected_index == 0:
            self._point.place_chart()
        elif self._panels.selected_index == 3:
            self._walk.place_chart()

    # ---- what is pointed at and selected

    def _hovered(self, change: dict[str, Any]) -> None:
        number = change["new"]
        if self._content is not None and 0 <= number < len(self._content.features):
            recipe = find_network(self.classifier).recipe
            self._point.show(self._content, number, recipe)
            self._open_panel(0)

    @t.validate("selection")
    def _check_selection(self, proposal: dict[str, Any]) -> tuple[int, ...]:
        chosen = tuple(int(number) for number in proposal["value"])
        count = np.inf if self._content is None else len(self._content.features)
        for number in chosen:
            if not 0 <= number < count:
                raise t.TraitError(f"selection has the numbers of pictures on the map, from 0 on, and not {number}.")
        return chosen

    def _selection_set(self, change: dict[str, Any]) -> None:
        if self._cloud.selected != change["new"]:
            self._cloud.select(change["new"])
        self._selected()

    def _marks_set(self, change: dict[str, Any]) -> None:
        if self._cloud.marked != change["new"]:
            self._cloud.mark(change["new"])
        self._windows.frame(change["new"])

    def _selected(self) -> None:
        if self._content is None:
            return
        self._selection.show(self._content, self.selection)
        self._walk.start.disabled = len(self.selection) != 2
        if self.selection and self._panels.selected_index == 0:
            self._open_panel(1)

    # ---- windows of one's own, and walks

    def place(
        self,
        source: Any,
        window_size: int | None = None,
        step: int | None = None,
        pixel_size: Any = None,
        dataset: str | int | None = None,
    ) -> None:
        """Lay the windows of a picture on the map, which does not move; `placed` has them when they are there.

        Parameters
        ----------
        source : array_like, str, Path or widget
            A picture (rows, cols), the name of a sample, a file, or a widget that shows one; or pictures (n, rows, cols),
            such as the frames of a movie or windows cut out already, each of which becomes a point.
        window_size, step : int, optional
            Of the windows [px]; a third of the picture and half a window when not given.
        pixel_size : float, tuple or str, optional
            As for `read_micrograph`: 0.02, "20 pm", "graphene 10".
        dataset : str or int, optional
            As for `read_micrograph`: which one of a file that has several.
        """
        if isinstance(source, ipw.Widget) and source.has_trait("image"):
            source = source.image
        with self._own.unheard():
            self.source, self.pixel_size, self.dataset = source, pixel_size, dataset
        self._placing.place(source, pixel_size, dataset, window_size, step)

    def walk(self, start: Lattice, end: Lattice, count: int = 24) -> None:
        """Walk from one lattice to another: the simulator draws those between, the map shows the way.

        Parameters
        ----------
        start, end : Lattice
            In any unit; only their shapes count.
        count : int
            Pictures along the way, at least 2.
        """
        self._placing.walk(start, end, count)

    def static_picture(self) -> bytes:
        """Return the map as a PNG."""
        if self.points is None or self._content is None:
            return b""
        return png_of_points(self.points, self._content.classes)
