"""What topics of the quiz have of their own: numbers, transforms to click, and the network, also where there is none."""

import json
import subprocess
import sys
from pathlib import Path

import lattice_widgets as lw
from lattice_widgets.views.canvas.picture_canvas import PictureCanvas
from lattice_widgets.views.question.question_card import QuestionCard
from lattice_widgets.widgets.quiz.widget import Quiz
from tests.patience import PATIENCE
from tests.widget_parts import part, parts
from tests.widgets.quiz.question_card_texts import told


async def test_a_number_is_answered_and_a_slip_is_named(tmp_path: Path) -> None:
    widget = Quiz("spacing", level=2, seed=3, folder=tmp_path)
    await widget.settled()
    assert (part(widget, QuestionCard).options, part(widget, QuestionCard).unit) == ([], "nm")
    assert len(part(widget, PictureCanvas).point_labels) == 1
    slip = widget.question.slips[0]
    widget.answer(slip.value, confidence=0.6)
    await widget.settled()
    assert widget.feedback.right is False
    assert str(slip.why) in told(widget)
    assert part(widget, QuestionCard).right_key == ""
    assert widget.network_score is None
    widget.close()


async def test_transforms_to_choose_from_are_shown_and_can_be_clicked(tmp_path: Path) -> None:
    widget = Quiz("reciprocal", seed=3, folder=tmp_path)
    await widget.settled()
    picture, *choices = parts(widget, PictureCanvas)
    choices = [canvas for canvas in choices if canvas.title in list("ABCD")]
    assert [canvas.title for canvas in choices] == ["A", "B", "C", "D"]
    choices[2].clicked += 1
    assert part(widget, QuestionCard).picked == "c"
    part(widget, QuestionCard).picked = ""
    picture.clicked += 1
    assert part(widget, QuestionCard).picked == ""
    widget.answer("c")
    await widget.settled()
    choices[0].clicked += 1
    assert part(widget, QuestionCard).picked == "c"
    widget.topic = "lattice"
    await widget.settled()
    assert {canvas.layout.display for canvas in choices} == {"none"}
    shown = [canvas for canvas in parts(widget, PictureCanvas) if canvas not in choices]
    assert [canvas.layout.display for canvas in shown] == [None, None]
    widget.close()


async def test_what_the_network_says_is_its_own_verdict(tmp_path: Path) -> None:
    widget = Quiz("network", level=1, seed=2, folder=tmp_path)
    await widget.settled()
    assert [option["key"] for option in part(widget, QuestionCard).options][-1] == "not sure"
    widget.answer("noise")
    await widget.settled()
    classifier = lw.load_classifier()
    image = widget.question.shown[0].scene.micrograph().image
    samples = classifier.sample(image, 200, seed=0)
    from lattice_widgets.core.uncertainty.summary import summarize

    verdict = classifier.judge(image, summarize(samples))[0]
    expected = "not sure" if verdict.label is None else classifier.classes[verdict.label]
    assert widget.feedback.answer == expected
    assert widget.network_score.answered == 1
    assert not any(word in told(widget) for word in ("Right: that is",))
    widget.close()


def test_where_there_is_no_network_it_says_why_and_goes_on(tmp_path: Path) -> None:
    program = f"""
import asyncio, json, sys
sys.modules["keras"] = sys.modules["tensorflow"] = None  # a machine without them
from lattice_widgets import Quiz, load_classifier
async def play(topic):
    quiz = Quiz(topic, seed=2, folder={str(tmp_path)!r}, classifier=load_classifier(backend="keras"))
    quiz.answer("square")
    await quiz.settled()
    card = quiz._page.card
    return [card.said[-1]["text"], quiz.error, card.can_next, card.chips[0]["state"], quiz.score.answered]
print(json.dumps([asyncio.run(play(topic)) for topic in ("network", "lattice")]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=True)
    network, lattice = json.loads(done.stdout)
    assert network[0].startswith("The network does not play: This needs Keras and TensorFlow, which are not installed")
    assert network[1:] == ["", True, "given", 0]
    assert lattice[0] == network[0]
    assert lattice[1:3] == ["", True]
    assert lattice[3] in ("right", "wrong")
    assert lattice[4] == 1
