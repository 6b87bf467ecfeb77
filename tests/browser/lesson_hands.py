"""What a hand does in a lesson: turn a tab, type a number, answer a question, read what a widget says."""

import numpy as np
from playwright.sync_api import Locator, Page

from lattice_widgets.core.quiz import question_of

from .gestures import canvas_pixels, wait_until
from .lab import Lab


def widget(page: Page, number: int) -> Locator:
    """The widgets of a lesson, from 0, without those that ask for a prediction."""
    return page.locator(".jp-OutputArea-output .lattice-widgets:not(.lattice-prediction)").nth(number)


def predict(page: Page, step: int, letter: str) -> Locator:
    """Predict by one click, and open the explanation, which has waited for it; give the explanation."""
    card = page.locator(".lw-predict").nth(step - 1)
    explanation = page.locator("details[class*=lw-explains-]").nth(step - 1)
    card.scroll_into_view_if_needed()
    card.get_by_role("button", name=f"I predict {letter}").click()
    wait_until(page, lambda: f"You predicted {letter}" in card.inner_text(), "what was predicted")
    explanation.locator("summary").click()
    wait_until(page, lambda: explanation.locator("p").first.is_visible(), "the explanation")
    return explanation


def type_into(where: Locator, label: str, value: str) -> None:
    """Write a number where a slider shows it."""
    readout = where.locator(f'.widget-slider:has(label:text-is("{label}")) .widget-readout')
    readout.click()
    readout.fill(value)
    readout.press("Enter")


def tab(where: Locator, name: str) -> None:
    where.locator(".lm-TabBar-tab, .jupyter-widget-TabPanel-tabBar li").filter(has_text=name).first.click()


def says(page: Page, where: Locator, words: str) -> None:
    wait_until(page, lambda: words in where.inner_text(), f"the words {words!r}")


def settled(lab: Lab, *names: str) -> None:
    lab.execute("; ".join(f"await {name}.settled()" for name in names))


def first(lab: Lab, name: str) -> str:
    """What the network says in a simulator."""
    settled(lab, name)
    return lab.python(f"lw.CLASSES[max(range(6), key=lambda k: {name}.probabilities[k])]")


def light(where: Locator, col: float, row: float, reach: float, size: float = 0.5) -> float:
    """How bright a transform is around a frequency (to the right, up) [1/nm]; its edge is at `reach`."""
    pixels = canvas_pixels(where.locator("canvas.lw-pixels").nth(1))[..., :3].sum(axis=2).astype(float)
    middle, scale = pixels.shape[1] / 2, pixels.shape[1] / 2 / reach
    rows, cols = (np.arange(n) - middle for n in pixels.shape)
    near = (abs(rows[:, None] + row * scale) < size * scale) & (abs(cols[None] - col * scale) < size * scale)
    return float(pixels[near].max())


def answer(page: Page, lab: Lab, where: Locator, name: str) -> None:
    """Answer the first question of a quiz rightly: what is right is told only then."""
    topic, level, seed = lab.python(f"({name}.topic, {name}.level, {name}.seed)")
    asked = question_of(topic, level, seed, 0)
    where.scroll_into_view_if_needed()
    said = where.locator(".lw-quiz-said")
    commit = where.get_by_role("button", name="Commit")
    wait_until(page, lambda: commit.is_visible(), "a question")
    if asked.is_choice:
        where.locator(f'.lw-quiz-choice:has(input[value="{asked.answer or asked.options[0].key}"])').click()
    else:
        where.get_by_role("textbox", name="Your answer").fill(f"{float(asked.answer or 0):.4f}")
    where.get_by_label("How sure are you?").fill("90")
    assert said.inner_text() == ""
    commit.click()
    if asked.answer is None:  # the network decides
        wait_until(page, lambda: "The network" in said.inner_text(), "what the network says")
    else:
        wait_until(page, lambda: "✓ Right" in said.inner_text(), "that it is right")
    assert lab.python(f"{name}.answers[0].confidence") == 0.9
