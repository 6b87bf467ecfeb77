"""The choice of a picture: a sample by its name, or a picture of one's own: a file that the browser sends, or an array."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw

from lattice_widgets.files import DEFAULT_MAX_BYTES
from lattice_widgets.files.kinds import format_names
from lattice_widgets.language import _
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.views.upload.upload_button import UploadButton
from lattice_widgets.widgets.opening.sources import Upload, identity, name_source
from lattice_widgets.widgets.parts.controls import choices
from lattice_widgets.widgets.parts.lines import row

#: pictures of one's own in the list; the oldest goes when there are more
_OWN = 12


def opening_row(choice: "PictureChoice", *others: ipw.Widget) -> ipw.HBox:
    """Return the choice of a picture and what else is told of it, in as few rows as the page has the room for."""
    made = row(choice, *others)
    made.add_class("lattice-widgets-opening")
    return made


class PictureChoice(ipw.HBox):
    """A list of pictures and a button that opens a file; both set `source` of a widget, and follow it.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait ``source``.
    samples : sequence of str, optional
        Names of the samples that are offered; all of them if not given.
    description : str, optional
        What stands before the list, translated; "picture" if not given.

    Attributes
    ----------
    names : ipywidgets.Dropdown
        The samples by their names, and last what else `source` has been: "own 1", "own 2", ...
    upload : UploadButton
        The button.
    """

    def __init__(self, owner: Any, samples: Sequence[str] | None = None, description: str = "") -> None:
        self._owner = owner
        self._samples = list(samples or (sample.name for sample in list_samples()))
        self._own: dict[str, Any] = {}
        self._opened = 0
        self._following = False
        self.names = ipw.Dropdown(
            options=choices(self._samples),
            description=description or _("picture"),
            style={"description_width": "initial"},
            # as narrow as the names of the samples allow; the margins are beside it
            layout=ipw.Layout(width="240px", max_width="calc(100% - 4px)"),
            tooltip=_("A sample, or your own."),
        )
        self.upload = UploadButton(
            self._take,
            owner.clear_error,  # what was wrong with another file is not said of this one
            description=_("open a file"),
            tooltip=format_names(),
            limit=DEFAULT_MAX_BYTES,
        )
        self._follow()
        self.names.observe(self._choose, "value")
        owner.observe(self._follow, "source")
        super().__init__([self.names, self.upload], layout=ipw.Layout(flex_flow="row wrap"))

    def _follow(self, change: Any = None) -> None:
        """Choose in the list what the source is; what is not in it yet is added."""
        self.upload.said = ""
        chosen = self._name_of(self._owner.source)
        options = [*choices(self._samples), *((name_source(own), key) for key, own in self._own.items())]
        self._following = True  # a new list makes the first of its names the chosen one
        try:
            with self.names.hold_sync():
                if tuple(options) != self.names.options:
                    self.names.options = options
                self.names.value = chosen
        finally:
            self._following = False

    def _name_of(self, source: Any) -> str | None:
        if isinstance(source, str) and source in self._samples:
            return source
        if source is None:
            return None
        for key, own in self._own.items():
            if identity(own) == identity(source):
                return key
        self._opened += 1
        key = f"own {self._opened}"
        self._own[key] = source
        while len(self._own) > _OWN:
            del self._own[next(iter(self._own))]
        return key

    def _choose(self, change: dict[str, Any]) -> None:
        name = self.names.value
        if not self._following and name is not None:
            self._open(self._own.get(name, name))

    def _take(self, name: str, content: bytes) -> None:
        self._open(Upload(name, content))

    def _open(self, source: Any) -> None:
        self._owner.source = source
