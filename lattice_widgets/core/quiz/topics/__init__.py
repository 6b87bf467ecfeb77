"""The table of topics: a new one is a module that makes its questions, and a row here.

==============================  ===========================================
:mod:`.lattice_questions`       name the lattice of a picture
:mod:`.spacing_questions`       find a length from the spots
:mod:`.imperfection_questions`  which imperfection is this
:mod:`.network_questions`       what will the network say
:mod:`.reciprocal_questions`    which transform belongs to this picture
:mod:`.cell_questions`          primitive or conventional, points and areas
:mod:`.strain_questions`        how is a lattice strained, and by how much
:mod:`.strain_scenes`           pictures for them
:mod:`.measured_spots`          scenes whose spots are measured
==============================  ===========================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lattice_widgets.core.lattices.lattice import CLASSES
from lattice_widgets.core.quiz.question import NOT_SURE, Question, Sentence
from lattice_widgets.core.quiz.topics.cell_questions import cell_question
from lattice_widgets.core.quiz.topics.imperfection_questions import IMPERFECTIONS, imperfection_question
from lattice_widgets.core.quiz.topics.lattice_questions import lattice_question
from lattice_widgets.core.quiz.topics.network_questions import network_question
from lattice_widgets.core.quiz.topics.reciprocal_questions import reciprocal_question
from lattice_widgets.core.quiz.topics.spacing_questions import spacing_question
from lattice_widgets.core.quiz.topics.strain_questions import strain_question


@dataclass(frozen=True, eq=False)
class Topic:
    """One row of the table.

    Attributes
    ----------
    title : Sentence
        What students read above a question.
    make : callable
        ``make(level, seed, index)`` gives a question, always the same for the same three.
    network : {"absent", "plays", "decides"}
        Whether the network answers the same questions, or its answer is what is asked for.
    labels : tuple of str
        Classes of the confusion matrix; empty if the options differ from question to question.
    """

    title: Sentence
    make: Callable[[int, int, int], Question]
    network: Literal["absent", "plays", "decides"] = "absent"
    labels: tuple[str, ...] = ()


#: What can be asked: name -> topic.
TOPICS: dict[str, Topic] = {
    "lattice": Topic(Sentence("Name the lattice"), lattice_question, "plays", CLASSES),
    "spacing": Topic(Sentence("Find the length"), spacing_question),
    "imperfection": Topic(Sentence("What went wrong?"), imperfection_question, labels=IMPERFECTIONS),
    "network": Topic(Sentence("What will the network say?"), network_question, "decides", (*CLASSES, NOT_SURE)),
    "reciprocal": Topic(Sentence("Picture and transform"), reciprocal_question),
    "strain": Topic(Sentence("How is it strained?"), strain_question),
    "cell": Topic(Sentence("Cells and their points"), cell_question),
}
