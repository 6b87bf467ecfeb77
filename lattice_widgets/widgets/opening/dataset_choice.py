"""The choice of a data set of a file that has several: channel, detector, direction, page."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t
import xarray as xr

from lattice_widgets.language import N_, _

__all__ = ["Dataset", "DatasetChoice"]

_HELP = N_("Which data set of a file that has several: channel, detector, direction; None: the largest.")


class Dataset(t.TraitType[Any, Any]):
    """A trait that holds the name or the number of a data set; None: the largest."""

    default_value = None

    def __init__(self, help: str = _HELP, **settings: Any) -> None:
        super().__init__(help=help, **settings)
        self.tag(label=N_("data set"))

    def validate(self, obj: Any, value: Any) -> str | int | None:
        """Return the value as it was given; None for an empty name."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise t.TraitError(
                _("A data set is chosen by its name or its number, not by {value}.").format(value=repr(value))
            )
        return value


class DatasetChoice(ipw.Dropdown):
    """A drop-down of the data sets of the file that is open; not shown where there is no choice.

    Parameters
    ----------
    owner : LatticeWidget
        Has the trait for the data set, and perhaps ``frame``.
    name : str
        Of that trait.
    """

    def __init__(self, owner: Any, name: str = "dataset") -> None:
        self._owner, self._name, self._following = owner, name, False
        trait = owner.traits()[name]
        super().__init__(
            description=_(trait.metadata["label"]),
            tooltip=_(trait.help),
            layout=ipw.Layout(width="300px", max_width="calc(100% - 4px)", display="none"),
        )
        self.add_class("lattice-widgets-dataset")
        self.observe(self._take, "value")

    def show(self, image: xr.DataArray | None) -> None:
        """Offer the data sets of the file of a picture; None, or one without a choice, takes the drop-down away."""
        known = image.attrs if image is not None else {}
        self.offer(known.get("datasets", ()), known.get("dataset", ""))

    def offer(self, names: Sequence[str], taken: str) -> None:
        """Offer data sets by their names, of which one is taken; where there is no choice the drop-down goes away."""
        self.layout.display = None if len(names) > 1 else "none"
        if len(names) < 2:
            return
        # a bare number says nothing: it stands where a file has no name for its data set
        offered = [(_("number {number}").format(number=name) if name.isdecimal() else name, name) for name in names]
        shown = taken if taken in names else str(getattr(self._owner, self._name))
        self._following = True  # new options make the first of them the chosen one
        try:
            with self.hold_sync():
                self.options = offered
                self.value = shown if shown in names else None
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if self._following or self.value is None:
            return
        with self._owner.hold_trait_notifications():
            if self._owner.has_trait("frame"):
                self._owner.frame = 0  # another data set may be a single picture
            setattr(self._owner, self._name, self.value)
