"""The text that names a reference for maps of files: a region, a Bravais type or a crystal."""

from typing import Any

import numpy as np

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.lattices.known.table import known_cells
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.maps.deformation import equivalent_basis, rotation_of
from lattice_widgets.core.maps.reference import Reference
from lattice_widgets.core.simulation.crystal import MODES
from lattice_widgets.core.simulation.crystals import CRYSTALS

__all__ = ["reference_of", "region_of"]

#: a crystal that the picture would have to be strained so much against is another one
_ANOTHER_CRYSTAL = 0.15


def reference_of(
    name: str | None, image: np.ndarray[Any, Any], pixel_size: float | None
) -> tuple[Reference, str | None]:
    """Return a reference as `map_lattice` takes it, and what it is called if that is not clear from itself."""
    region = region_of(name)
    if name is None or region is not None or name in BRAVAIS_TYPES:
        return region or name, None
    if pixel_size is None:
        raise ValueError(f"A crystal as the reference takes a pixel size: give --pixel-size, or not {name}.")
    fit = fit_lattice(image, pixel_size)
    known = CRYSTALS.get(name)
    cells = [known_cells()[name].lattice] if known is None else [known.cell, *map(known.primitive_lattice, MODES)]
    candidates = {_key(one): one for one in cells}
    strain, lattice = min(((_strain(one, fit), one) for one in candidates.values()), key=lambda pair: pair[0])
    if strain > _ANOTHER_CRYSTAL:
        raise ValueError(
            f"The picture does not show {name}: its lattice would be strained by {100 * strain:.0f} %. Check the pixel "
            "size, or choose another reference."
        )
    basis = equivalent_basis(lattice.vectors, fit.vectors)
    angle = rotation_of((np.linalg.inv(basis) @ fit.vectors).T)
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = Lattice(basis @ np.array([[cosine, -sine], [sine, cosine]]).T)
    return turned, f"the lattice of {name}, in the mean direction of the picture"


def _key(lattice: Lattice) -> tuple[float, ...]:
    return tuple(np.round(lattice.reduced().vectors.ravel(), 6))


def _strain(lattice: Lattice, fit: LatticeFit) -> float:
    basis = equivalent_basis(lattice.vectors, fit.vectors)
    return float(np.abs(np.linalg.svd(np.linalg.inv(basis) @ fit.vectors, compute_uv=False) - 1).max())


def region_of(name: str | None) -> tuple[float, float, float, float] | None:
    """Return the region that a text describes, None if it is the name of something known.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if name is None or name in BRAVAIS_TYPES or name in CRYSTALS or name in known_cells():
        return None
    try:
        row, col, height, width = (float(number) for number in name.split(","))
    except ValueError:
        raise ValueError(
            f"{name!r} is no reference: give a region 'row,col,height,width' in px, a crystal such as graphene, or one of "
            f"{', '.join(BRAVAIS_TYPES)}."
        ) from None
    return row, col, height, width
