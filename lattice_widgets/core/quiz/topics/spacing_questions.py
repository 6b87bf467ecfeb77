"""Find a length from the spots of a shown transform: a number, and the sentence for each common slip."""

from collections.abc import Callable
from functools import partial

import numpy as np

from lattice_widgets.core.quiz.common_mistakes import distinct, general_slips
from lattice_widgets.core.quiz.question import Question, Sentence, Slip
from lattice_widgets.core.quiz.random_draws import dealt, draw_cell, generator, pick
from lattice_widgets.core.quiz.topics.measured_spots import innermost_spots, rectangle_of, sharp_scene, shown_spots

#: makes a question of what is particular to it
Ask = Callable[..., Question]

#: what is asked at each level
_FORMS = {
    1: ("rows",),
    2: ("hexagonal", "square diagonal"),
    3: ("hexagonal second", "centered", "oblique"),
}
_TOLERANCE = {1: 0.02, 2: 0.04, 3: 0.05}


def spacing_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "spacing"."""
    form = dealt(_FORMS[level], "spacing", level, seed, index)
    ask = partial(Question, "spacing", level, seed, index, unit="nm", tolerance=_TOLERANCE[level])
    return _MAKE[form](ask, level, generator("spacing", level, seed, index))


def _rows(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    cell = draw_cell("square" if rng.random() < 0.3 else "rectangular", 12, 60, rng)
    scene = sharp_scene(cell, pick(rng, 0.22, 0.5), level, rng)
    spot = innermost_spots(scene)[int(rng.integers(2))]
    q = float(np.hypot(*spot))
    truth, tolerance = 1 / q, _TOLERANCE[level]
    return ask(
        prompt=Sentence(
            "Spot A lies {q:.3g} 1/nm from the middle of this transform. How far apart are the rows of atoms that make it?",
            q=q,
        ),
        shown=shown_spots(scene, [spot], ("A",), 2.6 * q, readout=False),
        answer=truth,
        explanation=(
            Sentence(
                "A spot at the frequency q belongs to rows a distance d = 1/q = 1/{q:.3g} = {d:.3g} nm apart.",
                q=q,
                d=truth,
            ),
        ),
        slips=distinct(truth, tolerance, *general_slips(q, truth)),
    )


def _hexagonal(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    scene = sharp_scene(draw_cell("hexagonal", 0, 0, rng), pick(rng, 0.22, 0.5), level, rng)
    first, _ = innermost_spots(scene)
    tolerance = _TOLERANCE[level]
    q = float(np.hypot(*first))
    truth = 2 / (np.sqrt(3) * q)
    return ask(
        prompt=Sentence(
            "The crystal is hexagonal, and spot A is one of the six innermost spots. How far is an atom from its "
            "nearest neighbors (the lattice constant a)? Read the frequency of A off the transform."
        ),
        shown=shown_spots(scene, [first], ("A",), 2.3 * q, readout=True),
        answer=truth,
        explanation=(
            Sentence(
                "The spot lies at q = {q:.3g} 1/nm, so the rows of atoms are d = 1/q = {d:.3g} nm apart. In a "
                "hexagonal lattice d is the height of an equilateral triangle with the side a: a = 2/√3 · d = {a:.3g} nm.",
                q=q,
                d=1 / q,
                a=truth,
            ),
        ),
        slips=distinct(
            truth,
            tolerance,
            Slip(
                1 / q,
                Sentence(
                    "This is the d-spacing, the distance between rows. Neighbors in a hexagonal lattice are 2/√3 = "
                    "1.155 times as far apart."
                ),
            ),
            Slip(
                np.sqrt(3) / (2 * q),
                Sentence(
                    "The factor 2/√3 went the wrong way: a is longer than d, as a side is longer than the height."
                ),
            ),
            *general_slips(q, truth),
        ),
    )


def _hexagonal_second(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    scene = sharp_scene(draw_cell("hexagonal", 0, 0, rng), pick(rng, 0.22, 0.5), level, rng)
    first, second = innermost_spots(scene)
    tolerance = _TOLERANCE[level]
    diagonal = first + second
    q = float(np.hypot(*diagonal))
    truth = 2 / q
    return ask(
        prompt=Sentence(
            "The crystal is hexagonal. Spot A is not one of the innermost spots but one of the next ring. How long is "
            "the lattice constant a?"
        ),
        shown=shown_spots(scene, [diagonal], ("A",), 1.8 * q, readout=True),
        answer=truth,
        explanation=(
            Sentence(
                "The second ring lies √3 further out than the first. A is at q = {q:.3g} 1/nm, so the first ring is at "
                "q/√3 = {first:.3g} 1/nm, and a = 2/√3 · √3/q = 2/q = {a:.3g} nm.",
                q=q,
                first=q / np.sqrt(3),
                a=truth,
            ),
        ),
        slips=distinct(
            truth,
            tolerance,
            Slip(
                2 / (np.sqrt(3) * q),
                Sentence("This takes A for one of the innermost spots: it lies on the second ring, √3 further out."),
            ),
            Slip(np.sqrt(3) / q, Sentence("This is the d-spacing of the first ring; a is 2/√3 = 1.155 times as long.")),
            Slip(1 / q, Sentence("This is the d-spacing of the rows that make A; a is twice as long.")),
            *general_slips(q, truth)[:3],
        ),
    )


def _square(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    scene = sharp_scene(draw_cell("square", 0, 0, rng), pick(rng, 0.22, 0.5), level, rng)
    first, second = innermost_spots(scene)
    diagonal = first + second
    q = float(np.hypot(*diagonal))
    truth, tolerance = np.sqrt(2) / q, _TOLERANCE[level]
    return ask(
        prompt=Sentence(
            "The crystal is square, and spot A is the (1 1) spot. How long is the lattice constant a? Read the frequency of "
            "A off the transform."
        ),
        shown=shown_spots(scene, [diagonal], ("A",), 1.9 * q, readout=True),
        answer=float(truth),
        explanation=(
            Sentence(
                "The (1 1) spot lies √2 further out than (1 0): q = {q:.3g} 1/nm gives d = 1/q = {d:.3g} nm for the "
                "diagonal rows, and a = √2 · d = {a:.3g} nm.",
                q=q,
                d=1 / q,
                a=float(truth),
            ),
        ),
        slips=distinct(
            float(truth),
            tolerance,
            Slip(
                1 / q,
                Sentence("This is the distance of the diagonal rows; the side of the square is √2 times as long."),
            ),
            Slip(
                1 / (np.sqrt(2) * q),
                Sentence("The factor √2 went the wrong way: the side is longer than half the diagonal."),
            ),
            *general_slips(q, float(truth)),
        ),
    )


def _centered(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    scene = sharp_scene(draw_cell("centered rectangular", 8, 40, rng), pick(rng, 0.22, 0.45), level, rng)
    lattice = scene.micrograph().picture_lattice
    sides = rectangle_of(lattice)
    side = sides[int(rng.integers(2))]
    truth, tolerance = float(np.hypot(*side)), _TOLERANCE[level]
    spot = 2 * side / (side @ side)  # the (2 0) of the rectangle; its (1 0) is missing
    if spot[0] > 0:
        spot = -spot
    q = float(np.hypot(*spot))
    return ask(
        prompt=Sentence(
            "The crystal is centered rectangular, and spot A is the (2 0) or (0 2) spot of its rectangle. How long is the "
            "side of the rectangle along A?"
        ),
        shown=shown_spots(scene, [spot], ("A",), max(1.5 * q, 2.6 / lattice.reduced().a), readout=True),
        answer=truth,
        explanation=(
            Sentence(
                "A lies at q = {q:.3g} 1/nm: rows are 1/q = {d:.3g} nm apart, and the point in the middle of the rectangle "
                "puts a row half-way along the side, which is 2/q = {a:.3g} nm long. That is why the (1 0) spot is missing.",
                q=q,
                d=1 / q,
                a=truth,
            ),
        ),
        slips=distinct(
            truth,
            tolerance,
            Slip(
                1 / q,
                Sentence(
                    "This is the distance of the rows. The point in the middle makes a row half-way: the side is 2/q."
                ),
            ),
            *general_slips(q, truth)[:3],
        ),
    )


def _oblique(ask: Ask, level: int, rng: np.random.Generator) -> Question:
    cell = draw_cell("oblique", 4, 40, rng)
    while cell.gamma < 115:  # else who forgets the sine is right within the tolerance
        cell = draw_cell("oblique", 4, 40, rng)
    scene = sharp_scene(cell, pick(rng, 0.22, 0.45), level, rng)
    first, second = innermost_spots(scene)
    q, other = float(np.hypot(*first)), float(np.hypot(*second))
    angle = float(np.arccos(first @ second / (q * other)))
    # the vector of the lattice that crosses the rows of A and runs along those of B
    truth, tolerance = 1 / (q * np.sin(angle)), _TOLERANCE[level]
    return ask(
        prompt=Sentence(
            "The crystal is oblique. Spots A and B are innermost ones, and the directions to them are {angle:.1f}° apart. "
            "How far apart are the atoms along the rows that make B?",
            angle=float(np.rad2deg(angle)),
        ),
        shown=shown_spots(scene, [first, second], ("A", "B"), 2.2 * other, readout=True),
        answer=float(truth),
        explanation=(
            Sentence(
                "Along a row of B one passes from one row of A to the next. Those are 1/q = 1/{q:.3g} = {d:.3g} nm apart, "
                "crossed at {angle:.1f}°: the atoms are 1/(q sin {angle:.1f}°) = {a:.3g} nm apart.",
                q=q,
                d=1 / q,
                angle=float(np.rad2deg(angle)),
                a=float(truth),
            ),
        ),
        slips=distinct(
            float(truth),
            tolerance,
            Slip(
                1 / q,
                Sentence(
                    "This is the distance between the rows of A; they are crossed at an angle, so divide by its sine."
                ),
            ),
            Slip(
                1 / (other * np.sin(angle)),
                Sentence("This is the distance of atoms along the rows of A: A and B were exchanged."),
            ),
            Slip(
                np.sin(angle) / q,
                Sentence("The sine went the wrong way: along a slanted row the way is longer, not shorter."),
            ),
            *general_slips(q, float(truth)),
        ),
    )


_MAKE = {
    "rows": _rows,
    "hexagonal": _hexagonal,
    "hexagonal second": _hexagonal_second,
    "square diagonal": _square,
    "centered": _centered,
    "oblique": _oblique,
}
