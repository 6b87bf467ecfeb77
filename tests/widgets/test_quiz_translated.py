"""The quiz in the language of the tests: its questions, reasons and words all went through the catalog."""

from pathlib import Path

import ipywidgets as ipw
import pytest

import lattice_widgets as lw
from lattice_widgets.core.quiz import TOPICS, Feedback, Question, judge, question_of
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.views.shared.browser_view import messages_of
from lattice_widgets.widgets.base import LatticeWidget
from lattice_widgets.widgets.closing import parts_of
from lattice_widgets.widgets.quiz import texts
from tests.pseudo_language import LANGUAGE, plain_words, pseudo, write_pseudo_catalog
from tests.widget_parts import part, words

#: names of elements and formulas that stand in sentences
PLAIN = {"sin"}


@pytest.fixture(scope="module")
def pseudo_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pseudo_catalog(tmp_path_factory.mktemp("locale"))


@pytest.fixture(autouse=True)
def pseudo_language(pseudo_catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lw.load_classifier().load()
    monkeypatch.setenv("LATTICE_WIDGETS_LOCALE", str(pseudo_catalog))
    monkeypatch.setenv("LATTICE_WIDGETS_LANGUAGE", LANGUAGE)


def words_of(question: Question) -> list[str]:
    """All that a question may say."""
    sentences = [question.prompt, *question.explanation, *(slip.why for slip in question.slips)]
    for option in question.options:
        sentences += [option.label, option.why, *([option.shown.title] if option.shown else [])]
    sentences += [shown.title for shown in question.shown]
    return [texts.say(sentence) for sentence in sentences]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_sentence_of_every_topic(topic: str) -> None:
    for level in (1, 2, 3):
        for index in range(16):
            question = question_of(topic, level, 8, index)
            for text in words_of(question):
                assert not set(plain_words(text)) - PLAIN, text
            if not question.is_choice:
                for off in (0.5, 1.0, 1.4):
                    told: Feedback = judge(question, question.answer * off)
                    for text in (texts.verdict(told), *map(texts.say, told.said)):
                        assert not set(plain_words(text)) - PLAIN, text


@pytest.mark.parametrize("topic", ["lattice", "network", "spacing", "reciprocal", "imperfection"])
async def test_the_widget(topic: str, tmp_path: Path) -> None:
    quiz = lw.Quiz(topic, level=2, seed=8, n_questions=2, folder=tmp_path)
    await quiz.settled()
    for place in range(2):
        card = part(quiz, QuestionCard)
        given = quiz.question.options[place].key if quiz.question.is_choice else quiz.question.slips[0].value
        quiz.answer(given, confidence=0.7)
        await quiz.settled()
        said = [
            words(quiz),
            card.prompt,
            *(line["text"] for line in card.said),
            *card.reasons,
        ]
        said += [option["label"] for option in card.options] + [chip["label"] for chip in card.chips]
        for one in parts_of(quiz, LatticeWidget):
            said += [getattr(one, name, "") for name in ("description", "tooltip", "placeholder")]
            said += [one.value] if isinstance(one, ipw.HTML) else []
        allowed = PLAIN | {
            *plain_words(quiz.file.rpartition("/")[2]),
            *plain_words("answers/" + quiz.file.rpartition("/")[2]),
        }
        for text in said:
            if isinstance(text, str):
                assert not set(plain_words(text)) - allowed, text
        if place == 0:
            quiz.next()
            await quiz.settled()
    assert sum("⟦" in text for text in said if isinstance(text, str)) > 15
    assert set(part(quiz, QuestionCard).words) == set(messages_of(part(quiz, QuestionCard)._esm))
    assert all(translation == pseudo(message) for message, translation in part(quiz, QuestionCard).words.items())
    # what is stored and given by scripts stays English
    if topic == "lattice":
        assert {option["key"] for option in part(quiz, QuestionCard).options} == set(lw.CLASSES)
    quiz.close()
