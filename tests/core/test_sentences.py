"""The one way in which the science says something: a template, its values, and a language for them."""

import copy
import pickle

import pytest

from lattice_widgets.core.sentences import Sentence


def upper(message: str) -> str:
    return message.replace("spots", "SPOTS").replace("square", "quadratisch")


def test_a_sentence_is_plain_english_by_itself_and_translated_before_it_is_filled() -> None:
    sentence = Sentence(
        "{count} spots, {kind}, {why}", count=3, kind="square", why=Sentence("spots at {x:.1f}", x=0.25)
    )
    assert str(sentence) == "3 spots, square, spots at 0.2"
    assert sentence.render(upper) == "3 SPOTS, quadratisch, SPOTS at 0.2"


def test_numbers_are_never_given_to_the_translation() -> None:
    asked: list[str] = []
    Sentence("{count} spots", count=3).render(lambda message: asked.append(message) or message)
    assert asked == ["{count} spots"]


def test_equal_sentences_are_equal_and_others_are_not() -> None:
    one, same = Sentence("{n} spots", n=3), Sentence("{n} spots", n=3)
    assert one == same
    assert hash(one) == hash(same)
    assert one != Sentence("{n} spots", n=4)
    assert one != Sentence("{n} dots", n=3)
    assert one != "3 spots"


def test_a_sentence_survives_a_pickle_and_a_copy_and_cannot_be_changed() -> None:
    sentence = Sentence("{n} spots, {why}", n=3, why=Sentence("square"))
    assert pickle.loads(pickle.dumps(sentence)) == sentence
    assert copy.deepcopy(sentence) == sentence
    with pytest.raises(TypeError):
        sentence.values["n"] = 4  # type: ignore[index]
    with pytest.raises(AttributeError):
        sentence.template = "no"  # type: ignore[misc]
