"""The picture whose windows are laid on the map: chosen from the samples, opened, or dropped on the widget."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from lattice_widgets.widgets.embedding.placing import Placing
from lattice_widgets.widgets.opening.calibration import PixelSizeField
from lattice_widgets.widgets.opening.dataset_choice import DatasetChoice
from lattice_widgets.widgets.opening.picture_choice import PictureChoice
from lattice_widgets.widgets.opening.picture_memory import PictureMemory

if TYPE_CHECKING:
    from lattice_widgets.widgets.embedding.widget import EmbeddingViewer

__all__ = ["OwnPicture"]


class OwnPicture(ipw.VBox):
    """The list of pictures, the button that opens a file, and the field for the pixel size.

    Parameters
    ----------
    owner : EmbeddingViewer
        Has the traits ``source``, ``pixel_size``, ``dataset`` and ``placed``.
    placing : Placing
        Lays the windows on the map.
    """

    def __init__(self, owner: "EmbeddingViewer", placing: Placing) -> None:
        self._owner, self._placing, self._unheard = owner, placing, False
        # before all others that follow the source: the pixel size of one picture is not that of the next
        self._memory = PictureMemory(owner, lambda: None)
        self._field, self._datasets = PixelSizeField(owner), DatasetChoice(owner)
        owner.observe(self._place, ["source", "pixel_size", "dataset"])
        owner.observe(self._say, "placed")
        super().__init__(
            [PictureChoice(owner), self._datasets, self._field], layout=ipw.Layout(width="100%", min_width="0")
        )

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Set the traits without laying anything on the map."""
        self._unheard = True
        try:
            yield
        finally:
            self._unheard = False

    def _place(self, change: Any = None) -> None:
        owner = self._owner
        if self._unheard or self._memory.restoring:
            return
        owner.clear_error()
        self._placing.take_away()
        if owner.source is not None:
            self._placing.place(owner.source, owner.pixel_size, owner.dataset, None, None)

    def _say(self, change: Any = None) -> None:
        placed = self._owner.placed
        if placed is None:
            self._field.clear()
            self._datasets.show(None)
        else:
            self._datasets.offer(placed.datasets, placed.dataset)
            self._field.say(placed.pixel_size, placed.calibration)
