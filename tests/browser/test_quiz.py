"""The quiz in a real JupyterLab: answered by mouse and keys, told only then, there again after the kernel was restarted."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lattice_widgets.core.quiz import question_of
from tests.patience import PATIENCE

from .axe import violations
from .gestures import canvas_digest, wait_until, wait_until_laid_out
from .lab import Lab

pytestmark = pytest.mark.one_kernel

SEED = 4711
CELL = f"""
import lattice_widgets as lw
quiz = lw.Quiz("lattice", level=1, seed={SEED}, n_questions=4)
quiz
"""
OTHER = f"""
other = lw.Quiz("spacing", level=2, seed={SEED}, n_questions=2, student="Ada")
other
"""
ANSWERS = [question_of("lattice", 1, SEED, index).answer for index in range(4)]


def quiz_of(page: Page, number: int = 0) -> Locator:
    return page.locator(".lattice-quiz").nth(number)


def choice(quiz: Locator, key: str) -> Locator:
    return quiz.locator(f'.lw-quiz-choice:has(input[value="{key}"])')


def said(quiz: Locator) -> str:
    return quiz.locator(".lw-quiz-said").inner_text()


def grades(path: Path) -> list[dict[str, str]]:
    command = [sys.executable, "-m", "lattice_widgets.cli", "grade", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return list(csv.DictReader(io.StringIO(answer.stdout)))


def complaints(page: Page) -> list[str]:
    """What axe finds wrong in the quizzes for people who do not see, or see colors otherwise."""
    return [f"{one['id']}: {node['html'][:200]}" for one in violations(page, ".lattice-quiz") for node in one["nodes"]]


def test_by_mouse_and_keys_through_a_restart_to_the_grades(lab: Lab) -> None:
    page = lab.open([CELL, OTHER])
    lab.run_all()
    quiz = quiz_of(page)
    wait_until(page, lambda: quiz.locator(".lw-quiz-choice").count() == 6, "six choices")
    commit = quiz.get_by_role("button", name="Commit")
    following = quiz.get_by_role("button", name="Next question")

    # ---- by mouse, and wrong: nothing is told before
    wrong = next(kind for kind in ANSWERS if kind != ANSWERS[0])
    assert commit.is_disabled()
    assert not following.is_visible()
    chips = quiz.locator(".lw-quiz-chips").inner_text().split()
    assert chips == ["Question", "1", "2", "3", "4"], "numbers alone could be answers"
    picture = quiz.locator("canvas.lw-pixels").first
    wait_until(page, lambda: picture.get_attribute("data-drawn") != "0", "a picture")
    first_picture = canvas_digest(picture)
    choice(quiz, wrong).click()
    quiz.get_by_label("How sure are you?").fill("80")
    page.wait_for_timeout(300)
    assert said(quiz) == ""
    assert quiz.locator(".lw-quiz-right, .lw-quiz-wrong").count() == 0
    commit.click()
    wait_until(page, lambda: f"You said {wrong}; right is {ANSWERS[0]}." in said(quiz), "what is right")
    wait_until(page, lambda: "The network says" in said(quiz), "what the network says, once it is loaded")
    assert "right" in choice(quiz, ANSWERS[0]).inner_text()
    assert "your answer" in choice(quiz, wrong).inner_text()
    assert all(box.is_disabled() for box in quiz.get_by_role("radio").all())
    quiz.get_by_text("Why not the others?").click()
    assert quiz.locator(".lw-quiz-reasons li").count() == 4
    assert lab.python("[(a.given, a.confidence) for a in quiz.answers]") == [[wrong, 0.8]]

    # ---- by keys alone: the second and the third
    following.focus()
    for index in (1, 2):
        page.keyboard.press("n")
        wait_until(page, lambda index=index: lab.python("quiz.index") == index, "the next question")
        wait_until(page, lambda: said(quiz) == "", "an empty card")
        # the focus is on the choices: digits choose, and JupyterLab makes no heading of the cell
        wait_until(page, lambda: page.evaluate("document.activeElement.type") == "radio", "the focus on a choice")
        page.keyboard.press(str(1 + [o.key for o in question_of("lattice", 1, SEED, 0).options].index(ANSWERS[index])))
        assert choice(quiz, ANSWERS[index]).locator("input").is_checked()
        assert said(quiz) == ""
        page.keyboard.press("Enter")
        wait_until(page, lambda index=index: f"✓ Right: {ANSWERS[index]}." in said(quiz), "that it is right")
        wait_until(page, lambda: page.evaluate("document.activeElement.textContent") == "Next question", "the focus")
    assert canvas_digest(picture) != first_picture
    wait_until(page, lambda: lab.python("quiz.score.right") == 2, "the score")
    wait_until(page, lambda: quiz.locator("table.lattice-quiz-confusion").count() == 2, "both matrices")
    assert "The network: " in quiz.inner_text()

    # ---- a number, in the other quiz; keys there do not reach this one
    other = quiz_of(page, 1)
    other.scroll_into_view_if_needed()
    asked = question_of("spacing", 2, SEED, 0)
    field = other.get_by_role("textbox", name="Your answer")
    field.fill(f"{asked.slips[0].value:.4f}".replace(".", ","))
    field.press("Enter")
    wait_until(page, lambda: str(asked.slips[0].why) in said(other), "the slip by its name")
    assert lab.python("(len(quiz.answers), len(other.answers), other.feedback.right)") == [3, 1, False]

    # ---- the kernel is restarted, and the notebook run again
    page.evaluate("""() => { window.restarted = false;
        jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart().then(() => { window.restarted = true }) }""")
    page.wait_for_function("() => window.restarted", polling=50)
    lab.wait_ready()
    lab.run_all()
    quiz = quiz_of(page)
    wait_until(page, lambda: quiz.locator(".lw-quiz-chip").count() == 4, "its questions")
    wait_until(page, lambda: lab.python("quiz.score is not None and quiz.score.answered == 3"), "its score")
    assert [chip.inner_text() for chip in quiz.locator(".lw-quiz-chip").all()] == ["1✗", "2✓", "3✓", "4"]
    assert lab.python("(quiz.index, [a.given for a in quiz.answers])") == [3, [wrong, *ANSWERS[1:3]]]
    assert quiz.get_by_role("button", name="Question 4: not answered yet").get_attribute("aria-current") == "true"
    assert said(quiz) == ""
    # what was answered can be looked at
    quiz.get_by_role("button", name="Question 1: wrong").click()
    wait_until(page, lambda: f"You said {wrong}; right is {ANSWERS[0]}." in said(quiz), "the first answer")
    assert quiz.get_by_role("button", name="Commit").count() == 0

    # ---- graded without a screen, from the files beside the notebook
    folder = Path(lab.python("__import__('os').getcwd()")) / "answers"
    (mine,) = grades(folder / f"lattice-level1-seed{SEED}.json")
    assert (mine["answered"], mine["right"], mine["student"]) == ("3", "2", "")
    assert float(mine["network_fraction"]) == lab.python("quiz.network_score.fraction")
    assert float(mine["calibration_error"]) == round(lab.python("quiz.score.calibration_error"), 4)
    (hers,) = grades(next(folder.glob(f"spacing-level2-seed{SEED}-ada-*.json")))
    assert (hers["answered"], hers["right"], hers["student"]) == ("1", "0", "Ada")
    text = (folder / f"lattice-level1-seed{SEED}.json").read_text()
    assert len(json.loads(text)["answers"]) == 3

    # ---- on a phone and in the dark nothing is clipped
    for size, theme in (("laptop", "dark"), ("phone", "light")):
        lab.resize(size)
        lab.theme(theme)
        wait_until_laid_out(page)
        assert complaints(page) == []
        quiz.locator(".lw-quiz").scroll_into_view_if_needed()
        lab.screenshot(f"quiz-{size}-{theme}")
        for part in (".lw-quiz", ".lw-quiz-choices", ".lw-quiz-said", ".lattice-quiz-prompt"):
            inner, outer = quiz.locator(part).first.bounding_box(), quiz.bounding_box()
            assert inner
            assert outer
            assert inner["x"] >= outer["x"] - 1
            assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
