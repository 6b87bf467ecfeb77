"""Stretch one, see the other: which transform belongs to this picture?"""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz.question import Option, Question, Scene, Sentence, Shown
from lattice_widgets.core.quiz.random_draws import crystal_of, draw_cell, generator, pick
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope

LETTERS = ("a", "b", "c", "d")
#: how far some spot of a wrong transform lies from all of the right one, at least, in shortest reciprocal vectors
_APART = {1: 0.18, 2: 0.14, 3: 0.08}
_ROWS, _COLS = 208, 240


def reciprocal_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "reciprocal"."""
    rng = generator("reciprocal", level, seed, index)
    while True:
        true, wrong = _DRAW[level](rng)
        lattices = [true, *(lattice for lattice, _ in wrong)]
        if all(spots_apart(one, other) >= _APART[level] for i, one in enumerate(lattices) for other in lattices[:i]):
            break
    spacing = pick(rng, 0.25, 0.4)
    view = pick(rng, 12, 15) * spacing
    reach = 2.6 / spacing
    electrons, disorder = {1: (300, 0.0), 2: (60, 0.02), 3: (15, 0.04)}[level]
    microscope = Microscope(
        rows=_ROWS,
        cols=_COLS,
        field_of_view=view,
        probe_size=0.4 * spacing,
        dose=electrons / (0.05 * 1.1 * (view / _COLS) ** 2),
    )
    number = int(rng.integers(2**31))

    def scene(lattice: Lattice) -> Scene:
        crystal = crystal_of(lattice, spacing)
        return Scene(crystal, microscope, Imperfections(disorder=disorder), lattice.rotation, number)

    order = rng.permutation(4).tolist()
    choices = [(true, _RIGHT), *wrong]
    options = []
    for letter, which in zip(LETTERS, order, strict=True):
        lattice, why = choices[which]
        label = Sentence("transform {letter}", letter=letter.upper())
        picture = Shown(Sentence("{letter}", letter=letter.upper()), scene(lattice), reach, readout=False)
        options.append(Option(letter, label, why, picture))
    return Question(
        "reciprocal",
        level,
        seed,
        index,
        prompt=Sentence("Which of the four Fourier transforms belongs to this picture?"),
        shown=(Shown(Sentence("Micrograph"), scene(true)),),
        options=tuple(options),
        answer=LETTERS[order.index(0)],
        explanation=(
            Sentence(
                "Each spot stands for a family of rows: it lies at right angles to them, and the further out, the closer they "
                "are. So what is stretched in the picture is squeezed in the transform, along the same direction."
            ),
        ),
    )


def spots_apart(one: Lattice, other: Lattice) -> float:
    """Return how far the innermost spots of two lattices are apart: the largest distance of one to the nearest of the other.

    In units of the shorter of the shortest reciprocal vectors.
    """
    shortest = min(float(np.hypot(*lattice.reciprocal().reduced().vectors[0])) for lattice in (one, other))
    reach = 2.2 * shortest
    worst = 0.0
    for first, second in ((one, other), (other, one)):
        points, places = first.reciprocal_points(reach), second.reciprocal_points(1.5 * reach)
        distance = np.hypot(*(points[:, None] - places).transpose(2, 0, 1)).min(axis=1)
        worst = max(worst, float(distance.max()))
    return worst / shortest


_RIGHT = Sentence("Right: its spots lie at right angles to the rows of the picture, at the inverse of their distances.")
_EXCHANGED = Sentence(
    "Here long and short are exchanged: it shows the picture's lattice itself. Rows that are far apart make spots close to the "
    "middle."
)
_MIRRORED = Sentence("Here the angle opens to the other side: this is the transform of the mirrored picture.")
_TOO_SMALL = Sentence("The shape is right, but the spots lie too far out: this picture would have smaller cells.")
_TOO_LARGE = Sentence("The shape is right, but the spots lie too far in: this picture would have larger cells.")
_SQUARE = Sentence("This is the transform of a square lattice: the picture has two different spacings.")
_HEXAGONAL = Sentence("This is the transform of a hexagonal lattice: the picture has no angles of 60°.")
_NOT_STRETCHED = Sentence("This is the transform before the stretch: its six innermost spots are equally far out.")
_OTHER_WAY = Sentence(
    "Here the stretch goes the wrong way: what is stretched in the picture is squeezed in the transform."
)
_OTHER_AXIS = Sentence("Here the stretch lies along another direction than in the picture.")


def _turned(lattice: Lattice, angle: float) -> Lattice:
    return Lattice.from_parameters(lattice.a, lattice.b, lattice.gamma, lattice.rotation + angle)


def _upright(rng: np.random.Generator) -> tuple[Lattice, list[tuple[Lattice, Sentence]]]:
    ratio = pick(rng, 1.3, 1.7)
    rotation = (0.0 if rng.random() < 0.5 else 90.0) + pick(rng, -4, 4)
    true = Lattice.from_parameters(1, ratio, 90, rotation)
    middle = float(np.sqrt(ratio))
    return true, [
        (_turned(true, 90), _EXCHANGED),
        (Lattice.from_parameters(middle, middle, 90, rotation), _SQUARE),
        (Lattice.from_parameters(1.1 * middle, 1.1 * middle, 120, rotation), _HEXAGONAL),
    ]


def _slanted(rng: np.random.Generator) -> tuple[Lattice, list[tuple[Lattice, Sentence]]]:
    cell = draw_cell("oblique", 10, 40, rng)
    true = _turned(cell, pick(rng, -90, 90))
    grown = pick(rng, 1.25, 1.4)
    factor, words = (1 / grown, _TOO_SMALL) if rng.random() < 0.5 else (grown, _TOO_LARGE)
    scaled = Lattice(true.vectors * factor)
    return true, [
        (_turned(true, 90), _EXCHANGED),
        (_mirrored(true), _MIRRORED),
        (scaled, words),
    ]


def _mirrored(lattice: Lattice) -> Lattice:
    """Return a lattice as seen in a mirror that stands upright, in the order of vectors that `from_parameters` takes."""
    first, second = lattice.vectors * np.array([1, -1])
    return Lattice([second, first])


def _stretched(rng: np.random.Generator) -> tuple[Lattice, list[tuple[Lattice, Sentence]]]:
    plain = Lattice.from_parameters(1, 1, 120, pick(rng, -30, 30))
    by, axis = pick(rng, 1.14, 1.22), pick(rng, 0, np.pi)
    other = axis + np.pi / 4 * (1 if rng.random() < 0.5 else -1)
    return _positive(plain, by, axis), [
        (plain, _NOT_STRETCHED),
        (_positive(plain, 1 / by, axis), _OTHER_WAY),
        (_positive(plain, by, other), _OTHER_AXIS),
    ]


def _positive(lattice: Lattice, by: float, axis: float) -> Lattice:
    """Return a lattice stretched along a direction [radians from the rows], its area kept."""
    along = np.array([-np.sin(axis), np.cos(axis)])
    stretch = np.outer(along, along) * by + (np.eye(2) - np.outer(along, along)) / by
    return lattice.transformed(stretch)


_DRAW = {1: _upright, 2: _slanted, 3: _stretched}
