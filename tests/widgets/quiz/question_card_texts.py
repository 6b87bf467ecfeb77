"""What the card of a question says, and all that the browser knows of it."""

import json

from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.quiz.widget import Quiz
from tests.widget_parts import part


def told(quiz: Quiz) -> str:
    return " ".join(line["text"] for line in part(quiz, QuestionCard).said)


def card_state(quiz: Quiz) -> str:
    return json.dumps(part(quiz, QuestionCard).get_state(), default=str)
