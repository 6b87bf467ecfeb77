"""Two lattices in a picture: how often are they found, and how often are there two where there is one?

    python benchmarks/several_lattices.py                # minutes
    python benchmarks/several_lattices.py --pairs 200 --singles 200

Pairs: bicrystals (one lattice, turned by 5 degrees or more across a straight border), twins (mirrored across it) and layers
(twisted, or of another lattice). Singles: lattices of all five types with one to four atoms in the cell, perfect, strained,
drifting, trembling, with missing atoms, half empty, with a double tip. In pairs of crystals it is atoms that are turned or
left out, so that a border looks like one. Every rate comes with its Wilson interval (95 %).
"""

import argparse
import time
from collections import Counter
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.stats import binomtest

from lattice_widgets.core.geometry.several.find import find_lattices
from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.simulation.exposure import deposit, expose

#: rotations that leave a type as it is [degrees]
ROTATIONS = {"square": 90, "hexagonal": 60}


class Pair(NamedTuple):
    """A picture of two lattices with the truth: lattices [px], angle [degrees], where the first one is (rows, cols)."""

    picture: NDArray[np.float64]
    lattices: tuple[Lattice, Lattice]
    twist: float
    first: NDArray[np.bool_] | None


def turned(lattice: Lattice, angle: float) -> Lattice:
    """Turn a lattice counter-clockwise by an angle [degrees]."""
    cosine, sine = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return lattice.transformed([[cosine, -sine], [sine, cosine]])


def random_lattice(rng: np.random.Generator, kind: str | None = None) -> Lattice:
    """Draw a lattice of 11 to 22 px whose shape is clearly of its type."""
    kind = kind or str(rng.choice(BRAVAIS_TYPES))
    a, rotation = rng.uniform(11, 22), rng.uniform(0, 180)
    if kind == "square":
        cell = (a, a, 90.0)
    elif kind == "hexagonal":
        cell = (a, a, 120.0)
    elif kind == "rectangular":
        cell = (a, a * rng.uniform(1.1, 1.6), 90.0)
    elif kind == "centered rectangular":
        cell = (a, a, rng.uniform(95, 115))
    else:
        cell = (a, a * rng.uniform(1.08, 1.4), rng.uniform(95, 108))
    return Lattice.from_parameters(*cell, rotation)


def random_basis(rng: np.random.Generator, atoms: int) -> NDArray[np.float64]:
    """Draw atoms of a cell, (n, 3): two fractions of its vectors and a brightness."""
    basis = np.column_stack([rng.uniform(0, 1, (atoms, 2)), rng.uniform(0.3, 1, atoms)])
    basis[0] = 0, 0, 1
    return basis


def positions(lattice: Lattice, basis: NDArray, size: int, shift: NDArray | None = None) -> tuple[NDArray, NDArray]:
    """Return where the atoms of a crystal that fills a picture lie, (n, 2) [px], and their brightness (n,)."""
    reach = int(3 * size / lattice.reduced().a)
    i, j = (index.ravel() for index in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    points = np.column_stack([i, j]) @ lattice.reduced().vectors + size / 2 + (0 if shift is None else shift)
    points = points[(np.abs(points - size / 2) < 0.5 * size + 40).all(axis=1)]
    places = [points + atom[:2] @ lattice.reduced().vectors for atom in basis]
    return np.concatenate(places), np.repeat(basis[:, 2], len(points))


def expose_atoms(places: NDArray, weights: NDArray, size: int, sigma: float) -> NDArray[np.float64]:
    """Draw Gaussian atoms."""
    margin = int(4 * sigma) + 4
    whole = scipy.fft.next_fast_len(size + 2 * margin, real=True)
    points = np.zeros((whole, whole))
    deposit(points, places + margin, weights)
    return expose(points, sigma, np.zeros(2), 0.0, None)[margin : margin + size, margin : margin + size]


def noisy(picture: NDArray, level: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Add white noise, in units of the standard deviation of the picture."""
    return picture + level * picture.std() * rng.standard_normal(picture.shape)


def random_twist(rng: np.random.Generator, lattice: Lattice, least: float = 5.0) -> float:
    """Draw an angle that the symmetry of the lattice does not undo, at least so many degrees away [degrees]."""
    period = ROTATIONS.get(lattice.bravais_type(), 180)
    return float(rng.uniform(least, period - least))


def _joined(
    one: tuple[NDArray, NDArray],
    other: tuple[NDArray, NDArray],
    size: int,
    normal: NDArray,
    offset: float,
    sigma: float,
) -> tuple[NDArray, NDArray]:
    side = [(places - size / 2) @ normal - offset for places, _ in (one, other)]
    keep = side[0] < 0, side[1] > 0
    places = np.concatenate([one[0][keep[0]], other[0][keep[1]]])
    weights = np.concatenate([one[1][keep[0]], other[1][keep[1]]])
    rows, cols = np.mgrid[:size, :size] - size / 2
    return expose_atoms(places, weights, size, sigma), rows * normal[0] + cols * normal[1] < offset


def bicrystal(seed: int, kind: str | None = None, least: float = 5.0) -> Pair:
    """Draw two grains of one crystal, turned against each other by at least so many degrees."""
    rng = np.random.default_rng([1, seed])
    size = int(rng.choice([256, 320, 400, 512]))
    lattice = random_lattice(rng, kind)
    twist = random_twist(rng, lattice, least)
    basis = random_basis(rng, int(rng.integers(1, 4)))
    other = turned(lattice, twist)
    angle = rng.uniform(0, 2 * np.pi)
    normal, offset = np.array([np.sin(angle), np.cos(angle)]), rng.uniform(-0.18, 0.18) * size
    shift = rng.uniform(-10, 10, 2)
    picture, first = _joined(
        positions(lattice, basis, size),
        positions(other, basis, size, shift),
        size,
        normal,
        offset,
        rng.uniform(1.5, 2.5),
    )
    return Pair(noisy(picture, rng.uniform(0.1, 0.6), rng), (lattice, other), twist, first)


def twin(seed: int) -> Pair:
    """Draw a crystal and its mirror image across a straight border along a row of its lattice."""
    rng = np.random.default_rng([2, seed])
    size = int(rng.choice([256, 320, 400, 512]))
    lattice = random_lattice(rng, str(rng.choice(["oblique", "rectangular", "centered rectangular"]))).reduced()
    while True:  # a row that is no mirror line of the lattice, and turns it by enough to be seen
        row = lattice.vectors[0] + float(rng.integers(0, 2)) * lattice.vectors[1]
        row = row / np.hypot(*row)
        other = lattice.transformed(2 * np.outer(row, row) - np.eye(2))
        if _apart(lattice, other, size) > 4:
            break
        lattice = random_lattice(rng, "oblique").reduced()
    basis = random_basis(rng, 1)
    offset = rng.uniform(-0.15, 0.15) * size
    picture, first = _joined(
        positions(lattice, basis, size),
        positions(other, basis, size),
        size,
        np.array([-row[1], row[0]]),
        offset,
        rng.uniform(1.5, 2.5),
    )
    return Pair(noisy(picture, rng.uniform(0.1, 0.6), rng), (lattice, other), np.nan, first)


def layers(seed: int) -> Pair:
    """Draw two lattices laid over each other: one twisted, or two different ones."""
    rng = np.random.default_rng([3, seed])
    size = int(rng.choice([256, 320, 400, 512]))
    lattice = random_lattice(rng, str(rng.choice(["hexagonal", "square", "rectangular", "oblique"])))
    if rng.random() < 0.7:
        twist = random_twist(rng, lattice)
        other = turned(lattice, twist)
    else:
        twist, other = np.nan, random_lattice(rng)
        while _apart(lattice, other, size) < 4:
            other = random_lattice(rng)
    sigma = rng.uniform(1.5, 2.3)
    picture = sum(
        strength * expose_atoms(*positions(each, random_basis(rng, 1), size, rng.uniform(-5, 5, 2)), size, sigma)
        for each, strength in ((lattice, 1.0), (other, rng.uniform(0.4, 1.0)))
    )
    return Pair(noisy(picture, rng.uniform(0.1, 0.5), rng), (lattice, other), twist, None)


def _apart(one: Lattice, other: Lattice, size: int) -> float:
    """Return how far the first spots of two lattices lie from the nodes of the other, in periods per picture."""
    apart = []
    for first, second in ((one, other), (other, one)):
        spots = first.reciprocal().reduced().vectors * size
        nodes = second.reciprocal().reduced().vectors * size
        index = spots @ np.linalg.inv(nodes)
        apart.append(float(np.hypot(*((index - np.round(index)) @ nodes).T).max()))
    return min(apart)


SINGLES = (
    "perfect",
    "strained",
    "drift",
    "jitter",
    "trembling",
    "vacancies",
    "half empty",
    "island",
    "double tip",
    "noisy",
)


def single(seed: int, trouble: str) -> NDArray[np.float64]:
    """Draw one lattice with one trouble."""
    rng = np.random.default_rng([4, seed, SINGLES.index(trouble)])
    size = int(rng.choice([256, 320, 400, 512]))
    lattice = random_lattice(rng)
    basis = random_basis(rng, int(rng.integers(1, 5)))
    places, weights = positions(lattice, basis, size)
    sigma, level = rng.uniform(1.5, 2.5), rng.uniform(0.05, 0.6)
    middle = (places - size / 2) / size
    lines = None
    if trouble == "strained":  # a bent crystal: up to 2 % more strain at the edge than in the middle
        places = places + size * rng.uniform(-0.02, 0.02, (1, 2)) * middle[:, :1] ** 2
    elif trouble == "drift":  # that slows down: the scan begins sheared
        late = np.exp(-(middle[:, 0] + 0.5) / rng.uniform(0.1, 0.5))
        places = places + size * rng.uniform(-0.02, 0.02, (1, 2)) * late[:, None]
    elif trouble == "jitter":
        lines = rng.uniform(0.3, 1.5) * rng.standard_normal(size)
    elif trouble == "trembling":
        kernel = np.exp(-0.5 * (np.arange(-30, 31) / rng.uniform(2, 10)) ** 2)
        lines = np.convolve(rng.standard_normal(size + 60), kernel / np.sqrt((kernel**2).sum()), "valid")
        lines *= rng.uniform(0.3, 2)
    elif trouble == "vacancies":
        weights = weights * (rng.random(len(weights)) > rng.uniform(0.1, 0.4))
    elif trouble == "half empty":
        angle = rng.uniform(0, 2 * np.pi)
        weights = weights * (middle @ [np.sin(angle), np.cos(angle)] < rng.uniform(-0.15, 0.15))
    elif trouble == "island":
        weights = weights * (np.hypot(*(middle - rng.uniform(-0.15, 0.15, 2)).T) < rng.uniform(0.2, 0.4))
    elif trouble == "double tip":
        places = np.concatenate([places, places + rng.uniform(-8, 8, 2)])
        weights = np.concatenate([weights, rng.uniform(0.2, 0.8) * weights])
    elif trouble == "noisy":
        level = rng.uniform(0.8, 3)
    if lines is not None:
        places = places + np.column_stack([np.zeros(len(places)), np.interp(places[:, 0], np.arange(size), lines)])
    return noisy(expose_atoms(places, weights, size, sigma), level, rng)


def rate(hits: int, of: int) -> str:
    """Write a rate with its Wilson interval."""
    if not of:
        return "-"
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    return f"{hits / of:.3f} [{interval.low:.3f}, {interval.high:.3f}] ({hits} of {of})"


def main() -> None:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=201, help="pictures of two lattices")
    parser.add_argument("--singles", type=int, default=200, help="pictures of one")
    parser.add_argument("--seed", type=int, default=0, help="of the first picture")
    options = parser.parse_args()
    seconds, found_all, of_all = [], 0, 0
    for maker in (bicrystal, twin, layers):
        counts: Counter[int] = Counter()
        missed = []
        for seed in range(options.seed, options.seed + options.pairs // 3):
            start = time.process_time()
            counts[number := len(find_lattices(maker(seed).picture))] += 1
            seconds.append(time.process_time() - start)
            if number != 2:
                missed.append(f"{seed}:{number}")
        print(f"{maker.__name__:12} named as two {rate(counts[2], counts.total())}  {' '.join(missed)}", flush=True)
        found_all, of_all = found_all + counts[2], of_all + counts.total()
    print(f"{'all pairs':12} named as two {rate(found_all, of_all)}")
    found_all = of_all = 0
    for trouble in SINGLES:
        wrong, count = [], max(1, options.singles // len(SINGLES))
        for seed in range(options.seed, options.seed + count):
            number = len(find_lattices(single(seed, trouble)))
            if number > 1:
                wrong.append(f"{seed}:{number}")
        print(f"{trouble:12} more than one {rate(len(wrong), count)}  {' '.join(wrong)}", flush=True)
        found_all, of_all = found_all + len(wrong), of_all + count
    print(f"{'all singles':12} more than one {rate(found_all, of_all)}")
    print(f"processor time of a picture, with drawing it: median {1000 * np.median(seconds):.0f} ms")


if __name__ == "__main__":
    main()
