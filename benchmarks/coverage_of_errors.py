"""Do the errors of a fit cover the truth as often as they say, whatever makes the noise?

    python benchmarks/coverage_of_errors.py --repeats 400      # some ten minutes
    python benchmarks/coverage_of_errors.py --kinds counting jitter

Twelve kinds of noise; for each the share of repeats in which a, b, gamma lie within 1.96 of their stated errors of the truth,
the same for the four components of the vectors, and the root mean square of deviation over error (1 if the errors are right).
"""

import argparse
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.geometry.lattice_fit import LatticeFit, fit_lattice
from lattice_widgets.core.geometry.refusals import LatticeNotFound
from lattice_widgets.core.lattices.lattice import Lattice

#: what a picture may have: white noise, counted electrons, few of them, displaced atoms, missing ones, one half empty,
#: trembling lines, lines that tremble together, uneven lines, slow noise, grain that follows the signal, amorphous matter
KINDS = (
    "white",
    "counting",
    "low dose",
    "disorder",
    "vacancies",
    "half empty",
    "jitter",
    "correlated jitter",
    "line noise",
    "slow noise",
    "signal noise",
    "amorphous",
)


def picture(kind: str, seed: int, rows: int = 240, cols: int = 280) -> tuple[NDArray, Lattice]:
    """Draw a lattice of atoms with one kind of noise, and return the lattice too [px]."""
    rng = np.random.default_rng(seed)
    a = float(rng.uniform(11, 15))
    lattice = Lattice.from_parameters(a, a * rng.uniform(1.1, 1.35), rng.uniform(94, 108), rotation=rng.uniform(0, 180))
    y, x = np.mgrid[:rows, :cols].astype(float)
    if kind in ("jitter", "correlated jitter"):
        shift = rng.standard_normal(rows + 60)
        if kind == "correlated jitter":
            kernel = np.exp(-0.5 * (np.arange(-12, 13) / 4) ** 2)
            shift = np.convolve(shift, kernel / np.sqrt((kernel**2).sum()), "same")
        x += 0.8 * shift[30 : rows + 30, None]
    index = np.stack(np.meshgrid(*2 * [np.arange(-60, 61)], indexing="ij"), axis=-1).reshape(-1, 2)
    atoms = index @ lattice.vectors + [rows / 2, cols / 2] + rng.uniform(0, 1, 2) @ lattice.vectors
    atoms = atoms[((atoms > -10) & (atoms < [rows + 10, cols + 10])).all(axis=1)]
    weights = np.ones(len(atoms))
    if kind == "disorder":
        atoms = atoms + 0.06 * a * rng.standard_normal(atoms.shape)
    if kind == "vacancies":
        weights[rng.random(len(atoms)) < 0.3] = 0
    if kind == "half empty":
        weights[atoms @ [0.4, 1] < 0.5 * cols + 0.2 * rows] = 0
    image = np.zeros((rows, cols))
    for (row, col), weight in zip(atoms, weights, strict=True):
        here = (slice(max(int(row) - 9, 0), max(int(row) + 10, 0)), slice(max(int(col) - 12, 0), max(int(col) + 13, 0)))
        image[here] += weight * np.exp(-((y[here] - row) ** 2 + (x[here] - col) ** 2) / (2 * 2.6**2))
    noise = rng.standard_normal(image.shape)
    if kind == "counting":
        return rng.poisson(10 * image + 1).astype(float), lattice
    if kind == "low dose":
        return rng.poisson(0.4 * image + 0.02).astype(float), lattice
    if kind == "line noise":
        image += 0.3 * rng.standard_normal((rows, 1))
    if kind in ("slow noise", "amorphous"):
        frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.fftfreq(cols))
        shape = 1 / np.maximum(frequency, 0.01) if kind == "slow noise" else np.exp(-(((frequency - 0.09) / 0.04) ** 2))
        colored = np.fft.ifft2(np.fft.fft2(noise) * shape).real
        image += 0.5 * colored / colored.std()
    if kind == "signal noise":
        return image * (1 + 0.6 * noise) + 0.1 * rng.standard_normal(image.shape), lattice
    return image + (1.0 if kind == "white" else 0.15) * noise, lattice


def pulls(fit: LatticeFit, lattice: Lattice) -> NDArray[np.float64]:
    """Return a, b, gamma and the four components of the vectors, less the truth, in units of their errors, shape (7,)."""
    truth = lattice.reduced()
    change = np.round(fit.vectors @ np.linalg.inv(truth.vectors))
    apart = (fit.vectors - change @ truth.vectors).ravel() / np.sqrt(np.diag(fit.covariance))
    cell = [
        (fit.a - truth.a) / fit.a_error,
        (fit.b - truth.b) / fit.b_error,
        (fit.gamma - truth.gamma) / fit.gamma_error,
    ]
    return np.concatenate([cell, apart])


def repeats(kind: str, count: int, first: int = 0) -> Iterator[NDArray[np.float64]]:
    """Yield the pulls of one picture after the other; a picture without a lattice, or with another one, is passed over."""
    for seed in range(first, first + count):
        image, lattice = picture(kind, seed)
        try:
            fit = fit_lattice(image)
        except LatticeNotFound:
            continue
        if abs(fit.lattice.area / lattice.area - 1) < 0.1:
            yield pulls(fit, lattice)


def main() -> None:
    """Print the coverage for each kind of noise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    options = parser.parse_args()
    print(f"{'noise':18s} {'n':>4s} {'a, b, gamma':>12s} {'vectors':>8s} {'rms':>6s}  bias of a, b, gamma [sigma]")
    for kind in options.kinds:
        found = np.array(list(repeats(kind, options.repeats, options.first_seed)))
        inside = np.abs(found) < 1.96
        bias = ", ".join(f"{value:+.2f}" for value in found[:, :3].mean(axis=0))
        rms = np.sqrt((found**2).mean())
        print(
            f"{kind:18s} {len(found):4d} {inside[:, :3].mean():12.3f} {inside[:, 3:].mean():8.3f} {rms:6.2f}  {bias}",
            flush=True,
        )


if __name__ == "__main__":
    main()
