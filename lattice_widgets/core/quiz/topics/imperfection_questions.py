"""Which imperfection does a picture have? One each, of a crystal that is told."""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz.question import Option, Question, Scene, Sentence, Shown
from lattice_widgets.core.quiz.random_draws import crystal_of, dealt, generator, pick
from lattice_widgets.core.simulation.microscope import Imperfections, Microscope

#: What may be wrong with a picture.
IMPERFECTIONS = (
    "none",
    "disorder",
    "vacancies",
    "drift",
    "line jitter",
    "low dose",
    "double tip",
    "second layer",
)
#: those that look most alike, nearest first: what is offered beside the truth
_NEAR = {
    "none": ("drift", "disorder", "low dose", "vacancies", "line jitter", "double tip", "second layer"),
    "disorder": ("line jitter", "low dose", "vacancies", "none", "second layer", "drift", "double tip"),
    "vacancies": ("disorder", "second layer", "low dose", "none", "double tip", "drift", "line jitter"),
    "drift": ("none", "double tip", "line jitter", "second layer", "disorder", "low dose", "vacancies"),
    "line jitter": ("disorder", "low dose", "drift", "none", "double tip", "second layer", "vacancies"),
    "low dose": ("disorder", "line jitter", "none", "vacancies", "second layer", "drift", "double tip"),
    "double tip": ("second layer", "none", "drift", "disorder", "line jitter", "low dose", "vacancies"),
    "second layer": ("double tip", "vacancies", "disorder", "none", "drift", "line jitter", "low dose"),
}
#: how strong each is at each level: a range, in the unit that `_spoiled` takes
_STRENGTH = {
    "disorder": ((0.12, 0.16), (0.09, 0.12), (0.07, 0.09)),
    "vacancies": ((0.15, 0.25), (0.08, 0.14), (0.05, 0.08)),
    "drift": ((0.15, 0.25), (0.09, 0.14), (0.06, 0.08)),
    "line jitter": ((0.12, 0.18), (0.08, 0.11), (0.06, 0.08)),
    "low dose": ((1.5, 3.0), (4.0, 7.0), (9.0, 14.0)),
    "double tip": ((0.6, 0.8), (0.45, 0.6), (0.35, 0.45)),
    "second layer": ((0.6, 0.85), (0.45, 0.6), (0.35, 0.45)),
}
_ROWS, _COLS, _LINE_TIME = 176, 208, 0.02


def imperfection_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "imperfection"."""
    kind = dealt(IMPERFECTIONS, "imperfection", level, seed, index)
    rng = generator("imperfection", level, seed, index)
    shape = "hexagonal" if rng.random() < 0.5 else "square"
    stm = kind == "double tip" or (kind != "low dose" and rng.random() < 0.5)
    scene = spoiled_scene(kind, level, shape, stm, rng)
    offered = [kind, *(other for other in _NEAR[kind] if stm or other != "double tip")][:6]
    reach = 2.7 / scene.micrograph().crystal_lattice.reduced().a
    return Question(
        "imperfection",
        level,
        seed,
        index,
        prompt=Sentence(
            "This is a picture by {mode} of a {shape} crystal with one atom in each cell. What went wrong, if anything?",
            mode=Sentence("STM") if stm else Sentence("STEM"),
            shape=shape,
        ),
        shown=(
            Shown(Sentence("Micrograph"), scene),
            Shown(Sentence("Fourier transform"), scene, frequency_range=reach),
        ),
        options=tuple(
            Option(other, Sentence("{kind}", kind=LABELS[other]), SIGNS[other] if other == kind else ABSENT[other])
            for other in IMPERFECTIONS
            if other in offered
        ),
        answer=kind,
        explanation=(SPECTRA[kind],),
    )


def spoiled_scene(kind: str, level: int, shape: str, stm: bool, rng: np.random.Generator) -> Scene:
    """Return a scene of a square or hexagonal crystal with one imperfection, as strong as the level has it."""
    spacing, cells = pick(rng, 0.26, 0.4), pick(rng, 10, 13)
    cell = Lattice.from_parameters(1, 1, 90 if shape == "square" else 120)
    view = cells * spacing * float(np.sqrt(cell.area))
    pixel = view / _COLS
    strength = 0.0 if kind == "none" else pick(rng, *_STRENGTH[kind][level - 1])
    electrons = strength if kind == "low dose" else {1: 400.0, 2: 200.0, 3: 100.0}[level]
    turn = pick(rng, 0, 2 * np.pi)
    ghost = pick(rng, 0.3, 0.45) * spacing
    direction = np.array([np.sin(turn), np.cos(turn)])
    # down the picture a drift stretches, to the right it shears: either by the strength
    speed = strength * pixel / _LINE_TIME
    along = speed if rng.random() < 0.5 else -speed
    return Scene(
        crystal_of(cell, spacing),
        Microscope(
            mode="STM" if stm else "STEM",
            rows=_ROWS,
            cols=_COLS,
            field_of_view=view,
            probe_size=0.38 * spacing,
            tip_size=0.45 * spacing,
            dose=electrons / (0.05 * 1.1 * pixel**2),
            height_noise={1: 0.001, 2: 0.0015, 3: 0.0025}[level],
            double_tip=strength if kind == "double tip" else 0.0,
            double_tip_offset=(float(direction[0] * ghost), float(direction[1] * ghost)),
            line_time=_LINE_TIME,
        ),
        Imperfections(
            disorder=strength if kind == "disorder" else 0.0,
            vacancies=strength if kind == "vacancies" else 0.0,
            drift=((0.0, along) if rng.random() < 0.5 else (along, 0.0)) if kind == "drift" else (0.0, 0.0),
            jitter=strength * spacing if kind == "line jitter" else 0.0,
            layer=strength if kind == "second layer" else 0.0,
            layer_twist=pick(rng, 5, 12),
        ),
        rotation=pick(rng, -90, 90),
        seed=int(rng.integers(2**31)),
    )


LABELS = {
    "none": Sentence("nothing: a good picture"),
    "disorder": Sentence("disorder: atoms off their places"),
    "vacancies": Sentence("vacancies: missing atoms"),
    "drift": Sentence("drift of the sample"),
    "line jitter": Sentence("jitter of the scan lines"),
    "low dose": Sentence("low dose: few electrons"),
    "double tip": Sentence("a double tip"),
    "second layer": Sentence("a second, turned layer"),
}

#: how each shows itself in the picture
SIGNS = {
    "none": Sentence("Right: every atom is there, round, in its place, and the angles are those of the crystal."),
    "disorder": Sentence("Right: the atoms are all there and round, but each lies a little off its place, at random."),
    "vacancies": Sentence("Right: single places are dark while the atoms around them sit where they should."),
    "drift": Sentence(
        "Right: every atom is sharp and in line, but the whole lattice is sheared or stretched: its angles and lengths are no "
        "longer those of the crystal."
    ),
    "line jitter": Sentence("Right: each row of pixels is shifted along itself, which frays the sides of the atoms."),
    "low dose": Sentence("Right: the pixels flicker, each from its neighbor, while the atoms sit in their places."),
    "double tip": Sentence(
        "Right: beside every atom lies the same weaker ghost, always at the same distance and direction."
    ),
    "second layer": Sentence(
        "Right: a second lattice lies in between and beats with the first: a moiré, a slow pattern."
    ),
}

#: what a picture would show that had it
ABSENT = {
    "none": Sentence("Not so good: look again at single atoms, at the rows of pixels and at the spots."),
    "disorder": Sentence(
        "Not disorder: then every atom would lie off its row at random, and the outer spots would fade first."
    ),
    "vacancies": Sentence("Not vacancies: then single places would be dark, with all others as they should be."),
    "drift": Sentence(
        "Not drift: then the spots would no longer lie at the angles and distances of the crystal; measure them: they do."
    ),
    "line jitter": Sentence(
        "Not jitter: then each row of pixels would be shifted against the next, up and down all atoms."
    ),
    "low dose": Sentence("Not a low dose: then single pixels would flicker, also on the atoms and between them."),
    "double tip": Sentence("Not a double tip: then each atom would have the same ghost beside it, everywhere."),
    "second layer": Sentence(
        "Not a second layer: then the pattern would change across the picture, with spots beside the spots."
    ),
}

#: how each shows itself in the transform
SPECTRA = {
    "none": Sentence("The transform shows sharp spots at the angles of the crystal, on a dark ground, far out."),
    "disorder": Sentence(
        "In the transform the outer spots fade (the Debye–Waller factor) and a diffuse ground rises; the spots stay where "
        "they are."
    ),
    "vacancies": Sentence(
        "In the transform all spots keep their places and their relative strength; a faint ground rises that looks like one "
        "atom's transform."
    ),
    "drift": Sentence(
        "In the transform the spots stay sharp but move: their distances, or the angles between them, are not those of the "
        "crystal."
    ),
    "line jitter": Sentence(
        "In the transform spots to the left and right fade and smear into vertical streaks; those straight above and below "
        "stay: the shift runs along the rows only."
    ),
    "low dose": Sentence(
        "In the transform an even ground of noise rises at all frequencies, far beyond the spots; inner and outer spots sink "
        "into it while they keep their strength."
    ),
    "double tip": Sentence(
        "In the transform the spots keep their places, but some are weak and others strong, in stripes: those that the two "
        "pictures cancel."
    ),
    "second layer": Sentence(
        "In the transform each spot has a companion at the same distance from the middle, turned by the twist of the layer."
    ),
}
