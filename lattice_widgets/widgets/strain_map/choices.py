"""Whether the distortion of the scan is taken out of the picture that is mapped: the trait, and the choice that sets it."""

from typing import Any

import ipywidgets as ipw
import traitlets as t

from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.maps.crystal_reference import CRYSTAL_REFERENCES
from lattice_widgets.language import N_, _
from lattice_widgets.records.kinds.strain import name_reference
from lattice_widgets.records.kinds.undistorted import PRESUMED_LATTICES, can_be_presumed
from lattice_widgets.widgets.parts.settings import Words

__all__ = ["DistortionChoice", "PresumedTrait"]

_HELP = N_(
    "Whether the distortion of the scan is taken out of the picture, and what its lattice is presumed to be for that. A "
    "wrong presumption hides strain, or makes some."
)


class PresumedTrait(Words):
    """A trait that holds what a lattice is presumed to be: "even", a Bravais type, the name of a known cell; empty: nothing."""

    def __init__(self, **settings: Any) -> None:
        super().__init__("", help=_HELP, **settings)
        self.tag(label=N_("scan distortion"))

    def validate(self, obj: Any, value: Any) -> str:
        """Return the name; TraitError if it is none that can be presumed."""
        name = super().validate(obj, value)
        if name and not can_be_presumed(name):
            words = _("{name} cannot be presumed: give {names}, a known crystal such as graphene, or nothing.")
            raise t.TraitError(words.format(name=repr(name), names=", ".join(PRESUMED_LATTICES)))
        return name


class DistortionChoice(ipw.Dropdown):
    """A drop-down of what can be presumed of the lattice; it sets the trait ``undistort`` and follows it.

    Parameters
    ----------
    owner : StrainMap
        Has the trait.
    """

    def __init__(self, owner: Any) -> None:
        self._owner, self._following = owner, False
        trait = owner.traits()["undistort"]
        super().__init__(
            description=_(trait.metadata["label"]),
            tooltip=_(trait.help),
            style={"description_width": "104px"},
            layout=ipw.Layout(width="390px", max_width="calc(100% - 4px)"),
        )
        self.add_class("lattice-widgets-undistort")
        self._follow()
        owner.observe(self._follow, "undistort")
        self.observe(self._take, "value")

    def _follow(self, change: Any = None) -> None:
        presumed = self._owner.undistort
        offered = [(_("left in: the picture as scanned"), "")]
        offered.append((_("taken out, presuming an even lattice"), "even"))
        crystals = [name for name in CRYSTAL_REFERENCES if can_be_presumed(name)]
        for name in (*PRESUMED_LATTICES[1:], *crystals):
            kind = _(name) if name in PRESUMED_LATTICES else name_reference(name)
            offered.append((_("taken out, presuming {kind}").format(kind=kind), name))
        if presumed in known_cells() and presumed not in crystals:
            offered.append((_("taken out, presuming {kind}").format(kind=presumed), presumed))
        self._following = True
        try:
            with self.hold_sync():
                if tuple(offered) != self.options:  # type: ignore[has-type]
                    self.options = offered
                self.value = presumed
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if not self._following and self.value is not None:
            self._owner.undistort = self.value
