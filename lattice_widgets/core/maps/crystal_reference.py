"""The name of a crystal in, the lattice that a picture of it is compared with out."""

import numpy as np

from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.core.maps.reference import Reference
from lattice_widgets.core.sentences import Sentence
from lattice_widgets.core.simulation.crystal import MODES, Mode
from lattice_widgets.core.simulation.crystals import CRYSTALS


def _seen_by() -> dict[str, tuple[str, Mode]]:
    found: dict[str, tuple[str, Mode]] = {}
    for name, crystal in CRYSTALS.items():
        seen = {mode: crystal.primitive_lattice(mode) for mode in MODES}
        if np.allclose(seen["STEM"].vectors, seen["STM"].vectors):
            found[name] = (name, "STEM")
        else:
            found |= {f"{name}, {mode}": (name, mode) for mode in MODES}
    return found


#: name -> crystal and what takes its picture, which is named where STM and STEM see different cells
CRYSTAL_REFERENCES: dict[str, tuple[str, Mode]] = _seen_by()


def reference_for(reference: Reference, pixel_size: float | None) -> Reference:
    """Give what `map_lattice` takes as its reference; it is the lattice of a crystal if that is named.

    Parameters
    ----------
    reference : tuple of float, LatticeFit, Lattice, str or None
        As for `map_lattice`, or one of `CRYSTAL_REFERENCES`, such as "graphene", or the name of a known cell, "Au(111)".
    pixel_size : float or None
        Of the picture [nm/px].

    Returns
    -------
    tuple of float, LatticeFit, Lattice, str or None
        The reference itself if no crystal is named.

    Raises
    ------
    ValueError
        If there is no such crystal or type, or a crystal is named and the pixel size is not known.

    Examples
    --------
    >>> round(reference_for("graphene", 0.01).a, 4), round(reference_for("Au(111)", 0.01).a, 4), reference_for("square", None)
    (0.2461, 0.2884, 'square')
    """
    if not isinstance(reference, str) or reference in BRAVAIS_TYPES:
        return reference
    if reference not in CRYSTAL_REFERENCES and reference not in known_cells():
        raise ValueError(
            Sentence(
                "{name} is no reference: choose a region, a lattice, or one of {kinds}.",
                name=repr(reference),
                kinds=", ".join((*BRAVAIS_TYPES, *CRYSTAL_REFERENCES)),
            )
        )
    if not pixel_size:
        raise ValueError(
            Sentence(
                "A crystal as reference needs the pixel size of the picture: give it, or choose another reference."
            )
        )
    if reference not in CRYSTAL_REFERENCES:
        return known_cells()[reference].lattice
    name, mode = CRYSTAL_REFERENCES[reference]
    return CRYSTALS[name].primitive_lattice(mode)
