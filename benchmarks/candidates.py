"""Measure how often the crystal of a picture is among the first that `lw.candidates` names.

Crystals are drawn at random from the whole table, simulated with noise and a little drift, and read with a pixel size that is
wrong by a normal error of 3 %. A picture tells nothing but its lattice here, and the table holds many cells within 3 % of each
other: so it is asked four ways. Nothing else is known; one knows whether a beam or a tip took the picture; one knows which
elements the sample may hold; the pixel size is not known at all. "Not told apart" counts a candidate as the truth too if its
cell differs from that of the truth by less than 1 %. The same for the crystals of the simulator, which people meet most.
"""

import argparse
import time
from collections.abc import Iterator, Sequence

import numpy as np

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.known.candidates import CALIBRATION_ERROR, Candidates, candidates
from lattice_widgets.core.lattices.known.comparison import compare
from lattice_widgets.core.lattices.known.table import CellKind, KnownCell, known_cells
from lattice_widgets.core.simulation.crystal import Atom, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.micrograph import Imperfections, Microscope, simulate_micrograph

#: a seed that no training, fitting or examination uses
_SEED = 3_141_592
#: cells nearer than this to each other are not told apart, as a fraction
_ALIKE = 0.01
_MEETS: dict[CellKind, tuple[CellKind, ...]] = {
    "layer": ("layer", "projection", "surface"),
    "projection": ("layer", "projection"),
    "surface": ("layer", "surface"),
}


def picture_of(cell: KnownCell, rng: np.random.Generator) -> LatticeFit | None:
    """Draw a picture of a crystal with its cell, and fit it with a pixel size that is wrong by some percent."""
    crystal = CRYSTALS.get(cell.name)
    if crystal is None:
        atoms = (Atom("X", int(rng.integers(14, 60)), *rng.random(2)) for _ in range(int(rng.integers(1, 3))))
        crystal = Crystal(cell.name, cell.a, cell.b, cell.gamma, tuple(atoms))
    microscope = Microscope(
        mode="STM" if cell.kind == "surface" else "STEM",
        rows=256,
        cols=256,
        field_of_view=cell.b * rng.uniform(8, 16),
        probe_size=cell.a * rng.uniform(0.3, 0.5),
        dose=crystal.dose_like_foil(1e5),
    )
    speed = microscope.pixel_size / microscope.line_time
    drift = tuple(rng.normal(0, 0.01, 2) * speed)
    taken = simulate_micrograph(
        crystal, microscope, Imperfections(drift=drift), rotation=rng.uniform(0, 360), seed=int(rng.integers(2**31))
    )
    try:
        return fit_lattice(taken.image, taken.pixel_size * np.exp(rng.normal(0, CALIBRATION_ERROR)))
    except LatticeNotFound:
        return None


def pictures(cells: Sequence[KnownCell], count: int, seed: int) -> Iterator[tuple[KnownCell, LatticeFit]]:
    """Yield crystals and the fits of their pictures."""
    rng = np.random.default_rng(seed)
    while count:
        cell = cells[int(rng.integers(len(cells)))]
        fit = picture_of(cell, rng)
        if fit is not None:
            yield cell, fit
            count -= 1


def alike(truth: KnownCell, other: KnownCell, most: float = _ALIKE) -> bool:
    """Tell whether two cells are the same to one percent, or to another fraction."""
    return bool(np.abs(compare(truth.lattice.vectors, other.lattice.vectors[None]).strains).max(axis=-1).min() < most)


def first_three(found: Candidates, truth: KnownCell) -> tuple[bool, bool]:
    """Tell whether the truth, or a cell that is told apart from it by nothing, is among the first three."""
    names = [each.name for each in found[:3]]
    return truth.name in names, any(alike(truth, each.cell) for each in found[:3])


def measure(title: str, cells: Sequence[KnownCell], count: int) -> None:
    """Print how often the truth is among the first three."""
    asked: dict[str, list[tuple[bool, bool]]] = {}
    spent, spread, crowd = [], [], []
    for truth, fit in pictures(cells, count, _SEED):
        start = time.perf_counter()
        plain = candidates(fit)
        spent.append(time.perf_counter() - start)
        spread.append(next(each.sigmas for each in plain if each.name == truth.name))
        crowd.append(sum(alike(truth, each.cell, CALIBRATION_ERROR) for each in plain))
        for name, found in {
            "nothing else": plain,
            "beam or tip": candidates(fit, kinds=_MEETS[truth.kind]),
            "elements": candidates(fit, elements=truth.elements),
            "no pixel size": candidates(fit, calibration_error=None),
        }.items():
            asked.setdefault(name, []).append(first_three(found, truth))
    print(f"{title}: {count} pictures, {len(known_cells())} cells; {1e3 * np.median(spent):.1f} ms a list")
    print(
        f"  off by less than 2 sigma is the truth in {np.mean(np.array(spread) < 2):.2f}; never by more than {max(spread):.1f}"
    )
    print(f"  cells of the table within 3 % of the truth, itself among them: half have {np.median(crowd):.0f} or more")
    for name, answers in asked.items():
        named, same = np.sum(answers, axis=0)
        print(
            f"  known: {name:14s} among the first three {named:4d} of {count}; not told apart from one {same:4d}",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=150)
    count = parser.parse_args().pictures
    cells = list(known_cells().values())
    measure("drawn from the whole table", cells, count)
    measure("crystals of the simulator", [cell for cell in cells if cell.name in CRYSTALS], count)


if __name__ == "__main__":
    main()
