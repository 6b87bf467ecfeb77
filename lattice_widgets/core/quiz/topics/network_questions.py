"""What will the network say? The truth is its own verdict, so that it comes from outside; the core knows no network."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz.question import NOT_SURE, Option, Question, Scene, Sentence
from lattice_widgets.core.quiz.random_draws import dealt, generator, pick
from lattice_widgets.core.quiz.topics.lattice_questions import LEVELS, draw_scene, views_of


@dataclass(frozen=True)
class NetworkAnswer:
    """What a classifier says of a picture.

    Attributes
    ----------
    probabilities : tuple of float
        Mean of each class, in the order of `CLASSES`.
    label : str
        Its verdict: a class, or "not sure".
    doubt : str
        Why it is not sure; empty if it is.
    name : str
        Which classifier.
    """

    probabilities: tuple[float, ...]
    label: str
    doubt: str = ""
    name: str = ""

    @property
    def first(self) -> str:
        """The class of the highest probability."""
        return CLASSES[max(range(len(CLASSES)), key=self.probabilities.__getitem__)]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return max(self.probabilities)


#: A scene in, the answer of a classifier out.
Network = Callable[[Scene], NetworkAnswer]

#: as the levels of the topic "lattice", but nearer to the borders, where the network begins to doubt
_LEVELS = {
    1: LEVELS[1],
    2: replace(LEVELS[2], strain=(2.5, 7.0), electrons=(10.0, 30.0)),
    3: replace(LEVELS[3], strain=(0.8, 4.0), electrons=(1.5, 5.0), disorder=(0.05, 0.12), cells=(6.0, 9.0)),
}


def network_question(level: int, seed: int, index: int) -> Question:
    """Return a question of the topic "network"; its answer is None until a network was asked."""
    kind = dealt(CLASSES, "network", level, seed, index)
    rng = generator("network", level, seed, index)
    scene = draw_scene(kind, _LEVELS[level], rng)
    if (
        level > 1 and kind != "noise" and rng.random() < 0.3
    ):  # drift: what network and student see is no longer the crystal
        speed = pick(rng, 0.04, 0.1) * scene.microscope.pixel_size / scene.microscope.line_time
        scene = replace(scene, imperfections=replace(scene.imperfections, drift=(0.0, speed)))
        kind = scene.micrograph().picture_lattice.bravais_type(0.5, 0.5)
    return Question(
        "network",
        level,
        seed,
        index,
        prompt=Sentence("What will the network say of this picture?"),
        shown=views_of(scene),
        options=tuple(
            Option(name, Sentence("{kind}", kind=name), Sentence("The network does not say {kind}.", kind=name))
            for name in (*CLASSES, NOT_SURE)
        ),
        lattice_class=kind,
    )


def decided(question: Question, answer: NetworkAnswer) -> Question:
    """Return a question of the topic "network" with the answer that a network gave."""
    lattice = question.lattice_class
    best = Sentence("{kind} {percent:.0f} %", kind=answer.first, percent=100 * answer.confidence)
    rest = [(p, name) for p, name in zip(answer.probabilities, CLASSES, strict=True) if name != answer.first]
    second_p, second = max(rest)
    runner_up = Sentence("{kind} {percent:.0f} %", kind=second, percent=100 * second_p)
    if answer.label == NOT_SURE:
        said = Sentence(
            "The network is not sure ({doubt}): most likely {first}, then {second}.",
            doubt=answer.doubt,
            first=best,
            second=runner_up,
        )
    else:
        said = Sentence("The network says {first}, then {second}.", first=best, second=runner_up)
    if answer.label == lattice:
        judged = Sentence("It is right: the picture shows {kind}.", kind=lattice)
    elif answer.label == NOT_SURE:
        judged = Sentence("The picture shows {kind}; the network had its reasons to doubt.", kind=lattice)
    else:
        judged = Sentence("It is wrong: by its geometry the picture shows {kind}.", kind=lattice)
    options = tuple(
        replace(option, why=Sentence("Right: that is what it says.")) if option.key == answer.label else option
        for option in question.options
    )
    return replace(question, options=options, answer=answer.label, explanation=(said, judged))
