"""A network learns before the class: the curve grows, the matrix fills in, and the page stays alive meanwhile."""

from importlib.util import find_spec

import pytest

from .gestures import canvas_digest, drag_slider, wait_until, wait_until_changed
from .lab import Lab
from .lesson_hands import says, widget

pytestmark = [
    pytest.mark.one_kernel,
    pytest.mark.skipif(find_spec("keras") is None, reason="Keras, which is not installed, does the learning"),
]

CELLS = [
    """
import lattice_widgets as lw
trainer = lw.TrainingPanel(count=360, epochs=6, seed=2)
trainer
""",
    """
simulator = lw.LatticeSimulator(crystal="graphene", rows=96, cols=96)
simulator
""",
]


def test_it_learns_while_the_page_lives(lab: Lab) -> None:
    page = lab.open(CELLS)
    lab.run_all()
    trainer, simulator = widget(page, 0), widget(page, 1)
    says(page, trainer, "Press train")
    assert trainer.get_by_role("button", name="stop").is_disabled()
    trainer.get_by_role("button", name="train").click()

    # while it learns another widget answers
    picture = simulator.locator("canvas.lw-pixels").first
    wait_until(page, lambda: picture.get_attribute("data-drawn") != "0", "a picture")
    before = canvas_digest(picture)
    drag_slider(simulator, "rotation [°]", 0.8)
    wait_until_changed(page, lambda: canvas_digest(picture), before)

    table = trainer.locator("table")
    wait_until(page, lambda: table.count() == 1 or lab.python("trainer.error"), "the confusion matrix")
    assert "truth ↓ answer →" in table.inner_text()
    trainer.get_by_role("button", name="stop").click()
    says(page, trainer, "Stopped.")
    seen = lab.python("len(trainer.val_accuracy)")
    assert 1 <= seen < 6
    trainer.get_by_role("button", name="go on").click()
    says(page, trainer, "Done: of 72 pictures")
    assert lab.python("len(trainer.val_accuracy)") == 6
    # a point for each epoch, on both lines
    wait_until(page, lambda: trainer.locator("path.dot").count() == 12, "the points of the curves")
    assert trainer.locator("tbody tr").count() == 6
    lab.screenshot("training-panel", trainer)

    # another seed: the old curve is gone
    seed = trainer.get_by_role("spinbutton", name="seed")
    seed.fill("5")
    seed.press("Enter")
    says(page, trainer, "Press train")
    wait_until(page, lambda: table.count() == 0, "no matrix of another seed")
