"""Questions that cannot run out: each is made from topic, level, seed and index alone, and so is its right answer.

=======================  ===================================================
:mod:`.question`         what a question is, and the pictures that it shows
:mod:`.random_draws`     its random numbers
:mod:`.topics`           the table of topics, and a module for each
:mod:`.common_mistakes`  common mistakes by their numbers
:mod:`.judging`          whether an answer is right, and why
:mod:`.scores`           score, confusion matrix, calibration
=======================  ===================================================
"""

import hashlib

from lattice_widgets.core.quiz.judging import Feedback, QuizError, check_confidence, check_given, judge
from lattice_widgets.core.quiz.question import NOT_SURE, Option, Question, Scene, Sentence, Shown, question_id
from lattice_widgets.core.quiz.scores import Score, network_score, score, student_score
from lattice_widgets.core.quiz.topics import TOPICS, Topic
from lattice_widgets.core.quiz.topics.imperfection_questions import IMPERFECTIONS
from lattice_widgets.core.quiz.topics.network_questions import Network, NetworkAnswer

__all__ = [
    "IMPERFECTIONS",
    "LEVELS",
    "MAX_SEED",
    "NOT_SURE",
    "QUESTIONS_VERSION",
    "TOPICS",
    "Feedback",
    "Network",
    "NetworkAnswer",
    "Option",
    "Question",
    "QuizError",
    "Scene",
    "Score",
    "Sentence",
    "Shown",
    "Topic",
    "check_confidence",
    "check_given",
    "judge",
    "network_score",
    "question_id",
    "question_of",
    "score",
    "seed_of",
    "student_score",
]

#: From clean and well separated to noisy and near the borders.
LEVELS = (1, 2, 3)
#: Grows whenever the same seed gives other questions than before: answers are graded by the questions they were given to.
QUESTIONS_VERSION = 1
#: the largest seed
MAX_SEED = 2**31 - 1


def question_of(topic: str, level: int = 1, seed: int = 0, index: int = 0) -> Question:
    """Return a question: always the same for the same four.

    Parameters
    ----------
    topic : str
        What is asked: a name of `TOPICS`.
    level : {1, 2, 3}
        How hard it is: clean and well separated, in between, near the borders and noisy.
    seed : int
        Of the quiz, from 0.
    index : int
        Number of the question, from 0. There is no last one.

    Raises
    ------
    ValueError
        If there is no such topic, level, seed or index.

    Examples
    --------
    >>> question = question_of("spacing", level=1, seed=4, index=2)
    >>> question.unit, question.id
    ('nm', 'spacing-1-4-2')
    """
    if topic not in TOPICS:
        raise ValueError(f"There is no topic {topic!r}: choose one of {', '.join(TOPICS)}.")
    if level not in LEVELS:
        raise ValueError(f"There is no level {level!r}: choose 1, 2 or 3.")
    for name, number in (("seed", seed), ("index", index)):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MAX_SEED:
            raise ValueError(f"The {name} is a whole number from 0 to {MAX_SEED}, not {number!r}.")
    return TOPICS[topic].make(level, seed, index)


def seed_of(seed: int, student: str, same_for_all: bool = True) -> int:
    """Return the seed of a student's questions: the teacher's, or one of their own made from it and the name.

    Capital letters and blanks around the name make no difference.

    Examples
    --------
    >>> seed_of(7, "Ada"), seed_of(7, "Ada", same_for_all=False) == seed_of(7, " ada ", same_for_all=False)
    (7, True)
    """
    if same_for_all:
        return seed
    digest = hashlib.sha256(f"{seed}/{' '.join(student.split()).casefold()}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & MAX_SEED
