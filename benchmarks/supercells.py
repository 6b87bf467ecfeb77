"""Cells that are not there, and cells that are hard to see: how often does the fit take the wrong one?

    python benchmarks/supercells.py            # minutes
    python benchmarks/supercells.py --repeats 4

False alarms: a square lattice whose scan lines tremble (correlated over 3 or 10 lines, by 0.3 to 2 px), whose noise follows
the signal, or that has no noise at all but few levels; its area must come out as it is. Found: a triangular net of atoms
whose weights differ by some percent, which makes its cell four times as large, in noise and with trembling lines.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound


def trembling(
    a: float, sigma: float, correlated: int, seed: int, size: int = 512, weak: float = 0.45, noise: float = 0.05
) -> NDArray[np.float32]:
    """Draw a square lattice, a weaker column in the middle of its cell, whose scan lines are displaced at random.

    Parameters
    ----------
    a : float
        Spacing [px].
    sigma : float
        Standard deviation of the displacement along the lines [px].
    correlated : int
        Over how many lines it is correlated; 0 for not at all.
    seed : int
        Also turns the lattice.
    """
    rng = np.random.default_rng(seed)
    shift = sigma * tremble(size, correlated, rng)
    y, x = np.mgrid[:size, :size].astype(float)
    x += shift[:, None]
    turn = np.deg2rad(rng.uniform(-5, 5) if seed % 2 else rng.uniform(0, 90))
    u, v = (x * np.cos(turn) + y * np.sin(turn)) / a, (y * np.cos(turn) - x * np.sin(turn)) / a
    image = np.zeros_like(x)
    for place, weight, width in ((0, 1, 0.16), (0.5, weak, 0.14)):
        distance = ((u + place + 0.5) % 1 - 0.5) ** 2 + ((v + place + 0.5) % 1 - 0.5) ** 2
        image += weight * np.exp(-distance / (2 * width**2))
    return (image + noise * rng.standard_normal(image.shape)).astype(np.float32)


def tremble(lines: int, correlated: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw displacements of scan lines with standard deviation 1."""
    if not correlated:
        return rng.standard_normal(lines)
    steps = rng.standard_normal(lines + 6 * correlated)
    kernel = np.exp(-0.5 * (np.arange(-3 * correlated, 3 * correlated + 1) / correlated) ** 2)
    return np.convolve(steps, kernel / np.sqrt((kernel**2).sum()), "valid")[:lines]


def doubled_row(
    contrast: float, noise: float, seed: int, size: int = 320, spacing: float = 14.0, jitter: float = 0.0
) -> NDArray[np.float64]:
    """Draw a triangular net of atoms whose weights make its cell four times as large: 1, 0.8, 0.9, 0.9 for a contrast of 0.05.

    Parameters
    ----------
    contrast : float
        Half the relative difference of the first two weights is twice this.
    noise : float
        In units of the standard deviation of the picture.
    seed : int
        Also turns the net.
    spacing : float
        Between atoms [px]; the cell is ``spacing * sqrt(3)`` by ``2 * spacing``.
    jitter : float
        Standard deviation of the displacement of scan lines, correlated over 5 [px].
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size].astype(float)
    if jitter:
        x += jitter * tremble(size, 5, rng)[:, None]
    turn = np.deg2rad(rng.uniform(0, 180))
    u = (x * np.cos(turn) + y * np.sin(turn)) / (spacing * np.sqrt(3))
    v = (y * np.cos(turn) - x * np.sin(turn)) / (2 * spacing)
    image = np.zeros_like(x)
    atoms = ((0, 0, 0.9 + 2 * contrast), (0, 0.5, 0.9 - 2 * contrast), (0.5, 0.25, 0.9), (0.5, 0.75, 0.9))
    for p, q, weight in atoms:
        across, along = (u + p + 0.5) % 1 - 0.5, (v + q + 0.5) % 1 - 0.5
        distance = (across * spacing * np.sqrt(3)) ** 2 + (along * 2 * spacing) ** 2
        image += weight * np.exp(-distance / (2 * 1.6**2))
    return image + noise * image.std() * rng.standard_normal(image.shape)


def noisy(kind: str, seed: int) -> NDArray[np.float64]:
    """Draw the square lattice with the noise of a kind: counting noise, few levels, displaced atoms, missing ones."""
    rng = np.random.default_rng(seed)
    clean = trembling(float(rng.uniform(12, 50)), 0.0, 0, seed, size=384, noise=0.0).astype(np.float64)
    if kind == "counting":
        return rng.poisson(20 * clean + 2).astype(np.float64)
    if kind == "levels":
        return np.round(clean * 255)
    if kind == "lines":
        return clean + 0.2 * rng.standard_normal((len(clean), 1)) + 0.1 * rng.standard_normal(clean.shape)
    return clean + 0.3 * rng.standard_normal(clean.shape)


def areas(pictures: list[NDArray], right: list[float]) -> NDArray[np.float64]:
    """Fit pictures; return the areas of their cells over the right ones, NaN if none was found."""
    found = []
    for picture, area in zip(pictures, right, strict=True):
        try:
            found.append(fit_lattice(picture).lattice.area / area)
        except LatticeNotFound:
            found.append(np.nan)
    return np.array(found)


def _count(
    name: str, draw: Callable[[int], NDArray], repeats: int, area: Callable[[int], float], first: int
) -> tuple[int, int]:
    found = np.concatenate([areas([draw(seed)], [area(seed)]) for seed in range(first, first + repeats)])
    larger = int((found > 1.3).sum())
    right = int((np.abs(found - 1) < 0.05).sum())
    print(
        f"{name:45s} right {right:3d} of {repeats}, too large {larger}, none {int(np.isnan(found).sum())}", flush=True
    )
    return larger, right


def main() -> None:
    """Print how often the cell is too large where it should not be, and how often a large one is found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=16)
    parser.add_argument("--first-seed", type=int, default=100)
    options = parser.parse_args()
    repeats, first, larger, trials = options.repeats, options.first_seed, 0, 0
    for a in (20.0, 40.0):
        for correlated in (3, 10):
            for sigma in (0.3, 0.8, 2.0):
                name = f"jitter {sigma} px over {correlated} lines, a = {a:.0f} px"
                draw = lambda seed, a=a, s=sigma, c=correlated: trembling(a, s, c, seed)  # noqa: E731
                larger += _count(name, draw, repeats, lambda seed, a=a: a**2, first)[0]
                trials += repeats
    print(f"false supercells from jitter: {larger} of {trials} ({100 * larger / trials:.1f} %)")
    larger = 0
    for kind in ("white", "counting", "levels", "lines"):
        area = lambda seed: float(np.random.default_rng(seed).uniform(12, 50)) ** 2  # noqa: E731
        larger += _count(f"noise: {kind}", lambda seed, kind=kind: noisy(kind, seed), repeats, area, first)[0]
    print(f"false supercells from noise: {larger} of {4 * repeats} ({100 * larger / 4 / repeats:.1f} %)")
    for contrast, noise, jitter in (
        (0.05, 0.3, 0.0),
        (0.025, 0.3, 0.0),
        (0.05, 0.6, 0.0),
        (0.05, 0.3, 0.3),
        (0.05, 0.3, 0.8),
    ):
        draw = lambda seed, c=contrast, n=noise, j=jitter: doubled_row(c, n, seed, jitter=j)  # noqa: E731
        name = f"doubled row of {100 * contrast:.1f} %, noise {noise}, jitter {jitter} px"
        _count(name, draw, repeats, lambda seed: 14**2 * np.sqrt(3) * 2, first)


if __name__ == "__main__":
    main()
