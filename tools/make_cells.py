"""Write the table of cells that pictures are compared with, from lattice constants of bulk crystals and of layers.

    python tools/make_cells.py

reads `tools/cells/bulk.csv` and `tools/cells/sheets.csv` and writes `lattice_widgets/core/lattices/known/cells.csv`. A
projection repeats by all translations of the crystal, seen along the beam, and by its glide planes across the beam; a surface
by the translations that lie in its plane.
"""

import csv
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice

HERE = Path(__file__).with_name("cells")
TABLE = Path(__file__).parents[1] / "lattice_widgets/core/lattices/known/cells.csv"
COLUMNS = ("name", "kind", "formula", "a", "b", "gamma", "crystal", "source")

_FACES = ("1/2 1/2 0", "1/2 0 1/2", "0 1/2 1/2")
_BODY = ("1/2 1/2 1/2",)
_RHOMBOHEDRAL = ("2/3 1/3 1/3", "1/3 2/3 2/3")
#: family -> translations beside those of the cell
CENTERINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("fcc", "diamond", "zincblende", "rocksalt", "fluorite"), _FACES),
    **dict.fromkeys(("bcc", "tetragonal I", "anatase"), _BODY),
    **dict.fromkeys(("monoclinic C", "monoclinic C glide"), ("1/2 1/2 0",)),
    "corundum": _RHOMBOHEDRAL,
}
#: family and zone axis -> translations of the projection that glide planes across the beam add
GLIDES = {
    ("diamond", "[001]"): "1/4 1/4 1/4",
    ("rutile", "[100]"): "0 1/2 1/2",
    ("anatase", "[001]"): "1/2 0 1/4",
    ("monoclinic P glide", "[010]"): "0 0 1/2",
    ("monoclinic C glide", "[010]"): "0 0 1/2",
}
_HEXAGONAL = ("hcp", "wurtzite", "hexagonal", "corundum")


def axes_of(row: dict[str, str]) -> NDArray[np.float64]:
    """Return the three axes of the conventional cell in rows, in nm."""
    a = float(row["a"])
    b, c = float(row["b"] or a), float(row["c"] or a)
    beta = np.deg2rad(float(row["beta"] or 90))
    if row["family"] in _HEXAGONAL:
        return np.array([[a, 0, 0], [-a / 2, a * np.sqrt(3) / 2, 0], [0, 0, c]])
    return np.array([[a, 0, 0], [0, b, 0], [c * np.cos(beta), 0, c * np.sin(beta)]])


def translations(family: str, more: tuple[str, ...] = ()) -> NDArray[np.float64]:
    """Return translations in fractions of the axes: those of the cell, of its centering, and more."""
    extra = [[float(n) / float(d or 1) for n, _, d in (part.partition("/") for part in text.split())]
             for text in (*CENTERINGS.get(family, ()), *more)]  # fmt: skip
    return np.vstack([np.eye(3), *([extra] if extra else [])])


def indices(cell: str) -> NDArray[np.float64]:
    """Return the three indices of a direction or plane; of four, those that count."""
    found = [int(index) for index in re.findall(r"-?\d", cell)]
    if len(found) == 3:
        return np.array(found, dtype=float)
    h, k, i, m = found
    return np.array([h - i, k - i, m] if cell[0] == "[" else [h, k, m], dtype=float)


def basis_of(vectors: NDArray[np.float64]) -> Lattice:
    """Return the lattice that vectors (n, 2), given by their components in a plane, span."""
    flat = vectors[np.hypot(*vectors.T) > 1e-9]
    flat = flat[np.argsort(np.hypot(*flat.T).round(9), kind="stable")]
    first = flat[0]
    across = np.abs(flat @ [first[1], -first[0]])
    return Lattice([first, flat[np.flatnonzero(across > 1e-9)[0]]]).reduced()


def plane_cell(row: dict[str, str], cell: str) -> Lattice:
    """Return the lattice of a projection "[uvw]" or of a surface "(hkl)"."""
    axes, family = axes_of(row), row["family"]
    glide = GLIDES.get((family, cell))
    steps = translations(family, (glide,) if glide else ())
    counts = np.array(list(product(range(-2, 3), repeat=3)), dtype=float)
    whole = (counts[:, None] + np.vstack([np.zeros(3), steps[3:]])).reshape(-1, 3)
    if cell[0] == "[":
        normal = indices(cell) @ axes
    else:
        plane = indices(cell)
        whole, normal = whole[np.abs(whole @ plane) < 1e-9], np.linalg.inv(axes) @ plane
    normal /= np.linalg.norm(normal)
    across = np.linalg.svd(normal[None])[2][1:]
    return basis_of(whole @ axes @ across.T)


def named(name: str, cell: str) -> str:
    """Return the name of a cell: "Au(111)", "Si [110]", "ZrO2 [010], monoclinic"."""
    base, _, rest = name.partition(", ")
    joint = "" if cell[0] == "(" and " " not in base else " "
    return f"{base}{joint}{cell}" + (f", {rest}" if rest else "")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file whose first lines are a comment."""
    return list(csv.DictReader(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")))


def numbers(cell: Lattice) -> tuple[str, str, str]:
    """Return a, b and gamma of the reduced cell as they are written."""
    a, b = (round(side, 9) for side in (cell.a, cell.b))  # two equal sides stay equal, whatever the last bits
    return f"{a:.5f}", f"{b:.5f}", f"{cell.gamma:.3f}"


def bulk_cells() -> Iterator[tuple[str, ...]]:
    """Yield the rows of projections and surfaces."""
    for row in rows_of(HERE / "bulk.csv"):
        told = ", ".join(f"{axis} = {row[axis]}" for axis in ("a", "b", "c", "beta") if row[axis])
        for cell in row["cells"].split():
            kind = "projection" if cell[0] == "[" else "surface"
            sides = numbers(plane_cell(row, cell))
            yield named(row["name"], cell), kind, row["formula"], *sides, f"{row['family']}: {told}", row["source"]


def sheet_cells() -> Iterator[tuple[str, ...]]:
    """Yield the rows of layers and of surfaces that are no plain cuts."""
    for row in rows_of(HERE / "sheets.csv"):
        angle, _, centered = row["gamma"].partition(" ")
        cell = Lattice.from_parameters(float(row["a"]), float(row["b"]), float(angle))
        if centered:
            cell = Lattice([cell.vectors[0], cell.vectors.sum(axis=0) / 2])
        told = f"{centered}: a = {row['a']}, b = {row['b']}" if centered else ""
        yield row["name"], row["kind"], row["formula"], *numbers(cell.reduced()), told, row["source"]


def main() -> None:
    """Write the table."""
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([*sheet_cells(), *bulk_cells()])


if __name__ == "__main__":
    main()
