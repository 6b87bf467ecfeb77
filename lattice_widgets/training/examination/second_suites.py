"""The questions of the second simulator: published crystals clean, with one trouble each, and as saved figures."""

from collections.abc import Iterator

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES
from lattice_widgets.training.exam import Question
from lattice_widgets.training.examination.published_cells import COLUMNS, SURFACES
from lattice_widgets.training.examination.second_simulator import Scan, draw
from lattice_widgets.training.pictures.hard_cells import type_of

SECOND_SEED = 20_262
SECOND_SUITES = ("published crystals", "published crystals, one trouble each", "published crystals, as saved figures")
SECOND_TROUBLES = ("trembling lines", "uneven background", "2-6 cells", "few electrons", "drift", "two grains", "dirt")
_CRYSTALS = {**COLUMNS, **SURFACES}


def plan_second(scale: float = 1.0) -> list[tuple[str, str]]:
    """Return suite and detail (crystal or trouble) of each picture; 1 is the whole examination, some 730 pictures."""
    each, more = max(1, round(10 * scale)), max(1, round(30 * scale))
    plan = [(SECOND_SUITES[0], name) for name in _CRYSTALS for _ in range(each)]
    plan += [(SECOND_SUITES[1], trouble) for trouble in SECOND_TROUBLES for _ in range(more)]
    plan += [(SECOND_SUITES[2], name) for name in _CRYSTALS for _ in range(each)]
    # a small part is some of the crystals, not one of each
    return plan[:: max(1, round(0.1 / scale))]


def iter_second(scale: float = 1.0, seed: int = SECOND_SEED) -> Iterator[Question]:
    """Yield the pictures; each depends on the seed and its number alone.

    Parameters
    ----------
    scale : float
        1 for all of them, less for a part of each suite.
    seed : int
        Of the examination; another one for other pictures of the same kind.
    """
    for number, (suite, detail) in enumerate(plan_second(scale)):
        yield ask_second(suite, detail, np.random.default_rng([seed, number]))


def ask_second(suite: str, detail: str, rng: np.random.Generator) -> Question:
    """Return a picture of a suite, with the class of the lattice that the *picture* has.

    A drift that leaves the lattice between two types is drawn again: nobody could say.
    """
    trouble = detail if suite == SECOND_SUITES[1] else ""
    while True:
        # with troubles the types take turns by chance, not the crystals, of which some types have many
        kind = rng.choice(BRAVAIS_TYPES)
        names = [name for name, one in _CRYSTALS.items() if one.bravais_type() == kind]
        name = str(rng.choice(names)) if trouble else detail
        crystal = _CRYSTALS[name]
        scan = _scan(name, trouble, rng, figure=suite == SECOND_SUITES[2])
        state = rng.bit_generator.state
        image, vectors = draw(crystal, scan, rng)
        truth = type_of(vectors)
        if truth is None:
            continue
        if trouble == "two grains":
            rng.bit_generator.state = state
            turned = Scan(**{**scan.__dict__, "turn": scan.turn + np.deg2rad(rng.uniform(8, 40))})
            image = _beside(image, draw(crystal, turned, rng)[0], rng)
        image = _measured(image, trouble, rng)
        if suite == SECOND_SUITES[2]:
            image = _figure(image, rng)
        return Question(suite, detail, truth, image)


def _scan(name: str, trouble: str, rng: np.random.Generator, figure: bool) -> Scan:
    rows, cols = (int(size) for size in rng.choice([128, 160, 192, 224, 256, 320], 2))
    atoms = len(_CRYSTALS[name].basis)
    most = min(rows, cols) / 9 / np.sqrt(max(atoms / 2, 1))
    cells = rng.uniform(2, 6) if trouble == "2-6 cells" else rng.uniform(3 if figure else 5, max(8.0, min(most, 22)))
    tip = name in SURFACES
    size = rng.choice([0.02, 0.05])
    return Scan(
        rows,
        cols,
        cells,
        turn=rng.uniform(0, 2 * np.pi) if rng.random() < 0.8 else 0.0,
        drift=tuple(rng.normal(0, size, 2).clip(-0.15, 0.15)) if trouble == "drift" else (0.0, 0.0),
        tremble=rng.uniform(0.02, 0.07) * min(rows, cols) / cells if trouble == "trembling lines" else 0.0,
        tremble_lines=float(rng.choice([0.5, 3, 10])),
        sharpness=rng.uniform(0.25, 0.5),
        profile="tip" if tip else str(rng.choice(["moffat", "peaked"])),
    )


def _beside(one: NDArray, other: NDArray, rng: np.random.Generator) -> NDArray:
    """Return two pictures on two sides of a border, the first on the larger side."""
    row, col = (np.linspace(-1, 1, n) for n in one.shape)
    angle = rng.uniform(0, 2 * np.pi)
    return np.where(row[:, None] * np.sin(angle) + col * np.cos(angle) < rng.uniform(0.1, 0.7), one, other)


def _measured(image: NDArray, trouble: str, rng: np.random.Generator) -> NDArray:
    """Return a picture with its noise, and with the trouble that does not concern where things are."""
    rows, cols = image.shape
    row, col = np.linspace(-1, 1, rows)[:, None], np.linspace(-1, 1, cols)
    if trouble == "uneven background":
        slope = rng.normal() * row + rng.normal() * col + rng.normal() * (row**2 + col**2) + rng.normal() * row * col
        image = image + slope * rng.uniform(0.3, 1.5)
        image = image - image.min()
    if trouble == "dirt":
        for _ in range(int(rng.integers(2, 7))):
            y, x, wide = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.05, 0.25)
            image = image + rng.uniform(0.5, 2) * np.exp(-((row - y) ** 2 + (col - x) ** 2) / (2 * wide**2))
    electrons = 10 ** (rng.uniform(-0.7, 0.2) if trouble == "few electrons" else rng.uniform(1, 3))
    return rng.poisson((image + rng.uniform(0.02, 0.3)) * electrons) / electrons


def _figure(image: NDArray, rng: np.random.Generator) -> NDArray:
    """Return a picture as it stands in a paper: resampled, gray levels, white around it, often a scale bar."""
    image = scipy.ndimage.zoom(image, rng.uniform(0.7, 1.5), order=1)
    low, high = np.quantile(image, [0.002, 0.998])
    image = np.clip((image - low) / (high - low), 0, 1)
    rows, cols = image.shape
    if rng.random() < 0.5:
        thick, top, left = max(2, rows // 50), int(0.92 * rows), int(rng.choice([0.05, 0.6]) * cols)
        image[top : top + thick, left : left + int(rng.uniform(0.2, 0.35) * cols)] = 1.0
    top, bottom, left, right = (int(part * min(rows, cols)) for part in rng.uniform(0.02, 0.22, 4))
    return np.pad(np.round(255 * image), ((top, bottom), (left, right)), constant_values=255.0)
