"""Maps of strain and rotation against displacements that are known: how far off, how honest, how fast?

    python benchmarks/strain_maps.py                     # some minutes
    python benchmarks/strain_maps.py --quick             # one minute: fewer and smaller pictures
    python benchmarks/strain_maps.py --only errors time

Pictures are drawn by atoms moved, never by warping pixels, with white noise of 15 % of the height of an atom unless it is said.
Each line has what was measured and the bar that it is held to. Strain is in %, rotation in degrees, times are of this machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import scipy.special
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from several_lattices import SINGLES, bicrystal, single

from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.geometry.several.find import find_lattices
from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.lattices.misorientation import misorientation
from lattice_widgets.core.maps.deformation import COMPONENTS
from lattice_widgets.core.maps.dislocations import find_dislocations
from lattice_widgets.core.maps.grains.find import find_grains
from lattice_widgets.core.maps.lattice_map import map_lattice
from tests.drawn_atoms import draw_atoms, edge_dislocation

#: lattices with one and with several atoms a cell [px]
CRYSTALS = {
    "square, 1 atom": ((12.0, 12.0, 90), ((0, 0, 1),)),
    "hexagonal, 2 atoms": ((11.0, 11.0, 120), ((0, 0, 1), (1 / 3, 2 / 3, 0.6))),
    "oblique, 2 atoms": ((11.0, 13.0, 101), ((0, 0, 1), (0.4, 0.3, 0.5))),
    "rectangular, 4 atoms": ((13.0, 18.0, 90), ((0, 0, 1), (0.5, 0.1, 0.7), (0.2, 0.6, 0.5), (0.7, 0.7, 0.4))),
}
HEXAGONAL = Lattice.from_parameters(11.0, 11.0, 120, 4)
STRAINS = ("strain_xx", "strain_yy", "strain_xy")
#: the Python of an environment with Atomap, if one was named
OTHERS: str | None = None
#: a line of the table: what, measured, bar, and whether it is met
Line = tuple[str, str, str, bool]


def noisy(image: np.ndarray, seed: int, level: float = 0.15) -> np.ndarray:
    return image + level * np.random.default_rng(seed).standard_normal(image.shape)


def perfect(quick: bool) -> Iterator[Line]:
    """Perfect lattices: nothing is strained anywhere."""
    side, seeds = 1024, 1 if quick else 3
    for name, (cell, basis) in CRYSTALS.items():
        strain, turn = [], []
        for seed in range(seeds):
            lattice = Lattice.from_parameters(*cell, np.random.default_rng(seed).uniform(0, 180))
            maps = map_lattice(noisy(draw_atoms(lattice, (side, side), basis=basis), seed), reference=lattice)
            strain.append(max(float(np.abs(maps[each]).max()) for each in STRAINS))
            turn.append(float(np.abs(maps.rotation).max()))
        said = f"strain {max(strain):.3f}, rotation {max(turn):.3f} at the worst of {maps.strain_xx.size} places"
        yield f"perfect {name}", said, "0.05, 0.03", max(strain) <= 0.05 and max(turn) <= 0.03


def step(quick: bool) -> Iterator[Line]:
    """A step of 2 %: both sides right, and as wide as the mask."""
    shape, edge = ((360, 640), 320) if quick else ((800, 1024), 512)

    def stretched(places: np.ndarray) -> np.ndarray:
        moved = places.copy()
        right = places[:, 1] > edge
        moved[right, 1] = edge + 1.02 * (places[right, 1] - edge)
        return moved

    maps = map_lattice(noisy(draw_atoms(HEXAGONAL, shape, move=stretched), 0, 0.05), reference=HEXAGONAL)
    sigma, col = maps.attrs["mask_sigma"], maps.col.values
    off = np.abs(maps.strain_xx.values - np.where(col > edge, 2.0, 0.0))[:, np.abs(col - edge) > 3 * sigma].max()
    profile = maps.strain_xx.mean("window_row").values
    edges = np.interp(2 * scipy.special.ndtr([-1, 1]), profile, col)
    width = (edges[1] - edges[0]) / 2 / sigma
    yield "step of 2 %", f"sides off by {off:.3f}", "0.05", bool(off <= 0.05)
    yield "step of 2 %", f"width {width:.2f} of the mask's", "0.9 to 1.1", abs(width - 1) < 0.1


def smooth(quick: bool) -> Iterator[Line]:
    """Smooth strain of 1 % within some 20 nm of 0.06 nm, uniform shear and rotation."""
    shape = (400, 680) if quick else (1024, 1024)
    width, middle = 150.0, shape[1] / 2

    def bulged(places: np.ndarray) -> np.ndarray:
        further = 0.01 * width * np.sqrt(np.pi / 2) * scipy.special.erf((places[:, 1] - middle) / width / np.sqrt(2))
        return np.column_stack([places[:, 0], places[:, 1] + further])

    unmoved = np.arange(-50.0, shape[1] + 50)
    for method in ("phases", "windows"):
        image = noisy(draw_atoms(HEXAGONAL, shape, move=bulged), 1)
        maps = map_lattice(image, reference=HEXAGONAL, method=method)
        before = np.interp(maps.col, bulged(np.column_stack([0 * unmoved, unmoved]))[:, 1], unmoved)
        truth = 100 * 0.01 * np.exp(-((before - middle) ** 2) / (2 * width**2))
        off = float(np.sqrt(((maps.strain_xx - truth) ** 2).mean()))
        yield f"smooth strain of 1 %, {method}", f"rms error {off:.3f}", "0.05", off <= 0.05
    angle, center = np.deg2rad(1.0), np.array(shape) / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.array([[1, 0.01], [0.01, 1]])
    image = noisy(draw_atoms(HEXAGONAL, shape, move=lambda p: (p - center) @ (stretch @ turn).T + center), 2)
    for method in ("phases", "windows"):
        maps = map_lattice(image, reference=HEXAGONAL, method=method)
        truths = {"strain_xx": 0.0, "strain_yy": 0.0, "strain_xy": 1.0, "rotation": 1.0}
        off = max(float(np.sqrt(((maps[name] - value) ** 2).mean())) for name, value in truths.items())
        yield f"shear of 1 % and 1 degree, {method}", f"largest rms error {off:.3f}", "0.05", off <= 0.05


def errors(quick: bool) -> Iterator[Line]:
    """How often the truth lies within one stated error."""
    shape, count = (260, 290), 20 if quick else 120
    for kind in ("white", "counting", "jitter"):
        for method in ("phases", "windows"):
            inside = []
            for seed in range(count):
                rng = np.random.default_rng([7, seed])
                cell = rng.uniform(9, 10), rng.uniform(10.5, 12), rng.uniform(92, 110), rng.uniform(0, 180)
                lattice = Lattice.from_parameters(*cell)
                jitter = 0.6 * rng.standard_normal(shape[0]) if kind == "jitter" else None
                image = draw_atoms(lattice, shape, jitter=jitter, origin=tuple(rng.uniform(0, 5, 2)))
                if kind == "counting":
                    image = rng.poisson(10 * image + 1).astype(float)
                else:
                    image = image + (0.4 if kind == "white" else 0.12) * rng.standard_normal(shape)
                maps = map_lattice(image, reference=lattice, window_size=151, step=100, method=method)
                inside.append([np.abs(maps[name]) < maps[f"{name}_error"] for name in COMPONENTS])
            share = float(np.mean(inside))
            # numbers of one picture hang together: the scatter of the pictures tells how well the share is known
            known = float(np.std(np.mean(inside, axis=(1, 2, 3)), ddof=1) / np.sqrt(count))
            said = f"{share:.3f} ± {known:.3f} within one error"
            yield f"{kind} noise, {method}", said, "0.63 to 0.73", 0.63 <= share <= 0.73


def grains(quick: bool) -> Iterator[Line]:
    """Two grains of one crystal turned by 5 degrees or more, of all five types in 256 to 512 px; and single crystals."""
    count, found, near, drawn, inside, off = 10 if quick else 100, 0, 0, 0, [], []
    for seed in range(count):
        pair = bicrystal(seed)
        grained = find_grains(pair.picture)
        if len(grained.grains) != 2 or len(grained.boundaries) != 1 or pair.first is None:
            continue
        found += 1
        angle, error, period = grained.boundaries[0].misorientation
        off.append(min(abs((s * angle - pair.twist + period / 2) % period - period / 2) for s in (1, -1)))
        near += off[-1] <= 0.1
        inside.append(off[-1] < error)
        wrong = int(((grained.labels.values == 1) != pair.first).sum())
        wrong = min(wrong, pair.picture.size - wrong)
        drawn += wrong / grained.boundaries[0].length <= grained.mask_sigma / 2
    yield "two grains", f"both found in {found} of {count}", "97 of 100", found >= 0.97 * count
    said = f"angle within 0.1 degrees in {near}, median {np.median(off):.3f}; {np.mean(inside):.2f} within one error"
    yield "two grains", said, "all", near == found
    yield "two grains", f"boundary within half a mask in {drawn} of {found}", "all", drawn == found
    crystals = [single(seed, trouble) for seed in range(1 if quick else 10) for trouble in SINGLES]
    more = sum(len(find_grains(crystal).grains) != 1 for crystal in crystals)
    yield "single crystals", f"other than one grain in {more} of {len(crystals)}", "0", more == 0


def dislocations(quick: bool) -> Iterator[Line]:
    """One edge dislocation in each picture, and none in single crystals with all kinds of troubles."""
    count, placed, right, refused, off, inside = 10 if quick else 100, 0, 0, 0, [], []
    for seed in range(count):
        rng = np.random.default_rng([8, seed])
        cell, basis = list(CRYSTALS.values())[seed % 4]
        lattice = Lattice.from_parameters(*cell, rng.uniform(0, 180)).reduced()
        place = 280 + rng.uniform(-60, 60, 2)
        burgers = rng.choice([-1, 1]) * lattice.vectors[rng.integers(2)]
        image = draw_atoms(lattice, (560, 560), move=edge_dislocation((place[0], place[1]), burgers), basis=basis)
        try:
            found = find_dislocations(noisy(image, seed, rng.uniform(0.1, 0.4)))
        except LatticeNotFound:
            refused += 1
            continue
        if len(found) == 1:
            away = np.array([found[0].row, found[0].col]) - place
            off.append(float(np.hypot(*away)) / lattice.a)
            inside.append(np.abs(away) < found[0].place_error)
            placed += off[-1] < 2
            right += off[-1] < 2 and bool(np.allclose(found[0].burgers, burgers, atol=0.03 * lattice.b))
    said = f"{placed} of {count} within two spacings, median {np.median(off):.2f}; {refused} without a lattice"
    yield "a dislocation", said, "95 of 100", placed >= 0.95 * count
    said = f"{right} of {count} with its Burgers vector; {np.mean(inside):.2f} within one error"
    yield "a dislocation", said, "95 of 100", right >= 0.95 * count
    searched = invented = 0
    for seed in range(1 if quick else 10):
        for trouble in SINGLES:
            try:
                invented += len(find_dislocations(single(seed, trouble)))
                searched += 1
            except ValueError:  # a picture of few cells has no room for a map
                continue
    yield "single crystals", f"{invented} dislocations invented in {searched} pictures", "0", invented == 0


def layers(quick: bool) -> Iterator[Line]:
    """Two hexagonal layers, turned by 0.7 to 30 degrees."""
    count, found, near, missed, inside = 10 if quick else 40, 0, 0, "", []
    side, lattice = 1024, Lattice.from_parameters(9.0, 9.0, 120, 10)
    for twist in np.geomspace(0.7, 30, count):
        cosine, sine = np.cos(np.deg2rad(twist)), np.sin(np.deg2rad(twist))
        other = lattice.transformed([[cosine, -sine], [sine, cosine]])
        image = draw_atoms(lattice, (side, side)) + 0.8 * draw_atoms(other, (side, side), origin=(2.1, 4.4))
        both = find_lattices(noisy(image, round(1000 * twist)))
        maps = map_lattice(noisy(image, round(1000 * twist)), reference=lattice, step=40)
        inside.append(float(np.mean([np.abs(maps[name]) < maps[f"{name}_error"] for name in COMPONENTS])))
        if len(both) == 2:
            found += 1
            near += abs(abs(misorientation(*both).angle) - twist) <= 0.1
        else:
            missed += f" {twist:.2f}"
    interval = binomtest(found, count).proportion_ci(method="wilson")
    said = f"both found in {found} of {count} [{interval.low:.2f}, {interval.high:.2f}]"
    said += f", not at{missed}" if missed else ""
    yield "layers, 0.7 to 30 degrees", said, "0.9", found >= 0.9 * count
    yield "layers, 0.7 to 30 degrees", f"twist within 0.1 degrees in {near} of {found}", "all", near == found
    said = f"map of the stronger: {np.mean(inside):.2f} within one error; at the worst twist {min(inside):.2f}"
    yield "layers, 0.7 to 30 degrees", said, "0.63", np.mean(inside) >= 0.63


def others(quick: bool) -> Iterator[Line]:
    """Smooth strain of 1 % in a square lattice of 512 x 512 px, beside positions of atoms by Atomap."""
    if OTHERS is None:
        yield "beside Atomap", "not asked: --others names the Python of an environment with it", "side by side", True
        return
    script = Path(__file__).parent / "others" / "atomap_strain.py"
    unmoved = np.arange(-50.0, 562)
    moved = unmoved + 1.2 * np.sqrt(np.pi / 2) * scipy.special.erf((unmoved - 256) / 120 / np.sqrt(2))
    square, shape = Lattice.from_parameters(12, 12, 90), (512, 512)
    drawn = draw_atoms(square, shape, move=lambda p: np.column_stack([p[:, 0], np.interp(p[:, 1], unmoved, moved)]))
    for level in (0.05,) if quick else (0.05, 0.15, 0.4):
        image, start = noisy(drawn, 0, level), time.perf_counter()
        maps = map_lattice(image, reference=square)
        seconds = time.perf_counter() - start
        places = np.stack(np.meshgrid(maps.row, maps.col, indexing="ij"), axis=-1).reshape(-1, 2)
        truth = np.exp(-((np.interp(places[:, 1], moved, unmoved) - 256) ** 2) / (2 * 120**2))
        ours = float(np.sqrt(np.mean((maps.strain_xx.values.ravel() - truth) ** 2)))
        with tempfile.TemporaryDirectory() as folder:
            np.save(f"{folder}/picture.npy", image)
            np.save(f"{folder}/places.npy", places)
            asked = [f"{folder}/picture.npy", "12", str(maps.attrs["mask_sigma"]), f"{folder}/places.npy"]
            run = subprocess.run([OTHERS, str(script), *asked], capture_output=True, text=True)
        told = json.loads(run.stdout.strip().splitlines()[-1]) if run.returncode == 0 else {"strain": None}
        off = np.inf if told["strain"] is None else float(np.sqrt(np.mean((np.array(told["strain"]) - truth) ** 2)))
        theirs = f"{off:.3f} in {told['seconds']:.0f} s" if np.isfinite(off) else "finds no rows of atoms"
        yield f"noise of {level:g}", f"rms {ours:.3f} in {seconds:.2f} s; Atomap: {theirs}", "side by side", ours <= off


def speed(quick: bool) -> Iterator[Line]:
    """Time for a picture of 1024 x 1024."""
    image = noisy(draw_atoms(HEXAGONAL, (1024, 1024)), 0)
    for method, bar in (("phases", 1.0), ("windows", 4.0), ("both", 5.0)):
        seconds, work = [], []
        for _ in range(2 if quick else 5):
            start, busy = time.perf_counter(), time.process_time()
            # 25 x 25 windows for the fits
            maps = map_lattice(image, method=method, step=None if method == "phases" else 34)
            seconds.append(time.perf_counter() - start)
            work.append(time.process_time() - busy)
        said = f"{np.median(seconds):.2f} s ({np.median(work):.2f} s of processors), {maps.strain_xx.size} places"
        yield f"1024 x 1024 by {method}", said, f"{bar:g} s", float(np.median(seconds)) <= bar


SECTIONS: dict[str, Callable[[bool], Iterator[Line]]] = {
    "perfect": perfect,
    "step": step,
    "smooth": smooth,
    "errors": errors,
    "grains": grains,
    "dislocations": dislocations,
    "layers": layers,
    "others": others,
    "time": speed,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller pictures")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some of the sections")
    parser.add_argument("--others", metavar="PYTHON", help="Python of an environment with Atomap, to be compared with")
    options = parser.parse_args()
    global OTHERS
    OTHERS = options.others
    for name in options.only:
        for what, measured, bar, met in SECTIONS[name](options.quick):
            print(f"{what:34} {measured:66} {'met   ' if met else 'MISSED'} (bar: {bar})", flush=True)


if __name__ == "__main__":
    main()
