"""From the explorer to the strain map of the same picture: a button, and the map below, or the one the explorer came from."""

from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from lattice_widgets.language import N_, _
from lattice_widgets.views.shared.escaping import in_html
from lattice_widgets.widgets.parts.lines import button, row, says

if TYPE_CHECKING:
    from lattice_widgets.widgets.explorer.widget import FFTExplorer
    from lattice_widgets.widgets.strain_map.widget import StrainMap

__all__ = ["StrainBelow"]

_BELOW = N_("The strain map is below.")
_ABOVE = N_("The strain map above shows it.")
_SCANNED = N_("It maps the picture as scanned, without the stretch and shear that are applied here.")


class StrainBelow(ipw.VBox):
    """The strain map of the picture, made when it is asked for.

    Parameters
    ----------
    owner : FFTExplorer
        Has the traits ``source``, ``pixel_size``, ``dataset``, ``frame``, ``scale`` and ``shear``.

    Attributes
    ----------
    way : ipywidgets.Widget
        The button, and what it did.
    strain : StrainMap or None
        The map.
    """

    def __init__(self, owner: "FFTExplorer") -> None:
        self._owner = owner
        self.strain: StrainMap | None = None
        go = button(
            _("strain map"), _("Map strain and rotation of the whole picture, place by place"), owner.map_strain
        )
        go.add_class("lattice-widgets-to-strain")
        self._words = says(live=True)
        self.way = row(go, self._words)
        super().__init__([], layout=ipw.Layout(width="100%", min_width="0"))
        owner.observe(self._forget_words, "source")

    def adopt(self, strain: "StrainMap") -> None:
        """Take the map that opened this explorer for the one to go to."""
        self.strain = strain

    def show(self, reference: str | None = None) -> None:
        """Show the picture of the explorer in the strain map; measured against a crystal if one is named."""
        # the strain map imports the explorer, which is what its places open in
        from lattice_widgets.widgets.strain_map.widget import StrainMap

        owner = self._owner
        settings: dict[str, Any] = {name: getattr(owner, name) for name in ("pixel_size", "dataset", "frame")}
        if reference is not None:
            settings["reference"] = reference
        if self.strain is None:
            self.strain = StrainMap(owner.source, **settings)
            self.strain.neighbors.adopt(owner)
            self.children = (self.strain,)
        else:
            with self.strain.hold_trait_notifications():
                self.strain.source = owner.source
                for name, value in settings.items():
                    setattr(self.strain, name, value)
        told = [_(_BELOW if self.children else _ABOVE)]
        if owner.scale or owner.shear:
            told.append(_(_SCANNED))
        self._words.value = in_html(" ".join(told))

    def _forget_words(self, change: Any) -> None:
        self._words.value = ""
