"""The project's own examination: labeled pictures that no training has seen, drawn by `core.simulation`.

The rows are those of the project's goal: random lattices, well-separated ones, one trouble each, named crystals, and pictures
with nothing in them. The stream of the default network (`varied_stream`) draws with other code, other profiles and other
noise.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, BravaisType, Lattice
from lattice_widgets.core.lattices.shape import HIGHER_TYPES
from lattice_widgets.core.simulation.crystal import SCATTERED_FRACTION, Atom, Crystal
from lattice_widgets.core.simulation.crystals import CRYSTALS
from lattice_widgets.core.simulation.examples import random_lattice
from lattice_widgets.core.simulation.micrograph import Imperfections, Microscope, simulate_micrograph

#: seed of the examination, and of the pictures that temperatures and thresholds are fitted on
EXAM_SEED, FITTING_SEED = 20_260, 20_261
TROUBLES = (
    *("vacancies", "blur", "half empty", "1 % drift", "jitter", "background", "inverted", "double tip"),
    *("moire", "low dose", "line noise", "3-5 cells", "20-30 cells"),
)
NOTHINGS = ("shot noise", "amorphous", "ramp", "stripes", "1/f", "8-fold", "10-fold", "12-fold", "disordered")
SUITES = (
    "random lattices, classes may touch",
    "well-separated lattices",
    "one trouble each",
    "named crystals",
    "nothing there",
)
#: how near the lattices of the first suite are to the next higher type: strain [%] below which they are called so
NEARNESS = {"nearer than 2 %": 2.0, "2 to 4 %": 4.0, "farther": np.inf}
_SIZES = (96, 128, 160, 200, 256, 384)
_PIXEL = 0.02  # nm


class Question(NamedTuple):
    """One picture of the examination.

    Attributes
    ----------
    suite : str
        One of `SUITES`.
    detail : str
        Trouble, crystal, kind of nothing, or one of `NEARNESS`; empty if there is none.
    truth : str
        The class.
    image : ndarray, shape (rows, cols)
        The picture.
    """

    suite: str
    detail: str
    truth: str
    image: NDArray


def iter_questions(scale: float = 1.0, seed: int = EXAM_SEED) -> Iterator[Question]:
    """Yield the pictures of the examination; each depends on the seed and its number alone.

    Parameters
    ----------
    scale : float
        1 for the whole examination of some 3300 pictures, less for a part of each suite.
    seed : int
        `EXAM_SEED` for the examination, `FITTING_SEED` to fit thresholds.
    """
    for number, (suite, detail, truth) in enumerate(plan_questions(scale)):
        yield _ask(suite, detail, truth, np.random.default_rng([seed, number]))


def plan_questions(scale: float = 1.0) -> list[tuple[str, str, str]]:
    """Return suite, detail and class (empty for a crystal, which has its own) of each picture of the examination."""
    plan: list[tuple[str, str, str]] = []
    plan += [(SUITES[0], "", BRAVAIS_TYPES[n % 5]) for n in range(round(1000 * scale))]
    plan += [(SUITES[1], "", BRAVAIS_TYPES[n % 5]) for n in range(round(500 * scale))]
    plan += [(SUITES[2], trouble, BRAVAIS_TYPES[n % 5]) for trouble in TROUBLES for n in range(round(80 * scale))]
    plan += [(SUITES[3], name, "") for name in CRYSTALS for _ in range(max(1, round(24 * scale)))]
    plan += [(SUITES[4], kind, "noise") for kind in NOTHINGS for _ in range(max(1, round(40 * scale)))]
    return plan


def draw_question(rng: np.random.Generator) -> Question:
    """Return a picture of a random suite: what temperatures and thresholds are fitted on."""
    suite = SUITES[rng.choice(len(SUITES), p=[0.35, 0.1, 0.3, 0.1, 0.15])]
    details = {SUITES[2]: TROUBLES, SUITES[3]: tuple(CRYSTALS), SUITES[4]: NOTHINGS}.get(suite, ("",))
    truth = "noise" if suite == SUITES[4] else BRAVAIS_TYPES[rng.integers(5)]
    return _ask(suite, details[rng.integers(len(details))], truth, rng)


def _ask(suite: str, detail: str, truth: str, rng: np.random.Generator) -> Question:
    if suite == SUITES[3]:
        return _crystal(detail, rng)
    if suite == SUITES[4]:
        return Question(suite, detail, truth, _nothing(rng, detail))
    lattice = random_lattice(truth, rng, margin=0.7 if suite == SUITES[0] else 8.0)  # type: ignore[arg-type]
    nearness = _nearness(lattice, truth) if suite == SUITES[0] else ""  # type: ignore[arg-type]
    return Question(suite, detail or nearness, truth, _lattice(rng, lattice, detail))


def _nearness(lattice: Lattice, kind: BravaisType) -> str:
    """Return one of `NEARNESS`; empty for square and hexagonal, above which there is no type."""
    strains = lattice.strains()
    nearest = min((strains[other] for other in HIGHER_TYPES[kind]), default=None)
    return "" if nearest is None else next(name for name, limit in NEARNESS.items() if nearest < limit)


def _lattice(rng: np.random.Generator, lattice: Lattice, trouble: str) -> NDArray:
    """Return a picture of a lattice with one trouble."""
    rows = int(rng.choice(_SIZES))
    cols = rows + int(rng.choice([-32, 0, 32, 64]))
    cells = {"3-5 cells": rng.uniform(3, 5), "20-30 cells": rng.uniform(20, 30)}.get(trouble, rng.uniform(5, 14))
    if trouble == "20-30 cells":
        rows, cols = max(rows, 200), max(cols, 232)
    size = min(rows, cols) / cells * _PIXEL / np.sqrt(lattice.area)
    a = lattice.a * size
    atoms = 1 if rng.random() < 0.6 else int(rng.integers(2, 4))
    basis = tuple(Atom("X", int(rng.integers(20, 50)), *rng.random(2)) for _ in range(atoms))
    width = a * (rng.uniform(0.8, 1.0) if trouble == "blur" else rng.uniform(0.35, 0.6))
    dose = rng.uniform(0.15, 0.5) if trouble == "low dose" else 10 ** rng.uniform(1, 2.5)
    angle = rng.uniform(0, 2 * np.pi)
    microscope = Microscope(
        mode="STM" if trouble == "double tip" or rng.random() < 0.4 else "STEM",
        rows=rows,
        cols=cols,
        field_of_view=cols * _PIXEL,
        probe_size=width,
        tip_size=width,
        dose=dose / SCATTERED_FRACTION / _PIXEL**2,
        height_noise=0.1 if trouble == "low dose" else rng.uniform(0.002, 0.015),
        double_tip=rng.uniform(0.3, 0.9) if trouble == "double tip" else 0.0,
        double_tip_offset=tuple(rng.uniform(-0.7, 0.7, 2) * a),
    )
    imperfections = Imperfections(
        disorder=rng.uniform(0, 0.05),
        vacancies=rng.uniform(0.2, 0.45) if trouble == "vacancies" else 0.0,
        # one pixel in a hundred lines
        drift=tuple(_PIXEL * np.array([np.sin(angle), np.cos(angle)])) if trouble == "1 % drift" else (0.0, 0.0),
        jitter=rng.uniform(0.04, 0.12) * a if trouble == "jitter" else 0.0,
        line_noise=rng.uniform(0.3, 1.5) if trouble == "line noise" else 0.0,
        layer=rng.uniform(0.3, 0.7) if trouble == "moire" else 0.0,
        layer_twist=rng.uniform(3, 25),
        layer_mismatch=rng.uniform(0, 8),
    )
    crystal = Crystal("X", a, lattice.b * size, lattice.gamma, basis)
    seed = int(rng.integers(2**60))
    image = simulate_micrograph(crystal, microscope, imperfections, rotation=rng.uniform(0, 360), seed=seed).image
    row, col = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : cols * 1j]
    if trouble == "half empty":
        empty = image.mean() + 0.1 * image.std() * rng.standard_normal(image.shape)
        image = np.where(row * np.sin(angle) + col * np.cos(angle) > 0, image, empty)
    if trouble == "background":
        bumps = [((row - y) ** 2 + (col - x) ** 2) / rng.uniform(0.3, 1) for y, x in rng.uniform(-1, 1, (3, 2))]
        slow = sum(rng.normal() * np.exp(-bump) for bump in bumps)
        image = image + slow / slow.std() * image.std() * rng.uniform(1, 4)
    return -image if trouble == "inverted" else image


def _crystal(name: str, rng: np.random.Generator) -> Question:
    """Return a named crystal in a STEM of finite dose, without other troubles."""
    rows, cols = (int(size) for size in rng.choice(_SIZES[1:], 2))
    crystal = CRYSTALS[name]
    # what is drawn is the dose of a foil: each crystal is asked with as many electrons in its brightest columns
    dose = crystal.dose_like_foil(10 ** rng.uniform(4.3, 6))
    microscope = Microscope(rows=rows, cols=cols, field_of_view=cols * 0.03, dose=dose)
    seed = int(rng.integers(2**60))
    picture = simulate_micrograph(crystal, microscope, rotation=rng.uniform(0, 360), seed=seed)
    return Question(SUITES[3], name, crystal.bravais_type("STEM"), picture.image)


def _nothing(rng: np.random.Generator, kind: str) -> NDArray:
    """Return a picture without a lattice."""
    rows, cols = (int(size) for size in rng.choice(_SIZES, 2))
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
    if kind == "disordered":
        lattice = random_lattice("oblique", rng)
        spacing = min(rows, cols) / rng.uniform(6, 14) * _PIXEL
        crystal = Crystal("X", lattice.a * spacing, lattice.b * spacing, lattice.gamma)
        microscope = Microscope(rows=rows, cols=cols, field_of_view=cols * _PIXEL, probe_size=spacing / 2, dose=None)
        imperfections = Imperfections(disorder=rng.uniform(0.42, 0.6))
        return simulate_micrograph(crystal, microscope, imperfections, seed=int(rng.integers(2**60))).image
    fold = int(kind.split("-")[0])
    turns = angle + 2 * np.pi * np.arange(fold // 2) / fold
    waves = sum(np.cos(2 * np.pi * (row * np.sin(turn) + col * np.cos(turn)) / period) for turn in turns)
    return waves / waves.std() + rng.uniform(0.02, 0.7) * grain
