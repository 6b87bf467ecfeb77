"""Primitive or conventional: count the lattice points of a cell that is drawn over a picture, and find areas."""

import numpy as np
from numpy.typing import NDArray

from lattice_widgets.core.lattices.lattice import BRAVAIS_TYPES, Lattice
from lattice_widgets.core.quiz.common_mistakes import distinct
from lattice_widgets.core.quiz.question import Option, Question, Scene, Sentence, Shown, Slip
from lattice_widgets.core.quiz.random_draws import crystal_of, dealt, draw_cell, generator, pick
from lattice_widgets.core.simulation.microscope import Microscope

_ROWS, _COLS = 208, 240
#: what is asked at each level
_FORMS = {1: ("count",), 2: ("primitive", "count"), 3: ("count", "area of", "area centered")}
#: cells by their points: rows are whole-number combinations of the primitive vectors
_CELLS = {
    1: ([[1, 0], [0, 1]], [[1, 0], [1, 1]], [[1, 1], [0, 1]], [[1, 0], [-1, 1]]),
    2: ([[2, 0], [0, 1]], [[1, 1], [-1, 1]], [[1, 0], [0, 2]], [[2, 1], [0, 1]]),
    3: ([[3, 0], [0, 1]], [[1, 1], [-1, 2]], [[2, 1], [-1, 1]], [[1, 0], [0, 3]]),
    4: ([[2, 0], [0, 2]], [[2, 0], [1, 2]], [[1, 2], [-1, 2]], [[4, 0], [0, 1]]),
}


def cell_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "cell"."""
    form = dealt(_FORMS[level], "cell", level, seed, index) if level > 1 else "count"
    rng = generator("cell", level, seed, index)
    if form == "count":
        return _count(level, seed, index, rng)
    if form == "primitive":
        return _primitive(level, seed, index, rng)
    return _area_of(level, seed, index, rng) if form == "area of" else _area_centered(level, seed, index, rng)


def _scene(lattice: Lattice, rng: np.random.Generator, across: float = 7.0) -> Scene:
    spacing = pick(rng, 0.25, 0.45)
    view = across * spacing * float(np.sqrt(lattice.area))
    microscope = Microscope(rows=_ROWS, cols=_COLS, field_of_view=view, probe_size=0.3 * spacing, dose=None)
    return Scene(crystal_of(lattice, spacing), microscope, rotation=pick(rng, -30, 30), seed=0)


def _vectors_of(scene: Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cell vectors in px, (2, 2) rows (row, col), and a lattice point (row, col) in the middle of the picture."""
    turn = Lattice.from_parameters(scene.crystal.a, scene.crystal.b, scene.crystal.gamma, scene.rotation)
    middle = (np.array([scene.microscope.rows, scene.microscope.cols]) - 1) / 2
    return turn.vectors / scene.microscope.pixel_size, middle


def _corners(vectors: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([origin, origin + vectors[0], origin + vectors[0] + vectors[1], origin + vectors[1]])


def _fits(corners: NDArray[np.float64]) -> bool:
    return bool((corners > 4).all() and (corners < np.array([_ROWS, _COLS]) - 5).all())


def _drawn(
    scene: Scene, points: int, rng: np.random.Generator, shifted: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners [px] of a cell that holds so many lattice points, and its vectors as whole numbers (2, 2)."""
    vectors, middle = _vectors_of(scene)
    choices = _CELLS[points]
    for attempt in range(60):
        matrix = np.array(choices[int(rng.integers(len(choices)))])
        sides = matrix @ vectors
        steps = rng.integers(-2, 3, 2) if attempt < 50 else np.zeros(2)
        origin = middle + steps @ vectors - sides.sum(axis=0) / 2 * (attempt >= 50)
        if attempt >= 50:  # around the middle, but on lattice points
            origin = middle + np.round((origin - middle) @ np.linalg.inv(vectors)) @ vectors
        if shifted:
            origin = origin + np.array([pick(rng, 0.25, 0.4), pick(rng, 0.25, 0.4)]) @ vectors
        corners = _corners(sides, origin)
        if _fits(corners):
            return corners, matrix
    raise ValueError("No such cell fits into the picture.")


def _lattice(rng: np.random.Generator) -> tuple[Lattice, str]:
    kind = BRAVAIS_TYPES[int(rng.integers(len(BRAVAIS_TYPES)))]
    return draw_cell(kind, 8, 40, rng), kind


def _count(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    points = dealt((1, 2, 3, 4), "cell count", level, seed, index)
    lattice, _ = _lattice(rng)
    scene = _scene(lattice, rng)
    shifted = level == 3 and rng.random() < 0.6
    corners, _ = _drawn(scene, points, rng, shifted)
    if shifted:
        how = Sentence(
            "No corner lies on a point: count those inside, and half of each that an edge cuts: {points:d}. Where a cell "
            "is put does not change how many it holds.",
            points=points,
        )
    else:
        inside = points - 1
        how = Sentence(
            "The four corners belong to four cells each and count as one point together; points on an edge count a half, "
            "those inside one. Together {points:d}: the corners' one and {more:d} more.",
            points=points,
            more=inside,
        )
    name = (
        Sentence("With one point the cell is primitive.")
        if points == 1
        else Sentence(
            "With more than one point the cell is not primitive; it is {points:d} times as large as a primitive one.",
            points=points,
        )
    )
    return Question(
        "cell",
        level,
        seed,
        index,
        prompt=Sentence("How many lattice points belong to the cell that is drawn?"),
        shown=(Shown(Sentence("A lattice and a cell"), scene, cells=(corners,), readout=False),),
        options=tuple(_count_option(number, points) for number in (1, 2, 3, 4)),
        answer=str(points),
        explanation=(how, name),
    )


def _count_option(number: int, points: int) -> Option:
    if number == points:
        why = Sentence("Right: so many times the area of a primitive cell fits into it.")
    elif number == 4 and points == 1:
        why = Sentence("Four corners, but each belongs to four cells: together they are one point.")
    elif number == points + 3:
        why = Sentence("Each corner belongs to four cells: the four corners together are one point, not four.")
    elif number > points:
        why = Sentence("Too many: a point on an edge is shared by two cells, one in a corner by four.")
    else:
        why = Sentence("Too few: corners (one together), edges (a half each) and the inside all count.")
    return Option(str(number), Sentence("{number:d}", number=number), why)


def _primitive(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    lattice, _ = _lattice(rng)
    scene = _scene(lattice, rng, across=9.0)
    vectors, _ = _vectors_of(scene)
    counts = [1, 2, int(rng.choice([2, 3])), int(rng.choice([3, 4]))]
    rng.shuffle(counts)
    letters = ("a", "b", "c", "d")
    cells: list[NDArray[np.float64]] = []
    for number in counts:
        for _ in range(400):
            corners, _ = _drawn(scene, number, rng)
            # a random shift by whole vectors, so that all four find room
            corners = corners + rng.integers(-4, 5, 2) @ vectors
            if _fits(corners) and all(_apart(corners, other) for other in cells):
                break
        else:
            return _count(level, seed, index, rng)  # no room for four: ask the simpler question
        cells.append(corners)
    answer = letters[counts.index(1)]
    centers = np.array([corners.mean(axis=0) for corners in cells])
    options = tuple(
        Option(
            letter,
            Sentence("cell {letter}", letter=letter.upper()),
            Sentence("Right: it holds one lattice point, the corners' share.")
            if number == 1
            else Sentence("This cell holds {number:d} lattice points, so a smaller one repeats.", number=number),
        )
        for letter, number in zip(letters, counts, strict=True)
    )
    return Question(
        "cell",
        level,
        seed,
        index,
        prompt=Sentence("Which of the four cells is primitive?"),
        shown=(
            Shown(
                Sentence("A lattice and four cells"),
                scene,
                marks=centers,
                labels=tuple(letter.upper() for letter in letters),
                cells=tuple(cells),
                readout=False,
            ),
        ),
        options=options,
        answer=answer,
        explanation=(
            Sentence(
                "A primitive cell holds one lattice point; there are many shapes of it, all of the same area. Count a "
                "quarter for each corner, a half on an edge, one inside."
            ),
        ),
    )


def _apart(one: NDArray[np.float64], other: NDArray[np.float64], gap: float = 6.0) -> bool:
    """Return whether the boxes around two cells are apart."""
    low, high = one.min(axis=0), one.max(axis=0)
    return bool((low > other.max(axis=0) + gap).any() or (high < other.min(axis=0) - gap).any())


def _area_of(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    points = dealt((1, 2, 3, 4), "cell area", level, seed, index)
    lattice, _ = _lattice(rng)
    scene = _scene(lattice, rng)
    corners, matrix = _drawn(scene, points, rng)
    sides = matrix @ scene.crystal.cell.vectors
    drawn = Lattice(sides)
    truth = drawn.area / points
    a, b, gamma = drawn.a, drawn.b, drawn.gamma
    slips = [
        # first, as for a cell that is hardly slanted a · b is the same, and then this is what went wrong
        Slip(
            drawn.area,
            Sentence(
                "This is the area of the drawn cell, which holds {points:d} lattice points: divide by them.",
                points=points,
            ),
        ),
        Slip(a * b, Sentence("This is a · b, the area of a rectangle: a slanted cell has a · b · sin γ.")),
        Slip(
            a * b / points, Sentence("The sine of the angle is missing: the area of the drawn cell is a · b · sin γ.")
        ),
        Slip(
            a * b * abs(float(np.cos(np.deg2rad(gamma)))) / points,
            Sentence("This takes the cosine: the area of a parallelogram goes with the sine of its angle."),
        ),
    ]
    return Question(
        "cell",
        level,
        seed,
        index,
        prompt=Sentence(
            "The cell that is drawn has sides of {a:.3f} and {b:.3f} nm and an angle of {gamma:.1f}° between them. How large "
            "is a primitive cell of this lattice?",
            a=a,
            b=b,
            gamma=gamma,
        ),
        shown=(Shown(Sentence("A lattice and a cell"), scene, cells=(corners,), readout=False),),
        answer=truth,
        unit="nm²",
        tolerance=0.02,
        explanation=(
            Sentence(
                "The drawn cell has a · b · sin γ = {area:.4f} nm² and holds {points:d} lattice points (corners one "
                "together, edges a half each): a primitive cell has {truth:.4f} nm².",
                area=drawn.area,
                points=points,
                truth=truth,
            ),
        ),
        slips=distinct(truth, 0.02, *slips),
    )


def _area_centered(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    lattice = draw_cell("centered rectangular", 8, 40, rng)
    scene = _scene(lattice, rng)
    short, long, _ = scene.crystal.cell.conventional()
    truth = short * long / 2
    return Question(
        "cell",
        level,
        seed,
        index,
        prompt=Sentence(
            "This lattice is centered rectangular; its conventional cell is {short:.3f} × {long:.3f} nm. How large is a "
            "primitive cell?",
            short=short,
            long=long,
        ),
        shown=(Shown(Sentence("A lattice"), scene),),
        answer=truth,
        unit="nm²",
        tolerance=0.02,
        explanation=(
            Sentence(
                "The conventional cell of {area:.4f} nm² holds two points, the corners' one and that in the middle: a "
                "primitive cell has half its area, {truth:.4f} nm².",
                area=short * long,
                truth=truth,
            ),
        ),
        slips=distinct(
            truth,
            0.02,
            Slip(short * long, Sentence("This is the area of the conventional cell, which holds two lattice points.")),
            Slip(short * long / 4, Sentence("This is a quarter: the conventional cell holds two points, not four.")),
        ),
    )
