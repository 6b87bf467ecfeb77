"""Name the lattice of a picture: five types, or none."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, CLASSES, BravaisType, Lattice
from lattice_widgets.core.quiz.question import Option, Question, Scene, Sentence, Shown
from lattice_widgets.core.quiz.random_draws import crystal_of, dealt, draw_cell, generator, pick
from lattice_widgets.core.simulation.crystal import Atom
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope


@dataclass(frozen=True)
class Difficulty:
    """How a level draws its pictures; pairs are ranges.

    Strains to the next higher type [%], cells across the picture, electrons of a bright pixel, disorder as a fraction of the
    spacing, part of the atoms that is missing, random brightness of scan lines, chance of a second atom in the cell.
    """

    strain: tuple[float, float]
    cells: tuple[float, float]
    electrons: tuple[float, float]
    disorder: tuple[float, float]
    vacancies: tuple[float, float]
    line_noise: float
    second_atom: float


LEVELS = {
    1: Difficulty((14, 40), (10, 13), (200, 400), (0.0, 0.02), (0.0, 0.0), 0.0, 0.0),
    2: Difficulty((9, 18), (9, 12), (20, 60), (0.02, 0.05), (0.0, 0.0), 0.05, 0.4),
    3: Difficulty((7, 10), (10, 12), (8, 16), (0.02, 0.045), (0.0, 0.02), 0.1, 0.5),
}
_ROWS, _COLS = 176, 208


def draw_scene(kind: str, difficulty: Difficulty, rng: np.random.Generator) -> Scene:
    """Return a random scene whose picture shows a class."""
    noise = kind == "noise"
    shape = cast(BravaisType, rng.choice(BRAVAIS_TYPES) if noise else kind)
    cell = draw_cell(shape, *((5.0, 40.0) if noise else difficulty.strain), rng)
    spacing, cells = pick(rng, 0.25, 0.45), pick(rng, *difficulty.cells)
    basis: tuple[Atom, ...] = (Atom("Sn", 50, 0.0, 0.0),)
    if rng.random() < difficulty.second_atom:
        # a lighter one off all centers, which leaves the lattice as it is
        basis += (Atom("Cr", 24, pick(rng, 0.28, 0.42), pick(rng, 0.28, 0.42)),)
    disorder, vacancies = pick(rng, *difficulty.disorder), pick(rng, *difficulty.vacancies)
    if noise:  # atoms anywhere; at such a disorder no spot is left (the Debye-Waller factor)
        disorder = pick(rng, 0.5, 0.6)
    view = cells * spacing * float(np.sqrt(cell.area))
    return Scene(
        crystal_of(cell, spacing, basis),
        _microscope(spacing, view, pick(rng, *difficulty.electrons)),
        Imperfections(disorder=disorder, vacancies=vacancies, line_noise=difficulty.line_noise * pick(rng, 0.3, 1)),
        rotation=pick(rng, -90, 90),
        seed=int(rng.integers(2**31)),
    )


def _microscope(spacing: float, view: float, electrons: float) -> Microscope:
    """Return a STEM whose brightest pixels collect so many electrons."""
    pixel = view / _COLS
    dose = electrons / (0.05 * 1.1 * pixel**2)
    return Microscope(rows=_ROWS, cols=_COLS, field_of_view=view, probe_size=0.38 * spacing, dose=dose)


def lattice_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "lattice"."""
    kind = dealt(CLASSES, "lattice", level, seed, index)
    scene = draw_scene(kind, LEVELS[level], generator("lattice", level, seed, index))
    return Question(
        "lattice",
        level,
        seed,
        index,
        prompt=Sentence("Which lattice does this picture show?"),
        shown=views_of(scene),
        options=class_options(kind, scene),
        answer=kind,
        explanation=explain_class(kind, scene),
        lattice_class=kind,
    )


def views_of(scene: Scene) -> tuple[Shown, Shown]:
    """Return the picture and its Fourier transform."""
    reach = 2.7 / scene.micrograph().picture_lattice.reduced().a
    return (
        Shown(Sentence("Micrograph"), scene),
        Shown(Sentence("Fourier transform"), scene, frequency_range=reach),
    )


def class_options(kind: str, scene: Scene) -> tuple[Option, ...]:
    """Return the six classes, with why each is right or wrong for a scene."""
    lattice = scene.micrograph().picture_lattice
    return tuple(
        Option(
            name, Sentence("{kind}", kind=name), why_not(name, kind, lattice) if name != kind else why(kind, lattice)
        )
        for name in CLASSES
    )


def _facts(lattice: Lattice) -> dict[str, float]:
    cell = lattice.reduced()
    return {
        "a": cell.a,
        "b": cell.b,
        "c": float(np.hypot(*(cell.vectors[0] + cell.vectors[1]))),
        "gamma": cell.gamma,
    }


def why(kind: str, lattice: Lattice) -> Sentence:
    """Return what makes a lattice one of this type."""
    facts = _facts(lattice)
    if kind == "noise":
        return Sentence("Right: nothing repeats in this picture, and its transform has no sharp spots.")
    if kind == "hexagonal":
        return Sentence("Right: the shortest spacing, {a:.3f} nm, comes three times, at 60° to one another.", **facts)
    if kind == "square":
        return Sentence("Right: the two shortest spacings are equal, {a:.3f} nm, and at right angles.", **facts)
    if kind == "rectangular":
        return Sentence(
            "Right: the two shortest spacings are at right angles and differ, {a:.3f} and {b:.3f} nm.", **facts
        )
    if kind == "centered rectangular":
        short, long, _ = lattice.conventional()
        return Sentence(
            "Right: of the three shortest spacings ({a:.3f}, {b:.3f} and {c:.3f} nm) two are equal, so that a rectangle of "
            "{short:.3f} × {long:.3f} nm with a point in its middle repeats.",
            **facts,
            short=short,
            long=long,
        )
    return Sentence(
        "Right: the three shortest spacings ({a:.3f}, {b:.3f} and {c:.3f} nm) all differ, and no angle is 90° "
        "(the nearest is {gamma:.1f}°).",
        **facts,
    )


def why_not(name: str, kind: str, lattice: Lattice) -> Sentence:
    """Return what a lattice of type ``kind`` lacks to be one of type ``name``."""
    facts = _facts(lattice)
    if kind == "noise":
        return Sentence(
            "Not {name}: no spacing comes again and again, and the transform has no sharp spots.", name=name
        )
    if name == "noise":
        return Sentence("Not noise: the transform has sharp spots, so something repeats over the whole picture.")
    if name == "oblique":
        return Sentence(
            "Not oblique: every lattice has oblique cells, but this one is more symmetric, and the highest symmetry "
            "gives the name."
        )
    if name == "hexagonal":
        return Sentence(
            "Not hexagonal: its three shortest spacings would be equal; here they are {a:.3f}, {b:.3f} and {c:.3f} nm.",
            **facts,
        )
    if name == "square":
        return Sentence(
            "Not square: its two shortest spacings would be equal and at 90°; here they are {a:.3f} and {b:.3f} nm at "
            "{gamma:.1f}°.",
            **facts,
        )
    if name == "rectangular":
        if kind == "square":
            return Sentence(
                "Not rectangular: both sides are {a:.3f} nm long; a rectangle with equal sides is a square.", **facts
            )
        if kind in ("centered rectangular", "hexagonal"):
            return Sentence(
                "Not rectangular: a rectangle does repeat, but it has one more point in its middle; the two shortest spacings "
                "are at {gamma:.1f}°.",
                **facts,
            )
        return Sentence("Not rectangular: the two shortest spacings are at {gamma:.1f}°, not at 90°.", **facts)
    if kind == "rectangular":
        return Sentence(
            "Not centered: the rectangle of {a:.3f} × {b:.3f} nm that repeats has no point in its middle.", **facts
        )
    if kind == "oblique":
        return Sentence(
            "Not centered: two of the three shortest spacings would be equal; here they are {a:.3f}, {b:.3f} and "
            "{c:.3f} nm.",
            **facts,
        )
    return Sentence(
        "Not centered rectangular: a centered rectangle does repeat, but this one is more symmetric, and the highest "
        "symmetry gives the name."
    )


def explain_class(kind: str, scene: Scene) -> tuple[Sentence, ...]:
    """Return how one sees the class of a scene."""
    if kind == "noise":
        return (
            Sentence(
                "Atoms are there, but each lies anywhere: their waves cancel, and the transform shows a diffuse glow instead "
                "of spots."
            ),
        )
    lattice = scene.micrograph().picture_lattice
    spots = np.sort(1 / np.array(lattice.d_spacings(3)))
    return (
        Sentence(
            "In the transform the innermost spots lie at {first:.2f} 1/nm and the next ones at {second:.2f} 1/nm: compare "
            "these distances and the angles between the spots. A spot lies at right angles to its rows of atoms, and its "
            "distance from the middle is one over theirs.",
            first=float(spots[0]),
            second=float(spots[1]),
        ),
    )
