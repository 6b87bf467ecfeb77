"""What strain is measured against: the trait, and the choice that sets it."""

from typing import Any

import ipywidgets as ipw
import numpy as np
import traitlets as t

from lattice_widgets.core.geometry.lattice_fit import LatticeFit
from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.maps.crystal_reference import CRYSTAL_REFERENCES
from lattice_widgets.language import N_, _
from lattice_widgets.records.kinds.strain import name_reference
from lattice_widgets.widgets.opening.sources import Thing
from lattice_widgets.widgets.strain_map import texts

__all__ = ["ReferenceChoice", "ReferenceTrait"]

_HELP = N_(
    "What strain is measured against: the mean of the picture, a region of it, the ideal lattice nearest to the mean, or a "
    "crystal."
)


class ReferenceTrait(Thing):
    """A trait that holds a reference as `map_lattice` takes it, or the name of a crystal; None: the mean of the picture."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(None, help=_HELP, **settings)
        self.tag(label=N_("reference"))

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the reference; a region as four numbers."""
        if value is None or isinstance(value, Lattice | LatticeFit):
            return value
        names = (*BRAVAIS_TYPES, *CRYSTAL_REFERENCES)
        if isinstance(value, str):
            if value in names or value in known_cells():
                return value
            raise t.TraitError(
                _("{name} is no reference: give None, a region, a lattice, or one of {names}.").format(
                    name=repr(value), names=", ".join(names)
                )
            )
        try:
            region = tuple(float(part) for part in value)
        except (TypeError, ValueError, OverflowError):
            region = ()
        if len(region) != 4 or not np.isfinite(region).all() or min(region[2:]) <= 0:
            raise t.TraitError(_("A region is (row, col, height, width) in px of the picture."))
        return tuple(int(part) if part.is_integer() else part for part in region)


class ReferenceChoice(ipw.Dropdown):
    """A drop-down of what strain can be measured against; it sets the trait ``reference`` and follows it.

    Parameters
    ----------
    owner : StrainMap
        Has the trait, and ``usual_region()``.
    """

    def __init__(self, owner: Any) -> None:
        self._owner, self._following = owner, False
        trait = owner.traits()["reference"]
        super().__init__(
            description=_(trait.metadata["label"]),
            tooltip=_(trait.help),
            style={"description_width": "72px"},
            layout=ipw.Layout(width="280px", max_width="calc(100% - 4px)"),
        )
        self.add_class("lattice-widgets-reference")
        self._follow()
        owner.observe(self._follow, "reference")
        self.observe(self._take, "value")

    def _follow(self, change: Any = None) -> None:
        reference = self._owner.reference
        given = isinstance(reference, Lattice | LatticeFit)
        offered = [(_(texts.MEAN), texts.MEAN), (_(texts.REGION), texts.REGION)]
        offered += [(_("ideal: {kind}").format(kind=_(kind)), kind) for kind in BRAVAIS_TYPES]
        offered += [(name_reference(name), name) for name in CRYSTAL_REFERENCES]
        if isinstance(reference, str) and reference not in dict(offered).values():  # one of the many known cells
            offered.append((name_reference(reference), reference))
        offered += [(_(texts.GIVEN), texts.GIVEN)] if given else []
        named = reference if isinstance(reference, str) else texts.MEAN if reference is None else texts.REGION
        self._following = True
        try:
            with self.hold_sync():
                if tuple(offered) != self.options:  # type: ignore[has-type]
                    self.options = offered
                self.value = texts.GIVEN if given else named
        finally:
            self._following = False

    def _take(self, change: Any) -> None:
        if self._following or self.value in (None, texts.GIVEN):
            return
        if self.value == texts.REGION:
            self._owner.reference = self._owner.usual_region()
        else:
            self._owner.reference = None if self.value == texts.MEAN else self.value
