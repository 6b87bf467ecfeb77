"""How often geometry and network name a lattice right: simulated pictures by kind and trouble, and the real ones.

Prints the fraction named right by `fit_lattice` ("no lattice" counts as noise) and by the bundled network, for each kind of
picture. The pictures are drawn by a simulator with troubles that the paper's network was never shown.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import lattice_widgets as lw
from lattice_widgets.classifier.paper_stream import random_lattice

DATA = Path(__file__).parents[2] / "shared" / "data"
EACH = 30
SIZES = (96, 128, 160, 200, 256, 384)
PIXEL = 0.02  # nm
TROUBLES = (
    *("vacancies", "blur", "half empty", "1 % drift", "jitter", "background", "inverted", "double tip"),
    *("moire", "low dose", "line noise", "3-5 cells", "20-30 cells"),
)


def lattice_picture(rng: np.random.Generator, kind: str, margin: float, trouble: str = "") -> NDArray:
    """Return a picture of a random lattice with one trouble."""
    lattice = random_lattice(kind, rng, margin)
    rows = int(rng.choice(SIZES))
    cols = rows + int(rng.choice([-32, 0, 32, 64]))
    cells = {"3-5 cells": rng.uniform(3, 5), "20-30 cells": rng.uniform(20, 30)}.get(trouble, rng.uniform(5, 14))
    if trouble == "20-30 cells":
        rows, cols = max(rows, 200), max(cols, 232)
    size = min(rows, cols) / cells * PIXEL / np.sqrt(lattice.area)
    a = lattice.a * size
    atoms = 1 if rng.random() < 0.6 else int(rng.integers(2, 4))
    basis = tuple(lw.Atom("X", int(rng.integers(20, 50)), *rng.random(2)) for _ in range(atoms))
    width = a * (rng.uniform(0.8, 1.0) if trouble == "blur" else rng.uniform(0.35, 0.6))
    dose = rng.uniform(0.15, 0.5) if trouble == "low dose" else 10 ** rng.uniform(1, 2.5)
    angle = rng.uniform(0, 2 * np.pi)
    microscope = lw.Microscope(
        mode="STM" if trouble == "double tip" or rng.random() < 0.4 else "STEM",
        rows=rows,
        cols=cols,
        field_of_view=cols * PIXEL,
        probe_size=width,
        tip_size=width,
        dose=dose / 0.05 / PIXEL**2,
        height_noise=0.1 if trouble == "low dose" else rng.uniform(0.002, 0.015),
        double_tip=rng.uniform(0.3, 0.9) if trouble == "double tip" else 0.0,
        double_tip_offset=tuple(rng.uniform(-0.7, 0.7, 2) * a),
    )
    imperfections = lw.Imperfections(
        disorder=rng.uniform(0, 0.05),
        vacancies=rng.uniform(0.2, 0.45) if trouble == "vacancies" else 0.0,
        # one pixel in a hundred lines
        drift=tuple(PIXEL * np.array([np.sin(angle), np.cos(angle)])) if trouble == "1 % drift" else (0.0, 0.0),
        jitter=rng.uniform(0.04, 0.12) * a if trouble == "jitter" else 0.0,
        line_noise=rng.uniform(0.3, 1.5) if trouble == "line noise" else 0.0,
        layer=rng.uniform(0.3, 0.7) if trouble == "moire" else 0.0,
        layer_twist=rng.uniform(3, 25),
        layer_mismatch=rng.uniform(0, 8),
    )
    crystal = lw.Crystal("X", a, lattice.b * size, lattice.gamma, basis)
    seed = int(rng.integers(2**60))
    image = lw.simulate_micrograph(crystal, microscope, imperfections, rotation=rng.uniform(0, 360), seed=seed).image
    row, col = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : cols * 1j]
    if trouble == "half empty":
        empty = image.mean() + 0.1 * image.std() * rng.standard_normal(image.shape)
        image = np.where(row * np.sin(angle) + col * np.cos(angle) > 0, image, empty)
    if trouble == "background":
        bumps = [((row - y) ** 2 + (col - x) ** 2) / rng.uniform(0.3, 1) for y, x in rng.uniform(-1, 1, (3, 2))]
        slow = sum(rng.normal() * np.exp(-bump) for bump in bumps)
        image = image + slow / slow.std() * image.std() * rng.uniform(1, 4)
    return -image if trouble == "inverted" else image


def nothing(rng: np.random.Generator, kind: str) -> NDArray:
    """Return a picture without a lattice."""
    rows, cols = (int(size) for size in rng.choice(SIZES, 2))
    grain = rng.standard_normal((rows, cols))
    row, col = np.mgrid[:rows, :cols]
    radius = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.fftfreq(cols))
    angle, period = rng.uniform(0, np.pi), rng.uniform(5, min(rows, cols) / 6)
    if kind == "shot noise":
        return rng.poisson(rng.uniform(0.1, 20), (rows, cols)).astype(float)
    if kind == "amorphous":
        ring = np.exp(-(((radius - 1 / period) * period / 0.2) ** 2) / 2)
        return np.fft.ifft2(np.fft.fft2(grain) * ring).real
    if kind == "ramp":
        return rng.normal() * row / rows + rng.normal() * col / cols + 0.02 * grain
    if kind == "stripes":
        return np.cos(2 * np.pi * (row * np.sin(angle) + col * np.cos(angle)) / period) + rng.uniform(0.02, 1) * grain
    if kind == "1/f":
        return np.fft.ifft2(np.fft.fft2(grain) / np.maximum(radius, 1 / max(rows, cols)) ** rng.uniform(0.7, 2)).real
    fold = int(kind.split("-")[0])
    turns = angle + 2 * np.pi * np.arange(fold // 2) / fold
    waves = sum(np.cos(2 * np.pi * (row * np.sin(turn) + col * np.cos(turn)) / period) for turn in turns)
    return waves / waves.std() + rng.uniform(0.02, 0.7) * grain


def pictures() -> Iterator[tuple[str, str, NDArray]]:
    """Yield (kind of picture, true class, picture)."""
    rng = np.random.default_rng(20_260)
    kinds = lw.BRAVAIS_TYPES
    for number in range(5 * EACH):
        yield "random, classes may touch", kinds[number % 5], lattice_picture(rng, kinds[number % 5], 0.7)
    for number in range(3 * EACH):
        yield "well separated", kinds[number % 5], lattice_picture(rng, kinds[number % 5], 8)
    for trouble in TROUBLES:
        for number in range(EACH):
            yield f"trouble: {trouble}", kinds[number % 5], lattice_picture(rng, kinds[number % 5], 8, trouble)
    for number, crystal in enumerate([*lw.CRYSTALS.values()] * 4):
        rows, cols = (int(size) for size in rng.choice(SIZES[1:], 2))
        microscope = lw.Microscope(rows=rows, cols=cols, field_of_view=cols * 0.03, dose=10 ** rng.uniform(4.3, 6))
        picture = lw.simulate_micrograph(crystal, microscope, rotation=rng.uniform(0, 360), seed=number)
        yield "named crystals", crystal.bravais_type("STEM"), picture.image
    for kind in ("shot noise", "amorphous", "ramp", "stripes", "1/f", "8-fold", "10-fold", "12-fold"):
        for _ in range(EACH // 2):
            yield f"nothing: {kind}", "noise", nothing(rng, kind)
    for entry in json.loads((DATA / "manifest.json").read_text()) if DATA.is_dir() else []:
        image = lw.read_micrograph(DATA / entry["file"]).values
        image = image if image.ndim == 2 else image[0]
        yield "real, whole", entry["lattice_as_measured"], image
        rows, cols = np.array(image.shape) // 2
        for part in (image[:rows, :cols], image[:rows, cols:], image[rows:, :cols], image[rows:, cols:]):
            yield "real, quarters", entry["lattice_as_measured"], part


def main() -> None:
    classifier = lw.load_classifier("paper").load()
    right: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for kind, truth, image in pictures():
        try:
            geometry = lw.fit_lattice(image).lattice_type
        except lw.LatticeNotFound:
            geometry = "noise"
        network = classifier.classes[classifier.predict(image)[0].argmax()]
        right[kind].append((geometry == truth, network == truth))
    print(f"{'':28s} geometry  network  pictures")
    for kind, answers in right.items():
        geometry, network = np.mean(answers, axis=0)
        print(f"{kind:28s} {geometry:8.2f} {network:8.2f} {len(answers):9d}")


if __name__ == "__main__":
    main()
