"""The table of known cells: layers, projections of bulk crystals, and surfaces, each with its source.

`cells.csv` has one row a cell; `tools/make_cells.py` writes it from lattice constants of bulk crystals and of layers.
"""

import re
from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, get_args

from lattice_widgets.core.lattices.lattice import Lattice

__all__ = ["CELL_KINDS", "CellKind", "KnownCell", "known_cells"]

CellKind = Literal["layer", "projection", "surface"]
#: what a known cell is one of
CELL_KINDS: tuple[CellKind, ...] = get_args(CellKind)


@dataclass(frozen=True)
class KnownCell:
    """The cell of a crystal, as a picture of it repeats; at room temperature.

    Attributes
    ----------
    name : str
        Such as "graphene", "Si [110]" (a projection along a zone axis), "Au(111)" (a surface as it is cut).
    kind : {"layer", "projection", "surface"}
        A layer that stands alone or is cleaved; what a beam sees that goes through a crystal; what a tip sees of its surface.
    formula : str
        Its elements.
    a, b : float
        Lengths of the reduced primitive cell [nm], a <= b.
    gamma : float
        The angle between them [degrees], 90 to 120.
    crystal : str
        The lattice constants of the bulk that the cell was computed from [nm]; empty if it was measured as it stands.
    source : str
        Where the numbers come from.
    """

    name: str
    kind: CellKind
    formula: str
    a: float
    b: float
    gamma: float
    crystal: str
    source: str

    @property
    def lattice(self) -> Lattice:
        """Its reduced primitive lattice [nm]."""
        return Lattice.from_parameters(self.a, self.b, self.gamma)

    @property
    def elements(self) -> frozenset[str]:
        """The symbols of its elements."""
        return frozenset(re.findall(r"[A-Z][a-z]?", self.formula))


@cache
def known_cells() -> Mapping[str, KnownCell]:
    """Read the table of known cells.

    Returns
    -------
    mapping
        Name -> `KnownCell`, in the order of the file.

    Examples
    --------
    >>> cells = known_cells()
    >>> len(cells) >= 150, cells["graphene"].a, cells["Si [110]"].crystal
    (True, 0.2461, 'diamond: a = 0.54310')
    >>> sorted(cells["SrTiO3 [001]"].elements)
    ['O', 'Sr', 'Ti']
    """
    text = files(__package__).joinpath("cells.csv").read_text("utf-8")
    cells = {}
    for row in DictReader(text.splitlines()):
        numbers = {side: float(row.pop(side)) for side in ("a", "b", "gamma")}
        cells[row["name"]] = KnownCell(**row, **numbers)  # type: ignore[arg-type]
    return MappingProxyType(cells)
