"""The choice of a picture: a sample by its name, or a file of one's own that the browser sends."""

from typing import Any

import ipywidgets as ipw

from lattice_widgets.files import DEFAULT_MAX_BYTES
from lattice_widgets.language import N_, _
from lattice_widgets.samples.collection import list_samples
from lattice_widgets.views.upload.upload_button import UploadButton
from lattice_widgets.widgets.parts.controls import choices
from lattice_widgets.widgets.parts.sources import Upload

OWN = N_("a file of yours")


class PictureChoice(ipw.HBox):
    """A list of the samples and a button that opens a file; both set `source` of a widget, and follow it.

    Parameters
    ----------
    owner : LatticeWidget
        Has the traits ``source`` and ``frame``.

    Attributes
    ----------
    names : ipywidgets.Dropdown
        The samples, and last `OWN`.
    upload : UploadButton
        The button.
    """

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        samples = [sample.name for sample in list_samples()]
        self.names = ipw.Dropdown(
            options=choices([*samples, OWN]),
            value=_name_of(owner.source, samples),
            description=_("picture"),
            layout=ipw.Layout(max_width="100%"),
            tooltip=_("A sample, or your own."),
        )
        self.upload = UploadButton(
            self._take,
            owner.clear_error,  # what was wrong with another file is not said of this one
            description=_("open a file"),
            tooltip="png, jpg, tif, gif, npy, dm3, dm4, sxm, ...",
            limit=DEFAULT_MAX_BYTES,
        )
        self.names.observe(self._choose, "value")
        owner.observe(lambda change: self._follow(samples), "source")
        super().__init__([self.names, self.upload], layout=ipw.Layout(flex_flow="row wrap"))

    def _follow(self, samples: list[str]) -> None:
        self.upload.said = ""
        self.names.value = _name_of(self._owner.source, samples)

    def _choose(self, change: dict[str, Any]) -> None:
        if self.names.value not in (OWN, self._owner.source):
            self._open(self.names.value)

    def _take(self, name: str, content: bytes) -> None:
        self._open(Upload(name, content))

    def _open(self, source: Any) -> None:
        with self._owner.hold_trait_notifications():
            self._owner.frame = 0
            self._owner.source = source


def _name_of(source: Any, samples: list[str]) -> str:
    return source if isinstance(source, str) and source in samples else OWN
