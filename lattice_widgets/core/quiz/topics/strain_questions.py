"""Strain: how a lattice is deformed, by how much, and whether a difference is more than its errors."""

import numpy as np

from lattice_widgets.core.lattices.lattice import Lattice
from lattice_widgets.core.quiz.common_mistakes import distinct
from lattice_widgets.core.quiz.question import Option, Question, Sentence, Shown, Slip
from lattice_widgets.core.quiz.random_draws import crystal_of, dealt, generator, pick
from lattice_widgets.core.quiz.topics.strain_scenes import COLS, ROWS, SteppedScene, deformation_of, deformed_scene
from lattice_widgets.core.simulation.microscope import Microscope

#: How a lattice may be deformed.
DEFORMATIONS = ("along x", "along y", "shear", "rotation", "dilation", "none")
#: what is asked at each level, and how strong a deformation is: a range of a fraction, or of an angle in radians
_FORMS = {1: ("kind",), 2: ("kind", "length"), 3: ("length", "dilation", "apart")}
_STRENGTH = {1: (0.09, 0.12), 2: (0.06, 0.08), 3: (0.02, 0.05)}


def strain_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "strain"."""
    forms = _FORMS[level]
    form = dealt(forms, "strain", level, seed, index) if len(forms) > 1 else forms[0]
    rng = generator("strain", level, seed, index)
    if form == "kind":
        return _kind(level, seed, index, rng)
    if form == "length":
        return _length(level, seed, index, rng)
    return _dilation(level, seed, index, rng) if form == "dilation" else _apart(level, seed, index, rng)


def _kind(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    # counted among the questions of this form, so that each kind comes equally often there
    kind = dealt(DEFORMATIONS, "strain kind", level, seed, index // len(_FORMS[level]))
    strength = pick(rng, *_STRENGTH[level])
    if kind == "shear":
        strength *= 0.75  # in both directions: the angle changes by twice as much
    scene, cell = deformed_scene(deformation_of(kind, strength), rng)
    return Question(
        "strain",
        level,
        seed,
        index,
        prompt=Sentence(
            "The outline is three by three cells of this crystal before anything happened; its lower left corner is still "
            "on an atom. What has happened to the lattice?"
        ),
        shown=(Shown(Sentence("A lattice, and what it was before"), scene, cells=(cell,), readout=False),),
        options=tuple(
            Option(other, Sentence("{kind}", kind=LABELS[other]), SIGNS[other] if other == kind else ABSENT[other])
            for other in DEFORMATIONS
        ),
        answer=kind,
        explanation=(EXPLAINED[kind],),
    )


def _length(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    spacing, stretch = pick(rng, 0.3, 0.45), pick(rng, 0.03, 0.06) if level == 2 else pick(rng, 0.015, 0.03)
    microscope = Microscope(rows=ROWS, cols=COLS, field_of_view=14.5 * spacing, probe_size=0.35 * spacing, dose=None)
    square = Lattice.from_parameters(1, 1, 90)
    scene = SteppedScene(crystal_of(square, spacing), microscope, seed=int(rng.integers(2**31)), stretch=stretch)
    count = int(rng.integers(4, 6))
    period = spacing / microscope.pixel_size
    middle = (np.array([ROWS, COLS]) - 1) / 2
    ends = np.array([[1.0, -1.0 - count], [1.0, -1.0], [1.0, 1.0], [1.0, 1.0 + count]])
    marks = scene.moved(middle + ends * period)
    left, right = (float(marks[k + 1, 1] - marks[k, 1]) * microscope.pixel_size for k in (0, 2))
    truth = 100 * stretch
    return Question(
        "strain",
        level,
        seed,
        index,
        prompt=Sentence(
            "From A to B and from C to D it is {count:d} spacings along x. A to B measures {left:.4f} nm, C to D {right:.4f} "
            "nm. How large is the strain xx on the right, against the left?",
            count=count,
            left=left,
            right=right,
        ),
        shown=(Shown(Sentence("A lattice with a border"), scene, marks=marks, labels=("A", "B", "C", "D")),),
        answer=truth,
        unit="%",
        tolerance=0.05,
        explanation=(
            Sentence(
                "Strain is the change of a length, divided by the length before: ({right:.4f} − {left:.4f})/{left:.4f} = "
                "{truth:.1f} %. How many spacings are taken together does not matter; the more, the smaller the error.",
                right=right,
                left=left,
                truth=truth,
            ),
        ),
        slips=distinct(
            truth,
            0.05,
            Slip(stretch, Sentence("This is the strain as a fraction: in % it is a hundred times as much.")),
            Slip(100 + truth, Sentence("This is the ratio of both lengths: the strain is what goes beyond 100 %.")),
            Slip(
                truth / count,
                Sentence("This is divided by the number of spacings: strain is a ratio, and all spacings share it."),
            ),
            Slip(100 * (right - left), Sentence("This is the difference in nm: divide it by the length before.")),
        ),
    )


def _dilation(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    along, down = (round(pick(rng, 1.0, 5.0), 1) for _ in range(2))
    scene, cell = deformed_scene(np.diag([1 + down / 100, 1 + along / 100]), rng)
    truth = 100 * ((1 + along / 100) * (1 + down / 100) - 1)
    return Question(
        "strain",
        level,
        seed,
        index,
        prompt=Sentence(
            "A strain map says here: strain xx = {along:.1f} %, strain yy = {down:.1f} %, no shear. By how much is the area "
            "of a cell larger than in the reference?",
            along=along,
            down=down,
        ),
        shown=(Shown(Sentence("A lattice, and what it was before"), scene, cells=(cell,), readout=False),),
        answer=truth,
        unit="%",
        tolerance=0.04,
        explanation=(
            Sentence(
                "Both sides grow: the area becomes (1 + xx) · (1 + yy) as large. For small strains that is xx + yy more, "
                "{sum:.1f} %: the dilation of the map.",
                sum=along + down,
            ),
        ),
        slips=distinct(
            truth,
            0.04,
            Slip(
                (along + down) / 2, Sentence("This is the mean of both: the area grows by both, one after the other.")
            ),
            Slip(max(along, down), Sentence("This is one of the two: the other side of the cell grows, too.")),
            Slip(
                float(np.hypot(along, down)),
                Sentence("This adds them as errors are added: strains of two directions are simply added."),
            ),
            Slip(
                along * down,
                Sentence("This is their product: in % it would have to be divided by 100, and it is tiny."),
            ),
        ),
    )


def _apart(level: int, seed: int, index: int, rng: np.random.Generator) -> Question:
    first, second = (round(pick(rng, 0.06, 0.3), 2) for _ in range(2))
    both = float(np.hypot(first, second))
    here = round(pick(rng, -0.5, 0.5), 2)
    there = round(here + pick(rng, 0.8, 6.0) * both, 2)
    truth = (there - here) / both
    scene, cell = deformed_scene(np.diag([1.0, 1 + there / 100]), rng)
    return Question(
        "strain",
        level,
        seed,
        index,
        prompt=Sentence(
            "At one place a map says strain xx = {here:.2f} ± {first:.2f} %, at another place, far away, {there:.2f} ± "
            "{second:.2f} %. How many standard deviations σ are they apart?",
            here=here,
            first=first,
            there=there,
            second=second,
        ),
        shown=(
            Shown(
                Sentence("The lattice at the second place, and what it was before"), scene, cells=(cell,), readout=False
            ),
        ),
        answer=truth,
        unit="σ",
        tolerance=0.04,
        explanation=(
            Sentence(
                "The error of a difference is √({first:.2f}² + {second:.2f}²) = {both:.2f} %: they are {truth:.1f} of it "
                "apart. Chance alone makes a difference of more than 2 in one of twenty cases, of more than 3 in one of 370.",
                first=first,
                second=second,
                both=both,
                truth=truth,
            ),
        ),
        slips=distinct(
            truth,
            0.04,
            Slip(
                (there - here) / (first + second),
                Sentence("This adds the errors: independent errors are added as squares, √(a² + b²)."),
            ),
            Slip(
                (there - here) / first,
                Sentence("This takes the error of the first place only: the second has one, too."),
            ),
            Slip(
                (there - here) / second,
                Sentence("This takes the error of the second place only: the first has one, too."),
            ),
            Slip(there - here, Sentence("This is the difference in %: divide it by its error.")),
        ),
    )


LABELS = {
    "along x": Sentence("stretched along x (left and right)"),
    "along y": Sentence("stretched along y (up and down)"),
    "shear": Sentence("sheared: the angles have changed"),
    "rotation": Sentence("turned as a whole"),
    "dilation": Sentence("larger in all directions"),
    "none": Sentence("nothing: it is as it was"),
}

#: how each shows itself
SIGNS = {
    "along x": Sentence(
        "Right: along the outline's horizontal side fewer spacings fit, along its vertical side three."
    ),
    "along y": Sentence(
        "Right: along the outline's vertical side fewer spacings fit, along its horizontal side three."
    ),
    "shear": Sentence(
        "Right: the rows of atoms lean, each the other way round, and the right angle between them is gone."
    ),
    "rotation": Sentence(
        "Right: both rows are turned by the same angle, with three spacings to each side and a right angle."
    ),
    "dilation": Sentence("Right: fewer than three spacings fit along either side, and the right angle is still there."),
    "none": Sentence("Right: all four corners of the outline lie on atoms."),
}

#: what one would see if it were so
ABSENT = {
    "along x": Sentence("Not that: then the atoms would run away from the outline to the right, and only there."),
    "along y": Sentence("Not that: then the atoms would run away from the outline upward, and only there."),
    "shear": Sentence("Not sheared: then the rows of atoms would no longer be at right angles to each other."),
    "rotation": Sentence("Not turned: then both rows of atoms would lean the same way round, at a right angle."),
    "dilation": Sentence("Not larger in all directions: then the atoms would run away from both sides of the outline."),
    "none": Sentence("Something has happened: not all corners of the outline lie on atoms."),
}

#: what a strain map says of it
EXPLAINED = {
    "along x": Sentence("In a strain map this is strain xx alone; the dilation is as large."),
    "along y": Sentence("In a strain map this is strain yy alone; the dilation is as large."),
    "shear": Sentence("In a strain map this is strain xy: half of the change of the right angle. The area stays."),
    "rotation": Sentence("A map of the rotation shows it. No length has changed, so all strains are zero."),
    "dilation": Sentence("In a strain map strain xx and strain yy are equal; the dilation is their sum."),
    "none": Sentence("All maps are zero here, within their errors."),
}
