"""Windows of one's own on the map, and walks from one lattice to another."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lattice_widgets.core.embedding.tsne import Embedding
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.views.cloud.point_cloud import PointCloud
from lattice_widgets.widgets.embedding import work
from lattice_widgets.widgets.embedding.panels import WalkPanel, WindowsPanel
from lattice_widgets.widgets.embedding.work import Content, Placed, Walk
from lattice_widgets.widgets.opening.sources import load_source

if TYPE_CHECKING:
    from lattice_widgets.widgets.embedding.widget import EmbeddingViewer

__all__ = ["Placing"]


class Placing:
    """Lays pictures on the map, which does not move: windows of a picture, and the pictures along a walk.

    What was asked for last is laid on every new map.

    Parameters
    ----------
    owner : EmbeddingViewer
        Has the traits `placed`, `walked` and `selection`.
    cloud : PointCloud
        The map.
    windows, walk : WindowsPanel, WalkPanel
        Say what was found.
    open_panel : callable
        Opens a panel by its number.
    """

    def __init__(
        self,
        owner: "EmbeddingViewer",
        cloud: PointCloud,
        windows: WindowsPanel,
        walk: WalkPanel,
        open_panel: Callable[[int], None],
    ) -> None:
        self._owner, self._cloud, self._windows, self._walk = owner, cloud, windows, walk
        self._open_panel = open_panel
        self._source: tuple[Any, Any, str | int | None, int | None, int | None] | None = None
        self._path: tuple[Lattice, Lattice, int] | None = None
        self._asked: set[type] = set()
        self._content: Content | None = None
        self._embedding: Embedding | None = None
        walk.start.on_click(lambda button: self._walk_between())

    def place(
        self, source: Any, pixel_size: Any, dataset: str | int | None, window_size: int | None, step: int | None
    ) -> None:
        """Lay the windows of a picture on the map."""
        self._source = (source, pixel_size, dataset, window_size, step)
        self._asked.add(Placed)
        self._begin()

    def take_away(self) -> None:
        """Take the windows off the map: no picture is asked for any more."""
        self._source = None
        self.forget([Walk])

    def walk(self, start: Lattice, end: Lattice, count: int) -> None:
        """Walk from one lattice to another."""
        self._path = (start, end, count)
        self._asked.add(Walk)
        self._begin()

    def place_again(self, content: Content | None, embedding: Embedding | None) -> None:
        """Lay what was asked for last on a map that is finished; on no other."""
        self._content, self._embedding = content, embedding
        self._begin()

    def leave(self) -> None:
        """Forget the map: it is not that of the pictures that are asked for."""
        self._content = self._embedding = None
        self.forget()

    def forget(self, kept: Sequence[type] = ()) -> None:
        """Take windows and walk off the map, but not what was found just now."""
        if Placed not in kept:
            self._cloud.place(np.zeros((0, 2)), np.zeros(0))
            self._owner.set_trait("placed", None)
            self._windows.clear()
        if Walk not in kept:
            self._cloud.draw_path(np.zeros((0, 2)))
            self._owner.set_trait("walked", None)
            self._walk.clear()

    def _open(self, kind: type, panel: int) -> None:
        """Open a panel for what was asked for just now; what is laid on another map leaves the page as it is."""
        if kind in self._asked:
            self._asked.discard(kind)
            self._open_panel(panel)

    def _walk_between(self) -> None:
        selection = self._owner.selection
        if self._content is not None and len(selection) == 2:
            start, end = (work.lattice_of_point(self._content, number) for number in selection)
            self._owner.walk(start, end)

    def _begin(self) -> None:
        """Place what was asked for, once map and network are there; the map is shown again when the network is."""
        embedding, source, path = self._embedding, self._source, self._path
        if embedding is None or (source is None and path is None):
            return
        network = self._owner.ready_classifier(self._owner.classifier)
        if network is None:
            return
        found: list[Placed | Walk] = []

        def compute() -> None:
            if source is not None:
                found.append(work.place(embedding, network, load_source(*source[:3]), *source[3:]))
            if path is not None:
                found.append(work.walk(embedding, network, *path))

        self._owner.work_aside("places", compute, lambda problem: self._show(found, problem))

    def _show(self, found: list[Placed | Walk], problem: Exception | None) -> None:
        for answer in found:
            if isinstance(answer, Placed):
                self._owner.set_trait("placed", answer)
                self._cloud.place(answer.points, answer.far)
                self._windows.show(answer)
                self._open(Placed, 2)
            else:
                self._owner.set_trait("walked", answer)
                self._cloud.draw_path(answer.points)
                self._walk.show(answer)
                self._open(Walk, 3)
        if problem is not None:
            self._source = self._path = None
            self.forget([type(answer) for answer in found])
            raise problem
        self._owner.clear_error()
