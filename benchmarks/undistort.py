"""Measure how well `lw.undistort` puts a scan right, and whether the errors that it states are those that it makes.

Atoms are drawn where a scan would show them, lines are shifted by a known jitter: hexagonal, square and oblique lattices, noise
of 10 to 40 % of an atom's brightness. Printed are the displacements that remain, the strain before and after with what noise
alone leaves, the jitter that is found, and the share of the displacements within one stated error. Scans are bent weakly, by
waves of 0.35 px, or strongly, by waves of 1 px: there it may be that no lattice is found. Then how often boundaries of drawn
grains are named: those of coincidence lattices, and those of random angles.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.twins import coincidences
from lattice_widgets.core.maps.grains.find import find_grains
from lattice_widgets.core.maps.lattice_map import map_lattice
from lattice_widgets.core.maps.scan.undistort import undistort

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.drawn_atoms import draw_atoms

_SEED = 577_215
_SHAPE = (512, 512)


def without_line(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values (n, 2) less the straight line through them, which the mean lattice of a picture takes."""
    pixels = np.arange(len(values)) - (len(values) - 1) / 2
    return values - values.mean(axis=0) - pixels[:, None] * (pixels @ values / (pixels @ pixels))


def wave(rng: np.random.Generator, size: float) -> NDArray[np.float64]:
    """Return the smooth displacement of each row or column (n, 2) [px]: two waves in each component."""
    pixels = np.arange(-200, _SHAPE[0] + 200)
    every = [
        size * rng.uniform(0.5, 1.5) * np.cos(2 * np.pi * pixels / rng.uniform(150, 500) + rng.uniform(0, 6))
        for _ in range(4)
    ]
    return np.stack([every[0] + every[1], every[2] + every[3]], axis=1)


def scans(title: str, size: float, count: int) -> None:
    """Print what remains of known distortions."""
    rows, lost = [], 0
    for number in range(count):
        rng = np.random.default_rng([_SEED, number])
        gamma = (120.0, 90.0, float(rng.uniform(95, 110)))[number % 3]
        a = float(rng.uniform(9, 13))
        lattice = Lattice.from_parameters(
            a, a * (rng.uniform(1.1, 1.4) if number % 3 == 2 else 1), gamma, rng.uniform(0, 90)
        )
        slow, fast, jitter = wave(rng, size), wave(rng, size), rng.normal(0, rng.choice([0.0, 0.2, 0.4]), _SHAPE[0])

        def seen(places: NDArray, slow: NDArray = slow, fast: NDArray = fast) -> NDArray:
            found = places
            for _round in range(8):
                at = [np.interp(found[:, axis], np.arange(-200, _SHAPE[0] + 200), moved[:, component])
                      for axis, moved in ((0, slow), (1, fast)) for component in (0, 1)]  # fmt: skip
                found = places + np.stack([at[0] + at[2], at[1] + at[3]], axis=1)
            return found

        picture = draw_atoms(lattice, _SHAPE, move=seen, jitter=jitter)
        picture = picture + rng.uniform(0.1, 0.4) * rng.standard_normal(_SHAPE)
        start = time.perf_counter()
        try:
            found = undistort(picture)
        except ValueError:
            lost += 1
            continue
        spent = time.perf_counter() - start
        inside = slice(20, -20)
        off = {}
        for name, moved in (("slow", slow), ("fast", fast)):
            truth = without_line(moved[200:-200])
            for number_of, component in enumerate(("row", "col")):
                if (name, component) == ("slow", "col"):
                    continue  # together with the jitter, below
                apart = found.distortion[f"{name}_{component}"].values - truth[:, number_of]
                off[f"{name}_{component}"] = apart[inside], found.distortion[f"{name}_{component}_error"].values[inside]
        lines = found.distortion.slow_col.values + found.distortion.line_shift.values
        lines = lines - without_line(slow[200:-200] + np.stack([np.zeros(_SHAPE[0]), jitter], axis=1))[:, 1]
        before, after = map_lattice(picture), map_lattice(found.picture)
        rows.append(
            (
                np.sqrt(np.mean([(apart**2).mean() for apart, _ in off.values()])),
                np.mean([np.mean(np.abs(apart) < error) for apart, error in off.values()]),
                np.sqrt((lines[inside] ** 2).mean()),
                abs(found.distortion.attrs["jitter"] - jitter.std()),
                float(before.strain_xy.std()),
                float(after.strain_xy.std()),
                float(after.strain_xy_error.mean()),
                spent,
            )
        )
    told = (
        "displacement that remains, smooth [px]",
        "share within one stated error (0.68)",
        "displacement of lines that remains [px]",
        "jitter is off by [px]",
        "shear strain before [%]",
        "shear strain after [%]",
        "what noise alone leaves of it [%]",
        "time, 512 x 512 [s]",
    )
    print(f"{count} scans, {title}: no lattice in {lost}; of the others median, and the worst tenth")
    for name, column in zip(told, np.array(rows).T, strict=True):
        print(f"  {name:42s} {np.median(column):7.3f} {np.quantile(column, 0.9):7.3f}", flush=True)


def boundaries(count: int) -> None:
    """Print how often the boundary of two drawn grains is named."""
    for title in ("coincidence", "random"):
        named, right, of, chance = 0, 0, 0, []
        for number in range(count):
            rng = np.random.default_rng([_SEED, 1, number])
            kind = ("square", "hexagonal")[number % 2]
            known = coincidences(kind)  # type: ignore[arg-type]
            sigma, angle = known[int(rng.integers(len(known)))]
            if title == "random":
                angle = rng.uniform(6, 45 if kind == "square" else 30)
            start, gamma = rng.uniform(0, 90), 90 if kind == "square" else 120
            one, other = (Lattice.from_parameters(11, 11, gamma, start + turn) for turn in (0.0, angle))
            picture = draw_atoms(one, (320, 420), keep=lambda p: p[:, 1] < 200)
            picture = picture + draw_atoms(other, (320, 420), keep=lambda p: p[:, 1] >= 200)
            found = find_grains(picture + 0.15 * rng.standard_normal(picture.shape)).boundaries
            if len(found) != 1:
                continue
            of += 1
            relation = found[0].relation
            named += relation is not None
            right += relation is not None and relation.name == f"Sigma {sigma}"
            if relation is not None:
                chance.append(relation.chance)
        told = (
            f", {right} rightly" if title == "coincidence" else f"; the stated chance is {np.mean(chance or [0]):.2f}"
        )
        print(f"boundaries, {title} angles: {named} of {of} named{told}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=30)
    parser.add_argument("--boundaries", type=int, default=50)
    asked = parser.parse_args()
    scans("bent weakly", 0.35, asked.scans)
    scans("bent strongly", 1.0, asked.scans)
    boundaries(asked.boundaries)


if __name__ == "__main__":
    main()
