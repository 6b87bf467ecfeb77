"""The list of crystals: it says when the cell is no longer that of the crystal, and brings the crystal back; their doses."""

from typing import Any

import ipywidgets as ipw

from lattice_widgets.core.simulation.crystal import Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.language import _
from lattice_widgets.widgets.parts.controls import choices

__all__ = ["crystal_choice", "usual_dose"]

#: what the list holds while the cell is not that of a crystal
_CHANGED = "changed"


def usual_dose(crystal: Crystal) -> float:
    """Return the dose at which a crystal is shown first [electrons per nm^2], rounded as people read it: 1e6 for a foil."""
    return float(f"{crystal.dose_like_foil(1e6):.0e}")


def crystal_choice(owner: Any, name: str, **look: Any) -> ipw.Dropdown:
    """Return a drop-down of the crystals.

    Parameters
    ----------
    owner : LatticeSimulator
        Has the traits ``a``, ``b``, ``gamma`` and a method ``choose_crystal(name)``.
    name : str
        The trait that holds the crystal.
    **look
        Settings of the drop-down: description, tooltip, style, layout.
    """
    offered = choices(owner.traits()[name].values)
    choice = ipw.Dropdown(options=offered, value=getattr(owner, name), **look)
    following = False

    def follow(change: Any = None) -> None:
        nonlocal following
        crystal = CRYSTALS.get(getattr(owner, name))  # one atom a cell has no cell of its own
        cell = (owner.a, owner.b, owner.gamma)
        changed = crystal is not None and any(
            abs(now - own) > 1e-6 for now, own in zip(cell, (crystal.a, crystal.b, crystal.gamma), strict=True)
        )
        label = _("{crystal}, changed").format(crystal=_(getattr(owner, name)))
        options = [*([(label, _CHANGED)] if changed else []), *offered]
        value = _CHANGED if changed else getattr(owner, name)
        if (choice.options, choice.value) == (tuple(options), value):
            return
        following = True  # new options make the first of them the chosen one
        try:
            with choice.hold_sync():
                choice.options = options
                choice.value = value
        finally:
            following = False

    def choose(change: Any) -> None:
        if not following and choice.value not in (None, _CHANGED):
            owner.choose_crystal(choice.value)

    follow()
    owner.observe(follow, [name, "a", "b", "gamma"])
    choice.observe(choose, "value")
    return choice
